//! Finding cycles among things that refer to each other, without recursion.

use std::collections::HashMap;
use std::hash::Hash;

/// Every node after all nodes that it leads to, and the cycles, each from the node that was reached first.
pub(super) fn sort<N: Copy + Eq + Hash>(
    nodes: impl IntoIterator<Item = N>,
    mut next: impl FnMut(N) -> Vec<N>,
) -> (Vec<N>, Vec<Vec<N>>) {
    let mut order = Vec::new();
    let mut cycles = Vec::new();
    // `true` while the node is on the path.
    let mut open: HashMap<N, bool> = HashMap::new();
    for root in nodes {
        if open.contains_key(&root) {
            continue;
        }
        open.insert(root, true);
        let mut path = vec![(root, next(root).into_iter())];
        while let Some((node, targets)) = path.last_mut() {
            let node = *node;
            let Some(target) = targets.next() else {
                open.insert(node, false);
                order.push(node);
                path.pop();
                continue;
            };
            match open.get(&target) {
                Some(false) => {}
                Some(true) => {
                    cycles.push(path.iter().map(|(node, _)| *node).skip_while(|node| *node != target).collect());
                }
                None => {
                    open.insert(target, true);
                    path.push((target, next(target).into_iter()));
                }
            }
        }
    }
    (order, cycles)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_chain_is_no_deep_recursion() {
        let (order, cycles) = sort(0..200_000, |n| if n + 1 < 200_000 { vec![n + 1] } else { vec![] });
        assert_eq!((order.len(), order[0], cycles.len()), (200_000, 199_999, 0));
    }

    #[test]
    fn each_circle_is_found_once() {
        let (_, cycles) = sort([1, 2, 3], |n| vec![n % 3 + 1]);
        assert_eq!(cycles, [vec![1, 2, 3]]);
    }
}

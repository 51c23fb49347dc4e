//! The order of files in which each comes behind what it includes, and the circles that have none.

/// The result of [`order`].
#[derive(Debug, Default, PartialEq)]
pub(super) struct Order {
    /// Every node once.
    pub(super) order: Vec<usize>,
    /// Each circle as its steps: a node, and which of its edges leads to the next; the last leads to the first.
    pub(super) cycles: Vec<Vec<(usize, usize)>>,
}

/// Walks a graph, depth first, without recursion. `edges[n]` are the nodes that `n` leads to.
pub(super) fn order(edges: &[Vec<Option<usize>>], roots: &[usize]) -> Order {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; edges.len()];
    let mut out = Order::default();
    for root in roots.iter().copied().chain(0..edges.len()) {
        if state[root] != State::New {
            continue;
        }
        state[root] = State::Open;
        // A node and the next of its edges to follow.
        let mut path = vec![(root, 0)];
        while let Some((node, edge)) = path.last_mut() {
            let (from, at) = (*node, *edge);
            let Some(target) = edges[from].get(at) else {
                state[from] = State::Done;
                out.order.push(from);
                path.pop();
                continue;
            };
            *edge += 1;
            let Some(target) = *target else { continue };
            match state[target] {
                State::Done => {}
                State::New => {
                    state[target] = State::Open;
                    path.push((target, 0));
                }
                State::Open => {
                    let steps = path.iter().map(|(node, edge)| (*node, edge - 1));
                    out.cycles.push(steps.skip_while(|(node, _)| *node != target).collect());
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diamond_comes_leaves_first_and_has_no_cycle() {
        let edges = [vec![Some(1), Some(2)], vec![Some(3)], vec![Some(3), None], vec![]];
        assert_eq!(order(&edges, &[0]), Order { order: vec![3, 1, 2, 0], cycles: vec![] });
    }

    #[test]
    fn a_cycle_is_told_by_the_edges_that_make_it() {
        let edges = [vec![Some(1)], vec![Some(2)], vec![None, Some(1), Some(2)]];
        let found = order(&edges, &[0]);
        assert_eq!(found.order, [2, 1, 0]);
        assert_eq!(found.cycles, [vec![(1, 0), (2, 1)], vec![(2, 2)]]);
    }
}

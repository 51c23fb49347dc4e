//! The cycles of a graph: files that include each other.

/// Finds the cycles of a graph, depth first, without recursion. `edges[n]` are the nodes that `n` leads to.
///
/// Each cycle is a list of steps: a node, and which of its edges leads to the next; the last leads to the first.
pub(super) fn cycles(edges: &[Vec<Option<usize>>]) -> Vec<Vec<(usize, usize)>> {
    #[derive(Clone, Copy, PartialEq)]
    enum State {
        New,
        Open,
        Done,
    }
    let mut state = vec![State::New; edges.len()];
    let mut cycles: Vec<Vec<(usize, usize)>> = Vec::new();
    for root in 0..edges.len() {
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
                    cycles.push(steps.skip_while(|(node, _)| *node != target).collect());
                }
            }
        }
    }
    cycles
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diamond_has_no_cycle() {
        let edges = [vec![Some(1), Some(2)], vec![Some(3)], vec![Some(3), None], vec![]];
        assert!(cycles(&edges).is_empty());
    }

    #[test]
    fn a_cycle_consists_of_the_edges_that_make_it() {
        let edges = [vec![Some(1)], vec![Some(2)], vec![None, Some(1), Some(2)]];
        assert_eq!(cycles(&edges), [vec![(1, 0), (2, 1)], vec![(2, 2)]]);
    }
}

use crate::row::Row;
use crate::work::Work;

/// Runs all pairings of this group.
pub async fn run(_work: &Work) -> Vec<Row> {
    Vec::new()
}

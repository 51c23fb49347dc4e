//! Projects on the disk that live for 20 updates by the real command. More of them live in `src/update/living.rs`, without
//! a disk.

#[path = "living/disk.rs"]
mod disk;
#[path = "living/mod.rs"]
mod model;
mod support;

use disk::OnDisk;
use model::life::{Anything, live, steps};
use support::TestResult;

/// Lives that are lived in every run.
const SEEDS: [u64; 3] = [1, 2, 3];

#[test]
fn the_command_keeps_the_users_lines_for_20_updates() -> TestResult {
    for seed in SEEDS {
        let options = ["--runtime=git=https://example.org/volplane", "--transport=stdnet,yamux"];
        let mut project = OnDisk::new(&options, false)?;
        let story = live(&mut project, &Anything, &steps(seed, 20)).map_err(|error| format!("seed {seed}: {error}"))?;
        assert!(story.edits > 15, "seed {seed}: only {} edits applied", story.edits);
    }
    Ok(())
}

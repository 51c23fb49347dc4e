//! Projects on the disk that live for 20 updates by the real command. More of them live in `src/update/lifecycle.rs`,
//! without a disk.

use volplane_testkit::TestResult;
use volplane_testkit::living::life::{Anything, live, steps};
use volplane_testkit::on_disk::OnDisk;

/// Lives through the updates that a number stands for.
fn lives(seed: u64) -> TestResult {
    let options = ["--runtime=git=https://example.org/volplane", "--transport=stdnet,yamux"];
    let mut project = OnDisk::new(&options, false)?;
    let story = live(&mut project, &Anything, &steps(seed, 20))?;
    assert!(story.edits > 15, "only {} edits applied", story.edits);
    Ok(())
}

#[test]
fn the_command_keeps_the_users_lines_for_20_updates_of_the_first_project() -> TestResult {
    lives(1)
}

#[test]
fn the_command_keeps_the_users_lines_for_20_updates_of_the_second_project() -> TestResult {
    lives(2)
}

#[test]
fn the_command_keeps_the_users_lines_for_20_updates_of_the_third_project() -> TestResult {
    lives(3)
}

//! Projects that have lived for a while, with their users' code in them, build and pass their smoke tests.

use crate::workshop::{RUNTIME_HERE, Workshop};
use volplane_testkit::TestResult;
use volplane_testkit::living::life::{Careful, live, steps};
use volplane_testkit::on_disk::OnDisk;

/// How many updates there are before a project is built.
const UPDATES: usize = 12;

/// Has a project live, and builds it.
fn builds_behind_updates(seed: u64, codegen: &str, transports: &str) -> TestResult {
    let workshop = Workshop::enter();
    let options = [RUNTIME_HERE, "--codegen", codegen, "--transport", transports];
    let mut project = OnDisk::new(&options, true)?;
    let story = live(&mut project, &Careful, &steps(seed, UPDATES))?;
    assert!(story.edits > 5, "only {} edits applied", story.edits);
    let built = workshop.build_and_test_but_for_imports(&project.root());
    built.map_err(|error| format!("{error}\n{}", story.log.join("\n")).into())
}

/// Two projects of a kind.
macro_rules! kinds {
    ($($name:ident: $codegen:literal, $transports:literal, seeds $one:literal and $other:literal;)*) => {
        $(mod $name {
            use super::{TestResult, builds_behind_updates};

            #[test]
            fn one() -> TestResult {
                builds_behind_updates($one, $codegen, $transports)
            }

            #[test]
            fn another() -> TestResult {
                builds_behind_updates($other, $codegen, $transports)
            }
        })*
    };
}

kinds! {
    stdnet_by_a_build_script: "build-rs", "stdnet", seeds 0 and 5;
    yamux_checked_in: "checked-in", "yamux", seeds 1 and 6;
    websocket_checked_in: "checked-in", "websocket", seeds 2 and 7;
    default_by_a_build_script: "build-rs", "default", seeds 3 and 8;
    default_and_stdnet_checked_in: "checked-in", "default,stdnet", seeds 4 and 9;
}

//! Projects that have lived for a while, with their users' code in them, build and pass their smoke tests.

use crate::workshop::Workshop;
use volplane_testkit::TestResult;
use volplane_testkit::living::life::{Careful, live, steps};
use volplane_testkit::on_disk::OnDisk;

/// How many updates there are before a project is built.
const UPDATES: usize = 12;

/// Two of each kind of project.
const KINDS: [(&str, &str); 5] = [
    ("build-rs", "stdnet"),
    ("checked-in", "yamux"),
    ("checked-in", "websocket"),
    ("build-rs", "default"),
    ("checked-in", "default,stdnet"),
];

#[test]
fn ten_projects_build_behind_a_dozen_updates() -> TestResult {
    let workshop = Workshop::enter();
    // The runtime is this repository's, so that it is compiled once for all of them.
    let runtime = format!("--runtime=path={}/..", env!("CARGO_MANIFEST_DIR"));
    for (seed, (codegen, transports)) in (0..).zip(KINDS.iter().cycle().take(10)) {
        let (codegen, transports) = (format!("--codegen={codegen}"), format!("--transport={transports}"));
        let options = [runtime.as_str(), &codegen, &transports];
        let mut project = OnDisk::new(&options, true)?;
        let story =
            live(&mut project, &Careful, &steps(seed, UPDATES)).map_err(|error| format!("seed {seed}: {error}"))?;
        assert!(story.edits > 5, "seed {seed}: only {} edits applied", story.edits);
        let built = workshop.build_and_test_but_for_imports(&project.root());
        built.map_err(|error| format!("seed {seed}: {error}\n{}", story.log.join("\n")))?;
    }
    Ok(())
}

//! An update that ends with 0 leaves a project that compiles, whatever the IDL took away that its user's code needs.

use crate::workshop::{RUNTIME_HERE, Workshop};
use volplane_testkit::TestResult;
use volplane_testkit::living::life::{Using, end_state, steps};
use volplane_testkit::on_disk::OnDisk;

/// How many projects there are.
const STATES: u64 = 30;
/// How many updates each of them has seen.
const UPDATES: usize = 4;

#[test]
fn what_an_update_calls_done_compiles() -> TestResult {
    let workshop = Workshop::enter();
    let options = [RUNTIME_HERE, "--codegen=checked-in", "--transport=stdnet"];
    let (mut done, mut broken) = (0, Vec::new());
    for seed in 0..STATES {
        let mut project = OnDisk::new(&options, false)?;
        let (story, is_done) = end_state(&mut project, &Using, &steps(1000 + seed, UPDATES))?;
        if !is_done {
            continue;
        }
        done += 1;
        let built = workshop.cargo(&project.root(), &["check", "--workspace", "--all-targets"])?;
        if !built.success {
            broken.push(format!("seed {seed}:\n{}\n{}", story.log.join("\n"), built.stderr));
        }
    }
    assert!(broken.is_empty(), "{} of {done} do not compile\n{}", broken.len(), broken.join("\n"));
    assert!(done >= STATES / 3, "only {done} updates ended with 0");
    Ok(())
}

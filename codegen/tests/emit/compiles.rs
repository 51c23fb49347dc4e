//! Generated crates compile without a warning: one workspace holds them all, so that cargo starts once and its jobs run side
//! by side. An error names its crate.

use crate::support::Project;
use crate::{corpus, names, split, whole};

#[test]
fn generated_crates_compile_without_warnings() {
    let project = Project::new("compiles");
    corpus::add_to(&project);
    names::add_to(&project);
    split::add_to(&project);
    whole::add_to(&project);
    project.cargo(&["check", "--keep-going"]);
}

//! What has to be copied to build a project elsewhere, in an image.

use super::compiles_itself;
use crate::settings::{Runtime, Settings};

/// The nearest folder that holds everything that `cargo build` reads, seen from the project: `.`, `../..`. It is a folder
/// above the project if the workspace lies there, the checkout of volplane, or an IDL that the build compiles.
pub(super) fn build_context(settings: &Settings) -> String {
    let runtime = match &settings.runtime {
        Runtime::Path(path) => Some(path.as_str()),
        _ => None,
    };
    let idls = settings.idls.iter().map(|idl| idl.path.as_str()).chain(settings.include_dirs());
    let idls = idls.filter(|_| compiles_itself(settings));
    let paths = settings.workspace.as_deref().into_iter().chain(runtime).chain(idls);
    match paths.map(steps_up).max() {
        None | Some(0) => ".".to_owned(),
        Some(steps) => vec![".."; steps].join("/"),
    }
}

/// How many folders above the project a path begins: 2 for `../../idl`.
fn steps_up(path: &str) -> usize {
    path.split('/').take_while(|part| *part == "..").count()
}

#[cfg(test)]
mod tests {
    use super::steps_up;

    #[test]
    fn a_path_tells_how_far_up_it_begins() {
        let steps = ["idl/echo.thrift", "../idl/echo.thrift", "../..", "..a/b", "/src/volplane", ""].map(steps_up);
        assert_eq!(steps, [0, 1, 2, 0, 0, 0]);
    }
}

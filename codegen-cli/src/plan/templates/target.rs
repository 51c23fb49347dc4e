//! Which paths a template may give its file: those that lie in the project, on every system.

/// What is wrong with a path, if anything is.
pub(super) fn wrong(path: &str) -> Option<&'static str> {
    let parts: Vec<&str> = path.split('/').collect();
    if path.is_empty() {
        Some("is empty")
    } else if path.starts_with('/') || parts.first().is_some_and(|first| first.contains(':')) {
        Some("is absolute: paths are relative to the project")
    } else if parts.contains(&"..") {
        Some("leads out of the project: `..` is not allowed")
    } else if parts.iter().any(|part| part.is_empty() || *part == ".") {
        Some("has an empty part")
    } else if path.contains(|c: char| c == '\\' || c.is_control()) {
        Some("has a backslash or an invisible character: parts are separated by `/`")
    } else if parts.first().is_some_and(|first| [".git", ".volplane", "volplane.lock"].contains(first)) {
        Some("belongs to git or volplane")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_in_the_project() {
        for good in ["a", "a/b.rs", ".gitignore", "a..b/c"] {
            assert_eq!(wrong(good), None, "{good}");
        }
        for bad in
            ["", "/a", "C:/a", "../a", "a/../b", "a//b", "./a", "a/", "a\\b", "a\nb", ".git/config", "volplane.lock"]
        {
            assert!(wrong(bad).is_some(), "{bad:?}");
        }
    }
}

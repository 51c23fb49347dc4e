//! What Go says of a project: the module's name, and just enough of Go's syntax to find handlers and options. Pure.

/// The name for a project of a Go module's path: its last part, without a version.
pub(crate) fn project_name(module: &str) -> String {
    let parts: Vec<&str> = module.split('/').filter(|part| !part.is_empty()).collect();
    let last = match parts.as_slice() {
        [.., name, version] if is_version(version) => name,
        [.., name] => name,
        [] => "",
    };
    // gopkg.in/yaml.v3
    let last = last.rsplit_once('.').filter(|(_, version)| is_version(version)).map_or(last, |(name, _)| name);
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    last.chars().map(plain).collect::<String>().trim_matches('-').to_owned()
}

fn is_version(part: &str) -> bool {
    part.strip_prefix('v').is_some_and(|number| !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_module_path_ends_with_the_projects_name() {
        for (path, name) in [
            ("github.com/rectcircle/kitex-customize-underlying-connection", "kitex-customize-underlying-connection"),
            ("example.com/shop/v2", "shop"),
            ("gopkg.in/yaml.v3", "yaml"),
            ("hello", "hello"),
            ("example.com/my.shop/", "my-shop"),
            ("v2", "v2"),
            ("", ""),
        ] {
            assert_eq!(project_name(path), name, "{path}");
        }
    }
}

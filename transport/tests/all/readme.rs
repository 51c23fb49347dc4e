//! The README's own connection and layer are the examples', word for word.

/// Of the section `title`, the first Rust block, from `first_item` on.
fn shown(title: &str, first_item: &str) -> String {
    let readme = include_str!("../../../README.md");
    let section = readme.split(&format!("## {title}\n")).nth(1).expect("the section");
    let block = section.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a Rust block");
    assert!(block.lines().count() <= 40, "{title}: {} lines, at most 40", block.lines().count());
    let at = block.find(first_item).expect("the first item");
    block[at..].trim_end().to_owned()
}

#[test]
fn the_readme_shows_the_connection_of_the_example() {
    let shown = shown("A connection of your own", "struct Unix(");
    assert!(include_str!("../../examples/own_connection.rs").contains(&shown), "examples/own_connection.rs differs");
}

#[test]
fn the_readme_shows_the_layer_of_the_example() {
    let shown = shown("A layer of your own", "struct Token(");
    assert!(include_str!("../../examples/own_layer.rs").contains(&shown), "examples/own_layer.rs differs");
}

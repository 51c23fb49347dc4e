//! The README's own connection is the example's, word for word.

#[test]
fn the_readme_shows_the_example() {
    let readme = include_str!("../../README.md");
    let example = include_str!("../examples/own_connection.rs");
    let shown = readme.split("```rust\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a Rust block");
    assert!(shown.lines().count() <= 40, "at most 40 lines");
    let shown_items = shown.split_once("struct Unix(").expect("the connection").1;
    assert!(example.contains(shown_items.trim_end()), "the README's block differs from examples/own_connection.rs");
}

//! IDL of any length, the same for the same number: what measurements of long files run on.

use std::fmt::Write as _;

/// Structs that mention each other and enums, 18 lines each, and a service for every twenty of them, like the IDL of
/// a large project: 170 structs are about 3,000 lines.
pub fn idl(structs: usize) -> String {
    let mut text = "namespace rs large\n".to_owned();
    for number in 0..structs {
        // Writing to a string does not fail.
        if number % 10 == 0 {
            let _ = write!(text, "\nenum State{number} {{\n    IDLE = 0,\n    RUNNING = 1,\n    FAILED = 5,\n}}\n");
        }
        let state = number / 10 * 10;
        let other = if number == 0 { "i64".to_owned() } else { format!("Item{}", number - 1) };
        let _ = write!(
            text,
            "\n/**\n * What is known of item {number}.\n * It changes with every release.\n */\nstruct Item{number} {{\n    \
             1: required i64 id, // unique\n    \
             2: required string name (go.tag = 'json:\"name\"'),\n    \
             3: optional string description,\n    \
             4: optional State{state} state = State{state}.RUNNING,\n    \
             5: list<string> labels,\n    \
             6: map<string, {other}> parts,\n    \
             7: optional {other} previous,\n    \
             8: bool visible = true,\n    \
             9: double weight,\n    \
             10: optional binary data,\n\
             }}\n"
        );
        if number % 20 == 19 {
            let _ = write!(
                text,
                "\nexception Missing{number} {{\n    1: string message,\n}}\n\nservice Store{number} {{\n    \
                 Item{number} find(1: i64 id) throws (1: Missing{number} missing),\n    \
                 void put(1: Item{number} item, 2: bool replace),\n    \
                 list<Item{number}> search(1: string prefix, 2: i32 limit),\n    \
                 oneway void forget(1: i64 id),\n}}\n"
            );
        }
    }
    text
}

/// As many structs as make about so many lines.
pub fn idl_of_lines(lines: usize) -> String {
    idl(lines * 10 / 168)
}

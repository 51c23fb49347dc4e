//! Settles conflicts as a user does who is in a hurry.

use super::marks::{Files, parses, words};

/// Resolves every conflict in the files; the files and the lines that were fought over. What parses need not compile: who
/// wants that takes volplane's lines (`wants_both` is false), and keeps his own as remarks.
pub fn resolve(files: &mut Files, wants_both: bool) -> Vec<String> {
    let mut fights = Vec::new();
    for (path, text) in files.iter_mut().filter(|(path, _)| *path != "volplane.lock") {
        if !text.lines().any(|line| line.starts_with("<<<<<<< ")) {
            continue;
        }
        let both = settled(text, |yours, ours| {
            fights.push(format!("{path}:\n{yours}--- against\n{ours}"));
            format!("{yours}{ours}")
        });
        // Theirs it is then, and one's own as remarks.
        let theirs = settled(text, |yours, ours| {
            let end = if yours.contains("\r\n") { "\r\n" } else { "\n" };
            let sign = if path.ends_with(".rs") { "//" } else { "#" };
            words(yours).into_iter().fold(ours.to_owned(), |all, word| format!("{all}{sign} {word}{end}"))
        });
        let both_parse = wants_both && parses(path, &both).is_ok();
        *text = if both_parse { both } else { theirs };
    }
    fights
}

/// The text with every conflict replaced by what `choose` makes of both sides' lines.
fn settled(text: &str, mut choose: impl FnMut(&str, &str) -> String) -> String {
    let mut out = String::new();
    let mut lines = text.split_inclusive('\n');
    while let Some(line) = lines.next() {
        if line.starts_with("<<<<<<< ") {
            let yours: String = lines.by_ref().take_while(|line| line.trim_end() != "=======").collect();
            let ours: String = lines.by_ref().take_while(|line| !line.starts_with(">>>>>>> ")).collect();
            out.push_str(&choose(&yours, &ours));
        } else {
            out.push_str(line);
        }
    }
    out
}

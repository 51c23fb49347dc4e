//! A plot of bars as SVG.

use std::fmt::Write;

/// A group of bars with a title.
#[derive(Clone, Debug)]
pub struct Group {
    /// What is measured, with its unit.
    pub title: String,
    /// A name, a value and whether it is of this project, for each bar.
    pub bars: Vec<(String, f64, bool)>,
}

const WIDTH: u32 = 760;
const LEFT: u32 = 160;
const RIGHT: u32 = 90;
const ROW: u32 = 22;
const TITLE: u32 = 34;

/// The groups, one below the other. Each has a scale of its own that begins at 0.
pub fn render(groups: &[Group]) -> String {
    let rows = |group: &Group| u32::try_from(group.bars.len()).unwrap_or(0);
    let height: u32 = 16 + groups.iter().map(|group| TITLE + ROW * rows(group)).sum::<u32>();
    let mut out = String::new();
    // Writing to a string does not fail.
    let _written = writeln!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"13\">\n<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
    );
    let mut y = 0;
    for group in groups {
        y += TITLE;
        let title = escape(&group.title);
        let _written = writeln!(out, "<text x=\"12\" y=\"{}\" font-weight=\"bold\">{title}</text>", y - 10);
        let most = group.bars.iter().map(|(_, value, _)| *value).fold(f64::MIN_POSITIVE, f64::max);
        for (name, value, own) in &group.bars {
            let width = f64::from(WIDTH - LEFT - RIGHT) * (value / most).clamp(0.0, 1.0);
            let (fill, name, end) =
                (if *own { "#2f6fab" } else { "#b5bcc4" }, escape(name), f64::from(LEFT) + width + 6.0);
            let _written = writeln!(
                out,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"end\">{name}</text>\
                 <rect x=\"{LEFT}\" y=\"{y}\" width=\"{width:.1}\" height=\"{}\" fill=\"{fill}\"/>\
                 <text x=\"{end:.1}\" y=\"{}\">{}</text>",
                LEFT - 8,
                y + 14,
                ROW - 5,
                y + 14,
                number(*value),
            );
            y += ROW;
        }
    }
    out.push_str("</svg>\n");
    out
}

/// With commas between thousands, and a decimal below 100.
fn number(value: f64) -> String {
    if value < 100.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_with_their_values() {
        let bars = vec![("volo".to_owned(), 50_000.0, false), ("stdnet & co".to_owned(), 75_000.0, true)];
        let small = vec![("stdnet".to_owned(), 3.75, true)];
        let groups = [
            Group { title: "Calls a second, 64 B".to_owned(), bars },
            Group { title: "KiB per idle connection".to_owned(), bars: small },
        ];
        insta::assert_snapshot!(render(&groups));
    }
}

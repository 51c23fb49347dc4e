//! Diagnostics as text: for people, for one line each, for programs, for GitHub. Pure.

use crate::diagnostic::{Diagnostic, Severity};
use crate::source::{Extent, Sources};
use crate::span::Span;
use annotate_snippets::{AnnotationKind, Group, Level, Renderer, Snippet};
use serde::Serialize;
use std::fmt::{self, Write};
use std::str::FromStr;

/// How diagnostics are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MessageFormat {
    /// With the source lines and labels, for people.
    #[default]
    Human,
    /// `path:line:column: error[E030]: message`, a line each.
    Short,
    /// A JSON object a line, see [`render`].
    Json,
    /// Workflow commands that GitHub shows beside the lines of a change.
    Github,
}

/// The error for an unknown format.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a message format: use human, short, json or github")]
pub struct UnknownFormat(String);

impl FromStr for MessageFormat {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "human" => Ok(Self::Human),
            "short" => Ok(Self::Short),
            "json" => Ok(Self::Json),
            "github" => Ok(Self::Github),
            _ => Err(UnknownFormat(text.to_owned())),
        }
    }
}

impl fmt::Display for MessageFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Human => "human",
            Self::Short => "short",
            Self::Json => "json",
            Self::Github => "github",
        })
    }
}

/// Shows diagnostics. Only [`MessageFormat::Human`] uses `colour`. The text is empty if there is nothing to show, and
/// ends with a line break otherwise.
///
/// The keys of a JSON line are those of the table in docs/commands.md, which a test holds to what is written.
pub fn render(diagnostics: &[Diagnostic], sources: &Sources, format: MessageFormat, colour: bool) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        match format {
            MessageFormat::Human => {
                out.push_str(&human(diagnostic, sources, colour));
                out.push('\n');
            }
            MessageFormat::Short => out.push_str(&short(diagnostic, sources)),
            MessageFormat::Json => out.push_str(&json(diagnostic, sources)),
            MessageFormat::Github => out.push_str(&github(diagnostic, sources)),
        }
        out.push('\n');
    }
    out
}

fn severity(diagnostic: &Diagnostic) -> &'static str {
    match diagnostic.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn human(diagnostic: &Diagnostic, sources: &Sources, colour: bool) -> String {
    let level = match diagnostic.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(diagnostic.message.as_str()).id(diagnostic.code().as_str());
    let mut group = Group::with_title(title);
    // One snippet a file, that of the primary label first.
    let mut files: Vec<crate::span::FileId> = Vec::new();
    for label in &diagnostic.labels {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    for file in files {
        let Some(source) = sources.file(file) else { continue };
        let labels = || diagnostic.labels.iter().enumerate().filter(|(_, label)| label.span.file == file);
        // The lines that are shown, and those between them: the renderer looks through all that it gets.
        let first = labels().map(|(_, label)| label.span.start).min().unwrap_or_default();
        let last = labels().map(|(_, label)| label.span.end).max().unwrap_or_default();
        let (line, begin, text) = source.lines_around(first, last);
        let mut snippet = Snippet::source(text).line_start(line).path(source.path());
        for (index, label) in labels() {
            let kind = if index == 0 { AnnotationKind::Primary } else { AnnotationKind::Context };
            let annotation = kind.span(range(label.span, begin, text));
            let text = label.text.as_str();
            snippet = snippet.annotation(if text.is_empty() { annotation } else { annotation.label(text) });
        }
        group = group.element(snippet);
    }
    if let Some(help) = &diagnostic.help {
        group = group.element(Level::HELP.message(help.as_str()));
    }
    let renderer = if colour { Renderer::styled() } else { Renderer::plain() };
    renderer.render(&[group])
}

/// The bytes of a span in a text that begins at byte `begin` of its file, within the text and between characters
/// whatever the span says.
fn range(span: Span, begin: usize, text: &str) -> std::ops::Range<usize> {
    let end = text.floor_char_boundary((span.end as usize).saturating_sub(begin).min(text.len()));
    let start = text.floor_char_boundary((span.start as usize).saturating_sub(begin).min(end));
    start..end
}

fn short(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut out = String::new();
    if let Some((path, start, _)) = diagnostic.labels.first().and_then(|label| sources.locate(label.span)) {
        let _ = write!(out, "{path}:{}:{}: ", start.line, start.column);
    }
    let _ = write!(out, "{}[{}]: {}", severity(diagnostic), diagnostic.code(), diagnostic.message);
    if let Some(help) = &diagnostic.help {
        let _ = write!(out, " (help: {help})");
    }
    out.replace('\n', " ")
}

#[derive(Serialize)]
struct JsonDiagnostic<'a> {
    reason: &'static str,
    code: &'a str,
    severity: &'a str,
    message: &'a str,
    help: Option<&'a str>,
    labels: Vec<JsonLabel<'a>>,
    fixes: Vec<JsonFix<'a>>,
}

#[derive(Serialize)]
struct JsonLabel<'a> {
    #[serde(flatten)]
    place: JsonPlace<'a>,
    text: &'a str,
}

#[derive(Serialize)]
struct JsonFix<'a> {
    #[serde(flatten)]
    place: JsonPlace<'a>,
    replacement: &'a str,
}

#[derive(Serialize)]
struct JsonPlace<'a> {
    file: &'a str,
    #[serde(flatten)]
    extent: Extent,
}

impl<'a> JsonPlace<'a> {
    fn of(span: Span, sources: &'a Sources) -> Option<Self> {
        let (file, extent) = sources.extent(span)?;
        Some(Self { file, extent })
    }
}

fn json(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let labels = diagnostic.labels.iter().filter_map(|label| {
        let place = JsonPlace::of(label.span, sources)?;
        Some(JsonLabel { place, text: &label.text })
    });
    // Half of them would be worse than none.
    let fixes: Option<_> = diagnostic
        .fixes()
        .iter()
        .map(|fix| Some(JsonFix { place: JsonPlace::of(fix.span, sources)?, replacement: &fix.replacement }))
        .collect();
    let value = JsonDiagnostic {
        reason: "diagnostic",
        code: diagnostic.code().as_str(),
        severity: severity(diagnostic),
        message: &diagnostic.message,
        help: diagnostic.help.as_deref(),
        labels: labels.collect(),
        fixes: fixes.unwrap_or_default(),
    };
    // Strings and numbers can't fail to be written.
    serde_json::to_string(&value).unwrap_or_default()
}

fn github(diagnostic: &Diagnostic, sources: &Sources) -> String {
    let mut out = format!("::{} ", severity(diagnostic));
    if let Some((path, start, end)) = diagnostic.labels.first().and_then(|label| sources.locate(label.span)) {
        let _ = write!(out, "file={},line={},col={}", property(path), start.line, start.column);
        // GitHub wants both columns on one line.
        if end.line == start.line {
            let _ = write!(out, ",endColumn={}", end.column);
        } else {
            let _ = write!(out, ",endLine={}", end.line);
        }
        out.push(',');
    }
    let message = match &diagnostic.help {
        Some(help) => format!("{}\nhelp: {help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let _ = write!(out, "title={}::{}", diagnostic.code(), data(&message));
    out
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

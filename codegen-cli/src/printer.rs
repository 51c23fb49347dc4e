//! The only code that prints. Results go to stdout, everything said about the work to stderr; with `--message-format json`
//! all of it goes to stdout, one object a line.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, IsTerminal, Write};

use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};

use serde::Serialize;
use volplane_build::internal::{Diagnostic, MessageFormat, Severity, Sources, render};

use crate::cli::{Color, DiagnosticArgs, Output};
use crate::command_error::causes;
use crate::doctor::{Finding, FindingLevel};
use crate::exit::Exit;
use crate::messages::JsonMessage;

const VERB: Style = AnsiColor::Green.on_default().bold();
const NOTE: Style = AnsiColor::Cyan.on_default().bold();
const ACTION: Style = AnsiColor::Yellow.on_default().bold();
const ERROR: Style = AnsiColor::Red.on_default().bold();

/// How wide the column of verbs is; as cargo has it.
const COLUMN: usize = 12;

/// Says what the command does, in cargo's manner: one verb a line.
///
/// Failures to print can't be reported, so they are ignored.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Printer {
    output: Output,
    format: MessageFormat,
}

impl Printer {
    /// A printer for the chosen amount of output.
    pub(crate) fn new(output: Output, format: MessageFormat) -> Self {
        Self { output, format }
    }

    /// One that prints errors and results only.
    pub(crate) fn of_errors(self) -> Self {
        Self { output: Output { quiet: true, verbose: false, ..self.output }, ..self }
    }

    /// Whether programs read what is printed.
    pub(crate) fn is_json(self) -> bool {
        self.format == MessageFormat::Json
    }

    /// A line for programs; nothing in another format.
    pub(crate) fn message(self, message: &JsonMessage<'_>) {
        if self.is_json() {
            self.json(message);
        }
    }

    /// How a command ended, for programs.
    pub(crate) fn summary(self, command: &str, exit: Exit) {
        self.message(&JsonMessage::summary(command, exit));
    }

    /// A result: what the command was run for.
    pub(crate) fn line(self, text: impl Display) {
        let _ = writeln!(AutoStream::new(io::stdout(), self.choice()), "{text}");
    }

    /// A step that was done.
    pub(crate) fn status(self, verb: &str, text: impl Display) {
        if !self.output.quiet {
            self.say(VERB, verb, text);
        }
    }

    /// What to do next, or what the user should know.
    pub(crate) fn note(self, verb: &str, text: impl Display) {
        if self.output.quiet {
            return;
        }
        match self.format {
            MessageFormat::Json => self.json(&JsonMessage::Note { message: format!("{verb} {text}") }),
            _ => self.say(NOTE, verb, text),
        }
    }

    /// Something that was checked, as a result of the command. With `--quiet` only errors; a warning is one if
    /// `--deny-warnings` was given.
    pub(crate) fn finding(self, finding: &Finding, args: &DiagnosticArgs) {
        if self.is_json() {
            return self.json(&JsonMessage::finding(finding));
        }
        let style = match finding.level {
            FindingLevel::Ok if self.output.quiet => return,
            FindingLevel::Warning if self.output.quiet && !args.deny_warnings => return,
            FindingLevel::Ok => VERB,
            FindingLevel::Warning => ACTION,
            FindingLevel::Error => ERROR,
        };
        self.line(format_args!("{style}{:>COLUMN$}{style:#} {}", finding.level.verb(), finding.text()));
    }

    /// What needs a manual fix.
    pub(crate) fn action_required(self, verb: &str, text: impl Display) {
        self.say(ACTION, verb, text);
    }

    /// A result of many lines, ready made.
    pub(crate) fn text(self, text: &str) {
        let _ = AutoStream::new(io::stdout(), self.choice()).write_all(text.as_bytes());
    }

    /// A result without changes, such as a text for another program.
    ///
    /// # Errors
    /// When it can't be written, so that a partial text is not taken for a whole one. A closed pipe is not an error.
    pub(crate) fn bytes(self, bytes: &[u8]) -> io::Result<()> {
        let mut stdout = io::stdout().lock();
        match stdout.write_all(bytes).and_then(|()| stdout.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(error),
            _ => Ok(()),
        }
    }

    /// A detail, for `--verbose`.
    pub(crate) fn detail(self, verb: &str, text: impl Display) {
        if self.output.verbose {
            self.say(VERB, verb, text);
        }
    }

    /// Text that is ready made, such as diagnostics or a compiler's.
    pub(crate) fn raw(self, text: &str) {
        let mut stream = self.stderr();
        let _ = stream.write_all(text.as_bytes());
        if !text.is_empty() && !text.ends_with('\n') {
            let _ = writeln!(stream);
        }
    }

    /// Diagnostics of IDL. With `--quiet`, only errors, and warnings only with `--deny-warnings`.
    pub(crate) fn diagnostics(self, diagnostics: &[Diagnostic], sources: &Sources, diagnostic_args: &DiagnosticArgs) {
        let is_shown = |found: &&Diagnostic| {
            !self.output.quiet || diagnostic_args.deny_warnings || found.severity() == Severity::Error
        };
        let shown: Vec<Diagnostic> = diagnostics.iter().filter(is_shown).cloned().collect();
        let text = render(&shown, sources, diagnostic_args.message_format, self.colour());
        if self.is_json() { self.text(&text) } else { self.raw(&text) }
    }

    /// An error with everything that led to it, and what to do about it.
    pub(crate) fn error(self, error: &dyn Error, help: Option<&str>) {
        if self.is_json() {
            return self.json(&JsonMessage::error(error, help));
        }
        let mut stream = self.stderr();
        let _ = writeln!(stream, "{ERROR}error{ERROR:#}: {error}");
        for cause in causes(error) {
            let _ = writeln!(stream, "  because: {cause}");
        }
        if let Some(help) = help {
            let _ = writeln!(stream, "  {NOTE}help{NOTE:#}: {help}");
        }
    }

    /// Whether what goes to stderr has colour.
    pub(crate) fn colour(self) -> bool {
        match self.output.color {
            Color::Always => true,
            Color::Never => false,
            Color::Auto => AutoStream::choice(&io::stderr()) != ColorChoice::Never,
        }
    }

    /// Whether someone looks on who can be shown progress.
    pub(crate) fn animated(self) -> bool {
        !self.output.quiet && !self.output.verbose && io::stderr().is_terminal()
    }

    /// Whether `--verbose` was given.
    pub(crate) fn verbose(self) -> bool {
        self.output.verbose
    }

    fn json(self, value: &impl Serialize) {
        // Strings and numbers can't fail to be written.
        let mut line = serde_json::to_string(value).unwrap_or_default();
        line.push('\n');
        let _ = io::stdout().lock().write_all(line.as_bytes());
    }

    fn say(self, style: Style, verb: &str, text: impl Display) {
        if self.is_json() {
            return;
        }
        let _ = writeln!(self.stderr(), "{style}{verb:>COLUMN$}{style:#} {text}");
    }

    fn stderr(self) -> AutoStream<io::Stderr> {
        AutoStream::new(io::stderr(), self.choice())
    }

    fn choice(self) -> ColorChoice {
        match self.output.color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
    }
}

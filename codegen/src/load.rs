//! From paths to every file that they reach, each read once, each before those that include it.

mod decode;
mod order;

use crate::code::Code;
use crate::diagnostic::{Diagnostic, Hidden};
use crate::read::{MAX_BYTES, ReadSource};
use crate::source::{Source, Sources};
use crate::span::{FileId, Span};
use crate::syntax::language::recognise;
use crate::syntax::lex::{Lexed, lex};
use crate::syntax::literal::unquote;
use crate::syntax::parse::{Parsing, is_include, parse};
use crate::syntax::token::{Keyword, Token, TokenKind};
use crate::syntax::tree::Tree;
use decode::{Decoded, decode};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// Every file reached. [`FileId`] indexes `files` and `sources` alike.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    pub(crate) files: Vec<LoadedFile>,
    pub(crate) roots: Vec<FileId>,
    pub(crate) sources: Sources,
    pub(crate) diagnostics: Vec<Diagnostic>,
    /// Found besides, and not kept.
    pub(crate) hidden: Hidden,
}

/// A file and what its include lines stand for.
#[derive(Debug)]
pub(crate) struct LoadedFile {
    pub(crate) path: String,
    pub(crate) tree: Tree,
    /// As many as `tree.includes`; `None` is one that could not be found or read.
    pub(crate) includes: Vec<Option<FileId>>,
}

/// Reads the files and everything they include.
pub(crate) fn load(paths: &[PathBuf], include_dirs: &[PathBuf], reader: &dyn ReadSource) -> Loaded {
    let mut loader = Loader { reader, include_dirs, nodes: Vec::new(), known: HashMap::new(), diagnostics: Vec::new() };
    let mut roots = Vec::new();
    for path in paths {
        if let Some(node) = loader.root(path)
            && !roots.contains(&node)
        {
            roots.push(node);
        }
    }
    // Nodes found on the way are put behind and visited in turn.
    let mut next = 0;
    while next < loader.nodes.len() {
        loader.follow_includes(next);
        next += 1;
    }
    loader.finish(&roots)
}

struct Loader<'a> {
    reader: &'a dyn ReadSource,
    include_dirs: &'a [PathBuf],
    /// In the order of discovery; their spans carry this index as file until the order is known.
    nodes: Vec<Node>,
    known: HashMap<PathBuf, Option<usize>>,
    diagnostics: Vec<Diagnostic>,
}

struct Node {
    path: PathBuf,
    decoded: Decoded,
    lexed: Lexed,
    includes: Vec<IncludeLine>,
}

/// An include line: the bytes of its path with quotes, and the node that it stands for.
struct IncludeLine {
    start: u32,
    end: u32,
    node: Option<usize>,
}

impl Loader<'_> {
    fn root(&mut self, path: &Path) -> Option<usize> {
        match self.reader.identity(path).and_then(|identity| self.node(path, identity)) {
            Ok(node) => node,
            Err(error) => {
                let message = format!("cannot read {}: {}", path.display(), reason(&error));
                self.diagnostics.push(Diagnostic::new(Code::E001, message));
                None
            }
        }
    }

    /// The node of a file, read if that has not happened yet; `None` if reading it failed before, which was said.
    fn node(&mut self, path: &Path, identity: PathBuf) -> io::Result<Option<usize>> {
        if let Some(node) = self.known.get(&identity) {
            return Ok(*node);
        }
        let bytes = match self.reader.read(path) {
            Ok(bytes) if bytes.len() > MAX_BYTES => {
                let message = format!("{} has more than {} MiB", path.display(), MAX_BYTES >> 20);
                self.diagnostics.push(Diagnostic::new(Code::E004, message).help("split it into several files"));
                self.known.insert(identity, None);
                return Ok(None);
            }
            Ok(bytes) if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) => {
                let message = format!("{} is UTF-16, not UTF-8", path.display());
                self.diagnostics.push(Diagnostic::new(Code::E003, message).help("save the file as UTF-8"));
                self.known.insert(identity, None);
                return Ok(None);
            }
            Ok(bytes) => bytes,
            Err(error) => {
                self.known.insert(identity, None);
                return Err(error);
            }
        };
        let decoded = decode(bytes);
        let lexed = lex(&decoded.text, &decoded.replaced);
        let includes = include_lines(&decoded.text, &lexed);
        let node = self.nodes.len();
        self.nodes.push(Node { path: path.to_owned(), decoded, lexed, includes });
        self.known.insert(identity, Some(node));
        Ok(Some(node))
    }

    fn follow_includes(&mut self, node: usize) {
        for line in 0..self.nodes[node].includes.len() {
            let found = self.include(node, line);
            self.nodes[node].includes[line].node = found;
        }
    }

    /// The file that an include line stands for: the includer's own folder first, then the folders given.
    fn include(&mut self, node: usize, line: usize) -> Option<usize> {
        let IncludeLine { start, end, .. } = self.nodes[node].includes[line];
        let span = Span { file: FileId(node as u32), start, end };
        let literal = self.nodes[node].decoded.text.get(start as usize..end as usize).unwrap_or_default();
        let (wanted, _) = unquote(literal);
        let own = self.nodes[node].path.parent().unwrap_or(Path::new("")).to_owned();
        let mut searched: Vec<String> = Vec::new();
        let mut problem = None;
        for folder in std::iter::once(&own).chain(self.include_dirs) {
            // An absolute path replaces the folder.
            let path = folder.join(&wanted);
            match self.reader.identity(&path).and_then(|identity| self.node(&path, identity)) {
                Ok(node) => return node,
                Err(error) if error.kind() == io::ErrorKind::NotFound || wanted.is_empty() => {
                    let shown = folder.display().to_string();
                    let shown = if shown.is_empty() { ".".to_owned() } else { shown };
                    if !searched.contains(&shown) {
                        searched.push(shown);
                    }
                }
                Err(error) => {
                    problem = Some(format!("cannot read {}: {}", path.display(), reason(&error)));
                    break;
                }
            }
        }
        self.diagnostics.push(match problem {
            Some(message) => Diagnostic::at(Code::E001, span, message, "included here"),
            None => {
                let diagnostic = Diagnostic::at(Code::E002, span, format!("cannot find \"{wanted}\""), "included here");
                match self.meant(&own, &wanted) {
                    Some(path) => diagnostic.help(format!("write \"{path}\"")).fix(span, format!("\"{path}\"")),
                    None => diagnostic.help(format!(
                        "searched {}; name further folders with `-I`",
                        searched.iter().map(|folder| format!("`{folder}`")).collect::<Vec<_>>().join(", ")
                    )),
                }
            }
        });
        None
    }

    /// The path of a file that is there and differs from the one that was asked for in backslashes or a missing
    /// `.thrift` only.
    fn meant(&self, own: &Path, wanted: &str) -> Option<String> {
        let slashes = wanted.replace('\\', "/");
        let ending = if slashes.ends_with(".thrift") { "" } else { ".thrift" };
        let path = format!("{slashes}{ending}");
        // A path that has to be escaped is not written for anybody.
        let plain = path != wanted && !wanted.is_empty() && !path.contains(['"', '\n']);
        let folders = || std::iter::once(own).chain(self.include_dirs.iter().map(PathBuf::as_path));
        (plain && folders().any(|folder| self.reader.identity(&folder.join(&path)).is_ok())).then_some(path)
    }

    fn finish(mut self, roots: &[usize]) -> Loaded {
        let edges: Vec<Vec<Option<usize>>> =
            self.nodes.iter().map(|node| node.includes.iter().map(|line| line.node).collect()).collect();
        let order::Order { order, cycles } = order::order(&edges, roots);
        self.report_cycles(&cycles);
        let mut ids = vec![FileId(0); self.nodes.len()];
        for (id, node) in order.iter().enumerate() {
            ids[*node] = FileId(id as u32);
        }
        for span in self.diagnostics.iter_mut().flat_map(Diagnostic::spans_mut) {
            span.file = ids[span.file.0 as usize];
        }
        let mut out = Loaded { diagnostics: self.diagnostics, ..Loaded::default() };
        let mut sources = Vec::new();
        let mut nodes: Vec<Option<Node>> = self.nodes.into_iter().map(Some).collect();
        for (id, node) in order.into_iter().enumerate() {
            let Some(node) = nodes[node].take() else { continue };
            let file = FileId(id as u32);
            out.diagnostics.extend(node.decoded.report(file, &node.lexed));
            let Parsing { tree, diagnostics, hidden } = parse(file, &node.decoded.text, &node.lexed);
            out.diagnostics.extend(diagnostics);
            out.hidden.add(hidden);
            let target = |span: Span| {
                let line = node.includes.iter().find(|line| line.start == span.start)?;
                line.node.map(|node| ids[node])
            };
            let includes = tree.includes.iter().map(|include| target(include.span)).collect();
            let path = node.path.display().to_string();
            sources.push(Source::new(path.clone(), node.decoded.text));
            out.files.push(LoadedFile { path, tree, includes });
        }
        out.roots = roots.iter().map(|node| ids[*node]).collect();
        out.sources = Sources::new(sources);
        out
    }

    fn report_cycles(&mut self, cycles: &[Vec<(usize, usize)>]) {
        for cycle in cycles {
            let name = |node: usize| self.nodes[node].path.display().to_string();
            let mut steps: Vec<String> = cycle.iter().map(|(node, _)| name(*node)).collect();
            steps.extend(cycle.first().map(|(node, _)| name(*node)));
            let message = match cycle.as_slice() {
                [_] => "this file includes itself".to_owned(),
                _ => format!("these files include each other: {}", steps.join(" -> ")),
            };
            let mut diagnostic =
                Diagnostic::new(Code::E005, message).help("move what both need into a file of its own");
            // The line that closes the circle first.
            for (node, line) in cycle.iter().rev() {
                let IncludeLine { start, end, .. } = self.nodes[*node].includes[*line];
                let closes = diagnostic.labels.is_empty();
                let text = if closes { "this line closes the circle" } else { "included here" };
                diagnostic = diagnostic.label(Span { file: FileId(*node as u32), start, end }, text);
            }
            self.diagnostics.push(diagnostic);
        }
    }
}

/// The include lines of a text: the same as the parser finds, before there is a tree.
fn include_lines(text: &str, lexed: &Lexed) -> Vec<IncludeLine> {
    if recognise(text, lexed).is_some() {
        return Vec::new();
    }
    let include = |word: &Token| match word.kind {
        TokenKind::Keyword(keyword) => keyword == Keyword::Include,
        TokenKind::Name if word.first_on_line => {
            text.get(word.start as usize..word.end as usize).is_some_and(is_include)
        }
        _ => false,
    };
    let pairs = lexed.tokens.iter().zip(lexed.tokens.iter().skip(1));
    pairs
        .filter(|(word, path)| path.kind == TokenKind::Literal && include(word))
        .map(|(_, path)| IncludeLine { start: path.start, end: path.end, node: None })
        .collect()
}

/// An error of the file system in the words that people know, without a number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a folder".to_owned(),
        _ => error.to_string(),
    }
}

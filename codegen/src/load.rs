//! From paths to every file that they reach, each read once: first the files asked for, then what they include, in the order
//! of discovery.

mod cycles;
mod decode;

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

/// A file, and the files that its include lines refer to.
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
    for path in paths {
        loader.root(path);
    }
    // Nothing but the roots is known yet.
    let roots = loader.nodes.len();
    loader.follow_all();
    loader.finish(roots)
}

struct Loader<'a> {
    reader: &'a dyn ReadSource,
    include_dirs: &'a [PathBuf],
    /// In the order of discovery: a node with index `n` is the file `FileId(n)`.
    nodes: Vec<FileNode>,
    /// By what [`ReadSource::identity`] says: a file that links lead to is one node.
    known: HashMap<PathBuf, Option<usize>>,
    diagnostics: Vec<Diagnostic>,
}

struct FileNode {
    /// The path by which it was reached first.
    path: PathBuf,
    /// Where its include lines look first: its directory by every path to it, and, for a link, the directory of the target.
    folders: Vec<PathBuf>,
    decoded: Decoded,
    lexed: Lexed,
    includes: Vec<IncludeLine>,
}

/// An include line: the bytes of its path with quotes, and the node that it refers to.
struct IncludeLine {
    start: u32,
    end: u32,
    node: Option<usize>,
}

impl Loader<'_> {
    fn root(&mut self, path: &Path) {
        if let Err(error) = self.reader.identity(path).and_then(|identity| self.node(path, identity)) {
            let message = format!("cannot read {}: {}", path.display(), reason(&error));
            self.diagnostics.push(Diagnostic::new(Code::E001, message));
        }
    }

    /// The node of a file, read if that has not happened yet; `None` if reading it failed before, which was reported.
    fn node(&mut self, path: &Path, identity: PathBuf) -> io::Result<Option<usize>> {
        let own = folder_of(path);
        if let Some(node) = self.known.get(&identity) {
            if let Some(FileNode { folders, .. }) = node.and_then(|node| self.nodes.get_mut(node))
                && !folders.contains(&own)
            {
                folders.push(own);
            }
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
        let mut folders = vec![own];
        folders.extend(self.behind_link(path, &identity));
        self.nodes.push(FileNode { path: path.to_owned(), folders, decoded, lexed, includes });
        self.known.insert(identity, Some(node));
        Ok(Some(node))
    }

    /// The directory of a file that `path` is a link to, if it is another one.
    fn behind_link(&self, path: &Path, identity: &Path) -> Option<PathBuf> {
        let own = folder_of(path);
        let own = if own.as_os_str().is_empty() { Path::new(".") } else { own.as_path() };
        let real = self.reader.identity(own).ok()?;
        identity.parent().filter(|folder| *folder != real).map(Path::to_owned)
    }

    /// Follows every include line. An include line without a file is tried again when another directory of its own file is found.
    fn follow_all(&mut self) {
        let mut open = Vec::new();
        let mut next = 0;
        loop {
            // New nodes are appended, and visited in turn.
            while next < self.nodes.len() {
                for line in 0..self.nodes[next].includes.len() {
                    match self.include(next, line) {
                        Ok(found) => self.nodes[next].includes[line].node = found,
                        Err(missing) => open.push((next, line, self.nodes[next].folders.len(), missing)),
                    }
                }
                next += 1;
            }
            let again = open.iter().position(|(node, _, folders, _)| self.nodes[*node].folders.len() > *folders);
            let Some(again) = again else { break };
            let (node, line, ..) = open.swap_remove(again);
            match self.include(node, line) {
                Ok(found) => self.nodes[node].includes[line].node = found,
                Err(missing) => open.push((node, line, self.nodes[node].folders.len(), missing)),
            }
        }
        self.diagnostics.extend(open.into_iter().map(|(.., missing)| missing));
    }

    /// The file that an include line refers to, `None` if it cannot be read, which is then reported: the includer's own directory
    /// first, then the directories given.
    ///
    /// # Errors
    /// The diagnostic if there is no such file.
    fn include(&mut self, node: usize, line: usize) -> Result<Option<usize>, Diagnostic> {
        let IncludeLine { start, end, .. } = self.nodes[node].includes[line];
        let span = Span { file: file_id(node), start, end };
        let literal = self.nodes[node].decoded.text.get(start as usize..end as usize).unwrap_or_default();
        let (wanted, _) = unquote(literal);
        let own = self.nodes[node].folders.clone();
        let mut searched: Vec<String> = Vec::new();
        for folder in own.iter().chain(self.include_dirs) {
            // An absolute path replaces the directory.
            let path = folder.join(&wanted);
            match self.reader.identity(&path).and_then(|identity| self.node(&path, identity)) {
                Ok(node) => return Ok(node),
                Err(error) if error.kind() == io::ErrorKind::NotFound || wanted.is_empty() => {
                    let shown = folder.display().to_string();
                    let shown = if shown.is_empty() { ".".to_owned() } else { shown };
                    if !searched.contains(&shown) {
                        searched.push(shown);
                    }
                }
                Err(error) => {
                    let message = format!("cannot read {}: {}", path.display(), reason(&error));
                    self.diagnostics.push(Diagnostic::at(Code::E001, span, message, "included here"));
                    return Ok(None);
                }
            }
        }
        let diagnostic = Diagnostic::at(Code::E002, span, format!("cannot find \"{wanted}\""), "included here");
        Err(match self.meant(&own, &wanted) {
            Some(path) => diagnostic.help(format!("write \"{path}\"")).fix(span, format!("\"{path}\"")),
            None => diagnostic.help(format!(
                "searched {}; add directories with `-I`",
                searched.iter().map(|folder| format!("`{folder}`")).collect::<Vec<_>>().join(", ")
            )),
        })
    }

    /// The path of a file that is there and differs from the one that was asked for in backslashes or a missing
    /// `.thrift` only.
    fn meant(&self, own: &[PathBuf], wanted: &str) -> Option<String> {
        let slashes = wanted.replace('\\', "/");
        let ending = if slashes.ends_with(".thrift") { "" } else { ".thrift" };
        let path = format!("{slashes}{ending}");
        // A path that has to be escaped is not written for anybody.
        let plain = path != wanted && !wanted.is_empty() && !path.contains(['"', '\n']);
        let mut folders = own.iter().chain(self.include_dirs);
        (plain && folders.any(|folder| self.reader.identity(&folder.join(&path)).is_ok())).then_some(path)
    }

    /// The first `roots` nodes are the files asked for.
    fn finish(mut self, roots: usize) -> Loaded {
        self.report_cycles();
        let mut out = Loaded { diagnostics: self.diagnostics, ..Loaded::default() };
        let mut sources = Vec::new();
        for (file, node) in (0..).map(FileId).zip(self.nodes) {
            out.diagnostics.extend(node.decoded.report(file, &node.lexed));
            let Parsing { tree, diagnostics, hidden } = parse(file, &node.decoded.text, &node.lexed);
            out.diagnostics.extend(diagnostics);
            out.hidden.add(hidden);
            let target = |span: Span| node.includes.iter().find(|line| line.start == span.start)?.node.map(file_id);
            let includes = tree.includes.iter().map(|include| target(include.span)).collect();
            let path = node.path.display().to_string();
            sources.push(Source::new(path.clone(), node.decoded.text));
            out.files.push(LoadedFile { path, tree, includes });
        }
        out.roots = (0..roots).map(file_id).collect();
        out.sources = Sources::new(sources);
        out
    }

    fn report_cycles(&mut self) {
        let edges: Vec<Vec<Option<usize>>> =
            self.nodes.iter().map(|node| node.includes.iter().map(|line| line.node).collect()).collect();
        for cycle in cycles::cycles(&edges) {
            let name = |node: usize| self.nodes[node].path.display().to_string();
            let mut steps: Vec<String> = cycle.iter().map(|(node, _)| name(*node)).collect();
            steps.extend(cycle.first().map(|(node, _)| name(*node)));
            let message = match cycle.as_slice() {
                [_] => "this file includes itself".to_owned(),
                _ => format!("these files include each other: {}", steps.join(" -> ")),
            };
            let mut diagnostic =
                Diagnostic::new(Code::E005, message).help("move what both need into a file of its own");
            // The line that closes the cycle first.
            for (node, line) in cycle.iter().rev() {
                let IncludeLine { start, end, .. } = self.nodes[*node].includes[*line];
                let closes = diagnostic.labels.is_empty();
                let text = if closes { "this line closes the cycle" } else { "included here" };
                diagnostic = diagnostic.label(Span { file: file_id(*node), start, end }, text);
            }
            self.diagnostics.push(diagnostic);
        }
    }
}

fn file_id(node: usize) -> FileId {
    FileId(node as u32)
}

fn folder_of(path: &Path) -> PathBuf {
    path.parent().unwrap_or(Path::new("")).to_owned()
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

/// An error of the file system as a short text, without its number.
fn reason(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        io::ErrorKind::IsADirectory => "it is a directory".to_owned(),
        _ => error.to_string(),
    }
}

//! `volplane new`

mod error;

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};

use volplane_build::internal::model::Model;

use crate::apply::{self, CreateError, DirState};
use crate::cli::New;
use crate::command_error::CommandResult;
use crate::diagnostics;
use crate::exit::Exit;
use crate::interrupt;
use crate::layout;
use crate::plan::NewFile;
use crate::plan::templates::{Flavour, Templates};
use crate::printer::Printer;
use crate::project::{CheckedIdl, Copies, Idl};
use crate::settings::{Generated, IdlSettings, Module, PackageDir, Runtime, RuntimeArg, Set, Settings};
use crate::summary::{count, summary};
use crate::target_dir::{self, Fitting};
use crate::template_dir;
use crate::workspace::{self, Workspace};
pub(super) use error::NewError;

/// What the folder of a new project may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TargetDir {
    /// Nothing.
    Empty,
    /// IDL, and what `target` lets pass: it stays, and the project is made around it.
    Idl,
}

/// Makes a project.
///
/// # Errors
/// When it can't be made as asked.
pub(crate) fn run(args: &New, printer: Printer) -> CommandResult {
    run_on(TargetDir::Empty, args, printer)
}

/// Makes a project in a folder that may hold something.
///
/// # Errors
/// When it can't be made as asked.
pub(super) fn run_on(target: TargetDir, args: &New, printer: Printer) -> CommandResult {
    interrupt::watch();
    Ok(make(target, args, printer)?)
}

fn make(target: TargetDir, args: &New, printer: Printer) -> Result<Exit, NewError> {
    let dir = target_path(args)?;
    let module = module(args, &dir)?;
    let target = match target {
        TargetDir::Empty => fitting_target(&dir)?,
        TargetDir::Idl => only_idl(&dir)?,
    };
    readable(&args.idl)?;
    let runtime = runtime(&args.runtime, &dir)?;
    if args.service.as_deref().is_some_and(|name| name.trim().is_empty()) {
        return Err(NewError::EmptyService);
    }

    let idl = Idl::read(std::slice::from_ref(&args.idl), &args.idl_args.include);
    let model = diagnostics::usable(&idl, &args.idl_args.diagnostic_args, printer)?;
    let service = args.service.clone().unwrap_or_else(|| destination(model, &args.idl));
    let (copies, entry) = if args.idl_in_place {
        (Copies::none(), in_place(&dir, args, service)?)
    } else {
        let copies = Copies::new(&idl, model)?;
        let entry = copies.settings(service);
        (copies, entry)
    };
    let copied = copies.first().map(|(path, others)| (path.to_owned(), others));
    let around = Workspace::around(&layout::normal(&absolute(&dir)?))?;
    let joined = around.as_ref().filter(|_| !args.own_workspace);
    let mut transports = if args.no_programs { Vec::new() } else { args.transport.clone() };
    transports.sort();
    transports.dedup();
    let mut with = args.with.clone();
    with.sort();
    with.dedup();
    let (recorded, templates) = match &args.template_dir {
        Some(templates) => {
            let read = template_dir::read(templates, &templates.display().to_string())?;
            (Some(seen_from(&dir, templates)?), read)
        }
        None => (None, Templates::built_in(Flavour::General)),
    };
    let settings = Settings {
        module,
        idls: vec![entry],
        package: PackageDir::default(),
        workspace: joined.map(|workspace| workspace.way.clone()),
        features_by_hand: BTreeSet::new(),
        transports,
        with,
        codegen: args.codegen,
        runtime,
        generated: Generated { types_only: args.types_only, ..Generated::default() },
        templates: recorded,
        set: Set::all(&args.set),
    };
    let project = CheckedIdl::new(model, &settings)?;
    let rendered = project.render(&templates, &project.compile()?)?;
    let packages = match &joined {
        Some(_) => workspace::packages(&rendered),
        None => Vec::new(),
    };
    let manifest = around.as_ref().map(|around| around.with(&packages)).transpose()?;
    let Fitting { missing: files, merged, kept } = match target {
        TargetDir::Empty => {
            let missing = project.files(rendered.clone(), copies, &rendered)?;
            Fitting { missing, merged: Vec::new(), kept: Vec::new() }
        }
        TargetDir::Idl => {
            let present = |path: &str| std::fs::read(dir.join(path)).ok();
            let lasting = target_dir::lasting(&rendered, present);
            let files = project.files(rendered, copies, &lasting)?;
            target_dir::fitting(files, present).map_err(|path| NewError::InTheWay { path })?
        }
    };
    printer.status("Checked", format_args!("{}: {}", args.idl.display(), summary(model)));
    if args.dry_run {
        for file in &files {
            printer.line(Path::new(&file.path).display());
        }
        for file in &merged {
            printer.note("Would merge", &file.path);
        }
        if let (Some(around), Some(text)) = (&around, &manifest) {
            printer.note("Would edit", around.added(text));
        }
        printer.note("Would make", format_args!("{}: {}", shown(&dir), count(files.len(), "file")));
        return Ok(Exit::Success);
    }

    match target {
        TargetDir::Empty => apply::create(&dir, &files)?,
        TargetDir::Idl => apply::create_around(&dir, &files, &merged)?,
    }
    if let (Some(around), Some(text)) = (&around, &manifest) {
        around.write(text)?;
        printer.status("Edited", around.added(text));
    }
    if let Some((path, others)) = copied.filter(|(path, _)| !is_same(&dir.join(path), &args.idl)) {
        tell_copied(&args.idl, &dir.join(path), others, printer);
    }
    tell_created(&dir, &files, printer);
    for NewFile { path, .. } in merged {
        printer.note("Merged", format_args!("{path}: your lines stay, the project's were added"));
    }
    for path in kept {
        printer.note("Kept", format_args!("{path}: it was there before"));
    }
    if let (None, Some(name)) = (&args.module, folder_name(&dir)?.filter(|name| *name != settings.module.as_str())) {
        let packages = settings.module.as_str();
        printer.note(
            "Named",
            format_args!(
                "the packages {packages}-…, because {name}-… is not a valid name of a Rust package; choose another with --module"
            ),
        );
    }
    let types_only = project.services().is_empty();
    if types_only && !args.types_only {
        let idl = args.idl.display();
        printer
            .note("Types only", format_args!("{idl} has no service; when it gets one, volplane update adds programs"));
    }
    tell_next(&dir, &settings, types_only, printer);
    Ok(Exit::Success)
}

/// The destination name of an IDL's services: that of the first, or that of the file.
pub(super) fn destination(model: &Model, idl: &Path) -> String {
    let first = model.services().map(|(_, definition, _)| definition.name.text.clone()).next();
    first.unwrap_or_else(|| idl.file_stem().unwrap_or_default().to_string_lossy().into_owned())
}

/// An IDL that stays where it is, as volplane.toml names it.
fn in_place(dir: &Path, args: &New, service: String) -> Result<IdlSettings, NewError> {
    let dir = layout::normal(&absolute(dir)?);
    let way = |path: &PathBuf| {
        let path = layout::normal(&absolute(path)?);
        // On Windows, there is no way from one drive to another.
        let is_related = path.components().next() == dir.components().next();
        let way = is_related.then(|| layout::relative(&dir, &path));
        way.ok_or_else(|| NewError::NoWay { path: path.display().to_string() })
    };
    let include = args.idl_args.include.iter().map(way).collect::<Result<_, _>>()?;
    Ok(IdlSettings { path: way(&args.idl)?, service, include })
}

/// Whether two paths are of one file.
fn is_same(a: &Path, b: &Path) -> bool {
    let place = |path: &Path| std::fs::canonicalize(path).ok();
    place(a).is_some_and(|a| Some(a) == place(b))
}

/// Says which of two files is the project's.
fn tell_copied(from: &Path, to: &Path, others: usize, printer: Printer) {
    let to = layout::normal(to);
    let more = match others {
        0 => String::new(),
        1 => ", with a file that it includes".to_owned(),
        others => format!(", with {others} files that it includes"),
    };
    printer
        .status("Copied", format_args!("{} to {}{more}: volplane update reads the copy", from.display(), to.display()));
}

/// Says what was made.
pub(super) fn tell_created(dir: &Path, files: &[NewFile], printer: Printer) {
    for file in files {
        printer.detail("Created", dir.join(&file.path).display());
    }
    printer.status("Created", format_args!("{}: {}", shown(dir), count(files.len(), "file")));
}

/// Says what to do next, in a project with services or with types alone.
pub(super) fn tell_next(dir: &Path, settings: &Settings, types_only: bool, printer: Printer) {
    // Templates of one's own make other programs, or none.
    if settings.templates.is_none() {
        let program = match settings.transports.first() {
            Some(first) if !types_only => {
                // In a workspace with a package at its root, cargo looks there alone.
                let package = settings
                    .workspace
                    .as_ref()
                    .map_or_else(String::new, |_| format!("-p {}-cmd ", settings.module.as_str()));
                format!("cargo run {package}--bin {}-{}-server", first.number(), first.name())
            }
            _ => "cargo build".to_owned(),
        };
        let way = if is_here(dir) { program } else { format!("cd {} && {program}", quoted(dir)) };
        printer.note("Next", way);
    }
}

/// The folder to make: given, or named as the IDL.
fn target_path(args: &New) -> Result<PathBuf, NewError> {
    if let Some(dir) = &args.dir {
        return Ok(if dir.as_os_str().is_empty() { PathBuf::from(".") } else { dir.components().collect() });
    }
    let stem = args.idl.file_stem().filter(|_| args.idl.file_name().is_some());
    stem.map(PathBuf::from).ok_or_else(|| NewError::NoName { path: args.idl.display().to_string() })
}

/// The packages' prefix: given, or as close as can be to the folder's name.
fn module(args: &New, dir: &Path) -> Result<Module, NewError> {
    match &args.module {
        Some(name) => Ok(name.parse()?),
        None => Ok(Module::near(&folder_name(dir)?.unwrap_or_default())),
    }
}

/// The name of the folder of the project; the root of the disk has none.
fn folder_name(dir: &Path) -> Result<Option<String>, NewError> {
    let absolute = layout::normal(&absolute(dir)?);
    Ok(absolute.file_name().map(|name| name.to_string_lossy().into_owned()))
}

pub(super) fn free(dir: &Path) -> Result<(), NewError> {
    match apply::look(dir)? {
        DirState::Free | DirState::EmptyFolder => Ok(()),
        DirState::Occupied(entry) => Err(NewError::NotEmpty { dir: shown(dir), entry }),
        DirState::NoFolder => Err(NewError::NotAFolder { dir: dir.display().to_string() }),
    }
}

/// What the folder of a new project holds.
fn fitting_target(dir: &Path) -> Result<TargetDir, NewError> {
    match apply::look(dir)? {
        DirState::Free | DirState::EmptyFolder => Ok(TargetDir::Empty),
        DirState::NoFolder => Err(NewError::NotAFolder { dir: dir.display().to_string() }),
        DirState::Occupied(_) => match foreign(dir)? {
            Some(entry) => Err(NewError::Foreign { dir: shown(dir), entry }),
            None => Ok(TargetDir::Idl),
        },
    }
}

fn only_idl(dir: &Path) -> Result<TargetDir, NewError> {
    match foreign(dir)? {
        Some(entry) => Err(NewError::Foreign { dir: shown(dir), entry }),
        None => Ok(TargetDir::Idl),
    }
}

fn foreign(dir: &Path) -> Result<Option<String>, NewError> {
    let failed = |source| CreateError::Io { action: "read", path: shown(dir), source };
    Ok(target_dir::foreign(dir).map_err(failed)?)
}

fn readable(idl: &Path) -> Result<(), NewError> {
    let path = idl.display().to_string();
    match std::fs::metadata(idl) {
        Ok(metadata) if metadata.is_dir() => Err(NewError::IdlIsFolder { path }),
        Ok(_) => Ok(()),
        Err(source) => Err(NewError::Idl { path, source }),
    }
}

/// The source of the runtime crates, seen from the project.
fn runtime(argument: &RuntimeArg, dir: &Path) -> Result<Runtime, NewError> {
    Ok(match argument {
        RuntimeArg::Vendored => Runtime::Vendored,
        RuntimeArg::Git(url) => Runtime::Git(url.clone()),
        RuntimeArg::Version(req) => Runtime::Version(req.clone()),
        RuntimeArg::Path(path) => {
            if !path.join("transport/Cargo.toml").is_file() {
                return Err(NewError::NoRuntime { path: path.display().to_string() });
            }
            Runtime::Path(if path.is_absolute() { slashes(path) } else { seen_from(dir, path)? })
        }
    })
}

/// The way from the project to something else, with `/` between its parts; absolute if they have no folder in common.
fn seen_from(project: &Path, path: &Path) -> Result<String, NewError> {
    let (project, path) = (layout::normal(&absolute(project)?), layout::normal(&absolute(path)?));
    let shared = project.components().zip(path.components()).take_while(|(a, b)| a == b);
    let related = shared.filter(|(part, _)| matches!(part, Component::Normal(_))).count() > 0;
    Ok(if related { layout::relative(&project, &path) } else { slashes(&path) })
}

fn slashes(path: &Path) -> String {
    path.to_string_lossy().replace('\\', "/")
}

pub(super) fn absolute(path: &Path) -> Result<PathBuf, NewError> {
    std::path::absolute(path).map_err(|source| NewError::Path { path: path.display().to_string(), source })
}

fn is_here(dir: &Path) -> bool {
    dir == Path::new(".")
}

/// The folder in a sentence.
pub(super) fn shown(dir: &Path) -> String {
    if is_here(dir) { "the current directory".to_owned() } else { dir.display().to_string() }
}

/// The path as a shell takes it.
fn quoted(path: &Path) -> String {
    let text = path.display().to_string();
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '/' | '.' | '-' | '_');
    if text.chars().all(plain) { text } else { format!("'{}'", text.replace('\'', r"'\''")) }
}

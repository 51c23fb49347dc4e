//! `volplane migrate`

mod error;
mod find;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Component, Path, PathBuf};

use volplane_build::internal::model::Model;
use volplane_build::internal::rust::Api;

use super::new::{absolute, free, shown, tell_created, tell_next};
use crate::apply;
use crate::cli::{Migrate, Origin};
use crate::command_error::CommandResult;
use crate::diagnostics;
use crate::exit::Exit;
use crate::migrate::{namespaces, targets};
use crate::plan::templates::{Flavour, Templates};
use crate::plan::{self, NewFile, Policy};
use crate::printer::Printer;
use crate::project::{CheckedIdl, Copies, Idl};
use crate::project_path::ProjectPath;
use crate::settings::{Codegen, Generated, Module, PackageDir, Runtime, Settings, Transport};
use crate::summary::summary;
use crate::{interrupt, layout};
use error::MigrateError;
use find::OldProject;

/// The report's file in the new project.
const REPORT: &str = "MIGRATION.md";

/// Makes a project beside one that kitex or volo-cli made.
///
/// # Errors
/// When it can't be made as asked.
pub(crate) fn run(args: &Migrate, printer: Printer) -> CommandResult {
    interrupt::watch();
    Ok(migrate(args, printer)?)
}

fn migrate(args: &Migrate, printer: Printer) -> Result<Exit, MigrateError> {
    let old = folder(&args.dir)?;
    let target = target(args, &old)?;
    free(&target)?;
    let found = match args.from {
        Origin::Kitex => find::kitex(&args.dir, &args.idl),
        Origin::Volo => find::volo(&args.dir, &args.idl),
    }?;
    let module = match &args.module {
        Some(name) => name.parse()?,
        None => Module::near(&found.name),
    };

    let include: Vec<PathBuf> = args.idl_args.include.iter().chain(&found.include).cloned().collect();
    let idl = Idl::read(&found.idls, &include);
    let model = diagnostics::usable(&idl, &args.idl_args.diagnostic_args, printer)?;
    let copies = Copies::new(&idl, model)?;
    let settings = Settings {
        module,
        idls: copies.all_settings(destinations(model, &found)),
        package: PackageDir::default(),
        workspace: None,
        features_by_hand: BTreeSet::new(),
        transports: Transport::ALL.to_vec(),
        with: Vec::new(),
        codegen: Codegen::BuildRs,
        runtime: Runtime::Vendored,
        generated: Generated::default(),
        templates: None,
        set: BTreeMap::new(),
    };
    let project = CheckedIdl::new(model, &settings)?;
    let rendered = project.render(&Templates::built_in(Flavour::General), &project.compile()?)?;
    let mut files = project.files(rendered.clone(), copies, &rendered)?;

    let root = plan::generated_crate(&settings.module);
    let mut report = found.report;
    report.folder = old.file_name().unwrap_or(OsStr::new("/")).to_string_lossy().into_owned();
    report.bodies = (found.handlers)(&found.code, &targets(&Api::new(model, &root), &files));
    report.namespaces = namespaces(model, &root, |path| seen_from(&old, path));
    files.push(NewFile { path: ProjectPath::known(REPORT), text: report.markdown(), policy: Policy::Skip });
    files.sort_by(|a, b| a.path.cmp(&b.path));

    let paths: Vec<String> = found.idls.iter().map(|path| path.display().to_string()).collect();
    printer.status("Checked", format_args!("{}: {}", paths.join(", "), summary(model)));
    apply::create(&target, &files)?;
    tell_created(&target, &files, printer);
    for line in report.lines() {
        printer.note("Action", line);
    }
    printer.note("Report", target.join(REPORT).display());
    tell_next(&target, &settings, project.services().is_empty(), printer);
    Ok(Exit::Success)
}

/// The old project's folder, absolute.
fn folder(dir: &Path) -> Result<PathBuf, MigrateError> {
    let failed = |source| MigrateError::Read { path: dir.display().to_string(), source };
    std::fs::read_dir(dir).map_err(failed)?;
    Ok(layout::normal(&absolute(dir)?))
}

/// The folder to make: given, or beside the old one.
fn target(args: &Migrate, old: &Path) -> Result<PathBuf, MigrateError> {
    let target = match &args.target {
        Some(target) => target.components().collect(),
        None => {
            let name = old.file_name().ok_or_else(|| MigrateError::NoName { dir: args.dir.display().to_string() })?;
            let name = format!("{}-volplane", name.to_string_lossy());
            match args.dir.components().next_back() {
                Some(Component::Normal(_)) => args.dir.with_file_name(name),
                Some(Component::CurDir) => Path::new("..").join(name),
                _ => old.with_file_name(name),
            }
        }
    };
    if layout::normal(&absolute(&target)?).starts_with(old) {
        return Err(MigrateError::Inside { target: shown(&target), dir: shown(&args.dir) });
    }
    Ok(target)
}

/// The name that clients use for each IDL's services: the project's, or else that of its first service.
fn destinations(model: &Model, found: &OldProject) -> Vec<String> {
    let first = |root| {
        let services = model.services().filter(|(id, ..)| id.file == root);
        services.map(|(_, definition, _)| definition.name.text.clone()).next().unwrap_or_default()
    };
    model.roots.iter().map(|root| found.service.clone().unwrap_or_else(|| first(*root))).collect()
}

/// A path as seen from the old project.
fn seen_from(old: &Path, path: &str) -> String {
    std::path::absolute(path).map_or_else(|_| path.to_owned(), |path| layout::relative(old, &layout::normal(&path)))
}

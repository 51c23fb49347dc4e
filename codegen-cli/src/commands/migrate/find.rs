//! Finds what kitex or volo-cli left in a folder.

use std::fs;
use std::path::{Path, PathBuf};
use std::{env, io};

use super::error::MigrateError;
use crate::commands::new::shown;
use crate::layout;
use crate::migrate::report::{HandOver, Report};
use crate::migrate::{HandlerTarget, TextFile, go, kitex, read, volo, wire};

/// What is not the user's own in a Go project.
const NOT_GO: &[&str] = &["kitex_gen", "vendor", "node_modules"];
/// The same in volo-cli's.
const NOT_VOLO: &[&str] = &["volo-gen", "target"];

/// A project to be migrated.
pub(super) struct OldProject {
    /// The name for the new one.
    pub(super) name: String,
    /// The destination name that clients use, if the project says.
    pub(super) service: Option<String>,
    /// Its IDL, as seen from the current folder.
    pub(super) idls: Vec<PathBuf>,
    /// The folders that includes are looked up in.
    pub(super) include: Vec<PathBuf>,
    /// The user's code.
    pub(super) code: Vec<TextFile>,
    /// What is known already of what is left to do.
    pub(super) report: Report,
    /// Finds handlers in the code.
    pub(super) handlers: fn(&[TextFile], &[HandlerTarget]) -> Vec<HandOver>,
}

/// Looks at a Go project. `chosen` is the IDL that was asked for, if any was.
pub(super) fn kitex(dir: &Path, chosen: &[PathBuf]) -> Result<OldProject, MigrateError> {
    let (module_path, name) = go_module(dir)?;
    let info_path = dir.join("kitex_info.yaml");
    let info = match fs::read_to_string(&info_path) {
        Ok(text) => Some(kitex::info(&text).map_err(|source| yaml(&info_path, source))?),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(failed(&info_path)(source)),
    };
    let generated = read::folders(&dir.join("kitex_gen")).map_err(failed(&dir.join("kitex_gen")))?;
    if info.is_none() && generated.is_empty() && chosen.is_empty() {
        return Err(MigrateError::NotKitex { dir: dir.display().to_string() });
    }
    let all = |extension: &str| read::files(dir, NOT_GO, extension).map_err(failed(dir));
    let idls = if chosen.is_empty() { kitex_idls(dir, &all("thrift")?, &generated)? } else { chosen.to_vec() };
    let mut code = all("go")?;
    code.retain(|file| !file.text.starts_with("// Code generated"));

    let info = info.unwrap_or_default();
    let service = Some(info.service_name).filter(|name| !name.is_empty());
    let mut facts = vec![format!("go.mod: the module `{module_path}`")];
    facts.extend(service.iter().map(|name| format!("kitex_info.yaml: the service `{name}`")));
    let mut others: Vec<String> =
        all("proto")?.iter().map(|file| format!("`{}`: protobuf is not taken over", file.path)).collect();
    if dir.join("build.sh").is_file() {
        others.push("`build.sh`: `cargo build --release`, which leaves the programs in `target/release`".to_owned());
    }
    let options = kitex::replacements(&code);
    let maker = ["kitex", &info.tool_version].join(" ").trim_end().to_owned();
    let wire = wire::changes(&options);
    let report = Report { maker, facts, options, wire, others, ..Report::default() };
    Ok(OldProject { name, service, idls, include: Vec::new(), code, report, handlers: kitex::bodies })
}

/// The path of the Go module that a folder is in, with the way from there, and a project's name for it.
fn go_module(dir: &Path) -> Result<(String, String), MigrateError> {
    let absolute = std::path::absolute(dir).map_err(failed(dir))?;
    let absolute = layout::normal(&absolute);
    let root = absolute.ancestors().find(|folder| folder.join("go.mod").is_file());
    let root = root.ok_or_else(|| MigrateError::NoGoModule { dir: dir.display().to_string() })?;
    let path = root.join("go.mod");
    let text = fs::read_to_string(&path).map_err(failed(&path))?;
    let module = go::module_path(&text);
    let mut module = module.ok_or_else(|| MigrateError::NoModule { path: path.display().to_string() })?;
    if let Some(below) = absolute.strip_prefix(root).ok().filter(|below| !below.as_os_str().is_empty()) {
        module = format!("{module}/{}", below.to_string_lossy().replace('\\', "/"));
    }
    let name = go::project_name(&module);
    Ok((module, name))
}

fn kitex_idls(
    dir: &Path,
    idl: &[TextFile],
    generated: &std::collections::BTreeSet<String>,
) -> Result<Vec<PathBuf>, MigrateError> {
    let candidates = kitex::roots(idl, generated);
    let shown = |path: &String| dir.join(path).components().collect::<PathBuf>();
    match candidates.as_slice() {
        [one] => Ok(vec![shown(one)]),
        [] => {
            let known = idl.iter().map(|file| shown(&file.path).display().to_string()).collect();
            Err(MigrateError::NoIdl { dir: self::shown(dir), known })
        }
        several => {
            let candidates = several.iter().map(|path| shown(path).display().to_string()).collect();
            Err(MigrateError::SeveralIdls { dir: self::shown(dir), candidates })
        }
    }
}

/// Looks at a project of volo-cli's.
pub(super) fn volo(dir: &Path, chosen: &[PathBuf]) -> Result<OldProject, MigrateError> {
    let path = ["volo-gen/volo.yml", "volo.yml"].map(|path| dir.join(path)).into_iter().find(|path| path.is_file());
    let settings = match &path {
        Some(path) => {
            let text = fs::read_to_string(path).map_err(failed(path))?;
            volo::settings(&text).map_err(|source| yaml(path, source))?
        }
        None if chosen.is_empty() => return Err(MigrateError::NotVolo { dir: dir.display().to_string() }),
        None => volo::VoloSettings::default(),
    };
    let base = path.as_deref().and_then(Path::parent).unwrap_or(dir);
    let here = env::current_dir().map_err(failed(Path::new(".")))?;
    // As seen from the current folder: `volo-gen/../idl/echo.thrift` is hard to read.
    let seen = |path: &String| -> Result<PathBuf, MigrateError> {
        let absolute = std::path::absolute(base.join(path)).map_err(failed(base))?;
        Ok(layout::relative(&layout::normal(&here), &layout::normal(&absolute)).into())
    };
    let idls =
        if chosen.is_empty() { settings.idls.iter().map(seen).collect::<Result<_, _>>()? } else { chosen.to_vec() };
    let include = settings.includes.iter().map(seen).collect::<Result<_, _>>()?;
    if idls.is_empty() {
        return Err(MigrateError::NoIdl { dir: shown(dir), known: settings.left_out });
    }
    let code = read::files(dir, NOT_VOLO, "rs").map_err(failed(dir))?;
    let name = match package(dir)? {
        Some(name) => name,
        None => layout::normal(&std::path::absolute(dir).map_err(failed(dir))?)
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    };
    let facts = vec![format!("Cargo.toml: the package `{name}`")];
    let report = Report { maker: "volo-cli".to_owned(), facts, others: settings.left_out, ..Report::default() };
    Ok(OldProject { name, service: None, idls, include, code, report, handlers: volo::handlers })
}

/// The name of the package in `dir`, if there is one that can be read.
fn package(dir: &Path) -> Result<Option<String>, MigrateError> {
    let path = dir.join("Cargo.toml");
    if !path.is_file() {
        return Ok(None);
    }
    let text = fs::read_to_string(&path).map_err(failed(&path))?;
    let document: Option<toml_edit::DocumentMut> = text.parse().ok();
    let name = document.as_ref().and_then(|document| document.get("package")?.get("name")?.as_str());
    Ok(name.map(str::to_owned))
}

fn failed(path: &Path) -> impl FnOnce(io::Error) -> MigrateError + use<> {
    let path = path.display().to_string();
    move |source| MigrateError::Read { path, source }
}

fn yaml(path: &Path, source: serde_yaml::Error) -> MigrateError {
    MigrateError::Yaml { path: path.display().to_string(), source }
}

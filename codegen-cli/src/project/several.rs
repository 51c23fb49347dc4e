//! Projects with several IDL files.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::PathBuf;

use volplane_build::internal::MemorySource;

use super::{CheckedIdl, Idl, ProjectError};
use crate::plan::NewFile;
use crate::plan::templates::{Flavour, Templates};
use crate::settings::{Codegen, Generated, IdlSettings, PackageDir, Runtime, Settings, Transport};

const SHOP: &str = "include \"base.thrift\"\nnamespace rs shop\nexception Gone {}\nservice Shop {\n    base.Item find(1: string name) throws (1: Gone gone)\n    oneway void ping()\n}\nservice Empty {}\n";
const OTHER: &str = "namespace rs other\nservice shop {\n    i32 count()\n}\nservice Shop2 {\n    void open()\n}\n";
const BASE: &str = "struct Item {\n    1: string name\n}\n";

/// The files of a project with these IDL files, which lie in `root`.
fn rendered(root: &str, texts: &[(&str, &str)]) -> Result<Vec<NewFile>, Box<dyn Error>> {
    let at = |path: &str| format!("{root}{path}");
    let mut memory = MemorySource::new().with(at("common/base.thrift"), BASE);
    for (path, text) in texts {
        memory = memory.with(at(path), *text);
    }
    let paths: Vec<PathBuf> = texts.iter().map(|(path, _)| at(path).into()).collect();
    let idl = Idl::read_from(&paths, &[at("common").into()], &memory);
    let model = idl.model.as_ref().ok_or_else(|| format!("{:?}", idl.diagnostics))?;
    let idls = texts.iter().map(|(path, _)| IdlSettings {
        path: (*path).to_owned(),
        service: format!("{}.api", path.trim_end_matches(".thrift").trim_start_matches("idl/")),
        include: vec!["common".to_owned()],
    });
    let settings = Settings {
        module: "hello".parse()?,
        idls: idls.collect(),
        package: PackageDir::default(),
        workspace: None,
        features_by_hand: BTreeSet::new(),
        transports: Transport::ALL.to_vec(),
        with: Vec::new(),
        codegen: Codegen::BuildRs,
        runtime: Runtime::Git("https://example.org/volplane".to_owned()),
        generated: Generated::default(),
        templates: None,
        set: BTreeMap::from([("team".to_owned(), "a \"b\"".to_owned())]),
    };
    Ok(CheckedIdl::new(model, &settings)?.render(&Templates::built_in(Flavour::General), &[])?)
}

#[test]
fn two_idls_share_the_servers_and_the_clients() -> Result<(), Box<dyn Error>> {
    let files = rendered("", &[("idl/shop.thrift", SHOP), ("idl/other.thrift", OTHER)])?;
    let paths: Vec<&str> = files.iter().map(|file| file.path.as_str()).collect();
    insta::assert_snapshot!("paths", paths.join("\n"));
    for (name, path) in [
        ("readme", "README.md"),
        ("config", "volplane.toml"),
        ("build", "generated/build.rs"),
        ("generated", "generated/src/lib.rs"),
        ("manifest", "cmd/Cargo.toml"),
        ("lib", "cmd/src/lib.rs"),
        ("services", "cmd/src/services.rs"),
        ("clients", "cmd/src/clients.rs"),
        ("hub", "cmd/src/hub.rs"),
        ("client", "cmd/04-yamux/client/main.rs"),
        ("smoke", "cmd/tests/stdnet.rs"),
    ] {
        let file = files.iter().find(|file| file.path == path).ok_or(path)?;
        insta::assert_snapshot!(name, file.text);
    }
    Ok(())
}

#[test]
fn where_the_command_runs_makes_no_difference() -> Result<(), Box<dyn Error>> {
    let texts = [("idl/shop.thrift", SHOP), ("idl/other.thrift", OTHER)];
    assert_eq!(rendered("", &texts)?, rendered("/somewhere/else/", &texts)?);
    Ok(())
}

#[test]
fn a_name_that_two_services_have_is_refused() {
    let error = rendered("", &[("idl/shop.thrift", SHOP), ("idl/again.thrift", "service Shop {}")]).err();
    let text = error.map(|error| error.to_string()).unwrap_or_default();
    let expected = "idl/shop.thrift and idl/again.thrift both define a service Shop, and services of one server need different names";
    assert_eq!(text, expected);
}

#[test]
fn a_file_that_is_listed_twice_is_refused() {
    let error = rendered("", &[("idl/shop.thrift", SHOP), ("idl/../idl/shop.thrift", SHOP)]).err();
    assert!(matches!(error.and_then(|e| e.downcast().ok()).as_deref(), Some(ProjectError::SameIdl { .. })));
}

//! Projects that live for 20 updates, without a disk.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::rc::Rc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, FileFailurePersistence, RngAlgorithm, TestCaseError, TestRng, TestRunner};
use volplane_build::internal::MemorySource;

use super::tree::Tree;
use super::{Event, EventLevel, Outcome, Tense, UpdateInput, first_record, plan};
use crate::config;
use crate::plan::NewFile;
use crate::plan::templates::{Flavour, Templates};
use crate::project;
use crate::record::{self, Record};
use crate::settings::{Codegen, Generated, IdlSettings, PackageDir, Runtime, Settings, Transport};
use volplane_build::internal::rust::ServiceApi;
use volplane_edit::handlers::GeneratedNames;
use volplane_testkit::living::idl::Idl;
use volplane_testkit::living::life::{Anything, Project, Step, Story, Told, live, tool};
use volplane_testkit::living::marks::Files;

/// The number of lifecycles in each run; the variable PROPTEST_CASES increases it. They are the same ones each time.
const CASES: u32 = 12;

/// A project in memory.
struct InMemory {
    files: Files,
    settings: Settings,
    /// What the files were that this was rendered from.
    rendered: RefCell<Option<(Files, Rc<Rendered>)>>,
}

/// What would be made of a project now.
struct Rendered {
    files: Vec<NewFile>,
    services: Vec<ServiceApi>,
    exports: GeneratedNames,
}

impl InMemory {
    fn new(idl: &Idl) -> Result<Self, String> {
        let settings = Settings {
            module: "hello".parse().map_err(|error| format!("{error:?}"))?,
            idls: vec![entry("idl/shop.thrift")],
            package: PackageDir::default(),
            workspace: None,
            features_by_hand: BTreeSet::new(),
            transports: vec![Transport::Stdnet, Transport::Yamux],
            with: Vec::new(),
            codegen: Codegen::BuildRs,
            runtime: Runtime::Git("https://example.org/volplane".to_owned()),
            generated: Generated::default(),
            templates: None,
            set: BTreeMap::new(),
        };
        let mut new = Self { files: idl.texts(), settings, rendered: RefCell::default() };
        let rendered = new.rendered()?;
        let record = first_record(&rendered.files, &rendered.services).text();
        new.files.extend(rendered.files.iter().map(|file| (file.path.to_string(), file.text.clone())));
        new.files.insert(record::FILE.to_owned(), record);
        Ok(new)
    }

    fn rendered(&self) -> Result<Rc<Rendered>, String> {
        let is_input = |path: &str| path.starts_with("idl/") || path == config::FILE;
        let inputs = self.files.iter().filter(|(path, _)| is_input(path));
        let inputs: Files = inputs.map(|(path, text)| (path.clone(), text.clone())).collect();
        if let Some((_, rendered)) = self.rendered.borrow().as_ref().filter(|(of, _)| *of == inputs) {
            return Ok(rendered.clone());
        }
        let memory = inputs.iter().fold(MemorySource::new(), |memory, (path, text)| memory.with(path, text.as_str()));
        let paths: Vec<PathBuf> = self.settings.idls.iter().map(|idl| PathBuf::from(&idl.path)).collect();
        let idl = project::Idl::read_from(&paths, &[], &memory);
        let model = idl.model.as_ref().ok_or_else(|| format!("the IDL has errors: {:#?}", idl.diagnostics))?;
        let idl = project::CheckedIdl::new(model, &self.settings).map_err(|error| error.to_string())?;
        let files = idl.render(&Templates::built_in(Flavour::General), &[]).map_err(|error| error.to_string())?;
        let rendered = Rc::new(Rendered { files, services: idl.services(), exports: idl.exports().clone() });
        self.rendered.replace(Some((inputs, rendered.clone())));
        Ok(rendered)
    }

    fn planned(&self) -> Result<Outcome, String> {
        let rendered = self.rendered()?;
        let record = self.files.get(record::FILE).map(|text| Record::parse(text)).transpose();
        let record = record.map_err(|error| error.to_string())?;
        let mut tree = Tree::default();
        for (path, text) in &self.files {
            tree.insert(path.as_str().into(), text.clone().into_bytes());
        }
        let Rendered { files, services, exports } = &*rendered;
        let exports = Some(exports);
        let renames = &[];
        Ok(plan(UpdateInput {
            record,
            rendered: files,
            guesses: &[],
            services,
            exports,
            tree: &tree,
            prune: false,
            renames,
        }))
    }
}

impl Project for InMemory {
    fn files(&self) -> Result<Files, String> {
        Ok(self.files.clone())
    }

    fn save(&mut self, files: &Files) -> Result<(), String> {
        self.files.clone_from(files);
        Ok(())
    }

    fn update(&mut self, idl: &Idl) -> Result<Told, String> {
        let settings = self.files.get_mut(config::FILE).ok_or("volplane.toml is gone")?;
        let has_tool = self.settings.idls.len() > 1;
        let edited = match (has_tool, idl.has_tool) {
            (false, true) => {
                let new = entry(&tool());
                self.settings.idls.push(new.clone());
                config::edit::add_idl(settings, &new)
            }
            (true, false) => {
                self.settings.idls.truncate(1);
                config::edit::remove_idl(settings, 1)
            }
            _ => Ok(settings.clone()),
        };
        *settings = edited.map_err(|error| error.to_string())?;
        let outcome = self.planned()?;
        for (path, change) in outcome.changes {
            match change {
                Some(text) => self.files.insert(path.into(), text),
                None => self.files.remove(path.as_str()),
            };
        }
        self.files.insert(record::FILE.to_owned(), outcome.record.text());
        let said =
            outcome.events.iter().map(|event| format!("{} {}\n", event.verb(Tense::Done), event.text(Tense::Done)));
        Ok(Told { waits: waits(&outcome.events), text: said.collect() })
    }

    fn check(&self) -> Result<bool, String> {
        let outcome = self.planned()?;
        let same = self.files.get(record::FILE) == Some(&outcome.record.text());
        Ok(outcome.changes.is_empty() && same && !waits(&outcome.events))
    }
}

fn entry(path: &str) -> IdlSettings {
    IdlSettings { path: path.to_owned(), service: path.to_owned(), include: Vec::new() }
}

fn waits(events: &[Event]) -> bool {
    events.iter().any(|event| event.level() == EventLevel::ActionRequired)
}

fn step() -> impl Strategy<Value = Step> {
    let rolls = |count| vec(any::<u32>(), count);
    (prop::option::weighted(0.95, rolls(24)), vec(rolls(8), 0..4)).prop_map(|(idl, user)| Step { idl, user })
}

#[test]
#[allow(clippy::print_stdout, reason = "how rare conflicts are, and which there were, is worth a look: --nocapture")]
fn the_users_lines_survive_20_updates() -> Result<(), Box<dyn std::error::Error>> {
    let cases = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(CASES);
    let config = Config {
        cases,
        failure_persistence: Some(Box::new(FileFailurePersistence::WithSource("regressions"))),
        source_file: Some(file!()),
        // A life takes seconds.
        max_shrink_iters: 50,
        ..Config::default()
    };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let all = RefCell::new(Story::default());
    runner.run(&vec(step(), 20), |steps| {
        let mut project = InMemory::new(&Idl::first()).map_err(TestCaseError::fail)?;
        let story = live(&mut project, &Anything, &steps).map_err(TestCaseError::fail)?;
        let mut all = all.borrow_mut();
        all.edits += story.edits;
        all.fights.extend(story.fights);
        Ok(())
    })?;
    let all = all.into_inner();
    println!("{} edits, {} conflicts\n{}", all.edits, all.fights.len(), all.fights.join("\n"));
    assert!(all.edits > cases as usize * 10, "only {} edits applied", all.edits);
    assert!(all.fights.len() * 10 < all.edits, "{} edits, {} conflicts", all.edits, all.fights.len());
    Ok(())
}

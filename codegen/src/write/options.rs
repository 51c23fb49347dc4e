//! The options of the generated code.

use serde::{Deserialize, Serialize};

use crate::model::{DefinitionKind, Model};
use crate::nearest::nearest;

/// The options of the generated code. [`Default`] is what a project of `volplane new` has, except for `connections`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeOptions {
    /// Whether structs, exceptions and unions keep unknown fields and send them on. Default: no.
    pub keep_unknown_fields: bool,
    /// Additional traits that every type derives, as paths: `serde::Serialize`. Default: none.
    pub derive: Vec<String>,
    /// Whether each module is generated into a file of its own. Default: no.
    pub split: bool,
    /// Whether services are left out. Default: no.
    pub types_only: bool,
    /// The cargo feature of the generated crate with which types implement serde's traits. Default: none.
    pub serde_feature: Option<String>,
    /// The services to generate, by their names in the IDL; all if not given.
    pub services: Option<Vec<String>>,
    /// Whether to generate code that connects services with the crate volplane-transport, which must then be a dependency.
    /// Default: no.
    pub connections: bool,
    /// Whether to generate a descriptor of each service, which describes it as data. Default: no.
    pub descriptors: bool,
}

/// An invalid option.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// A name in [`CodeOptions::services`] that no file has.
    #[error("unknown service `{name}`: {help}")]
    UnknownService {
        /// The name.
        name: String,
        /// Which service was probably meant, or all that there are.
        help: String,
    },
    /// No name in [`CodeOptions::services`].
    #[error("the list of services is empty; to generate types without services, use the option `types_only`")]
    NoServices,
    /// Something else than a path in [`CodeOptions::derive`].
    #[error("`{text}` is not the path of a trait, such as `serde::Serialize`")]
    Derive {
        /// What it is.
        text: String,
    },
    /// Something else than the name of a cargo feature in [`CodeOptions::serde_feature`].
    #[error("`{text}` is not the name of a cargo feature, such as `serde`")]
    Feature {
        /// What it is.
        text: String,
    },
    /// A trait of serde in [`CodeOptions::derive`], beside [`CodeOptions::serde_feature`].
    #[error("`{text}` is already derived with the feature `{feature}`; remove one of the two")]
    SerdeTwice {
        /// The path of the trait.
        text: String,
        /// The feature.
        feature: String,
    },
}

impl CodeOptions {
    /// Whether types derive serde's traits, whatever features there are.
    pub(crate) fn derives_serde(&self) -> bool {
        self.derive.iter().any(|path| is_serde_trait(path))
    }

    /// Whether the code of a service is generated, by its name in the IDL.
    pub fn has_service(&self, name: &str) -> bool {
        !self.types_only && self.services.as_ref().is_none_or(|names| names.iter().any(|chosen| chosen == name))
    }

    /// All invalid options for code of this model.
    pub fn errors(&self, model: &Model) -> Vec<OptionError> {
        let mut errors: Vec<OptionError> = Vec::new();
        let not_paths = self.derive.iter().filter(|text| !is_trait_path(text));
        errors.extend(not_paths.map(|text| OptionError::Derive { text: text.clone() }));
        let not_features = self.serde_feature.iter().filter(|text| !is_feature(text));
        errors.extend(not_features.map(|text| OptionError::Feature { text: text.clone() }));
        if let Some(feature) = &self.serde_feature {
            let twice = self.derive.iter().filter(|path| is_serde_trait(path));
            errors.extend(twice.map(|text| OptionError::SerdeTwice { text: text.clone(), feature: feature.clone() }));
        }
        match self.services.as_deref() {
            Some([]) => errors.push(OptionError::NoServices),
            names => errors.extend(names.unwrap_or_default().iter().filter_map(|name| unknown_service(name, model))),
        }
        errors
    }
}

/// What is wrong with a name in [`CodeOptions::services`], if no file of the model defines such a service.
pub fn unknown_service(name: &str, model: &Model) -> Option<OptionError> {
    let definitions = model.files.iter().flat_map(|file| &file.definitions);
    let services = definitions.filter(|definition| matches!(definition.kind, DefinitionKind::Service(_)));
    let names: Vec<&str> = services.map(|definition| definition.name.text.as_str()).collect();
    if names.contains(&name) {
        return None;
    }
    let help = match (nearest(name, names.iter().copied()), names.is_empty()) {
        (Some(near), _) => format!("did you mean `{near}`?"),
        (None, true) => "the IDL defines no services".to_owned(),
        (None, false) => {
            let known: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
            format!("the IDL defines {}", known.join(", "))
        }
    };
    Some(OptionError::UnknownService { name: name.to_owned(), help })
}

/// Whether a text is the path of a trait as `derive` takes it: `Hash`, `serde::Serialize`, `::serde::Serialize`.
pub fn is_trait_path(text: &str) -> bool {
    let is_start = |c: char| c.is_alphabetic() || c == '_';
    let is_ident = |part: &str| part.starts_with(is_start) && part.chars().all(|c| is_start(c) || c.is_alphanumeric());
    text.strip_prefix("::").unwrap_or(text).split("::").all(is_ident)
}

/// Whether the path of a trait is that of one of serde's.
pub fn is_serde_trait(path: &str) -> bool {
    matches!(path.rsplit("::").next(), Some("Serialize" | "Deserialize"))
}

/// Whether cargo takes a text as the name of a feature, and it needs no escaping in `cfg`.
fn is_feature(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+' | '.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::check::check;
    use crate::read::MemorySource;

    fn errors(options: &CodeOptions) -> Vec<String> {
        let text = "service Echo {} service Shop {} service Unrelated {}";
        let checked = check(&["a.thrift".into()], &[], &MemorySource::new().with("a.thrift", text));
        let model = checked.model.expect("it is valid");
        options.errors(&model).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn every_option_that_can_not_be_followed_is_reported() {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        let right = CodeOptions {
            derive: names(&["Hash", "::a_b::C1"]),
            services: Some(names(&["Echo", "Shop"])),
            serde_feature: Some("serde-1".to_owned()),
            ..CodeOptions::default()
        };
        assert_eq!(errors(&right), Vec::<String>::new());
        let wrong = CodeOptions {
            derive: names(&["", "serde::", "a b", "Into<u8>", "1st"]),
            services: Some(names(&["Ehco", "Shop", "Xyz"])),
            serde_feature: Some("a\"b".to_owned()),
            ..CodeOptions::default()
        };
        insta::assert_snapshot!(errors(&wrong).join("\n"), @r#"
        `` is not the path of a trait, such as `serde::Serialize`
        `serde::` is not the path of a trait, such as `serde::Serialize`
        `a b` is not the path of a trait, such as `serde::Serialize`
        `Into<u8>` is not the path of a trait, such as `serde::Serialize`
        `1st` is not the path of a trait, such as `serde::Serialize`
        `a"b` is not the name of a cargo feature, such as `serde`
        unknown service `Ehco`: did you mean `Echo`?
        unknown service `Xyz`: the IDL defines `Echo`, `Shop`, `Unrelated`
        "#);
        let twice = CodeOptions {
            derive: names(&["Hash", "::serde::Serialize"]),
            serde_feature: Some("serde".to_owned()),
            ..CodeOptions::default()
        };
        assert_eq!(
            errors(&twice),
            ["`::serde::Serialize` is already derived with the feature `serde`; remove one of the two"]
        );
        let none = CodeOptions { services: Some(Vec::new()), ..CodeOptions::default() };
        let expected = "the list of services is empty; to generate types without services, use the option `types_only`";
        assert_eq!(errors(&none), [expected]);
    }

    #[test]
    fn services_are_left_out_by_name_or_all_together() {
        let mut options = CodeOptions::default();
        assert!(options.has_service("Echo"));
        options.services = Some(vec!["Shop".to_owned()]);
        assert_eq!((options.has_service("Echo"), options.has_service("Shop")), (false, true));
        options.types_only = true;
        assert!(!options.has_service("Shop"));
    }
}

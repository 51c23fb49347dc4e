//! Doc comments and attributes of generated items.

use std::fmt::Write as _;

use super::{Scope, doc};
use crate::model::Annotation;
use crate::rust::traits::Compared;

/// The traits that types have wherever they can.
const STANDARD: &[&str] = &["Clone", "Debug", "Default", "Eq", "Hash", "Ord", "PartialEq", "PartialOrd"];

/// What precedes a field, an arm of a union or a member of an enum: its doc comment, and what the user's
/// annotations ask for.
pub(crate) fn of_member(scope: &Scope, doc: Option<&str>, annotations: &[Annotation]) -> String {
    format!("{}{}{}", doc::lines(doc, ""), deprecated(annotations, ""), serde_attributes(scope, annotations))
}

/// What precedes a type: its doc comment, the traits that it derives, and what the user's annotations ask for.
/// `derived` are the first ones of them, whatever the settings are.
pub(crate) fn of_type(scope: &Scope, doc: Option<&str>, annotations: &[Annotation], derived: &[&str]) -> String {
    let mut text = doc::lines(doc, "");
    text.push_str(&deprecated(annotations, ""));
    let mut derived: Vec<&str> = derived.to_vec();
    let is_ours = |name: &&String| {
        let name = name.trim_start_matches("::").trim_start_matches("std::").trim_start_matches("core::");
        let (_, last) = name.rsplit_once("::").unwrap_or(("", name));
        derived.contains(&last) || STANDARD.contains(&last)
    };
    let more: Vec<&str> = scope.options.derive.iter().filter(|name| !is_ours(name)).map(String::as_str).collect();
    derived.extend(more);
    if !derived.is_empty() {
        let _ = writeln!(text, "#[derive({})]", derived.join(", "));
    }
    if let Some(feature) = &scope.options.serde_feature {
        let _ = writeln!(
            text,
            "#[cfg_attr(feature = {feature:?}, derive(::pilota::serde::Serialize, ::pilota::serde::Deserialize), \
             serde(crate = \"::pilota::serde\"))]"
        );
    }
    text.push_str(&serde_attributes(scope, annotations));
    text
}

/// The derived traits of a type whose values are compared like that, beside `Clone` and `PartialEq`.
pub(crate) fn derived(compared: Compared, default: bool) -> Vec<&'static str> {
    let all = [
        ("Debug", true),
        ("Default", default),
        ("PartialOrd", compared.partial_ord),
        ("Eq", compared.eq),
        ("Ord", compared.ord && compared.eq && compared.partial_ord),
        ("Hash", compared.hash),
    ];
    all.into_iter().filter_map(|(name, is_there)| is_there.then_some(name)).collect()
}

/// `#[deprecated]`, if there is such an annotation: `(deprecated)` or `(deprecated = "use the other")`.
pub(crate) fn deprecated(annotations: &[Annotation], indent: &str) -> String {
    let Some(annotation) = annotations.iter().find(|annotation| annotation.key.text == "deprecated") else {
        return String::new();
    };
    match annotation.value.trim() {
        "false" | "0" => String::new(),
        "" | "true" | "1" => format!("{indent}#[deprecated]\n"),
        note => format!("{indent}#[deprecated(note = {note:?})]\n"),
    }
}

/// The user's `pilota.serde_attribute`, where types implement serde's traits.
fn serde_attributes(scope: &Scope, annotations: &[Annotation]) -> String {
    let wanted = annotations.iter().filter(|annotation| annotation.key.text == "pilota.serde_attribute");
    let inner = |annotation: &Annotation| {
        let attribute = annotation.value.trim().strip_prefix("#[")?.strip_suffix(']')?;
        Some(serde(scope, attribute))
    };
    wanted.filter_map(inner).collect()
}

/// An attribute for serde, where types implement its traits.
pub(crate) fn serde(scope: &Scope, attribute: &str) -> String {
    match &scope.options.serde_feature {
        Some(feature) => format!("#[cfg_attr(feature = {feature:?}, {attribute})]\n"),
        None if scope.options.derives_serde() => format!("#[{attribute}]\n"),
        None => String::new(),
    }
}

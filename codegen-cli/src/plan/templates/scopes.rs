//! What templates see: `project` and `set` everywhere, `service`, `method` and `transport` in files for each of those.

use minijinja::context;
use minijinja::value::{Serde, Value};

use super::manifest::Each;
use crate::plan::view::ProjectView;

/// The values of one project.
pub(super) struct Scopes {
    project: Value,
    set: Value,
    transports: Vec<Value>,
    /// Each with its methods.
    services: Vec<(Value, Vec<Value>)>,
}

impl Scopes {
    pub(super) fn new(view: &ProjectView) -> Self {
        let services = view.services.iter().map(|service| {
            let methods = service.methods.iter().map(|method| Value::from(Serde(method))).collect();
            (Value::from(Serde(service)), methods)
        });
        Self {
            project: Value::from(Serde(view)),
            set: Value::from(Serde(&view.set)),
            transports: view.transports.iter().map(|transport| Value::from(Serde(transport))).collect(),
            services: services.collect(),
        }
    }

    /// The contexts of a file that there is one of for each of these; a method brings its service along.
    pub(super) fn of(&self, each: &[Each]) -> Vec<Value> {
        let mut contexts = vec![context! { project => self.project.clone(), set => self.set.clone() }];
        if each.contains(&Each::Transport) {
            contexts = product(&contexts, &self.transports, |transport| context! { transport => transport.clone() });
        }
        if each.contains(&Each::Method) {
            contexts = product(&contexts, &self.methods(), |(service, method)| {
                context! { service => (*service).clone(), method => (*method).clone() }
            });
        } else if each.contains(&Each::Service) {
            contexts = product(&contexts, &self.services, |(service, _)| context! { service => service.clone() });
        }
        contexts
    }

    /// What `base` stands for wherever it stands for something: `service`, `project.idls`.
    pub(super) fn example(&self, base: &str) -> Option<Value> {
        let mut parts = base.split('.');
        let first = match parts.next()? {
            "project" => self.project.clone(),
            "set" => self.set.clone(),
            "transport" => self.transports.first()?.clone(),
            "service" => self.services.first()?.0.clone(),
            "method" => self.methods().first()?.1.clone(),
            _ => return None,
        };
        parts.try_fold(first, |value, part| value.get_attr(part).ok().filter(|value| !value.is_undefined()))
    }

    fn methods(&self) -> Vec<(&Value, &Value)> {
        let services = self.services.iter();
        services.flat_map(|(service, methods)| methods.iter().map(move |method| (service, method))).collect()
    }
}

fn product<T>(contexts: &[Value], items: &[T], named: impl Fn(&T) -> Value) -> Vec<Value> {
    let pairs = contexts.iter().flat_map(|outer| items.iter().map(move |item| (outer, item)));
    pairs.map(|(outer, item)| context! { ..named(item), ..outer.clone() }).collect()
}

//! Edits of an IDL, as they happen in a week.

use super::dice::Dice;
use super::idl::{Argument, BASE, Idl, Method, Name, SHOP, Service, Struct, Ty};

/// Names are taken again when they are free: what comes back after it was gone is an edit, too.
const METHODS: [&str; 12] =
    ["fetch", "list_all", "put", "drop", "watch", "count", "type", "match", "getAll", "move_to", "open", "shut"];
const ARGUMENTS: [&str; 9] = ["id", "key", "limit", "type", "self", "reason", "when", "userName", "page"];
const TYPES: [&str; 8] = ["Item", "Order", "Price", "Result", "Option", "Page", "Audit", "Filter"];
const EXCEPTIONS: [&str; 5] = ["Gone", "Denied", "Busy", "Error", "Late"];
const SERVICES: [&str; 8] = ["Shop", "Tool", "Audit2", "Billing", "Search", "HTTPGate", "stock", "Desk"];
const PLAIN: [&str; 6] = ["string", "i32", "i64", "bool", "double", "binary"];

/// One edit; what it was. `None` if none was found that applies to what there is.
pub fn edit(idl: &mut Idl, dice: &mut Dice<'_>) -> Option<String> {
    (0..3).find_map(|_| try_edit(idl, dice))
}

fn try_edit(idl: &mut Idl, dice: &mut Dice<'_>) -> Option<String> {
    // Those with handlers are edited more often.
    let files = [idl.present(true), idl.present(true), idl.present(false)].concat();
    let file = *dice.pick(&files)?;
    let kind = dice.roll(27);
    match kind {
        0..=13 => edit_method(idl, file, kind, dice),
        14..=19 => edit_service(idl, file, kind, dice),
        20..=24 => edit_struct(idl, file, kind, dice),
        25 => {
            idl.files[file].comments += 1;
            Some(format!("a remark in {}", idl.files[file].stem))
        }
        _ => {
            idl.has_tool = !idl.has_tool;
            Some(format!("tool.thrift {}", if idl.has_tool { "comes" } else { "goes" }))
        }
    }
}

fn edit_method(idl: &mut Idl, file: usize, kind: usize, dice: &mut Dice<'_>) -> Option<String> {
    let services = idl.files[file].services.len();
    let service = dice.roll(services);
    let name = free_method(idl, file, service, dice);
    let ty = ty(idl, file, dice);
    let exception = exception(idl, file, dice);
    let service = idl.files[file].services.get_mut(service)?;
    let place = dice.roll(service.methods.len());
    let called = format!("in {}", service.name);
    if kind <= 2 {
        let name = name?;
        let place = dice.roll(service.methods.len() + 1);
        let result = if dice.once_in(4) { None } else { Some(ty) };
        let method = Method {
            name: name.clone(),
            doc: dice.once_in(3).then(|| format!("Does {name}.")),
            arguments: Vec::new(),
            is_oneway: result.is_none() && dice.once_in(3),
            result,
            throws: Vec::new(),
            is_settled: false,
        };
        service.methods.insert(place, method);
        return Some(format!("{name} comes {called}"));
    }
    if kind == 3 {
        service.methods.rotate_left(place);
        return Some(format!("another order of methods {called}"));
    }
    let method = service.methods.get_mut(place)?;
    let (settled, called) = (method.is_settled, format!("of {} {called}", method.name));
    let argument = dice.roll(method.arguments.len());
    match kind {
        4 if settled => None,
        4 => {
            service.methods.remove(place);
            Some(format!("away with the method: {called}"))
        }
        5 if settled => None,
        5 => {
            method.name = name?;
            Some(format!("{} is the new name {called}", method.name))
        }
        6 | 7 => {
            let name =
                dice.pick(&ARGUMENTS).filter(|name| method.arguments.iter().all(|other| other.name != **name))?;
            let new = Argument { name: (*name).to_owned(), ty, is_optional: dice.once_in(5) };
            let at = dice.roll(method.arguments.len() + 1);
            method.arguments.insert(at, new);
            Some(format!("argument {name} {called}"))
        }
        8 if settled => None,
        8 => {
            let gone = (argument < method.arguments.len()).then(|| method.arguments.remove(argument))?;
            Some(format!("away with argument {} {called}", gone.name))
        }
        9 if settled => None,
        9 => {
            let name =
                dice.pick(&ARGUMENTS).filter(|name| method.arguments.iter().all(|other| other.name != **name))?;
            let argument = method.arguments.get_mut(argument)?;
            argument.name = (*name).to_owned();
            Some(format!("argument is named {name} {called}"))
        }
        10 if settled => None,
        10 => {
            let argument = method.arguments.get_mut(argument)?;
            argument.ty = ty;
            Some(format!("another type of {} {called}", argument.name))
        }
        11 => {
            method.arguments.rotate_left(argument);
            Some(format!("another order of arguments {called}"))
        }
        12 if settled => None,
        12 => {
            method.is_oneway = false;
            method.result = if method.result.is_some() && dice.once_in(3) { None } else { Some(ty) };
            Some(format!("another result {called}"))
        }
        _ if settled || method.is_oneway => None,
        _ => {
            let exception = exception?;
            if method.throws.contains(&exception) || method.throws.len() > 1 {
                method.throws.remove(0);
            } else {
                method.throws.push(exception);
            }
            Some(format!("other exceptions {called}"))
        }
    }
}

fn edit_service(idl: &mut Idl, file: usize, kind: usize, dice: &mut Dice<'_>) -> Option<String> {
    let place = dice.roll(idl.files[file].services.len());
    let name = Name { file, name: idl.files[file].services.get(place)?.name.clone() };
    let is_settled = idl.files[file].services[place].methods.iter().any(|method| method.is_settled);
    match kind {
        14 | 15 => {
            let new = *dice.pick(&SERVICES).filter(|name| all_services(idl).all(|other| other.name != **name))?;
            let at = dice.roll(idl.files[file].services.len() + 1);
            let service = Service { name: new.to_owned(), extends: None, doc: None, methods: Vec::new() };
            idl.files[file].services.insert(at, service);
            Some(format!("service {new} comes"))
        }
        16 if idl.files[file].services.len() < 2 || is_settled => None,
        16 => {
            idl.files[file].services.remove(place);
            for service in all_services_mut(idl).filter(|service| service.extends.as_ref() == Some(&name)) {
                service.extends = None;
            }
            Some(format!("service {} goes", name.name))
        }
        17 => {
            idl.files[file].services.rotate_left(place);
            Some("another order of services".to_owned())
        }
        18 => {
            // Only what comes from the base may be extended, which keeps circles and clashes away.
            let parent = idl.files[BASE].services.first().map(|parent| Name { file: BASE, name: parent.name.clone() });
            let clash = |service: &Service| {
                let inherited = idl.files[BASE].services.first().map_or(&[][..], |parent| &parent.methods);
                service.methods.iter().any(|own| inherited.iter().any(|other| other.name == own.name))
            };
            if file == BASE || clash(&idl.files[file].services[place]) {
                return None;
            }
            let service = &mut idl.files[file].services[place];
            service.extends = if service.extends.is_some() { None } else { parent };
            Some(format!("{} extends {:?}", service.name, service.extends))
        }
        _ => {
            let service = &mut idl.files[file].services[place];
            service.doc = if service.doc.is_some() { None } else { Some(format!("All about {}.", service.name)) };
            Some(format!("a comment of {}", service.name))
        }
    }
}

fn edit_struct(idl: &mut Idl, file: usize, kind: usize, dice: &mut Dice<'_>) -> Option<String> {
    let is_exception = dice.once_in(3);
    let pool: &[&str] = if is_exception { &EXCEPTIONS } else { &TYPES };
    let new = dice.pick(pool).filter(|name| idl.files[file].structs.iter().all(|other| other.name != **name));
    let new = new.map(|name| (*name).to_owned());
    let place = dice.roll(idl.files[file].structs.len());
    if kind <= 21 {
        let new = new?;
        idl.files[file].structs.push(Struct { name: new.clone(), is_exception, fields: 1 });
        return Some(format!("{new} comes in {}", idl.files[file].stem));
    }
    let found = idl.files[file].structs.get_mut(place)?;
    let name = Name { file, name: found.name.clone() };
    if kind == 22 {
        found.fields += 1;
        return Some(format!("a field in {}", name.name));
    }
    let is_used_by_settled = all_methods(idl).any(|method| method.is_settled && mentions(method, &name));
    if is_used_by_settled {
        return None;
    }
    if kind == 23 {
        let found = idl.files[file].structs.get_mut(place).filter(|found| found.is_exception == is_exception)?;
        found.name = new?;
        let new = Name { file, name: found.name.clone() };
        replace(idl, &name, Some(&new));
        return Some(format!("{} is {} now", name.name, new.name));
    }
    idl.files[file].structs.remove(place);
    replace(idl, &name, None);
    Some(format!("away with {} of {}", name.name, idl.files[file].stem))
}

/// Puts another struct in the place of one, or none.
fn replace(idl: &mut Idl, old: &Name, new: Option<&Name>) {
    for method in all_services_mut(idl).flat_map(|service| &mut service.methods) {
        for ty in method.arguments.iter_mut().map(|argument| &mut argument.ty).chain(&mut method.result) {
            replace_in(ty, old, new);
        }
        for thrown in &mut method.throws {
            if let (true, Some(new)) = (thrown == old, new) {
                *thrown = new.clone();
            }
        }
        method.throws.retain(|thrown| thrown != old);
    }
}

fn replace_in(ty: &mut Ty, old: &Name, new: Option<&Name>) {
    match ty {
        Ty::Struct(name) if name == old => *ty = new.map_or(Ty::Plain("string"), |new| Ty::Struct(new.clone())),
        Ty::List(of) | Ty::Map(_, of) => replace_in(of, old, new),
        Ty::Plain(_) | Ty::Struct(_) => {}
    }
}

fn mentions(method: &Method, name: &Name) -> bool {
    fn is_in(ty: &Ty, name: &Name) -> bool {
        match ty {
            Ty::Plain(_) => false,
            Ty::Struct(found) => found == name,
            Ty::List(of) | Ty::Map(_, of) => is_in(of, name),
        }
    }
    let mut types = method.arguments.iter().map(|argument| &argument.ty).chain(&method.result);
    types.any(|ty| is_in(ty, name)) || method.throws.contains(name)
}

fn ty(idl: &Idl, file: usize, dice: &mut Dice<'_>) -> Ty {
    let plain = *dice.pick(&PLAIN).unwrap_or(&"string");
    let known = visible(idl, file, false);
    let simple = match dice.pick(&known) {
        Some(name) if dice.roll(2) == 1 => Ty::Struct(name.clone()),
        _ => Ty::Plain(plain),
    };
    match dice.roll(6) {
        4 => Ty::List(Box::new(simple)),
        5 => Ty::Map("string", Box::new(simple)),
        _ => simple,
    }
}

fn exception(idl: &Idl, file: usize, dice: &mut Dice<'_>) -> Option<Name> {
    dice.pick(&visible(idl, file, true)).cloned()
}

/// The structs, or the exceptions, that a file may name.
fn visible(idl: &Idl, file: usize, exceptions: bool) -> Vec<Name> {
    let files = if file == BASE { vec![BASE] } else { vec![BASE, file] };
    let all = files.into_iter().flat_map(|file| idl.files[file].structs.iter().map(move |one| (file, one)));
    let wanted = all.filter(|(_, one)| one.is_exception == exceptions);
    wanted.map(|(file, one)| Name { file, name: one.name.clone() }).collect()
}

/// A name that no method has that this service, its parent or its children have.
fn free_method(idl: &Idl, file: usize, service: usize, dice: &mut Dice<'_>) -> Option<String> {
    let name = (*dice.pick(&METHODS)?).to_owned();
    let has = |service: &Service| service.methods.iter().any(|method| method.name == name);
    let taken = if file == BASE {
        all_services(idl).any(has)
    } else {
        has(idl.files[file].services.get(service)?) || idl.files[BASE].services.iter().any(has)
    };
    (!taken).then_some(name)
}

fn all_services(idl: &Idl) -> impl Iterator<Item = &Service> {
    idl.files.iter().flat_map(|file| &file.services)
}

fn all_services_mut(idl: &mut Idl) -> impl Iterator<Item = &mut Service> {
    idl.files.iter_mut().flat_map(|file| &mut file.services)
}

fn all_methods(idl: &Idl) -> impl Iterator<Item = &Method> {
    all_services(idl).flat_map(|service| &service.methods)
}

/// The method that `Shop.find` names, inherited or not.
pub fn method_mut<'a>(idl: &'a mut Idl, full: &str) -> Option<&'a mut Method> {
    let (service, method) = full.split_once('.')?;
    let found = idl.files[SHOP..].iter().chain(&idl.files[..SHOP]).flat_map(|file| &file.services);
    let parents: Vec<String> = found
        .filter(|found| found.name == service)
        .flat_map(|found| [Some(found.name.clone()), found.extends.as_ref().map(|parent| parent.name.clone())])
        .flatten()
        .collect();
    let mut all = all_services_mut(idl).filter(|found| parents.contains(&found.name));
    all.find_map(|found| found.methods.iter_mut().find(|found| found.name == method))
}

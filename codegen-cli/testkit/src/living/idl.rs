//! A small model of IDL files, and their text.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The file that the others include; it makes no handlers.
pub const BASE: usize = 0;
/// The file that a project begins with.
pub const SHOP: usize = 1;
/// The file that comes and goes.
pub const TOOL: usize = 2;

/// All files; the last one need not be in the project.
#[derive(Clone, Debug)]
pub struct Idl {
    /// By number.
    pub files: [File; 3],
    /// Whether [`TOOL`] is in the project.
    pub has_tool: bool,
}

/// A file.
#[derive(Clone, Debug)]
pub struct File {
    /// Without folder and ending; the namespace, too.
    pub stem: &'static str,
    /// In their order.
    pub structs: Vec<Struct>,
    /// In their order.
    pub services: Vec<Service>,
    /// Comments at its end.
    pub comments: usize,
}

/// A struct or an exception.
#[derive(Clone, Debug)]
pub struct Struct {
    /// Its name.
    pub name: String,
    /// Whether it is an exception.
    pub is_exception: bool,
    /// How many string fields it has.
    pub fields: usize,
}

/// A service.
#[derive(Clone, Debug)]
pub struct Service {
    /// Its name.
    pub name: String,
    /// The service that it extends.
    pub extends: Option<Name>,
    /// Its comment.
    pub doc: Option<String>,
    /// In their order.
    pub methods: Vec<Method>,
}

/// A method.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub name: String,
    /// Its comment.
    pub doc: Option<String>,
    /// In their order.
    pub arguments: Vec<Argument>,
    /// Its type; `None` is `void`.
    pub result: Option<Ty>,
    /// Whether nothing is answered.
    pub is_oneway: bool,
    /// At most two, which differ.
    pub throws: Vec<Name>,
    /// The user has written it such that only harmless edits keep it compiling.
    pub is_settled: bool,
}

/// An argument.
#[derive(Clone, Debug)]
pub struct Argument {
    /// Its name.
    pub name: String,
    /// Its type.
    pub ty: Ty,
    /// Whether it may be left out.
    pub is_optional: bool,
}

/// A name in a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The file's number.
    pub file: usize,
    /// Without the file.
    pub name: String,
}

/// A type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ty {
    /// One of thrift's own.
    Plain(&'static str),
    /// A struct of some file.
    Struct(Name),
    /// A list of a type.
    List(Box<Ty>),
    /// A map from a type of thrift's own.
    Map(&'static str, Box<Ty>),
}

impl Idl {
    /// What a project begins with.
    pub fn first() -> Self {
        let item = Struct { name: "Item".into(), is_exception: false, fields: 2 };
        let gone = Struct { name: "Gone".into(), is_exception: true, fields: 1 };
        let method = |name: &str, result: Option<Ty>| Method {
            name: name.into(),
            doc: None,
            arguments: vec![Argument { name: "key".into(), ty: Ty::Plain("string"), is_optional: false }],
            result,
            is_oneway: false,
            throws: Vec::new(),
            is_settled: false,
        };
        let service =
            |name: &str, methods: Vec<Method>| Service { name: name.into(), extends: None, doc: None, methods };
        let file = |stem, structs, services| File { stem, structs, services, comments: 0 };
        let found = Ty::Struct(Name { file: BASE, name: "Item".into() });
        Self {
            files: [
                file("base", vec![item.clone(), gone], vec![service("Common", vec![method("ping", None)])]),
                file("shop", vec![item], vec![service("Shop", vec![method("find", Some(found))])]),
                file("tool", Vec::new(), vec![service("Tool", vec![method("turn", Some(Ty::Plain("i32")))])]),
            ],
            has_tool: false,
        }
    }

    /// The numbers of the files that are in the project, those with handlers only if `roots`.
    pub fn present(&self, roots: bool) -> Vec<usize> {
        let present = (0..self.files.len()).filter(|file| self.has_tool || *file != TOOL);
        present.filter(|file| !roots || *file != BASE).collect()
    }

    /// The texts by path, of the files in the project.
    pub fn texts(&self) -> BTreeMap<String, String> {
        self.present(false).into_iter().map(|file| (path(&self.files[file]), self.text(file))).collect()
    }

    /// The text of one file.
    pub fn text(&self, file: usize) -> String {
        let number = file;
        let file = &self.files[file];
        let mut out = String::new();
        if number != BASE {
            out.push_str("include \"base.thrift\"\n");
        }
        let _ = writeln!(out, "namespace rs {}", file.stem);
        for one in &file.structs {
            let kind = if one.is_exception { "exception" } else { "struct" };
            let _ = writeln!(out, "\n{kind} {} {{", one.name);
            for field in 1..=one.fields {
                let _ = writeln!(out, "    {field}: string field{field}");
            }
            out.push_str("}\n");
        }
        for service in &file.services {
            self.print_service(&mut out, number, service);
        }
        for comment in 0..file.comments {
            let _ = writeln!(out, "// remark {comment}");
        }
        out
    }

    fn print_service(&self, out: &mut String, file: usize, service: &Service) {
        out.push('\n');
        doc(out, "", service.doc.as_deref());
        let parent = service.extends.as_ref().map(|parent| format!(" extends {}", self.name(file, parent)));
        let _ = writeln!(out, "service {}{} {{", service.name, parent.unwrap_or_default());
        for method in &service.methods {
            doc(out, "    ", method.doc.as_deref());
            let oneway = if method.is_oneway { "oneway " } else { "" };
            let result = method.result.as_ref().map_or("void".to_owned(), |ty| self.ty(file, ty));
            let arguments = method.arguments.iter().enumerate().map(|(place, argument)| {
                let optional = if argument.is_optional { "optional " } else { "" };
                format!("{}: {optional}{} {}", place + 1, self.ty(file, &argument.ty), argument.name)
            });
            let arguments = arguments.collect::<Vec<_>>().join(", ");
            let throws = method.throws.iter().enumerate();
            let throws = throws.map(|(place, name)| format!("{0}: {1} e{0}", place + 1, self.name(file, name)));
            let throws = throws.collect::<Vec<_>>().join(", ");
            let throws = if throws.is_empty() { throws } else { format!(" throws ({throws})") };
            let _ = writeln!(out, "    {oneway}{result} {}({arguments}){throws}", method.name);
        }
        out.push_str("}\n");
    }

    fn ty(&self, file: usize, ty: &Ty) -> String {
        match ty {
            Ty::Plain(name) => (*name).to_owned(),
            Ty::Struct(name) => self.name(file, name),
            Ty::List(of) => format!("list<{}>", self.ty(file, of)),
            Ty::Map(key, of) => format!("map<{key}, {}>", self.ty(file, of)),
        }
    }

    fn name(&self, file: usize, name: &Name) -> String {
        if name.file == file { name.name.clone() } else { format!("{}.{}", self.files[name.file].stem, name.name) }
    }
}

/// Where a file lies in the project.
pub fn path(file: &File) -> String {
    format!("idl/{}.thrift", file.stem)
}

fn doc(out: &mut String, indent: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = writeln!(out, "{indent}/** {text} */");
    }
}

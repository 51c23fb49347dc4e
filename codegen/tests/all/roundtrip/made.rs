//! Models made of a list of numbers: valid by construction, with every kind of thing in them.

use volplane_build::internal::model::{
    Annotation, DefId, Definition, DefinitionKind, EnumValue, Field, File, Include, Method, Model, Namespace,
    Requiredness, Service, StructKind, Type, TypeKind, Value,
};
use volplane_build::internal::span::{FileId, Name, Span};

const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

const TEXTS: [&str; 8] =
    ["", "x", "a \"b\" 'c'", "back\\slash", "line\nbreak\ttab\rreturn", "é ü 中文", "// # /* */", "{}();"];

const DOCS: [&str; 6] = ["one line", "two\nlines", "a\n\n  indented\nb", "* star", "é", "code: `x`"];

struct Maker<'a> {
    choices: std::slice::Iter<'a, u32>,
    model: Model,
    file: FileId,
    /// For names that are used once.
    count: u32,
}

/// A model of two files, of which the second includes the first.
pub fn model(choices: &[u32]) -> Model {
    let mut maker = Maker {
        choices: choices.iter(),
        model: Model { files: Vec::new(), roots: vec![FileId(0), FileId(1)] },
        file: FileId(0),
        count: 0,
    };
    maker.add_file("dir/some.lib.thrift", "some.lib", vec![]);
    maker.add_file("main.thrift", "main", vec![Include { path: name("dir/some.lib.thrift"), file: FileId(0) }]);
    maker.model
}

fn name(text: impl Into<String>) -> Name {
    Name { text: text.into(), span: NOWHERE }
}

fn ty(kind: TypeKind) -> Type {
    Type { kind, annotations: Vec::new(), span: NOWHERE }
}

impl Maker<'_> {
    /// A number below `limit`; 0 when the list is used up.
    fn pick(&mut self, limit: usize) -> usize {
        self.choices.next().map_or(0, |choice| *choice as usize % limit.max(1))
    }

    fn flip(&mut self) -> bool {
        self.pick(2) == 1
    }

    fn text(&mut self) -> String {
        TEXTS[self.pick(TEXTS.len())].to_owned()
    }

    fn fresh(&mut self, stem: &str) -> Name {
        self.count += 1;
        name(format!("{stem}{}", self.count))
    }

    fn doc(&mut self) -> Option<String> {
        let found = self.pick(DOCS.len() * 2);
        DOCS.get(found).map(|doc| (*doc).to_owned())
    }

    fn annotations(&mut self) -> Vec<Annotation> {
        let count = self.pick(4).saturating_sub(1);
        (0..count).map(|index| Annotation { key: name(format!("key.k{index}")), value: self.text() }).collect()
    }

    fn add_file(&mut self, path: &str, stem: &str, includes: Vec<Include>) {
        self.file = FileId(self.model.files.len() as u32);
        let spaces = self.pick(3);
        let namespaces = (0..spaces)
            .map(|index| Namespace {
                scope: name(["*", "rs", "java.sub"][index % 3]),
                name: name(format!("a.b{}", self.file.0)),
                annotations: if index == 0 { Vec::new() } else { self.annotations() },
            })
            .collect();
        self.model.files.push(File {
            path: path.into(),
            stem: stem.into(),
            includes,
            namespaces,
            definitions: Vec::new(),
        });
        for _ in 0..self.pick(12) {
            let definition = self.definition();
            self.model.files[self.file.0 as usize].definitions.push(definition);
        }
    }

    fn definition(&mut self) -> Definition {
        let (kind, stem) = match self.pick(8) {
            0 => (DefinitionKind::Typedef(self.ty(3)), "Typedef"),
            1 => (DefinitionKind::Enum(self.members()), "Enum"),
            2 => (DefinitionKind::Senum(vec!["a".into(), "b \"c\"".into()]), "Senum"),
            3 | 4 => {
                let ty = self.ty(3);
                let value = self.value(&ty);
                (DefinitionKind::Const(ty, value), "CONST")
            }
            5 => (DefinitionKind::Service(self.service()), "Service"),
            6 => (DefinitionKind::Struct(StructKind::Exception, self.fields(StructKind::Exception)), "Exception"),
            _ => {
                let kind = if self.flip() { StructKind::Struct } else { StructKind::Union };
                (DefinitionKind::Struct(kind, self.fields(kind)), "Record")
            }
        };
        // Apache's grammar has no annotations after a constant.
        let bare = matches!(kind, DefinitionKind::Const(..));
        let annotations = if bare { Vec::new() } else { self.annotations() };
        Definition { name: self.fresh(stem), doc: self.doc(), annotations, kind }
    }

    fn members(&mut self) -> Vec<EnumValue> {
        let first = self.pick(100) as i32 - 50;
        let count = 1 + self.pick(4) as i32;
        (0..count)
            .map(|index| EnumValue {
                name: name(format!("M{index}")),
                value: first + index * 3,
                doc: self.doc(),
                annotations: self.annotations(),
            })
            .collect()
    }

    /// Every definition that can be named from here, if `wanted` likes it.
    fn known(&mut self, wanted: impl Fn(&DefinitionKind) -> bool) -> Option<DefId> {
        let mut found = Vec::new();
        for (file, all) in self.model.files.iter().enumerate() {
            for (index, definition) in all.definitions.iter().enumerate() {
                if wanted(&definition.kind) {
                    found.push(DefId { file: FileId(file as u32), index: index as u32 });
                }
            }
        }
        let at = self.pick(found.len());
        found.get(at).copied()
    }

    fn ty(&mut self, depth: usize) -> Type {
        let named = |kind: &DefinitionKind| {
            !matches!(
                kind,
                DefinitionKind::Const(..)
                    | DefinitionKind::Service(_)
                    | DefinitionKind::Struct(StructKind::Exception, _)
            )
        };
        let kind = match self.pick(if depth == 0 { 10 } else { 13 }) {
            0 => TypeKind::Bool,
            1 => TypeKind::I8,
            2 => TypeKind::I16,
            3 => TypeKind::I32,
            4 => TypeKind::I64,
            5 => TypeKind::Double,
            6 => TypeKind::String,
            7 => TypeKind::Binary,
            8 => TypeKind::Uuid,
            9 => match self.known(named) {
                Some(id) => return ty(TypeKind::Named(id)),
                None => TypeKind::String,
            },
            10 => TypeKind::List(Box::new(self.ty(depth - 1))),
            11 => TypeKind::Set(Box::new(self.ty(depth - 1))),
            _ => TypeKind::Map(Box::new(self.ty(depth - 1)), Box::new(self.ty(depth - 1))),
        };
        Type { kind, annotations: self.annotations(), span: NOWHERE }
    }

    /// A value of a type: another constant of the same spelling of it, or one written out.
    fn value(&mut self, of: &Type) -> Value {
        let wanted = of.clone();
        if self.pick(4) == 0
            && let Some(id) = self.known(|kind| matches!(kind, DefinitionKind::Const(ty, _) if ty.kind == wanted.kind))
        {
            return Value::Const(id);
        }
        match &of.kind {
            TypeKind::Bool => Value::Bool(self.flip()),
            TypeKind::I8 => Value::Int(self.pick(256) as i64 - 128),
            TypeKind::I16 => Value::Int(self.pick(65_536) as i64 - 32_768),
            TypeKind::I32 => Value::Int(i64::from(self.pick(usize::MAX) as i32)),
            TypeKind::I64 => Value::Int([i64::MIN, i64::MAX, 0, -1][self.pick(4)]),
            TypeKind::Double => Value::Double([0.0, -1.5, 1e300, 2.5e-10, 4.0][self.pick(5)]),
            TypeKind::String | TypeKind::Binary => Value::String(self.text()),
            TypeKind::Uuid => Value::Uuid([self.pick(256) as u8; 16]),
            TypeKind::List(element) => Value::List((0..self.pick(3)).map(|_| self.value(element)).collect()),
            // Two elements or keys could be the same.
            TypeKind::Set(element) => Value::List((0..self.pick(2)).map(|_| self.value(element)).collect()),
            TypeKind::Map(key, value) => {
                Value::Map((0..self.pick(2)).map(|_| (self.value(key), self.value(value))).collect())
            }
            TypeKind::Named(id) => self.named_value(*id),
        }
    }

    fn named_value(&mut self, id: DefId) -> Value {
        match self.model.definition(id).kind.clone() {
            DefinitionKind::Typedef(ty) => self.value(&ty),
            DefinitionKind::Enum(members) => Value::Enum(id, self.pick(members.len()) as u32),
            DefinitionKind::Struct(StructKind::Struct, fields) if fields.is_empty() => Value::Struct(id, vec![]),
            DefinitionKind::Struct(_, fields) => {
                let field = self.pick(fields.len());
                let value = self.value(&fields[field].ty);
                Value::Struct(id, vec![(field as u32, value)])
            }
            _ => Value::String(self.text()),
        }
    }

    fn fields(&mut self, kind: StructKind) -> Vec<Field> {
        let least = usize::from(kind == StructKind::Union);
        let count = least + self.pick(4);
        let mut next = -1;
        (1..=count as i32)
            .map(|id| {
                let union = kind == StructKind::Union;
                let requiredness = match self.pick(3) {
                    1 if !union => Requiredness::Required,
                    2 => Requiredness::Optional,
                    _ => Requiredness::Default,
                };
                let default = if union { 0 } else { self.pick(3) };
                self.field(id, &mut next, requiredness, default == 1)
            })
            .collect()
    }

    fn field(&mut self, id: i32, next: &mut i32, requiredness: Requiredness, default: bool) -> Field {
        let implicit_id = self.pick(4) == 1;
        let id = if implicit_id { std::mem::replace(next, *next - 1) } else { id };
        let ty = self.ty(2);
        let default = default.then(|| self.value(&ty));
        Field {
            id,
            implicit_id,
            name: self.fresh("field"),
            requiredness,
            ty,
            default,
            reference: self.pick(5) == 1,
            doc: self.doc(),
            annotations: self.annotations(),
        }
    }

    fn service(&mut self) -> Service {
        let extends = self.known(|kind| matches!(kind, DefinitionKind::Service(_)));
        let methods = (0..self.pick(4)).map(|_| self.method()).collect();
        Service { extends, methods }
    }

    fn method(&mut self) -> Method {
        let oneway = self.pick(4) == 1;
        let mut next = -1;
        let arguments = (1..=self.pick(4) as i32)
            .map(|id| {
                let default = self.pick(3) == 1;
                self.field(id, &mut next, Requiredness::Default, default)
            })
            .collect();
        let exception = self.known(|kind| matches!(kind, DefinitionKind::Struct(StructKind::Exception, _)));
        let throws = exception.filter(|_| !oneway).into_iter().map(|id| Field {
            id: 1,
            implicit_id: false,
            name: name("thrown"),
            requiredness: Requiredness::Default,
            ty: ty(TypeKind::Named(id)),
            default: None,
            reference: false,
            doc: None,
            annotations: Vec::new(),
        });
        Method {
            name: self.fresh("method"),
            oneway,
            throws: throws.collect(),
            result: if oneway || self.flip() { None } else { Some(self.ty(2)) },
            arguments,
            doc: self.doc(),
            annotations: self.annotations(),
        }
    }
}

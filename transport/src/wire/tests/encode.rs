//! An encoder for the tests: values and messages in both encodings.

use proptest::{collection::vec, prelude::*};

use crate::wire::Encoding::{self, Binary, Compact};

#[derive(Clone, Debug)]
pub(super) enum Value {
    Bool(bool),
    Byte(u8),
    I16(i16),
    I32(i32),
    I64(i64),
    Double(f64),
    Uuid([u8; 16]),
    String(Vec<u8>),
    Struct(Vec<(i16, Value)>),
    /// Elements of one type.
    List(Vec<Value>),
    Set(Vec<Value>),
    /// Keys of one type and values of one type.
    Map(Vec<(Value, Value)>),
}

/// A call of the method `m` with sequence id 300.
pub(super) fn call(encoding: Encoding, arguments: &Value) -> Vec<u8> {
    message(encoding, 1, "m", 300, arguments)
}

pub(super) fn message(encoding: Encoding, kind: u8, name: &str, seq_id: i32, body: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    match encoding {
        Binary => {
            bytes.extend([0x80, 0x01, 0x00, kind]);
            size(encoding, name.len(), &mut bytes);
            bytes.extend(name.as_bytes());
            bytes.extend(seq_id.to_be_bytes());
        }
        Compact => {
            bytes.extend([0x82, kind << 5 | 1]);
            varint(u64::from(seq_id.cast_unsigned()), &mut bytes);
            size(encoding, name.len(), &mut bytes);
            bytes.extend(name.as_bytes());
        }
    }
    body.encode(encoding, &mut bytes);
    bytes
}

/// A binary message without a version.
pub(super) fn unversioned(kind: u8, name: &str, seq_id: i32, body: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    size(Binary, name.len(), &mut bytes);
    bytes.extend(name.as_bytes());
    bytes.push(kind);
    bytes.extend(seq_id.to_be_bytes());
    body.encode(Binary, &mut bytes);
    bytes
}

pub(super) fn varint(mut number: u64, into: &mut Vec<u8>) {
    while number > 0x7f {
        into.push(number as u8 | 0x80);
        number >>= 7;
    }
    into.push(number as u8);
}

fn zigzag(number: i64, into: &mut Vec<u8>) {
    varint(((number << 1) ^ (number >> 63)).cast_unsigned(), into);
}

fn size(encoding: Encoding, size: usize, into: &mut Vec<u8>) {
    match encoding {
        Binary => into.extend(u32::try_from(size).unwrap().to_be_bytes()),
        Compact => varint(size as u64, into),
    }
}

impl Value {
    pub(super) fn text(text: &str) -> Self {
        Self::String(text.into())
    }

    pub(super) fn code(&self, encoding: Encoding) -> u8 {
        let (binary, compact) = match self {
            Self::Bool(_) => (2, 1),
            Self::Byte(_) => (3, 3),
            Self::I16(_) => (6, 4),
            Self::I32(_) => (8, 5),
            Self::I64(_) => (10, 6),
            Self::Double(_) => (4, 7),
            Self::Uuid(_) => (16, 13),
            Self::String(_) => (11, 8),
            Self::Struct(_) => (12, 12),
            Self::List(_) => (15, 9),
            Self::Set(_) => (14, 10),
            Self::Map(_) => (13, 11),
        };
        if encoding == Binary { binary } else { compact }
    }

    fn encode(&self, encoding: Encoding, into: &mut Vec<u8>) {
        match (self, encoding) {
            (Self::Bool(value), Binary) => into.push(u8::from(*value)),
            (Self::Bool(value), Compact) => into.push(if *value { 1 } else { 2 }),
            (Self::Byte(value), _) => into.push(*value),
            (Self::I16(value), Binary) => into.extend(value.to_be_bytes()),
            (Self::I32(value), Binary) => into.extend(value.to_be_bytes()),
            (Self::I64(value), Binary) => into.extend(value.to_be_bytes()),
            (Self::I16(value), Compact) => zigzag(i64::from(*value), into),
            (Self::I32(value), Compact) => zigzag(i64::from(*value), into),
            (Self::I64(value), Compact) => zigzag(*value, into),
            (Self::Double(value), Binary) => into.extend(value.to_be_bytes()),
            (Self::Double(value), Compact) => into.extend(value.to_le_bytes()),
            (Self::Uuid(value), _) => into.extend(value),
            (Self::String(value), _) => {
                size(encoding, value.len(), into);
                into.extend(value);
            }
            (Self::Struct(fields), _) => {
                let mut last = 0;
                for (id, value) in fields {
                    value.encode_field(encoding, *id, last, into);
                    last = *id;
                }
                into.push(0);
            }
            (Self::List(elements) | Self::Set(elements), _) => {
                let code = elements.first().map_or(0, |element| element.code(encoding));
                match (encoding, elements.len()) {
                    (Compact, count @ 0..15) => into.push((count as u8) << 4 | code),
                    (Compact, count) => {
                        into.push(0xf0 | code);
                        size(encoding, count, into);
                    }
                    (Binary, count) => {
                        into.push(code);
                        size(encoding, count, into);
                    }
                }
                elements.iter().for_each(|element| element.encode(encoding, into));
            }
            (Self::Map(pairs), _) => {
                let (key, value) =
                    pairs.first().map_or((0, 0), |(key, value)| (key.code(encoding), value.code(encoding)));
                match (encoding, pairs.len()) {
                    (Compact, 0) => into.push(0),
                    (Compact, count) => {
                        size(encoding, count, into);
                        into.push(key << 4 | value);
                    }
                    (Binary, count) => {
                        into.extend([key, value]);
                        size(encoding, count, into);
                    }
                }
                for (key, value) in pairs {
                    key.encode(encoding, into);
                    value.encode(encoding, into);
                }
            }
        }
    }

    fn encode_field(&self, encoding: Encoding, id: i16, last: i16, into: &mut Vec<u8>) {
        match encoding {
            Binary => {
                into.push(self.code(encoding));
                into.extend(id.to_be_bytes());
                self.encode(encoding, into);
            }
            Compact => {
                let code = if let Self::Bool(false) = self { 2 } else { self.code(encoding) };
                match id.checked_sub(last) {
                    Some(delta @ 1..=15) => into.push((delta as u8) << 4 | code),
                    _ => {
                        into.push(code);
                        zigzag(i64::from(id), into);
                    }
                }
                if !matches!(self, Self::Bool(_)) {
                    self.encode(encoding, into);
                }
            }
        }
    }
}

/// Any struct.
pub(super) fn structs() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<u8>().prop_map(Value::Byte),
        any::<i16>().prop_map(Value::I16),
        any::<i32>().prop_map(Value::I32),
        any::<i64>().prop_map(Value::I64),
        any::<f64>().prop_map(Value::Double),
        any::<[u8; 16]>().prop_map(Value::Uuid),
        vec(any::<u8>(), 0..40).prop_map(Value::String),
    ];
    let value = leaf.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            vec((any::<i16>(), inner.clone()), 0..5).prop_map(Value::Struct),
            vec(inner.clone(), 0..20).prop_map(|elements| Value::List(of_one_type(elements))),
            vec(inner.clone(), 0..5).prop_map(|elements| Value::Set(of_one_type(elements))),
            vec((inner.clone(), inner), 0..5).prop_map(|pairs| {
                let (keys, values): (Vec<_>, Vec<_>) = pairs.into_iter().unzip();
                Value::Map(of_one_type(keys).into_iter().zip(of_one_type(values)).collect())
            }),
        ]
    });
    vec((-5..60_i16, value), 0..6).prop_map(Value::Struct)
}

fn of_one_type(mut values: Vec<Value>) -> Vec<Value> {
    if let Some(code) = values.first().map(|value| value.code(Binary)) {
        values.retain(|value| value.code(Binary) == code);
    }
    values
}

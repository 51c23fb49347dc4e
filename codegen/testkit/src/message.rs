//! Values of the IDL's types and their bytes, as the specifications of Apache's binary and compact protocols say.

/// A value and, with it, its type.
#[derive(Clone, Debug)]
pub enum Value {
    /// A bool.
    Bool(bool),
    /// A byte.
    I8(i8),
    /// A 16 bit integer.
    I16(i16),
    /// A 32 bit integer.
    I32(i32),
    /// A 64 bit integer.
    I64(i64),
    /// A double.
    Double(f64),
    /// A string or binary data.
    Bytes(Vec<u8>),
    /// A UUID.
    Uuid([u8; 16]),
    /// A list: the type of its elements, and the elements.
    List(Kind, Vec<Value>),
    /// A set: the type of its elements, and the elements.
    Set(Kind, Vec<Value>),
    /// A map: the types of keys and values, and the entries.
    Map(Kind, Kind, Vec<(Value, Value)>),
    /// A struct, an exception or a union: ids and values of its fields.
    Struct(Vec<(i16, Value)>),
}

/// The type of a value, as messages have it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A bool.
    Bool,
    /// A byte.
    I8,
    /// A 16 bit integer.
    I16,
    /// A 32 bit integer.
    I32,
    /// A 64 bit integer.
    I64,
    /// A double.
    Double,
    /// A string or binary data.
    Bytes,
    /// A UUID.
    Uuid,
    /// A list.
    List,
    /// A set.
    Set,
    /// A map.
    Map,
    /// A struct, an exception or a union.
    Struct,
}

impl Value {
    /// The type.
    pub fn kind(&self) -> Kind {
        match self {
            Self::Bool(_) => Kind::Bool,
            Self::I8(_) => Kind::I8,
            Self::I16(_) => Kind::I16,
            Self::I32(_) => Kind::I32,
            Self::I64(_) => Kind::I64,
            Self::Double(_) => Kind::Double,
            Self::Bytes(_) => Kind::Bytes,
            Self::Uuid(_) => Kind::Uuid,
            Self::List(..) => Kind::List,
            Self::Set(..) => Kind::Set,
            Self::Map(..) => Kind::Map,
            Self::Struct(_) => Kind::Struct,
        }
    }

    /// The values directly in it.
    pub fn parts(&self) -> Vec<&Value> {
        match self {
            Self::List(_, values) | Self::Set(_, values) => values.iter().collect(),
            Self::Map(_, _, entries) => entries.iter().flat_map(|(key, value)| [key, value]).collect(),
            Self::Struct(fields) => fields.iter().map(|(_, value)| value).collect(),
            _ => Vec::new(),
        }
    }

    /// Whether `is` is true of this value or of one inside it.
    pub fn any(&self, is: &dyn Fn(&Value) -> bool) -> bool {
        is(self) || self.parts().iter().any(|part| part.any(is))
    }
}

/// Encodes a value in the binary protocol.
pub fn binary(value: &Value, out: &mut Vec<u8>) {
    let kind = |kind: Kind| match kind {
        Kind::Bool => 2,
        Kind::I8 => 3,
        Kind::Double => 4,
        Kind::I16 => 6,
        Kind::I32 => 8,
        Kind::I64 => 10,
        Kind::Bytes => 11,
        Kind::Struct => 12,
        Kind::Map => 13,
        Kind::Set => 14,
        Kind::List => 15,
        Kind::Uuid => 16,
    };
    match value {
        Value::Bool(value) => out.push(u8::from(*value)),
        Value::I8(value) => out.extend(value.to_be_bytes()),
        Value::I16(value) => out.extend(value.to_be_bytes()),
        Value::I32(value) => out.extend(value.to_be_bytes()),
        Value::I64(value) => out.extend(value.to_be_bytes()),
        Value::Double(value) => out.extend(value.to_bits().to_be_bytes()),
        Value::Bytes(bytes) => {
            out.extend((bytes.len() as i32).to_be_bytes());
            out.extend(bytes);
        }
        Value::Uuid(bytes) => out.extend(bytes),
        Value::List(element, values) | Value::Set(element, values) => {
            out.push(kind(*element));
            out.extend((values.len() as i32).to_be_bytes());
            values.iter().for_each(|value| binary(value, out));
        }
        Value::Map(key, element, entries) => {
            out.extend([kind(*key), kind(*element)]);
            out.extend((entries.len() as i32).to_be_bytes());
            for (key, value) in entries {
                binary(key, out);
                binary(value, out);
            }
        }
        Value::Struct(fields) => {
            for (id, value) in fields {
                out.push(kind(value.kind()));
                out.extend(id.to_be_bytes());
                binary(value, out);
            }
            out.push(0);
        }
    }
}

/// Encodes a value in the compact protocol. With `swapped`, doubles have the order of bytes in which pilota 0.13.1 writes them, which is not
/// that of the specification, nor that in which it reads them.
pub fn compact(value: &Value, swapped: bool, out: &mut Vec<u8>) {
    match value {
        Value::Bool(value) => out.push(if *value { 1 } else { 2 }),
        Value::I8(value) => out.extend(value.to_be_bytes()),
        Value::I16(value) => varint(zigzag((*value).into()), out),
        Value::I32(value) => varint(zigzag((*value).into()), out),
        Value::I64(value) => varint(zigzag(*value), out),
        Value::Double(value) if swapped => out.extend(value.to_bits().to_be_bytes()),
        Value::Double(value) => out.extend(value.to_bits().to_le_bytes()),
        Value::Bytes(bytes) => {
            varint(bytes.len() as u64, out);
            out.extend(bytes);
        }
        Value::Uuid(bytes) => out.extend(bytes),
        Value::List(element, values) | Value::Set(element, values) => {
            if values.len() < 15 {
                out.push(((values.len() as u8) << 4) | compact_kind(*element));
            } else {
                out.push(0xf0 | compact_kind(*element));
                varint(values.len() as u64, out);
            }
            values.iter().for_each(|value| compact(value, swapped, out));
        }
        Value::Map(_, _, entries) if entries.is_empty() => out.push(0),
        Value::Map(key, element, entries) => {
            varint(entries.len() as u64, out);
            out.push((compact_kind(*key) << 4) | compact_kind(*element));
            for (key, value) in entries {
                compact(key, swapped, out);
                compact(value, swapped, out);
            }
        }
        Value::Struct(fields) => {
            let mut last = 0;
            for (id, value) in fields {
                let kind = match value {
                    Value::Bool(false) => 2,
                    other => compact_kind(other.kind()),
                };
                let more = i32::from(*id) - last;
                // 15 fits, too, but pilota does not use it.
                if (1..=14).contains(&more) {
                    out.push(((more as u8) << 4) | kind);
                } else {
                    out.push(kind);
                    varint(zigzag((*id).into()), out);
                }
                last = i32::from(*id);
                if !matches!(value, Value::Bool(_)) {
                    compact(value, swapped, out);
                }
            }
            out.push(0);
        }
    }
}

fn compact_kind(kind: Kind) -> u8 {
    match kind {
        Kind::Bool => 1,
        Kind::I8 => 3,
        Kind::I16 => 4,
        Kind::I32 => 5,
        Kind::I64 => 6,
        Kind::Double => 7,
        Kind::Bytes => 8,
        Kind::List => 9,
        Kind::Set => 10,
        Kind::Map => 11,
        Kind::Struct => 12,
        Kind::Uuid => 13,
    }
}

fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

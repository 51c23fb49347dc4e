//! A message with a field of every kind, read and written as generated code does it.

use std::collections::{BTreeMap, BTreeSet};

use pilota::thrift::{
    TAsyncInputProtocol, TInputProtocol, TLengthProtocol, TListIdentifier, TMapIdentifier, TMessageIdentifier,
    TOutputProtocol, TSetIdentifier, TStructIdentifier, TType, ThriftException,
};
use volo::FastStr;
use volo_thrift::{Bytes, EntryMessage};

const NAME: TStructIdentifier = TStructIdentifier { name: "Everything" };

/// A message with a field of every kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Everything {
    pub number: i64,
    pub text: FastStr,
    pub data: Bytes,
    pub texts: Vec<FastStr>,
    pub flags: Vec<bool>,
    pub numbers: BTreeSet<i32>,
    pub map: BTreeMap<String, i16>,
    pub by_list: BTreeMap<Vec<i8>, FastStr>,
    pub inner: Vec<Everything>,
}

impl Everything {
    fn read<T: TInputProtocol>(protocol: &mut T) -> Result<Self, ThriftException> {
        let mut read = Self::default();
        protocol.read_struct_begin()?;
        loop {
            let field = protocol.read_field_begin()?;
            match (field.id, field.field_type) {
                (_, TType::Stop) => break,
                (Some(1), TType::I64) => read.number = protocol.read_i64()?,
                (Some(2), TType::Binary) => read.text = protocol.read_faststr()?,
                (Some(3), TType::Binary) => read.data = protocol.read_bytes()?,
                (Some(4), TType::List) => read.texts = list(protocol, T::read_faststr)?,
                (Some(5), TType::List) => read.flags = list(protocol, T::read_bool)?,
                (Some(6), TType::Set) => {
                    for _ in 0..protocol.read_set_begin()?.size {
                        read.numbers.insert(protocol.read_i32()?);
                    }
                    protocol.read_set_end()?;
                }
                (Some(7), TType::Map) => {
                    for _ in 0..protocol.read_map_begin()?.size {
                        read.map.insert(protocol.read_string()?, protocol.read_i16()?);
                    }
                    protocol.read_map_end()?;
                }
                (Some(8), TType::Map) => {
                    for _ in 0..protocol.read_map_begin()?.size {
                        read.by_list.insert(list(protocol, T::read_i8)?, protocol.read_faststr()?);
                    }
                    protocol.read_map_end()?;
                }
                (Some(9), TType::List) => read.inner = list(protocol, Self::read)?,
                (_, kind) => drop(protocol.skip(kind)?),
            }
            protocol.read_field_end()?;
            // As generated code has it, for pilota's compact reader.
            protocol.field_begin_len(TType::I32, field.id);
        }
        protocol.read_struct_end()?;
        Ok(read)
    }

    fn write<T: TOutputProtocol>(&self, protocol: &mut T) -> Result<(), ThriftException> {
        protocol.write_struct_begin(&NAME)?;
        for (id, kind) in FIELDS {
            protocol.write_field_begin(kind, id)?;
            match id {
                1 => protocol.write_i64(self.number)?,
                2 => protocol.write_faststr(self.text.clone())?,
                3 => protocol.write_bytes(self.data.clone())?,
                4 => write_list(protocol, TType::Binary, &self.texts, |protocol, text| {
                    protocol.write_faststr(text.clone())
                })?,
                5 => write_list(protocol, TType::Bool, &self.flags, |protocol, flag| protocol.write_bool(*flag))?,
                6 => {
                    protocol.write_set_begin(TSetIdentifier { element_type: TType::I32, size: self.numbers.len() })?;
                    self.numbers.iter().try_for_each(|number| protocol.write_i32(*number))?;
                    protocol.write_set_end()?;
                }
                7 => {
                    protocol.write_map_begin(map_of(TType::Binary, TType::I16, self.map.len()))?;
                    for (key, value) in &self.map {
                        protocol.write_string(key)?;
                        protocol.write_i16(*value)?;
                    }
                    protocol.write_map_end()?;
                }
                8 => {
                    protocol.write_map_begin(map_of(TType::List, TType::Binary, self.by_list.len()))?;
                    for (key, value) in &self.by_list {
                        write_list(protocol, TType::I8, key, |protocol, number| protocol.write_i8(*number))?;
                        protocol.write_faststr(value.clone())?;
                    }
                    protocol.write_map_end()?;
                }
                _ => write_list(protocol, TType::Struct, &self.inner, |protocol, inner| inner.write(protocol))?,
            }
            protocol.write_field_end()?;
        }
        protocol.write_field_stop()?;
        protocol.write_struct_end()
    }

    fn length<T: TLengthProtocol>(&self, protocol: &mut T) -> usize {
        let mut length = protocol.struct_begin_len(&NAME);
        for (id, kind) in FIELDS {
            length += protocol.field_begin_len(kind, Some(id));
            length += match id {
                1 => protocol.i64_len(self.number),
                2 => protocol.faststr_len(&self.text),
                3 => protocol.bytes_len(&self.data),
                4 => list_len(protocol, TType::Binary, &self.texts, |protocol, text| protocol.faststr_len(text)),
                5 => list_len(protocol, TType::Bool, &self.flags, |protocol, flag| protocol.bool_len(*flag)),
                6 => {
                    let set = TSetIdentifier { element_type: TType::I32, size: self.numbers.len() };
                    let elements: usize = self.numbers.iter().map(|number| protocol.i32_len(*number)).sum();
                    protocol.set_begin_len(set) + elements + protocol.set_end_len()
                }
                7 => {
                    let pairs = self.map.iter().map(|(key, value)| protocol.string_len(key) + protocol.i16_len(*value));
                    let pairs: usize = pairs.sum();
                    protocol.map_begin_len(map_of(TType::Binary, TType::I16, self.map.len())) + pairs
                }
                8 => {
                    let mut length = protocol.map_begin_len(map_of(TType::List, TType::Binary, self.by_list.len()));
                    for (key, value) in &self.by_list {
                        length += list_len(protocol, TType::I8, key, |protocol, number| protocol.i8_len(*number));
                        length += protocol.faststr_len(value);
                    }
                    length
                }
                _ => list_len(protocol, TType::Struct, &self.inner, |protocol, inner| inner.length(protocol)),
            };
            length += protocol.field_end_len();
        }
        length + protocol.field_stop_len() + protocol.struct_end_len()
    }
}

const FIELDS: [(i16, TType); 9] = [
    (1, TType::I64),
    (2, TType::Binary),
    (3, TType::Binary),
    (4, TType::List),
    (5, TType::List),
    (6, TType::Set),
    (7, TType::Map),
    (8, TType::Map),
    (9, TType::List),
];

fn list<T: TInputProtocol, V>(
    protocol: &mut T,
    read: impl Fn(&mut T) -> Result<V, ThriftException>,
) -> Result<Vec<V>, ThriftException> {
    let list = protocol.read_list_begin()?;
    let mut values = Vec::with_capacity(list.size.min(1024));
    for _ in 0..list.size {
        values.push(read(protocol)?);
    }
    protocol.read_list_end()?;
    Ok(values)
}

fn write_list<T: TOutputProtocol, V>(
    protocol: &mut T,
    element_type: TType,
    values: &[V],
    write: impl Fn(&mut T, &V) -> Result<(), ThriftException>,
) -> Result<(), ThriftException> {
    protocol.write_list_begin(TListIdentifier { element_type, size: values.len() })?;
    values.iter().try_for_each(|value| write(protocol, value))?;
    protocol.write_list_end()
}

fn list_len<T: TLengthProtocol, V>(
    protocol: &mut T,
    element_type: TType,
    values: &[V],
    length: impl Fn(&mut T, &V) -> usize,
) -> usize {
    let begin = protocol.list_begin_len(TListIdentifier { element_type, size: values.len() });
    begin + values.iter().map(|value| length(protocol, value)).sum::<usize>() + protocol.list_end_len()
}

fn map_of(key_type: TType, value_type: TType, size: usize) -> TMapIdentifier {
    TMapIdentifier { key_type, value_type, size }
}

impl EntryMessage for Everything {
    fn encode<T: TOutputProtocol>(&self, protocol: &mut T) -> Result<(), ThriftException> {
        self.write(protocol)
    }

    fn decode<T: TInputProtocol>(protocol: &mut T, _: &TMessageIdentifier) -> Result<Self, ThriftException> {
        Self::read(protocol)
    }

    async fn decode_async<T: TAsyncInputProtocol>(_: &mut T, _: &TMessageIdentifier) -> Result<Self, ThriftException> {
        Err(std::io::Error::from(std::io::ErrorKind::Unsupported).into())
    }

    fn size<T: TLengthProtocol>(&self, protocol: &mut T) -> usize {
        self.length(protocol)
    }
}

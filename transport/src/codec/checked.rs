//! What has to be checked while a message is decoded, because it depends on the IDL.
//!
//! The [`wire`](crate::wire) module has checked the message by the types that the message names. pilota's readers
//! make a string of any bytes, and generated code reads the elements of a list, set or map as the IDL names them,
//! whatever the message says. [`CheckedReader`] checks both.

use pilota::thrift::{
    ProtocolExceptionKind, TAsyncInputProtocol, TFieldIdentifier, TInputProtocol, TLengthProtocol, TListIdentifier,
    TMapIdentifier, TMessageIdentifier, TOutputProtocol, TSetIdentifier, TStructIdentifier, TType, ThriftException,
    new_protocol_exception,
};
use volo::FastStr;
use volo_thrift::{Bytes, EntryMessage};

/// A message that is read through [`CheckedReader`].
pub(super) struct Checked<M>(pub(super) M);

impl<M: EntryMessage> EntryMessage for Checked<M> {
    fn encode<T: TOutputProtocol>(&self, protocol: &mut T) -> Result<(), ThriftException> {
        self.0.encode(protocol)
    }

    fn decode<T: TInputProtocol>(protocol: &mut T, head: &TMessageIdentifier) -> Result<Self, ThriftException> {
        M::decode(&mut CheckedReader::new(protocol), head).map(Self)
    }

    async fn decode_async<T: TAsyncInputProtocol>(
        protocol: &mut T,
        head: &TMessageIdentifier,
    ) -> Result<Self, ThriftException> {
        M::decode_async(protocol, head).await.map(Self)
    }

    fn size<T: TLengthProtocol>(&self, protocol: &mut T) -> usize {
        self.0.size(protocol)
    }
}

/// Reads as `T`, and checks the UTF-8 of strings and the types of elements.
///
/// Code reads all elements of a list or set in one way, and so all keys and all values of a map: it suffices to
/// check the first of each. The types of fields are checked by generated code.
struct CheckedReader<'a, T> {
    inner: &'a mut T,
    /// The type of the value that is read next, as the message names it. `Stop` where that is not known.
    next: TType,
    /// The type of a map's values, which becomes `next` behind the first key, a single value.
    behind_key: TType,
    /// The same for keys that are structs, lists, sets or maps, which end when `depth` is as given.
    behind_keys: Vec<(usize, TType)>,
    /// How many structs, lists, sets and maps have begun.
    depth: usize,
}

impl<'a, T> CheckedReader<'a, T> {
    fn new(inner: &'a mut T) -> Self {
        Self { inner, next: TType::Stop, behind_key: TType::Stop, behind_keys: Vec::new(), depth: 0 }
    }

    /// Called before a value of the type `kind` is read.
    #[inline]
    fn value(&mut self, kind: TType) -> Result<(), ThriftException> {
        if self.next == TType::Stop {
            return Ok(());
        }
        self.first_element(kind)
    }

    fn first_element(&mut self, kind: TType) -> Result<(), ThriftException> {
        // Lists and sets are written in the same way, and peers may take one for the other.
        let list_for_set = |a, b| a == TType::List && b == TType::Set;
        let found = std::mem::replace(&mut self.next, std::mem::replace(&mut self.behind_key, TType::Stop));
        if found == kind || list_for_set(found, kind) || list_for_set(kind, found) {
            return Ok(());
        }
        let why = format!("expected elements of the type {kind:?}, found {found:?}");
        Err(new_protocol_exception(ProtocolExceptionKind::InvalidData, why))
    }

    /// A list or set begins.
    #[inline]
    fn elements(&mut self, kind: TType, size: usize) {
        self.depth += 1;
        self.next = if size == 0 { TType::Stop } else { kind };
    }

    /// A map begins.
    #[inline]
    fn pairs(&mut self, map: &TMapIdentifier) {
        self.depth += 1;
        if map.size == 0 {
            return;
        }
        self.next = map.key_type;
        if matches!(map.key_type, TType::Struct | TType::List | TType::Set | TType::Map) {
            self.behind_keys.push((self.depth, map.value_type));
        } else {
            self.behind_key = map.value_type;
        }
    }

    /// A struct, list, set or map ends.
    #[inline]
    fn end(&mut self) {
        // Begun before it ends, if the code that reads is right.
        self.depth = self.depth.saturating_sub(1);
        if let Some((_, kind)) = self.behind_keys.pop_if(|(depth, _)| *depth == self.depth) {
            self.next = kind;
        }
    }
}

fn is_text(bytes: &[u8]) -> Result<(), ThriftException> {
    if simdutf8::basic::from_utf8(bytes).is_ok() {
        return Ok(());
    }
    Err(new_protocol_exception(ProtocolExceptionKind::InvalidData, "a string is not valid UTF-8"))
}

/// Methods that read a single value of the given type.
macro_rules! values {
    ($($name:ident($kind:ident) -> $result:ty;)*) => {
        $(
            #[inline]
            fn $name(&mut self) -> Result<$result, ThriftException> {
                self.value(TType::$kind)?;
                self.inner.$name()
            }
        )*
    };
}

impl<T: TInputProtocol> TInputProtocol for CheckedReader<'_, T> {
    type Buf = T::Buf;

    values! {
        read_bool(Bool) -> bool;
        read_bytes(Binary) -> Bytes;
        read_bytes_vec(Binary) -> Vec<u8>;
        read_uuid(Uuid) -> [u8; 16];
        read_i8(I8) -> i8;
        read_i16(I16) -> i16;
        read_i32(I32) -> i32;
        read_i64(I64) -> i64;
        read_double(Double) -> f64;
    }

    inner! {
        read_message_begin() -> Result<TMessageIdentifier, ThriftException>;
        read_message_end() -> Result<(), ThriftException>;
        read_field_begin() -> Result<TFieldIdentifier, ThriftException>;
        read_field_end() -> Result<(), ThriftException>;
        buf() -> &mut T::Buf;
        // Of a field; the reader inside follows the types that the message names.
        skip(kind: TType) -> Result<usize, ThriftException>;
        skip_till_depth(kind: TType, depth: i8) -> Result<usize, ThriftException>;
    }

    /// A bool of the compact encoding is a byte, and code of volplane's reads it as one.
    #[inline]
    fn read_byte(&mut self) -> Result<u8, ThriftException> {
        self.value(if self.next == TType::Bool { TType::Bool } else { TType::I8 })?;
        self.inner.read_byte()
    }

    /// With no pointer it reads, as code of volplane's does at a short string.
    #[inline]
    fn get_bytes(&mut self, pointer: Option<*const u8>, length: usize) -> Result<Bytes, ThriftException> {
        if pointer.is_none() {
            self.value(TType::Binary)?;
        }
        self.inner.get_bytes(pointer, length)
    }

    #[inline]
    fn read_string(&mut self) -> Result<String, ThriftException> {
        self.value(TType::Binary)?;
        let text = self.inner.read_string()?;
        is_text(text.as_bytes())?;
        Ok(text)
    }

    #[inline]
    fn read_faststr(&mut self) -> Result<FastStr, ThriftException> {
        self.value(TType::Binary)?;
        let text = self.inner.read_faststr()?;
        is_text(text.as_bytes())?;
        Ok(text)
    }

    #[inline]
    fn read_struct_begin(&mut self) -> Result<Option<TStructIdentifier>, ThriftException> {
        self.value(TType::Struct)?;
        self.depth += 1;
        self.inner.read_struct_begin()
    }

    #[inline]
    fn read_struct_end(&mut self) -> Result<(), ThriftException> {
        self.end();
        self.inner.read_struct_end()
    }

    #[inline]
    fn read_list_begin(&mut self) -> Result<TListIdentifier, ThriftException> {
        self.value(TType::List)?;
        let list = self.inner.read_list_begin()?;
        self.elements(list.element_type, list.size);
        Ok(list)
    }

    #[inline]
    fn read_list_end(&mut self) -> Result<(), ThriftException> {
        self.end();
        self.inner.read_list_end()
    }

    #[inline]
    fn read_set_begin(&mut self) -> Result<TSetIdentifier, ThriftException> {
        self.value(TType::Set)?;
        let set = self.inner.read_set_begin()?;
        self.elements(set.element_type, set.size);
        Ok(set)
    }

    #[inline]
    fn read_set_end(&mut self) -> Result<(), ThriftException> {
        self.end();
        self.inner.read_set_end()
    }

    #[inline]
    fn read_map_begin(&mut self) -> Result<TMapIdentifier, ThriftException> {
        self.value(TType::Map)?;
        let map = self.inner.read_map_begin()?;
        self.pairs(&map);
        Ok(map)
    }

    #[inline]
    fn read_map_end(&mut self) -> Result<(), ThriftException> {
        self.end();
        self.inner.read_map_end()
    }
}

impl<T: TInputProtocol> TLengthProtocol for CheckedReader<'_, T> {
    inner! {
        message_begin_len(head: &TMessageIdentifier) -> usize;
        message_end_len() -> usize;
        struct_begin_len(name: &TStructIdentifier) -> usize;
        struct_end_len() -> usize;
        field_begin_len(kind: TType, id: Option<i16>) -> usize;
        field_end_len() -> usize;
        field_stop_len() -> usize;
        bool_len(value: bool) -> usize;
        bytes_len(value: &[u8]) -> usize;
        bytes_vec_len(value: &[u8]) -> usize;
        byte_len(value: u8) -> usize;
        uuid_len(value: [u8; 16]) -> usize;
        i8_len(value: i8) -> usize;
        i16_len(value: i16) -> usize;
        i32_len(value: i32) -> usize;
        i64_len(value: i64) -> usize;
        double_len(value: f64) -> usize;
        string_len(value: &str) -> usize;
        faststr_len(value: &FastStr) -> usize;
        list_begin_len(list: TListIdentifier) -> usize;
        list_end_len() -> usize;
        set_begin_len(set: TSetIdentifier) -> usize;
        set_end_len() -> usize;
        map_begin_len(map: TMapIdentifier) -> usize;
        map_end_len() -> usize;
        zero_copy_len() -> usize;
        reset() -> ();
    }
}

#[cfg(test)]
mod tests {
    use pilota::thrift::compact::TCompactInputProtocol;

    use super::*;

    #[test]
    fn bools_of_the_compact_encoding_may_be_read_as_bytes() {
        // A list of two bools.
        let mut bytes = Bytes::from_static(&[0x21, 1, 2]);
        let mut protocol = TCompactInputProtocol::new(&mut bytes);
        let mut reader = CheckedReader::new(&mut protocol);
        let list = reader.read_list_begin().unwrap();
        assert_eq!((list.element_type, list.size), (TType::Bool, 2));
        assert_eq!([reader.read_byte().unwrap(), reader.read_byte().unwrap()], [1, 2]);
    }
}

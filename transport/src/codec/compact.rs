//! What pilota's reader of the compact encoding does wrong, set right.
//!
//! Read in 0.13.1: it skips a field that it does not know as if it were binary, and behind a struct it forgets at which
//! field of the outer one it was, though the next field's id counts from there. What volplane generates sets the second
//! right, except for a struct that is skipped. It also reads no `false` of a list, set or map that is written as 0.

use pilota::thrift::{
    ProtocolExceptionKind, TAsyncInputProtocol, TFieldIdentifier, TInputProtocol, TLengthProtocol, TListIdentifier,
    TMapIdentifier, TMessageIdentifier, TOutputProtocol, TSetIdentifier, TStructIdentifier, TType, ThriftException,
    new_protocol_exception,
};
use volo::FastStr;
use volo_thrift::{Bytes, EntryMessage};

/// A message that is read through [`CompactReader`].
pub(super) struct CompactMessage<M>(pub(super) M);

impl<M: EntryMessage> EntryMessage for CompactMessage<M> {
    fn encode<T: TOutputProtocol>(&self, protocol: &mut T) -> Result<(), ThriftException> {
        self.0.encode(protocol)
    }

    fn decode<T: TInputProtocol>(protocol: &mut T, head: &TMessageIdentifier) -> Result<Self, ThriftException> {
        M::decode(&mut CompactReader { inner: protocol, at_field: false }, head).map(Self)
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

/// Reads as `T`, the reader of the compact encoding, except where that goes wrong.
struct CompactReader<'a, T> {
    inner: &'a mut T,
    /// The next value is that of a boolean field, which is in the field's header.
    at_field: bool,
}

impl<T: TInputProtocol> TInputProtocol for CompactReader<'_, T> {
    type Buf = T::Buf;

    inner! {
        read_message_begin() -> Result<TMessageIdentifier, ThriftException>;
        read_message_end() -> Result<(), ThriftException>;
        read_struct_begin() -> Result<Option<TStructIdentifier>, ThriftException>;
        read_field_end() -> Result<(), ThriftException>;
        read_bytes() -> Result<Bytes, ThriftException>;
        read_uuid() -> Result<[u8; 16], ThriftException>;
        read_i8() -> Result<i8, ThriftException>;
        read_i16() -> Result<i16, ThriftException>;
        read_i32() -> Result<i32, ThriftException>;
        read_i64() -> Result<i64, ThriftException>;
        read_double() -> Result<f64, ThriftException>;
        read_string() -> Result<String, ThriftException>;
        read_faststr() -> Result<FastStr, ThriftException>;
        read_list_begin() -> Result<TListIdentifier, ThriftException>;
        read_list_end() -> Result<(), ThriftException>;
        read_set_begin() -> Result<TSetIdentifier, ThriftException>;
        read_set_end() -> Result<(), ThriftException>;
        read_map_begin() -> Result<TMapIdentifier, ThriftException>;
        read_map_end() -> Result<(), ThriftException>;
        read_byte() -> Result<u8, ThriftException>;
        read_bytes_vec() -> Result<Vec<u8>, ThriftException>;
        get_bytes(pointer: Option<*const u8>, length: usize) -> Result<Bytes, ThriftException>;
        buf() -> &mut T::Buf;
    }

    #[inline]
    fn read_field_begin(&mut self) -> Result<TFieldIdentifier, ThriftException> {
        let field = self.inner.read_field_begin()?;
        self.at_field = field.field_type == TType::Bool;
        Ok(field)
    }

    #[inline]
    fn read_bool(&mut self) -> Result<bool, ThriftException> {
        if std::mem::take(&mut self.at_field) {
            return self.inner.read_bool();
        }
        // Of an element. The specification first said 0 for false, and some implementations write it.
        match self.inner.read_byte()? {
            0 | 2 => Ok(false),
            1 => Ok(true),
            other => {
                let why = format!("expected 0, 1 or 2 for a bool in a list, set or map, found {other}");
                Err(new_protocol_exception(ProtocolExceptionKind::InvalidData, why))
            }
        }
    }

    fn read_struct_end(&mut self) -> Result<(), ThriftException> {
        self.inner.read_struct_end()?;
        // Only the question for the length takes the outer struct's field up again.
        self.inner.struct_end_len();
        Ok(())
    }

    /// Gives how many bytes were skipped.
    fn skip_till_depth(&mut self, kind: TType, depth: i8) -> Result<usize, ThriftException> {
        use bytes::Buf;
        if depth == 0 {
            return Err(new_protocol_exception(ProtocolExceptionKind::DepthLimit, "nested too deeply"));
        }
        let before = self.buf().remaining();
        match kind {
            TType::Bool => drop(self.read_bool()?),
            TType::I8 => drop(self.read_i8()?),
            TType::I16 => drop(self.read_i16()?),
            TType::I32 => drop(self.read_i32()?),
            TType::I64 => drop(self.read_i64()?),
            TType::Double => drop(self.read_double()?),
            TType::Binary => drop(self.read_bytes()?),
            TType::Uuid => drop(self.read_uuid()?),
            TType::Struct => {
                self.read_struct_begin()?;
                loop {
                    let field = self.read_field_begin()?;
                    if field.field_type == TType::Stop {
                        break;
                    }
                    self.skip_till_depth(field.field_type, depth - 1)?;
                    self.read_field_end()?;
                }
                self.read_struct_end()?;
            }
            TType::List => {
                let list = self.read_list_begin()?;
                for _ in 0..list.size {
                    self.skip_till_depth(list.element_type, depth - 1)?;
                }
                self.read_list_end()?;
            }
            TType::Set => {
                let set = self.read_set_begin()?;
                for _ in 0..set.size {
                    self.skip_till_depth(set.element_type, depth - 1)?;
                }
                self.read_set_end()?;
            }
            TType::Map => {
                let map = self.read_map_begin()?;
                for _ in 0..map.size {
                    self.skip_till_depth(map.key_type, depth - 1)?;
                    self.skip_till_depth(map.value_type, depth - 1)?;
                }
                self.read_map_end()?;
            }
            TType::Stop | TType::Void => {
                let why = format!("a value of the type {kind:?}");
                return Err(new_protocol_exception(ProtocolExceptionKind::InvalidData, why));
            }
        }
        Ok(before - self.buf().remaining())
    }
}

impl<T: TInputProtocol> TLengthProtocol for CompactReader<'_, T> {
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

//! Reading forward in a buffer that may not hold all of a message yet.

use super::WireError;

/// Why reading went no further.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The next bytes are not there yet.
    Short,
    /// The message would be `size` bytes long or longer, which is beyond the limit.
    Beyond { size: usize },
    /// The message is invalid.
    Invalid(WireError),
}

impl Stop {
    /// The error of the contents of a message that is whole and `length` bytes long.
    #[cold]
    pub(super) fn beyond(self, length: usize) -> WireError {
        match self {
            Self::Beyond { size } => WireError::Overrun { size, length },
            // Does not happen: the message's end is the input's limit.
            Self::Short => WireError::Overrun { size: length, length },
            Self::Invalid(error) => error,
        }
    }

    /// The error of a message that is whole: what it lacks will not come any more.
    pub(super) fn or(self, lacking: WireError) -> WireError {
        match self {
            Self::Short | Self::Beyond { .. } => lacking,
            Self::Invalid(error) => error,
        }
    }
}

impl From<WireError> for Stop {
    fn from(error: WireError) -> Self {
        Self::Invalid(error)
    }
}

/// A position in a message. What is beyond the limit is an error whether it is there or not, so that the outcome does
/// not depend on how many bytes of the message have arrived.
pub(super) struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
    limit: usize,
}

impl<'a> Input<'a> {
    pub(super) fn new(bytes: &'a [u8], at: usize, limit: usize) -> Self {
        // So what is there is within the limit, and needs no second look.
        Self { bytes: bytes.get(..limit).unwrap_or(bytes), at, limit }
    }

    /// Why the next `count` bytes are not there.
    #[cold]
    fn missing(&self, count: usize) -> Stop {
        let size = self.at.saturating_add(count);
        if size > self.limit { Stop::Beyond { size } } else { Stop::Short }
    }

    /// In bytes from the message's first. It may lie behind the last byte that is there.
    #[inline]
    pub(super) fn at(&self) -> usize {
        self.at
    }

    /// Whether `count` items of at least `least` bytes each stay within the limit. Where they end at the earliest.
    #[inline]
    pub(super) fn room_for(&self, count: usize, least: usize) -> Result<usize, Stop> {
        let size = self.at.saturating_add(count.saturating_mul(least));
        if size > self.limit { Err(Stop::Beyond { size }) } else { Ok(size) }
    }

    /// Goes past `count` bytes, whether they are there or not.
    #[inline]
    pub(super) fn skip(&mut self, count: usize) -> Result<(), Stop> {
        self.at = self.room_for(count, 1)?;
        Ok(())
    }

    #[inline]
    pub(super) fn slice(&mut self, length: usize) -> Result<&'a [u8], Stop> {
        let slice = self.bytes.get(self.at..).and_then(|rest| rest.get(..length));
        let slice = slice.ok_or_else(|| self.missing(length))?;
        self.at += length;
        Ok(slice)
    }

    #[inline]
    pub(super) fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let array = self.bytes.get(self.at..).and_then(|rest| rest.first_chunk());
        let array = array.ok_or_else(|| self.missing(N))?;
        self.at += N;
        Ok(*array)
    }

    #[inline]
    pub(super) fn byte(&mut self) -> Result<u8, Stop> {
        let [byte] = self.array()?;
        Ok(byte)
    }

    /// A size of the binary encoding.
    #[inline]
    pub(super) fn size(&mut self) -> Result<usize, Stop> {
        let size = i32::from_be_bytes(self.array()?);
        usize::try_from(size).map_err(|_| WireError::NegativeSize { size, at: self.at }.into())
    }

    /// A number of the compact encoding, seven bits a byte and the lowest first, in at most `longest` bytes.
    #[inline]
    pub(super) fn varint(&mut self, longest: u8) -> Result<u64, Stop> {
        let mut number = 0;
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        for index in 0..longest {
            let length = usize::from(index) + 1;
            let byte = *rest.get(usize::from(index)).ok_or_else(|| self.missing(length))?;
            number |= u64::from(byte & 0x7f) << (7 * index);
            if byte & 0x80 == 0 {
                self.at += length;
                return Ok(number);
            }
        }
        self.at += usize::from(longest);
        Err(WireError::Varint { at: self.at }.into())
    }

    #[inline]
    pub(super) fn varint_u32(&mut self) -> Result<u32, Stop> {
        let number = self.varint(5)?;
        u32::try_from(number).map_err(|_| WireError::Varint { at: self.at }.into())
    }
}

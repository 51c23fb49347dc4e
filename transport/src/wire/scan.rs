//! Finds the end of a struct without decoding it, in pieces as they arrive.
//!
//! A step reads a field's header and its value, or one element. It takes effect as a whole or, where bytes are missing,
//! not at all: the next call begins again with that step, which is at most a few dozen bytes long. What can be skipped
//! without looking (texts, numbers, lists of them) is skipped in one go, even past the bytes that are there.

use super::{
    Encoding, WireError,
    binary::Binary,
    compact::CompactFormat,
    input::{Input, Stop},
};

/// The deepest nesting of structs, lists, sets and maps; the struct of the arguments is the first level. pilota goes as
/// deep when it skips a field.
pub(super) const MAX_DEPTH: usize = 64;

/// What a value looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// As many bytes. None for a boolean field of the compact encoding, whose value is in its header.
    Fixed(u8),
    /// A number of at most as many bytes.
    Varint(u8),
    String,
    Struct,
    /// A list or a set.
    List,
    Map,
}

/// How an encoding writes fields and sizes.
pub(super) trait Format {
    /// The shape of an `i32`, and of no other type.
    const I32: Shape;

    /// The fewest bytes that a value takes. Never 0 for the shape of an element.
    fn least(shape: Shape) -> usize;

    /// The next field's value and id, where the last one's was `last`; none at the end of the struct.
    fn field(input: &mut Input<'_>, last: i16) -> Result<Option<(Shape, i16)>, Stop>;

    /// A number of 32 bits, which has the shape [`I32`](Self::I32).
    fn i32(input: &mut Input<'_>) -> Result<i32, Stop>;

    /// The number of bytes of a string.
    fn string(input: &mut Input<'_>) -> Result<usize, Stop>;

    /// The elements of a list or set, and their number.
    fn list(input: &mut Input<'_>) -> Result<(Shape, usize), Stop>;

    /// The keys and values of a map, and the number of pairs.
    fn map(input: &mut Input<'_>) -> Result<(Shape, Shape, usize), Stop>;
}

/// Something that has begun and not ended.
#[derive(Clone, Copy, Debug)]
pub(super) enum Level {
    Struct {
        last: i16,
    },
    List {
        element: Shape,
        left: usize,
    },
    Map {
        key: Shape,
        value: Shape,
        /// Keys and values.
        left: usize,
    },
}

impl Level {
    /// How many values begin with it that take much more memory than bytes in the message: all but numbers.
    #[inline]
    fn elements(&self) -> usize {
        match self {
            Level::Struct { .. } | Level::List { element: Shape::Varint(_), .. } => 0,
            Level::List { left, .. } => *left,
            Level::Map { left, .. } => left / 2,
        }
    }
}

/// How many elements a message may still have.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Elements {
    limit: usize,
    left: usize,
}

impl Elements {
    pub(super) fn new(limit: usize) -> Self {
        Self { limit, left: limit }
    }

    /// Counts those of a level that begins at byte `at`.
    #[inline]
    pub(super) fn count(&mut self, level: &Level, at: usize) -> Result<(), WireError> {
        let left = self.left.checked_sub(level.elements());
        self.left = left.ok_or(WireError::TooManyElements { limit: self.limit, at })?;
        Ok(())
    }
}

/// The state between two pieces.
#[derive(Debug, Default)]
pub(super) struct Scan {
    /// Where the next step begins. It may lie behind the last byte that is there.
    at: usize,
    stack: Vec<Level>,
    elements: Elements,
    #[cfg(test)]
    pub(super) steps: usize,
}

impl Scan {
    /// Gets ready for the struct that begins at byte `at`, and has no more than `elements`.
    pub(super) fn start(&mut self, at: usize, elements: Elements) {
        self.at = at;
        self.elements = elements;
        self.stack.clear();
        self.stack.push(Level::Struct { last: 0 });
    }

    /// Goes on in the same message, of which `bytes` is the front, and which may be `limit` bytes long. Where the
    /// struct ends.
    pub(super) fn run(&mut self, encoding: Encoding, bytes: &[u8], limit: usize) -> Result<usize, Stop> {
        let mut input = Input::new(bytes, self.at, limit);
        match encoding {
            Encoding::Binary => self.run_as::<Binary>(&mut input),
            Encoding::Compact => self.run_as::<CompactFormat>(&mut input),
        }
    }

    fn run_as<F: Format>(&mut self, input: &mut Input<'_>) -> Result<usize, Stop> {
        let mut depth = self.stack.len();
        while let Some(level) = self.stack.last_mut() {
            #[cfg(test)]
            {
                self.steps += 1;
            }
            let step = match *level {
                Level::Struct { last } => F::field(input, last)?.map(|(shape, last)| (shape, Level::Struct { last })),
                Level::List { left: 0, .. } | Level::Map { left: 0, .. } => None,
                Level::List { element, left } => Some((element, Level::List { element, left: left - 1 })),
                Level::Map { key, value, left } => {
                    let shape = if left % 2 == 0 { key } else { value };
                    Some((shape, Level::Map { key, value, left: left - 1 }))
                }
            };
            match step {
                None => {
                    self.stack.pop();
                    depth -= 1;
                }
                Some((shape, after)) => {
                    let inner = begin::<F>(input, shape)?;
                    if inner.is_some() && depth == MAX_DEPTH {
                        return Err(WireError::Depth { limit: MAX_DEPTH, at: input.at() }.into());
                    }
                    if let Some(inner) = &inner {
                        self.elements.count(inner, input.at())?;
                    }
                    *level = after;
                    self.stack.extend(inner);
                    depth = self.stack.len();
                }
            }
            self.at = input.at();
        }
        Ok(self.at)
    }
}

/// Goes past a value, or past its beginning: then the level that has begun.
#[inline]
pub(super) fn begin<F: Format>(input: &mut Input<'_>, shape: Shape) -> Result<Option<Level>, Stop> {
    match shape {
        Shape::Fixed(width) => input.skip(usize::from(width))?,
        Shape::Varint(longest) => {
            input.varint(longest)?;
        }
        Shape::String => {
            let length = F::string(input)?;
            input.skip(length)?;
        }
        Shape::Struct => return Ok(Some(Level::Struct { last: 0 })),
        Shape::List => {
            let (element, left) = F::list(input)?;
            let size = left.saturating_mul(F::least(element));
            if let Shape::Fixed(_) = element {
                input.skip(size)?;
            } else if left > 0 {
                input.room_for(size, 1)?;
                return Ok(Some(Level::List { element, left }));
            }
        }
        Shape::Map => {
            let (key, value, pairs) = F::map(input)?;
            let size = pairs.saturating_mul(F::least(key) + F::least(value));
            if let (Shape::Fixed(_), Shape::Fixed(_)) = (key, value) {
                input.skip(size)?;
            } else if pairs > 0 {
                input.room_for(size, 1)?;
                return Ok(Some(Level::Map { key, value, left: pairs.saturating_mul(2) }));
            }
        }
    }
    Ok(None)
}

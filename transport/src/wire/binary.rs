//! The binary encoding.

use super::{
    WireError,
    input::{Input, Stop},
    scan::{Format, Shape},
};

pub(super) struct Binary;

impl Format for Binary {
    const I32: Shape = Shape::Fixed(4);

    #[inline]
    fn least(shape: Shape) -> usize {
        match shape {
            Shape::Fixed(width) => usize::from(width),
            Shape::Varint(_) | Shape::Struct => 1,
            Shape::String => 4,
            Shape::List => 5,
            Shape::Map => 6,
        }
    }

    #[inline]
    fn field(input: &mut Input<'_>, _last: i16) -> Result<Option<(Shape, i16)>, Stop> {
        let code = input.byte()?;
        if code == 0 {
            return Ok(None);
        }
        let shape = shape(code, input.at())?;
        let id = i16::from_be_bytes(input.array()?);
        Ok(Some((shape, id)))
    }

    fn i32(input: &mut Input<'_>) -> Result<i32, Stop> {
        input.array().map(i32::from_be_bytes)
    }

    #[inline]
    fn string(input: &mut Input<'_>) -> Result<usize, Stop> {
        input.size()
    }

    fn list(input: &mut Input<'_>) -> Result<(Shape, usize), Stop> {
        let code = input.byte()?;
        let at = input.at();
        let count = input.size()?;
        Ok((element(code, count, at)?, count))
    }

    fn map(input: &mut Input<'_>) -> Result<(Shape, Shape, usize), Stop> {
        let [key, value] = input.array()?;
        let at = input.at();
        let count = input.size()?;
        Ok((element(key, count, at)?, element(value, count, at)?, count))
    }
}

fn shape(code: u8, at: usize) -> Result<Shape, WireError> {
    match code {
        2 | 3 => Ok(Shape::Fixed(1)),
        4 | 10 => Ok(Shape::Fixed(8)),
        6 => Ok(Shape::Fixed(2)),
        8 => Ok(Shape::Fixed(4)),
        11 => Ok(Shape::String),
        12 => Ok(Shape::Struct),
        13 => Ok(Shape::Map),
        14 | 15 => Ok(Shape::List),
        16 => Ok(Shape::Fixed(16)),
        code => Err(WireError::UnknownType { code, at }),
    }
}

/// The types "stop" and "void" are allowed for elements that are not there.
fn element(code: u8, count: usize, at: usize) -> Result<Shape, WireError> {
    if code < 2 && count == 0 { Ok(Shape::Fixed(0)) } else { shape(code, at) }
}

//! The compact encoding.

use super::{
    WireError,
    input::{Input, Stop},
    scan::{Format, Shape},
};

pub(super) struct CompactFormat;

impl Format for CompactFormat {
    const I32: Shape = Shape::Varint(5);

    #[inline]
    fn least(shape: Shape) -> usize {
        match shape {
            Shape::Fixed(width) => usize::from(width),
            Shape::Varint(_) | Shape::String | Shape::Struct | Shape::List | Shape::Map => 1,
        }
    }

    #[inline]
    fn field(input: &mut Input<'_>, last: i16) -> Result<Option<(Shape, i16)>, Stop> {
        let header = input.byte()?;
        let code = header & 0x0f;
        if code == 0 {
            return Ok(None);
        }
        let shape = match code {
            // The value of a boolean field is its type.
            1 | 2 => Shape::Fixed(0),
            code => shape(code, input.at())?,
        };
        let id = match i16::from(header >> 4) {
            0 => unzigzag(input.varint(3)?),
            // pilota adds without a check.
            delta => last.checked_add(delta),
        };
        let id = id.ok_or(WireError::Varint { at: input.at() })?;
        Ok(Some((shape, id)))
    }

    fn i32(input: &mut Input<'_>) -> Result<i32, Stop> {
        let number = input.varint_u32()?;
        let half = (number >> 1).cast_signed();
        Ok(if number & 1 == 0 { half } else { !half })
    }

    #[inline]
    fn string(input: &mut Input<'_>) -> Result<usize, Stop> {
        Ok(input.varint_u32()? as usize)
    }

    fn list(input: &mut Input<'_>) -> Result<(Shape, usize), Stop> {
        let header = input.byte()?;
        let at = input.at();
        let count = match header >> 4 {
            15 => input.varint_u32()? as usize,
            count => usize::from(count),
        };
        Ok((element(header & 0x0f, count, at)?, count))
    }

    fn map(input: &mut Input<'_>) -> Result<(Shape, Shape, usize), Stop> {
        let count = input.varint_u32()? as usize;
        if count == 0 {
            return Ok((Shape::Fixed(0), Shape::Fixed(0), 0));
        }
        let types = input.byte()?;
        let at = input.at();
        Ok((element(types >> 4, count, at)?, element(types & 0x0f, count, at)?, count))
    }
}

fn shape(code: u8, at: usize) -> Result<Shape, WireError> {
    match code {
        1..=3 => Ok(Shape::Fixed(1)),
        4 => Ok(Shape::Varint(3)),
        5 => Ok(Shape::Varint(5)),
        6 => Ok(Shape::Varint(10)),
        7 => Ok(Shape::Fixed(8)),
        8 => Ok(Shape::String),
        9 | 10 => Ok(Shape::List),
        11 => Ok(Shape::Map),
        12 => Ok(Shape::Struct),
        13 => Ok(Shape::Fixed(16)),
        code => Err(WireError::UnknownType { code, at }),
    }
}

/// The type "stop" is allowed for elements that are not there.
fn element(code: u8, count: usize, at: usize) -> Result<Shape, WireError> {
    if code == 0 && count == 0 { Ok(Shape::Fixed(0)) } else { shape(code, at) }
}

/// The signed number behind 0, -1, 1, -2, and so on, where it is a field id.
fn unzigzag(number: u64) -> Option<i16> {
    let half = i16::try_from(number >> 1).ok()?;
    Some(if number & 1 == 0 { half } else { !half })
}

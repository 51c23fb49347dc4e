//! Checks the contents of a message that is whole, in one pass.
//!
//! The same rules as in [`scan`](super::scan), without its state between two pieces.

use super::{
    Encoding, WireError,
    binary::Binary,
    compact::CompactFormat,
    input::{Input, Stop},
    scan::{Elements, Format, Level, MAX_DEPTH, Shape, begin},
};

/// Goes past the struct at which `input` is: every size, type and depth inside it is checked, and the number of
/// elements.
pub(super) fn whole_struct(encoding: Encoding, input: &mut Input<'_>, mut elements: Elements) -> Result<(), Stop> {
    let arguments = Level::Struct { last: 0 };
    match encoding {
        Encoding::Binary => walk::<Binary>(input, arguments, 1, &mut elements),
        Encoding::Compact => walk::<CompactFormat>(input, arguments, 1, &mut elements),
    }
}

/// Goes past a struct, list, set or map that has begun. It calls itself at most [`MAX_DEPTH`] times.
fn walk<F: Format>(input: &mut Input<'_>, level: Level, depth: usize, elements: &mut Elements) -> Result<(), Stop> {
    match level {
        Level::Struct { mut last } => {
            while let Some((shape, id)) = F::field(input, last)? {
                last = id;
                value::<F>(input, shape, depth, elements)?;
            }
        }
        Level::List { element, left } => {
            for _ in 0..left {
                value::<F>(input, element, depth, elements)?;
            }
        }
        Level::Map { key, value: of_pair, left } => {
            for _ in 0..left / 2 {
                value::<F>(input, key, depth, elements)?;
                value::<F>(input, of_pair, depth, elements)?;
            }
        }
    }
    Ok(())
}

#[inline]
pub(super) fn value<F: Format>(
    input: &mut Input<'_>,
    shape: Shape,
    depth: usize,
    elements: &mut Elements,
) -> Result<(), Stop> {
    match begin::<F>(input, shape)? {
        None => Ok(()),
        Some(_) if depth == MAX_DEPTH => Err(WireError::Depth { limit: MAX_DEPTH, at: input.at() }.into()),
        Some(inner) => {
            elements.count(&inner, input.at())?;
            walk::<F>(input, inner, depth + 1, elements)
        }
    }
}

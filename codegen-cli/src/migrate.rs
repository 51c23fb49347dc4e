//! Projects that kitex or volo-cli made: what they say, and what has to be done by hand to have them here.

pub(crate) mod go;

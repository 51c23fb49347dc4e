//! Random choices that were made before: a test that fails shrinks to fewer and smaller ones.

use std::slice::Iter;

/// Choices to be taken one by one; when they are used up, every further one is the first.
pub struct Dice<'a>(Iter<'a, u32>);

impl<'a> Dice<'a> {
    /// Takes its choices from these numbers.
    pub fn new(rolls: &'a [u32]) -> Self {
        Self(rolls.iter())
    }

    /// A number below `sides`; 0 if there is none.
    pub fn roll(&mut self, sides: usize) -> usize {
        self.0.next().map_or(0, |roll| *roll as usize % sides.max(1))
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.roll(times) == times - 1
    }

    /// One of these.
    pub fn pick<'b, T>(&mut self, from: &'b [T]) -> Option<&'b T> {
        from.get(self.roll(from.len()))
    }
}

/// Rolls that a number stands for: the same for ever.
pub fn rolls(seed: u64, count: usize) -> Vec<u32> {
    // splitmix64
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 32) as u32
    };
    (0..count).map(|_| next()).collect()
}

//! Randomness and time that are the same in every run.

use std::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};
use soat::chip::{Observer, Progress};

/// A sequence that follows from its seed (SplitMix64). For tests alone.
pub struct SeededRng(pub u64);

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let [a, b, c, d, ..] = self.try_next_u64()?.to_le_bytes();
        Ok(u32::from_le_bytes([a, b, c, d]))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        Ok(mixed ^ (mixed >> 31))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(8) {
            for (octet, random) in chunk.iter_mut().zip(self.try_next_u64()?.to_le_bytes()) {
                *octet = random;
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}

/// Keeps what it was told; its clock goes on by a fixed step each time it is looked at.
pub struct Watcher {
    /// Every step in order.
    pub seen: Vec<Progress>,
    step: u64,
    now: u64,
}

impl Watcher {
    /// A clock that goes on by so many milliseconds with each look.
    pub fn new(step: u64) -> Self {
        Self { seen: Vec::new(), step, now: 0 }
    }
}

impl Observer for Watcher {
    fn progress(&mut self, progress: Progress) {
        self.seen.push(progress);
    }

    fn milliseconds(&mut self) -> u64 {
        self.now += self.step;
        self.now
    }
}

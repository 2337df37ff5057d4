//! Keys of a session, out of the machine's source of randomness.

use rand_core::{TryCryptoRng, TryRng};

use crate::machine::{self, Source};

/// Random numbers. A source that fails gives no keys at all: the gate starts anew.
pub struct Entropy(pub Source);

impl TryRng for Entropy {
    type Error = core::convert::Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Self::Error> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Self::Error> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Self::Error> {
        if self.0.fill(target) { Ok(()) } else { machine::restart() }
    }
}

impl TryCryptoRng for Entropy {}

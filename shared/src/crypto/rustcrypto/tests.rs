//! The provider against other people's vectors.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, clippy::panic)]

mod agreement;
mod curves;
mod elliptic;
mod integrated;
mod modp;
mod openssl;
mod properties;
mod rsa;
mod symmetric;
mod wycheproof;

use alloc::collections::VecDeque;
use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

/// A generator that hands out fixed bytes: worked examples print the private keys that they drew.
pub(super) struct Fixed(VecDeque<u8>);

impl Fixed {
    pub(super) fn new(bytes: &[u8]) -> Self {
        Self(bytes.iter().copied().collect())
    }
}

impl TryRng for Fixed {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes).map(|()| u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes).map(|()| u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        for octet in destination {
            *octet = self.0.pop_front().expect("the example draws no more than it prints");
        }
        Ok(())
    }
}

impl TryCryptoRng for Fixed {}

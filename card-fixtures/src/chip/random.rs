//! The chip's randomness: it follows from a seed, and worked examples put their own numbers in.

use std::collections::VecDeque;

use num_bigint::BigUint;
use sha2::{Digest, Sha256};

use crate::curve::Curve;
use crate::modp::Group;

/// SHA-256 in counter mode over a seed.
pub(super) struct Random {
    seed: u64,
    counter: u64,
    injected: VecDeque<Vec<u8>>,
}

impl Random {
    pub fn new(seed: u64) -> Random {
        Random { seed, counter: 0, injected: VecDeque::new() }
    }

    /// The next draw of exactly this length gives these bytes.
    pub fn inject(&mut self, bytes: &[u8]) {
        self.injected.push_back(bytes.to_vec());
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        if let Some(bytes) = self.take_injected(length) {
            return bytes;
        }
        let mut out = Vec::new();
        while out.len() < length {
            let block = Sha256::new()
                .chain_update(b"card-fixtures chip")
                .chain_update(self.seed.to_be_bytes())
                .chain_update(self.counter.to_be_bytes())
                .finalize();
            out.extend(block);
            self.counter += 1;
        }
        out.truncate(length);
        out
    }

    /// A private scalar for a curve.
    pub fn scalar(&mut self, curve: &Curve) -> BigUint {
        match self.take_injected(curve.order_len()) {
            Some(bytes) => BigUint::from_bytes_be(&bytes),
            None => curve.scalar_from_seed(&self.bytes(32)),
        }
    }

    /// A private number for a prime-field group.
    pub fn number(&mut self, group: &Group) -> BigUint {
        match self.take_injected(group.order_len()) {
            Some(bytes) => BigUint::from_bytes_be(&bytes),
            None => group.private_from_seed(&self.bytes(32)),
        }
    }

    fn take_injected(&mut self, length: usize) -> Option<Vec<u8>> {
        self.injected.pop_front_if(|bytes| bytes.len() == length)
    }
}

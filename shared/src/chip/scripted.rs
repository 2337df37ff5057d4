//! A card that follows a script, randomness that is written down, and an observer that looks away: for unit tests.
#![allow(clippy::unwrap_used, clippy::panic)]

use alloc::collections::VecDeque;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use rand_core::{TryCryptoRng, TryRng};

use super::channel::{CardChannel, ChannelLimits, TransportError};
use super::reading::{Observer, Progress};

/// Octets of spaced hexadecimal.
pub fn octets(text: &str) -> Vec<u8> {
    hex::decode(text.replace(char::is_whitespace, "")).unwrap()
}

/// A channel that expects certain commands and gives certain answers.
pub struct Script {
    steps: VecDeque<(Option<Vec<u8>>, Vec<u8>)>,
    pub resets: u32,
    pub sent: Vec<String>,
}

impl Script {
    /// Commands and answers in hexadecimal; a command `*` is any.
    pub fn new(steps: &[(&str, &str)]) -> Self {
        let steps = steps.iter().map(|(command, answer)| ((*command != "*").then(|| octets(command)), octets(answer))).collect();
        Self { steps, resets: 0, sent: Vec::new() }
    }

    /// Whether every step was taken.
    pub fn is_done(&self) -> bool {
        self.steps.is_empty()
    }
}

impl CardChannel for Script {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.sent.push(hex::encode(command));
        let Some((expected, answer)) = self.steps.pop_front() else {
            panic!("a command after the script's end: {}", hex::encode(command));
        };
        if let Some(expected) = expected {
            assert_eq!(hex::encode(command), hex::encode(expected));
        }
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.resets += 1;
        Ok(())
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        Err(TransportError::TimedOut)
    }

    fn limits(&self) -> ChannelLimits {
        ChannelLimits::SHORT
    }
}

/// Random numbers in the order in which they are to be drawn.
pub struct Written(pub VecDeque<u8>);

impl Written {
    pub fn new(numbers: &[&str]) -> Self {
        Self(numbers.iter().flat_map(|number| octets(number)).collect())
    }
}

impl TryRng for Written {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        panic!("the protocols draw octets")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        panic!("the protocols draw octets")
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for octet in target {
            *octet = self.0.pop_front().expect("a random number that is not written down");
        }
        Ok(())
    }
}

impl TryCryptoRng for Written {}

/// An observer without eyes, whose clock stands or runs.
#[derive(Default)]
pub struct Still {
    pub step: u64,
    pub now: u64,
}

impl Observer for Still {
    fn progress(&mut self, _: Progress) {}

    fn milliseconds(&mut self) -> u64 {
        self.now += self.step;
        self.now
    }
}

//! The card that is selected, as the channel that `soat` reads through.

use alloc::vec::Vec;

use soat::chip::{CardChannel, ChannelLimits, TransportError};

use super::command::{self, Status, TARGET, Target};
use super::{Event, Pn532, State};
use crate::port::{Clock, ReaderPort};

/// How long a card that was lost is waited for, with the reader reset where that is needed.
const RETURN_MS: u64 = 3000;
/// Answers longer than that are no answers to short APDUs.
const LONGEST_ANSWER: usize = 258;

/// One card in the field. Whatever happens between it and the gate is a lost card, which `soat` waits for and goes on with: the PN532
/// cannot tell a card that left from air that is disturbed.
pub struct Pn532Channel<'a, L, C> {
    reader: &'a mut Pn532<L>,
    clock: &'a C,
}

impl<'a, L: ReaderPort, C: Clock> Pn532Channel<'a, L, C> {
    pub(super) fn new(reader: &'a mut Pn532<L>, clock: &'a C) -> Self {
        Self { reader, clock }
    }

    /// Searches until a card is selected anew.
    fn find_again(&mut self) -> Result<(), TransportError> {
        let deadline = self.clock.milliseconds().saturating_add(RETURN_MS);
        let mut faulty = false;
        loop {
            let now = self.clock.milliseconds();
            match self.reader.poll(now) {
                Some(Event::Found(Target::TypeA { .. } | Target::TypeB)) => return Ok(()),
                Some(Event::Found(Target::Other)) => self.reader.release(now),
                Some(Event::Fault(_)) => faulty = true,
                Some(Event::Ready | Event::Empty) => faulty = false,
                None => self.clock.rest(),
            }
            if now >= deadline {
                return Err(if faulty { TransportError::ReaderGone } else { TransportError::TimedOut });
            }
        }
    }
}

impl<L: ReaderPort, C: Clock> CardChannel for Pn532Channel<'_, L, C> {
    fn transmit(&mut self, apdu: &[u8]) -> Result<Vec<u8>, TransportError> {
        if !matches!(self.reader.state, State::Selected(_)) {
            return Err(TransportError::CardRemoved);
        }
        let mut data = Vec::with_capacity(apdu.len() + 1);
        data.push(TARGET);
        data.extend_from_slice(apdu);
        let mut whole = Vec::new();
        loop {
            let answer = match self.reader.run(command::exchange_data(&data), self.clock) {
                Ok(answer) => answer,
                // The next search finds out whether the reader is well: its failure is a fault, and ends in a reset.
                Err(_) => return Err(TransportError::CardRemoved),
            };
            let Some((status, part)) = answer.split_first() else { return Err(TransportError::CardRemoved) };
            whole.extend_from_slice(part);
            match Status::of(*status) {
                Status::Lost(_) => return Err(TransportError::CardRemoved),
                _ if whole.len() > LONGEST_ANSWER => return Err(TransportError::CardRemoved),
                Status::Whole => return Ok(whole),
                Status::More => data.truncate(1),
            }
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.reconnect()
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        let now = self.clock.milliseconds();
        self.reader.release(now);
        self.find_again()
    }

    fn limits(&self) -> ChannelLimits {
        ChannelLimits::SHORT
    }
}

//! What lies between the chip and its reader: the field, the answer to reset, answers in parts.

use super::apdu::Command;
use super::quirk::{Attack, ExtendedLength};
use super::{PowerCycle, VirtualChip};

impl VirtualChip {
    /// Whether the chip is in the field.
    pub fn is_present(&self) -> bool {
        self.present
    }

    /// Takes the card out of the field.
    pub fn remove(&mut self) {
        self.present = false;
        self.power_cycle = PowerCycle::default();
    }

    /// Puts the card into the field, or the other one that comes back for a lost tag.
    pub fn insert(&mut self) {
        self.present = true;
        if let Some(other) = self.lost.take().and_then(|lost| lost.other) {
            self.card = *other;
        }
    }

    /// Cuts the power and gives it again; a lost tag may come back by it. Whether a chip is in the field.
    pub fn reset(&mut self) -> bool {
        self.power_cycle = PowerCycle::default();
        if self.lost.as_ref().is_some_and(|lost| lost.comes_back) {
            self.insert();
        }
        self.present
    }

    /// The answer to reset that a PC/SC reader makes for a contactless card (PC/SC part 3 §3.1.3.2.3).
    pub fn atr(&self) -> Vec<u8> {
        // Card capabilities: selection by name and identifier, short identifiers; one-byte data units; chaining, extended length.
        let third = if self.quirks.extended_length == ExtendedLength::Never { 0x80 } else { 0xC0 };
        let historical = [0x80, 0x73, 0x94, 0x01, third];
        let mut atr = vec![0x3B, 0x85, 0x80, 0x01];
        atr.extend(historical);
        let check = atr.iter().skip(1).fold(0, |check, byte| check ^ byte);
        atr.push(check);
        atr
    }

    /// Answers one command APDU. No bytes at all mean that no card answered: it is out of the field, or the link lost the answer.
    pub fn transmit(&mut self, bytes: &[u8]) -> Vec<u8> {
        if !self.present {
            return Vec::new();
        }
        self.apdus += 1;
        if let Some(lost) = &mut self.quirks.lost_tag {
            match lost.after.checked_sub(1) {
                Some(left) => lost.after = left,
                None => {
                    self.lost = self.quirks.lost_tag.take();
                    self.remove();
                    return Vec::new();
                }
            }
        }
        if let Some(Attack::Wait(duration)) = self.quirks.attack {
            std::thread::sleep(duration);
        }
        let answer = self.answer(bytes);
        let lost = self.quirks.answer_cap.is_some_and(|cap| answer.len() > cap);
        if lost { Vec::new() } else { answer }
    }

    /// An answer whole, or its first part with 61xx.
    pub(super) fn in_parts(&mut self, bytes: Vec<u8>) -> Vec<u8> {
        let is_read = self.exchanges.last().is_some_and(|exchange| matches!(exchange.header, [_, 0xB0 | 0xB1, ..]));
        if self.quirks.attack == Some(Attack::EndlessChain) && is_read {
            self.power_cycle.rest_of_answer = vec![0; 256];
            return vec![0x61, 0xFF];
        }
        // Keys of a prime field, to a short command.
        let is_long = self.exchanges.last().is_some_and(|exchange| exchange.header[1] == 0x86 && exchange.ne == Some(256));
        self.part(bytes, self.quirks.answer_part.unwrap_or(if is_long { 256 } else { usize::MAX }))
    }

    /// GET RESPONSE.
    pub(super) fn next_part(&mut self, command: &Command) -> Vec<u8> {
        let rest = std::mem::take(&mut self.power_cycle.rest_of_answer);
        if self.quirks.attack == Some(Attack::EndlessChain) {
            self.power_cycle.rest_of_answer = rest;
            let mut answer = vec![0; command.ne.unwrap_or(255).min(255)];
            answer.extend([0x61, 0xFF]);
            return answer;
        }
        self.part(rest, command.ne.unwrap_or(256))
    }

    /// So many bytes of an answer's data, and 61xx if more are left.
    fn part(&mut self, mut bytes: Vec<u8>, most: usize) -> Vec<u8> {
        if bytes.len() <= most.saturating_add(2) {
            return bytes;
        }
        let rest = bytes.split_off(most);
        let left = u8::try_from(rest.len() - 2).unwrap_or(0);
        self.power_cycle.rest_of_answer = rest;
        bytes.extend([0x61, left]);
        bytes
    }
}

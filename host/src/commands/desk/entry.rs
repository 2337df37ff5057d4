//! What is being typed. It may be a card's key or a whole code: it is never shown, and wiped.

use std::time::Duration;

use soat::vietnam::qr::{LONGEST_TRANSMISSION, Transmission};
use zeroize::Zeroizing;

/// How long after its last letter a code without Enter is taken for whole.
const QUIET: Duration = Duration::from_millis(400);

/// A line of input.
pub struct Entry {
    text: Zeroizing<String>,
    changed: Duration,
}

impl Entry {
    /// An empty one.
    pub fn new() -> Self {
        // Room for everything at once, so that no piece is left behind by a string that grew.
        Self { text: Zeroizing::new(String::with_capacity(LONGEST_TRANSMISSION)), changed: Duration::ZERO }
    }

    /// Takes a letter. What is longer than any code is passed over.
    pub fn push(&mut self, letter: char, now: Duration) {
        self.changed = now;
        if self.text.len() + letter.len_utf8() <= LONGEST_TRANSMISSION {
            self.text.push(letter);
        }
    }

    /// Takes the last letter away.
    pub fn pop(&mut self, now: Duration) {
        self.changed = now;
        self.text.pop();
    }

    /// What stands there.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether nothing stands there.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether it is six digits or twelve, or as long as a code, so that a scanner may have ended.
    pub fn is_whole_code(&self) -> bool {
        let mut transmission = Transmission::default();
        self.text.bytes().all(|byte| transmission.push(byte).is_none()) && transmission.is_whole()
    }

    /// Whether a code stands there of which nothing has come for a while: some scanners send no Enter.
    pub fn has_ended(&self, now: Duration) -> bool {
        now.saturating_sub(self.changed) >= QUIET && self.is_whole_code()
    }
}

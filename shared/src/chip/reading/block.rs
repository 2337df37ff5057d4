//! How many bytes a READ BINARY asks for: the ladder of `quirks.md` 2 and 28.

use crate::chip::secure_messaging::SecureMessaging;
use crate::crypto::Cipher;

/// The rungs below what fits into a short answer.
pub(super) const RUNGS: [usize; 4] = [192, 160, 128, 112];
/// Below this, short answers are no limit of the chip any more but a fault.
const LEAST: usize = 112;
/// Octets of a short answer with its status word.
const SHORT_ANSWER: usize = 258;
/// An answer that most chips with extended length can give, for probing where nothing is stated.
pub(super) const PROBED_ANSWER: usize = 1024;

/// The block size, which only ever falls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ladder {
    size: usize,
    /// Where it began.
    full: usize,
    short: usize,
    /// How long an answer of extended length may be.
    extended_answer: Option<usize>,
}

impl Ladder {
    /// Begins with the longest answer that fits: `extended` octets where extended length may be used, else a short one.
    pub fn new(cipher: Cipher, extended: Option<usize>) -> Self {
        let short = SecureMessaging::capacity(cipher, SHORT_ANSWER);
        let size = extended.map_or(short, |answer| SecureMessaging::capacity(cipher, answer).min(65_000).max(short));
        Self { size, full: size, short, extended_answer: extended }
    }

    /// What a READ BINARY may ask for.
    pub fn size(self) -> usize {
        self.size
    }

    /// What fits into a short answer.
    pub fn short(self) -> usize {
        self.short
    }

    /// What fits into an extended answer, where there are such.
    pub fn extended(self) -> Option<usize> {
        self.extended_answer.filter(|_| self.size > self.short).map(|_| self.size)
    }

    /// How long an answer of extended length may be, where there are such.
    pub fn extended_answer(self) -> Option<usize> {
        self.extended_answer
    }

    /// Whether the chip or the link wanted less than what fits.
    pub fn is_reduced(self) -> bool {
        self.size < self.full
    }

    /// Keeps to a smaller block that was found in a session before.
    pub fn keep(&mut self, before: Self) {
        if before.is_reduced() {
            self.size = self.size.min(before.size);
        }
    }

    /// The next rung below what was tried. `false` where there is none.
    pub fn step_down(&mut self, tried: usize) -> bool {
        let rungs = core::iter::once(self.short).chain(RUNGS);
        match rungs.filter(|rung| *rung < tried.min(self.size)).max() {
            Some(rung) => {
                self.size = rung;
                true
            }
            None => false,
        }
    }

    /// Takes the length of a short answer as the block. `false` where no honest chip stops so early.
    pub fn settle(&mut self, received: usize) -> bool {
        self.size = self.size.min(received);
        received >= LEAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec::Vec;

    #[test]
    fn blocks_of_a_short_answer() {
        assert_eq!(Ladder::new(Cipher::TripleDes, None).size(), 231);
        assert_eq!(Ladder::new(Cipher::Aes256, None).size(), 223);
        assert_eq!(Ladder::new(Cipher::Aes128, Some(1024)).size(), 991);
        // A statement below a short answer is none.
        assert_eq!(Ladder::new(Cipher::Aes128, Some(100)).size(), 223);
    }

    #[test]
    fn the_ladder_ends() {
        let mut ladder = Ladder::new(Cipher::Aes128, Some(1024));
        let mut sizes = Vec::new();
        while ladder.step_down(ladder.size()) {
            sizes.push(ladder.size());
        }
        assert_eq!(sizes, [223, 192, 160, 128, 112]);
    }

    #[test]
    fn a_rung_is_below_what_was_tried() {
        let mut ladder = Ladder::new(Cipher::TripleDes, None);
        assert!(ladder.step_down(170));
        assert_eq!(ladder.size(), 160);
        assert!(!ladder.settle(16));
    }
}

//! The keys of cards that need no code, and how often they are tried on cards that are none of them.
//!
//! Whoever lays an emulator on the reader learns with each round whether one number of its own choice is among those that are tried. The
//! rounds that open nothing are counted, so that a million numbers take years.

use alloc::vec::Vec;

use soat::chip::AccessKey;
use soat::gate::enrolled::Enrolled;

/// Rounds without success at once, as on a day with many visitors.
const ROUNDS: u32 = 30;
/// And from then on one in so many milliseconds: 288 a day.
const ROUND_EACH_MS: u64 = 300_000;

/// The keys, who came last first.
#[derive(Default)]
pub(super) struct Enrolment {
    keys: Vec<AccessKey>,
    spent: u32,
    since: u64,
}

impl Enrolment {
    /// From now on these.
    pub(super) fn set(&mut self, cards: &Enrolled) {
        self.keys = cards.keys().collect();
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether a round may begin, which is counted then.
    pub(super) fn begins(&mut self, now: u64) -> bool {
        let earned = now.saturating_sub(self.since) / ROUND_EACH_MS;
        self.since = self.since.saturating_add(earned.saturating_mul(ROUND_EACH_MS));
        self.spent = self.spent.saturating_sub(u32::try_from(earned).unwrap_or(u32::MAX));
        let may_begin = !self.keys.is_empty() && self.spent < ROUNDS;
        self.spent += u32::from(may_begin);
        may_begin
    }

    /// The key that is tried as this one of the round.
    pub(super) fn key(&self, place: usize) -> Option<AccessKey> {
        self.keys.get(place).cloned()
    }

    /// It let somebody in: the round does not count, and the key stands first, since who came last is likely to come again.
    pub(super) fn admitted(&mut self, place: usize) {
        self.spent = self.spent.saturating_sub(1);
        if let Some(keys) = self.keys.get_mut(..=place) {
            keys.rotate_right(1);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rounds_without_success_are_few() {
        let mut enrolment = Enrolment::default();
        assert!(!enrolment.begins(0), "nobody is enrolled");
        enrolment.set(&Enrolled::from_bytes(b"000001").unwrap());
        for _ in 0..1000 {
            assert!(enrolment.begins(0));
            enrolment.admitted(0);
        }
        assert_eq!((0..1000).filter(|_| enrolment.begins(1)).count(), 30);
        assert!(!enrolment.begins(ROUND_EACH_MS - 1));
        assert!(enrolment.begins(ROUND_EACH_MS) && !enrolment.begins(ROUND_EACH_MS));
        let day = 24 * 3_600_000;
        assert_eq!((1..=day / 500).filter(|round| enrolment.begins(ROUND_EACH_MS + round * 500)).count(), 288, "in a day");
    }
}

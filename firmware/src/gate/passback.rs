//! Anti-passback of one reader: a card that let somebody in does not let the next one in, handed back over the turnstile.

use alloc::collections::VecDeque;

use soat::time::Timestamp;

use soat::gate::pack::access_list::Person;

/// People that are remembered; the oldest is forgotten first.
const REMEMBERED: usize = 256;

/// Who came in lately.
#[derive(Debug)]
pub struct Passback {
    seconds: u32,
    lately: VecDeque<(Person, Timestamp)>,
}

impl Passback {
    /// For this many seconds nobody comes in twice; 0 switches it off.
    pub fn new(seconds: u32) -> Self {
        Self { seconds, lately: VecDeque::new() }
    }

    /// Whether it knows of everybody in the time, so many milliseconds after the start.
    pub fn is_complete(&self, milliseconds: u64) -> bool {
        milliseconds / 1000 >= self.seconds.into()
    }

    /// Who came in after that does not come in at a time.
    pub fn since(&self, time: Timestamp) -> Timestamp {
        Timestamp(time.0.saturating_sub(self.seconds.into()))
    }

    /// Whether this person may come in, and remembers it if so.
    pub fn passes(&mut self, person: &Person, time: Timestamp) -> bool {
        if self.seconds == 0 {
            return true;
        }
        // A clock that was set back does not let anybody in sooner.
        self.lately.retain(|(_, at)| time.0.saturating_sub(at.0) < i64::from(self.seconds));
        if self.lately.iter().any(|(known, _)| known == person) {
            return false;
        }
        if self.lately.len() >= REMEMBERED {
            self.lately.pop_front();
        }
        self.lately.push_back((*person, time));
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_comes_in_twice_in_the_time() {
        let mut passback = Passback::new(60);
        assert!(passback.passes(&[1; 16], Timestamp(1000)));
        assert!(passback.passes(&[2; 16], Timestamp(1001)));
        assert!(!passback.passes(&[1; 16], Timestamp(1059)));
        assert!(!passback.passes(&[1; 16], Timestamp(10)), "a clock set back");
        assert!(passback.passes(&[1; 16], Timestamp(1060)));
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let mut passback = Passback::new(60);
        for number in 0..=255_u8 {
            assert!(passback.passes(&[number; 16], Timestamp(0)));
        }
        assert!(passback.passes(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], Timestamp(0)));
        assert_eq!(passback.lately.len(), REMEMBERED);
    }
}

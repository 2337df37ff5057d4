//! What the gate shows: patterns that differ in rhythm and sound, and not in colour alone.
//!
//! | signal | lamps | buzzer |
//! |---|---|---|
//! | ready | blue, a short flash every two seconds | |
//! | put the card on | blue, slow | |
//! | scan the code | blue, two flashes | |
//! | reading | blue, steady | |
//! | admitted | green, steady | one long |
//! | refused | red, fast | three short |
//! | not decided | red, one long and one short | one low pair |
//! | fault | red, one short flash every second | |
//! | alarm | red and blue in turn | steady beat |

use crate::port::{Lamps, Lit};

const DARK: Lit = Lit { red: false, green: false, blue: false, buzzer: false };
const BLUE: Lit = Lit { blue: true, ..DARK };
const GREEN: Lit = Lit { green: true, ..DARK };
const RED: Lit = Lit { red: true, ..DARK };
const GREEN_SOUND: Lit = Lit { buzzer: true, ..GREEN };
const RED_SOUND: Lit = Lit { buzzer: true, ..RED };

/// What is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signal {
    /// Nobody is there.
    Ready,
    /// A code was scanned; its card is waited for.
    AwaitingCard,
    /// A card lies there; its code is waited for.
    AwaitingCode,
    /// The card is read and verified.
    Reading,
    /// The door is open.
    Admitted,
    /// The door stays shut.
    Refused,
    /// The door stays shut, and it may not be the card's fault: once more, or to the desk.
    NotDecided,
    /// The gate cannot work.
    Fault,
    /// The door is held or was forced.
    Alarm,
}

/// Steps of a pattern, each with its milliseconds; a pattern begins again unless it is shown once and ends as its last step has it.
type Pattern = &'static [(u16, Lit)];

impl Signal {
    fn pattern(self) -> (Pattern, bool) {
        match self {
            Self::Ready => (&[(60, BLUE), (1940, DARK)], true),
            Self::AwaitingCard => (&[(500, BLUE), (500, DARK)], true),
            Self::AwaitingCode => (&[(120, BLUE), (120, DARK), (120, BLUE), (640, DARK)], true),
            Self::Reading => (&[(1000, BLUE)], true),
            Self::Admitted => (&[(600, GREEN_SOUND), (1000, GREEN)], false),
            Self::Refused => (
                &[
                    (100, RED_SOUND),
                    (100, DARK),
                    (100, RED_SOUND),
                    (100, DARK),
                    (100, RED_SOUND),
                    (100, DARK),
                    (100, RED),
                    (100, DARK),
                    (100, RED),
                    (100, DARK),
                    (100, RED),
                    (1000, DARK),
                ],
                false,
            ),
            Self::NotDecided => (&[(600, RED_SOUND), (200, DARK), (150, RED_SOUND), (1000, DARK)], false),
            Self::Fault => (&[(60, RED), (940, DARK)], true),
            Self::Alarm => (&[(200, RED_SOUND), (200, BLUE)], true),
        }
    }
}

/// Lamps and buzzer, and the pattern that they show.
pub struct Signals<L> {
    lamps: L,
    signal: Signal,
    since: u64,
    lit: Lit,
}

impl<L: Lamps> Signals<L> {
    /// Dark and silent.
    pub fn new(mut lamps: L) -> Self {
        lamps.show(DARK);
        Self { lamps, signal: Signal::Ready, since: 0, lit: DARK }
    }

    /// Shows a signal from its beginning; one that is shown already goes on.
    pub fn show(&mut self, signal: Signal, now: u64) {
        if self.signal != signal {
            self.signal = signal;
            self.since = now;
            self.poll(now);
        }
    }

    /// Lights what is due.
    pub fn poll(&mut self, now: u64) {
        let (pattern, repeats) = self.signal.pattern();
        let whole: u64 = pattern.iter().map(|(ms, _)| u64::from(*ms)).sum();
        let passed = now.saturating_sub(self.since);
        let mut at = if repeats { passed.checked_rem(whole).unwrap_or(0) } else { passed };
        let due = pattern.iter().find(|(ms, _)| {
            let here = at < u64::from(*ms);
            at = at.saturating_sub(u64::from(*ms));
            here
        });
        let lit = due.or(pattern.last()).map_or(DARK, |(_, lit)| *lit);
        if lit != self.lit {
            self.lit = lit;
            self.lamps.show(lit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    const ALL: [Signal; 9] = [
        Signal::Ready,
        Signal::AwaitingCard,
        Signal::AwaitingCode,
        Signal::Reading,
        Signal::Admitted,
        Signal::Refused,
        Signal::NotDecided,
        Signal::Fault,
        Signal::Alarm,
    ];

    #[derive(Default)]
    struct Seen(Vec<Lit>);
    impl Lamps for Seen {
        fn show(&mut self, lit: Lit) {
            self.0.push(lit);
        }
    }

    /// What is lit, each 20 ms of two seconds.
    fn course(signal: Signal) -> Vec<Lit> {
        let mut signals = Signals::new(Seen::default());
        signals.show(Signal::Fault, 0);
        signals.show(Signal::Alarm, 0);
        signals.show(signal, 7);
        (0..100)
            .map(|step| {
                signals.poll(7 + step * 20);
                signals.lit
            })
            .collect()
    }

    #[test]
    fn no_two_signals_differ_in_colour_alone() {
        let grey = |lit: Lit| (lit.red | lit.green | lit.blue, lit.buzzer);
        let courses: BTreeSet<Vec<(bool, bool)>> =
            ALL.iter().map(|signal| course(*signal).into_iter().map(grey).collect()).collect();
        assert_eq!(courses.len(), ALL.len());
    }

    #[test]
    fn green_means_admitted_and_nothing_else() {
        for signal in ALL {
            assert_eq!(course(signal).iter().any(|lit| lit.green), signal == Signal::Admitted, "{signal:?}");
        }
    }

    #[test]
    fn lamps_are_told_of_changes_alone() {
        let mut signals = Signals::new(Seen::default());
        signals.show(Signal::Admitted, 0);
        for now in 0..5000 {
            signals.poll(now);
        }
        assert_eq!(signals.lamps.0, [DARK, GREEN_SOUND, GREEN]);
    }
}

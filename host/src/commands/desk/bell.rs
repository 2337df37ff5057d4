//! Sounds that tell the lights apart without looking: once genuine, twice undecided, three times not genuine. The terminal has one bell, so
//! that they differ in number.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::state::Light;

/// From one stroke to the next: terminals and loudspeakers take closer ones for one.
const APART: Duration = Duration::from_millis(220);

/// Strokes to come.
#[derive(Default)]
pub struct Bell {
    strokes: VecDeque<Instant>,
}

impl Bell {
    /// The sound of a light, in place of any that still sounds.
    pub fn ring(&mut self, light: Light) {
        let now = Instant::now();
        self.strokes = (0..strokes(light)).map(|number| now + APART * number).collect();
    }

    /// Whether a stroke is due, which then counts as done.
    pub fn is_due(&mut self) -> bool {
        self.strokes.pop_front_if(|stroke| *stroke <= Instant::now()).is_some()
    }

    /// How long it is to the next stroke.
    pub fn next(&self) -> Option<Duration> {
        self.strokes.front().map(|stroke| stroke.saturating_duration_since(Instant::now()))
    }
}

fn strokes(light: Light) -> u32 {
    match light {
        Light::Green => 1,
        Light::Amber => 2,
        Light::Red => 3,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_light_sounds_otherwise_and_the_newest_counts() {
        let mut bell = Bell::default();
        assert!(!bell.is_due() && bell.next().is_none());
        bell.ring(Light::Red);
        bell.ring(Light::Green);
        assert!(bell.is_due() && bell.next().is_none());
        let mut numbers = [Light::Green, Light::Amber, Light::Red].map(strokes);
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair.first() < pair.last()));
    }
}

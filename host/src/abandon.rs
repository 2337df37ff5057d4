//! A wait that somebody else may end: for a card, for a code.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// How long a wait goes on before it looks whether it is still wanted.
pub const SLICE: Duration = Duration::from_millis(150);

/// Tells whoever waits that nobody wants the answer any more. All clones are one.
#[derive(Clone, Default)]
pub struct Abandon(Arc<AtomicBool>);

impl Abandon {
    /// Ends the wait.
    pub fn abandon(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was ended.
    pub fn is_abandoned(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something is waited for, unless it is abandoned before.
pub struct Patience {
    deadline: Instant,
    abandon: Abandon,
}

impl Patience {
    /// So long, and nobody ends it.
    pub fn of(wait: Duration) -> Self {
        Self::until(wait, Abandon::default())
    }

    /// So long at most.
    pub fn until(wait: Duration, abandon: Abandon) -> Self {
        Self { deadline: Instant::now() + wait, abandon }
    }

    /// What is left of it.
    pub fn left(&self) -> Duration {
        if self.abandon.is_abandoned() { Duration::ZERO } else { self.deadline.saturating_duration_since(Instant::now()) }
    }

    /// Whether it is at its end.
    pub fn is_over(&self) -> bool {
        self.left().is_zero()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patience_ends_with_its_time_or_before() {
        assert!(Patience::of(Duration::ZERO).is_over());
        let abandon = Abandon::default();
        let patience = Patience::until(Duration::from_secs(60), abandon.clone());
        assert!(!patience.is_over() && patience.left() > Duration::from_secs(50));
        abandon.abandon();
        assert!(patience.is_over());
    }
}

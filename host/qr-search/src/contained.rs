//! Decoders of other people's making, whose panics stop them alone.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// Runs a decoder that indexes and subtracts without bounds in places, so that a torn or crafted picture can make it panic; `None` if it did.
/// The panic is not reported: the hook that reports is asked to pass over this thread meanwhile.
///
/// What the decoder works on must be made in there and thrown away, so that nothing half-done is left.
pub fn contained<T>(run: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                report(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(run));
    QUIET.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_contained() {
        assert_eq!(contained(|| 1), Some(1));
        assert_eq!(contained(|| -> u8 { panic!("as a decoder may") }), None);
        assert!(!QUIET.get());
    }
}

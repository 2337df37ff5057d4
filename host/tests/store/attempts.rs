//! Attempts on the store and the screen by somebody who may write next to them, or who chooses names. The list of all attempts stands in
//! `tests/tests/inspection/attempts.rs`.

mod anchors;
mod names;
#[cfg(unix)]
mod neighbours;

//! Before which moment no clock is believed.
//!
//! A clock that lost its battery, or that somebody set back, would let in whose permission has ended: time that is known to have passed is
//! a floor under it.

use soat::gate::pack::Header;
use soat::time::Timestamp;

/// When this image was built, where its builder said so (`SOURCE_DATE_EPOCH`); otherwise the beginning of 2026.
pub const BUILT: Timestamp = Timestamp(match option_env!("SOURCE_DATE_EPOCH") {
    Some(seconds) => seconds_of(seconds),
    None => 1_767_225_600,
});

const fn seconds_of(text: &str) -> i64 {
    match i64::from_str_radix(text, 10) {
        Ok(seconds) => seconds,
        Err(_) => panic!("SOURCE_DATE_EPOCH is not a number of seconds"),
    }
}

/// What is known of the time, whatever the clock says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// When the image was built.
    pub built: Timestamp,
    /// When the last entry of the journal was written.
    pub last_entry: Option<Timestamp>,
    /// The floor that was kept.
    pub kept: Timestamp,
}

/// The latest of build, the pack's making, last entry and kept floor.
///
/// A moment at which the pack has ended already counts for nothing: a clock that once jumped ahead would else keep the gate shut for
/// years, and at such a time it lets nobody in anyhow.
pub fn floor(known: &Known, pack: &Header) -> Timestamp {
    settable(known, Some(pack.ends_at)).max(pack.made_at)
}

/// The earliest time to which a clock may be set; so a clock that was set too far ahead can be set right again.
pub fn settable(known: &Known, pack_ends_at: Option<Timestamp>) -> Timestamp {
    let seen = [known.last_entry, Some(known.kept)].into_iter().flatten();
    seen.filter(|time| pack_ends_at.is_none_or(|end| *time < end)).fold(known.built, Timestamp::max)
}

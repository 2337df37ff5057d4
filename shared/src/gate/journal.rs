//! The journal of a gate: what happened at its door, in entries that a thief of the gate cannot alter afterwards.
//!
//! Entry number i is authenticated with the key kᵢ, and k₍ᵢ₊₁₎ follows from kᵢ, which the gate erases: whoever opens it later finds no key for
//! what was written before. The desk that provisioned the gate keeps the first key, and follows all of them.
//!
//! ```text
//! journal key J (32 random bytes, at the desk; the gate erases it once it has derived)
//! k₀      = HMAC-SHA-256(J, "soat.journal.chain")      k₍ᵢ₊₁₎ = HMAC-SHA-256(kᵢ, "next")
//! codeᵢ   = the first 16 bytes of HMAC-SHA-256(kᵢ, entryᵢ ‖ code₍ᵢ₋₁₎), where 16 zeros stand before the first
//! m₀      = HMAC-SHA-256(J, "soat.journal.person")     m₍ₚ₊₁₎ = HMAC-SHA-256(mₚ, "next"), p in months from January 1970
//! person  = the first 16 bytes of HMAC-SHA-256(mₚ, the site's pseudonym)
//! ```
//!
//! People stand in it under a key that changes each month and is forgotten with it, so that a gate that is carried off tells of nobody who
//! came in earlier months; the desk finds a person's entries with [`keys::PersonKey`].
//!
//! An entry with its codes has [`ENTRY`] bytes, numbers big-endian:
//!
//! ```text
//! sequence 8 | seconds since 1970 6, all ones where the time is not known | kind 1 | month of the person's key 2 | person 16, zero for none
//! | count 4 | reason 39, ASCII, zeros behind | code of the entry before 16 | code 16
//! ```

pub mod entry;
pub mod keys;
pub mod verification;

pub use entry::{Entry, Event, Kind, Reason};
pub use keys::{ChainKey, JournalKey, PersonKey};
pub use verification::{Fault, Run, Since, verify};

/// Length of an entry with its codes in bytes.
pub const ENTRY: usize = entry::SAID + 2 * CODE;
/// Length of a code in bytes.
pub const CODE: usize = 16;
/// No journal is longer, in entries: the flash that keeps the chain is worn out long before, and nobody is made to follow a chain without end.
pub const LONGEST_JOURNAL: u64 = 1 << 24;

/// The end of a journal, as far as it was seen: a later reading must continue it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// The number of the next entry.
    pub sequence: u64,
    /// The code of the last entry; zeros where there is none.
    pub code: [u8; CODE],
}

impl Head {
    /// That of a journal without an entry.
    pub const EMPTY: Self = Self { sequence: 0, code: [0; CODE] };
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

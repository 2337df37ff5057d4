//! The protected serial link between a desk and a gate.
//!
//! Both sides prove that they have the link's key of 256 bits, each over a nonce of the other; keys of the session follow from key and
//! nonces, one for each direction. Messages are sealed with AES-256-CCM under a counter of 64 bits that goes up by one: what was altered,
//! replayed, left out or sent out of order ends the session. Frames lie between zeros ([`framing`]).
//!
//! ```text
//! desk                                        gate
//! Open       version 1 | nonce D 32     ──►
//!                                       ◄──   Challenge  D | nonce G 32 | HMAC(k_g, "gate" | D | G) 32
//! Confirm    HMAC(k_d, "desk" | D | G)  ──►
//! Data       counter 8 | sealed request ──►
//!                                       ◄──   Data       counter 8 | sealed answer
//!
//! prk = HMAC(D | G, link key);  k = HKDF-Expand(prk, purpose) for: proof of the gate, proof of the desk, to the gate, to the desk
//! ```
//!
//! In the clear go only [`Hello`], and a provisioning that is sealed by itself ([`super::sealing`]). Nothing here waits or reads a clock:
//! bytes come in, bytes go out.

pub mod framing;
mod hello;
pub mod message;
mod opening;
mod session;
#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

use zeroize::Zeroizing;

use crate::crypto::CCM_TAG;

pub use framing::{Frame, FrameReader, Kind};
pub use hello::Hello;
pub use opening::{Opening, Received, Responder};
pub use session::Session;

/// The version of all this.
pub const VERSION: u8 = 1;
/// No message is longer, in bytes.
pub const LONGEST_MESSAGE: usize = 1024;
/// Length of a counter in bytes.
const COUNTER: usize = 8;
/// No body of a frame is longer, in bytes.
pub const LONGEST_BODY: usize = COUNTER + LONGEST_MESSAGE + CCM_TAG;
/// No frame is longer between its zeros, in bytes: its kind, and a byte for every 254.
pub const LONGEST_FRAME: usize = 1 + LONGEST_BODY + (1 + LONGEST_BODY) / 254 + 1;

/// The key of a link: 32 random bytes of one gate, wiped when dropped, never shown.
#[derive(Clone)]
pub struct LinkKey(Zeroizing<[u8; 32]>);

opaque_debug!(LinkKey);

impl LinkKey {
    /// Length in bytes.
    pub const LEN: usize = 32;

    /// A key from bytes that were drawn at random.
    pub fn new(bytes: [u8; Self::LEN]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// Its bytes: for storing it, and for nothing else.
    pub fn expose(&self) -> &[u8; Self::LEN] {
        &self.0
    }
}

/// Why a session does not come about, or has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The other side has another key.
    #[error("the other side of the link has another key")]
    WrongKey,
    /// The other side speaks another version.
    #[error("the other side of the link speaks version {0}, and only version 1 is known here")]
    Version(u8),
    /// A frame has not the form of its kind.
    #[error("a frame of the link is malformed")]
    Malformed,
    /// A frame does not open: it was altered, or is of another session, or came back from here.
    #[error("a frame of the link was altered")]
    Altered,
    /// A frame came a second time.
    #[error("a frame of the link was replayed")]
    Replayed,
    /// A frame before this one is missing: lost, or held back.
    #[error("a frame of the link is missing")]
    Missing,
    /// The counter is at its end.
    #[error("the counter of the link is at its end")]
    CounterEnd,
    /// A message is longer than it may be.
    #[error("a message is too long for the link")]
    TooLong,
    /// The session ended before.
    #[error("the session of the link has ended")]
    Ended,
}

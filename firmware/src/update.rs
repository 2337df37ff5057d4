//! Two images in turn: the one that runs, and the one that came after it.
//!
//! ```text
//! Updater::begin … data … end ─► approved ─ reset ─► Loader::prepare swaps ─► on trial ─ self-test ─► Trial::confirm
//!                                                            ▲                       │ reset, watchdog, power
//!                                                            └──── swaps back ◄──────┘
//! ```
//!
//! The gate verifies what comes ([`incoming`]); the boot loader ([`loader`]) swaps it in, page by page, with the crate `embassy-boot`, which
//! goes on where a power cut stopped it. What comes lies in a flash that whoever opens the box can rewrite, between the moment at which its
//! signature was verified and the one at which it is copied. So the digests of both images are written where nobody but this microcontroller
//! writes ([`approval`]), and the boot loader starts nothing else.

pub mod approval;
pub mod incoming;
pub mod loader;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;

use embedded_storage::nor_flash::ReadNorFlash;
use sha2::{Digest, Sha256};

/// Bytes that are copied and hashed at once.
const AT_ONCE: usize = 256;

/// SHA-256 over the first bytes of a flash. `None` where they cannot be read.
pub(crate) fn digest<F: ReadNorFlash>(flash: &mut F, length: u32) -> Option<[u8; 32]> {
    let mut hash = Sha256::new();
    let mut bytes = [0; AT_ONCE];
    let mut at = 0;
    while at < length {
        let count = usize::try_from(length - at).ok()?.min(AT_ONCE);
        let bytes = bytes.get_mut(..count)?;
        flash.read(at, bytes).ok()?;
        hash.update(&*bytes);
        at = at.checked_add(u32::try_from(count).ok()?)?;
    }
    Some(hash.finalize().into())
}

//! Which images the boot loader may start: their digests, kept where nobody but this microcontroller writes.

use embedded_storage::nor_flash::ReadNorFlash;

use super::digest;

/// Bytes of an image's description: length 4, version 4, SHA-256 32.
const IMAGE: usize = 40;
/// Bytes of an approval.
pub const LEN: usize = 2 * IMAGE;

/// An image, by what it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approved {
    /// Bytes.
    pub length: u32,
    /// Its version.
    pub version: u32,
    /// SHA-256 of them.
    pub sha256: [u8; 32],
}

impl Approved {
    /// Whether this image stands at the beginning of a flash.
    pub fn stands_in<F: ReadNorFlash>(&self, flash: &mut F) -> bool {
        let fits = usize::try_from(self.length).is_ok_and(|length| length <= flash.capacity());
        fits && digest(flash, self.length) == Some(self.sha256)
    }

    fn read(bytes: &[u8]) -> Option<Self> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (version, sha256) = rest.split_first_chunk()?;
        let [length, version] = [*length, *version].map(u32::from_be_bytes);
        Some(Self { length, version, sha256: sha256.try_into().ok()? })
    }
}

/// What may be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Approval {
    /// What ran when something came.
    pub running: Approved,
    /// What came, until it has confirmed itself; the same as `running` from then on.
    pub incoming: Approved,
}

impl Approval {
    /// What runs has confirmed itself, and nothing comes.
    pub fn settled(running: Approved) -> Self {
        Self { running, incoming: running }
    }

    /// Whether something comes.
    pub fn is_pending(&self) -> bool {
        self.running != self.incoming
    }

    /// Whether what stands there is one of the two.
    pub fn allows<F: ReadNorFlash>(&self, active: &mut F) -> bool {
        self.incoming.stands_in(active) || self.running.stands_in(active)
    }

    /// Its bytes.
    pub fn to_bytes(self) -> [u8; LEN] {
        let mut bytes = [0; LEN];
        let images = [self.running, self.incoming];
        let words = images.map(|image| [image.length.to_be_bytes(), image.version.to_be_bytes()]);
        let fields = images.iter().zip(&words).flat_map(|(image, words)| words.as_flattened().iter().chain(&image.sha256));
        bytes.iter_mut().zip(fields).for_each(|(place, byte)| *place = *byte);
        bytes
    }

    /// Reads them. `None` for anything else.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (running, incoming) = bytes.split_at_checked(IMAGE)?;
        Some(Self { running: Approved::read(running)?, incoming: Approved::read(incoming)? })
    }
}

/// Where the approval is kept: each is replaced whole or not at all.
pub trait Approvals {
    /// The approval; `None` where none was ever written.
    ///
    /// # Errors
    /// That it cannot be read. An image without an approval is started as an engineer loaded it; one whose approval cannot be read is not.
    fn approval(&mut self) -> Result<Option<Approval>, Unreadable>;

    /// Writes it. Whether it stands there now.
    fn approve(&mut self, approval: &Approval) -> bool;
}

/// The flash of the microcontroller does not say what may be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the approval of the images cannot be read")]
pub struct Unreadable;

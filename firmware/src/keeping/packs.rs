//! The pack in force, and the one that is coming: two sectors that are looked up where they lie.
//!
//! A pack comes in pieces into the sector that is not in force, is verified there, and is put in force by one write to the vault. Until
//! then, and whatever happens on the way, the gate runs on the one before, as long as that is in date.

use embedded_storage::nor_flash::MultiwriteNorFlash;
use embedded_storage::nor_flash::{NorFlash, NorFlashError, NorFlashErrorKind};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Digest, DigestAlgorithm, Provider};
use soat::gate::pack::{GatePack, LONGEST_PACK, PackError};
use soat::time::Timestamp;

use super::records::RecordsError;
use super::vault::{ActivePack, Floors, Vault};

/// Flash that can be looked at where it lies. Its pages are the two slots; every byte can be programmed by itself.
pub trait Mapped: NorFlash {
    /// The first bytes of a slot (0 or 1) as they stand there now, or `None` where it is not as long. They are not to be looked at any more
    /// once the slot is erased.
    fn slot(&mut self, slot: u8, length: usize) -> Option<&'static [u8]>;
}

/// Why a pack is not taken over, or none is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TakeError {
    /// No pack was ever taken over.
    #[error("there is no pack")]
    None,
    /// It is longer than a pack may be, or longer than was said.
    #[error("the gate pack is too large")]
    TooLarge,
    /// Pieces are missing, or came in another order.
    #[error("the gate pack did not come whole")]
    Torn,
    /// What lies there is not what was taken over.
    #[error("the gate pack in force is damaged")]
    Damaged,
    /// It breaks a rule of packs.
    #[error(transparent)]
    Pack(#[from] PackError),
    /// The vault cannot be read or written.
    #[error(transparent)]
    Vault(#[from] RecordsError),
    /// The flash failed.
    #[error("the flash of the pack failed: {0}")]
    Flash(NorFlashErrorKind),
}

impl TakeError {
    /// A stable code for the journal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::None => "pack.none",
            Self::TooLarge | Self::Pack(PackError::TooLarge) => "pack.too_large",
            Self::Torn => "pack.torn",
            Self::Damaged | Self::Pack(PackError::Damaged | PackError::NotAPack) => "pack.damaged",
            Self::Pack(PackError::OtherKey) => "pack.other_key",
            Self::Pack(PackError::Signature(_)) => "pack.signature_invalid",
            Self::Pack(PackError::NotNewer { .. }) => "pack.not_newer",
            Self::Pack(PackError::Ended) => "pack.ended",
            Self::Pack(_) => "pack.invalid",
            Self::Vault(_) => "pack.vault_failed",
            Self::Flash(_) => "pack.flash_failed",
        }
    }
}

/// Who may tell this gate what to do, and from which version on.
#[derive(Clone, Copy, Debug)]
pub struct Authority {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs.
    pub operator: Digest,
    /// No pack of an earlier version is taken.
    pub least_version: u64,
}

impl Authority {
    /// The version that was held before: what is taken must be later. `None` where any will do.
    fn held<V: MultiwriteNorFlash>(&self, vault: &mut Vault<V>) -> Result<Option<u64>, RecordsError> {
        let active = vault.active_pack()?.map(|active| active.version);
        let floor = Some(vault.floors()?.pack).filter(|floor| *floor > 0);
        Ok(active.max(floor).max(self.least_version.checked_sub(1)))
    }
}

/// The two slots.
pub struct Packs<F> {
    flash: F,
    coming: Option<Coming>,
}

/// A pack of which pieces have come.
#[derive(Clone, Copy)]
struct Coming {
    slot: u8,
    length: u32,
    come: u32,
}

impl<F: Mapped> Packs<F> {
    const SLOT: u32 = {
        assert!(F::ERASE_SIZE <= 1 << 20 && F::WRITE_SIZE == 1, "this flash is not fit for packs");
        #[allow(clippy::cast_possible_truncation)]
        let slot = F::ERASE_SIZE as u32;
        slot
    };

    /// The slots on this flash.
    pub fn new(flash: F) -> Self {
        Self { flash, coming: None }
    }

    /// The pack in force, verified anew: flash forgets too.
    ///
    /// # Errors
    /// [`TakeError::None`], [`TakeError::Damaged`], [`TakeError::Pack`], [`TakeError::Vault`]
    pub fn in_force<V: MultiwriteNorFlash>(
        &mut self,
        vault: &mut Vault<V>,
        authority: &Authority,
    ) -> Result<GatePack<'static>, TakeError> {
        let active = vault.active_pack()?.ok_or(TakeError::None)?;
        let length = usize::try_from(active.length).map_err(|_| TakeError::Damaged)?;
        let bytes = self.flash.slot(active.slot, length).ok_or(TakeError::Damaged)?;
        if RustCrypto.digest(DigestAlgorithm::Sha256, &[bytes]).as_ref() != active.sha256 {
            return Err(TakeError::Damaged);
        }
        let pack = GatePack::verify(bytes, &authority.operator, &RustCrypto)?;
        let (found, held) = (pack.header().version, authority.least_version.saturating_sub(1));
        if found <= held && authority.least_version > 0 {
            return Err(PackError::NotNewer { held, found }.into());
        }
        Ok(pack)
    }

    /// A pack of this length is coming. What came of another is given up.
    ///
    /// # Errors
    /// [`TakeError::TooLarge`], [`TakeError::Vault`], [`TakeError::Flash`]
    pub fn begin<V: MultiwriteNorFlash>(&mut self, vault: &mut Vault<V>, length: u32) -> Result<(), TakeError> {
        self.coming = None;
        if usize::try_from(length).is_ok_and(|length| length > LONGEST_PACK) || length > Self::SLOT {
            return Err(TakeError::TooLarge);
        }
        let slot = match vault.active_pack()? {
            Some(active) if active.slot == 0 => 1,
            _ => 0,
        };
        let from = u32::from(slot) * Self::SLOT;
        self.flash.erase(from, from + Self::SLOT).map_err(flash)?;
        self.coming = Some(Coming { slot, length, come: 0 });
        Ok(())
    }

    /// The next piece of it.
    ///
    /// # Errors
    /// [`TakeError::Torn`] where it does not follow on what came, [`TakeError::TooLarge`], [`TakeError::Flash`]; what came is given up.
    pub fn data(&mut self, offset: u32, bytes: &[u8]) -> Result<(), TakeError> {
        let coming = self.coming.take().filter(|coming| coming.come == offset).ok_or(TakeError::Torn)?;
        let come = u32::try_from(bytes.len()).ok().and_then(|len| coming.come.checked_add(len)).ok_or(TakeError::TooLarge)?;
        if come > coming.length {
            return Err(TakeError::TooLarge);
        }
        self.flash.write(u32::from(coming.slot) * Self::SLOT + offset, bytes).map_err(flash)?;
        self.coming = Some(Coming { come, ..coming });
        Ok(())
    }

    /// It has come whole: verifies it where it lies, and puts it in force.
    ///
    /// # Errors
    /// [`TakeError`]; the pack before stays in force.
    pub fn end<V: MultiwriteNorFlash>(
        &mut self,
        vault: &mut Vault<V>,
        authority: &Authority,
        now: Timestamp,
    ) -> Result<GatePack<'static>, TakeError> {
        let coming = self.coming.take().filter(|coming| coming.come == coming.length).ok_or(TakeError::Torn)?;
        let length = usize::try_from(coming.length).map_err(|_| TakeError::TooLarge)?;
        let bytes = self.flash.slot(coming.slot, length).ok_or(TakeError::Torn)?;
        let pack = GatePack::verify(bytes, &authority.operator, &RustCrypto)?;
        pack.may_follow(authority.held(vault)?, now)?;
        let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[bytes]);
        let sha256 = digest.as_ref().try_into().map_err(|_| TakeError::Damaged)?;
        let version = pack.header().version;
        vault.put_in_force(&ActivePack { slot: coming.slot, length: coming.length, sha256, version })?;
        // After a cut between the two the version of the pack in force is a floor by itself.
        vault.raise(Floors { pack: version, time: u64::try_from(pack.header().made_at.0).unwrap_or(0), image: 0 })?;
        Ok(pack)
    }
}

fn flash(error: impl NorFlashError) -> TakeError {
    TakeError::Flash(error.kind())
}

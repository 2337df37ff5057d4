//! What the service needs of the gate that it speaks for.

use alloc::vec::Vec;

use rand_core::CryptoRng;
use soat::gate::enrolled::Enrolled;
use soat::gate::link::LinkKey;
use soat::gate::link::message::{Entries, Refusal, Status, Tested};
use soat::gate::pack::PackError;
use soat::gate::sealing::{DeviceKey, ONE_TIME};
use soat::time::Timestamp;

use super::Desk;

/// Keys, settings, packs and journal of a gate, and its machine. What a gate cannot do yet it refuses.
pub trait Keeper {
    /// Randomness fit for keys.
    fn entropy(&mut self) -> &mut dyn CryptoRng;

    /// Reader and scanner, for a desk; none where the gate has no pack, and so none that works.
    fn desk(&mut self) -> Option<&mut dyn Desk> {
        None
    }

    /// The key pair of this device.
    fn device(&self) -> &DeviceKey;

    /// The version of the image.
    fn image(&self) -> u32;

    /// Whether the jumper is set that lets a provisioning in.
    fn has_jumper(&self) -> bool;

    /// The number under which the next provisioning counts: drawn at random, and anew at each start at the latest.
    fn one_time(&self) -> [u8; ONE_TIME];

    /// Goes by another number from now on: the one before counts no more.
    ///
    /// # Errors
    /// [`Refusal::Storage`], where it is kept and cannot be; nothing is provisioned then.
    fn set_one_time(&mut self, number: [u8; ONE_TIME]) -> Result<(), Refusal>;

    /// The key of the link; `None` before the gate is provisioned.
    fn link_key(&self) -> Option<LinkKey>;

    /// Keeps a record ([`soat::gate::provisioning`]), which was read once to see that it is whole, and goes by it from now on or from the
    /// next start on. The journal's key is not to be kept with it ([`soat::gate::provisioning::Provisioning::without_journal_key`]).
    ///
    /// # Errors
    /// [`Refusal::Storage`]; the record before is whole then.
    fn provision(&mut self, record: &[u8]) -> Result<(), Refusal>;

    /// How the gate is, so many milliseconds after its start.
    fn status(&mut self, now: u64) -> Status;

    /// Sets the clock.
    ///
    /// # Errors
    /// [`Refusal::TimeBeforeFloor`], [`Refusal::Storage`]
    fn set_time(&mut self, time: Timestamp) -> Result<(), Refusal>;

    /// Keeps which cards need no code, and goes by it from now on.
    ///
    /// # Errors
    /// [`Refusal::NotProvisioned`], [`Refusal::Storage`]; the list before is whole then.
    fn enrol(&mut self, _cards: &Enrolled) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }

    /// What works of reader, clock, pack, storage and journal; cryptography and randomness are tested by the service.
    fn self_test(&mut self) -> Vec<Tested>;

    /// Entries of the journal from a number on, as many as [`Entries`] finds room for in a message: 900 bytes of them.
    ///
    /// # Errors
    /// Why there are none.
    fn journal(&mut self, _from: u64) -> Result<Entries, Refusal> {
        Err(Refusal::NotSupported)
    }

    /// A pack of this length and SHA-256 begins; one that was begun before is dropped.
    ///
    /// # Errors
    /// [`Refusal::PackTooLarge`], [`Refusal::Storage`]
    fn pack_begin(&mut self, _length: u32, _sha256: &[u8; 32]) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }

    /// Its next piece, which lies at this place.
    ///
    /// # Errors
    /// [`Refusal::TransferOutOfOrder`], [`Refusal::Storage`]
    fn pack_data(&mut self, _offset: u32, _bytes: &[u8]) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }

    /// It is whole: it is verified, and goes in the place of the one before.
    ///
    /// # Errors
    /// Why it does not ([`of_pack_error`]); the one before goes on.
    fn pack_end(&mut self) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }

    /// An image of this length and SHA-256 begins.
    ///
    /// # Errors
    /// As of [`Keeper::pack_begin`].
    fn image_begin(&mut self, _length: u32, _sha256: &[u8; 32]) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }

    /// Its next piece.
    ///
    /// # Errors
    /// As of [`Keeper::pack_data`].
    fn image_data(&mut self, _offset: u32, _bytes: &[u8]) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }

    /// It is whole.
    ///
    /// # Errors
    /// Why it is not taken.
    fn image_end(&mut self) -> Result<(), Refusal> {
        Err(Refusal::NotSupported)
    }
}

/// How a pack that is not taken over is told to a desk.
pub fn of_pack_error(error: PackError) -> Refusal {
    match error {
        PackError::TooLarge => Refusal::PackTooLarge,
        PackError::OtherKey | PackError::Signature(_) => Refusal::PackSignature,
        PackError::NotNewer { .. } => Refusal::PackNotNewer,
        PackError::Ended => Refusal::PackEnded,
        _ => Refusal::PackDamaged,
    }
}

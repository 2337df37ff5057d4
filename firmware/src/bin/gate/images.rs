//! The image that comes over the link, and the trial of the one that came.

use embedded_storage::nor_flash::{NorFlashErrorKind, ReadNorFlash as _};
use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::image::ImageError;
use soat::gate::link::message::Refusal;
use soat_firmware::keeping::vault::Floors;
use soat_firmware::update::incoming::{self, Incoming, Last, Terms, UpdateError};

use crate::machine::{self, StateFlash};
use crate::start::Keep;

/// The version of an image that an engineer loaded.
const LOADED: u32 = 1;
/// As images for this board name it.
const BOARD: &str = "stm32f405";
/// An image that has not confirmed itself by then is taken back.
pub const TRIAL_MS: u64 = 120_000;

/// Where images come and go.
pub struct Images {
    flash: Result<machine::Incoming, NorFlashErrorKind>,
    state: Option<StateFlash>,
    coming: Option<Incoming>,
    /// Whether this image came last and has not confirmed itself.
    pub on_trial: bool,
    /// Whether it has yet to be settled which image stays.
    pub is_due: bool,
    /// The version of this image.
    pub version: u32,
}

impl Images {
    /// With the flash of what comes.
    pub fn new(flash: Result<machine::Incoming, NorFlashErrorKind>) -> Self {
        let mut state = machine::state();
        let on_trial = state.as_mut().is_some_and(|state| incoming::on_trial(state) == Ok(true));
        Self { flash, state, coming: None, on_trial, is_due: on_trial, version: LOADED }
    }

    /// What the vault says of them.
    pub fn learn(&mut self, keep: &mut Keep) {
        if let Ok(Some(approval)) = keep.vault.images() {
            let runs = if self.on_trial { approval.incoming } else { approval.running };
            self.version = runs.version;
            self.is_due |= approval.is_pending();
        }
    }

    /// A file of so many bytes begins.
    pub fn begin(&mut self, length: u32) -> Result<(), UpdateError> {
        let state = self.state.as_mut().ok_or(UpdateError::Storage)?;
        self.coming = Some(Incoming::begin(length, state)?);
        Ok(())
    }

    /// Its next piece.
    pub fn data(&mut self, offset: u32, piece: &[u8], operator: Digest, held: u32) -> Result<(), UpdateError> {
        let coming = self.coming.as_mut().ok_or(UpdateError::OutOfOrder)?;
        let flash = self.flash.as_mut().map_err(|_| UpdateError::Storage)?;
        let done = coming.data(
            offset,
            piece,
            flash,
            &Terms { operator, board: BOARD, held, room: machine::active().capacity() },
            &RustCrypto,
        );
        if done.is_err() {
            self.coming = None;
        }
        done
    }

    /// It is whole. Its version.
    pub fn end(&mut self, held: u32, keep: &mut Keep) -> Result<u32, UpdateError> {
        let coming = self.coming.take().ok_or(UpdateError::OutOfOrder)?;
        let flash = self.flash.as_mut().map_err(|_| UpdateError::Storage)?;
        let state = self.state.as_mut().ok_or(UpdateError::Storage)?;
        coming.end(&mut machine::active(), flash, state, held, &mut keep.vault)
    }

    /// This image has tested itself, and stays.
    pub fn confirm(&mut self, keep: &mut Keep) -> Result<Last, UpdateError> {
        let state = self.state.as_mut().ok_or(UpdateError::Storage)?;
        let last = incoming::confirm(&mut machine::active(), state, &mut keep.vault)?;
        (self.on_trial, self.is_due) = (false, false);
        if let Last::Stays(version) = last {
            keep.vault.raise(Floors { image: version.into(), ..Floors::default() }).map_err(|_| UpdateError::Storage)?;
        }
        Ok(last)
    }

    /// The version that was taken over last.
    pub fn held(&self, keep: &mut Keep) -> Result<u32, UpdateError> {
        let floors = keep.vault.floors().map_err(|_| UpdateError::Storage)?;
        u32::try_from(floors.image).map(|floor| floor.max(self.version)).map_err(|_| UpdateError::Storage)
    }
}

/// How an image that is not taken is told to a desk.
pub fn refusal(error: &UpdateError) -> Refusal {
    match error {
        UpdateError::OutOfOrder => Refusal::TransferOutOfOrder,
        UpdateError::Storage => Refusal::Storage,
        UpdateError::OnTrial => Refusal::ImageOnTrial,
        UpdateError::Image(error) => match error {
            ImageError::OtherKey | ImageError::Signature(_) => Refusal::ImageSignature,
            ImageError::OtherBoard => Refusal::ImageOtherBoard,
            ImageError::TooLarge => Refusal::ImageTooLarge,
            ImageError::NotNewer { .. } => Refusal::ImageNotNewer,
            _ => Refusal::ImageDamaged,
        },
    }
}

/// The reason in the journal.
pub fn reason(error: &UpdateError) -> &'static str {
    match refusal(error) {
        Refusal::ImageSignature => "image.signature",
        Refusal::ImageOtherBoard => "image.other_board",
        Refusal::ImageTooLarge => "image.too_large",
        Refusal::ImageNotNewer => "image.not_newer",
        Refusal::ImageOnTrial => "image.on_trial",
        Refusal::TransferOutOfOrder => "image.torn",
        Refusal::Storage => "image.storage",
        _ => "image.damaged",
    }
}

//! An image that comes in pieces: verified before a byte of it is believed, and approved only once it stands there whole.

use alloc::vec::Vec;

use embassy_boot::{BlockingFirmwareState, State};
use embedded_storage::nor_flash::{NorFlash, ReadNorFlash};
use soat::crypto::{Digest, Provider};
use soat::gate::image::{ImageError, ImageHeader, LONGEST_HEADER};

use super::approval::{Approval, Approvals, Approved};
use super::digest;

/// State words of `embassy-boot` on a flash that is written by bytes or by words.
const WORD: usize = 4;

/// Why an image is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpdateError {
    /// It is none that this gate takes.
    #[error(transparent)]
    Image(#[from] ImageError),
    /// Pieces are missing, or come twice.
    #[error("the pieces of the image do not follow each other")]
    OutOfOrder,
    /// A flash cannot be read or written.
    #[error("the image cannot be written")]
    Storage,
    /// The last one has not confirmed itself yet.
    #[error("the image that came last is still on trial")]
    OnTrial,
}

/// What an update must be to be taken.
pub struct Terms<'a> {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs for this site.
    pub operator: Digest,
    /// The board, as its images name it.
    pub board: &'a str,
    /// The version that was taken over last.
    pub held: u32,
    /// Bytes that there are for the image that runs.
    pub room: usize,
}

/// An image on its way.
pub struct Incoming {
    /// Bytes of the file, and those that have come.
    length: u32,
    came: u32,
    /// The first bytes, until the header in them is read.
    head: Vec<u8>,
    header: Option<ImageHeader>,
    /// Bytes of the image that were written, and those that wait for a whole word.
    written: u32,
    rest: Vec<u8>,
}

impl Incoming {
    /// A file of this many bytes begins. While what runs is on trial, its way back lies where this would be written.
    ///
    /// # Errors
    /// [`UpdateError::OnTrial`] and [`UpdateError::Storage`]
    pub fn begin<S: NorFlash>(length: u32, state: &mut S) -> Result<Self, UpdateError> {
        if on_trial(state)? {
            return Err(UpdateError::OnTrial);
        }
        Ok(Self { length, came: 0, head: Vec::new(), header: None, written: 0, rest: Vec::new() })
    }

    /// The piece that begins at this byte of the file.
    ///
    /// # Errors
    /// [`UpdateError`]; what came so far is worth nothing then.
    pub fn data<D: NorFlash>(
        &mut self,
        offset: u32,
        piece: &[u8],
        dfu: &mut D,
        terms: &Terms<'_>,
        provider: &dyn Provider,
    ) -> Result<(), UpdateError> {
        let count = u32::try_from(piece.len()).map_err(|_| UpdateError::OutOfOrder)?;
        if offset != self.came || count > self.length - self.came {
            return Err(UpdateError::OutOfOrder);
        }
        self.came += count;
        if self.header.is_some() {
            return self.write(piece, dfu);
        }
        self.head.extend_from_slice(piece);
        if self.head.len() < LONGEST_HEADER && self.came < self.length {
            return Ok(());
        }
        let head = core::mem::take(&mut self.head);
        let (header, image) = ImageHeader::read(&head, Some(&terms.operator), provider)?;
        header.may_follow(terms.board, terms.held)?;
        if usize::try_from(header.length).map_or(true, |length| length > terms.room.min(dfu.capacity())) {
            return Err(ImageError::TooLarge.into());
        }
        self.header = Some(header);
        self.write(image, dfu)
    }

    fn write<D: NorFlash>(&mut self, bytes: &[u8], dfu: &mut D) -> Result<(), UpdateError> {
        self.rest.extend_from_slice(bytes);
        let whole = self.rest.len() - self.rest.len() % WORD.max(D::WRITE_SIZE);
        let words: Vec<u8> = self.rest.drain(..whole).collect();
        self.program(&words, dfu)
    }

    /// Erases each page before its first byte.
    fn program<D: NorFlash>(&mut self, words: &[u8], dfu: &mut D) -> Result<(), UpdateError> {
        let page = u32::try_from(D::ERASE_SIZE).map_err(|_| UpdateError::Storage)?;
        let mut words = words;
        while !words.is_empty() {
            let in_page = self.written % page;
            if in_page == 0 {
                dfu.erase(self.written, self.written + page).map_err(|_| UpdateError::Storage)?;
            }
            let room = usize::try_from(page - in_page).map_err(|_| UpdateError::Storage)?;
            let (now, later) = words.split_at(room.min(words.len()));
            dfu.write(self.written, now).map_err(|_| UpdateError::Storage)?;
            self.written += u32::try_from(now.len()).map_err(|_| UpdateError::Storage)?;
            words = later;
        }
        Ok(())
    }

    /// The file is whole: what stands in the flash is compared with what was signed, approved, and swapped in with the next start.
    ///
    /// # Errors
    /// [`UpdateError`]; nothing is approved then.
    pub fn end<A: ReadNorFlash, D: NorFlash, S: NorFlash>(
        mut self,
        active: &mut A,
        dfu: &mut D,
        state: &mut S,
        held: u32,
        approvals: &mut impl Approvals,
    ) -> Result<u32, UpdateError> {
        let header = self.header.take().ok_or(UpdateError::OutOfOrder)?;
        if self.came != self.length {
            return Err(UpdateError::OutOfOrder);
        }
        let mut rest = core::mem::take(&mut self.rest);
        let came = usize::try_from(self.written).map_err(|_| UpdateError::Storage)? + rest.len();
        rest.resize(rest.len().next_multiple_of(WORD.max(D::WRITE_SIZE)), 0xFF);
        self.program(&rest, dfu)?;
        let incoming = Approved { length: header.length, version: header.version, sha256: header.sha256 };
        let capacity = u32::try_from(active.capacity()).map_err(|_| UpdateError::Storage)?;
        if usize::try_from(header.length) != Ok(came) || !incoming.stands_in(dfu) {
            return Err(ImageError::Damaged.into());
        }
        let running = match approvals.approval().map_err(|_| UpdateError::Storage)? {
            Some(Approval { incoming, .. }) if incoming.stands_in(active) => incoming,
            Some(Approval { running, .. }) if running.stands_in(active) => running,
            // What an engineer loaded has a length that nobody wrote down.
            _ => Approved { length: capacity, version: held, sha256: digest(active, capacity).ok_or(UpdateError::Storage)? },
        };
        if !approvals.approve(&Approval { running, incoming }) {
            return Err(UpdateError::Storage);
        }
        let mut word = [0; WORD];
        let word = word.get_mut(..S::WRITE_SIZE).ok_or(UpdateError::Storage)?;
        BlockingFirmwareState::new(state, word).mark_updated().map_err(|_| UpdateError::Storage)?;
        Ok(header.version)
    }
}

/// Whether what runs came last and has not confirmed itself.
///
/// # Errors
/// That the state cannot be read.
pub fn on_trial<S: NorFlash>(state: &mut S) -> Result<bool, UpdateError> {
    let mut word = [0; WORD];
    let word = word.get_mut(..S::WRITE_SIZE).ok_or(UpdateError::Storage)?;
    let state = BlockingFirmwareState::new(state, word).get_state().map_err(|_| UpdateError::Storage)?;
    Ok(state == State::Swap)
}

/// What became of the image that came last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// None came, or it was settled before.
    Nothing,
    /// It runs, and stays: the floor is raised to this version.
    Stays(u32),
    /// What ran before it runs again; this was its version.
    TakenBack(u32),
}

/// What runs has tested itself, and stays.
///
/// # Errors
/// That a flash cannot be read or written: it is taken back with the next start.
pub fn confirm<A: ReadNorFlash, S: NorFlash>(
    active: &mut A,
    state: &mut S,
    approvals: &mut impl Approvals,
) -> Result<Last, UpdateError> {
    if on_trial(state)? {
        let mut word = [0; WORD];
        let word = word.get_mut(..S::WRITE_SIZE).ok_or(UpdateError::Storage)?;
        BlockingFirmwareState::new(state, word).mark_booted().map_err(|_| UpdateError::Storage)?;
    }
    // Where the power went between the two, the second is done with the next start.
    let approval = approvals.approval().map_err(|_| UpdateError::Storage)?;
    let Some(Approval { incoming, running }) = approval.filter(Approval::is_pending) else { return Ok(Last::Nothing) };
    let (stays, last) = if incoming.stands_in(active) {
        (incoming, Last::Stays(incoming.version))
    } else if running.stands_in(active) {
        (running, Last::TakenBack(incoming.version))
    } else {
        return Ok(Last::Nothing);
    };
    if approvals.approve(&Approval::settled(stays)) { Ok(last) } else { Err(UpdateError::Storage) }
}

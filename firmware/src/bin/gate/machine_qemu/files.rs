//! Flash as files of the host, written in small pieces, so that whoever kills the machine tears a write or an erase as a power cut does.
//!
//! | file | stands for |
//! |---|---|
//! | `vault.bin`, `slots.bin` | sectors 2 and 3, 10 and 11 of the microcontroller |
//! | `state.bin` | sector 4 |
//! | `chip.bin` | the journal's part of the flash chip, of 64 KiB |
//! | `incoming.bin` | the part for the image that comes |
//! | `provisioning.bin`, `pack.bin` | what is handed over at a start |

use alloc::vec;
use alloc::vec::Vec;

use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use soat::gate::pack::LONGEST_PACK;
use soat_firmware::keeping::packs::Mapped;
use zeroize::Zeroizing;

use super::host::{HostFile, opened, opened_or_made};

/// What is written at once.
const WORD: usize = 8;
/// What is erased at once.
const ROW: usize = 256;
const BLANK: u8 = 0xFF;

/// A pack is handed over at any start.
pub const HANDS_OVER_LATER: bool = true;

/// Sectors 2 and 3.
pub type VaultFlash = HostFlash<{ 16 << 10 }, 2>;
/// The chip of the journal.
pub type Chip = HostFlash<{ 4 << 10 }, 16>;
/// The part for the image that comes.
pub type Incoming = HostFlash<{ 4 << 10 }, { 5 * 32 }>;
/// Sectors 10 and 11.
pub type Slots = HostFlash<{ 128 << 10 }, 2>;

/// What remains without power, beside the vault.
pub struct Storage {
    /// For the journal.
    pub chip: Result<Chip, NorFlashErrorKind>,
    /// For the image that comes.
    pub incoming: Result<Incoming, NorFlashErrorKind>,
    /// For packs.
    pub slots: Slots,
}

/// Sector 4.
pub type StateFlash = HostFlash<{ 64 << 10 }, 1>;

/// How far a swap is.
pub fn state() -> Option<StateFlash> {
    HostFlash::open(b"state.bin\0")
}

/// The file of the vault.
pub fn vault() -> Option<VaultFlash> {
    HostFlash::open(b"vault.bin\0")
}

/// What somebody gives this gate at its start.
pub struct Given {
    /// The provisioning.
    pub provisioning: Zeroizing<Vec<u8>>,
    /// A pack.
    pub pack: &'static [u8],
}

/// What the host's files say.
pub fn given() -> Given {
    Given { provisioning: Zeroizing::new(file(b"provisioning.bin\0")), pack: file(b"pack.bin\0").leak() }
}

/// The host's files stay.
pub fn taken() {}

/// A file as NOR flash.
pub struct HostFlash<const PAGE: usize, const PAGES: usize>(HostFile);

impl<const PAGE: usize, const PAGES: usize> HostFlash<PAGE, PAGES> {
    /// Opens the file, or makes it blank.
    pub fn open(name: &[u8]) -> Option<Self> {
        let host = opened_or_made(name)?;
        let mut at = host.length();
        while at < PAGE * PAGES {
            // A making that was killed ended anywhere.
            let row = [BLANK; ROW];
            let rest = row.get(at % ROW..)?;
            (host.seek(at) && host.write(rest)).then_some(())?;
            at += rest.len();
        }
        Some(Self(host))
    }
}

impl<const PAGE: usize, const PAGES: usize> ErrorType for HostFlash<PAGE, PAGES> {
    type Error = NorFlashErrorKind;
}

impl<const PAGE: usize, const PAGES: usize> ReadNorFlash for HostFlash<PAGE, PAGES> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        let is_read = self.0.seek(offset as usize) && self.0.read(bytes);
        is_read.then_some(()).ok_or(NorFlashErrorKind::Other)
    }

    fn capacity(&self) -> usize {
        PAGE * PAGES
    }
}

impl<const PAGE: usize, const PAGES: usize> NorFlash for HostFlash<PAGE, PAGES> {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        for at in (from as usize..to as usize).step_by(ROW) {
            (self.0.seek(at) && self.0.write(&[BLANK; ROW])).then_some(()).ok_or(NorFlashErrorKind::Other)?;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let is_written = self.0.seek(offset as usize) && bytes.chunks(WORD).all(|word| self.0.write(word));
        is_written.then_some(()).ok_or(NorFlashErrorKind::Other)
    }
}

impl<const PAGE: usize, const PAGES: usize> MultiwriteNorFlash for HostFlash<PAGE, PAGES> {}

impl Mapped for Slots {
    fn slot(&mut self, slot: u8, length: usize) -> Option<&'static [u8]> {
        let mut bytes = vec![0; Some(length).filter(|length| *length <= LONGEST_PACK)?];
        self.read(u32::from(slot) * (128 << 10), &mut bytes).ok()?;
        Some(bytes.leak())
    }
}

/// The whole of a file of the host; empty where there is none.
pub fn file(name: &[u8]) -> Vec<u8> {
    let Some(host) = opened(name) else { return Vec::new() };
    let length = host.length();
    let mut bytes = vec![0; length.min(LONGEST_PACK)];
    if host.read(&mut bytes) { bytes } else { Vec::new() }
}

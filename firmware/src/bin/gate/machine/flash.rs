//! Flash of the board: sectors of the microcontroller (RM0090 table 5), and the chip at SPI2.
//!
//! | sector | from | what |
//! |---|---|---|
//! | 2, 3 | 0x08008000 | the vault |
//! | 4 | 0x08010000 | how far a swap of images is |
//! | 5 to 8 | 0x08020000 | the image that runs |
//! | 9 | 0x080A0000 | what is handed over at the first start |
//! | 10, 11 | 0x080C0000 | the two packs |
//!
//! The chip at SPI2 has the journal in its first mebibyte, and behind it the image that comes.

use alloc::boxed::Box;
use alloc::vec::Vec;
use core::cell::RefCell;

use embassy_embedded_hal::flash::partition::BlockingPartition;
use embassy_sync::blocking_mutex::Mutex;
use embassy_sync::blocking_mutex::raw::NoopRawMutex;
use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};
use soat::gate::pack::LONGEST_PACK;
use soat::gate::provisioning;
use soat_firmware::keeping::packs::Mapped;
use soat_firmware::spi_nor::{Selected, SpiNor};
use stm32f4xx_hal::flash::FlashExt;
use stm32f4xx_hal::gpio::{Output, Pin};
use stm32f4xx_hal::pac::{FLASH, SPI2};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Rcc;
use stm32f4xx_hal::spi::{Mode, Phase, Polarity, Spi};
use zeroize::Zeroizing;

const START: u32 = 0x0800_0000;
/// Provisioning, and the key with which the journal begins.
const HANDED_OVER: Sectors<{ 128 << 10 }, 1, 9> = Sectors(0xA_0000);
/// A pack behind its length of four bytes, in the second slot.
const FIRST_PACK: u32 = 0xE_0000;

/// The first pack is handed over in one of the slots: later ones have to come another way.
pub const HANDS_OVER_LATER: bool = false;

/// Sectors 2 and 3.
pub type VaultFlash = Sectors<{ 16 << 10 }, 2, 2>;
/// Sectors 10 and 11.
pub type Slots = Sectors<{ 128 << 10 }, 2, 10>;
/// A chip of at most 16 MiB.
type Whole = SpiNor<Selected<Spi<SPI2>, Pin<'B', 1, Output>>>;
/// A part of it.
pub type Chip = BlockingPartition<'static, NoopRawMutex, Whole>;
/// The part for the image that comes.
pub type Incoming = Chip;

/// Where the image that runs begins.
pub const ACTIVE_START: u32 = 0x0802_0000;
const JOURNAL_BYTES: u32 = 1 << 20;
/// A page more than the image that runs may have: the swap needs it.
const INCOMING_BYTES: u32 = 5 * (128 << 10);

/// What remains without power, beside the vault.
pub struct Storage {
    /// For the journal.
    pub chip: Result<Chip, NorFlashErrorKind>,
    /// For the image that comes.
    pub incoming: Result<Incoming, NorFlashErrorKind>,
    /// For packs.
    pub slots: Slots,
}

/// Everything where it is; a chip that does not answer is told.
pub fn storage(
    _: FLASH,
    spi: SPI2,
    (select, clock, input, output): (Pin<'B', 1>, Pin<'B', 13>, Pin<'B', 14>, Pin<'B', 15>),
    rcc: &mut Rcc,
) -> Option<Storage> {
    let mode = Mode { polarity: Polarity::IdleLow, phase: Phase::CaptureOnFirstTransition };
    // Half of what its bus has: 21 MHz in the gate, 8 in the boot loader.
    let speed = rcc.clocks.pclk1() / 2;
    let bus = spi.spi((Some(clock), Some(input), Some(output)), mode, speed, rcc);
    let chip = SpiNor::new(Selected::new(bus, select.into_push_pull_output())).map_err(|error| error.kind()).and_then(|chip| {
        let is_large = chip.capacity() >= (JOURNAL_BYTES + INCOMING_BYTES) as usize;
        let shared: &'static Shared = Box::leak(Box::new(Mutex::new(RefCell::new(chip))));
        if is_large { Ok(shared) } else { Err(NorFlashErrorKind::OutOfBounds) }
    });
    let part = |from, bytes| chip.map(|chip| BlockingPartition::new(chip, from, bytes));
    Some(Storage { chip: part(0, JOURNAL_BYTES), incoming: part(JOURNAL_BYTES, INCOMING_BYTES), slots: Sectors(0xC_0000) })
}

type Shared = Mutex<NoopRawMutex, RefCell<Whole>>;

/// The image that runs.
pub fn active() -> Sectors<{ 128 << 10 }, 4, 5> {
    Sectors(ACTIVE_START - START)
}

/// Sector 4.
pub type StateFlash = Sectors<{ 64 << 10 }, 1, 4>;

/// How far a swap is.
pub fn state() -> Option<StateFlash> {
    Some(Sectors(0x1_0000))
}

/// The sectors of the vault.
pub fn vault() -> Option<VaultFlash> {
    Some(Sectors(0x8000))
}

/// What somebody gives this gate at its first start.
pub struct Given {
    /// The provisioning.
    pub provisioning: Zeroizing<Vec<u8>>,
    /// A pack.
    pub pack: &'static [u8],
}

/// What was written into flash from outside.
pub fn given() -> Given {
    let provisioning = bytes(HANDED_OVER.0, provisioning::LEN);
    Given { provisioning: Zeroizing::new(provisioning.to_vec()), pack: pack().unwrap_or_default() }
}

fn pack() -> Option<&'static [u8]> {
    let length = bytes(FIRST_PACK, 4).first_chunk().map(|length| u32::from_be_bytes(*length));
    let length = length.and_then(|length| usize::try_from(length).ok()).filter(|length| *length <= LONGEST_PACK)?;
    bytes(FIRST_PACK, 4 + length).get(4..)
}

/// What was handed over stands in the vault now, and nowhere else.
pub fn taken() {
    let mut sector = HANDED_OVER;
    if bytes(sector.0, 64 << 10).iter().all(|byte| *byte == 0xFF) {
        return;
    }
    // A sector that cannot be erased is one that is handed over again, which a vault that is filled does not look at.
    let _ = sector.erase(0, 128 << 10);
}

/// Flash as it stands there now.
fn bytes(offset: u32, length: usize) -> &'static [u8] {
    // SAFETY: callers name places inside the flash of this microcontroller, which can be read at any time. What is looked at for longer
    // is written to only by `Packs`, whose owner lets go of it first.
    unsafe { core::slice::from_raw_parts((START + offset) as *const u8, length) }
}

/// `COUNT` sectors of `SIZE` bytes from sector number `FIRST` on, at an offset in flash.
pub struct Sectors<const SIZE: usize, const COUNT: usize, const FIRST: u8>(u32);

impl<const SIZE: usize, const COUNT: usize, const FIRST: u8> ErrorType for Sectors<SIZE, COUNT, FIRST> {
    type Error = NorFlashErrorKind;
}

impl<const SIZE: usize, const COUNT: usize, const FIRST: u8> ReadNorFlash for Sectors<SIZE, COUNT, FIRST> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, target: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, target.len())?;
        target.copy_from_slice(bytes(self.0 + offset, target.len()));
        Ok(())
    }

    fn capacity(&self) -> usize {
        SIZE * COUNT
    }
}

impl<const SIZE: usize, const COUNT: usize, const FIRST: u8> NorFlash for Sectors<SIZE, COUNT, FIRST> {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = SIZE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        let (first, end) = (from as usize / SIZE, to as usize / SIZE);
        for sector in (FIRST..).take(COUNT).take(end).skip(first) {
            // SAFETY: nothing else writes flash.
            let mut flash = unsafe { FLASH::steal() };
            flash.unlocked().erase(sector).map_err(|error| error.kind())?;
            forget_cached(&flash);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, source: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, source.len())?;
        // SAFETY: nothing else writes flash.
        let mut flash = unsafe { FLASH::steal() };
        flash.unlocked().program((self.0 + offset) as usize, source.iter()).map_err(|error| error.kind())?;
        forget_cached(&flash);
        Ok(())
    }
}

/// The data cache does not see what is written and erased (RM0090 §3.5.2): it is reset while it is off.
fn forget_cached(flash: &FLASH) {
    flash.acr().modify(|_, w| w.dcen().clear_bit());
    flash.acr().modify(|_, w| w.dcrst().set_bit());
    flash.acr().modify(|_, w| w.dcrst().clear_bit().dcen().set_bit());
}

impl<const SIZE: usize, const COUNT: usize, const FIRST: u8> MultiwriteNorFlash for Sectors<SIZE, COUNT, FIRST> {}

impl Mapped for Slots {
    fn slot(&mut self, slot: u8, length: usize) -> Option<&'static [u8]> {
        (slot <= 1 && length <= 128 << 10).then(|| bytes(self.0 + u32::from(slot) * (128 << 10), length))
    }
}

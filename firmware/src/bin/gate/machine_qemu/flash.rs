//! Storage in QEMU: files of the debugging host, and the image as QEMU has it in its memory.

mod files;
pub mod host;

use embedded_storage::nor_flash::{ErrorType, NorFlash, NorFlashErrorKind, ReadNorFlash, check_read};
use stm32f4xx_hal::gpio::Pin;
use stm32f4xx_hal::pac::{FLASH, SPI2};
use stm32f4xx_hal::rcc::Rcc;

pub use files::*;

/// Opens the files, or makes them.
pub fn storage(_: FLASH, _: SPI2, _: (Pin<'B', 1>, Pin<'B', 13>, Pin<'B', 14>, Pin<'B', 15>), _: &mut Rcc) -> Option<Storage> {
    let chip = HostFlash::open(b"chip.bin\0").ok_or(NorFlashErrorKind::Other);
    let incoming = HostFlash::open(b"incoming.bin\0").ok_or(NorFlashErrorKind::Other);
    Some(Storage { chip, incoming, slots: HostFlash::open(b"slots.bin\0")? })
}

/// Where the image that runs begins.
pub const ACTIVE_START: u32 = 0x0802_0000;

/// The image that runs, as QEMU has it in its memory. It cannot be written there: a swap fails, and what fails starts nothing.
pub struct Active;

/// The image that runs.
pub fn active() -> Active {
    Active
}

impl ErrorType for Active {
    type Error = NorFlashErrorKind;
}

impl ReadNorFlash for Active {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        check_read(self, offset, bytes.len())?;
        // SAFETY: these sectors are flash of this microcontroller, which can be read at any time.
        bytes.copy_from_slice(unsafe { core::slice::from_raw_parts((ACTIVE_START + offset) as *const u8, bytes.len()) });
        Ok(())
    }

    fn capacity(&self) -> usize {
        4 * (128 << 10)
    }
}

impl NorFlash for Active {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = 128 << 10;

    fn erase(&mut self, _: u32, _: u32) -> Result<(), NorFlashErrorKind> {
        Err(NorFlashErrorKind::Other)
    }

    fn write(&mut self, _: u32, _: &[u8]) -> Result<(), NorFlashErrorKind> {
        Err(NorFlashErrorKind::Other)
    }
}

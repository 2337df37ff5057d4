//! A serial NOR flash (W25Q and the like: JEDEC JESD216 commands, three address bytes) at any SPI of embedded-hal.
//!
//! | command | what |
//! |---|---|
//! | 9F | manufacturer, kind, and the capacity as a power of two |
//! | 05 | status: bit 0 busy, bit 1 write enabled |
//! | 06 | enables one write or erase |
//! | 03 | reads |
//! | 02 | programs up to 256 bytes of one page |
//! | 20 | erases a sector of 4 KiB |

use embedded_hal::digital::OutputPin;
use embedded_hal::spi::{ErrorType as SpiErrorType, Operation, SpiBus, SpiDevice};
use embedded_storage::nor_flash::{
    ErrorType, NorFlash, NorFlashError, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

const IDENTIFY: u8 = 0x9F;
const STATUS: u8 = 0x05;
const ENABLE: u8 = 0x06;
const READ: u8 = 0x03;
const PROGRAM: u8 = 0x02;
const ERASE_SECTOR: u8 = 0x20;

const BUSY: u8 = 0x01;
const ENABLED: u8 = 0x02;
const PAGE: usize = 256;
const SECTOR: u32 = 4096;
/// Status is asked for so often before the chip is given up: at 21 MHz a question takes a microsecond, and a sector at most 400 ms.
const PATIENCE: u32 = 2_000_000;
/// And at a start, when there may be no chip at all.
const PATIENCE_AT_START: u32 = PATIENCE / 4;

/// Why the chip does not do as it is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpiNorError {
    /// The bus failed.
    #[error("the bus of the flash chip failed")]
    Bus,
    /// Nothing answers, or what is no chip of 64 KiB to 16 MiB.
    #[error("no flash chip answers")]
    NoChip,
    /// It stays busy.
    #[error("the flash chip stays busy")]
    Busy,
    /// It does not take writes: write protection is on.
    #[error("the flash chip is write-protected")]
    Protected,
    /// Outside the chip, or not at the beginning of a sector.
    #[error("no such place in the flash chip")]
    Place(NorFlashErrorKind),
}

impl NorFlashError for SpiNorError {
    fn kind(&self) -> NorFlashErrorKind {
        match self {
            Self::Place(kind) => *kind,
            _ => NorFlashErrorKind::Other,
        }
    }
}

/// The chip.
pub struct SpiNor<S> {
    spi: S,
    capacity: u32,
}

impl<S: SpiDevice> SpiNor<S> {
    /// Asks the chip for its size.
    ///
    /// # Errors
    /// [`SpiNorError::NoChip`], [`SpiNorError::Bus`]
    pub fn new(spi: S) -> Result<Self, SpiNorError> {
        let mut chip = Self { spi, capacity: 0 };
        // A reset of the microcontroller alone leaves it erasing: until that is done it says its status and nothing else.
        chip.wait_for(PATIENCE_AT_START).map_err(|error| if error == SpiNorError::Busy { SpiNorError::NoChip } else { error })?;
        let mut answer = [0; 3];
        chip.spi.transaction(&mut [Operation::Write(&[IDENTIFY]), Operation::Read(&mut answer)]).map_err(bus)?;
        match answer {
            [1..=0xFE, _, power @ 16..=24] => Ok(Self { capacity: 1 << power, ..chip }),
            _ => Err(SpiNorError::NoChip),
        }
    }

    fn wait(&mut self) -> Result<(), SpiNorError> {
        self.wait_for(PATIENCE)
    }

    fn wait_for(&mut self, patience: u32) -> Result<(), SpiNorError> {
        for _ in 0..patience {
            if self.status()? & BUSY == 0 {
                return Ok(());
            }
        }
        Err(SpiNorError::Busy)
    }

    fn status(&mut self) -> Result<u8, SpiNorError> {
        let mut status = [0; 1];
        self.spi.transaction(&mut [Operation::Write(&[STATUS]), Operation::Read(&mut status)]).map_err(bus)?;
        let [status] = status;
        Ok(status)
    }

    fn enable(&mut self) -> Result<(), SpiNorError> {
        self.wait()?;
        self.spi.write(&[ENABLE]).map_err(bus)?;
        if self.status()? & ENABLED == 0 { Err(SpiNorError::Protected) } else { Ok(()) }
    }
}

fn command(command: u8, address: u32) -> [u8; 4] {
    let [_, high, middle, low] = address.to_be_bytes();
    [command, high, middle, low]
}

fn bus<E>(_: E) -> SpiNorError {
    SpiNorError::Bus
}

impl<S> ErrorType for SpiNor<S> {
    type Error = SpiNorError;
}

impl<S: SpiDevice> ReadNorFlash for SpiNor<S> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), SpiNorError> {
        check_read(self, offset, bytes.len()).map_err(SpiNorError::Place)?;
        self.wait()?;
        self.spi.transaction(&mut [Operation::Write(&command(READ, offset)), Operation::Read(bytes)]).map_err(bus)
    }

    fn capacity(&self) -> usize {
        usize::try_from(self.capacity).unwrap_or_default()
    }
}

impl<S: SpiDevice> NorFlash for SpiNor<S> {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = 4096;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), SpiNorError> {
        check_erase(self, from, to).map_err(SpiNorError::Place)?;
        let mut sector = from;
        while sector < to {
            self.enable()?;
            self.spi.write(&command(ERASE_SECTOR, sector)).map_err(bus)?;
            self.wait()?;
            sector = sector.saturating_add(SECTOR);
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), SpiNorError> {
        check_write(self, offset, bytes.len()).map_err(SpiNorError::Place)?;
        let (mut at, mut rest) = (offset, bytes);
        while !rest.is_empty() {
            // What is programmed past the end of a page goes to its beginning.
            let room = PAGE - usize::try_from(at).unwrap_or_default() % PAGE;
            let (piece, behind) = rest.split_at_checked(room).unwrap_or((rest, &[]));
            self.enable()?;
            self.spi.transaction(&mut [Operation::Write(&command(PROGRAM, at)), Operation::Write(piece)]).map_err(bus)?;
            self.wait()?;
            at = at.saturating_add(u32::try_from(piece.len()).unwrap_or_default());
            rest = behind;
        }
        Ok(())
    }
}

/// A bus with one device on it, and the pin that selects it, active low.
pub struct Selected<B, P> {
    bus: B,
    select: P,
}

impl<B: SpiBus, P: OutputPin> Selected<B, P> {
    /// The device of a bus; nothing else is on it.
    pub fn new(bus: B, mut select: P) -> Self {
        // A pin that cannot be driven shows as a chip that does not answer.
        let _ = select.set_high();
        Self { bus, select }
    }
}

impl<B: SpiBus, P> SpiErrorType for Selected<B, P> {
    type Error = B::Error;
}

impl<B: SpiBus, P: OutputPin> SpiDevice for Selected<B, P> {
    fn transaction(&mut self, operations: &mut [Operation<'_, u8>]) -> Result<(), B::Error> {
        let _ = self.select.set_low();
        let mut done = Ok(());
        for operation in operations {
            done = match operation {
                Operation::Read(bytes) => self.bus.read(bytes),
                Operation::Write(bytes) => self.bus.write(bytes),
                Operation::Transfer(read, write) => self.bus.transfer(read, write),
                Operation::TransferInPlace(bytes) => self.bus.transfer_in_place(bytes),
                // No command here asks for a pause.
                Operation::DelayNs(_) => Ok(()),
            };
            if done.is_err() {
                break;
            }
        }
        let flushed = self.bus.flush();
        let _ = self.select.set_high();
        done.and(flushed)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

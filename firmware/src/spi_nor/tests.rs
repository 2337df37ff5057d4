//! Against a chip that is emulated from its data sheet: it takes what it is told in bytes, and nothing that it is not allowed to.

use core::convert::Infallible;

use embedded_hal::digital::{ErrorType as PinErrorType, OutputPin};
use std::cell::RefCell;
use std::rc::Rc;

use super::*;

struct Chip {
    memory: Vec<u8>,
    identity: [u8; 3],
    is_selected: bool,
    enabled: bool,
    protected: bool,
    /// Questions for the status until it is done.
    busy: u32,
    received: Vec<u8>,
    commands: Vec<u8>,
}

impl Chip {
    /// One byte in, one byte out, at the same time.
    fn exchange(&mut self, byte: u8) -> u8 {
        assert!(self.is_selected);
        let at = self.received.len();
        self.received.push(byte);
        let code = self.received[0];
        assert!(self.busy == 0 || code == STATUS, "busy, and told {code:02X}");
        let address = || self.received[1..4].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        match (code, at) {
            (IDENTIFY, 1..=3) => self.identity[at - 1],
            (STATUS, 1..) => {
                self.busy = self.busy.saturating_sub(1);
                u8::from(self.busy > 0) | u8::from(self.enabled) << 1
            }
            (READ, 4..) => self.memory[(address() + at - 4) % self.memory.len()],
            _ => 0xFF,
        }
    }

    /// Chip select goes up: what was told is done.
    fn deselect(&mut self) {
        self.is_selected = false;
        let received = core::mem::take(&mut self.received);
        let Some((&code, rest)) = received.split_first() else { return };
        self.commands.push(code);
        let address = || rest[..3].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte));
        match code {
            ENABLE => self.enabled = !self.protected,
            PROGRAM if core::mem::take(&mut self.enabled) => {
                let (page, start) = (address() / 256 * 256, address() % 256);
                for (index, byte) in rest[3..].iter().enumerate() {
                    self.memory[page + (start + index) % 256] &= byte;
                }
                self.busy = 3;
            }
            ERASE_SECTOR if core::mem::take(&mut self.enabled) => {
                let sector = address() / 4096 * 4096;
                self.memory[sector..][..4096].fill(0xFF);
                self.busy = 50;
            }
            _ => {}
        }
    }
}

#[derive(Clone)]
struct Bus(Rc<RefCell<Chip>>);

struct Select(Rc<RefCell<Chip>>);

impl SpiErrorType for Bus {
    type Error = Infallible;
}

impl SpiBus for Bus {
    fn read(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        bytes.iter_mut().for_each(|byte| *byte = self.0.borrow_mut().exchange(0));
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Infallible> {
        bytes.iter().for_each(|byte| _ = self.0.borrow_mut().exchange(*byte));
        Ok(())
    }

    fn transfer(&mut self, _: &mut [u8], _: &[u8]) -> Result<(), Infallible> {
        unreachable!("no command does")
    }

    fn transfer_in_place(&mut self, _: &mut [u8]) -> Result<(), Infallible> {
        unreachable!("no command does")
    }

    fn flush(&mut self) -> Result<(), Infallible> {
        Ok(())
    }
}

impl PinErrorType for Select {
    type Error = Infallible;
}

impl OutputPin for Select {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.0.borrow_mut().is_selected = true;
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.0.borrow_mut().deselect();
        Ok(())
    }
}

type Emulated = SpiNor<Selected<Bus, Select>>;

fn chip_of(identity: [u8; 3]) -> (Result<Emulated, SpiNorError>, Rc<RefCell<Chip>>) {
    chip_that_is_busy(identity, 0)
}

fn chip_that_is_busy(identity: [u8; 3], busy: u32) -> (Result<Emulated, SpiNorError>, Rc<RefCell<Chip>>) {
    let chip = Rc::new(RefCell::new(Chip {
        memory: vec![0xA5; 1 << 16],
        identity,
        is_selected: false,
        enabled: false,
        protected: false,
        busy,
        received: Vec::new(),
        commands: Vec::new(),
    }));
    (SpiNor::new(Selected::new(Bus(Rc::clone(&chip)), Select(Rc::clone(&chip)))), chip)
}

fn chip() -> (Emulated, Rc<RefCell<Chip>>) {
    let (flash, chip) = chip_of([0xEF, 0x40, 16]);
    (flash.unwrap(), chip)
}

#[test]
fn what_was_written_is_read_across_pages_and_sectors() {
    let (mut flash, chip) = chip();
    assert_eq!(flash.capacity(), 1 << 16);
    flash.erase(4096, 12_288).unwrap();
    assert_eq!(chip.borrow().memory[4095], 0xA5);
    assert!(chip.borrow().memory[4096..12_288].iter().all(|byte| *byte == 0xFF));
    assert_eq!(chip.borrow().memory[12_288], 0xA5);
    let bytes: Vec<u8> = (0..700).map(|place: u32| place.to_le_bytes()[0]).collect();
    flash.write(8000, &bytes).unwrap();
    let mut read = vec![0; 700];
    flash.read(8000, &mut read).unwrap();
    assert_eq!(read, bytes);
    let programs = chip.borrow().commands.iter().filter(|command| **command == PROGRAM).count();
    assert_eq!(programs, 3, "192 + 256 + 252 bytes");
}

/// A reset of the microcontroller in the middle of an erase.
#[test]
fn a_chip_that_is_still_erasing_is_waited_for() {
    let (flash, chip) = chip_that_is_busy([0xEF, 0x40, 16], 500);
    assert_eq!(flash.unwrap().capacity(), 1 << 16);
    assert_eq!(chip.borrow().commands.last(), Some(&IDENTIFY));
}

#[test]
fn what_is_no_chip_is_told() {
    for identity in [[0; 3], [0xFF; 3], [0xEF, 0x40, 15], [0xEF, 0x40, 25], [0xEF, 0x40, 0xFF]] {
        assert_eq!(chip_of(identity).0.err(), Some(SpiNorError::NoChip), "{identity:?}");
    }
}

#[test]
fn a_chip_that_takes_no_writes_or_stays_busy_is_told() {
    let (mut flash, chip) = chip();
    chip.borrow_mut().protected = true;
    assert_eq!(flash.write(0, &[0]), Err(SpiNorError::Protected));
    assert_eq!(flash.erase(0, 4096), Err(SpiNorError::Protected));
    assert_eq!(chip.borrow().memory[0], 0xA5);
    chip.borrow_mut().busy = u32::MAX;
    assert_eq!(flash.read(0, &mut [0]), Err(SpiNorError::Busy));
}

#[test]
fn nothing_is_done_outside_the_chip() {
    let (mut flash, chip) = chip();
    let outside = SpiNorError::Place(NorFlashErrorKind::OutOfBounds);
    assert_eq!(flash.read(65_535, &mut [0; 2]), Err(outside));
    assert_eq!(flash.write(65_535, &[0; 2]), Err(outside));
    assert_eq!(flash.erase(0, 131_072), Err(outside));
    assert_eq!(flash.erase(1, 4096), Err(SpiNorError::Place(NorFlashErrorKind::NotAligned)));
    assert_eq!(chip.borrow().commands, [STATUS, IDENTIFY]);
}

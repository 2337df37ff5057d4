//! A NOR flash in memory whose power can be cut at any single word that is written and at any erase.
#![allow(clippy::indexing_slicing)]

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use embedded_storage::nor_flash::{
    ErrorType, MultiwriteNorFlash, NorFlash, NorFlashErrorKind, ReadNorFlash, check_erase, check_read, check_write,
};

/// Bytes that are programmed at once: a cut falls between words or into one.
const WORD: usize = 8;

/// The power of a device: all of its flash loses it at the same moment.
#[derive(Default)]
pub struct Power {
    /// Words written and pages erased since the start.
    done: Cell<u32>,
    cut_at: Cell<Option<u32>>,
    is_off: Cell<bool>,
    noise: Cell<u64>,
}

impl Power {
    /// Cuts the power at the n-th word or erase from now on; what it leaves behind follows from the seed.
    pub fn cut_at(&self, operation: u32, seed: u64) {
        self.done.set(0);
        self.cut_at.set(Some(operation));
        self.noise.set(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    }

    /// The power is back, and stays.
    pub fn restore(&self) {
        self.is_off.set(false);
        self.cut_at.set(None);
    }

    /// Whether it was cut.
    pub fn is_off(&self) -> bool {
        self.is_off.get()
    }

    /// Words written and pages erased since [`Power::cut_at`].
    pub fn done(&self) -> u32 {
        self.done.get()
    }

    fn noise(&self) -> u8 {
        let mut state = self.noise.get();
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        self.noise.set(state);
        state.to_le_bytes()[5]
    }

    /// Whether the power goes in the middle of this operation.
    fn goes(&self) -> bool {
        let done = self.done.get();
        self.done.set(done + 1);
        let goes = self.cut_at.get() == Some(done);
        self.is_off.set(self.is_off.get() || goes);
        goes
    }
}

/// A flash with pages of `PAGE` bytes. Clones are the same flash. `AGAIN` says whether programmed words may be programmed again.
pub struct FlashDouble<const PAGE: usize, const AGAIN: bool> {
    /// What stands there.
    pub bytes: Rc<RefCell<Vec<u8>>>,
    power: Rc<Power>,
    /// How often each page was erased.
    pub erased: Rc<RefCell<Vec<u32>>>,
}

impl<const PAGE: usize, const AGAIN: bool> Clone for FlashDouble<PAGE, AGAIN> {
    fn clone(&self) -> Self {
        Self { bytes: Rc::clone(&self.bytes), power: Rc::clone(&self.power), erased: Rc::clone(&self.erased) }
    }
}

impl<const PAGE: usize, const AGAIN: bool> FlashDouble<PAGE, AGAIN> {
    /// A blank flash.
    pub fn new(pages: usize, power: &Rc<Power>) -> Self {
        Self {
            bytes: Rc::new(RefCell::new(vec![0xFF; pages * PAGE])),
            power: Rc::clone(power),
            erased: Rc::new(RefCell::new(vec![0; pages])),
        }
    }

    /// Whether these bytes stand anywhere in it.
    pub fn holds(&self, needle: &[u8]) -> bool {
        self.bytes.borrow().windows(needle.len()).any(|window| window == needle)
    }

    fn check_power(&self) -> Result<(), NorFlashErrorKind> {
        if self.power.is_off() { Err(NorFlashErrorKind::Other) } else { Ok(()) }
    }
}

impl<const PAGE: usize, const AGAIN: bool> ErrorType for FlashDouble<PAGE, AGAIN> {
    type Error = NorFlashErrorKind;
}

impl<const PAGE: usize, const AGAIN: bool> ReadNorFlash for FlashDouble<PAGE, AGAIN> {
    const READ_SIZE: usize = 1;

    fn read(&mut self, offset: u32, bytes: &mut [u8]) -> Result<(), NorFlashErrorKind> {
        self.check_power()?;
        check_read(self, offset, bytes.len())?;
        bytes.copy_from_slice(&self.bytes.borrow()[offset as usize..][..bytes.len()]);
        Ok(())
    }

    fn capacity(&self) -> usize {
        self.bytes.borrow().len()
    }
}

impl<const PAGE: usize, const AGAIN: bool> NorFlash for FlashDouble<PAGE, AGAIN> {
    const WRITE_SIZE: usize = 1;
    const ERASE_SIZE: usize = PAGE;

    fn erase(&mut self, from: u32, to: u32) -> Result<(), NorFlashErrorKind> {
        check_erase(self, from, to)?;
        for page in from as usize / PAGE..to as usize / PAGE {
            self.check_power()?;
            let goes = self.power.goes();
            let mut bytes = self.bytes.borrow_mut();
            let bytes = &mut bytes[page * PAGE..][..PAGE];
            // A cut erase has hardly begun, has nearly ended, or is anything between.
            let keep = if goes { [0x00, 0xFF, self.power.noise()][usize::from(self.power.noise() % 3)] } else { 0 };
            for byte in bytes {
                *byte |= !keep | if keep == 0 || keep == 0xFF { 0 } else { self.power.noise() };
            }
            if goes {
                return Err(NorFlashErrorKind::Other);
            }
            self.erased.borrow_mut()[page] += 1;
        }
        Ok(())
    }

    fn write(&mut self, offset: u32, bytes: &[u8]) -> Result<(), NorFlashErrorKind> {
        check_write(self, offset, bytes.len())?;
        let mut at = offset as usize;
        let mut rest = bytes;
        while !rest.is_empty() {
            self.check_power()?;
            let (word, behind) = rest.split_at(rest.len().min(WORD - at % WORD));
            let goes = self.power.goes();
            let mut memory = self.bytes.borrow_mut();
            for (place, byte) in memory[at..].iter_mut().zip(word) {
                assert!(AGAIN || *place == 0xFF, "a programmed byte at {at} is programmed again");
                assert_eq!(*place & byte, *byte, "a zero at {at} cannot become a one");
                // A cut leaves some bits programmed, and none that were not meant.
                *place &= if goes { byte | self.power.noise() } else { *byte };
            }
            if goes {
                return Err(NorFlashErrorKind::Other);
            }
            at += word.len();
            rest = behind;
        }
        Ok(())
    }
}

impl<const PAGE: usize> MultiwriteNorFlash for FlashDouble<PAGE, true> {}

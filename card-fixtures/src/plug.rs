//! How a virtual chip meets a reader: in the same process, through pcscd ([`vpcd`]), or in the field of a [`pn532`].

pub mod pcscd;
pub mod pn532;
pub mod vpcd;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::chip::VirtualChip;

/// A chip that a plug and a test hold at the same time: one answers commands, the other watches counters or takes the card away.
#[derive(Clone)]
pub struct SharedChip(Arc<Mutex<VirtualChip>>);

impl SharedChip {
    /// Shares a chip.
    pub fn new(chip: VirtualChip) -> SharedChip {
        SharedChip(Arc::new(Mutex::new(chip)))
    }

    /// The chip itself, for as long as the guard lives.
    pub fn lock(&self) -> MutexGuard<'_, VirtualChip> {
        // A panic elsewhere leaves the chip as it was between two commands at worst.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// [`VirtualChip::transmit`]
    pub fn transmit(&self, command: &[u8]) -> Vec<u8> {
        self.lock().transmit(command)
    }

    /// [`VirtualChip::reset`]
    pub fn reset(&self) -> bool {
        self.lock().reset()
    }

    /// [`VirtualChip::atr`]
    pub fn atr(&self) -> Vec<u8> {
        self.lock().atr()
    }

    /// [`VirtualChip::is_present`]
    pub fn is_present(&self) -> bool {
        self.lock().is_present()
    }

    /// [`VirtualChip::remove`]
    pub fn remove(&self) {
        self.lock().remove();
    }

    /// [`VirtualChip::insert`]
    pub fn insert(&self) {
        self.lock().insert();
    }

    /// [`VirtualChip::apdus`]
    pub fn apdus(&self) -> u32 {
        self.lock().apdus()
    }
}

impl From<VirtualChip> for SharedChip {
    fn from(chip: VirtualChip) -> SharedChip {
        SharedChip::new(chip)
    }
}

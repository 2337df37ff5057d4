//! A gate that reads and verifies chip ID cards by itself, generic over embedded-hal 1.0 and the ports of a board.
//!
//! The verification is the crate `soat`, not a copy. Everything that touches a machine stands in [`port`]; the rest runs unchanged on a
//! microcontroller, in QEMU and on Linux.
//!
//! | module | what |
//! |---|---|
//! | [`port`] | what a board must offer |
//! | [`pins`] | those ports out of pins of embedded-hal |
//! | [`pn532`] | the reader chip, and the card in its field |
//! | [`calendar`] | its time |
//! | [`scanner`] | the scanner of codes |
//! | [`card_keys`] | where the key of a card comes from |
//! | [`gate`] | a card and its code come together, and one decision is made |
//! | [`door`], [`signal`], [`wiegand`] | what comes of it |
//! | [`update`] | two images in turn |
//! | [`keeping`] | what it keeps, and keeps through a power cut: vault, journal, packs |
//! | [`spi_nor`] | the flash chip of the journal |
//! | [`service`] | what it answers a desk over the serial link |
//! | [`osdp`] | the device at a control panel's bus |
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

extern crate alloc;

pub mod calendar;
pub mod card_keys;
pub mod door;
pub mod gate;
pub mod keeping;
pub mod osdp;
pub mod pins;
pub mod pn532;
pub mod port;
pub mod scanner;
pub mod service;
pub mod signal;
pub mod spi_nor;
pub mod update;
pub mod wiegand;

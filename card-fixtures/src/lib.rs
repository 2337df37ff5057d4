//! A synthetic issuing authority, personalised cards and a strict virtual chip.
//!
//! The standard (ICAO Doc 9303 parts 10–12) implemented a second time, from the card's side. It never calls `soat`, so that one
//! misreading cannot hide in both. Everything here is synthetic: the keys follow from this source and prove nothing.
#![forbid(unsafe_code)]

pub mod authority;
pub mod chip;
pub mod curve;
pub mod der;
pub mod dsa;
pub mod hash;
pub mod modp;
pub mod personalisation;
pub mod plug;
pub mod rsa;
pub mod time;

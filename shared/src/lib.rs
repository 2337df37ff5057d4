//! Reads ICAO 9303 chip ID cards and decides whether they are genuine, and says why.
//!
//! The data flow one way: [`chip`] talks to the card and trusts nothing; its product is a [`dossier::Dossier`]. [`inspection`] is a
//! pure function from a dossier, a [`pki`] trust store, a profile and a time to a report. An identity can be had only from a report
//! that passed.
#![no_std]
#![forbid(unsafe_code)]

extern crate alloc;

#[macro_use]
mod opaque;

pub mod chip;
pub mod crypto;
pub mod dossier;
pub mod evidence;
pub mod gate;
pub mod inspection;
pub mod lds;
mod letter_case;
pub mod manual;
pub mod mrz;
pub mod pki;
mod sorting;
pub mod time;
pub mod tlv;
pub mod trust_snapshot;
pub mod vietnam;

//! A gate's side of Soát, generic over embedded-hal 1.0.
//!
//! The verification is the crate `soat`, not a copy. What stands here today: what a result does to the door ([`door`]), and the image
//! `passive-authentication`, which verifies a dossier on the microcontroller. The reader itself (PN532, OSDP, journal, trust pack) is
//! not implemented yet.
#![cfg_attr(not(test), no_std)]
#![forbid(unsafe_code)]

pub mod door;
pub mod osdp;

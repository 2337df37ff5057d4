//! What a personalised card carries: files, access data and chip keys. The virtual chip is made from one.

mod algorithms;
mod bsi_silver;
mod catalogue;
pub mod configuration;
pub mod data_groups;
pub mod face;
mod fingerprints;
pub mod issue;
pub mod mrz;
pub mod passport;
pub mod reference;
pub mod security_infos;
pub mod vietnam;

use std::collections::BTreeMap;

use num_bigint::BigUint;

pub use algorithms::{card_security_content, put_card_security};
pub use bsi_silver::from_bsi_silver;
pub use catalogue::{Entry, authority, catalogue, personalise};
pub use fingerprints::{FINGERPRINTS, KEY_FINGERPRINTS, is_fixture};

/// A card as the issuer leaves it: every elementary file and every secret that its chip holds.
#[derive(Clone)]
pub struct Personalisation {
    /// Name on the command line, such as `vietnam-2024`.
    pub name: String,
    /// One line for people, in English.
    pub description: String,
    /// Files under the master file (EF.CardAccess 011C, EF.CardSecurity 011D, EF.ATR/INFO 2F01, EF.DIR 2F00), by file identifier.
    pub master_files: BTreeMap<u16, Vec<u8>>,
    /// Files of the eMRTD application (EF.COM 011E, EF.SOD 011D, data group n 01nn in hexadecimal), by file identifier.
    pub application_files: BTreeMap<u16, Vec<u8>>,
    /// Application files that need terminal authentication, so that reading answers 6982 (DG3, DG4).
    pub guarded_files: Vec<u16>,
    /// The document number, birth and expiry (YYMMDD) of the MRZ, as BAC and PACE-MRZ use them; fillers removed as in the MRZ's field.
    pub mrz_key: Option<MrzKey>,
    /// The card access number, 6 digits.
    pub can: Option<String>,
    /// The holder's personal identification number, whose tries the chip counts.
    pub pin: Option<String>,
    /// The key that unblocks the PIN.
    pub puk: Option<String>,
    /// Whether BAC is offered.
    pub bac: bool,
    /// The PACE variants that EF.CardAccess offers.
    pub pace: Vec<PaceOffer>,
    /// Chip-authentication keys (DG14).
    pub chip_keys: Vec<ChipKey>,
    /// The key of PACE with chip authentication mapping (EF.CardSecurity).
    pub mapping_key: Option<ChipKey>,
    /// The active-authentication key (DG15).
    pub active_authentication: Option<ActiveAuthenticationKey>,
}

/// The MRZ fields from which the BAC keys and the PACE-MRZ password follow (ICAO 9303-11 §9.7.2).
#[derive(Clone)]
pub struct MrzKey {
    /// Document number, 9 characters or more, filled with `<` to 9.
    pub document_number: String,
    /// Date of birth, YYMMDD.
    pub birth: String,
    /// Date of expiry, YYMMDD.
    pub expiry: String,
}

/// Symmetric suite of a PACE or chip-authentication protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Suite {
    /// 3DES-CBC-CBC
    TripleDes,
    /// AES-CBC-CMAC-128
    Aes128,
    /// AES-CBC-CMAC-192
    Aes192,
    /// AES-CBC-CMAC-256
    Aes256,
}

/// How PACE maps the nonce to a generator (ICAO 9303-11 §4.4.3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mapping {
    /// Generic mapping.
    Generic,
    /// Integrated mapping.
    Integrated,
    /// Chip authentication mapping, on a curve and with AES.
    ChipAuthentication,
}

/// One PACEInfo: PACE with a mapping and a suite over a standardised domain parameter (0–2 prime fields, 8–18 curves).
#[derive(Clone, Copy, Debug)]
pub struct PaceOffer {
    /// Mapping.
    pub mapping: Mapping,
    /// Symmetric suite.
    pub suite: Suite,
    /// Standardised domain parameter id, ICAO 9303-11 table 6.
    pub parameter_id: u8,
}

impl PaceOffer {
    /// Generic mapping.
    pub const fn generic(suite: Suite, parameter_id: u8) -> PaceOffer {
        PaceOffer { mapping: Mapping::Generic, suite, parameter_id }
    }

    /// Integrated mapping.
    pub const fn integrated(suite: Suite, parameter_id: u8) -> PaceOffer {
        PaceOffer { mapping: Mapping::Integrated, suite, parameter_id }
    }

    /// Chip authentication mapping.
    pub const fn chip_authentication(suite: Suite, parameter_id: u8) -> PaceOffer {
        PaceOffer { mapping: Mapping::ChipAuthentication, suite, parameter_id }
    }
}

/// A chip-authentication key pair over a named curve or prime-field group.
#[derive(Clone)]
pub struct ChipKey {
    /// keyId in DG14; absent where the chip has one key.
    pub key_id: Option<u32>,
    /// Suite of its ChipAuthenticationInfo.
    pub suite: Suite,
    /// Curve, by the name in [`crate::curve`] (such as `brainpoolP256r1`), or group, by the name in [`crate::modp`].
    pub curve: &'static str,
    /// The private scalar.
    pub private: BigUint,
}

/// The key with which the chip answers INTERNAL AUTHENTICATE.
#[derive(Clone)]
pub enum ActiveAuthenticationKey {
    /// ISO 9796-2 digital signature scheme 1 over RSA; the hash is one of SHA-1, SHA-224 … SHA-512 (digest bits: 160, 224 …).
    Rsa {
        /// Modulus.
        modulus: BigUint,
        /// Private exponent.
        private_exponent: BigUint,
        /// Bits of the hash: 160 uses trailer BC, others the two-byte trailer.
        hash_bits: u16,
    },
    /// ECDSA, plain format (r ‖ s, BSI TR-03111).
    Ecdsa {
        /// Curve, by name.
        curve: &'static str,
        /// Private scalar.
        private: BigUint,
        /// Bits of the hash.
        hash_bits: u16,
    },
}

#[cfg(test)]
mod tests;

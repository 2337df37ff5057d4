//! How a card gets its secrets and its EF.SOD.

use std::collections::BTreeMap;

use num_bigint::BigUint;

use super::security_infos::{self, chip_authentication_info_of, chip_authentication_public_key_info};
use super::{ActiveAuthenticationKey, ChipKey, Personalisation, Suite, data_groups};
use crate::authority::{Authority, CurveEncoding, KeyPair, SodOptions};
use crate::curve::Curve;
use crate::der;
use crate::hash::Hash;
use crate::modp::Group;
use crate::rsa::RsaKey;

/// EF.SOD in the eMRTD application
pub const SOD: u16 = 0x011D;
/// EF.COM in the eMRTD application
pub const COM: u16 = 0x011E;
/// EF.CardAccess under the master file
pub const CARD_ACCESS: u16 = 0x011C;
/// EF.CardSecurity under the master file
pub const CARD_SECURITY: u16 = 0x011D;
/// EF.ATR/INFO under the master file
pub const ATR_INFO: u16 = 0x2F01;
/// EF.DIR under the master file
pub const DIR: u16 = 0x2F00;

/// The file identifier of a data group, 1 to 16.
pub fn data_group(number: u8) -> u16 {
    0x0100 | u16::from(number)
}

impl Personalisation {
    /// A card without any file.
    pub fn empty(name: &str, description: &str) -> Personalisation {
        Personalisation {
            name: name.into(),
            description: description.into(),
            master_files: BTreeMap::new(),
            application_files: BTreeMap::new(),
            guarded_files: Vec::new(),
            mrz_key: None,
            can: None,
            pin: None,
            puk: None,
            bac: false,
            pace: Vec::new(),
            chip_keys: Vec::new(),
            mapping_key: None,
            active_authentication: None,
        }
    }

    /// The card's data groups with their numbers, in order.
    pub fn data_groups(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.application_files.iter().filter_map(|(file, bytes)| {
            let number = u8::try_from(file.checked_sub(0x0100)?).ok().filter(|number| (1..=16).contains(number))?;
            Some((number, bytes.as_slice()))
        })
    }

    /// Stores a data group.
    pub fn put(&mut self, number: u8, file: Vec<u8>) {
        self.application_files.insert(data_group(number), file);
    }

    /// Signs the data groups as they are now: whatever EF.SOD was there is replaced.
    pub fn sign(&mut self, authority: &Authority, options: &SodOptions) {
        let file = authority.security_object(self.data_groups(), options);
        self.application_files.insert(SOD, file);
    }

    /// Writes EF.COM for the data groups that are there, those of `first` before the others.
    pub fn list(&mut self, lds_version: &str, first: &[u8]) {
        let present: Vec<u8> = self.data_groups().map(|(number, _)| number).collect();
        let mut order: Vec<u8> = first.iter().copied().filter(|number| present.contains(number)).collect();
        order.extend(present.into_iter().filter(|number| !first.contains(number)));
        self.application_files.insert(COM, data_groups::com(lds_version, &order));
    }

    /// Gives the chip an active-authentication key and its DG15.
    ///
    /// RSA keys over 1,792 bits sign more than a short answer holds under secure messaging: EF.ATR/INFO then states extended length
    /// (ICAO 9303-11 §6.1.4, §9.3.1).
    ///
    /// # Panics
    /// For a DSA key, which active authentication does not have.
    pub fn put_active_authentication(&mut self, key: &KeyPair, hash: Hash, encoding: CurveEncoding) {
        self.put(15, der::tlv(0x6F, &key.subject_public_key_info(encoding)));
        if matches!(key, KeyPair::Rsa(key) if key.modulus().bits() > 1_792) {
            self.master_files.entry(ATR_INFO).or_insert_with(|| data_groups::ef_atr_info(1_024, 1_024));
        }
        let hash_bits = u16::try_from(hash.len() * 8).unwrap_or(u16::MAX);
        self.active_authentication = Some(match key {
            KeyPair::Rsa(key) => ActiveAuthenticationKey::Rsa {
                modulus: key.modulus().clone(),
                private_exponent: key.private_exponent().clone(),
                hash_bits,
            },
            KeyPair::Dsa(_) => panic!("active authentication has no DSA (ICAO 9303-11 §6.1.2)"),
            KeyPair::Ec { curve, private, .. } => {
                ActiveAuthenticationKey::Ecdsa { curve: curve.name(), private: private.clone(), hash_bits }
            }
        });
    }

    /// Writes DG14 for the chip's keys, with copies of `shared` (what EF.CardAccess says besides) and `further` infos.
    pub fn put_dg14(&mut self, encoding: CurveEncoding, shared: &[Vec<u8>], further: &[Vec<u8>]) {
        let mut infos = shared.to_vec();
        for key in &self.chip_keys {
            infos.push(chip_authentication_info_of(key));
            infos.push(chip_authentication_public_key_info(key, encoding));
        }
        infos.extend_from_slice(further);
        // A key's info stands in EF.CardAccess as well: once is enough here.
        infos.sort();
        infos.dedup();
        self.put(14, security_infos::dg14(infos));
    }
}

/// A chip-authentication key that follows from a card's name.
pub fn chip_key(card: &str, curve: &'static Curve, suite: Suite, key_id: Option<u32>) -> ChipKey {
    let seed = format!("chip authentication of {card}, key {key_id:?}");
    let private: BigUint = curve.scalar_from_seed(seed.as_bytes());
    ChipKey { key_id, suite, curve: curve.name(), private }
}

/// A chip-authentication key in a prime-field group that follows from a card's name.
pub fn modp_chip_key(card: &str, group: &'static Group, suite: Suite, key_id: Option<u32>) -> ChipKey {
    let seed = format!("chip authentication of {card}, key {key_id:?}");
    ChipKey { key_id, suite, curve: group.name(), private: group.private_from_seed(seed.as_bytes()) }
}

/// A curve of the table by its name in this source.
///
/// # Panics
/// Where the table has no such curve.
pub fn curve(name: &str) -> &'static Curve {
    Curve::named(name).unwrap_or_else(|| panic!("the table has no {name}"))
}

/// An embedded RSA key by its name in this source.
///
/// # Panics
/// Where the table has no such key.
pub fn rsa_key(name: &str) -> &'static RsaKey {
    RsaKey::named(name).unwrap_or_else(|| panic!("the table has no {name}"))
}

//! Cards that differ in their algorithms alone: one for each signature, PACE suite and chip key.

use super::face;
use super::issue::{CARD_ACCESS, chip_key, curve, rsa_key};
use super::security_infos::{self, active_authentication_info, card_access, chip_authentication_info, pace_info};
use super::vietnam;
use super::{PaceOffer, Personalisation, Suite};
use crate::authority::{Authority, CurveEncoding, KeyPair, Scheme, Signer, SodOptions, rsa_encryption};
use crate::curve::Curve;
use crate::hash::Hash;

/// How document signer and CSCA of a card sign.
#[derive(Clone, Copy, Debug)]
pub enum Signature {
    /// PKCS#1 v1.5 with a key of the table
    Pkcs1(&'static str, Hash),
    /// The same, its DigestInfo without NULL
    Pkcs1WithoutNull(&'static str, Hash),
    /// The same, named by plain rsaEncryption in the SignerInfo
    Pkcs1Unnamed(&'static str, Hash),
    /// PSS: hash of the message and of the mask
    Pss(&'static str, Hash, Hash),
    /// ECDSA on a curve with explicit parameters
    Ecdsa(&'static str, Hash),
    /// ECDSA on a curve by name
    EcdsaNamed(&'static str, Hash),
    /// Plain ECDSA with the identifiers of BSI TR-03111
    EcdsaPlain(&'static str, Hash),
}

impl Signature {
    fn signer(self, rsa: Option<&'static str>, seed: &str) -> Signer {
        match self {
            Signature::Pkcs1(key, hash) | Signature::Pkcs1Unnamed(key, hash) => {
                Signer::rsa_pkcs1(rsa_key(rsa.unwrap_or(key)), hash)
            }
            Signature::Pkcs1WithoutNull(key, hash) => {
                Signer::rsa_pkcs1(rsa_key(rsa.unwrap_or(key)), hash).with_scheme(Scheme::RsaPkcs1 { hash, null: false })
            }
            Signature::Pss(key, hash, mask_hash) => {
                let scheme = Scheme::RsaPss { hash, mask_hash, salt_len: hash.len() };
                Signer::rsa_pss(rsa_key(rsa.unwrap_or(key)), hash).with_scheme(scheme)
            }
            Signature::Ecdsa(name, hash) => Signer::ecdsa(curve(name), hash, seed),
            Signature::EcdsaNamed(name, hash) => Signer::ecdsa(curve(name), hash, seed).with_curve_encoding(CurveEncoding::Named),
            Signature::EcdsaPlain(name, hash) => Signer::ecdsa(curve(name), hash, seed).with_scheme(Scheme::PlainEcdsa { hash }),
        }
    }

    /// The authority of a card of this name: the CSCA signs in the same way, with RSA by a key of 4,096 bits.
    pub fn authority(self, card: &str) -> Authority {
        let csca = self.signer(Some("rsa4096-a"), &format!("CSCA of {card}"));
        let mut authority = Authority::new("VN", csca, self.signer(None, &format!("document signer of {card}")));
        // Apart by name, so that a store can hold them all.
        authority.csca_name.common_name = format!("Fixture CSCA {card}");
        authority
    }

    fn group_hash(self) -> Hash {
        match self {
            Signature::Pkcs1(_, hash)
            | Signature::Pkcs1WithoutNull(_, hash)
            | Signature::Pkcs1Unnamed(_, hash)
            | Signature::Pss(_, hash, _)
            | Signature::Ecdsa(_, hash)
            | Signature::EcdsaNamed(_, hash)
            | Signature::EcdsaPlain(_, hash) => hash,
        }
    }

    /// The card: data groups hashed by the signer's hash.
    pub fn card(self, name: &str, description: &str) -> Personalisation {
        let mut card = vietnam::unsigned(name, description, &vietnam::tran_van_mau(), Some(face::MAN_JPEG));
        let mut options = SodOptions { group_hash: self.group_hash(), ..SodOptions::default() };
        if let Signature::Pkcs1Unnamed(..) = self {
            options.signature.signature_algorithm = Some(rsa_encryption());
        }
        vietnam::finish(&mut card, &self.authority(name), &options);
        card
    }
}

/// A card that opens by PACE alone and authenticates its chip on the same curve with the same suite.
pub fn pace_card(name: &str, description: &str, offer: PaceOffer) -> Personalisation {
    let mut card = vietnam::unsigned(name, description, &vietnam::tran_van_mau(), Some(face::MAN_JPEG));
    let curve = Curve::by_parameter_id(offer.parameter_id).expect("an offer of this crate is on a curve of its table");
    card.bac = false;
    card.pace = vec![offer];
    card.chip_keys = vec![chip_key(name, curve, offer.suite, None)];
    let infos = vec![chip_authentication_info(offer.suite, None), pace_info(offer)];
    card.put_dg14(CurveEncoding::Explicit, &infos, &[]);
    card.master_files.insert(CARD_ACCESS, card_access(infos));
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// The kind of a chip's active-authentication key.
#[derive(Clone, Copy, Debug)]
pub enum ActiveKey {
    /// A key of the table
    Rsa(&'static str),
    /// A curve
    Ec(&'static str),
}

/// A card of the time before PACE: BAC, and active authentication by a key; ECDSA announces its hash in DG14 unless it is silent.
pub fn active_card(name: &str, description: &str, key: ActiveKey, hash: Hash, silent: bool) -> Personalisation {
    let mut card = bac_card(name, description);
    let pair = match key {
        ActiveKey::Rsa(key) => KeyPair::Rsa(rsa_key(key)),
        ActiveKey::Ec(name) => KeyPair::ec(curve(name), &format!("active authentication of {name}")),
    };
    card.put_active_authentication(&pair, hash, CurveEncoding::Explicit);
    if matches!(key, ActiveKey::Ec(_)) && !silent {
        card.put_dg14(CurveEncoding::Explicit, &[], &[active_authentication_info(hash)]);
    }
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// BAC with two chip-authentication keys, told apart by their identifiers.
pub fn two_keys_card(name: &str, description: &str) -> Personalisation {
    let mut card = bac_card(name, description);
    card.chip_keys = vec![
        chip_key(name, curve("brainpoolP224r1"), Suite::TripleDes, Some(1)),
        chip_key(name, curve("secp384r1"), Suite::Aes256, Some(2)),
    ];
    card.put_dg14(CurveEncoding::Explicit, &[], &[]);
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// BAC with a chip-authentication key whose ChipAuthenticationInfo is missing: 3DES is to be inferred.
pub fn key_without_info_card(name: &str, description: &str) -> Personalisation {
    let mut card = bac_card(name, description);
    let key = chip_key(name, curve("secp256r1"), Suite::TripleDes, None);
    card.put(14, security_infos::dg14(vec![security_infos::chip_authentication_public_key_info(&key, CurveEncoding::Explicit)]));
    card.chip_keys = vec![key];
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// BAC and passive authentication, and no way to tell the chip from its clone.
pub fn passive_card(name: &str, description: &str) -> Personalisation {
    let mut card = bac_card(name, description);
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// BAC alone, neither DG14 nor DG15 nor EF.CardAccess, and no EF.SOD yet.
fn bac_card(name: &str, description: &str) -> Personalisation {
    let mut card = vietnam::unsigned(name, description, &vietnam::tran_van_mau(), Some(face::MAN_JPEG));
    card.master_files.clear();
    card.pace.clear();
    card.can = None;
    card.chip_keys.clear();
    card.application_files.remove(&super::issue::data_group(14));
    card
}

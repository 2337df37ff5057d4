//! Cards that differ in their algorithms alone: one for each signature, PACE suite and chip key.

use super::face;
use super::issue::{CARD_ACCESS, CARD_SECURITY, chip_key, curve, modp_chip_key, rsa_key};
use super::security_infos::{self, active_authentication_info, card_access, chip_authentication_info_of, pace_info};
use super::vietnam;
use super::{ChipKey, PaceOffer, Personalisation, Suite};
use crate::authority::{Authority, CurveEncoding, KeyPair, Scheme, SignatureOptions, Signer, SodOptions, rsa_encryption};
use crate::curve::Curve;
use crate::hash::Hash;
use crate::modp::Group;

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
    card.bac = false;
    card.pace = vec![offer];
    let key = own_key(name, offer);
    let infos = vec![chip_authentication_info_of(&key), pace_info(offer)];
    card.chip_keys = vec![key];
    card.put_dg14(CurveEncoding::Explicit, &infos, &[]);
    card.master_files.insert(CARD_ACCESS, card_access(infos));
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// A chip's key with the suite and the domain parameters of its PACE.
fn own_key(name: &str, offer: PaceOffer) -> ChipKey {
    match (Curve::by_parameter_id(offer.parameter_id), Group::by_parameter_id(offer.parameter_id)) {
        (Some(curve), _) => chip_key(name, curve, offer.suite, None),
        (None, Some(group)) => modp_chip_key(name, group, offer.suite, None),
        (None, None) => panic!("no table of this crate has domain parameter {}", offer.parameter_id),
    }
}

/// A card whose chip proves itself in PACE and has neither active authentication nor chip authentication: EF.CardSecurity holds its key.
/// By the standard it offers generic mapping too.
pub fn mapping_card(name: &str, description: &str, suite: Suite, parameter_id: u8) -> Personalisation {
    let mut card = vietnam::unsigned(name, description, &vietnam::tran_van_mau(), Some(face::MAN_JPEG));
    let offers = [PaceOffer::chip_authentication(suite, parameter_id), PaceOffer::generic(suite, parameter_id)];
    card.bac = false;
    card.pace = offers.to_vec();
    let infos: Vec<Vec<u8>> = offers.into_iter().map(pace_info).collect();
    // Its key serves the mapping alone: DG14 has the protocols, and no key.
    card.chip_keys.clear();
    card.put_dg14(CurveEncoding::Explicit, &infos, &[]);
    let key = own_key(name, PaceOffer::generic(suite, parameter_id));
    card.master_files.insert(CARD_ACCESS, card_access(infos.clone()));
    card.mapping_key = Some(key);
    put_card_security(&mut card, &vietnam::authority_2024(), &SignatureOptions::default());
    vietnam::finish(&mut card, &vietnam::authority_2024(), &SodOptions::default());
    card
}

/// EF.CardSecurity of a card with chip authentication mapping: what EF.CardAccess says, and the key.
///
/// # Panics
/// Where the card has no such key.
pub fn put_card_security(card: &mut Personalisation, authority: &Authority, options: &SignatureOptions) {
    let file = authority.card_security(&card_security_content(card), options);
    card.master_files.insert(CARD_SECURITY, file);
}

/// What is signed of EF.CardSecurity: what EF.CardAccess says, and the key of chip authentication mapping.
///
/// # Panics
/// For a card without such a key.
pub fn card_security_content(card: &Personalisation) -> Vec<u8> {
    let key = card.mapping_key.as_ref().expect("a card with chip authentication mapping");
    let mut infos: Vec<Vec<u8>> = card.pace.iter().copied().map(pace_info).collect();
    infos.push(security_infos::chip_authentication_public_key_info(key, CurveEncoding::Explicit));
    card_access(infos)
}

/// PACE with a PIN and a PUK beside MRZ and CAN, as national identity cards have them.
pub fn holder_secrets_card(name: &str, description: &str) -> Personalisation {
    let mut card = pace_card(name, description, vietnam::PACE);
    card.pin = Some("246810".into());
    card.puk = Some("1357924680".into());
    card
}

/// BAC and chip authentication in a prime field.
pub fn modp_agreement_card(name: &str, description: &str, suite: Suite, parameter_id: u8) -> Personalisation {
    let mut card = bac_card(name, description);
    card.chip_keys = vec![own_key(name, PaceOffer::generic(suite, parameter_id))];
    card.put_dg14(CurveEncoding::Explicit, &[], &[]);
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

//! Chip authentication version 1, on elliptic curves and in prime fields (ICAO 9303-11 §6.2).
//!
//! The chip proves its private key by answering under session keys that follow from it: the protocol's own answers prove nothing, the
//! next protected answer does.

use alloc::boxed::Box;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use rand_core::CryptoRng;

use super::apdu::{Command, StatusWord};
use super::error::ReadError;
use super::exchange::Exchange;
use super::key_derivation::SessionKeys;
use super::pace::cipher_strength;
use super::secure_messaging::append;
use crate::crypto::{Cipher, CryptoError, DhPublicKey, EcPublicKey, KeyPair, Provider, PublicKey};
use crate::lds::SecurityInfos;
use crate::lds::protocol::{KeyAgreement, public_key_agreement};
use crate::tlv::Tag;

/// id-CA-ECDH-3DES-CBC-CBC: what a chip without ChipAuthenticationInfo means (`quirks.md` 18).
const CA_ECDH_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.2.1");

/// id-CA-DH-3DES-CBC-CBC: the same with a key in a prime field.
const CA_DH_3DES: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.1.1");

/// A key of the chip and the protocol to run with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChipKey {
    /// id-CA-ECDH-… or id-CA-DH-…
    pub protocol: ObjectIdentifier,
    /// Cipher of the new session.
    pub cipher: Cipher,
    /// The public key; unverified until DG14 is.
    pub key: StaticKey,
    /// keyId, where the chip gives one.
    pub key_id: Option<u32>,
    /// Whether DG14 has no ChipAuthenticationInfo for it, so that 3DES was inferred.
    pub inferred: bool,
}

/// The chip's static public key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StaticKey {
    /// A point of a curve.
    Ec(EcPublicKey),
    /// A number of a standardised prime-field group.
    Dh(DhPublicKey),
}

impl StaticKey {
    fn from_spki(bytes: &[u8]) -> Option<Self> {
        match PublicKey::from_spki(bytes) {
            Ok(PublicKey::Ec(key)) => Some(Self::Ec(key)),
            Ok(PublicKey::Dh(key)) => Some(Self::Dh(key)),
            _ => None,
        }
    }

    /// Which key agreement it is for.
    pub fn agreement(&self) -> KeyAgreement {
        match self {
            Self::Ec(_) => KeyAgreement::Ecdh,
            Self::Dh(_) => KeyAgreement::Dh,
        }
    }

    /// The point as it was given, or the number without leading zeros.
    pub fn octets(&self) -> &[u8] {
        match self {
            Self::Ec(key) => key.point(),
            Self::Dh(key) => key.public_number(),
        }
    }

    fn ephemeral(&self, provider: &dyn Provider, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        match self {
            Self::Ec(key) => provider.generate_key_pair(key.curve(), rng),
            Self::Dh(key) => provider.generate_modp_key_pair(key.group(), rng),
        }
    }
}

/// What DG14 offers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// No key for chip authentication.
    None,
    /// Keys, of which this reader can use none.
    Unsupported {
        /// The first protocol that is offered.
        protocol: ObjectIdentifier,
        /// The first key's keyId.
        key_id: Option<u32>,
    },
    /// The key with the strongest cipher that this reader can use.
    Key(ChipKey),
}

/// Chooses among the keys and protocols of DG14: a key goes with the infos of its keyId, or of none.
pub fn choose(infos: &SecurityInfos) -> Offer {
    let mut best: Option<ChipKey> = None;
    for entry in infos.chip_authentication_keys() {
        let Some(key) = StaticKey::from_spki(&entry.public_key) else { continue };
        let agreement = key.agreement();
        if public_key_agreement(entry.protocol) != Some(agreement) {
            continue;
        }
        let mut protocols: Vec<(ObjectIdentifier, Cipher, bool)> = infos
            .chip_authentication()
            .filter(|info| info.key_id.is_none() || entry.key_id.is_none() || info.key_id == entry.key_id)
            .filter_map(|info| info.kind().map(|kind| (info.protocol, kind)))
            .filter(|(_, kind)| kind.agreement == agreement)
            .map(|(protocol, kind)| (protocol, kind.cipher, false))
            .collect();
        if infos.chip_authentication().next().is_none() {
            protocols.push((oldest(agreement), Cipher::TripleDes, true));
        }
        for (protocol, cipher, inferred) in protocols {
            let better = best.as_ref().is_none_or(|best| rank(cipher, agreement) > rank(best.cipher, best.key.agreement()));
            if better {
                best = Some(ChipKey { protocol, cipher, key: key.clone(), key_id: entry.key_id, inferred });
            }
        }
    }
    match best {
        Some(key) => Offer::Key(key),
        None => infos.chip_authentication_keys().next().map_or(Offer::None, |first| Offer::Unsupported {
            protocol: infos.chip_authentication().next().map_or(CA_ECDH_3DES, |info| info.protocol),
            key_id: first.key_id,
        }),
    }
}

fn oldest(agreement: KeyAgreement) -> ObjectIdentifier {
    match agreement {
        KeyAgreement::Ecdh => CA_ECDH_3DES,
        KeyAgreement::Dh => CA_DH_3DES,
    }
}

/// The strongest cipher first, then a curve, which is quicker than a prime field.
fn rank(cipher: Cipher, agreement: KeyAgreement) -> (u8, bool) {
    (cipher_strength(cipher), agreement == KeyAgreement::Ecdh)
}

/// How the commands of chip authentication ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreed {
    /// The chip agreed and the new keys hold: its next answer confirms them or does not.
    NewKeys,
    /// The chip refused; the old session holds on.
    Refused(StatusWord),
    /// The provider lacks the curve or group, or the key is none of it: nothing was sent.
    Unsupported(CryptoError),
}

/// Runs the protocol and replaces the session's keys.
///
/// # Errors
/// What the exchange says; a refusal under secure messaging is no error.
pub fn run(exchange: &mut Exchange<'_>, chip: &ChipKey, rng: &mut dyn CryptoRng) -> Result<Agreed, ReadError> {
    let provider = exchange.provider();
    let agreed = chip
        .key
        .ephemeral(provider, rng)
        .and_then(|own| own.agree(chip.key.octets()).map(|secret| (own.public_key().to_vec(), secret)));
    let (own, secret) = match agreed {
        Ok(agreed) => agreed,
        Err(error) => return Ok(Agreed::Unsupported(error)),
    };
    let refusal = match chip.cipher {
        Cipher::TripleDes => set_key_agreement(exchange, chip, &own)?,
        _ => general_authenticate(exchange, chip, &own)?,
    };
    if let Some(status) = refusal {
        return Ok(Agreed::Refused(status));
    }
    exchange.replace_keys(SessionKeys::derive(provider, chip.cipher, &secret));
    Ok(Agreed::NewKeys)
}

/// MSE:Set KAT (§6.2.4.1): `91` ephemeral key, `84` key reference.
fn set_key_agreement(exchange: &mut Exchange<'_>, chip: &ChipKey, own: &[u8]) -> Result<Option<StatusWord>, ReadError> {
    let mut data = Vec::new();
    append(&mut data, Tag(0x91), &[own]);
    append_reference(&mut data, chip.key_id);
    let response = exchange.send(Command::new(0x00, 0x22, [0x41, 0xA6]).with_data(data))?;
    Ok((!response.status.is_ok()).then_some(response.status))
}

/// MSE:Set AT and GENERAL AUTHENTICATE (§6.2.4.2).
fn general_authenticate(exchange: &mut Exchange<'_>, chip: &ChipKey, own: &[u8]) -> Result<Option<StatusWord>, ReadError> {
    let mut template = Vec::new();
    append(&mut template, Tag(0x80), &[chip.protocol.as_bytes()]);
    append_reference(&mut template, chip.key_id);
    let response = exchange.send(Command::new(0x00, 0x22, [0x41, 0xA4]).with_data(template))?;
    if !response.status.is_ok() {
        return Ok(Some(response.status));
    }
    let mut object = Vec::new();
    append(&mut object, Tag(0x80), &[own]);
    let mut data = Vec::new();
    append(&mut data, Tag(0x7C), &[&object]);
    let response = exchange.send(Command::new(0x00, 0x86, [0, 0]).with_data(data).with_expected(256))?;
    Ok((!response.status.is_ok()).then_some(response.status))
}

/// `84` keyId, unsigned and as short as it is (§6.2.4).
fn append_reference(data: &mut Vec<u8>, key_id: Option<u32>) {
    if let Some(key_id) = key_id {
        let octets = key_id.to_be_bytes();
        let zeros = octets.iter().take_while(|&&octet| octet == 0).count().min(3);
        append(data, Tag(0x84), &[octets.get(zeros..).unwrap_or_default()]);
    }
}

#[cfg(all(test, feature = "desk"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;

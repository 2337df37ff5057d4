//! The signature of a terminal over a dossier, or of an operator over a trust snapshot: COSE_Sign1 (RFC 9052 §4.2).
//!
//! One form only: the algorithm and the whole public key stand in the protected header, the unprotected one is empty, so that no byte of
//! the message is left unsigned. The key stands in it so that an altered dossier is found even by whoever does not know the terminal.

use alloc::vec::Vec;

use minicbor::data::Tag;
use minicbor::decode::Decoder;
use minicbor::encode::Encoder;

use super::{EvidenceError, Statement, TerminalKey, TerminalSignature};
use crate::crypto::{CryptoError, Digest, Provider};

/// CBOR tag of COSE_Sign1 (RFC 9052 table 1).
const TAG: u64 = 18;
/// Header labels of RFC 9052 table 3.
const ALGORITHM: u8 = 1;
const KEY_ID: u8 = 4;
/// Labels of our own, in the order of RFC 8949 §4.2.1.
const CONSENT: &str = "consent";
const PURPOSE: &str = "purpose";
/// Length of both kinds of signature in bytes.
const SIGNATURE_LEN: usize = 64;

const INFALLIBLE: &str = "a vector takes every write";

/// The protected header: `{ 1 (alg): EdDSA or ES256, 4 (kid): SubjectPublicKeyInfo }`, and both texts of a statement behind it.
fn protected(key: &TerminalKey, statement: Option<&Statement>) -> Vec<u8> {
    let mut e = Encoder::new(Vec::new());
    let entries = if statement.is_some() { 4 } else { 2 };
    e.map(entries).and_then(|e| e.u8(ALGORITHM)?.i8(key.algorithm())?.u8(KEY_ID)?.bytes(key.spki())).expect(INFALLIBLE);
    if let Some(said) = statement {
        e.str(CONSENT).and_then(|e| e.str(said.consent())?.str(PURPOSE)?.str(said.purpose())).expect(INFALLIBLE);
    }
    e.into_writer()
}

/// `Sig_structure = [ "Signature1", body_protected, external_aad, payload ]` (RFC 9052 §4.4). The payload begins with its own name,
/// "soat.dossier", "soat.trust" or "soat.gate", which keeps it apart from whatever else the key may sign.
pub(crate) fn to_be_signed(key: &TerminalKey, statement: Option<&Statement>, payload: &[u8]) -> Vec<u8> {
    let mut e = Encoder::new(Vec::with_capacity(payload.len() + 256));
    e.array(4)
        .and_then(|e| e.str("Signature1")?.bytes(&protected(key, statement))?.bytes(&[])?.bytes(payload))
        .expect(INFALLIBLE);
    e.into_writer()
}

/// Tag "self-described CBOR" (RFC 8949 §3.4.6), with which every file begins.
const SELF_DESCRIBED: u64 = 55_799;

/// The whole file: both tags and what stands behind them.
pub(crate) fn file(signature: &TerminalSignature, payload: &[u8]) -> Vec<u8> {
    let mut e = Encoder::new(Vec::new());
    e.tag(Tag::new(SELF_DESCRIBED)).and_then(|e| e.tag(Tag::new(TAG))).expect(INFALLIBLE);
    let mut bytes = e.into_writer();
    bytes.extend(write(signature, payload));
    bytes
}

/// Whether a file begins as a signed one does; the decoder stands behind both tags then.
pub(crate) fn begins(d: &mut Decoder<'_>) -> bool {
    d.tag().is_ok_and(|tag| tag.as_u64() == SELF_DESCRIBED) && d.tag().is_ok_and(|tag| tag.as_u64() == TAG)
}

/// The content of a payload, behind the name that it begins with and before its version: `#6.55799([name, …, …])`. `None` for another.
pub(crate) fn named<'a>(payload: &'a [u8], name: &str) -> Option<Decoder<'a>> {
    let mut d = Decoder::new(payload);
    let is_so_named = d.tag().is_ok_and(|tag| tag.as_u64() == SELF_DESCRIBED)
        && d.array().is_ok_and(|len| len == Some(3))
        && d.str().is_ok_and(|text| text == name);
    is_so_named.then_some(d)
}

/// A signed file whose signature holds.
pub(crate) struct Opened<'a> {
    /// Who signed it.
    pub signature: TerminalSignature,
    /// What is signed.
    pub payload: &'a [u8],
    /// What stands behind.
    pub rest: &'a [u8],
}

/// Why a file is no such one.
pub(crate) enum OpenError {
    /// It does not begin as one of its name does.
    OtherKind,
    /// Broken off, or not in the one form that it has.
    Damaged,
    /// It is signed with another key than the pinned one.
    OtherKey,
    /// The signature does not hold.
    Signature(CryptoError),
}

/// Opens a file whose payload begins with a name, under the key with the pinned SHA-256 or, without one, the key that it names. Nothing of
/// the content is looked at before its signature holds.
pub(crate) fn open<'a>(
    bytes: &'a [u8],
    name: &str,
    pinned: Option<&Digest>,
    provider: &dyn Provider,
) -> Result<Opened<'a>, OpenError> {
    let mut d = Decoder::new(bytes);
    if !begins(&mut d) {
        return Err(OpenError::OtherKind);
    }
    let (signature, payload) = read(&mut d).map_err(|_| OpenError::Damaged)?;
    if named(payload, name).is_none() {
        return Err(OpenError::OtherKind);
    }
    if pinned.is_some_and(|pinned| signature.key().fingerprint(provider) != *pinned) {
        return Err(OpenError::OtherKey);
    }
    signature.verify(payload, provider).map_err(OpenError::Signature)?;
    // What lies around the payload is compared with the one form that it has.
    let (signed, rest) = bytes.split_at_checked(d.position()).ok_or(OpenError::Damaged)?;
    if file(&signature, payload) != signed {
        return Err(OpenError::Damaged);
    }
    Ok(Opened { signature, payload, rest })
}

/// Writes what stands behind the tag.
fn write(signature: &TerminalSignature, payload: &[u8]) -> Vec<u8> {
    let mut e = Encoder::new(Vec::with_capacity(payload.len() + 256));
    e.array(4)
        .and_then(|e| {
            e.bytes(&protected(&signature.key, signature.statement.as_ref()))?.map(0)?.bytes(payload)?.bytes(&signature.value)
        })
        .expect(INFALLIBLE);
    e.into_writer()
}

/// Reads what stands behind the tag: the signature, and the payload. The caller compares the whole with the one encoding that it has.
pub(crate) fn read<'a>(d: &mut Decoder<'a>) -> Result<(TerminalSignature, &'a [u8]), EvidenceError> {
    let damaged = |_| EvidenceError::Signature;
    if d.array().map_err(damaged)? != Some(4) {
        return Err(EvidenceError::Signature);
    }
    let (key, statement) = read_header(d.bytes().map_err(damaged)?)?;
    if d.map().map_err(damaged)? != Some(0) {
        return Err(EvidenceError::Signature);
    }
    let payload = d.bytes().map_err(damaged)?;
    let value = d.bytes().map_err(damaged)?;
    if value.len() != SIGNATURE_LEN {
        return Err(EvidenceError::Signature);
    }
    Ok((TerminalSignature { key, statement, value: value.to_vec() }, payload))
}

fn read_header(bytes: &[u8]) -> Result<(TerminalKey, Option<Statement>), EvidenceError> {
    let damaged = |_| EvidenceError::Signature;
    let mut d = Decoder::new(bytes);
    let entries = d.map().map_err(damaged)?;
    let begins = matches!(entries, Some(2 | 4)) && d.u8().map_err(damaged)? == ALGORITHM;
    if !begins {
        return Err(EvidenceError::Signature);
    }
    let algorithm = d.i8().map_err(damaged)?;
    if d.u8().map_err(damaged)? != KEY_ID {
        return Err(EvidenceError::Signature);
    }
    let key = TerminalKey::from_spki(d.bytes().map_err(damaged)?).map_err(|_| EvidenceError::SignatureAlgorithm)?;
    if key.algorithm() != algorithm {
        return Err(EvidenceError::SignatureAlgorithm);
    }
    if entries == Some(2) {
        return Ok((key, None));
    }
    let mut text = |label| match d.str() {
        Ok(found) if found == label => d.str().map_err(damaged),
        _ => Err(EvidenceError::Signature),
    };
    let (consent, purpose) = (text(CONSENT)?, text(PURPOSE)?);
    Ok((key, Some(Statement::new(purpose, consent).ok_or(EvidenceError::Signature)?)))
}

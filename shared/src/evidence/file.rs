//! The file: a dossier as it is; or COSE_Sign1 around it; or either of them with a time-stamp beside it.

use alloc::vec::Vec;

use minicbor::data::Tag;
use minicbor::decode::Decoder;
use minicbor::encode::Encoder;

use super::{EvidenceError, SavedDossier, cose};
use crate::dossier::Dossier;

/// Tag "self-described CBOR" (RFC 8949 §3.4.6), with which each of the forms begins.
const SELF_DESCRIBED: u64 = 55_799;
const MAGIC: &str = "soat.time-stamped";
const VERSION: u64 = 1;
/// Longest time-stamp token in bytes; real ones have 2,000 to 7,000.
pub(super) const MAX_TOKEN_LEN: usize = 64 << 10;

const INFALLIBLE: &str = "a vector takes every write";

pub(super) fn write(saved: &SavedDossier) -> Vec<u8> {
    let dossier = saved.dossier.to_cbor();
    let inner = match &saved.signature {
        None => dossier,
        Some(signature) => cose::file(signature, &dossier),
    };
    let Some(token) = &saved.time_stamp else { return inner };
    let mut e = Encoder::new(Vec::with_capacity(inner.len() + token.len() + 64));
    e.tag(Tag::new(SELF_DESCRIBED))
        .and_then(|e| e.array(4)?.str(MAGIC)?.u64(VERSION)?.bytes(&inner)?.bytes(token))
        .expect(INFALLIBLE);
    e.into_writer()
}

pub(super) fn read(bytes: &[u8]) -> Result<SavedDossier, EvidenceError> {
    let saved = match time_stamped(bytes)? {
        Some(Envelope { inner, token }) => unstamped(inner)?.time_stamped(token.to_vec()),
        None => unstamped(bytes)?,
    };
    // The dossier was compared with its one encoding; what lies around it is compared here.
    if (saved.signature.is_some() || saved.time_stamp.is_some()) && write(&saved) != bytes {
        return Err(if saved.time_stamp.is_some() { EvidenceError::TimeStamp } else { EvidenceError::Signature });
    }
    Ok(saved)
}

/// The parts of a time-stamped file.
struct Envelope<'a> {
    inner: &'a [u8],
    token: &'a [u8],
}

/// Opens a time-stamped file; `None` where it is none.
fn time_stamped(bytes: &[u8]) -> Result<Option<Envelope<'_>>, EvidenceError> {
    let mut d = Decoder::new(bytes);
    let begins =
        is_self_described(&mut d) && d.array().is_ok_and(|len| len == Some(4)) && d.str().is_ok_and(|text| text == MAGIC);
    if !begins {
        return Ok(None);
    }
    let damaged = |_| EvidenceError::TimeStamp;
    match d.u64().map_err(damaged)? {
        VERSION => {}
        version => return Err(EvidenceError::UnknownTimeStampVersion(version)),
    }
    let inner = d.bytes().map_err(damaged)?;
    let token = d.bytes().map_err(damaged)?;
    if token.len() > MAX_TOKEN_LEN {
        return Err(EvidenceError::TimeStamp);
    }
    Ok(Some(Envelope { inner, token }))
}

fn unstamped(bytes: &[u8]) -> Result<SavedDossier, EvidenceError> {
    let mut d = Decoder::new(bytes);
    if !cose::begins(&mut d) {
        return Ok(SavedDossier { dossier: Dossier::from_cbor(bytes)?, signature: None, time_stamp: None });
    }
    let (signature, payload) = cose::read(&mut d)?;
    Ok(SavedDossier { dossier: Dossier::from_cbor(payload)?, signature: Some(signature), time_stamp: None })
}

fn is_self_described(d: &mut Decoder<'_>) -> bool {
    d.tag().is_ok_and(|tag| tag.as_u64() == SELF_DESCRIBED)
}

//! The signed content in CBOR: one encoding only, in which whatever was read is compared.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::data::Tag;
use minicbor::decode::{Decoder, Error};
use minicbor::encode::Encoder;

use super::{Object, ObjectKind, Snapshot, SnapshotError};
use crate::evidence::cose;
use crate::time::Timestamp;

const SELF_DESCRIBED: u64 = 55_799;
/// The name of what is signed.
pub(super) const MAGIC: &str = "soat.trust";
const FORMAT: u64 = 1;
/// No store has more objects.
pub(super) const MAX_OBJECTS: usize = 1_000_000;

const INFALLIBLE: &str = "a vector takes every write";

pub(super) fn write(snapshot: &Snapshot) -> Vec<u8> {
    let content: usize = snapshot.objects.iter().map(|object| object.content.len() + object.provenance.len() + 16).sum();
    let mut e = Encoder::new(Vec::with_capacity(content + 64));
    let count = u64::try_from(snapshot.objects.len()).unwrap_or(u64::MAX);
    e.tag(Tag::new(SELF_DESCRIBED))
        .and_then(|e| e.array(3)?.str(MAGIC)?.u64(FORMAT)?.array(3)?.u64(snapshot.version)?.i64(snapshot.made_at.0)?.array(count))
        .expect(INFALLIBLE);
    for object in &snapshot.objects {
        e.array(3).and_then(|e| e.u8(number(object.kind))?.bytes(&object.content)?.str(&object.provenance)).expect(INFALLIBLE);
    }
    e.into_writer()
}

pub(super) fn read(payload: &[u8]) -> Result<Snapshot, SnapshotError> {
    let mut d = cose::named(payload, MAGIC).ok_or(SnapshotError::NotASnapshot)?;
    let damaged = |_| SnapshotError::Damaged;
    match d.u64().map_err(damaged)? {
        FORMAT => {}
        format => return Err(SnapshotError::UnknownFormat(format)),
    }
    expect_array(&mut d, 3)?;
    let version = d.u64().map_err(damaged)?;
    let made_at = Timestamp(d.i64().map_err(damaged)?);
    let count = d.array().map_err(damaged)?.ok_or(SnapshotError::Damaged)?;
    let count = usize::try_from(count).ok().filter(|&count| count <= MAX_OBJECTS).ok_or(SnapshotError::TooLarge)?;
    let mut objects = Vec::new();
    for _ in 0..count {
        expect_array(&mut d, 3)?;
        objects.push(object(&mut d).map_err(damaged)?);
    }
    let is_sorted = objects.is_sorted_by(|one: &Object, other| (one.kind, &one.content) < (other.kind, &other.content));
    let snapshot = Snapshot { version, made_at, objects };
    if is_sorted && write(&snapshot) == payload { Ok(snapshot) } else { Err(SnapshotError::Damaged) }
}

fn object(d: &mut Decoder<'_>) -> Result<Object, Error> {
    let number = usize::from(d.u8()?);
    let kind = *ObjectKind::ALL.get(number).ok_or_else(|| Error::message("no such kind"))?;
    Ok(Object { kind, content: d.bytes()?.to_vec(), provenance: String::from(d.str()?) })
}

fn expect_array(d: &mut Decoder<'_>, len: u64) -> Result<(), SnapshotError> {
    match d.array() {
        Ok(Some(found)) if found == len => Ok(()),
        _ => Err(SnapshotError::Damaged),
    }
}

fn number(kind: ObjectKind) -> u8 {
    match kind {
        ObjectKind::Anchor => 0,
        ObjectKind::Terminal => 1,
        ObjectKind::TimeStampAuthority => 2,
        ObjectKind::RevocationList => 3,
        ObjectKind::DeviationList => 4,
        ObjectKind::Signer => 5,
    }
}

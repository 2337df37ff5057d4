//! Header and content in CBOR.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::data::Tag;
use minicbor::decode::{Decoder, Error};
use minicbor::encode::Encoder;

use super::access_list::AccessList;
use super::schedule::{Days, Schedule, Window};
use super::{Content, Header, MAX_ANCHORS, MAX_REVOKED, MAX_SCHEDULES, MAX_WINDOWS, PackError, Portrait, REVOKED, Settings};
use crate::crypto::Digest;
use crate::evidence::cose;
use crate::time::Timestamp;

const SELF_DESCRIBED: u64 = 55_799;
/// The name of what is signed.
pub(super) const MAGIC: &str = "soat.gate";
const FORMAT: u64 = 1;
const MINUTES_A_DAY: u16 = 24 * 60;

const INFALLIBLE: &str = "a vector takes every write";

pub(super) fn write_header(header: &Header) -> Vec<u8> {
    let mut e = Encoder::new(Vec::new());
    e.tag(Tag::new(SELF_DESCRIBED))
        .and_then(|e| {
            e.array(3)?
                .str(MAGIC)?
                .u64(FORMAT)?
                .array(5)?
                .u64(header.version)?
                .i64(header.made_at.0)?
                .i64(header.ends_at.0)?
                .u32(header.length)?
                .bytes(header.sha256.as_ref())
        })
        .expect(INFALLIBLE);
    e.into_writer()
}

pub(super) fn read_header(payload: &[u8]) -> Result<Header, PackError> {
    let damaged = |_| PackError::Damaged;
    let mut d = cose::named(payload, MAGIC).ok_or(PackError::NotAPack)?;
    match d.u64().map_err(damaged)? {
        FORMAT => {}
        format => return Err(PackError::UnknownFormat(format)),
    }
    expect(&mut d, 5).map_err(damaged)?;
    let version = d.u64().map_err(damaged)?;
    let made_at = Timestamp(d.i64().map_err(damaged)?);
    let ends_at = Timestamp(d.i64().map_err(damaged)?);
    let length = d.u32().map_err(damaged)?;
    let sha256 =
        Digest::new(d.bytes().map_err(damaged)?).filter(|digest| digest.as_ref().len() == 32).ok_or(PackError::Damaged)?;
    let header = Header { version, made_at, ends_at, length, sha256 };
    if write_header(&header) == payload && made_at < ends_at { Ok(header) } else { Err(PackError::Damaged) }
}

pub(super) fn write(content: &Content<'_>) -> Vec<u8> {
    let mut e = Encoder::new(Vec::new());
    write_to(&mut e, content).expect(INFALLIBLE);
    e.into_writer()
}

fn write_to(e: &mut Encoder<Vec<u8>>, content: &Content<'_>) -> Result<(), minicbor::encode::Error<core::convert::Infallible>> {
    let count = |len: usize| u64::try_from(len).unwrap_or(u64::MAX);
    let settings = &content.settings;
    let face = match settings.face {
        Portrait::Skipped => 0,
        Portrait::Hashed => 1,
    };
    e.array(7)?.str(&content.site)?.i16(content.zone_minutes)?.array(6)?;
    e.u32(settings.pulse_ms)?.u32(settings.code_ms)?.u32(settings.card_ms)?;
    e.u32(settings.passback_seconds)?.u8(face)?.u32(settings.reading_ms)?;
    e.array(count(content.anchors.len()))?;
    for anchor in &content.anchors {
        e.bytes(anchor)?;
    }
    e.bytes(content.revoked.as_flattened())?;
    e.array(count(content.list.schedules.len()))?;
    for Schedule(windows) in &content.list.schedules {
        e.array(count(windows.len()))?;
        for window in windows {
            e.array(3)?.u8(window.days.0)?.u16(window.from)?.u16(window.until)?;
        }
    }
    e.bytes(content.list.records())?;
    Ok(())
}

pub(super) fn read(bytes: &[u8]) -> Result<Content<'_>, PackError> {
    let mut d = Decoder::new(bytes);
    match content(&mut d) {
        Ok(content) if d.position() == bytes.len() => Ok(content),
        _ => Err(PackError::Damaged),
    }
}

fn content<'a>(d: &mut Decoder<'a>) -> Result<Content<'a>, Error> {
    expect(d, 7)?;
    let site = String::from(d.str()?);
    let zone_minutes = d.i16()?;
    let settings = settings(d)?;
    let count = bounded(d, MAX_ANCHORS)?;
    let anchors = (0..count).map(|_| d.bytes().map(<[u8]>::to_vec)).collect::<Result<_, _>>()?;
    let (revoked, rest) = d.bytes()?.as_chunks::<REVOKED>();
    if revoked.len() > MAX_REVOKED || !rest.is_empty() || !revoked.is_sorted_by(|one, other| one < other) {
        return Err(Error::message("revoked certificates are not sorted"));
    }
    let count = bounded(d, MAX_SCHEDULES)?;
    let schedules = (0..count).map(|_| schedule(d)).collect::<Result<_, _>>()?;
    let list = AccessList::in_place(d.bytes()?, schedules).ok_or_else(|| Error::message("people are not sorted"))?;
    Ok(Content { site, zone_minutes, settings, anchors, revoked: revoked.to_vec(), list })
}

fn settings(d: &mut Decoder<'_>) -> Result<Settings, Error> {
    expect(d, 6)?;
    let (pulse_ms, code_ms, card_ms, passback_seconds) = (d.u32()?, d.u32()?, d.u32()?, d.u32()?);
    let face = match d.u8()? {
        0 => Portrait::Skipped,
        1 => Portrait::Hashed,
        _ => return Err(Error::message("no such face")),
    };
    Ok(Settings { pulse_ms, code_ms, card_ms, passback_seconds, face, reading_ms: d.u32()? })
}

fn schedule(d: &mut Decoder<'_>) -> Result<Schedule, Error> {
    let count = bounded(d, MAX_WINDOWS)?;
    let window = |d: &mut Decoder<'_>| {
        expect(d, 3)?;
        let (days, from, until) = (d.u8()?, d.u16()?, d.u16()?);
        let is_window = days <= Days::ALL.0 && from < MINUTES_A_DAY && until <= MINUTES_A_DAY;
        if is_window { Ok(Window { days: Days(days), from, until }) } else { Err(Error::message("no such window")) }
    };
    (0..count).map(|_| window(d)).collect::<Result<_, _>>().map(Schedule)
}

fn expect(d: &mut Decoder<'_>, len: u64) -> Result<(), Error> {
    if d.array()? == Some(len) { Ok(()) } else { Err(Error::message("an array of another length")) }
}

fn bounded(d: &mut Decoder<'_>, most: usize) -> Result<usize, Error> {
    let len = d.array()?.and_then(|len| usize::try_from(len).ok());
    len.filter(|len| *len <= most).ok_or_else(|| Error::message("an array that is too long"))
}

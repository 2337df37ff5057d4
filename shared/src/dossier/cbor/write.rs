//! Writes a dossier, or compares bytes with what would be written.

use alloc::string::ToString;
use alloc::vec::Vec;

use minicbor::data::Tag;
use minicbor::encode::{Encoder, Error, Write};

use super::{DossierError, MAGIC, SELF_DESCRIBED};
use crate::dossier::{
    Access, AccessProtocol, ActiveAuthentication, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthentication,
    ChipAuthenticationOutcome, ChipMapping, ChipMappingOutcome, Dossier, FileContent, FileId, FileRecord, PasswordKind,
};

pub(super) fn to_vec(dossier: &Dossier) -> Vec<u8> {
    let mut encoder = Encoder::new(Vec::new());
    write(&mut encoder, dossier).expect("a vector takes every write");
    encoder.into_writer()
}

/// Whether `bytes` are the encoding of `dossier`, without making a second one.
pub(super) fn compare(dossier: &Dossier, bytes: &[u8]) -> Result<(), DossierError> {
    let mut encoder = Encoder::new(Comparison { rest: bytes });
    let written = write(&mut encoder, dossier);
    let rest = encoder.into_writer().rest;
    if written.is_ok() && rest.is_empty() {
        Ok(())
    } else {
        Err(DossierError::NotCanonical { position: bytes.len() - rest.len() })
    }
}

/// A writer that takes only what is there already.
struct Comparison<'a> {
    rest: &'a [u8],
}

/// Something else stands there.
struct Differs;

impl Write for Comparison<'_> {
    type Error = Differs;

    fn write_all(&mut self, written: &[u8]) -> Result<(), Differs> {
        self.rest = self.rest.strip_prefix(written).ok_or(Differs)?;
        Ok(())
    }
}

type Written<W> = Result<(), Error<<W as Write>::Error>>;

fn write<W: Write>(e: &mut Encoder<W>, dossier: &Dossier) -> Written<W> {
    // One encoding of each dossier: version 2 and its entries stand only where they say something.
    let (version, entries) = match (dossier.printed.is_empty(), &dossier.chip_mapping) {
        (true, None) => (1, 7),
        (true, Some(_)) => (1, 8),
        (false, _) => (2, 9),
    };
    e.tag(Tag::new(SELF_DESCRIBED))?.array(3)?.str(MAGIC)?.u64(version)?.array(entries)?;
    optional(e, dossier.access.as_ref(), access)?;
    e.map(len(dossier.files.len()))?;
    for (&id, file) in &dossier.files {
        file_name(e, id)?;
        record(e, file)?;
    }
    optional(e, dossier.chip_authentication.as_ref(), chip_authentication)?;
    optional(e, dossier.active_authentication.as_ref(), active_authentication)?;
    e.array(len(dossier.findings.len()))?;
    for finding in &dossier.findings {
        e.array(2)?.str(&finding.code)?;
        optional(e, finding.file, file_name)?;
    }
    optional(e, dossier.read_at, |e, moment| e.i64(moment.0)?.ok())?;
    e.array(len(dossier.timings.len()))?;
    for timing in &dossier.timings {
        e.array(4)?.str(&timing.step)?.u32(timing.apdus)?.u32(timing.bytes)?.u32(timing.milliseconds)?;
    }
    if entries > 7 {
        optional(e, dossier.chip_mapping.as_ref(), chip_mapping)?;
    }
    if version > 1 {
        e.map(len(dossier.printed.len()))?;
        for (kind, printed) in &dossier.printed {
            e.str(kind.name())?;
            content(e, printed)?;
        }
    }
    Ok(())
}

fn optional<W: Write, T>(e: &mut Encoder<W>, value: Option<T>, write: impl Fn(&mut Encoder<W>, T) -> Written<W>) -> Written<W> {
    match value {
        Some(value) => write(e, value),
        None => e.null()?.ok(),
    }
}

fn file_name<W: Write>(e: &mut Encoder<W>, file: FileId) -> Written<W> {
    e.str(&file.to_string())?.ok()
}

fn record<W: Write>(e: &mut Encoder<W>, record: &FileRecord) -> Written<W> {
    match record {
        FileRecord::Read(read) => content(e, read),
        FileRecord::Refused { status } => e.array(2)?.u8(2)?.u16(*status)?.ok(),
        FileRecord::Skipped => e.array(1)?.u8(3)?.ok(),
        FileRecord::Broken => e.array(1)?.u8(4)?.ok(),
    }
}

fn content<W: Write>(e: &mut Encoder<W>, content: &FileContent) -> Written<W> {
    match content {
        FileContent::Bytes(bytes) => e.array(2)?.u8(0)?.bytes(bytes)?.ok(),
        FileContent::Digests { length, digests } => {
            e.array(3)?.u8(1)?.u32(*length)?.array(len(digests.len()))?;
            for (algorithm, digest) in digests {
                e.array(2)?.str(algorithm.name())?.bytes(digest.as_ref())?;
            }
            Ok(())
        }
    }
}

fn chip_mapping<W: Write>(e: &mut Encoder<W>, seen: &ChipMapping) -> Written<W> {
    e.array(2)?.bytes(&seen.mapping_key)?;
    match &seen.outcome {
        ChipMappingOutcome::Data(data) => e.array(2)?.u8(0)?.bytes(data)?.ok(),
        ChipMappingOutcome::Missing => e.array(1)?.u8(1)?.ok(),
        ChipMappingOutcome::Malformed => e.array(1)?.u8(2)?.ok(),
    }
}

fn access<W: Write>(e: &mut Encoder<W>, access: &Access) -> Written<W> {
    e.array(2)?;
    match &access.protocol {
        AccessProtocol::Pace { protocol, parameter_id } => e.array(3)?.u8(0)?.bytes(protocol.as_bytes())?.u8(*parameter_id)?,
        AccessProtocol::Bac { reason: BacReason::PaceNotOffered } => e.array(2)?.u8(1)?.u8(0)?,
        AccessProtocol::Bac { reason: BacReason::CardAccessRefused(status) } => e.array(3)?.u8(1)?.u8(1)?.u16(*status)?,
        AccessProtocol::Bac { reason: BacReason::PaceVariantUnknown } => e.array(2)?.u8(1)?.u8(2)?,
        AccessProtocol::Unprotected => e.array(1)?.u8(2)?,
    };
    e.u8(match access.password {
        PasswordKind::Mrz => 0,
        PasswordKind::Can => 1,
        PasswordKind::Pin => 2,
        PasswordKind::Puk => 3,
    })?
    .ok()
}

fn chip_authentication<W: Write>(e: &mut Encoder<W>, seen: &ChipAuthentication) -> Written<W> {
    e.array(4)?;
    optional(e, seen.key_id, |e, key_id| e.u32(key_id)?.ok())?;
    e.bytes(seen.protocol.as_bytes())?.bytes(&seen.public_key)?;
    match seen.outcome {
        ChipAuthenticationOutcome::Confirmed => e.array(1)?.u8(0)?.ok(),
        ChipAuthenticationOutcome::Refused(status) => e.array(2)?.u8(1)?.u16(status)?.ok(),
        ChipAuthenticationOutcome::WrongKeys => e.array(1)?.u8(2)?.ok(),
        ChipAuthenticationOutcome::Unsupported => e.array(1)?.u8(3)?.ok(),
    }
}

fn active_authentication<W: Write>(e: &mut Encoder<W>, seen: &ActiveAuthentication) -> Written<W> {
    e.array(3)?.bytes(&seen.challenge)?.u8(match seen.challenge_source {
        ChallengeSource::Terminal => 0,
        ChallengeSource::RelyingParty => 1,
    })?;
    match &seen.outcome {
        ActiveAuthenticationOutcome::Signature(signature) => e.array(2)?.u8(0)?.bytes(signature)?.ok(),
        ActiveAuthenticationOutcome::Refused(status) => e.array(2)?.u8(1)?.u16(*status)?.ok(),
    }
}

/// Lengths in memory fit 64 bits on every machine there is.
fn len(len: usize) -> u64 {
    u64::try_from(len).unwrap_or(u64::MAX)
}

//! Reads a dossier. Lists are taken entry by entry, so that a claimed length reserves nothing.

use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;
use minicbor::data::Type;
use minicbor::decode::{Decoder, Error};

use super::{DossierError, MAGIC, MAX_ENTRIES, SELF_DESCRIBED, VERSIONS};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::dossier::{
    Access, AccessProtocol, ActiveAuthentication, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthentication,
    ChipAuthenticationOutcome, ChipMapping, ChipMappingOutcome, Dossier, FileContent, FileId, FileRecord, Origin, PasswordKind,
    PrintedData, ReadingFinding, StepTiming,
};
use crate::time::Timestamp;

pub(super) fn dossier(bytes: &[u8]) -> Result<Dossier, DossierError> {
    let mut reader = Reader(Decoder::new(bytes));
    let begins = reader.0.tag().is_ok_and(|tag| tag.as_u64() == SELF_DESCRIBED)
        && reader.0.array().is_ok_and(|len| len == Some(3))
        && reader.0.str().is_ok_and(|magic| magic == MAGIC);
    if !begins {
        return Err(DossierError::NotADossier);
    }
    let version = reader.value(|d| d.u64())?;
    if !VERSIONS.contains(&version) {
        return Err(DossierError::UnknownVersion(version));
    }
    let has_chip_mapping = match (version, reader.variable_array()?) {
        (1, 7) => false,
        (1, 8) | (2, 9) => true,
        _ => return reader.malformed(),
    };
    let mut dossier = Dossier::new(Origin::Saved);
    dossier.access = reader.optional(Reader::access)?;
    dossier.files = reader.files()?;
    dossier.chip_authentication = reader.optional(Reader::chip_authentication)?;
    dossier.active_authentication = reader.optional(Reader::active_authentication)?;
    dossier.findings = reader.list(Reader::finding)?;
    dossier.read_at = reader.optional(|reader| reader.value(|d| d.i64()).map(Timestamp))?;
    dossier.timings = reader.list(Reader::timing)?;
    if has_chip_mapping {
        dossier.chip_mapping = reader.optional(Reader::chip_mapping)?;
    }
    if version > 1 {
        dossier.printed = reader.printed()?;
    }
    match reader.0.position() {
        end if end == bytes.len() => Ok(dossier),
        position => Err(DossierError::Trailing { position }),
    }
}

struct Reader<'a>(Decoder<'a>);

type Decoded<T> = Result<T, DossierError>;

impl<'a> Reader<'a> {
    fn malformed<T>(&self) -> Decoded<T> {
        Err(DossierError::Malformed { position: self.0.position() })
    }

    /// One item; an error points at its first byte.
    fn value<T>(&mut self, read: impl FnOnce(&mut Decoder<'a>) -> Result<T, Error>) -> Decoded<T> {
        let position = self.0.position();
        read(&mut self.0).map_err(|_| DossierError::Malformed { position })
    }

    /// The head of an array of known length.
    fn array(&mut self, expected: u64) -> Decoded<()> {
        if self.variable_array()? == expected { Ok(()) } else { self.malformed() }
    }

    /// The head of an array of any definite length.
    fn variable_array(&mut self) -> Decoded<u64> {
        match self.value(|d| d.array())? {
            Some(len) => Ok(len),
            None => self.malformed(),
        }
    }

    fn list<T>(&mut self, read: impl Fn(&mut Self) -> Decoded<T>) -> Decoded<Vec<T>> {
        let len = self.variable_array()?;
        if len > MAX_ENTRIES {
            return self.malformed();
        }
        (0..len).map(|_| read(self)).collect()
    }

    fn optional<T>(&mut self, read: impl FnOnce(&mut Self) -> Decoded<T>) -> Decoded<Option<T>> {
        if self.value(|d| d.datatype())? == Type::Null {
            self.value(|d| d.null())?;
            Ok(None)
        } else {
            read(self).map(Some)
        }
    }

    fn text(&mut self) -> Decoded<&'a str> {
        self.value(|d| d.str())
    }

    fn bytes(&mut self) -> Decoded<&'a [u8]> {
        self.value(|d| d.bytes())
    }

    fn object_identifier(&mut self) -> Decoded<ObjectIdentifier> {
        let identifier = ObjectIdentifier::from_bytes(self.bytes()?);
        identifier.or_else(|_| self.malformed())
    }

    fn file(&mut self) -> Decoded<FileId> {
        let name = self.text()?;
        FileId::all().find(|file| file.to_string() == name).map_or_else(|| self.malformed(), Ok)
    }

    fn files(&mut self) -> Decoded<BTreeMap<FileId, FileRecord>> {
        let Some(len) = self.value(|d| d.map())? else { return self.malformed() };
        let mut files = BTreeMap::new();
        for _ in 0..len {
            let file = self.file()?;
            let record = self.record()?;
            if files.insert(file, record).is_some() {
                return Err(DossierError::Duplicate(file));
            }
        }
        Ok(files)
    }

    fn printed(&mut self) -> Decoded<BTreeMap<PrintedData, FileContent>> {
        let Some(len) = self.value(|d| d.map())? else { return self.malformed() };
        let mut printed = BTreeMap::new();
        for _ in 0..len {
            let name = self.text()?;
            let Some(kind) = PrintedData::ALL.into_iter().find(|kind| kind.name() == name) else { return self.malformed() };
            let FileRecord::Read(content) = self.record()? else { return self.malformed() };
            if printed.insert(kind, content).is_some() {
                return self.malformed();
            }
        }
        Ok(printed)
    }

    fn record(&mut self) -> Decoded<FileRecord> {
        let len = self.variable_array()?;
        Ok(match (self.value(|d| d.u8())?, len) {
            (0, 2) => FileRecord::Read(FileContent::Bytes(self.bytes()?.to_vec())),
            (1, 3) => {
                FileRecord::Read(FileContent::Digests { length: self.value(|d| d.u32())?, digests: self.list(Self::digest)? })
            }
            (2, 2) => FileRecord::Refused { status: self.value(|d| d.u16())? },
            (3, 1) => FileRecord::Skipped,
            (4, 1) => FileRecord::Broken,
            _ => return self.malformed(),
        })
    }

    fn digest(&mut self) -> Decoded<(DigestAlgorithm, Digest)> {
        self.array(2)?;
        let name = self.text()?;
        let Some(algorithm) = DigestAlgorithm::ALL.into_iter().find(|algorithm| algorithm.name() == name) else {
            return self.malformed();
        };
        let octets = self.bytes()?;
        let digest = Digest::new(octets).filter(|_| octets.len() == algorithm.output_len());
        digest.map_or_else(|| self.malformed(), |digest| Ok((algorithm, digest)))
    }

    fn access(&mut self) -> Decoded<Access> {
        self.array(2)?;
        let len = self.variable_array()?;
        let protocol = match (self.value(|d| d.u8())?, len) {
            (0, 3) => AccessProtocol::Pace { protocol: self.object_identifier()?, parameter_id: self.value(|d| d.u8())? },
            (1, _) => AccessProtocol::Bac {
                reason: match (self.value(|d| d.u8())?, len) {
                    (0, 2) => BacReason::PaceNotOffered,
                    (1, 3) => BacReason::CardAccessRefused(self.value(|d| d.u16())?),
                    (2, 2) => BacReason::PaceVariantUnknown,
                    _ => return self.malformed(),
                },
            },
            (2, 1) => AccessProtocol::Unprotected,
            _ => return self.malformed(),
        };
        let password = match self.value(|d| d.u8())? {
            0 => PasswordKind::Mrz,
            1 => PasswordKind::Can,
            2 => PasswordKind::Pin,
            3 => PasswordKind::Puk,
            _ => return self.malformed(),
        };
        Ok(Access { protocol, password })
    }

    fn chip_mapping(&mut self) -> Decoded<ChipMapping> {
        self.array(2)?;
        let mapping_key = self.bytes()?.to_vec();
        let len = self.variable_array()?;
        let outcome = match (self.value(|d| d.u8())?, len) {
            (0, 2) => ChipMappingOutcome::Data(self.bytes()?.to_vec()),
            (1, 1) => ChipMappingOutcome::Missing,
            (2, 1) => ChipMappingOutcome::Malformed,
            _ => return self.malformed(),
        };
        Ok(ChipMapping { mapping_key, outcome })
    }

    fn chip_authentication(&mut self) -> Decoded<ChipAuthentication> {
        self.array(4)?;
        let key_id = self.optional(|reader| reader.value(|d| d.u32()))?;
        let protocol = self.object_identifier()?;
        let public_key = self.bytes()?.to_vec();
        let len = self.variable_array()?;
        let outcome = match (self.value(|d| d.u8())?, len) {
            (0, 1) => ChipAuthenticationOutcome::Confirmed,
            (1, 2) => ChipAuthenticationOutcome::Refused(self.value(|d| d.u16())?),
            (2, 1) => ChipAuthenticationOutcome::WrongKeys,
            (3, 1) => ChipAuthenticationOutcome::Unsupported,
            _ => return self.malformed(),
        };
        Ok(ChipAuthentication { key_id, protocol, public_key, outcome })
    }

    fn active_authentication(&mut self) -> Decoded<ActiveAuthentication> {
        self.array(3)?;
        let Ok(challenge) = self.bytes()?.try_into() else { return self.malformed() };
        let challenge_source = match self.value(|d| d.u8())? {
            0 => ChallengeSource::Terminal,
            1 => ChallengeSource::RelyingParty,
            _ => return self.malformed(),
        };
        self.array(2)?;
        let outcome = match self.value(|d| d.u8())? {
            0 => ActiveAuthenticationOutcome::Signature(self.bytes()?.to_vec()),
            1 => ActiveAuthenticationOutcome::Refused(self.value(|d| d.u16())?),
            _ => return self.malformed(),
        };
        Ok(ActiveAuthentication { challenge, challenge_source, outcome })
    }

    fn finding(&mut self) -> Decoded<ReadingFinding> {
        self.array(2)?;
        Ok(ReadingFinding { code: String::from(self.text()?), file: self.optional(Self::file)? })
    }

    fn timing(&mut self) -> Decoded<StepTiming> {
        self.array(4)?;
        Ok(StepTiming {
            step: String::from(self.text()?),
            apdus: self.value(|d| d.u32())?,
            bytes: self.value(|d| d.u32())?,
            milliseconds: self.value(|d| d.u32())?,
        })
    }
}

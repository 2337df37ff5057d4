//! EF.SOD: the security object, and what it signs (ICAO 9303-10 §4.6.2). The CMS around it belongs to `pki`.

use alloc::collections::BTreeMap;
use alloc::string::String;

use super::{LdsError, LdsErrorReason, elements, in_file, outermost};
use crate::crypto::{Digest, DigestAlgorithm};
use crate::dossier::{DataGroup, FileId};
use crate::tlv::asn1::{OCTET_STRING, PRINTABLE_STRING, SEQUENCE};
use crate::tlv::{Cursor, Element, Rules, Tag, TlvError};

const FILE: Tag = Tag(0x77);

/// The CMS SignedData (a ContentInfo) in EF.SOD, as received. The wrapper `77` may be missing, as it is in some dumps.
///
/// # Errors
/// Where the elements are torn, or there is something else.
pub fn cms(bytes: &[u8]) -> Result<&[u8], LdsError> {
    message(bytes).map(|element| element.raw).map_err(in_file(FileId::Sod))
}

/// Whether something follows the message inside the wrapper `77`, which has room for one alone.
pub fn has_more_than_the_message(bytes: &[u8]) -> bool {
    let mut inside = match outermost(bytes, FILE).and_then(|file| file.children()) {
        Ok(inside) => inside,
        Err(_) => return false,
    };
    inside.expect(SEQUENCE).is_ok() && !inside.is_empty()
}

/// The ContentInfo, in the wrapper or without it.
pub(crate) fn message(bytes: &[u8]) -> Result<Element<'_>, TlvError> {
    if Cursor::new(bytes, Rules::Ber).peek() == Some(SEQUENCE) {
        return outermost(bytes, SEQUENCE);
    }
    outermost(bytes, FILE)?.children()?.expect(SEQUENCE)
}

/// What the document signer signed: the hashes of the data groups.
///
/// ```asn1
/// LDSSecurityObject ::= SEQUENCE {
///   version              INTEGER { v0(0), v1(1) },
///   hashAlgorithm        AlgorithmIdentifier,
///   dataGroupHashValues  SEQUENCE OF DataGroupHash,
///   ldsVersionInfo       LDSVersionInfo OPTIONAL }   -- if version is v1
/// DataGroupHash ::= SEQUENCE {
///   dataGroupNumber     INTEGER,
///   dataGroupHashValue  OCTET STRING }
/// LDSVersionInfo ::= SEQUENCE {
///   ldsVersion      PrintableString,
///   unicodeVersion  PrintableString }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdsSecurityObject {
    /// 0 or 1.
    pub version: u32,
    /// The hash over the data groups; the signer's may be another (`quirks.md` 15).
    pub digest_algorithm: DigestAlgorithm,
    /// The hash of each data group that is listed: each one once, as long as the algorithm says.
    pub hashes: BTreeMap<DataGroup, Digest>,
    /// LDS and Unicode version, of version 1.
    pub version_info: Option<LdsVersionInfo>,
}

/// The signed version of the LDS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LdsVersionInfo {
    /// `0108`
    pub lds_version: String,
    /// `040000`
    pub unicode_version: String,
}

impl LdsSecurityObject {
    /// Reads the content of the CMS. Positions in errors count from the content's first byte.
    ///
    /// # Errors
    /// Where the elements are torn, the version or the hash algorithm is unknown, a hash has another length than its algorithm's, or a
    /// data group is listed twice.
    pub fn parse(content: &[u8]) -> Result<Self, LdsError> {
        let tlv = in_file(FileId::Sod);
        let at = |position, reason| LdsError { file: FileId::Sod, position, reason };

        let mut outer = Cursor::new(content, Rules::Ber);
        let mut fields = outer.sequence().map_err(&tlv)?;
        outer.finish().map_err(&tlv)?;

        let position = fields.position();
        let version = fields.small_integer().map_err(&tlv)?;
        if version > 1 {
            return Err(at(position, LdsErrorReason::UnknownVersion(version)));
        }
        let position = fields.position();
        let identifier = fields.sequence().and_then(|mut algorithm| algorithm.object_identifier()).map_err(&tlv)?;
        let digest_algorithm = DigestAlgorithm::from_object_identifier(identifier)
            .ok_or_else(|| at(position, LdsErrorReason::UnknownDigestAlgorithm))?;

        let mut hashes = BTreeMap::new();
        for entry in fields.sequence().map_err(&tlv)? {
            let entry = entry.map_err(&tlv)?;
            let (group, digest) = read_hash(&entry, digest_algorithm).map_err(&tlv)?;
            if hashes.insert(group, digest).is_some() {
                return Err(at(entry.position, LdsErrorReason::DuplicateDataGroup(group)));
            }
        }
        let version_info = fields.optional(SEQUENCE).and_then(|info| info.map(read_version_info).transpose()).map_err(&tlv)?;
        fields.finish().map_err(&tlv)?;
        Ok(Self { version, digest_algorithm, hashes, version_info })
    }
}

fn read_hash(entry: &Element<'_>, algorithm: DigestAlgorithm) -> Result<(DataGroup, Digest), TlvError> {
    let mut fields = elements(entry, SEQUENCE)?;
    let number = fields.small_integer()?;
    let group = u8::try_from(number).ok().and_then(DataGroup::new).ok_or(entry.invalid("not the number of a data group"))?;
    let value = fields.expect(OCTET_STRING)?;
    let digest = Digest::new(value.value).filter(|_| value.value.len() == algorithm.output_len());
    fields.finish()?;
    digest.map(|digest| (group, digest)).ok_or(value.invalid("a hash of another length than its algorithm's"))
}

fn read_version_info(info: Element<'_>) -> Result<LdsVersionInfo, TlvError> {
    let mut fields = info.children()?;
    let mut text = || {
        let element = fields.expect(PRINTABLE_STRING)?;
        core::str::from_utf8(element.value).map(String::from).map_err(|_| element.invalid("not a printable string"))
    };
    Ok(LdsVersionInfo { lds_version: text()?, unicode_version: text()? })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::lds::build::{oid, tlv};
    use crate::tlv::TlvErrorKind;
    use alloc::vec::Vec;
    use proptest::prelude::*;

    fn hash(number: u8, len: usize) -> Vec<u8> {
        tlv(0x30, &[&[2, 1, number], &tlv(0x04, &[&alloc::vec![number; len]])])
    }

    fn object(version: u8, algorithm: &str, hashes: &[Vec<u8>], info: &[u8]) -> Vec<u8> {
        let algorithm = tlv(0x30, &[&oid(algorithm), &[5, 0]]);
        let hashes = tlv(0x30, &hashes.iter().map(Vec::as_slice).collect::<Vec<_>>());
        tlv(0x30, &[&[2, 1, version], &algorithm, &hashes, info])
    }

    const SHA256: &str = "2.16.840.1.101.3.4.2.1";

    #[test]
    fn version_0_and_1() {
        let old = LdsSecurityObject::parse(&object(0, SHA256, &[hash(1, 32), hash(13, 32)], &[])).unwrap();
        assert_eq!((old.version, old.digest_algorithm), (0, DigestAlgorithm::Sha256));
        assert_eq!(old.hashes.keys().map(|group| group.number()).collect::<Vec<_>>(), [1, 13]);
        assert_eq!(old.hashes[&DataGroup::DG13].as_ref(), [13; 32]);
        assert_eq!(old.version_info, None);
        let info = tlv(0x30, &[&tlv(0x13, &[b"0108"]), &tlv(0x13, &[b"040000"])]);
        let new = LdsSecurityObject::parse(&object(1, SHA256, &[hash(2, 32)], &info)).unwrap();
        assert_eq!(new.version_info.unwrap().lds_version, "0108");
    }

    #[test]
    fn what_it_refuses_and_why() {
        let reason = |bytes: &[u8]| LdsSecurityObject::parse(bytes).unwrap_err().reason;
        assert_eq!(reason(&object(2, SHA256, &[], &[])), LdsErrorReason::UnknownVersion(2));
        assert_eq!(reason(&object(0, "1.2.840.113549.2.5", &[], &[])), LdsErrorReason::UnknownDigestAlgorithm);
        let twice = object(0, SHA256, &[hash(1, 32), hash(2, 32), hash(1, 32)], &[]);
        assert_eq!(reason(&twice), LdsErrorReason::DuplicateDataGroup(DataGroup::DG1));
        let value = |reason| LdsErrorReason::Tlv(TlvErrorKind::Value(reason));
        assert_eq!(reason(&object(0, SHA256, &[hash(17, 32)], &[])), value("not the number of a data group"));
        assert_eq!(reason(&object(0, SHA256, &[hash(0, 32)], &[])), value("not the number of a data group"));
        assert_eq!(reason(&object(0, SHA256, &[hash(1, 20)], &[])), value("a hash of another length than its algorithm's"));
        let followed = object(0, SHA256, &[hash(1, 32)], &[4, 0]);
        assert_eq!(reason(&followed), LdsErrorReason::Tlv(TlvErrorKind::Trailing));
    }

    #[test]
    fn with_or_without_its_wrapper() {
        let bare = [0x30, 2, 5, 0];
        assert_eq!(cms(&bare).unwrap(), bare);
        assert_eq!(cms(&tlv(0x77, &[&bare])).unwrap(), bare);
        assert_eq!(cms(&[0x77, 0x80, 0x30, 0x80, 5, 0, 0, 0, 0, 0]).unwrap(), [0x30, 0x80, 5, 0, 0, 0]);
        for (more, file) in [
            (false, bare.to_vec()),
            (false, tlv(0x77, &[&bare])),
            (false, [tlv(0x77, &[&bare]), alloc::vec![0, 0]].concat()),
            (true, tlv(0x77, &[&bare, &[5, 0]])),
            (true, tlv(0x77, &[&bare, &[0]])),
        ] {
            assert_eq!(has_more_than_the_message(&file), more, "{file:02X?}");
        }
        let empty = cms(&[]).unwrap_err();
        assert_eq!((empty.file, empty.reason), (FileId::Sod, LdsErrorReason::Tlv(TlvErrorKind::Truncated)));
        let other = TlvErrorKind::Unexpected { expected: FILE, found: Tag(0x61) };
        assert_eq!(cms(&[0x61, 0]).unwrap_err().reason, LdsErrorReason::Tlv(other));
    }

    proptest! {
        #[test]
        fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
            let mut bytes = object(1, SHA256, &[hash(1, 32), hash(2, 32)], &[]);
            let at = at.index(bytes.len());
            bytes[at] = to;
            let _ = LdsSecurityObject::parse(&bytes);
            let _ = cms(&bytes);
        }
    }
}

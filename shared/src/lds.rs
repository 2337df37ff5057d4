//! What the files of a card say (ICAO 9303-10).
//!
//! One file each. Parsing is lenient in form (BER lengths, zeros after the file, unknown elements), since the security object decides
//! over the raw bytes; it is never lenient in bounds.

pub mod atr_info;
pub mod card_access;
pub mod card_security;
pub mod com;
pub mod date;
pub mod dg1;
pub mod dg11;
pub mod dg12;
pub mod dg14;
pub mod dg15;
pub mod dg16;
pub mod dg2;
pub mod dg7;
pub mod dir;
pub mod protocol;
pub mod security_infos;
pub mod sod;
pub mod text;

use crate::dossier::{DataGroup, FileId};
use crate::mrz::MrzError;
use crate::tlv::{Cursor, Element, Rules, Tag, TlvError, TlvErrorKind};

pub use date::FullDate;
pub use security_infos::{SecurityInfo, SecurityInfos};

/// What is wrong with a file, and where. Never carries what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}, byte {position}: {reason}")]
pub struct LdsError {
    /// The file.
    pub file: FileId,
    /// Byte offset from its start.
    pub position: usize,
    /// What is wrong there.
    pub reason: LdsErrorReason,
}

/// Why a file is not what its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LdsErrorReason {
    /// Its elements.
    #[error(transparent)]
    Tlv(TlvErrorKind),
    /// The MRZ in DG1.
    #[error(transparent)]
    Mrz(MrzError),
    /// A security object that names a data group twice.
    #[error("{0} is listed twice")]
    DuplicateDataGroup(DataGroup),
    /// A security object with another version than 0 or 1.
    #[error("version {0} of the security object is not known")]
    UnknownVersion(u32),
    /// A hash algorithm outside SHA-1 and SHA-2.
    #[error("the hash algorithm is not known")]
    UnknownDigestAlgorithm,
}

/// Puts the file's name to an error of its elements.
pub(crate) fn in_file(file: FileId) -> impl Fn(TlvError) -> LdsError {
    move |error| LdsError { file, position: error.position, reason: LdsErrorReason::Tlv(error.kind) }
}

/// The element that is the whole file. Zeros may follow it, as some chips pad their files.
pub(crate) fn outermost(bytes: &[u8], tag: Tag) -> Result<Element<'_>, TlvError> {
    let mut cursor = Cursor::new(bytes, Rules::Ber);
    let element = cursor.expect(tag)?;
    if cursor.rest().iter().all(|&byte| byte == 0) { Ok(element) } else { Err(cursor.error(TlvErrorKind::Trailing)) }
}

/// The elements of an element that must have this tag.
fn elements<'a>(element: &Element<'a>, tag: Tag) -> Result<Cursor<'a>, TlvError> {
    if element.tag == tag {
        element.children()
    } else {
        Err(element.error(TlvErrorKind::Unexpected { expected: tag, found: element.tag }))
    }
}

/// Builds elements for the tests of the files.
#[cfg(test)]
#[allow(clippy::unwrap_used)]
pub(crate) mod build {
    use alloc::vec::Vec;

    /// The element of `tag` around `parts`, with the shortest length.
    pub(crate) fn tlv(tag: u32, parts: &[&[u8]]) -> Vec<u8> {
        let value = parts.concat();
        let mut bytes: Vec<u8> = tag.to_be_bytes().into_iter().skip_while(|&byte| byte == 0).collect();
        match value.len() {
            short @ 0..=0x7F => bytes.push(u8::try_from(short).unwrap()),
            long => {
                let octets: Vec<u8> = long.to_be_bytes().into_iter().skip_while(|&byte| byte == 0).collect();
                bytes.push(0x80 | u8::try_from(octets.len()).unwrap());
                bytes.extend(octets);
            }
        }
        bytes.extend(value);
        bytes
    }

    /// An OBJECT IDENTIFIER.
    pub(crate) fn oid(text: &str) -> Vec<u8> {
        tlv(0x06, &[der::asn1::ObjectIdentifier::new_unwrap(text).as_bytes()])
    }
}

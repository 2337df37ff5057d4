//! The dossier as a file, `card.soat`: deterministic CBOR (RFC 8949 §4.2), versioned.
//!
//! ```cddl
//! dossier = #6.55799([ "soat.dossier", 1 / 2, body ]) ; 2 where something of the print on the card was taken
//! body = [ access / null, { * file => record }, chip-authentication / null, active-authentication / null,
//!          [ * finding ], read-at / null, [ * timing ],
//!          ? chip-mapping ]                     ; version 1: only where PACE with chip authentication mapping ran
//!                                               ; version 2: chip-mapping / null, { + printed => record }, records of kind 0 and 1
//! printed = "QR code" / "MRZ"
//! file = tstr                                   ; "EF.SOD", "DG1" …
//! record = [0, bstr]                            ; read: the raw bytes
//!        / [1, uint, [ * [tstr, bstr] ]]        ; read: length, and digests by the hash's name
//!        / [2, uint]                            ; refused: status word
//!        / [3] / [4]                            ; skipped; broken
//! access = [protocol, password]
//! protocol = [0, bstr, uint]                    ; PACE: object identifier, parameter id
//!          / [1, 0] / [1, 1, uint] / [1, 2]     ; BAC: not offered; EF.CardAccess refused; variant unknown
//!          / [2]                                ; none
//! password = 0 / 1 / 2 / 3                      ; MRZ; CAN; PIN; PUK
//! chip-mapping = [mapping-key: bstr, [0, bstr] / [1] / [2]] ; the chip's data; none; malformed
//! chip-authentication = [key-id: uint / null, bstr, bstr, [0] / [1, uint] / [2] / [3]]
//! active-authentication = [challenge: bstr .size 8, 0 / 1, [0, bstr] / [1, uint]]
//! finding = [tstr, file / null]
//! read-at = int                                 ; seconds since 1970
//! timing = [tstr, apdus: uint, bytes: uint, milliseconds: uint]
//! ```
//!
//! There is one encoding of a dossier: bytes that are any other (longer numbers, keys out of order or twice, indefinite lengths) are
//! refused, so that a signature or digest over the file is one over its content.

mod read;
mod write;

use alloc::vec::Vec;

use super::{Dossier, FileId};

const MAGIC: &str = "soat.dossier";
/// What is read, the first without print, the second with. What is added makes the next number, so that no reader passes it over.
const VERSIONS: [u64; 2] = [1, 2];
/// Tag "self-described CBOR" (RFC 8949 §3.4.6): the file begins with D9D9F7.
const SELF_DESCRIBED: u64 = 55_799;
/// Longest dossier in bytes.
const MAX_LEN: usize = 16 << 20;
/// Most findings, and most timings: far more than any reading makes.
const MAX_ENTRIES: u64 = 4096;

/// Why bytes are not a dossier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DossierError {
    /// It does not begin as a dossier does.
    #[error("this is not a dossier")]
    NotADossier,
    /// A later version.
    #[error("this dossier has version {0}, and only versions 1 and 2 are known here")]
    UnknownVersion(u64),
    /// More bytes than a dossier has.
    #[error("a dossier has at most 16 MiB, this has {found} bytes")]
    TooLarge {
        /// Its length in bytes.
        found: usize,
    },
    /// Something else than belongs here, or the end.
    #[error("byte {position}: the dossier is torn or damaged")]
    Malformed {
        /// Byte offset from the start of the file.
        position: usize,
    },
    /// A file that stands twice.
    #[error("{0} stands twice")]
    Duplicate(FileId),
    /// Bytes after the end.
    #[error("byte {position}: data follow after the end")]
    Trailing {
        /// Byte offset from the start of the file.
        position: usize,
    },
    /// Not the one encoding that this dossier has.
    #[error("byte {position}: not in the canonical form")]
    NotCanonical {
        /// Byte offset from the start of the file.
        position: usize,
    },
}

impl Dossier {
    /// The dossier as a file. Where it comes from is left out: what is read from a file is never more than [`super::Origin::Saved`].
    pub fn to_cbor(&self) -> Vec<u8> {
        write::to_vec(self)
    }

    /// Reads a saved dossier: its origin is [`super::Origin::Saved`] whatever the bytes say.
    ///
    /// # Errors
    /// What is wrong with the bytes, and where.
    pub fn from_cbor(bytes: &[u8]) -> Result<Self, DossierError> {
        if bytes.len() > MAX_LEN {
            return Err(DossierError::TooLarge { found: bytes.len() });
        }
        let dossier = read::dossier(bytes)?;
        write::compare(&dossier, bytes)?;
        Ok(dossier)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests;

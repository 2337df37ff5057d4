//! Certificate revocation lists (RFC 5280 §5, ICAO 9303-12 §7.1.4).
//!
//! A country's authority issues one complete list, signed with its newest key, of everything that it ever revoked (ICAO 9303-12 §4.1.5).
//! Delta, partitioned and indirect lists are forbidden there; they are refused here, each by its name, since to read one as a complete
//! list would be to miss revocations.

mod entries;

use alloc::vec::Vec;
use core::ops::Range;

use der::asn1::ObjectIdentifier;

use super::algorithm::AlgorithmIdentifier;
use super::certificate::extensions::key_identifier_of;
use super::certificate::{Name, validity};
use crate::crypto::CryptoError;
use crate::time::Timestamp;
use crate::tlv::asn1::{GENERALIZED_TIME, INTEGER, OCTET_STRING, SEQUENCE, UTC_TIME, context};
use crate::tlv::{Cursor, Element, Rules, TlvError};
use entries::{Entry, read_entries};

pub(super) use entries::minimal;
pub use entries::{Revocation, RevocationReason};

/// No list is longer, in bytes. A hundred thousand entries take some 4 MB.
pub const LONGEST_LIST: usize = 64 * 1024 * 1024;

/// A list holds for so long where it names no end: an authority issues one at least every 90 days (ICAO 9303-12 §4.1.5).
const LONGEST_INTERVAL: i64 = 90 * 86_400;

const ISSUER_ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.18");
const CRL_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.20");
const DELTA_CRL_INDICATOR: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.27");
const ISSUING_DISTRIBUTION_POINT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.28");
const AUTHORITY_KEY_IDENTIFIER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.35");

/// Why bytes are not a revocation list that can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CrlError {
    /// The structure is not that of RFC 5280 §5.1.
    #[error("the revocation list is not readable: {0}")]
    Structure(#[from] TlvError),
    /// Longer, or with more entries, than any list that is issued.
    #[error("the revocation list is too long")]
    TooLong,
    /// A delta list says what changed since another; alone it says nothing of what was revoked before.
    #[error("it is a delta list, which says only what changed; the complete list is needed")]
    Delta,
    /// issuingDistributionPoint: the list covers a part of the certificates, or those of others.
    #[error("it is a partitioned or indirect list, which ICAO 9303-12 does not permit")]
    Partitioned,
    /// An entry is of another issuer than the list.
    #[error("it is an indirect list: an entry names another issuer")]
    Indirect,
    /// A critical extension that is not known here: the list must not be used (RFC 5280 §5.2, §5.3).
    #[error("the revocation list has the unknown critical extension {0}")]
    UnknownCritical(ObjectIdentifier),
    /// One extension stands twice.
    #[error("the extension {0} of the revocation list stands twice")]
    DuplicateExtension(ObjectIdentifier),
    /// The algorithm inside the signed part is not the one beside the signature.
    #[error("the revocation list names two different signature algorithms for itself")]
    AlgorithmMismatch,
    /// nextUpdate lies before thisUpdate.
    #[error("the revocation list ends before it begins")]
    Period,
    /// The signature algorithm, or the named authority's key, is not supported.
    #[error("the signature of the revocation list: {0}")]
    Crypto(#[from] CryptoError),
    /// No anchor signed it.
    #[error("no anchor signed the revocation list")]
    IssuerUnknown,
    /// The anchor that signed it is of another state than the list's issuer.
    #[error("the anchor that signed the revocation list is of another state than its issuer")]
    IssuerMismatch,
    /// The anchor that signed it may not sign revocation lists.
    #[error("the anchor that signed the revocation list may not sign any")]
    IssuerUsage,
}

/// A revocation list as received; nothing of it is verified yet.
///
/// ```text
/// CertificateList ::= SEQUENCE { tbsCertList TBSCertList, signatureAlgorithm AlgorithmIdentifier, signatureValue BIT STRING }
/// TBSCertList ::= SEQUENCE {
///     version              INTEGER OPTIONAL,  -- v2(1)
///     signature            AlgorithmIdentifier,
///     issuer               Name,
///     thisUpdate           Time,
///     nextUpdate           Time OPTIONAL,
///     revokedCertificates  SEQUENCE OF SEQUENCE {
///         userCertificate     INTEGER,
///         revocationDate      Time,
///         crlEntryExtensions  Extensions OPTIONAL } OPTIONAL,
///     crlExtensions        [0] EXPLICIT Extensions OPTIONAL }
/// ```
#[derive(Clone, Debug)]
pub struct CertificateList {
    raw: Vec<u8>,
    tbs: Range<usize>,
    signature_algorithm: AlgorithmIdentifier,
    signature: Vec<u8>,
    issuer: Name,
    issuer_alternatives: Vec<Name>,
    authority_key_identifier: Option<Vec<u8>>,
    number: Option<Vec<u8>>,
    this_update: Timestamp,
    next_update: Option<Timestamp>,
    /// Sorted by serial number.
    entries: Vec<Entry>,
}

impl CertificateList {
    /// Reads a complete DER revocation list; nothing may follow it.
    ///
    /// # Errors
    /// Where it is not one: malformed, delta, partitioned, indirect, or with a critical extension that is not known.
    pub fn from_der(bytes: &[u8]) -> Result<Self, CrlError> {
        if bytes.len() > LONGEST_LIST {
            return Err(CrlError::TooLong);
        }
        let mut outer = Cursor::new(bytes, Rules::Der);
        let mut list = outer.sequence()?;
        outer.finish()?;
        let tbs = list.expect(SEQUENCE)?;
        let signature_algorithm = AlgorithmIdentifier::read(&mut list)?;
        let signature = list.bit_string()?.to_vec();
        list.finish()?;

        let mut fields = tbs.children()?;
        if let Some(version) = fields.optional(INTEGER)?
            && version.value != [1]
        {
            return Err(version.invalid("a version other than v2").into());
        }
        if AlgorithmIdentifier::read(&mut fields)? != signature_algorithm {
            return Err(CrlError::AlgorithmMismatch);
        }
        let issuer = Name::from_element(&fields.expect(SEQUENCE)?)?;
        let this_update = validity::time(&fields.read()?)?;
        let next_update = match fields.peek() {
            Some(UTC_TIME | GENERALIZED_TIME) => Some(validity::time(&fields.read()?)?),
            _ => None,
        };
        if next_update.is_some_and(|next| next < this_update) {
            return Err(CrlError::Period);
        }
        let mut entries = match fields.optional(SEQUENCE)? {
            Some(revoked) => read_entries(revoked.children()?)?,
            None => Vec::new(),
        };
        let mut list = Self {
            raw: bytes.to_vec(),
            tbs: tbs.position..tbs.position + tbs.raw.len(),
            signature_algorithm,
            signature,
            issuer,
            issuer_alternatives: Vec::new(),
            authority_key_identifier: None,
            number: None,
            this_update,
            next_update,
            entries: Vec::new(),
        };
        if let Some(extensions) = fields.optional(context(0, true))? {
            list.take_extensions(extensions.children()?.sequence()?)?;
        }
        fields.finish()?;
        entries.sort_unstable_by(|one, other| {
            one.beginning.cmp(&other.beginning).then_with(|| list.serial(one).cmp(list.serial(other)))
        });
        list.entries = entries;
        Ok(list)
    }

    fn take_extensions(&mut self, extensions: Cursor<'_>) -> Result<(), CrlError> {
        let mut seen = Vec::new();
        for extension in extensions {
            let (kind, critical, value) = read_extension(&extension?)?;
            if seen.contains(&kind) {
                return Err(CrlError::DuplicateExtension(kind));
            }
            seen.push(kind);
            match kind {
                DELTA_CRL_INDICATOR => return Err(CrlError::Delta),
                ISSUING_DISTRIBUTION_POINT => return Err(CrlError::Partitioned),
                AUTHORITY_KEY_IDENTIFIER => self.authority_key_identifier = key_identifier_of(value.value),
                CRL_NUMBER => self.number = value.inner(Rules::Der)?.unsigned_integer().ok().map(<[u8]>::to_vec),
                ISSUER_ALT_NAME => self.issuer_alternatives = directory_names(&value)?,
                _ if critical => return Err(CrlError::UnknownCritical(kind)),
                _ => {}
            }
        }
        Ok(())
    }

    /// The whole list as received.
    pub fn as_der(&self) -> &[u8] {
        &self.raw
    }

    /// The signed part as received.
    pub(super) fn tbs(&self) -> &[u8] {
        self.raw.get(self.tbs.clone()).unwrap_or_default()
    }

    pub(super) fn signature(&self) -> &[u8] {
        &self.signature
    }

    pub(super) fn signature_algorithm(&self) -> &AlgorithmIdentifier {
        &self.signature_algorithm
    }

    /// Whose list it is.
    pub fn issuer(&self) -> &Name {
        &self.issuer
    }

    /// Directory names of issuerAltName: earlier names of an authority that changed its own (ICAO 9303-12 §7.1.1.5).
    pub fn issuer_alternatives(&self) -> &[Name] {
        &self.issuer_alternatives
    }

    /// keyIdentifier of authorityKeyIdentifier: which key signed.
    pub fn authority_key_identifier(&self) -> Option<&[u8]> {
        self.authority_key_identifier.as_deref()
    }

    /// cRLNumber, big-endian without leading zeros.
    pub fn number(&self) -> Option<&[u8]> {
        self.number.as_deref()
    }

    /// When it was issued.
    pub fn this_update(&self) -> Timestamp {
        self.this_update
    }

    /// By when the next one is issued; 90 days after this one where it does not say (ICAO 9303-12 §4.1.5).
    pub fn next_update(&self) -> Timestamp {
        self.next_update.unwrap_or(Timestamp(self.this_update.0.saturating_add(LONGEST_INTERVAL)))
    }

    /// Whether it is the current one at a moment.
    pub fn is_current(&self, moment: Timestamp) -> bool {
        (self.this_update..=self.next_update()).contains(&moment)
    }

    /// How many entries it has.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether nothing is revoked.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The serial numbers with their entries, in the order of the serial numbers' octets.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&[u8], Revocation)> {
        self.entries.iter().map(|entry| (self.serial(entry), entry.revocation))
    }

    /// The entry of a serial number: the value octets of the certificate's INTEGER. Of several one that is no hold is taken, so that
    /// none weakens another.
    pub fn find(&self, serial: &[u8]) -> Option<Revocation> {
        let serial = minimal(serial);
        let first = self.entries.partition_point(|entry| self.serial(entry) < serial);
        let same = self.entries.get(first..).unwrap_or_default().iter().take_while(|entry| self.serial(entry) == serial);
        let revoking = same.map(|entry| entry.revocation).filter(|entry| entry.reason != RevocationReason::RemoveFromList);
        revoking.min_by_key(|entry| entry.reason == RevocationReason::Hold)
    }

    fn serial(&self, entry: &Entry) -> &[u8] {
        let index = |value: u32| usize::try_from(value).unwrap_or(usize::MAX);
        self.raw.get(index(entry.serial.0)..index(entry.serial.1)).unwrap_or_default()
    }
}

/// Kind, criticality and the OCTET STRING of an extension.
fn read_extension<'a>(extension: &Element<'a>) -> Result<(ObjectIdentifier, bool, Element<'a>), TlvError> {
    let mut fields = extension.children()?;
    let kind = fields.object_identifier()?;
    let critical = fields.boolean()?;
    let value = fields.expect(OCTET_STRING)?;
    fields.finish()?;
    Ok((kind, critical, value))
}

/// The directoryName members of GeneralNames.
fn directory_names(value: &Element<'_>) -> Result<Vec<Name>, TlvError> {
    let mut names = Vec::new();
    for name in value.inner(Rules::Der)?.sequence()? {
        let name = name?;
        if name.tag == context(4, true) {
            names.push(Name::from_element(&name.children()?.expect(SEQUENCE)?)?);
        }
    }
    Ok(names)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

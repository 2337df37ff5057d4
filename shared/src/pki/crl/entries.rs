//! Entries of a revocation list (RFC 5280 §5.3).

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::{CrlError, read_extension};
use crate::pki::certificate::validity;
use crate::time::Timestamp;
use crate::tlv::asn1::{INTEGER, SEQUENCE};
use crate::tlv::{Cursor, Rules, Tag};

/// No list has more entries.
const MAX_ENTRIES: usize = 1_000_000;

const REASON_CODE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.21");
const INVALIDITY_DATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.24");
const CERTIFICATE_ISSUER: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.29");

/// Why a certificate was revoked (RFC 5280 §5.3.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationReason {
    /// No reason is given, or one that is not known.
    Unspecified,
    /// The private key is in other hands.
    KeyCompromise,
    /// The issuer's private key is in other hands.
    AuthorityCompromise,
    /// The holder's name or affiliation changed.
    AffiliationChanged,
    /// Another certificate took its place.
    Superseded,
    /// It is needed no longer.
    CessationOfOperation,
    /// It is suspended, perhaps for a time.
    Hold,
    /// It is not revoked any longer: has a meaning in delta lists only, and revokes nothing here.
    RemoveFromList,
    /// What it was allowed to do was withdrawn.
    PrivilegeWithdrawn,
}

impl RevocationReason {
    fn from_code(code: u8) -> Self {
        match code {
            1 => Self::KeyCompromise,
            2 | 10 => Self::AuthorityCompromise,
            3 => Self::AffiliationChanged,
            4 => Self::Superseded,
            5 => Self::CessationOfOperation,
            6 => Self::Hold,
            8 => Self::RemoveFromList,
            9 => Self::PrivilegeWithdrawn,
            _ => Self::Unspecified,
        }
    }
}

/// One revoked certificate of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Revocation {
    /// Since when.
    pub since: Timestamp,
    /// Why.
    pub reason: RevocationReason,
}

/// An entry as it is kept: where its serial number stands in the list.
#[derive(Clone, Copy, Debug)]
pub(super) struct Entry {
    pub(super) serial: (u32, u32),
    /// Its first eight octets, by which nearly all are told apart: a list of 100,000 is sorted in a fraction of the time.
    pub(super) beginning: u64,
    pub(super) revocation: Revocation,
}

pub(super) fn read_entries(revoked: Cursor<'_>) -> Result<Vec<Entry>, CrlError> {
    let mut entries = Vec::new();
    for element in revoked {
        if entries.len() >= MAX_ENTRIES {
            return Err(CrlError::TooLong);
        }
        let mut fields = element?.children()?;
        let serial = fields.expect(INTEGER)?;
        let since = validity::time(&fields.read()?)?;
        let reason = match fields.optional(SEQUENCE)? {
            Some(extensions) => read_reason(extensions.children()?)?,
            None => RevocationReason::Unspecified,
        };
        fields.finish()?;
        let significant = minimal(serial.value);
        let end = serial.value_position + serial.value.len();
        let index = |value: usize| u32::try_from(value).map_err(|_| CrlError::TooLong);
        entries.push(Entry {
            serial: (index(end - significant.len())?, index(end)?),
            beginning: beginning(significant),
            revocation: Revocation { since, reason },
        });
    }
    Ok(entries)
}

/// The first eight octets as a number; what is shorter is filled up with zeros, which sort before whatever follows.
fn beginning(octets: &[u8]) -> u64 {
    let mut first = [0; 8];
    first.iter_mut().zip(octets).for_each(|(to, from)| *to = *from);
    u64::from_be_bytes(first)
}

/// The reason out of an entry's extensions.
fn read_reason(extensions: Cursor<'_>) -> Result<RevocationReason, CrlError> {
    const ENUMERATED: Tag = Tag(0x0A);
    let mut reason = RevocationReason::Unspecified;
    for extension in extensions {
        let (kind, critical, value) = read_extension(&extension?)?;
        match kind {
            REASON_CODE => {
                let code = value.inner(Rules::Der)?.expect(ENUMERATED)?;
                let [code] = code.value else {
                    return Err(code.invalid("a reason code of one octet belongs here").into());
                };
                reason = RevocationReason::from_code(*code);
            }
            CERTIFICATE_ISSUER => return Err(CrlError::Indirect),
            INVALIDITY_DATE => {}
            _ if critical => return Err(CrlError::UnknownCritical(kind)),
            _ => {}
        }
    }
    Ok(reason)
}

/// The octets of an INTEGER without needless ones in front: list and certificate need not agree on them.
pub(in crate::pki) fn minimal(octets: &[u8]) -> &[u8] {
    let mut octets = octets;
    while let [first, rest @ ..] = octets {
        let sign_follows =
            rest.first().is_some_and(|next| (*first == 0 && next & 0x80 == 0) || (*first == 0xFF && next & 0x80 != 0));
        if !sign_follows {
            break;
        }
        octets = rest;
    }
    octets
}

#[cfg(test)]
mod tests {
    use super::{RevocationReason, beginning, minimal};

    #[test]
    fn needless_octets_of_an_integer_do_not_count() {
        let cases: [(&[u8], &[u8]); 7] = [
            (&[0, 0, 0x7F], &[0x7F]),
            (&[0, 0x80], &[0, 0x80]),
            (&[0xFF, 0xFF, 0x80], &[0x80]),
            (&[0xFF, 0x7F], &[0xFF, 0x7F]),
            (&[0], &[0]),
            (&[0, 0], &[0]),
            (&[], &[]),
        ];
        for (octets, expected) in cases {
            assert_eq!(minimal(octets), expected, "{octets:02X?}");
        }
    }

    #[test]
    fn the_codes_of_reasons() {
        use RevocationReason as Reason;
        let reasons = [
            Reason::Unspecified,
            Reason::KeyCompromise,
            Reason::AuthorityCompromise,
            Reason::AffiliationChanged,
            Reason::Superseded,
            Reason::CessationOfOperation,
            Reason::Hold,
            Reason::Unspecified,
            Reason::RemoveFromList,
            Reason::PrivilegeWithdrawn,
            Reason::AuthorityCompromise,
            Reason::Unspecified,
        ];
        for (code, reason) in (0..).zip(reasons) {
            assert_eq!(Reason::from_code(code), reason, "{code}");
        }
    }

    /// They sort as the octets themselves do, as far as they go.
    #[test]
    fn the_beginning_of_a_serial_number() {
        assert_eq!(beginning(&[1, 2]), 0x0102_0000_0000_0000);
        assert_eq!(beginning(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), 0x0102_0304_0506_0708);
        assert_eq!(beginning(&[]), 0);
    }
}

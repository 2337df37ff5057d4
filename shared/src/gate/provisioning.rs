//! What a gate is given before it goes to its door: the key that it believes, the keys of its site, and keys of its own.
//!
//! ```text
//! "soat.prv" 8 | format 2, OSDP address, Wiegand format, zero: 4 | SHA-256 of the operator's public key 32 | site key 32
//! | least version of a pack 8 | SCBK 16 | link key 32 | journal key 32 | name 32 | SHA-256 over all before, 4
//! ```
//!
//! It lies in the flash of the microcontroller, where read-out protection keeps it from everybody but a laboratory, and goes to a gate
//! sealed ([`super::sealing`]).

use alloc::string::String;

use zeroize::Zeroizing;

use super::link::LinkKey;
use crate::crypto::{Digest, DigestAlgorithm, Provider};
use crate::inspection::PseudonymKey;

/// Length in bytes.
pub const LEN: usize = 8 + 4 + 32 + 32 + 8 + 16 + 32 + 32 + NAME + SUM;
/// Longest name, in bytes of UTF-8.
pub const NAME: usize = 32;
const SUM: usize = 4;
const MAGIC: &[u8; 8] = b"soat.prv";
const FORMAT: u8 = 2;

/// In which form a credential goes out at the Wiegand wires. It can be recorded and replayed there: off unless a controller knows nothing
/// better.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Wiegand {
    /// The wires are silent.
    #[default]
    Off,
    /// 26 bits: facility code 8, card number 16.
    Bits26,
    /// 34 bits: facility code 16, card number 16.
    Bits34,
    /// 37 bits: facility code 16, card number 19.
    Bits37,
}

impl Wiegand {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Off, Self::Bits26, Self::Bits34, Self::Bits37];

    /// Number of bits; 0 where the wires are silent.
    pub const fn bits(self) -> u8 {
        match self {
            Self::Off => 0,
            Self::Bits26 => 26,
            Self::Bits34 => 34,
            Self::Bits37 => 37,
        }
    }

    /// The form with so many bits.
    pub fn of_bits(bits: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.bits() == bits)
    }
}

/// Keys and floor of one gate.
pub struct Provisioning {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs for it.
    pub operator: Digest,
    /// The key of the site's pseudonyms.
    pub site_key: PseudonymKey,
    /// No pack of an earlier version is taken.
    pub least_version: u64,
    /// The address on the control panel's bus.
    pub osdp_address: u8,
    /// The key of the bus, of this device alone; all zero for none. Whether it is weak, the device at the bus says.
    pub scbk: Zeroizing<[u8; 16]>,
    /// The form of credentials at the Wiegand wires.
    pub wiegand: Wiegand,
    /// The key of the serial link.
    pub link_key: LinkKey,
    /// With which the journal begins.
    pub journal_key: Zeroizing<[u8; 32]>,
    /// What people call it, at most [`NAME`] bytes.
    pub name: String,
}

opaque_debug!(Provisioning);

/// What a provisioning is written from.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs.
    pub operator: &'a [u8; 32],
    /// The key of the site's pseudonyms.
    pub site_key: &'a [u8; 32],
    /// No pack of an earlier version is taken.
    pub least_version: u64,
    /// The address on the control panel's bus, 0 to 126.
    pub osdp_address: u8,
    /// The key of the bus; all zero for none.
    pub scbk: &'a [u8; 16],
    /// The form of credentials at the Wiegand wires.
    pub wiegand: Wiegand,
    /// The key of the serial link.
    pub link_key: &'a [u8; 32],
    /// With which the journal begins.
    pub journal_key: &'a [u8; 32],
    /// What people call it, at most [`NAME`] bytes.
    pub name: &'a str,
}

impl Provisioning {
    /// Reads it. `None` where nothing whole stands there: the gate then opens for nobody.
    pub fn parse(bytes: &[u8], provider: &dyn Provider) -> Option<Self> {
        let (said, sum) = bytes.get(..LEN)?.split_last_chunk::<SUM>()?;
        if provider.digest(DigestAlgorithm::Sha256, &[said]).as_ref().get(..SUM)? != sum {
            return None;
        }
        let (magic, rest) = said.split_first_chunk::<8>()?;
        let ([format, osdp_address, wiegand, 0], rest) = rest.split_first_chunk::<4>()? else { return None };
        if magic != MAGIC || *format != FORMAT {
            return None;
        }
        let (operator, rest) = rest.split_first_chunk::<32>()?;
        let (site_key, rest) = rest.split_first_chunk::<32>()?;
        let (version, rest) = rest.split_first_chunk::<8>()?;
        let (scbk, rest) = rest.split_first_chunk::<16>()?;
        let (link_key, rest) = rest.split_first_chunk::<32>()?;
        let (journal_key, name) = rest.split_first_chunk::<32>()?;
        let end = name.iter().position(|byte| *byte == 0).unwrap_or(NAME);
        let (name, padding) = name.split_at_checked(end)?;
        if padding.iter().any(|byte| *byte != 0) {
            return None;
        }
        Some(Self {
            operator: Digest::new(operator)?,
            site_key: PseudonymKey::new(*site_key),
            least_version: u64::from_be_bytes(*version),
            osdp_address: *osdp_address,
            scbk: Zeroizing::new(*scbk),
            wiegand: Wiegand::of_bits(*wiegand)?,
            link_key: LinkKey::new(*link_key),
            journal_key: Zeroizing::new(*journal_key),
            name: String::from(core::str::from_utf8(name).ok()?),
        })
    }

    /// The same record without the journal's key, for a gate to keep: one that keeps the first key could be made to write its past anew.
    /// `None` where the bytes are no provisioning.
    pub fn without_journal_key(bytes: &[u8], provider: &dyn Provider) -> Option<Zeroizing<[u8; LEN]>> {
        Self::parse(bytes, provider)?;
        let mut kept = Zeroizing::new([0; LEN]);
        kept.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
        let (said, sum) = kept.split_last_chunk_mut::<SUM>()?;
        let end = said.len().checked_sub(NAME)?;
        said.get_mut(end.checked_sub(32)?..end)?.fill(0);
        let found = provider.digest(DigestAlgorithm::Sha256, &[said]);
        sum.iter_mut().zip(found.as_ref()).for_each(|(place, byte)| *place = *byte);
        Some(kept)
    }

    /// The bytes of a provisioning. `None` where the name is longer than [`NAME`] bytes or has a zero in it.
    pub fn write(given: &Given<'_>, provider: &dyn Provider) -> Option<Zeroizing<[u8; LEN]>> {
        if given.name.len() > NAME || given.name.contains('\0') {
            return None;
        }
        let mut bytes = Zeroizing::new([0; LEN]);
        let head = [FORMAT, given.osdp_address, given.wiegand.bits(), 0];
        let version = given.least_version.to_be_bytes();
        let mut name = [0; NAME];
        name.iter_mut().zip(given.name.bytes()).for_each(|(place, byte)| *place = byte);
        let said: [&[u8]; 9] =
            [MAGIC, &head, given.operator, given.site_key, &version, given.scbk, given.link_key, given.journal_key, &name];
        let sum = provider.digest(DigestAlgorithm::Sha256, &said);
        let all = said.into_iter().chain(sum.as_ref().get(..SUM)).flatten();
        bytes.iter_mut().zip(all).for_each(|(place, byte)| *place = *byte);
        Some(bytes)
    }
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;

    const GIVEN: Given<'_> = Given {
        operator: &[1; 32],
        site_key: &[2; 32],
        least_version: 7,
        osdp_address: 5,
        scbk: b"K\x91 sixteen bytes",
        wiegand: Wiegand::Bits34,
        link_key: &[3; 32],
        journal_key: &[4; 32],
        name: "cổng bắc",
    };

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let bytes = Provisioning::write(&GIVEN, &RustCrypto).unwrap();
        let read = Provisioning::parse(&bytes[..], &RustCrypto).unwrap();
        assert_eq!((read.operator.as_ref(), read.least_version, read.osdp_address), ([1; 32].as_slice(), 7, 5));
        assert_eq!((*read.scbk, read.wiegand, *read.journal_key), (*GIVEN.scbk, Wiegand::Bits34, [4; 32]));
        assert_eq!((read.link_key.expose(), read.name.as_str()), (&[3; 32], "cổng bắc"));
        for place in 0..LEN {
            let mut altered = *bytes;
            altered[place] ^= 1;
            assert!(Provisioning::parse(&altered, &RustCrypto).is_none(), "byte {place}");
            assert!(Provisioning::parse(&bytes[..place], &RustCrypto).is_none(), "cut at {place}");
        }
        assert!(Provisioning::parse(&[0xFF; 4096], &RustCrypto).is_none(), "erased flash");
    }

    #[test]
    fn what_a_gate_keeps_is_the_same_without_the_journals_key() {
        let bytes = Provisioning::write(&GIVEN, &RustCrypto).unwrap();
        let kept = Provisioning::without_journal_key(&bytes[..], &RustCrypto).unwrap();
        assert_eq!(kept, Provisioning::write(&Given { journal_key: &[0; 32], ..GIVEN }, &RustCrypto).unwrap());
        assert!(Provisioning::without_journal_key(&bytes[1..], &RustCrypto).is_none());
    }

    #[test]
    fn a_name_has_at_most_32_bytes_and_all_of_them() {
        let longest = "ắ".repeat(10) + "ab";
        for (name, written) in [("", true), (longest.as_str(), true), (&(longest.clone() + "c"), false), ("a\0b", false)] {
            let bytes = Provisioning::write(&Given { name, ..GIVEN }, &RustCrypto);
            assert_eq!(bytes.is_some(), written, "{name:?}");
            if let Some(bytes) = bytes {
                assert_eq!(Provisioning::parse(&bytes[..], &RustCrypto).unwrap().name, name);
            }
        }
    }

    /// The sum is right, and what it is over is not.
    #[test]
    fn what_is_summed_and_wrong_is_no_provisioning() {
        let bytes = Provisioning::write(&GIVEN, &RustCrypto).unwrap();
        let name = LEN - SUM - NAME;
        for (place, byte) in [(0, b'S'), (8, 1), (8, 3), (10, 27), (11, 1), (name, 0xFF), (name + NAME - 1, 1)] {
            let mut altered = *bytes;
            altered[place] = byte;
            let sum = RustCrypto.digest(DigestAlgorithm::Sha256, &[&altered[..LEN - SUM]]);
            altered[LEN - SUM..].copy_from_slice(&sum.as_ref()[..SUM]);
            assert!(Provisioning::parse(&altered, &RustCrypto).is_none(), "{byte} at {place}");
        }
    }
}

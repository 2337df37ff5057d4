//! What a gate is given before it goes to its door: the key that it believes, and the key of its site's pseudonyms.
//!
//! ```text
//! "soat.prv" 8 | format 1 | OSDP address 1 | zero 2 | SHA-256 of the operator's public key 32 | site key 32 | least version 8 | SCBK 16
//! | SHA-256 over all before, 4
//! ```
//!
//! It lies in the flash of the microcontroller, where read-out protection keeps it from everybody but a laboratory.

use soat::crypto::{Digest, DigestAlgorithm, Provider};
use soat::inspection::PseudonymKey;
use zeroize::Zeroizing;

use crate::osdp::Scbk;

/// Length in bytes.
pub const LEN: usize = 104;
const MAGIC: &[u8; 8] = b"soat.prv";
const FORMAT: u8 = 1;

/// Keys and floor of one gate.
pub struct Provisioning {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs for it.
    pub operator: Digest,
    /// The site's key.
    pub site_key: PseudonymKey,
    /// No pack of an earlier version is taken.
    pub least_version: u64,
    /// The address on the control panel's bus.
    pub osdp_address: u8,
    /// The key of the bus, of this device alone. `None` where it is weak (all zero, above all): the gate then opens no session.
    pub scbk: Option<Scbk>,
}

/// What a provisioning is written from.
pub struct Given<'a> {
    /// SHA-256 of the SubjectPublicKeyInfo of who signs packs.
    pub operator: &'a [u8; 32],
    /// The site's key.
    pub site_key: &'a [u8; 32],
    /// No pack of an earlier version is taken.
    pub least_version: u64,
    /// The address on the control panel's bus.
    pub osdp_address: u8,
    /// The key of the bus; all zero for none.
    pub scbk: &'a [u8; 16],
}

impl Provisioning {
    /// Reads it. `None` where nothing whole stands there: the gate then opens for nobody.
    pub fn parse(bytes: &[u8], provider: &dyn Provider) -> Option<Self> {
        let (said, [.., a, b, c, d]) = bytes.get(..LEN)?.split_at_checked(LEN - 4)? else { return None };
        let sum = provider.digest(DigestAlgorithm::Sha256, &[said]);
        if sum.as_ref().get(..4)? != [*a, *b, *c, *d] {
            return None;
        }
        let (magic, rest) = said.split_first_chunk::<8>()?;
        let ([format, osdp_address, 0, 0], rest) = rest.split_first_chunk::<4>()? else { return None };
        let (operator, rest) = rest.split_first_chunk::<32>()?;
        let (site_key, rest) = rest.split_first_chunk::<32>()?;
        let (version, rest) = rest.split_first_chunk::<8>()?;
        let (scbk, _) = rest.split_first_chunk::<16>()?;
        if magic != MAGIC || *format != FORMAT {
            return None;
        }
        Some(Self {
            operator: Digest::new(operator)?,
            site_key: PseudonymKey::new(*site_key),
            least_version: u64::from_be_bytes(*version),
            osdp_address: *osdp_address,
            scbk: Scbk::new(scbk).ok(),
        })
    }

    /// The bytes of a provisioning.
    pub fn write(given: &Given<'_>, provider: &dyn Provider) -> Zeroizing<[u8; LEN]> {
        let mut bytes = Zeroizing::new([0; LEN]);
        let head = [FORMAT, given.osdp_address, 0, 0];
        let version = given.least_version.to_be_bytes();
        let said: [&[u8]; 6] = [MAGIC, &head, given.operator, given.site_key, &version, given.scbk];
        let sum = provider.digest(DigestAlgorithm::Sha256, &said);
        let all = said.into_iter().chain(sum.as_ref().get(..4)).flatten();
        bytes.iter_mut().zip(all).for_each(|(place, byte)| *place = *byte);
        bytes
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use soat::crypto::rustcrypto::RustCrypto;

    #[test]
    fn what_was_written_is_read_and_nothing_else() {
        let scbk = b"K\x91 sixteen bytes";
        let given = Given { operator: &[1; 32], site_key: &[2; 32], least_version: 7, osdp_address: 5, scbk };
        let bytes = Provisioning::write(&given, &RustCrypto);
        let read = Provisioning::parse(&bytes[..], &RustCrypto).unwrap();
        assert_eq!((read.operator.as_ref(), read.least_version, read.osdp_address), ([1; 32].as_slice(), 7, 5));
        assert!(read.scbk.is_some());
        let bytes_without = Provisioning::write(&Given { scbk: &[0; 16], ..given }, &RustCrypto);
        assert!(Provisioning::parse(&bytes_without[..], &RustCrypto).unwrap().scbk.is_none());
        for place in 0..LEN {
            let mut altered = *bytes;
            altered[place] ^= 1;
            assert!(Provisioning::parse(&altered, &RustCrypto).is_none(), "byte {place}");
            assert!(Provisioning::parse(&bytes[..place], &RustCrypto).is_none(), "cut at {place}");
        }
        assert!(Provisioning::parse(&[0xFF; 4096], &RustCrypto).is_none(), "erased flash");
    }
}

//! Which PACE variants a chip offers, and which of them this reader runs.

use der::asn1::ObjectIdentifier;

use crate::crypto::{Cipher, NamedCurve};
use crate::lds::protocol::{KeyAgreement, PaceMapping};
use crate::lds::security_infos::PaceInfo;

/// A PACEInfo that this reader can run: generic mapping over a standardised elliptic curve. Integrated and chip-authentication mapping
/// and prime fields are read ([`crate::lds::protocol::PaceProtocol`]) and not yet run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceVariant {
    /// Its object identifier.
    pub protocol: ObjectIdentifier,
    /// Standardised domain parameter id, ICAO 9303-11 table 6.
    pub parameter_id: u8,
    /// Cipher of nonce, token and session.
    pub cipher: Cipher,
    /// The curve of the parameter id.
    pub curve: NamedCurve,
}

impl PaceVariant {
    /// The variant of a PACEInfo, if this reader runs it.
    pub fn new(info: &PaceInfo) -> Option<Self> {
        let protocol = info.kind()?;
        match (protocol.agreement, protocol.mapping) {
            (KeyAgreement::Ecdh, PaceMapping::Generic) => {}
            (KeyAgreement::Ecdh, PaceMapping::Integrated | PaceMapping::ChipAuthentication) | (KeyAgreement::Dh, _) => {
                return None;
            }
        }
        let parameter_id = u8::try_from(info.parameter_id?).ok()?;
        let curve = NamedCurve::from_parameter_id(parameter_id)?;
        Some(Self { protocol: info.protocol, parameter_id, cipher: protocol.cipher, curve })
    }

    /// The best of those offered that this reader runs: the strongest cipher, then the largest field.
    pub fn best<'a>(offers: impl Iterator<Item = &'a PaceInfo>) -> Option<Self> {
        offers.filter_map(Self::new).max_by_key(|variant| (cipher_strength(variant.cipher), variant.curve.field_len()))
    }
}

/// Ciphers in the order in which they are preferred.
pub(in crate::chip) fn cipher_strength(cipher: Cipher) -> u8 {
    match cipher {
        Cipher::TripleDes => 0,
        Cipher::Aes128 => 1,
        Cipher::Aes192 => 2,
        Cipher::Aes256 => 3,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing)]
    use super::*;
    use alloc::format;

    fn info(arcs: &str, parameter_id: u32) -> PaceInfo {
        let protocol = ObjectIdentifier::new_unwrap(&format!("0.4.0.127.0.7.2.2.4.{arcs}"));
        PaceInfo { protocol, version: 2, parameter_id: Some(parameter_id) }
    }

    #[test]
    fn what_is_not_run_is_never_chosen() {
        let offers = [info("4.4", 13), info("6.4", 13), info("1.4", 2), info("2.4", 3), info("2.4", 269), info("2.1", 12)];
        assert_eq!(PaceVariant::best(offers.iter()), PaceVariant::new(&offers[5]));
        assert_eq!(PaceVariant::best(offers[..5].iter()), None);
    }

    #[test]
    fn the_strongest_cipher_wins_then_the_largest_curve() {
        let offers = [info("2.2", 18), info("2.4", 12), info("2.4", 16), info("2.3", 18)];
        assert_eq!(PaceVariant::best(offers.iter()), PaceVariant::new(&offers[2]));
    }
}

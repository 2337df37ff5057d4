//! Which PACE variants a chip offers, and which of them this reader runs.

use der::asn1::ObjectIdentifier;

use crate::crypto::{Cipher, ModpGroup, NamedCurve};
use crate::lds::protocol::{KeyAgreement, PaceMapping};
use crate::lds::security_infos::PaceInfo;

/// A PACEInfo that this reader can run: each mapping over a standardised elliptic curve, generic and integrated mapping in a
/// standardised prime-field group too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceVariant {
    /// Its object identifier.
    pub protocol: ObjectIdentifier,
    /// Standardised domain parameter id, ICAO 9303-11 table 6.
    pub parameter_id: u8,
    /// Cipher of nonce, token and session.
    pub cipher: Cipher,
    /// How the nonce becomes a generator.
    pub mapping: PaceMapping,
    /// Where it computes.
    pub domain: PaceDomain,
}

/// The domain parameters of a variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaceDomain {
    /// An elliptic curve.
    Curve(NamedCurve),
    /// A subgroup of a prime field.
    Group(ModpGroup),
}

impl PaceDomain {
    /// Bits of the field's characteristic.
    pub(super) fn field_bits(self) -> usize {
        match self {
            Self::Curve(curve) => curve.bits(),
            Self::Group(group) => group.modulus_len() * 8,
        }
    }
}

impl PaceVariant {
    /// The variant of a PACEInfo, if this reader runs it.
    pub fn new(info: &PaceInfo) -> Option<Self> {
        let protocol = info.kind()?;
        let parameter_id = u8::try_from(info.parameter_id?).ok()?;
        let domain = match protocol.agreement {
            KeyAgreement::Ecdh => PaceDomain::Curve(NamedCurve::from_parameter_id(parameter_id)?),
            KeyAgreement::Dh => PaceDomain::Group(ModpGroup::from_parameter_id(parameter_id)?),
        };
        // The point encoding wants a characteristic that is 3 modulo 4, which that of P-224 is not (appendix B.2).
        let runs = domain != PaceDomain::Curve(NamedCurve::P224) || protocol.mapping != PaceMapping::Integrated;
        let (cipher, mapping) = (protocol.cipher, protocol.mapping);
        runs.then_some(Self { protocol: info.protocol, parameter_id, cipher, mapping, domain })
    }

    /// The best of those offered that this reader runs: one that proves the chip as well (ICAO 9303-11 appendix J.1), then the strongest
    /// cipher, then a curve before a prime field, then the largest field, then generic mapping, which more chips have.
    pub fn best<'a>(offers: impl Iterator<Item = &'a PaceInfo>) -> Option<Self> {
        offers.filter_map(Self::new).max_by_key(|variant| {
            let on_curve = matches!(variant.domain, PaceDomain::Curve(_));
            let (proves_chip, is_generic) =
                (variant.mapping == PaceMapping::ChipAuthentication, variant.mapping == PaceMapping::Generic);
            (proves_chip, cipher_strength(variant.cipher), on_curve, variant.domain.field_bits(), is_generic)
        })
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
        // Integrated mapping on P-224; groups and curves that do not belong to the agreement; numbers and arcs that are none.
        let offers = [
            info("4.4", 10),
            info("1.4", 13),
            info("2.4", 2),
            info("2.4", 3),
            info("2.4", 269),
            info("5.4", 13),
            info("6.1", 13),
            info("2.1", 12),
        ];
        assert_eq!(PaceVariant::best(offers.iter()), PaceVariant::new(&offers[7]));
        assert_eq!(PaceVariant::best(offers[..7].iter()), None);
    }

    #[test]
    fn the_strongest_cipher_wins_then_the_largest_curve() {
        let offers = [info("2.2", 18), info("2.4", 12), info("2.4", 16), info("2.3", 18)];
        assert_eq!(PaceVariant::best(offers.iter()), PaceVariant::new(&offers[2]));
    }

    #[test]
    fn the_chips_proof_comes_first_then_curves_then_generic_mapping() {
        let offers = [info("2.4", 16), info("6.2", 13), info("4.4", 16), info("1.4", 2), info("3.4", 2)];
        let best = |from: &[PaceInfo]| PaceVariant::best(from.iter());
        assert_eq!(best(&offers), PaceVariant::new(&offers[1]));
        assert_eq!(best(&[offers[2].clone(), offers[0].clone(), offers[3].clone()]), PaceVariant::new(&offers[0]));
        assert_eq!(best(&offers[2..]), PaceVariant::new(&offers[2]));
        assert_eq!(best(&offers[3..]), PaceVariant::new(&offers[3]));
    }
}

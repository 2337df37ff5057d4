//! The named curves of ICAO 9303-11 §9.5 and BSI TR-03111 §4.1.3.

mod explicit;
mod parameters;
#[cfg(test)]
mod tests;

use der::asn1::ObjectIdentifier;

pub(in crate::crypto) use parameters::Parameters;

pub use explicit::DomainParameters;

/// A standardised elliptic curve over a prime field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(missing_docs, reason = "the names say it")]
pub enum NamedCurve {
    P192,
    P224,
    P256,
    P384,
    P521,
    BrainpoolP160r1,
    BrainpoolP160t1,
    BrainpoolP192r1,
    BrainpoolP192t1,
    BrainpoolP224r1,
    BrainpoolP224t1,
    BrainpoolP256r1,
    BrainpoolP256t1,
    BrainpoolP320r1,
    BrainpoolP320t1,
    BrainpoolP384r1,
    BrainpoolP384t1,
    BrainpoolP512r1,
    BrainpoolP512t1,
}

impl NamedCurve {
    /// Every curve.
    pub const ALL: [Self; 19] = [
        Self::P192,
        Self::P224,
        Self::P256,
        Self::P384,
        Self::P521,
        Self::BrainpoolP160r1,
        Self::BrainpoolP160t1,
        Self::BrainpoolP192r1,
        Self::BrainpoolP192t1,
        Self::BrainpoolP224r1,
        Self::BrainpoolP224t1,
        Self::BrainpoolP256r1,
        Self::BrainpoolP256t1,
        Self::BrainpoolP320r1,
        Self::BrainpoolP320t1,
        Self::BrainpoolP384r1,
        Self::BrainpoolP384t1,
        Self::BrainpoolP512r1,
        Self::BrainpoolP512t1,
    ];

    /// The curve of a standardised domain parameter id, ICAO 9303-11 table 6: 8–18.
    pub fn from_parameter_id(id: u8) -> Option<Self> {
        Some(match id {
            8 => Self::P192,
            9 => Self::BrainpoolP192r1,
            10 => Self::P224,
            11 => Self::BrainpoolP224r1,
            12 => Self::P256,
            13 => Self::BrainpoolP256r1,
            14 => Self::BrainpoolP320r1,
            15 => Self::P384,
            16 => Self::BrainpoolP384r1,
            17 => Self::BrainpoolP512r1,
            18 => Self::P521,
            _ => return None,
        })
    }

    /// The curve of an object identifier (RFC 5480 §2.1.1.1, RFC 5639 §4.1).
    pub fn from_object_identifier(identifier: ObjectIdentifier) -> Option<Self> {
        Self::ALL.into_iter().find(|curve| curve.object_identifier() == identifier)
    }

    /// The curve's object identifier.
    pub fn object_identifier(self) -> ObjectIdentifier {
        self.parameters().object_identifier
    }

    /// Name for people, as its standard writes it: `P-256`, `brainpoolP256r1`.
    pub fn name(self) -> &'static str {
        self.parameters().name
    }

    /// Length of a coordinate in bytes; the order is as wide.
    pub const fn field_len(self) -> usize {
        match self {
            Self::BrainpoolP160r1 | Self::BrainpoolP160t1 => 20,
            Self::P192 | Self::BrainpoolP192r1 | Self::BrainpoolP192t1 => 24,
            Self::P224 | Self::BrainpoolP224r1 | Self::BrainpoolP224t1 => 28,
            Self::P256 | Self::BrainpoolP256r1 | Self::BrainpoolP256t1 => 32,
            Self::BrainpoolP320r1 | Self::BrainpoolP320t1 => 40,
            Self::P384 | Self::BrainpoolP384r1 | Self::BrainpoolP384t1 => 48,
            Self::BrainpoolP512r1 | Self::BrainpoolP512t1 => 64,
            Self::P521 => 66,
        }
    }

    /// Length of the order in bits; the field's characteristic is as long.
    pub const fn bits(self) -> usize {
        match self {
            Self::P521 => 521,
            _ => self.field_len() * 8,
        }
    }

    pub(super) fn parameters(self) -> &'static Parameters {
        match self {
            Self::P192 => &parameters::P192,
            Self::P224 => &parameters::P224,
            Self::P256 => &parameters::P256,
            Self::P384 => &parameters::P384,
            Self::P521 => &parameters::P521,
            Self::BrainpoolP160r1 => &parameters::BRAINPOOL_P160R1,
            Self::BrainpoolP160t1 => &parameters::BRAINPOOL_P160T1,
            Self::BrainpoolP192r1 => &parameters::BRAINPOOL_P192R1,
            Self::BrainpoolP192t1 => &parameters::BRAINPOOL_P192T1,
            Self::BrainpoolP224r1 => &parameters::BRAINPOOL_P224R1,
            Self::BrainpoolP224t1 => &parameters::BRAINPOOL_P224T1,
            Self::BrainpoolP256r1 => &parameters::BRAINPOOL_P256R1,
            Self::BrainpoolP256t1 => &parameters::BRAINPOOL_P256T1,
            Self::BrainpoolP320r1 => &parameters::BRAINPOOL_P320R1,
            Self::BrainpoolP320t1 => &parameters::BRAINPOOL_P320T1,
            Self::BrainpoolP384r1 => &parameters::BRAINPOOL_P384R1,
            Self::BrainpoolP384t1 => &parameters::BRAINPOOL_P384T1,
            Self::BrainpoolP512r1 => &parameters::BRAINPOOL_P512R1,
            Self::BrainpoolP512t1 => &parameters::BRAINPOOL_P512T1,
        }
    }
}

//! The named curves of ICAO 9303-11 §9.5 and BSI TR-03111.

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

    /// Length of a coordinate in bytes.
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
}

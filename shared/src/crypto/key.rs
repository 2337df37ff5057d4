//! Public keys, from SubjectPublicKeyInfo and from the chip's own structures.

mod finite_field;
#[cfg(test)]
mod tests;

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::curve::DomainParameters;
use super::{CryptoError, DigestAlgorithm, ModpGroup, NamedCurve, SignatureScheme};
use crate::tlv::asn1::{NULL, strip_zeros};
use crate::tlv::{Cursor, Rules};

pub use finite_field::{DhPublicKey, DsaPublicKey};

/// id-ecPublicKey (RFC 5480 §2.1.1)
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
/// rsaEncryption (RFC 8017 appendix A.1)
pub(super) const RSA_ENCRYPTION: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
/// id-RSASSA-PSS (RFC 4055 §3.1)
pub(super) const RSASSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

/// id-dsa (RFC 3279 §2.3.2)
const DSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10040.4.1");
/// dhKeyAgreement (PKCS #3)
const DH_KEY_AGREEMENT: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.3.1");
/// dhpublicnumber (RFC 3279 §2.3.3)
const DH_PUBLIC_NUMBER: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10046.2.1");

/// standardizedDomainParameters: the number of ICAO 9303-11 table 6 stands for curve or group (§9.5.1)
const STANDARDIZED_DOMAIN: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.1.2");

/// Bounds of a modulus in bits: below, a key proves nothing; above, checking it is a way to keep a gate busy.
#[cfg(feature = "desk")]
const MODULUS_BITS: core::ops::RangeInclusive<usize> = 1024..=8192;
/// A gate has neither the time nor the memory for more.
#[cfg(not(feature = "desk"))]
const MODULUS_BITS: core::ops::RangeInclusive<usize> = 1024..=4096;
/// Bound of a public exponent in bytes: FIPS 186-5 §5.4 takes exponents below 2^256.
#[cfg(feature = "desk")]
const EXPONENT_LEN: usize = 32;
/// A gate takes the exponents that documents have: a forger who chooses one of 256 bits would keep it busy for seconds.
#[cfg(not(feature = "desk"))]
const EXPONENT_LEN: usize = 8;

/// A public key, of a certificate or of a chip.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PublicKey {
    /// RSA.
    Rsa(RsaPublicKey),
    /// An elliptic curve.
    Ec(EcPublicKey),
    /// DSA.
    Dsa(DsaPublicKey),
    /// Diffie–Hellman in a prime field: for chip authentication only.
    Dh(DhPublicKey),
}

impl PublicKey {
    /// Reads a SubjectPublicKeyInfo: of a certificate, of EF.DG15, of a ChipAuthenticationPublicKeyInfo.
    ///
    /// ```text
    /// SubjectPublicKeyInfo ::= SEQUENCE { algorithm AlgorithmIdentifier, subjectPublicKey BIT STRING }
    /// ```
    /// Source: RFC 5280 §4.1.2.7. Whether a point lies on its curve is checked by the provider, at each use.
    ///
    /// # Errors
    /// [`CryptoError::Encoding`] where the structure is broken, [`CryptoError::Unsupported`] for another algorithm or curve,
    /// [`CryptoError::PublicKeyInvalid`] where the key is out of its bounds.
    pub fn from_spki(bytes: &[u8]) -> Result<Self, CryptoError> {
        let mut outer = Cursor::new(bytes, Rules::Ber);
        let mut spki = outer.sequence()?;
        outer.finish()?;
        let mut algorithm = spki.sequence()?;
        let identifier = algorithm.object_identifier()?;
        let key = spki.bit_string()?;
        spki.finish()?;
        match identifier {
            RSA_ENCRYPTION => RsaPublicKey::from_der(key).map(Self::Rsa),
            RSASSA_PSS => {
                let use_of = PssUse::read(algorithm.rest())?;
                RsaPublicKey::from_der(key).map(|key| Self::Rsa(RsaPublicKey { only_pss: Some(use_of), ..key }))
            }
            EC_PUBLIC_KEY => {
                let curve = DomainParameters::read(&mut algorithm)?.curve();
                EcPublicKey::from_point(curve, key).map(Self::Ec)
            }
            DSA => DsaPublicKey::read(&mut algorithm, key).map(Self::Dsa),
            DH_KEY_AGREEMENT => DhPublicKey::read(&mut algorithm, false, key).map(Self::Dh),
            DH_PUBLIC_NUMBER => DhPublicKey::read(&mut algorithm, true, key).map(Self::Dh),
            STANDARDIZED_DOMAIN => {
                let unknown = CryptoError::Unsupported("a standardised domain parameter that is not assigned");
                let id = u8::try_from(algorithm.small_integer()?).map_err(|_| unknown)?;
                match (NamedCurve::from_parameter_id(id), ModpGroup::from_parameter_id(id)) {
                    (Some(curve), _) => EcPublicKey::from_point(curve, key).map(Self::Ec),
                    (_, Some(group)) => DhPublicKey::in_group(group, key).map(Self::Dh),
                    _ => Err(unknown),
                }
            }
            _ => Err(CryptoError::Unsupported("the algorithm of a public key")),
        }
    }

    /// Whether a SubjectPublicKeyInfo names a kind of key that may sign in the eMRTD PKI: RSA, DSA, ECDSA (ICAO 9303-12 §4.1.6).
    pub fn is_permitted_to_sign(bytes: &[u8]) -> bool {
        let identifier = Cursor::new(bytes, Rules::Ber)
            .sequence()
            .and_then(|mut spki| spki.sequence())
            .and_then(|mut algorithm| algorithm.object_identifier());
        matches!(identifier, Ok(RSA_ENCRYPTION | RSASSA_PSS | EC_PUBLIC_KEY | DSA))
    }

    /// Length of the modulus, or of the curve's order, in bits.
    pub fn bits(&self) -> usize {
        match self {
            Self::Rsa(key) => key.bits(),
            Self::Ec(key) => key.curve.bits(),
            Self::Dsa(key) => bit_len(key.modulus()),
            Self::Dh(key) => key.group().modulus_len() * 8,
        }
    }
}

/// An RSA key within the bounds: modulus odd, of 1024 to 8192 bits; exponent odd, at least 3, below the modulus, of at most 256 bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
    only_pss: Option<PssUse>,
}

/// What a key under id-RSASSA-PSS may do: nothing but RSASSA-PSS and, where the key has parameters, with these hashes and a salt of at
/// least this length (RFC 4055 §1.2 and §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum PssUse {
    Any,
    With { digest: DigestAlgorithm, mask_digest: DigestAlgorithm, least_salt_len: u16 },
}

impl PssUse {
    /// The parameters of a key; unlike those of a signature they have no default as a whole.
    fn read(parameters: &[u8]) -> Result<Self, CryptoError> {
        if matches!(Cursor::new(parameters, Rules::Ber).peek(), None | Some(NULL)) {
            return Ok(Self::Any);
        }
        match SignatureScheme::from_algorithm_identifier(RSASSA_PSS, Some(parameters), None)? {
            SignatureScheme::RsaPss { digest, mask_digest, salt_len } => {
                Ok(Self::With { digest, mask_digest, least_salt_len: salt_len })
            }
            _ => Ok(Self::Any),
        }
    }
}

impl RsaPublicKey {
    /// A key from its numbers, big-endian.
    ///
    /// # Errors
    /// [`CryptoError::PublicKeyInvalid`] where a number is out of its bounds.
    pub fn new(modulus: &[u8], exponent: &[u8]) -> Result<Self, CryptoError> {
        let (modulus, exponent) = (strip_zeros(modulus), strip_zeros(exponent));
        if !MODULUS_BITS.contains(&bit_len(modulus)) {
            return Err(CryptoError::PublicKeyInvalid("an RSA modulus outside 1024 to 8192 bits"));
        }
        if !is_odd(modulus) {
            return Err(CryptoError::PublicKeyInvalid("an even RSA modulus"));
        }
        if exponent.len() > EXPONENT_LEN {
            return Err(CryptoError::PublicKeyInvalid("an RSA exponent over 256 bits"));
        }
        if !is_odd(exponent) || exponent == [1] {
            return Err(CryptoError::PublicKeyInvalid("an RSA exponent that is even or below 3"));
        }
        Ok(Self { modulus: modulus.to_vec(), exponent: exponent.to_vec(), only_pss: None })
    }

    /// `RSAPublicKey ::= SEQUENCE { modulus INTEGER, publicExponent INTEGER }` (RFC 8017 appendix A.1.1).
    fn from_der(bytes: &[u8]) -> Result<Self, CryptoError> {
        let mut outer = Cursor::new(bytes, Rules::Ber);
        let mut numbers = outer.sequence()?;
        outer.finish()?;
        let (modulus, exponent) = (numbers.unsigned_integer()?, numbers.unsigned_integer()?);
        numbers.finish()?;
        Self::new(modulus, exponent)
    }

    /// n, big-endian without leading zeros.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// e, big-endian without leading zeros.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// Length of the modulus in bits.
    pub fn bits(&self) -> usize {
        bit_len(&self.modulus)
    }

    /// Whether the key was certified for signatures of this scheme: one under rsaEncryption for all of RSA, one under id-RSASSA-PSS for
    /// RSASSA-PSS alone.
    pub fn is_for(&self, scheme: SignatureScheme) -> bool {
        match (self.only_pss, scheme) {
            (None, SignatureScheme::RsaPkcs1 { .. } | SignatureScheme::RsaPss { .. })
            | (Some(PssUse::Any), SignatureScheme::RsaPss { .. }) => true,
            (
                Some(PssUse::With { digest, mask_digest, least_salt_len }),
                SignatureScheme::RsaPss { digest: own, mask_digest: mask, salt_len },
            ) => digest == own && mask_digest == mask && salt_len >= least_salt_len,
            _ => false,
        }
    }
}

/// A point of a known curve. It is as wide as the curve's points are; the provider checks, before each use, that it lies on the curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EcPublicKey {
    curve: NamedCurve,
    point: Vec<u8>,
}

impl EcPublicKey {
    /// A key from its point (SEC 1 §2.3.3): uncompressed `04 ‖ X ‖ Y`, which ICAO 9303 asks for, or compressed `02`/`03 ‖ X`.
    ///
    /// # Errors
    /// [`CryptoError::PublicKeyInvalid`] for another form or length.
    pub fn from_point(curve: NamedCurve, point: &[u8]) -> Result<Self, CryptoError> {
        match point {
            [0x04, coordinates @ ..] if coordinates.len() == 2 * curve.field_len() => {}
            [0x02 | 0x03, x @ ..] if x.len() == curve.field_len() => {}
            _ => return Err(CryptoError::PublicKeyInvalid("a point of another form or length than its curve has")),
        }
        Ok(Self { curve, point: point.to_vec() })
    }

    /// The curve.
    pub fn curve(&self) -> NamedCurve {
        self.curve
    }

    /// The point as it was given: `04 ‖ X ‖ Y`, or `02`/`03 ‖ X`.
    pub fn point(&self) -> &[u8] {
        &self.point
    }
}

/// Length in bits of a magnitude without leading zeros.
fn bit_len(magnitude: &[u8]) -> usize {
    magnitude.first().map_or(0, |first| magnitude.len() * 8 - first.leading_zeros() as usize)
}

fn is_odd(magnitude: &[u8]) -> bool {
    magnitude.last().is_some_and(|last| last & 1 == 1)
}

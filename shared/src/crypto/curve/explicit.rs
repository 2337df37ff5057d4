//! Explicit domain parameters: most real ECDSA keys carry them (ICAO 9303-12 §4.4.2 asks for it), and a key is only as good as they
//! are. They are matched in every part with one known curve; nothing is ever computed on parameters from a card.

use super::{NamedCurve, Parameters};
use crate::crypto::CryptoError;
use crate::tlv::asn1::{INTEGER, OBJECT_IDENTIFIER, strip_zeros};
use crate::tlv::{Cursor, TlvError};

/// The domain parameters as a key states them.
///
/// ```text
/// ECParameters ::= SEQUENCE {
///     version   INTEGER (1 | 2 | 3),
///     fieldID   SEQUENCE { fieldType OBJECT IDENTIFIER, prime INTEGER },
///     curve     SEQUENCE { a OCTET STRING, b OCTET STRING, seed BIT STRING OPTIONAL },
///     base      OCTET STRING,
///     order     INTEGER,
///     cofactor  INTEGER OPTIONAL
/// }
/// ```
/// Source: X9.62, BSI TR-03111 §4.1.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DomainParameters {
    /// By object identifier.
    Named(NamedCurve),
    /// In full, equal to this known curve in every part.
    Explicit(NamedCurve),
}

impl DomainParameters {
    /// The curve.
    pub fn curve(self) -> NamedCurve {
        match self {
            Self::Named(curve) | Self::Explicit(curve) => curve,
        }
    }

    /// Reads the parameters of an EC AlgorithmIdentifier.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for a name that is not known, for a field that is not prime, and for explicit parameters of a curve
    /// that is not known; [`CryptoError::PublicKeyInvalid`] for a known curve with another generator, order or cofactor
    /// (`attacks.md` 29).
    pub fn read(cursor: &mut Cursor<'_>) -> Result<Self, CryptoError> {
        if cursor.peek() == Some(OBJECT_IDENTIFIER) {
            let identifier = cursor.object_identifier()?;
            return NamedCurve::from_object_identifier(identifier)
                .map(Self::Named)
                .ok_or(CryptoError::Unsupported("a named curve that is not standardised for documents"));
        }
        let explicit = ExplicitParameters::read(cursor.sequence()?)?;
        if let Some(curve) = NamedCurve::ALL.into_iter().find(|curve| explicit.is(curve.parameters())) {
            return Ok(Self::Explicit(curve));
        }
        // A known curve under another generator is nobody's curve: whoever chose the generator knows a private key to any public one.
        Err(match NamedCurve::ALL.into_iter().any(|curve| explicit.is_curve_of(curve.parameters())) {
            true => CryptoError::PublicKeyInvalid("a known curve with another generator, order or cofactor"),
            false => CryptoError::Unsupported("explicit curve parameters that differ from every known curve"),
        })
    }
}

/// Integers and field elements as magnitudes without leading zeros: real keys pad them at will.
struct ExplicitParameters<'a> {
    p: &'a [u8],
    a: &'a [u8],
    b: &'a [u8],
    base: &'a [u8],
    n: &'a [u8],
    cofactor: Option<&'a [u8]>,
}

impl<'a> ExplicitParameters<'a> {
    fn read(mut parameters: Cursor<'a>) -> Result<Self, CryptoError> {
        if !(1..=3).contains(&parameters.small_integer()?) {
            return Err(CryptoError::Unsupported("a version of explicit curve parameters"));
        }
        let mut field = parameters.sequence()?;
        if field.object_identifier()? != PRIME_FIELD {
            return Err(CryptoError::Unsupported("a curve over a field that is not prime"));
        }
        let p = field.unsigned_integer()?;
        field.finish()?;
        // The seed tells where a and b come from; they are compared themselves.
        let mut curve = parameters.sequence()?;
        let a = field_element(&mut curve)?;
        let b = field_element(&mut curve)?;
        let base = parameters.expect(crate::tlv::asn1::OCTET_STRING)?.value;
        let n = parameters.unsigned_integer()?;
        let cofactor = match parameters.peek() {
            Some(INTEGER) => Some(parameters.unsigned_integer()?),
            _ => None,
        };
        Ok(Self { p, a, b, base, n, cofactor })
    }

    fn is(&self, known: &Parameters) -> bool {
        self.is_curve_of(known)
            && equal(self.n, known.n)
            && self.cofactor.is_none_or(|cofactor| cofactor == [1])
            && self.base_is(known)
    }

    fn is_curve_of(&self, known: &Parameters) -> bool {
        equal(self.p, known.p) && equal(self.a, known.a) && equal(self.b, known.b)
    }

    /// The generator, uncompressed (04), compressed (02, 03) or hybrid (06, 07).
    fn base_is(&self, known: &Parameters) -> bool {
        let Some((&form, coordinates)) = self.base.split_first() else { return false };
        let width = known.x.len();
        let parity = known.y.last().copied().unwrap_or_default() & 1;
        let Some((x, y)) = coordinates.split_at_checked(width) else { return false };
        let y_matches = match form {
            0x02 | 0x03 => y.is_empty() && form & 1 == parity,
            0x04 => y.len() == width && equal(strip_zeros(y), known.y),
            0x06 | 0x07 => y.len() == width && form & 1 == parity && equal(strip_zeros(y), known.y),
            _ => false,
        };
        y_matches && equal(strip_zeros(x), known.x)
    }
}

/// id-prime-Field
const PRIME_FIELD: der::asn1::ObjectIdentifier = der::asn1::ObjectIdentifier::new_unwrap("1.2.840.10045.1.1");

fn field_element<'a>(curve: &mut Cursor<'a>) -> Result<&'a [u8], TlvError> {
    curve.expect(crate::tlv::asn1::OCTET_STRING).map(|element| strip_zeros(element.value))
}

/// Whether a magnitude without leading zeros is this number, which may have some.
fn equal(magnitude: &[u8], number: &[u8]) -> bool {
    magnitude == strip_zeros(number)
}

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use alloc::vec;
use alloc::vec::Vec;

use num_bigint::BigUint;

use super::explicit::DomainParameters;
use super::{NamedCurve, Parameters};
use crate::crypto::CryptoError;
use crate::tlv::{Cursor, Rules};

fn number(octets: &[u8]) -> BigUint {
    BigUint::from_bytes_be(octets)
}

#[test]
fn generators_lie_on_their_curves() {
    for curve in NamedCurve::ALL {
        let Parameters { p, a, b, x, y, n, .. } = *curve.parameters();
        let [p, a, b, x, y, n] = [p, a, b, x, y, n].map(number);
        assert_eq!(&y * &y % &p, (&x * &x * &x + &a * &x + &b) % &p, "{}", curve.name());
        assert_eq!((p.bits(), n.bits()), (curve.bits() as u64, curve.bits() as u64), "{}", curve.name());
        assert_eq!(p.bits().div_ceil(8), curve.field_len() as u64);
    }
}

/// RFC 5639 §2.2: `(x, y) ↦ (x·Z², y·Z³)` carries the random curve to the twisted one, whose `a` is −3.
#[test]
fn twisted_curves_are_isomorphic_to_their_random_ones() {
    let mut pairs = 0;
    for pair in NamedCurve::ALL[5..].chunks(2) {
        let (r1, t1) = (pair[0].parameters(), pair[1].parameters());
        let p = number(r1.p);
        assert_eq!((r1.p, r1.n), (t1.p, t1.n));
        assert_eq!(number(t1.a) + 3_u8, p);
        // With Z² = x' / x: a' = a·Z⁴ and b' = b·Z⁶.
        let (x, twisted_x) = (number(r1.x), number(t1.x));
        assert_eq!(number(t1.a) * &x * &x % &p, number(r1.a) * &twisted_x * &twisted_x % &p);
        assert_eq!(number(t1.b) * x.pow(3) % &p, number(r1.b) * twisted_x.pow(3) % &p);
        pairs += 1;
    }
    assert_eq!(pairs, 7);
}

#[test]
fn identifiers_are_one_to_one() {
    for curve in NamedCurve::ALL {
        assert_eq!(NamedCurve::from_object_identifier(curve.object_identifier()), Some(curve));
    }
    let standardised: Vec<NamedCurve> = (0..=u8::MAX).filter_map(NamedCurve::from_parameter_id).collect();
    assert_eq!(standardised.len(), 11);
    assert!(standardised.iter().all(|curve| !curve.name().ends_with("t1")));
}

fn element(tag: u8, value: &[u8]) -> Vec<u8> {
    let mut len = value.len().to_be_bytes().to_vec();
    len.retain(|octet| *octet != 0);
    let length = if value.len() < 0x80 { vec![value.len() as u8] } else { [&[0x80 | len.len() as u8], &len[..]].concat() };
    [&[tag], &length[..], value].concat()
}

fn integer(number: &BigUint) -> Vec<u8> {
    element(0x02, &[&[0], &number.to_bytes_be()[..]].concat())
}

/// The parts of explicit parameters, to be changed one at a time.
#[derive(Clone)]
struct Explicit {
    version: u8,
    field: &'static [u8],
    p: BigUint,
    a: Vec<u8>,
    b: Vec<u8>,
    seed: Option<Vec<u8>>,
    base: Vec<u8>,
    n: BigUint,
    cofactor: Option<BigUint>,
}

/// 1.2.840.10045.1.1 and 1.2.840.10045.1.2
const PRIME_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x01];
const BINARY_FIELD: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x01, 0x02];

impl Explicit {
    fn of(curve: NamedCurve) -> Self {
        let known = curve.parameters();
        Self {
            version: 1,
            field: PRIME_FIELD,
            p: number(known.p),
            a: known.a.to_vec(),
            b: known.b.to_vec(),
            seed: None,
            base: [&[4], known.x, known.y].concat(),
            n: number(known.n),
            cofactor: Some(BigUint::from(1_u8)),
        }
    }

    fn read(&self) -> Result<DomainParameters, CryptoError> {
        let field = element(0x30, &[element(0x06, self.field), integer(&self.p)].concat());
        let seed = self.seed.as_ref().map(|seed| element(0x03, seed)).unwrap_or_default();
        let curve = element(0x30, &[element(0x04, &self.a), element(0x04, &self.b), seed].concat());
        let cofactor = self.cofactor.as_ref().map(integer).unwrap_or_default();
        let version = element(0x02, &[self.version]);
        let parts = [version, field, curve, element(0x04, &self.base), integer(&self.n), cofactor].concat();
        DomainParameters::read(&mut Cursor::new(&element(0x30, &parts), Rules::Der))
    }
}

fn compressed(curve: NamedCurve, flip: u8) -> Vec<u8> {
    let base = Explicit::of(curve).base;
    let parity = base[base.len() - 1] & 1;
    [&[2 | (parity ^ flip)], &base[1..=curve.field_len()]].concat()
}

#[test]
fn explicit_parameters_of_every_curve_are_known() {
    for curve in NamedCurve::ALL {
        let plain = Explicit::of(curve);
        let stripped = |bytes: &[u8]| BigUint::from_bytes_be(bytes).to_bytes_be();
        let forms = [
            plain.clone(),
            Explicit { version: 2, seed: Some(vec![0, 1, 2, 3]), ..plain.clone() },
            Explicit { cofactor: None, ..plain.clone() },
            Explicit { base: compressed(curve, 0), ..plain.clone() },
            Explicit { a: [&[0], &plain.a[..]].concat(), b: stripped(&plain.b), ..plain.clone() },
        ];
        for form in forms {
            assert_eq!(form.read(), Ok(DomainParameters::Explicit(curve)), "{}", curve.name());
        }
    }
}

/// A generator of the attacker's choosing gives him a private key to any public key (2020).
#[test]
fn attack_29_explicit_parameters_that_differ_in_one_part() {
    const DIFFERS: Result<DomainParameters, CryptoError> =
        Err(CryptoError::Unsupported("explicit curve parameters that differ from every known curve"));
    const FORGED: Result<DomainParameters, CryptoError> =
        Err(CryptoError::PublicKeyInvalid("a known curve with another generator, order or cofactor"));
    for curve in NamedCurve::ALL {
        let plain = Explicit::of(curve);
        assert_eq!(plain.read(), Ok(DomainParameters::Explicit(curve)));
        let changed = |bytes: &[u8], at: usize| {
            let mut bytes = bytes.to_vec();
            bytes[at] ^= 1;
            bytes
        };
        let len = curve.field_len();
        let forms = [
            Explicit { p: &plain.p + 2_u8, ..plain.clone() },
            Explicit { a: changed(&plain.a, len - 1), ..plain.clone() },
            Explicit { b: changed(&plain.b, 0), ..plain.clone() },
            Explicit { base: changed(&plain.base, 1), ..plain.clone() },
            Explicit { base: changed(&plain.base, 2 * len), ..plain.clone() },
            Explicit { base: compressed(curve, 1), ..plain.clone() },
            Explicit { base: plain.base[..len].to_vec(), ..plain.clone() },
            Explicit { base: vec![0], ..plain.clone() },
            Explicit { base: vec![], ..plain.clone() },
            Explicit { n: &plain.n - 2_u8, ..plain.clone() },
            Explicit { cofactor: Some(BigUint::from(2_u8)), ..plain.clone() },
            Explicit { cofactor: Some(BigUint::from(0_u8)), ..plain.clone() },
        ];
        for (index, form) in forms.iter().enumerate() {
            let expected = if index < 3 { DIFFERS } else { FORGED };
            assert_eq!(form.read(), expected, "{} {index}", curve.name());
        }
    }
    let binary = Explicit { field: BINARY_FIELD, ..Explicit::of(NamedCurve::P256) };
    assert_eq!(binary.read(), Err(CryptoError::Unsupported("a curve over a field that is not prime")));
    let version = Explicit { version: 4, ..Explicit::of(NamedCurve::P256) };
    assert_eq!(version.read(), Err(CryptoError::Unsupported("a version of explicit curve parameters")));
}

#[test]
fn parameters_of_another_kind_are_refused() {
    let null = DomainParameters::read(&mut Cursor::new(&[0x05, 0x00], Rules::Der));
    assert!(matches!(null, Err(CryptoError::Encoding(_))), "{null:?}");
    // secp256k1
    let unknown = DomainParameters::read(&mut Cursor::new(&[0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x0A], Rules::Der));
    assert_eq!(unknown, Err(CryptoError::Unsupported("a named curve that is not standardised for documents")));
}

//! The arithmetic of curves against the arithmetic crates, which are other people's.

use alloc::vec::Vec;

use elliptic_curve::group::Group as _;
use elliptic_curve::point::AffineCoordinates as _;
use elliptic_curve::sec1::ToSec1Point as _;
use elliptic_curve::{Field as _, PrimeField, Scalar};
use primeorder::{PrimeCurveParams, ProjectivePoint};
use proptest::prelude::*;

use super::curves::{self, BrainpoolP160r1, BrainpoolP224t1, BrainpoolP512r1};
use super::integrated::encode_to_point;
use crate::crypto::NamedCurve;
use crate::crypto::rustcrypto::elliptic::arithmetic;
use crate::crypto::rustcrypto::elliptic::public::contains;

/// A big-endian number of any length, modulo the order or the characteristic.
pub(super) fn reduce<F: PrimeField>(octets: &[u8]) -> F {
    let radix = F::from(1 << 32).square();
    let (head, tail) = octets.split_at(octets.len() % 8);
    core::iter::once(head).chain(tail.chunks(8)).fold(F::ZERO, |value, octets| {
        value * radix + F::from(octets.iter().fold(0, |number, octet| number << 8 | u64::from(*octet)))
    })
}

/// Against the arithmetic crates, which are complete: every small sum, so that each exception is met.
fn agrees<C: PrimeCurveParams + ecdsa::EcdsaCurve>(curve: NamedCurve, u: Scalar<C>, v: Scalar<C>, q: Scalar<C>) {
    let point = ProjectivePoint::<C>::GENERATOR * q;
    let expected = ProjectivePoint::<C>::GENERATOR * u + point * v;
    let infinity = bool::from(elliptic_curve::Group::is_identity(&expected));
    let (point, x) = (point.to_affine(), reduce::<Scalar<C>>(&expected.to_affine().x()));
    if bool::from(point.is_identity()) {
        return;
    }
    for compressed in [false, true] {
        let encoded = point.to_sec1_point(compressed);
        assert!(contains(curve, encoded.as_bytes()));
        let has_x = |x: Scalar<C>| {
            arithmetic(curve).unwrap().sum_has_x(&u.to_repr(), &v.to_repr(), encoded.as_bytes(), &x.to_repr()).unwrap()
        };
        assert_eq!(has_x(x), !infinity);
        assert!(!has_x(x + Scalar::<C>::ONE));
    }
}

fn agrees_on_small_numbers<C: PrimeCurveParams + ecdsa::EcdsaCurve>(curve: NamedCurve, points: &[i8]) {
    let number = |number: i8| {
        let magnitude = Scalar::<C>::from(u64::from(number.unsigned_abs()));
        if number < 0 { -magnitude } else { magnitude }
    };
    for q in points {
        for u in -17..=17 {
            for v in -17..=17 {
                agrees::<C>(curve, number(u), number(v), number(*q));
            }
        }
    }
}

#[test]
fn small_numbers_meet_every_exception() {
    agrees_on_small_numbers::<p256::NistP256>(NamedCurve::P256, &[1, -2, 3]);
    agrees_on_small_numbers::<BrainpoolP160r1>(NamedCurve::BrainpoolP160r1, &[-1]);
    agrees_on_small_numbers::<BrainpoolP224t1>(NamedCurve::BrainpoolP224t1, &[2]);
}

/// Each generator, its negative and its compressed forms; nothing beside them. P-224 alone has square roots that cost more.
#[test]
fn points_of_every_curve_are_told_from_others() {
    for curve in NamedCurve::ALL {
        let parameters = curve.parameters();
        let (p, x, y) = (parameters.p, parameters.x, parameters.y);
        let uncompressed = [&[0x04], x, y].concat();
        assert!(contains(curve, &uncompressed), "{curve:?}");
        for form in [0x02, 0x03] {
            assert!(contains(curve, &[&[form], x].concat()), "{curve:?}");
        }
        let mut beside = uncompressed.clone();
        *beside.last_mut().unwrap() ^= 1;
        assert!(!contains(curve, &beside), "{curve:?}");
        for form in [0x00, 0x01, 0x05, 0x06, 0x07] {
            assert!(!contains(curve, &[&[form], x, y].concat()), "{curve:?}");
        }
        assert!(!contains(curve, &[0x00]) && !contains(curve, &[]) && !contains(curve, &uncompressed[..x.len()]));
        // Not below the characteristic: the same point in other words.
        assert!(!contains(curve, &[&[0x04], p, y].concat()), "{curve:?}");
        // Half of all numbers are no x coordinate.
        let on_curve = (0..32_u8).filter(|add| {
            let mut other = x.to_vec();
            *other.last_mut().unwrap() ^= add;
            contains(curve, &[&[0x02][..], &other].concat())
        });
        assert!((4..29).contains(&on_curve.count()), "{curve:?}");
    }
}

/// What a computation on each curve needs of it.
trait OnCurve {
    fn on<C: PrimeCurveParams + ecdsa::EcdsaCurve>(&self, curve: NamedCurve);
}

fn on_every_curve(computation: &impl OnCurve) {
    computation.on::<p192::NistP192>(NamedCurve::P192);
    computation.on::<p224::NistP224>(NamedCurve::P224);
    computation.on::<p256::NistP256>(NamedCurve::P256);
    computation.on::<p384::NistP384>(NamedCurve::P384);
    computation.on::<p521::NistP521>(NamedCurve::P521);
    computation.on::<BrainpoolP160r1>(NamedCurve::BrainpoolP160r1);
    computation.on::<curves::BrainpoolP160t1>(NamedCurve::BrainpoolP160t1);
    computation.on::<curves::BrainpoolP192r1>(NamedCurve::BrainpoolP192r1);
    computation.on::<curves::BrainpoolP192t1>(NamedCurve::BrainpoolP192t1);
    computation.on::<curves::BrainpoolP224r1>(NamedCurve::BrainpoolP224r1);
    computation.on::<BrainpoolP224t1>(NamedCurve::BrainpoolP224t1);
    computation.on::<bp256::BrainpoolP256r1>(NamedCurve::BrainpoolP256r1);
    computation.on::<bp256::BrainpoolP256t1>(NamedCurve::BrainpoolP256t1);
    computation.on::<curves::BrainpoolP320r1>(NamedCurve::BrainpoolP320r1);
    computation.on::<curves::BrainpoolP320t1>(NamedCurve::BrainpoolP320t1);
    computation.on::<bp384::BrainpoolP384r1>(NamedCurve::BrainpoolP384r1);
    computation.on::<bp384::BrainpoolP384t1>(NamedCurve::BrainpoolP384t1);
    computation.on::<BrainpoolP512r1>(NamedCurve::BrainpoolP512r1);
    computation.on::<curves::BrainpoolP512t1>(NamedCurve::BrainpoolP512t1);
}

/// `04 ‖ X ‖ Y`; nothing at infinity.
fn encoded<C: PrimeCurveParams>(point: &ProjectivePoint<C>) -> Option<Vec<u8>> {
    (!bool::from(point.is_identity())).then(|| point.to_affine().to_sec1_point(false).as_bytes().to_vec())
}

/// Secret scalars: any octets, times any multiple of the generator, and the sum with another multiple.
struct Products<'a>([&'a [u8]; 3]);

impl OnCurve for Products<'_> {
    fn on<C: PrimeCurveParams + ecdsa::EcdsaCurve>(&self, curve: NamedCurve) {
        let [k, q, s] = self.0;
        let [scalar, factor, other] = self.0.map(reduce::<Scalar<C>>);
        let point = ProjectivePoint::<C>::GENERATOR * factor;
        let arithmetic = arithmetic(curve).unwrap();
        let ours = arithmetic.multiply(q, &arithmetic.generator());
        assert_eq!(arithmetic.encode(&ours).map(|octets| octets.to_vec()), encoded(&point), "{curve:?} {q:02x?}");
        let product = arithmetic.multiply(k, &ours);
        assert_eq!(arithmetic.encode(&product).map(|octets| octets.to_vec()), encoded(&(point * scalar)), "{curve:?} {k:02x?}");
        let sum = arithmetic.add(&product, &arithmetic.multiply(s, &arithmetic.generator()));
        let expected = point * scalar + ProjectivePoint::<C>::GENERATOR * other;
        assert_eq!(arithmetic.encode(&sum).map(|octets| octets.to_vec()), encoded(&expected), "{curve:?} {k:02x?} {s:02x?}");
        assert_eq!(sum.is_infinity(), bool::from(expected.is_identity()));
        if let Some(decoded) = encoded(&point).map(|octets| arithmetic.decode(&octets).unwrap()) {
            let product = arithmetic.encode(&arithmetic.multiply(k, &decoded)).map(|octets| octets.to_vec());
            assert_eq!(product, encoded(&(point * scalar)), "{curve:?}");
        }
    }
}

/// 0, 1, 2, n − 2, n − 1, n, n + 1 and all ones, with leading zeros and without; so multiplied and added that
/// every exception of other formulas is met.
struct Edges;

impl OnCurve for Edges {
    fn on<C: PrimeCurveParams + ecdsa::EcdsaCurve>(&self, curve: NamedCurve) {
        let order = curve.parameters().n.to_vec();
        let near = |difference: i8| {
            let mut octets = order.clone();
            *octets.last_mut().unwrap() = octets.last().unwrap().wrapping_add_signed(difference);
            octets
        };
        let numbers = [
            Vec::new(),
            [0].to_vec(),
            [1].to_vec(),
            [0, 0, 0, 2].to_vec(),
            near(-2),
            near(-1),
            order.clone(),
            [&[0; 3][..], &near(1)].concat(),
            alloc::vec![0xFF; order.len()],
            [&[0x80][..], &alloc::vec![0; order.len() - 1]].concat(),
        ];
        for k in &numbers {
            for q in [&numbers[2], &numbers[5], &numbers[6]] {
                for s in [&numbers[2], &numbers[5]] {
                    Products([k, q, s]).on::<C>(curve);
                }
            }
        }
        let arithmetic = arithmetic(curve).unwrap();
        let fits: Vec<bool> = numbers.iter().map(|number| arithmetic.is_private_key(number)).collect();
        let beyond = curve == NamedCurve::P521;
        assert_eq!(fits, [false, false, true, true, true, true, false, false, false, !beyond && order[0] >= 0x80], "{curve:?}");
    }
}

#[test]
fn secret_scalars_at_the_edges_are_multiplied_as_others_do() {
    on_every_curve(&Edges);
}

struct Encodings<'a>(&'a [u8]);

impl OnCurve for Encodings<'_> {
    fn on<C: PrimeCurveParams + ecdsa::EcdsaCurve>(&self, curve: NamedCurve) {
        let arithmetic = arithmetic(curve).unwrap();
        let ours = arithmetic.encode_number(self.0).map(|point| arithmetic.encode(&point).unwrap().to_vec());
        assert_eq!(ours, encode_to_point::<C>(self.0).map(|point| encoded(&point).unwrap()), "{curve:?} {:02x?}", self.0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 32, rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

    #[test]
    fn any_numbers(u in any::<[u8; 40]>(), v in any::<[u8; 40]>(), q in any::<[u8; 40]>()) {
        fn agrees_on<C: PrimeCurveParams + ecdsa::EcdsaCurve>(curve: NamedCurve, numbers: [&[u8]; 3]) {
            let [u, v, q] = numbers.map(reduce::<Scalar<C>>);
            agrees::<C>(curve, u, v, q);
        }
        agrees_on::<p256::NistP256>(NamedCurve::P256, [&u, &v, &q]);
        agrees_on::<p224::NistP224>(NamedCurve::P224, [&u, &v, &q]);
        agrees_on::<p521::NistP521>(NamedCurve::P521, [&u, &v, &q]);
        agrees_on::<BrainpoolP512r1>(NamedCurve::BrainpoolP512r1, [&u, &v, &q]);
    }
    #[test]
    fn any_secret_scalars(k in any::<[u8; 67]>(), q in any::<[u8; 40]>(), s in any::<[u8; 16]>()) {
        on_every_curve(&Products([&k, &q, &s]));
    }

    #[test]
    fn any_numbers_are_encoded_as_others_do(number in proptest::collection::vec(any::<u8>(), 0..100)) {
        on_every_curve(&Encodings(&number));
    }
}

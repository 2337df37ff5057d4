//! u·G + v·Q, the sum at the heart of verifying a signature (BSI TR-03111 §4.2.1.2), in variable time: all of it is public.
//!
//! The arithmetic crates compute it with formulas that have no exceptions, as secrets need. Jacobian coordinates cost a third less; their
//! exceptions (a sum at infinity, a point added to itself) are looked at here. Nothing secret may come near this module.

use alloc::vec::Vec;

use elliptic_curve::ff::PrimeField as _;
use elliptic_curve::hazmat::FieldArithmetic;
use elliptic_curve::ops::Double;
use elliptic_curve::point::AffineCoordinates as _;
use elliptic_curve::{BatchNormalize as _, Field as _, FieldBytes, Scalar};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint};

/// How many odd multiples of a point are made ahead: P, 3P … 15P.
const MULTIPLES: usize = 8;
/// Bits of a window over them, the sign included.
const WINDOW: usize = 5;

/// The x coordinate of u·G + v·Q; `None` for the point at infinity.
pub(super) fn sum_x<C: PrimeCurveParams>(u: &Scalar<C>, v: &Scalar<C>, point: &ProjectivePoint<C>) -> Option<FieldBytes<C>> {
    let tables = odd_multiples::<C>(point);
    let digits = [windows(u.to_repr().as_ref()), windows(v.to_repr().as_ref())];
    let length = digits.iter().map(Vec::len).max().unwrap_or(0);
    let a_is_minus_three = C::EQUATION_A == -Coordinate::<C>::from(3);
    let mut sum = Jacobian::<C>::INFINITY;
    for position in (0..length).rev() {
        sum = sum.double(a_is_minus_three);
        for (digits, table) in digits.iter().zip(&tables) {
            let digit = digits.get(position).copied().unwrap_or(0);
            if let Some((x, y)) = table.get(usize::from(digit.unsigned_abs() / 2)).filter(|_| digit != 0) {
                sum = sum.add(*x, if digit < 0 { -*y } else { *y }, a_is_minus_three);
            }
        }
    }
    let inverse = sum.z.invert().into_option()?;
    Some((sum.x * inverse.square()).to_repr())
}

/// Affine coordinates of a point.
type Affine<C> = (Coordinate<C>, Coordinate<C>);
type Coordinate<C> = <C as FieldArithmetic>::FieldElement;

/// The odd multiples of the generator and of a point, made affine by one inversion.
fn odd_multiples<C: PrimeCurveParams>(point: &ProjectivePoint<C>) -> [Vec<Affine<C>>; 2] {
    let mut points = [ProjectivePoint::<C>::IDENTITY; 2 * MULTIPLES];
    for (half, point) in points.chunks_exact_mut(MULTIPLES).zip([&ProjectivePoint::<C>::GENERATOR, point]) {
        let twice = Double::double(point);
        let mut next = *point;
        for place in half {
            *place = next;
            next += &twice;
        }
    }
    // The order is a prime above 16, so that none of these is at infinity.
    let affine = ProjectivePoint::<C>::batch_normalize(&points).map(|point| coordinates::<C>(&point));
    let (generator, point) = affine.split_at(MULTIPLES);
    [generator.to_vec(), point.to_vec()]
}

fn coordinates<C: PrimeCurveParams>(point: &AffinePoint<C>) -> Affine<C> {
    let element = |bytes: FieldBytes<C>| Coordinate::<C>::from_repr(bytes).unwrap_or(Coordinate::<C>::ZERO);
    (element(point.x()), element(point.y()))
}

/// A number in its non-adjacent form of a window: signed odd digits, the lowest first, four zeros at least after each.
fn windows(big_endian: &[u8]) -> Vec<i8> {
    let bits = big_endian.len() * 8;
    let bit = |position: usize| {
        let octet = big_endian.len().checked_sub(1 + position / 8).and_then(|index| big_endian.get(index));
        octet.map_or(0, |octet| i8::from(octet >> (position % 8) & 1 == 1))
    };
    let mut digits = alloc::vec![0; bits + 1];
    let (mut position, mut carry) = (0, 0);
    while position <= bits {
        if (bit(position) + carry) % 2 == 0 {
            position += 1;
            continue;
        }
        let window = (0..WINDOW).fold(carry, |window, offset| window + (bit(position + offset) << offset));
        carry = i8::from(window >= 1 << (WINDOW - 1));
        if let Some(digit) = digits.get_mut(position) {
            *digit = window - (carry << WINDOW);
        }
        position += WINDOW;
    }
    digits
}

/// x = X / Z², y = Y / Z³; at infinity Z is zero.
struct Jacobian<C: PrimeCurveParams> {
    x: Coordinate<C>,
    y: Coordinate<C>,
    z: Coordinate<C>,
}

impl<C: PrimeCurveParams> Jacobian<C> {
    const INFINITY: Self = Self { x: Coordinate::<C>::ONE, y: Coordinate::<C>::ONE, z: Coordinate::<C>::ZERO };

    /// Twice the point. Infinity stays what it is, since Z is a factor of the new Z.
    fn double(&self, a_is_minus_three: bool) -> Self {
        let Self { x, y, z } = self;
        let z_squared = z.square();
        let y_squared = y.square();
        let slope = if a_is_minus_three {
            let product = (*x - z_squared) * (*x + z_squared);
            product.double() + product
        } else {
            let x_squared = x.square();
            x_squared.double() + x_squared + C::EQUATION_A * z_squared.square()
        };
        let beta = (*x * y_squared).double().double();
        let new_x = slope.square() - beta.double();
        let new_y = slope * (beta - new_x) - y_squared.square().double().double().double();
        Self { x: new_x, y: new_y, z: (*y * *z).double() }
    }

    /// The sum with an affine point.
    fn add(&self, x: Coordinate<C>, y: Coordinate<C>, a_is_minus_three: bool) -> Self {
        if self.z == Coordinate::<C>::ZERO {
            return Self { x, y, z: Coordinate::<C>::ONE };
        }
        let z_squared = self.z.square();
        let difference = x * z_squared - self.x;
        let rise = y * z_squared * self.z - self.y;
        if difference == Coordinate::<C>::ZERO {
            return if rise == Coordinate::<C>::ZERO { self.double(a_is_minus_three) } else { Self::INFINITY };
        }
        let squared = difference.square();
        let cubed = squared * difference;
        let shared = self.x * squared;
        let new_x = rise.square() - cubed - shared.double();
        Self { x: new_x, y: rise * (shared - new_x) - self.y * cubed, z: self.z * difference }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::curves::{BrainpoolP160r1, BrainpoolP224t1, BrainpoolP512r1};
    use proptest::prelude::*;

    /// Against the arithmetic crates, which are complete: every small sum, so that each exception is met.
    fn agrees<C: PrimeCurveParams>(u: Scalar<C>, v: Scalar<C>, q: Scalar<C>) {
        let point = ProjectivePoint::<C>::GENERATOR * q;
        let expected = ProjectivePoint::<C>::GENERATOR * u + point * v;
        let infinity = bool::from(elliptic_curve::Group::is_identity(&expected));
        assert_eq!(sum_x::<C>(&u, &v, &point), (!infinity).then(|| expected.to_affine().x()));
    }

    fn agrees_on_small_numbers<C: PrimeCurveParams>() {
        let numbers = || (0..18_u64).map(Scalar::<C>::from).chain((1..18_u64).map(|number| -Scalar::<C>::from(number)));
        for q in [1, 2, 3, 16, 31].map(Scalar::<C>::from).into_iter().chain([-Scalar::<C>::ONE, -Scalar::<C>::from(2)]) {
            for u in numbers() {
                for v in numbers() {
                    agrees::<C>(u, v, q);
                }
            }
        }
    }

    #[test]
    fn small_numbers_meet_every_exception() {
        agrees_on_small_numbers::<p256::NistP256>();
        agrees_on_small_numbers::<BrainpoolP160r1>();
        agrees_on_small_numbers::<BrainpoolP224t1>();
    }

    fn scalar<C: PrimeCurveParams>(octets: &[u8]) -> Scalar<C> {
        super::super::reduce(octets)
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 48, rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

        #[test]
        fn any_numbers(u in any::<[u8; 40]>(), v in any::<[u8; 40]>(), q in any::<[u8; 40]>()) {
            agrees::<p256::NistP256>(scalar::<p256::NistP256>(&u), scalar::<p256::NistP256>(&v), scalar::<p256::NistP256>(&q));
            agrees::<p521::NistP521>(scalar::<p521::NistP521>(&u), scalar::<p521::NistP521>(&v), scalar::<p521::NistP521>(&q));
            agrees::<BrainpoolP512r1>(scalar::<BrainpoolP512r1>(&u), scalar::<BrainpoolP512r1>(&v), scalar::<BrainpoolP512r1>(&q));
        }

        #[test]
        fn windows_add_up(octets in any::<[u8; 12]>()) {
            let number = octets.iter().fold(0_i128, |number, octet| (number << 8) + i128::from(*octet));
            let digits = windows(&octets);
            prop_assert_eq!(digits.iter().rev().fold(0_i128, |sum, digit| 2 * sum + i128::from(*digit)), number);
            prop_assert!(digits.iter().all(|digit| *digit == 0 || digit % 2 != 0 && digit.unsigned_abs() < 16));
        }
    }
}

//! u·G + v·Q, the sum at the heart of verifying a signature (BSI TR-03111 §4.2.1.2), in variable time: all of it is public.
//!
//! The arithmetic crates compute it in constant time and with formulas that have no exceptions, as secrets need. Here are Jacobian
//! coordinates over a modulus known at run time; their exceptions (a sum at infinity, a point added to itself) are looked at. Nothing secret
//! may come near this module.

use alloc::vec::Vec;

use elliptic_curve::ff::PrimeField as _;
use elliptic_curve::hazmat::FieldArithmetic;
use elliptic_curve::point::AffineCoordinates as _;
use elliptic_curve::{Field as _, FieldBytes, Scalar};
use primeorder::{AffinePoint, PrimeCurveParams};

use super::montgomery::{Element, Modulus, Word};

/// How many odd multiples of a point are made ahead: P, 3P … 15P.
const MULTIPLES: usize = 8;
/// Bits of a window over them, the sign included.
const WINDOW: usize = 5;

/// Whether the x coordinate of u·G + v·Q, modulo the order, is r; never so at infinity.
pub(super) fn sum_has_x<C: PrimeCurveParams>(u: &Scalar<C>, v: &Scalar<C>, point: &AffinePoint<C>, r: &Scalar<C>) -> bool {
    let (x, y) = C::GENERATOR;
    let question = Question {
        largest_coordinate: &(-<C as FieldArithmetic>::FieldElement::ONE).to_repr(),
        largest_scalar: &(-Scalar::<C>::ONE).to_repr(),
        a: &C::EQUATION_A.to_repr(),
        points: [(&x.to_repr(), &y.to_repr()), (&point.x(), &point.y())],
        factors: [&u.to_repr(), &v.to_repr()],
        r: &r.to_repr(),
    };
    let answer = match size_of::<FieldBytes<C>>().div_ceil(size_of::<Word>()) {
        3 => question.answer::<3>(),
        4 => question.answer::<4>(),
        5 => question.answer::<5>(),
        6 => question.answer::<6>(),
        7 => question.answer::<7>(),
        8 => question.answer::<8>(),
        9 => question.answer::<9>(),
        10 => question.answer::<10>(),
        12 => question.answer::<12>(),
        16 => question.answer::<16>(),
        17 => question.answer::<17>(),
        _ => None,
    };
    answer.unwrap_or(false)
}

/// The numbers of a signature and its curve, big-endian: from here on, one piece of code serves all curves of a width.
struct Question<'a> {
    /// The field's characteristic and the order, each less one.
    largest_coordinate: &'a [u8],
    largest_scalar: &'a [u8],
    a: &'a [u8],
    points: [(&'a [u8], &'a [u8]); 2],
    factors: [&'a [u8]; 2],
    r: &'a [u8],
}

impl Question<'_> {
    /// Whether the sum has the coordinate; `None` where a number does not lie in the field, which the callers' types exclude.
    fn answer<const N: usize>(&self) -> Option<bool> {
        let field = Modulus::<N>::above(self.largest_coordinate)?;
        let a = field.element(self.a)?;
        let minus_three = field.subtract(&Modulus::ZERO, &field.add(&field.double(&field.one), &field.one));
        let curve = Curve { a, a_is_minus_three: a == minus_three, field };
        let field = &curve.field;
        let mut tables = [[Jacobian::INFINITY; MULTIPLES]; 2];
        for (table, (x, y)) in tables.iter_mut().zip(self.points) {
            let mut multiple = Jacobian { x: field.element(x)?, y: field.element(y)?, z: field.one };
            let twice = curve.double(&multiple);
            for place in table {
                *place = multiple;
                multiple = curve.add(&multiple, &twice);
            }
        }
        let sum = curve.sum(&self.factors.map(windows), &tables);
        // x = X / Z²: what x may be is multiplied, which is cheaper than to divide.
        let z_squared = field.square(&sum.z);
        let coordinates = [field.element(self.r), self.r_plus_order().and_then(|x| field.element(&x))];
        Some(sum.z != Modulus::ZERO && coordinates.into_iter().flatten().any(|x| field.multiply(&x, &z_squared) == sum.x))
    }

    /// The second coordinate that leaves the remainder r when divided by the order. There is no third, since every cofactor here is 1
    /// (Hasse's bound). `None` where it is longer than any coordinate.
    fn r_plus_order(&self) -> Option<Vec<u8>> {
        let mut sum = self.largest_scalar.to_vec();
        let mut carry = 1;
        for (octet, added) in sum.iter_mut().rev().zip(self.r.iter().rev()) {
            let total = u16::from(*octet) + u16::from(*added) + carry;
            let [high, low] = total.to_be_bytes();
            (*octet, carry) = (low, u16::from(high));
        }
        (carry == 0).then_some(sum)
    }
}

/// y² = x³ + a·x + b
struct Curve<const N: usize> {
    field: Modulus<N>,
    a: Element<N>,
    a_is_minus_three: bool,
}

/// x = X / Z², y = Y / Z³; at infinity Z is zero.
#[derive(Clone, Copy)]
struct Jacobian<const N: usize> {
    x: Element<N>,
    y: Element<N>,
    z: Element<N>,
}

impl<const N: usize> Jacobian<N> {
    const INFINITY: Self = Self { x: Modulus::ZERO, y: Modulus::ZERO, z: Modulus::ZERO };
}

impl<const N: usize> Curve<N> {
    /// Both products together (Shamir's trick), so that the doublings are paid once.
    fn sum(&self, digits: &[Vec<i8>; 2], tables: &[[Jacobian<N>; MULTIPLES]; 2]) -> Jacobian<N> {
        let length = digits.iter().map(Vec::len).max().unwrap_or(0);
        let mut sum = Jacobian::INFINITY;
        for position in (0..length).rev() {
            sum = self.double(&sum);
            for (digits, table) in digits.iter().zip(tables) {
                let digit = digits.get(position).copied().unwrap_or(0);
                if let Some(multiple) = table.get(usize::from(digit.unsigned_abs() / 2)).filter(|_| digit != 0) {
                    let y = if digit < 0 { self.field.subtract(&Modulus::ZERO, &multiple.y) } else { multiple.y };
                    sum = self.add(&sum, &Jacobian { y, ..*multiple });
                }
            }
        }
        sum
    }

    /// Twice a point. Infinity stays what it is, since Z is a factor of the new Z.
    fn double(&self, point: &Jacobian<N>) -> Jacobian<N> {
        let field = &self.field;
        let Jacobian { x, y, z } = point;
        let z_squared = field.square(z);
        let y_squared = field.square(y);
        let (multiplied, fourth_power) = if self.a_is_minus_three {
            (field.multiply(&field.subtract(x, &z_squared), &field.add(x, &z_squared)), Modulus::ZERO)
        } else {
            (field.square(x), field.multiply(&self.a, &field.square(&z_squared)))
        };
        let slope = field.add(&field.add(&field.double(&multiplied), &multiplied), &fourth_power);
        let beta = field.double(&field.double(&field.multiply(x, &y_squared)));
        let new_x = field.subtract(&field.square(&slope), &field.double(&beta));
        let eight_y = field.double(&field.square(&field.double(&y_squared)));
        let new_y = field.subtract(&field.multiply(&slope, &field.subtract(&beta, &new_x)), &eight_y);
        Jacobian { x: new_x, y: new_y, z: field.double(&field.multiply(y, z)) }
    }

    /// The sum of any two points.
    fn add(&self, left: &Jacobian<N>, right: &Jacobian<N>) -> Jacobian<N> {
        if left.z == Modulus::ZERO {
            return *right;
        }
        if right.z == Modulus::ZERO {
            return *left;
        }
        let field = &self.field;
        let left_squared = field.square(&left.z);
        let right_squared = field.square(&right.z);
        let left_x = field.multiply(&left.x, &right_squared);
        let left_y = field.multiply(&left.y, &field.multiply(&right_squared, &right.z));
        let difference = field.subtract(&field.multiply(&right.x, &left_squared), &left_x);
        let rise = field.subtract(&field.multiply(&right.y, &field.multiply(&left_squared, &left.z)), &left_y);
        if difference == Modulus::ZERO {
            return if rise == Modulus::ZERO { self.double(left) } else { Jacobian::INFINITY };
        }
        let squared = field.square(&difference);
        let cubed = field.multiply(&squared, &difference);
        let shared = field.multiply(&left_x, &squared);
        let new_x = field.subtract(&field.subtract(&field.square(&rise), &cubed), &field.double(&shared));
        let new_y = field.subtract(&field.multiply(&rise, &field.subtract(&shared, &new_x)), &field.multiply(&left_y, &cubed));
        Jacobian { x: new_x, y: new_y, z: field.multiply(&field.multiply(&left.z, &right.z), &difference) }
    }
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

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::curves::{BrainpoolP160r1, BrainpoolP224t1, BrainpoolP512r1};
    use primeorder::ProjectivePoint;
    use proptest::prelude::*;

    /// Against the arithmetic crates, which are complete: every small sum, so that each exception is met.
    fn agrees<C: PrimeCurveParams>(u: Scalar<C>, v: Scalar<C>, q: Scalar<C>) {
        let point = ProjectivePoint::<C>::GENERATOR * q;
        let expected = ProjectivePoint::<C>::GENERATOR * u + point * v;
        let infinity = bool::from(elliptic_curve::Group::is_identity(&expected));
        let (point, x) = (point.to_affine(), super::super::reduce::<Scalar<C>>(&expected.to_affine().x()));
        if !bool::from(point.is_identity()) {
            assert_eq!(sum_has_x::<C>(&u, &v, &point, &x), !infinity);
            assert!(!sum_has_x::<C>(&u, &v, &point, &(x + Scalar::<C>::ONE)));
        }
    }

    fn agrees_on_small_numbers<C: PrimeCurveParams>(points: &[i8]) {
        let number = |number: i8| {
            let magnitude = Scalar::<C>::from(u64::from(number.unsigned_abs()));
            if number < 0 { -magnitude } else { magnitude }
        };
        for q in points {
            for u in -17..=17 {
                for v in -17..=17 {
                    agrees::<C>(number(u), number(v), number(*q));
                }
            }
        }
    }

    #[test]
    fn small_numbers_meet_every_exception() {
        agrees_on_small_numbers::<p256::NistP256>(&[1, -2, 3]);
        agrees_on_small_numbers::<BrainpoolP160r1>(&[-1]);
        agrees_on_small_numbers::<BrainpoolP224t1>(&[2]);
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

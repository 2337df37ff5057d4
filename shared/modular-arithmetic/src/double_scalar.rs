//! u·G + v·Q, the sum at the heart of verifying a signature (BSI TR-03111 §4.2.1.2), in variable time: all of it is public.
//!
//! Jacobian coordinates; their exceptions (a sum at infinity, a point added to itself) are looked at.

use alloc::vec::Vec;

use crate::Curve;
use crate::montgomery::{Element, WORDS};
use crate::words::{BITS, Word};

/// How many odd multiples of a point are made ahead.
const MULTIPLES: usize = 8;
/// Bits of a window over them, the sign included.
const WINDOW: usize = 5;

/// x = X / Z², y = Y / Z³; at infinity Z is zero.
#[derive(Clone, Copy)]
pub(crate) struct Jacobian {
    pub(crate) x: Element,
    pub(crate) y: Element,
    pub(crate) z: Element,
}

impl Jacobian {
    const INFINITY: Self = Self { x: Element::ZERO, y: Element::ZERO, z: Element::ZERO };
}

impl Curve {
    /// The products of factors, the lowest word first, with points; all together (Shamir's trick), so that the doublings are paid once.
    pub(crate) fn sum_of_multiples(&self, factors: &[[Word; WORDS]; 2], points: [Jacobian; 2]) -> Jacobian {
        let digits = factors.each_ref().map(|factor| windows(factor));
        let tables = points.map(|point| self.odd_multiples(point));
        let length = digits.iter().map(Vec::len).max().unwrap_or(0);
        let mut sum = Jacobian::INFINITY;
        for position in (0..length).rev() {
            sum = self.jacobian_double(&sum);
            for (digits, table) in digits.iter().zip(&tables) {
                let digit = digits.get(position).copied().unwrap_or(0);
                if let Some(multiple) = table.get(usize::from(digit.unsigned_abs() / 2)).filter(|_| digit != 0) {
                    sum = self.jacobian_sum(&sum, multiple, digit < 0);
                }
            }
        }
        sum
    }

    /// P, 3P … 15P; not on the stack, of which a gate has little.
    #[inline(never)]
    fn odd_multiples(&self, point: Jacobian) -> Vec<Summand> {
        let twice = self.summand(self.jacobian_double(&point));
        let mut multiples = Vec::with_capacity(MULTIPLES);
        let mut multiple = point;
        for _ in 0..MULTIPLES {
            multiples.push(self.summand(multiple));
            multiple = self.jacobian_sum(&multiple, &twice, false);
        }
        multiples
    }

    /// Twice a point. Infinity stays what it is, since Z is a factor of the new Z.
    fn jacobian_double(&self, point: &Jacobian) -> Jacobian {
        let field = &self.field;
        let Jacobian { x, y, z } = point;
        let z_squared = field.square(z);
        let y_squared = field.square(y);
        let multiplied = if self.a_is_minus_three {
            let product = field.multiply(&field.subtract(x, &z_squared), &field.add(x, &z_squared));
            field.add(&field.double(&product), &product)
        } else {
            let x_squared = field.square(x);
            let triple = field.add(&field.double(&x_squared), &x_squared);
            field.add(&triple, &field.multiply(&self.a, &field.square(&z_squared)))
        };
        // With half the slope, X, Y and Z are a quarter, an eighth and half of what the textbook has: the same point, and fewer doublings.
        let slope = field.halve(&multiplied);
        let beta = field.multiply(x, &y_squared);
        let new_x = field.subtract(&field.square(&slope), &field.double(&beta));
        let new_y = field.subtract(&field.multiply(&slope, &field.subtract(&beta, &new_x)), &field.square(&y_squared));
        Jacobian { x: new_x, y: new_y, z: field.multiply(y, z) }
    }

    /// A point ready to be added.
    fn summand(&self, point: Jacobian) -> Summand {
        let z_squared = self.field.square(&point.z);
        Summand { point, z_squared, z_cubed: self.field.multiply(&z_squared, &point.z) }
    }

    /// The sum of any two points, the right one negated where that is asked for.
    fn jacobian_sum(&self, left: &Jacobian, right: &Summand, negated: bool) -> Jacobian {
        let field = &self.field;
        let Summand { point: right, z_squared: right_squared, z_cubed: right_cubed } = right;
        let right_y = if negated { field.negate(&right.y) } else { right.y };
        if left.z == Element::ZERO {
            return Jacobian { y: right_y, ..*right };
        }
        if right.z == Element::ZERO {
            return *left;
        }
        let left_squared = field.square(&left.z);
        let left_x = field.multiply(&left.x, right_squared);
        let left_y = field.multiply(&left.y, right_cubed);
        let difference = field.subtract(&field.multiply(&right.x, &left_squared), &left_x);
        let rise = field.subtract(&field.multiply(&right_y, &field.multiply(&left_squared, &left.z)), &left_y);
        if difference == Element::ZERO {
            return if rise == Element::ZERO { self.jacobian_double(left) } else { Jacobian::INFINITY };
        }
        let squared = field.square(&difference);
        let cubed = field.multiply(&squared, &difference);
        let shared = field.multiply(&left_x, &squared);
        let new_x = field.subtract(&field.subtract(&field.square(&rise), &cubed), &field.double(&shared));
        let new_y = field.subtract(&field.multiply(&rise, &field.subtract(&shared, &new_x)), &field.multiply(&left_y, &cubed));
        Jacobian { x: new_x, y: new_y, z: field.multiply(&field.multiply(&left.z, &right.z), &difference) }
    }
}

/// A point of a table, with the powers of Z that every sum with it needs.
struct Summand {
    point: Jacobian,
    z_squared: Element,
    z_cubed: Element,
}

/// A number in its non-adjacent form of a window: signed odd digits, the lowest first, four zeros at least after each.
#[inline(never)]
fn windows(number: &[Word]) -> Vec<i8> {
    let bits = number.len() * BITS;
    let bit = |position: usize| number.get(position / BITS).map_or(0, |word| i8::from(word >> (position % BITS) & 1 == 1));
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
    let length = digits.iter().rposition(|digit| *digit != 0).map_or(0, |highest| highest + 1);
    digits.truncate(length);
    digits
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

        #[test]
        fn windows_add_up(number in any::<Word>()) {
            let digits = windows(&[number]);
            prop_assert_eq!(digits.iter().rev().fold(0_i128, |sum, digit| 2 * sum + i128::from(*digit)), i128::from(number));
            prop_assert!(digits.iter().all(|digit| *digit == 0 || digit % 2 != 0 && digit.unsigned_abs() < 16));
        }
    }
}

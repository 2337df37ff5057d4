//! Whether a signature holds, in variable time: all of it is public.

use alloc::vec::Vec;

use crate::Curve;
use crate::double_scalar::Jacobian;
use crate::montgomery::{Element, WORDS};
use crate::words::Word;

impl Curve {
    /// Whether an ECDSA signature over a digest holds (BSI TR-03111 §4.2.1.2). `None` where the point is none of the curve.
    pub fn verify(&self, point: &[u8], digest: &[u8], r_octets: &[u8], s: &[u8]) -> Option<bool> {
        let point = self.coordinates(point)?;
        let order = &self.order;
        // r and s lie between 1 and the order: attackers set them to zero.
        let number = |octets: &[u8]| order.element(octets).filter(|number| *number != Element::ZERO);
        let (Some(r), Some(s)) = (number(r_octets), number(s)) else { return Some(false) };
        // As many bits of the digest count as the order has (BSI TR-03111 §4.1.3). The one order that does not fill its octets, of P-521, is
        // longer than any digest.
        let leftmost = digest.get(..self.order_octets.len()).unwrap_or(digest);
        let inverse = order.public_inverse(&s);
        let factors = [order.reduced(leftmost), r].map(|number| order.value(&order.multiply(&number, &inverse)));
        Some(self.has_x(&factors, point, r_octets))
    }

    /// Whether the x coordinate of u·G + v·Q, modulo the order, is r; never so at infinity. The heart of [`Self::verify`], for whoever
    /// compares it with other arithmetic. `None` where the point is none of the curve.
    pub fn sum_has_x(&self, u: &[u8], v: &[u8], point: &[u8], r: &[u8]) -> Option<bool> {
        let point = self.coordinates(point)?;
        let factors = [u, v].map(|factor| self.order.value(&self.order.reduced(factor)));
        Some(self.has_x(&factors, point, r))
    }

    fn has_x(&self, factors: &[[Word; WORDS]; 2], point: [Element; 2], r: &[u8]) -> bool {
        let field = &self.field;
        let points = [self.generator, point].map(|[x, y]| Jacobian { x, y, z: field.one });
        let sum = self.sum_of_multiples(factors, points);
        // x = X / Z²: what x may be is multiplied, which is cheaper than to divide.
        let z_squared = field.square(&sum.z);
        let coordinates = [field.element(r), self.plus_order(r).and_then(|x| field.element(&x))];
        sum.z != Element::ZERO && coordinates.into_iter().flatten().any(|x| field.multiply(&x, &z_squared) == sum.x)
    }

    /// The second coordinate that leaves the remainder r when divided by the order. There is no third, since every cofactor here is 1
    /// (Hasse's bound). `None` where it is longer than any coordinate.
    fn plus_order(&self, r: &[u8]) -> Option<Vec<u8>> {
        let mut sum = self.order_octets.clone();
        let mut carry = 0;
        for (position, octet) in sum.iter_mut().rev().enumerate() {
            let added = r.len().checked_sub(position + 1).and_then(|index| r.get(index)).copied().unwrap_or(0);
            let [high, low] = (u16::from(*octet) + u16::from(added) + carry).to_be_bytes();
            (*octet, carry) = (low, u16::from(high));
        }
        (carry == 0).then_some(sum)
    }
}

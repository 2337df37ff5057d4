//! The point encoding of integrated mapping (ICAO 9303-11 appendix B.2): a number of the field becomes a point of the curve, in the same
//! time whichever number it is.

use subtle::ConditionallySelectable as _;

use crate::montgomery::Element;
use crate::words;
use crate::{Curve, Point};

impl Curve {
    /// The point that a big-endian number of any length, modulo the characteristic, stands for. `None` for the few numbers that stand for
    /// none, and where the characteristic is not 3 modulo 4 (P-224).
    pub fn encode_number(&self, number: &[u8]) -> Option<Point> {
        let field = &self.field;
        if field.number().first()? & 3 != 3 {
            return None;
        }
        let t = field.reduced(number);
        let t_squared = field.square(&t);
        let alpha = field.negate(&t_squared);
        let denominator = field.add(&alpha, &field.square(&alpha));
        let factor = field.add(&field.one, &field.inverse(&denominator));
        let x2 = field.negate(&field.multiply(&field.multiply(&self.b, &field.inverse(&self.a)), &factor));
        let x3 = field.multiply(&alpha, &x2);
        let h2 = self.right_side(&x2);
        // h2^(p − 1 − (p + 1)/4), the inverse of h2^((p + 1)/4): with p = 4k + 3, p − (k + 2).
        let mut root_exponent = field.number();
        words::halve(&mut root_exponent, 0);
        words::halve(&mut root_exponent, 0);
        let mut exponent = field.number();
        words::subtract(&mut exponent, &root_exponent);
        words::less(&mut exponent, 2);
        let inverse_root = field.power(&h2, &exponent);
        let is_square = field.subtract(&field.multiply(&field.square(&inverse_root), &h2), &field.one).is_zero();
        let y2 = field.multiply(&inverse_root, &h2);
        let y3 = field.multiply(&field.multiply(&y2, &t_squared), &t);
        let x = Element::conditional_select(&x3, &x2, is_square);
        let y = Element::conditional_select(&y3, &y2, is_square);
        // Whether a number stands for no point is told by the error that follows.
        let has_point = !(denominator.is_zero() | h2.is_zero() | self.a.is_zero());
        bool::from(has_point).then(|| self.affine([x, y]))
    }
}

//! ECDSA (BSI TR-03111 §4.2) with a nonce that follows from the key and the hash.

use num_bigint::BigUint;
use num_traits::Zero;

use super::{Curve, Point, bytes_of, fixed_width};

/// An ECDSA signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// r, in 1 … n − 1.
    pub r: BigUint,
    /// s, in 1 … n − 1.
    pub s: BigUint,
    /// Bytes of the order, for the plain encoding.
    order_len: usize,
}

impl Signature {
    /// `ECDSA-Sig-Value ::= SEQUENCE { r INTEGER, s INTEGER }` in DER (X9.62, BSI TR-03111 §5.2.1).
    pub fn to_der(&self) -> Vec<u8> {
        let mut content = integer(&self.r);
        content.extend(integer(&self.s));
        with_header(0x30, content)
    }

    /// r ‖ s, each as long as the order (BSI TR-03111 §5.2.2).
    pub fn to_plain(&self) -> Vec<u8> {
        let mut out = fixed_width(&self.r, self.order_len);
        out.extend(fixed_width(&self.s, self.order_len));
        out
    }
}

impl Curve {
    /// Signs a hash. The same key and hash give the same signature.
    pub fn sign(&self, private: &BigUint, hash: &[u8]) -> Signature {
        let e = self.hash_to_integer(hash);
        let mut seed = fixed_width(private, self.order_len());
        seed.extend_from_slice(hash);
        loop {
            let k = self.scalar_from_seed(&seed);
            if let (Some(x), Some(inverse)) = (self.public_key(&k).x(), k.modinv(&self.n)) {
                let r = x % &self.n;
                let s = inverse * (&e + &r * private) % &self.n;
                if !r.is_zero() && !s.is_zero() {
                    return Signature { r, s, order_len: self.order_len() };
                }
            }
            seed.push(0);
        }
    }

    /// Whether a signature over a hash is that of the public key's owner.
    pub fn verify(&self, public: &Point, hash: &[u8], r: &BigUint, s: &BigUint) -> bool {
        if r.is_zero() || s.is_zero() || *r >= self.n || *s >= self.n || !self.contains(public) {
            return false;
        }
        let Some(inverse) = s.modinv(&self.n) else {
            return false;
        };
        let u1 = self.hash_to_integer(hash) * &inverse % &self.n;
        let u2 = r * inverse % &self.n;
        let sum = self.add(&self.public_key(&u1), &self.multiply(public, &u2));
        sum.x().is_some_and(|x| x % &self.n == *r)
    }

    /// The leftmost bits of the hash, as many as the order has.
    fn hash_to_integer(&self, hash: &[u8]) -> BigUint {
        let surplus = (8 * hash.len() as u64).saturating_sub(self.n.bits());
        BigUint::from_bytes_be(hash) >> surplus
    }
}

fn integer(value: &BigUint) -> Vec<u8> {
    // A leading zero byte where the highest bit is set, so that the number stays positive.
    let width = if value.bits().is_multiple_of(8) { bytes_of(value) + 1 } else { bytes_of(value) };
    with_header(0x02, fixed_width(value, width))
}

fn with_header(tag: u8, content: Vec<u8>) -> Vec<u8> {
    let mut out = vec![tag];
    // Two integers of at most 66 bytes each never need more than one length byte after 81.
    let length = u8::try_from(content.len()).expect("an ECDSA signature is under 256 bytes");
    if length >= 0x80 {
        out.push(0x81);
    }
    out.push(length);
    out.extend(content);
    out
}

//! RSA's public operation, in variable time: modulus, exponent and input are public.

use alloc::vec;
use alloc::vec::Vec;

use crate::words::{self, BITS, Word};

/// `base^exponent mod modulus` of big-endian numbers, as wide as the modulus. `None` where the modulus is even or not above 1, or the base
/// not below it.
pub fn public_power(modulus: &[u8], exponent: &[u8], base: &[u8]) -> Option<Vec<u8>> {
    let mut words = vec![0; modulus.len().div_ceil(BITS / 8)];
    words::parse(&mut words, modulus)?;
    let (lowest, higher) = words.split_first()?;
    if lowest & 1 == 0 || *lowest == 1 && higher.iter().all(|word| *word == 0) {
        return None;
    }
    let mut number = vec![0; words.len()];
    words::parse(&mut number, base)?;
    if words::subtract(&mut number.clone(), &words) == 0 {
        return None;
    }
    let negated_inverse = words::negated_inverse(*lowest);
    let multiply = |left: &[Word], right: &[Word]| product(left, right, &words, negated_inverse);

    let mut one = vec![0; words.len()];
    words::radix(&mut one, &words);
    // R², which brings a number into Montgomery form: 2^(words), squared as often as it takes to become R.
    let mut r_squared = one.clone();
    for _ in 0..words.len() {
        words::double(&mut r_squared, &words);
    }
    for _ in 0..BITS.ilog2() {
        r_squared = multiply(&r_squared, &r_squared);
    }
    let number = multiply(&number, &r_squared);
    let bits = exponent.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1)).skip_while(|bit| !bit);
    let power = bits.fold(one, |power, bit| {
        let squared = multiply(&power, &power);
        if bit { multiply(&squared, &number) } else { squared }
    });
    let mut unit = vec![0; words.len()];
    *unit.first_mut()? = 1;
    let mut octets = vec![0; modulus.len()];
    words::write(&multiply(&power, &unit), &mut octets);
    Some(octets)
}

/// left · right / R
fn product(left: &[Word], right: &[Word], modulus: &[Word], negated_inverse: Word) -> Vec<Word> {
    let mut product = vec![0; modulus.len()];
    words::montgomery_product(&mut product, left, right, modulus, negated_inverse);
    product
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use num_bigint::BigUint;
    use proptest::collection::vec as octets;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

        /// Against another's arithmetic; lengths that fill no word, and moduli with leading zeros, among them.
        #[test]
        fn powers_are_what_another_computes(
            mut modulus in octets(any::<u8>(), 1..40),
            zeros in 0..9_usize,
            exponent in octets(any::<u8>(), 0..5),
            base in octets(any::<u8>(), 0..40),
        ) {
            *modulus.last_mut().unwrap() |= 1;
            modulus.splice(0..0, vec![0; zeros]);
            let [m, e, b] = [&modulus, &exponent, &base].map(|octets| BigUint::from_bytes_be(octets));
            prop_assume!(m > BigUint::from(1_u8));
            let reduced = (&b % &m).to_bytes_be();
            let power = public_power(&modulus, &exponent, &reduced).unwrap();
            prop_assert_eq!(power.len(), modulus.len());
            prop_assert_eq!(BigUint::from_bytes_be(&power), b.modpow(&e, &m));
            prop_assert_eq!(public_power(&modulus, &exponent, &(b % &m + &m).to_bytes_be()), None);
        }
    }

    #[test]
    fn a_modulus_is_odd_and_above_one() {
        for modulus in [&[][..], &[0], &[1], &[0, 1], &[2], &[1, 0]] {
            assert_eq!(public_power(modulus, &[3], &[0]), None);
        }
        assert_eq!(public_power(&[3], &[1, 0, 1], &[2]), Some(vec![2]));
    }

    /// The largest numbers, whose sums carry beyond their words.
    #[test]
    fn the_largest_numbers_carry() {
        let modulus = [0xFF; 64];
        let mut base = modulus;
        *base.last_mut().unwrap() = 0xFE;
        let [m, b] = [modulus, base].map(|octets| BigUint::from_bytes_be(&octets));
        let power = public_power(&modulus, &[0x01, 0x00, 0x00], &base).unwrap();
        assert_eq!(BigUint::from_bytes_be(&power), b.modpow(&BigUint::from(0x01_0000_u32), &m));
    }
}

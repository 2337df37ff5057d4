//! Elements against another's arithmetic, modulo primes of every width.
#![allow(clippy::unwrap_used)]

use num_bigint::BigUint;
use proptest::collection::vec as octets;
use proptest::prelude::*;

use super::*;

/// Primes that fill their words, that leave bits free, and the smallest: the orders of P-256, P-384 and P-521, the field of
/// brainpoolP160r1, 2^89 − 1, and 3.
const PRIMES: [&str; 6] = [
    "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551",
    "FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFC7634D81F4372DDF581A0DB248B0A77AECEC196ACCC52973",
    "01FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFA51868783BF2F966B7FCC0148F709A5D03BB5C9B8899C47AEBB6FB71E91386409",
    "E95E4A5F737059DC60DFC7AD95B3D8139515620F",
    "01FFFFFFFFFFFFFFFFFFFFFF",
    "03",
];

fn prime(digits: &str) -> (BigUint, Modulus) {
    let number = BigUint::parse_bytes(digits.as_bytes(), 16).unwrap();
    let modulus = Modulus::new(&number.to_bytes_be()).unwrap();
    (number, modulus)
}

fn number(modulus: &Modulus, element: &Element) -> BigUint {
    let words = modulus.value(element);
    words.iter().rev().fold(BigUint::ZERO, |number, word| (number << BITS) + *word)
}

/// Against another's arithmetic, and against the inverse in constant time.
fn is_computed_right(digits: &str, value: &BigUint) {
    let (p, modulus) = prime(digits);
    let value = value % &p;
    let element = modulus.element(&value.to_bytes_be()).unwrap();
    let inverse = modulus.public_inverse(&element);
    assert!(inverse == modulus.inverse(&element), "the inverse of {value} modulo {p}");
    assert_eq!(number(&modulus, &inverse), value.modpow(&(&p - 2_u8), &p), "the inverse of {value} modulo {p}");
    let half = modulus.halve(&element);
    assert!(modulus.double(&half) == element, "half of {value} modulo {p}");
    let half = number(&modulus, &half);
    assert!(half < p && (&half + &half) % &p == value, "half of {value} modulo {p}");
    for other in [&value, &(&p - 1_u8), &BigUint::ZERO] {
        let second = modulus.element(&other.to_bytes_be()).unwrap();
        assert_eq!(number(&modulus, &modulus.add(&element, &second)), (&value + other) % &p, "{value} + {other}");
        assert_eq!(number(&modulus, &modulus.subtract(&element, &second)), (&value + &p - other) % &p, "{value} − {other}");
        assert_eq!(number(&modulus, &modulus.multiply(&element, &second)), &value * other % &p, "{value} · {other}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { rng_seed: proptest::test_runner::RngSeed::Fixed(9303), ..ProptestConfig::default() })]

    #[test]
    fn elements_are_computed_as_another_does(value in octets(any::<u8>(), 0..70)) {
        PRIMES.iter().for_each(|digits| is_computed_right(digits, &BigUint::from_bytes_be(&value)));
    }
}

/// Next to zero, to the modulus and to the end of its words, where carries and borrows run through.
#[test]
fn elements_at_the_edges_are_computed_right() {
    for digits in PRIMES {
        let (p, _) = prime(digits);
        let words =
            (0..p.bits()).step_by(32).flat_map(|bits| [BigUint::from(1_u8) << bits, (BigUint::from(1_u8) << bits) - 1_u8]);
        let near = (0_u8..4).flat_map(|distance| [BigUint::from(distance), &p + &p - distance, &p / 2_u8 + distance]);
        words.chain(near).for_each(|value| is_computed_right(digits, &value));
    }
}

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]

use std::process::Command;

use super::*;

#[test]
fn every_generator_has_its_order() {
    assert_eq!(Curve::all().len(), 19);
    for curve in Curve::all() {
        assert!(curve.contains(curve.generator()), "{}: generator off the curve", curve.name());
        assert_eq!(curve.multiply(curve.generator(), curve.order()), Point::Infinity, "{}: order", curve.name());
        let minus = curve.multiply(curve.generator(), &(curve.order() - 1u8));
        assert_eq!(curve.add(&minus, curve.generator()), Point::Infinity, "{}: n - 1", curve.name());
    }
}

#[test]
fn parameter_ids_are_those_of_the_standard() {
    let names: Vec<&str> = (8..=18).map(|id| Curve::by_parameter_id(id).unwrap().name()).collect();
    let expected = "secp192r1 brainpoolP192r1 secp224r1 brainpoolP224r1 secp256r1 brainpoolP256r1 brainpoolP320r1 secp384r1 \
                    brainpoolP384r1 brainpoolP512r1 secp521r1";
    assert_eq!(names.join(" "), expected);
    assert!(Curve::by_parameter_id(7).is_none() && Curve::by_parameter_id(19).is_none());
}

#[test]
fn a_multiple_is_the_repeated_sum() {
    for curve in Curve::all() {
        let mut sum = Point::Infinity;
        for count in 0u8..40 {
            assert_eq!(curve.multiply(curve.generator(), &BigUint::from(count)), sum, "{} times {count}", curve.name());
            assert!(curve.contains(&sum));
            sum = curve.add(&sum, curve.generator());
        }
    }
}

#[test]
fn key_agreement_commutes() {
    for curve in Curve::all() {
        let (a, b) = (curve.scalar_from_seed(b"a"), curve.scalar_from_seed(b"b"));
        let left = curve.multiply(&curve.public_key(&a), &b);
        assert_eq!(left, curve.multiply(&curve.public_key(&b), &a), "{}", curve.name());
        assert_eq!(curve.encode_x(&left).unwrap().len(), curve.field_len());
    }
}

#[test]
fn decode_takes_only_points_of_the_curve() {
    for curve in Curve::all() {
        let encoded = curve.encode(curve.generator());
        assert_eq!(encoded.len(), 1 + 2 * curve.field_len());
        assert_eq!(curve.decode(&encoded).as_ref(), Some(curve.generator()));
        let mut off = encoded.clone();
        *off.last_mut().unwrap() ^= 1;
        assert_eq!(curve.decode(&off), None, "{}: off the curve", curve.name());
        assert_eq!(curve.decode(&encoded[..encoded.len() - 1]), None);
        assert_eq!(curve.decode(&[0]), None);
        assert_eq!(curve.decode(&[]), None);
    }
}

#[test]
fn a_signature_verifies_and_nothing_else_does() {
    for curve in Curve::all() {
        let private = curve.scalar_from_seed(b"signer");
        let public = curve.public_key(&private);
        let signature = curve.sign(&private, &[0xA5; 64]);
        assert!(curve.verify(&public, &[0xA5; 64], &signature.r, &signature.s), "{}", curve.name());
        assert!(!curve.verify(&public, &[0xA4; 64], &signature.r, &signature.s));
        assert!(!curve.verify(&public, &[0xA5; 64], &BigUint::zero(), &BigUint::zero()));
        assert!(!curve.verify(curve.generator(), &[0xA5; 64], &signature.r, &signature.s));
        assert_eq!(signature.to_plain().len(), 2 * curve.order_len());
    }
}

/// RFC 5903 §8.1: Diffie-Hellman over P-256, a vector of another's making.
#[test]
fn rfc_5903_shared_secret() {
    let curve = Curve::named("secp256r1").unwrap();
    let number = |text: &str| BigUint::parse_bytes(text.as_bytes(), 16).unwrap();
    let i = number("C88F01F510D9AC3F70A292DAA2316DE544E9AAB8AFE84049C62A9C57862D1433");
    let r = number("C6EF9C5D78AE012A011164ACB397CE2088685D8F06BF9BE0B283AB46476BEE53");
    let shared = curve.multiply(&curve.public_key(&i), &r);
    assert_eq!(shared.x(), Some(&number("D6840F6B42F6EDAFD13116E0E12565202FEF8E9ECE7DCE03812464D04B9442DE")));
}

#[test]
fn openssl_prints_the_same_parameters() {
    for curve in Curve::all() {
        let alias = match curve.name() {
            "secp192r1" => "prime192v1",
            "secp256r1" => "prime256v1",
            name => name,
        };
        let Ok(output) =
            Command::new("openssl").args(["ecparam", "-name", alias, "-param_enc", "explicit", "-text", "-noout"]).output()
        else {
            eprintln!("SKIPPED: openssl_prints_the_same_parameters: no openssl command");
            return;
        };
        if !output.status.success() {
            eprintln!("SKIPPED: openssl_prints_the_same_parameters: {} unknown to this openssl", curve.name());
            continue;
        }
        let text = String::from_utf8(output.stdout).unwrap();
        let field = |label: &str| {
            let lines = text.lines().skip_while(|line| !line.starts_with(label));
            let digits: String = lines.skip(1).take_while(|line| line.starts_with(' ')).collect();
            let digits: String = digits.chars().filter(char::is_ascii_hexdigit).collect();
            BigUint::parse_bytes(digits.as_bytes(), 16).unwrap_or_else(|| panic!("{}: {label}", curve.name()))
        };
        assert_eq!(&field("Prime"), curve.prime(), "{}", curve.name());
        assert_eq!(&field("A:"), curve.a(), "{}", curve.name());
        assert_eq!(&field("B:"), curve.b(), "{}", curve.name());
        assert_eq!(&field("Order"), curve.order(), "{}", curve.name());
        assert_eq!(field("Generator"), BigUint::from_bytes_be(&curve.encode(curve.generator())), "{}", curve.name());
        assert!(text.contains("Cofactor:  1 "), "{}: {text}", curve.name());
    }
}

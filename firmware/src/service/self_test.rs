//! What every gate tests of itself: known answers of its cryptography, and that its random numbers are not one number.

use alloc::vec::Vec;

use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Cipher, DigestAlgorithm, EcPublicKey, NamedCurve, Provider as _, PublicKey, SignatureScheme};
use soat::gate::link::message::{Part, Tested};

use super::Keeper;

/// FIPS 180-4: SHA-256 of `abc`.
const ABC: [u8; 32] = [
    0xBA, 0x78, 0x16, 0xBF, 0x8F, 0x01, 0xCF, 0xEA, 0x41, 0x41, 0x40, 0xDE, 0x5D, 0xAE, 0x22, 0x23, 0xB0, 0x03, 0x61, 0xA3, 0x96,
    0x17, 0x7A, 0x9C, 0xB4, 0x10, 0xFF, 0x61, 0xF2, 0x00, 0x15, 0xAD,
];
/// RFC 4493 §4: CMAC under this key of no message.
const CMAC_KEY: [u8; 16] = [0x2B, 0x7E, 0x15, 0x16, 0x28, 0xAE, 0xD2, 0xA6, 0xAB, 0xF7, 0x15, 0x88, 0x09, 0xCF, 0x4F, 0x3C];
const CMAC: [u8; 8] = [0xBB, 0x1D, 0x69, 0x29, 0xE9, 0x59, 0x37, 0x28];
/// RFC 6979 A.2.5: a signature on P-256 over `sample`.
const SIGNER: &str = "60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB67903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299";
const SIGNATURE: &str = "EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8";

/// Tests everything.
pub fn run(keeper: &mut impl Keeper) -> Vec<Tested> {
    let mut numbers = [[0; 16]; 3];
    numbers.iter_mut().for_each(|number| keeper.entropy().fill_bytes(number));
    let [one, two, three] = numbers;
    let mut tested = alloc::vec![
        Tested { part: Part::Cryptography, works: knows_the_answers() },
        Tested { part: Part::Randomness, works: one != two && two != three && one != three },
    ];
    tested.extend(keeper.self_test());
    tested
}

fn knows_the_answers() -> bool {
    let hash = RustCrypto.digest(DigestAlgorithm::Sha256, &[b"a", b"bc"]).as_ref() == ABC;
    let mac = RustCrypto.mac(Cipher::Aes128, &CMAC_KEY, b"") == Ok(CMAC);
    hash && mac && verifies(b"sample") && !verifies(b"Sample")
}

fn verifies(message: &[u8]) -> bool {
    let point: Option<Vec<u8>> = decode(SIGNER).map(|xy| [&[0x04][..], &xy].concat());
    let key = point.and_then(|point| EcPublicKey::from_point(NamedCurve::P256, &point).ok());
    let scheme = SignatureScheme::EcdsaPlain { digest: DigestAlgorithm::Sha256 };
    match (key, decode(SIGNATURE)) {
        (Some(key), Some(signature)) => RustCrypto.verify(&PublicKey::Ec(key), &scheme, message, &signature).is_ok(),
        _ => false,
    }
}

fn decode(digits: &str) -> Option<Vec<u8>> {
    let (pairs, rest) = digits.as_bytes().as_chunks::<2>();
    let byte = |pair: &[u8; 2]| u8::from_str_radix(core::str::from_utf8(pair).ok()?, 16).ok();
    pairs.iter().map(byte).collect::<Option<_>>().filter(|_| rest.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answers_are_known() {
        assert!(knows_the_answers());
        assert!(!verifies(b""));
    }
}

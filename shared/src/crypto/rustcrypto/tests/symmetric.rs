//! Hashes, ciphers and MACs against the known answers of their standards.

use alloc::vec;

use hex::decode;

use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{Cipher, CryptoError, DigestAlgorithm, Provider as _};

/// FIPS 180-4: the hash of `abc`.
const ABC: [(DigestAlgorithm, &str); 5] = [
    (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
    (DigestAlgorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
    (DigestAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (DigestAlgorithm::Sha384, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"),
    (
        DigestAlgorithm::Sha512,
        concat!(
            "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a",
            "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f",
        ),
    ),
];

#[test]
fn hashes() {
    for (algorithm, expected) in ABC {
        let expected = decode(expected).unwrap();
        assert_eq!(RustCrypto.digest(algorithm, &[b"abc"]).as_ref(), expected);
        assert_eq!(RustCrypto.digest(algorithm, &[b"a", b"", b"bc"]).as_ref(), expected);
        let mut hasher = RustCrypto.hasher(algorithm);
        hasher.update(b"ab");
        hasher.update(b"c");
        assert_eq!(hasher.finish().as_ref(), expected);
        assert_eq!(expected.len(), algorithm.output_len());
    }
}

/// FIPS 197 appendix C, SP 800-38A §F.2: cipher, key, vector, text, cipher text.
const CBC: [(Cipher, &str, &str, &str, &str); 5] = [
    (
        Cipher::Aes128,
        "000102030405060708090a0b0c0d0e0f",
        "00000000000000000000000000000000",
        "00112233445566778899aabbccddeeff",
        "69c4e0d86a7b0430d8cdb78070b4c55a",
    ),
    (
        Cipher::Aes192,
        "000102030405060708090a0b0c0d0e0f1011121314151617",
        "00000000000000000000000000000000",
        "00112233445566778899aabbccddeeff",
        "dda97ca4864cdfe06eaf70a0ec0d7191",
    ),
    (
        Cipher::Aes256,
        "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
        "00000000000000000000000000000000",
        "00112233445566778899aabbccddeeff",
        "8ea2b7ca516745bfeafc49904b496089",
    ),
    (
        Cipher::Aes128,
        "2b7e151628aed2a6abf7158809cf4f3c",
        "000102030405060708090a0b0c0d0e0f",
        "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51",
        "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2",
    ),
    // ICAO 9303-11 appendix D.3, steps 3 and 4
    (
        Cipher::TripleDes,
        "AB94FDECF2674FDFB9B391F85D7F76F2",
        "0000000000000000",
        "781723860C06C2264608F919887022120B795240CB7049B01C19B33E32804F0B",
        "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F2",
    ),
];

#[test]
fn cbc() {
    for (cipher, key, iv, text, encrypted) in CBC {
        let [key, iv, text, encrypted] = [key, iv, text, encrypted].map(|hex| decode(hex).unwrap());
        assert_eq!((key.len(), iv.len()), (cipher.key_len(), cipher.block_len()));
        let mut data = text.clone();
        RustCrypto.cbc_encrypt(cipher, &key, &iv, &mut data).unwrap();
        assert_eq!(data, encrypted, "{cipher:?}");
        RustCrypto.cbc_decrypt(cipher, &key, &iv, &mut data).unwrap();
        assert_eq!(data, text, "{cipher:?}");
    }
}

/// ICAO 9303-11 appendices D.3 and D.4; SP 800-38B appendix D.
const MAC: [(Cipher, &str, &str, &str); 7] = [
    (
        Cipher::TripleDes,
        "7962D9ECE03D1ACD4C76089DCE131543",
        "72C29C2371CC9BDB65B779B8E8D37B29ECC154AA56A8799FAE2F498F76ED92F28000000000000000",
        "5F1448EEA8AD90A7",
    ),
    (
        Cipher::TripleDes,
        "F1CB1F1FB5ADF208806B89DC579DC1F8",
        "887022120C06C2270CA4020C800000008709016375432908C044F68000000000",
        "BF8B92D635FF24F8",
    ),
    (Cipher::TripleDes, "F1CB1F1FB5ADF208806B89DC579DC1F8", "887022120C06C2289902900080000000", "FA855A5D4C50A8ED"),
    (Cipher::Aes128, "2b7e151628aed2a6abf7158809cf4f3c", "", "bb1d6929e9593728"),
    (Cipher::Aes128, "2b7e151628aed2a6abf7158809cf4f3c", "6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144"),
    (Cipher::Aes192, "8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b", "", "d17ddf46adaacde5"),
    (Cipher::Aes256, "603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4", "", "028962f61b7bf89e"),
];

#[test]
fn mac() {
    for (cipher, key, data, expected) in MAC {
        let [key, data, expected] = [key, data, expected].map(|hex| decode(hex).unwrap());
        assert_eq!(RustCrypto.mac(cipher, &key, &data).unwrap()[..], expected, "{cipher:?}");
    }
}

#[test]
fn wrong_lengths_are_errors() {
    for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
        let (key, iv) = (vec![7; cipher.key_len()], vec![0; cipher.block_len()]);
        for len in (0..40).filter(|len| *len != cipher.key_len()) {
            let key = vec![7; len];
            assert_eq!(RustCrypto.cbc_encrypt(cipher, &key, &iv, &mut []), Err(CryptoError::Length), "{cipher:?} {len}");
            assert_eq!(RustCrypto.cbc_decrypt(cipher, &key, &iv, &mut []), Err(CryptoError::Length), "{cipher:?} {len}");
            assert_eq!(RustCrypto.mac(cipher, &key, &[]), Err(CryptoError::Length), "{cipher:?} {len}");
        }
        for len in (0..40).filter(|len| *len != cipher.block_len()) {
            assert_eq!(
                RustCrypto.cbc_encrypt(cipher, &key, &vec![0; len], &mut []),
                Err(CryptoError::Length),
                "{cipher:?} {len}"
            );
            assert_eq!(
                RustCrypto.cbc_decrypt(cipher, &key, &vec![0; len], &mut []),
                Err(CryptoError::Length),
                "{cipher:?} {len}"
            );
        }
        for len in (0..40).filter(|len| len % cipher.block_len() != 0) {
            let mut data = vec![0; len];
            assert_eq!(RustCrypto.cbc_encrypt(cipher, &key, &iv, &mut data), Err(CryptoError::Length), "{cipher:?} {len}");
            assert_eq!(RustCrypto.cbc_decrypt(cipher, &key, &iv, &mut data), Err(CryptoError::Length), "{cipher:?} {len}");
        }
        assert_eq!(RustCrypto.cbc_encrypt(cipher, &key, &iv, &mut []), Ok(()));
    }
    assert_eq!(RustCrypto.mac(Cipher::TripleDes, &[7; 16], &[0; 9]), Err(CryptoError::Length));
    assert!(RustCrypto.mac(Cipher::Aes128, &[7; 16], &[0; 9]).is_ok());
}

/// Made with OpenSSL 3.0.
#[test]
fn ccm_is_that_of_openssl_and_opens_nothing_that_was_altered() {
    let key = core::array::from_fn(|place| place as u8);
    let nonce = core::array::from_fn(|place| place as u8);
    let sealed = "686fc21478d157fca9a2b3553ab86c9cda8c3456f4c71ddf8f138e4fd579d12441e24c22056041386ff5b2684effb2ee76";
    let mut data = b"thirty-three bytes of plain text.".to_vec();
    RustCrypto.ccm_seal(&key, &nonce, b"header", &mut data).unwrap();
    assert_eq!(hex::encode(&data), sealed);
    for place in 0..data.len() {
        let mut altered = data.clone();
        altered[place] ^= 1;
        assert_eq!(RustCrypto.ccm_open(&key, &nonce, b"header", &mut altered), Err(CryptoError::TagInvalid), "byte {place}");
        assert!(altered.is_empty(), "nothing is left of it");
    }
    assert_eq!(RustCrypto.ccm_open(&key, &nonce, b"Header", &mut data.clone()), Err(CryptoError::TagInvalid));
    assert_eq!(RustCrypto.ccm_open(&key, &nonce, b"header", &mut data[..15].to_vec()), Err(CryptoError::Length));
    RustCrypto.ccm_open(&key, &nonce, b"header", &mut data).unwrap();
    assert_eq!(data, b"thirty-three bytes of plain text.");
}

/// What holds a key or a state wipes it: without the crates' features this does not compile.
#[test]
fn ciphers_and_modes_are_wiped_when_they_are_dropped() {
    fn wiped<T: zeroize::ZeroizeOnDrop>() {}
    wiped::<aes::Aes128>();
    wiped::<aes::Aes256>();
    wiped::<des::TdesEde2>();
    wiped::<cbc::Encryptor<aes::Aes128>>();
    wiped::<cbc::Decryptor<des::TdesEde2>>();
    wiped::<cmac::block_api::CmacCore<aes::Aes128>>();
    wiped::<retail_mac::block_api::RetailMacCore<des::Des>>();
}

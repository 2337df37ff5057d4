#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use der::asn1::ObjectIdentifier;

use super::SignatureScheme;
use crate::crypto::{CryptoError, DigestAlgorithm};

fn scheme(oid: &str, parameters: &str, hint: Option<DigestAlgorithm>) -> Result<SignatureScheme, CryptoError> {
    let parameters = hex::decode(parameters).unwrap();
    let parameters = (!parameters.is_empty()).then_some(&parameters[..]);
    SignatureScheme::from_algorithm_identifier(ObjectIdentifier::new_unwrap(oid), parameters, hint)
}

const PSS: &str = "1.2.840.113549.1.1.10";

#[test]
fn named_schemes() {
    use DigestAlgorithm::{Sha1, Sha224, Sha256, Sha512};
    let known = [
        ("1.2.840.113549.1.1.5", SignatureScheme::RsaPkcs1 { digest: Sha1 }),
        ("1.2.840.113549.1.1.11", SignatureScheme::RsaPkcs1 { digest: Sha256 }),
        ("1.2.840.113549.1.1.14", SignatureScheme::RsaPkcs1 { digest: Sha224 }),
        ("1.2.840.10045.4.1", SignatureScheme::Ecdsa { digest: Sha1 }),
        ("1.2.840.10045.4.3.4", SignatureScheme::Ecdsa { digest: Sha512 }),
        ("0.4.0.127.0.7.1.1.4.1.3", SignatureScheme::EcdsaPlain { digest: Sha256 }),
    ];
    for (oid, expected) in known {
        // A digest beside the signature never overrules the signature's own.
        assert_eq!(scheme(oid, "0500", Some(DigestAlgorithm::Sha384)), Ok(expected));
        assert_eq!(expected.digest(), scheme(oid, "", None).unwrap().digest());
    }
}

#[test]
fn plain_rsa_takes_the_digest_beside_it() {
    let sha384 = SignatureScheme::RsaPkcs1 { digest: DigestAlgorithm::Sha384 };
    assert_eq!(scheme("1.2.840.113549.1.1.1", "0500", Some(DigestAlgorithm::Sha384)), Ok(sha384));
    let alone = Err(CryptoError::Unsupported("rsaEncryption as a signature without a digest beside it"));
    assert_eq!(scheme("1.2.840.113549.1.1.1", "0500", None), alone);
}

#[test]
fn other_algorithms_are_refused() {
    // md5WithRSA, md2WithRSA, id-ecPublicKey, ecdsa-plain-RIPEMD160, Ed25519
    for oid in ["1.2.840.113549.1.1.4", "1.2.840.113549.1.1.2", "1.2.840.10045.2.1", "0.4.0.127.0.7.1.1.4.1.6", "1.3.101.112"] {
        assert_eq!(scheme(oid, "", Some(DigestAlgorithm::Sha256)), Err(CryptoError::Unsupported("the signature algorithm")));
    }
}

/// RFC 4055 §3.1: every part has a default.
#[test]
fn pss_defaults() {
    let default = SignatureScheme::RsaPss { digest: DigestAlgorithm::Sha1, mask_digest: DigestAlgorithm::Sha1, salt_len: 20 };
    for parameters in ["", "0500", "3000", "3005a303020101"] {
        assert_eq!(scheme(PSS, parameters, Some(DigestAlgorithm::Sha256)), Ok(default), "{parameters}");
    }
}

/// hashAlgorithm SHA-512, then mgf1 with SHA-256, then a salt of 32 bytes.
const HASH: &str = "a00f300d06096086480165030402030500";
const MASK: &str = "a11c301a06092a864886f70d010108300d06096086480165030402010500";
const SALT: &str = "a203020120";

#[test]
fn pss_hash_mask_and_salt_stand_apart() {
    use DigestAlgorithm::{Sha1, Sha256, Sha512};
    let sequence = |fields: &[&str]| {
        let fields = fields.concat();
        alloc::format!("30{:02x}{fields}", fields.len() / 2)
    };
    let read = |fields: &[&str]| scheme(PSS, &sequence(fields), None);
    let pss = |digest, mask_digest, salt_len| Ok(SignatureScheme::RsaPss { digest, mask_digest, salt_len });
    assert_eq!(read(&[HASH, MASK, SALT]), pss(Sha512, Sha256, 32));
    assert_eq!(read(&[HASH]), pss(Sha512, Sha1, 20));
    assert_eq!(read(&[MASK]), pss(Sha1, Sha256, 20));
    assert_eq!(read(&[SALT]), pss(Sha1, Sha1, 32));
    assert_eq!(read(&[HASH, "a303020102"]), Err(CryptoError::Unsupported("an RSASSA-PSS trailer other than BC")));
    let md5 = "a00e300c06082a864886f70d02050500";
    assert_eq!(read(&[md5]), Err(CryptoError::Unsupported("a hash other than SHA-1 and SHA-2")));
    let mgf2 = MASK.replace("010108", "010109");
    assert_eq!(read(&[&mgf2]), Err(CryptoError::Unsupported("a mask generation function other than MGF1")));
    assert_eq!(read(&["a20402020000"]), pss(Sha1, Sha1, 0));
    assert_eq!(read(&["a2050203010000"]), Err(CryptoError::Unsupported("an RSASSA-PSS salt longer than any modulus")));
    // Out of order, doubled, trailing, cut.
    for broken in [&[SALT, HASH][..], &[HASH, HASH], &[HASH, "0500"], &["a0"]] {
        assert!(matches!(read(broken), Err(CryptoError::Encoding(_))), "{broken:?}");
    }
}

//! A store full of authorities of one name: the work on one card is bounded (`attacks.md` 31). Counted, not timed: the bench measures.

use std::sync::Mutex;

use rand_core::CryptoRng;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{
    Cipher, CryptoError, Digest, DigestAlgorithm, Hasher, KeyPair, NamedCurve, Provider, PublicKey, RsaPublicKey, SignatureScheme,
};
use soat::pki::chain::{Chain, find_anchor};
use soat_tests::crowd::{KINDS, Kind, crowd};

/// Notes the keys under which signatures are checked.
struct Noting(Mutex<Vec<PublicKey>>);

impl Provider for Noting {
    fn verify(&self, key: &PublicKey, scheme: &SignatureScheme, message: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        self.0.lock().unwrap().push(key.clone());
        RustCrypto.verify(key, scheme, message, signature)
    }

    fn digest(&self, algorithm: DigestAlgorithm, parts: &[&[u8]]) -> Digest {
        RustCrypto.digest(algorithm, parts)
    }

    fn hasher(&self, algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
        RustCrypto.hasher(algorithm)
    }

    fn rsa_public_operation(&self, key: &RsaPublicKey, input: &[u8]) -> Result<Vec<u8>, CryptoError> {
        RustCrypto.rsa_public_operation(key, input)
    }

    fn is_on_curve(&self, curve: NamedCurve, point: &[u8]) -> bool {
        RustCrypto.is_on_curve(curve, point)
    }

    fn multiply_point(&self, curve: NamedCurve, scalar: &[u8], point: &[u8]) -> Result<Vec<u8>, CryptoError> {
        RustCrypto.multiply_point(curve, scalar, point)
    }

    fn generate_key_pair(&self, curve: NamedCurve, rng: &mut dyn CryptoRng) -> Result<Box<dyn KeyPair>, CryptoError> {
        RustCrypto.generate_key_pair(curve, rng)
    }

    fn cbc_encrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
        RustCrypto.cbc_encrypt(cipher, key, iv, data)
    }

    fn cbc_decrypt(&self, cipher: Cipher, key: &[u8], iv: &[u8], data: &mut [u8]) -> Result<(), CryptoError> {
        RustCrypto.cbc_decrypt(cipher, key, iv, data)
    }

    fn mac(&self, cipher: Cipher, key: &[u8], data: &[u8]) -> Result<[u8; 8], CryptoError> {
        RustCrypto.mac(cipher, key, data)
    }
}

#[test]
fn attack_31_a_store_full_of_one_name_costs_a_bounded_number_of_signatures() {
    for kind in KINDS {
        let provider = Noting(Mutex::default());
        let (store, certificate) = crowd(kind);
        assert!(store.anchors().len() >= 64);
        let found = find_anchor(&certificate, &store, &provider);
        assert!(matches!(found, Chain::IssuerUnknown { name_known: true }), "{kind:?}");
        let tried = provider.0.lock().unwrap();
        let (fewest, most) = match kind {
            // A real series of keys under one name has eleven: each of them must be reached.
            Kind::Curve(_) => (11, 24),
            Kind::Rsa(4096, _) => (11, 24),
            Kind::Rsa(8192, 17) => (8, 24),
            Kind::Rsa(..) => (1, 2),
            Kind::OtherKind => (0, 0),
        };
        assert!((fewest..=most).contains(&tried.len()), "{kind:?}: {} signatures", tried.len());
        assert!(tried.iter().enumerate().all(|(place, key)| !tried[..place].contains(key)), "{kind:?}: a key was tried twice");
    }
}

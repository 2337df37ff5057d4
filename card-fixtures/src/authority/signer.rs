//! Keys of the authority and the schemes that they sign with (ICAO 9303-12 §4.4).

use std::sync::Arc;

use num_bigint::BigUint;

use crate::curve::{Curve, Point};
use crate::der;
use crate::dsa::DsaKey;
use crate::hash::Hash;
use crate::rsa::RsaKey;

const RSA_ENCRYPTION: &str = "1.2.840.113549.1.1.1";
const RSASSA_PSS: &str = "1.2.840.113549.1.1.10";
const MGF1: &str = "1.2.840.113549.1.1.8";
const EC_PUBLIC_KEY: &str = "1.2.840.10045.2.1";
const PRIME_FIELD: &str = "1.2.840.10045.1.1";

/// A key pair.
#[derive(Clone, Debug)]
pub enum KeyPair {
    /// One of the embedded RSA keys
    Rsa(&'static RsaKey),
    /// A DSA key
    Dsa(DsaKey),
    /// A key on a named curve
    Ec {
        /// The curve
        curve: Arc<Curve>,
        /// The private scalar
        private: BigUint,
        /// The private scalar times the generator
        public: Point,
    },
}

/// A signature scheme.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// RSASSA-PKCS1-v1_5
    RsaPkcs1 {
        /// Hash
        hash: Hash,
        /// Whether the DigestInfo carries NULL parameters
        null: bool,
    },
    /// RSASSA-PSS
    RsaPss {
        /// Hash of the message
        hash: Hash,
        /// Hash of MGF1
        mask_hash: Hash,
        /// Bytes of the salt
        salt_len: usize,
    },
    /// ECDSA with the identifiers of ANSI X9.62 and a DER signature
    Ecdsa {
        /// Hash
        hash: Hash,
    },
    /// DSA
    Dsa {
        /// Hash
        hash: Hash,
    },
    /// ECDSA with the identifiers of BSI TR-03111 and a plain signature, r ‖ s
    PlainEcdsa {
        /// Hash
        hash: Hash,
    },
}

/// How a public key on a curve states its domain parameters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CurveEncoding {
    /// As numbers, as ICAO 9303-12 §4.4.1 requires of certificates
    #[default]
    Explicit,
    /// By object identifier
    Named,
}

/// A key with its scheme.
#[derive(Clone, Debug)]
pub struct Signer {
    /// The key pair
    pub key: KeyPair,
    /// The scheme
    pub scheme: Scheme,
    /// Form of the public key, where it is on a curve
    pub curve_encoding: CurveEncoding,
    /// The curve that its public key declares, where it shall differ from the one it is on
    pub declared_curve: Option<&'static Curve>,
}

impl KeyPair {
    /// The key on a curve that follows from a seed.
    pub fn ec(curve: &'static Curve, seed: &str) -> KeyPair {
        let private = curve.scalar_from_seed(seed.as_bytes());
        let public = curve.public_key(&private);
        KeyPair::Ec { curve: Arc::new(curve.clone()), private, public }
    }

    /// A forger's key pair with the same public point on the same curve, over a generator of his own choice: who compares only the
    /// public key, and takes the generator from the certificate, is deceived (CVE-2020-0601). None for RSA.
    pub fn with_forged_generator(&self) -> Option<KeyPair> {
        let KeyPair::Ec { curve, public, .. } = self else { return None };
        let private = curve.scalar_from_seed(b"a forger");
        let generator = curve.multiply(public, &private.modinv(curve.order())?);
        let curve = Arc::new(curve.with_generator(generator)?);
        Some(KeyPair::Ec { curve, private, public: public.clone() })
    }

    /// `SubjectPublicKeyInfo`
    pub fn subject_public_key_info(&self, encoding: CurveEncoding) -> Vec<u8> {
        self.subject_public_key_info_on(None, encoding)
    }

    /// The same with the parameters of another curve.
    fn subject_public_key_info_on(&self, declared: Option<&Curve>, encoding: CurveEncoding) -> Vec<u8> {
        let algorithm = match self {
            KeyPair::Rsa(_) => der::sequence(&[der::oid(RSA_ENCRYPTION), der::null()]),
            KeyPair::Dsa(key) => key.algorithm_identifier(),
            KeyPair::Ec { curve, .. } => {
                der::sequence(&[der::oid(EC_PUBLIC_KEY), curve_parameters(declared.unwrap_or(curve), encoding)])
            }
        };
        der::sequence(&[algorithm, der::bit_string(&self.public_key_bytes())])
    }

    /// The content of the public key's BIT STRING.
    pub fn public_key_bytes(&self) -> Vec<u8> {
        match self {
            KeyPair::Rsa(key) => key.public_key(),
            KeyPair::Dsa(key) => key.public_key(),
            KeyPair::Ec { curve, public, .. } => curve.encode(public),
        }
    }

    /// SHA-1 of the public key (RFC 5280 §4.2.1.2, method 1).
    pub fn key_identifier(&self) -> Vec<u8> {
        Hash::Sha1.digest(&self.public_key_bytes())
    }
}

/// `EcpkParameters` by name, or `SpecifiedECDomain` version 1 (BSI TR-03111 §5.1, SEC 1 appendix C.2).
pub fn curve_parameters(curve: &Curve, encoding: CurveEncoding) -> Vec<u8> {
    if encoding == CurveEncoding::Named {
        return der::oid(curve.oid());
    }
    let element = |value: &BigUint| der::octet_string(&crate::curve::fixed_width(value, curve.field_len()));
    der::sequence(&[
        der::small_integer(1),
        der::sequence(&[der::oid(PRIME_FIELD), der::integer(curve.prime())]),
        der::sequence(&[element(curve.a()), element(curve.b())]),
        der::octet_string(&curve.encode(curve.generator())),
        der::integer(curve.order()),
        der::small_integer(1),
    ])
}

impl Scheme {
    /// The hash of the message.
    pub fn hash(self) -> Hash {
        match self {
            Scheme::RsaPkcs1 { hash, .. }
            | Scheme::RsaPss { hash, .. }
            | Scheme::Ecdsa { hash }
            | Scheme::Dsa { hash }
            | Scheme::PlainEcdsa { hash } => hash,
        }
    }

    /// `AlgorithmIdentifier`; the fields of PSS parameters that equal their default are left out, as DER requires.
    pub fn algorithm_identifier(self) -> Vec<u8> {
        match self {
            Scheme::RsaPkcs1 { hash, .. } => der::sequence(&[der::oid(hash.rsa_oid()), der::null()]),
            Scheme::Ecdsa { hash } => der::sequence(&[der::oid(hash.ecdsa_oid())]),
            Scheme::Dsa { hash } => der::sequence(&[der::oid(hash.dsa_oid())]),
            Scheme::PlainEcdsa { hash } => der::sequence(&[der::oid(hash.plain_ecdsa_oid())]),
            Scheme::RsaPss { hash, mask_hash, salt_len } => {
                let identifier = |hash: Hash| der::sequence(&[der::oid(hash.oid()), der::null()]);
                let mut parameters = Vec::new();
                if hash != Hash::Sha1 {
                    parameters.push(der::context(0, &identifier(hash)));
                }
                if mask_hash != Hash::Sha1 {
                    parameters.push(der::context(1, &der::sequence(&[der::oid(MGF1), identifier(mask_hash)])));
                }
                if salt_len != 20 {
                    parameters.push(der::context(2, &der::integer(&BigUint::from(salt_len))));
                }
                der::sequence(&[der::oid(RSASSA_PSS), der::sequence(&parameters)])
            }
        }
    }
}

/// `AlgorithmIdentifier` of RSASSA-PSS without parameters: all defaults, SHA-1 and a salt of 20 bytes (RFC 4055 §3.1).
pub fn pss_without_parameters() -> Vec<u8> {
    der::sequence(&[der::oid(RSASSA_PSS)])
}

/// `AlgorithmIdentifier` of plain rsaEncryption, which many issuers put where the signature's own belongs.
pub fn rsa_encryption() -> Vec<u8> {
    der::sequence(&[der::oid(RSA_ENCRYPTION), der::null()])
}

/// `AlgorithmIdentifier` of md5WithRSAEncryption (RFC 3279 §2.2.1), which no eMRTD may use.
pub fn md5_with_rsa() -> Vec<u8> {
    der::sequence(&[der::oid("1.2.840.113549.1.1.4"), der::null()])
}

impl Signer {
    /// A key with its scheme, explicit parameters.
    pub fn new(key: KeyPair, scheme: Scheme) -> Signer {
        Signer { key, scheme, curve_encoding: CurveEncoding::default(), declared_curve: None }
    }

    /// PKCS#1 v1.5 with an embedded key.
    pub fn rsa_pkcs1(key: &'static RsaKey, hash: Hash) -> Signer {
        Signer::new(KeyPair::Rsa(key), Scheme::RsaPkcs1 { hash, null: true })
    }

    /// PSS with an embedded key: MGF1 with the same hash, a salt as long as it.
    pub fn rsa_pss(key: &'static RsaKey, hash: Hash) -> Signer {
        Signer::new(KeyPair::Rsa(key), Scheme::RsaPss { hash, mask_hash: hash, salt_len: hash.len() })
    }

    /// ECDSA with the key of a seed, explicit parameters.
    pub fn ecdsa(curve: &'static Curve, hash: Hash, seed: &str) -> Signer {
        Signer::new(KeyPair::ec(curve, seed), Scheme::Ecdsa { hash })
    }

    /// DSA with the key of a seed.
    pub fn dsa(hash: Hash, seed: &str) -> Signer {
        Signer::new(KeyPair::Dsa(DsaKey::from_seed(seed)), Scheme::Dsa { hash })
    }

    /// The same with another scheme.
    #[must_use]
    pub fn with_scheme(mut self, scheme: Scheme) -> Signer {
        self.scheme = scheme;
        self
    }

    /// The same with another form of its domain parameters.
    #[must_use]
    pub fn with_curve_encoding(mut self, encoding: CurveEncoding) -> Signer {
        self.curve_encoding = encoding;
        self
    }

    /// `SubjectPublicKeyInfo`
    pub fn subject_public_key_info(&self) -> Vec<u8> {
        self.key.subject_public_key_info_on(self.declared_curve, self.curve_encoding)
    }

    /// Signs a message.
    ///
    /// # Panics
    /// Where the scheme does not fit the key, or an RSA key is too short for its hash: both are chosen in this source.
    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        match (&self.key, self.scheme) {
            (KeyPair::Rsa(key), Scheme::RsaPkcs1 { hash, null }) => key.sign_pkcs1(hash, null, message),
            (KeyPair::Rsa(key), Scheme::RsaPss { hash, mask_hash, salt_len }) => {
                key.sign_pss(hash, mask_hash, salt_len, message).expect("the key has room for hash and salt")
            }
            (KeyPair::Dsa(key), Scheme::Dsa { hash }) => key.sign(hash, message),
            (KeyPair::Ec { curve, private, .. }, Scheme::Ecdsa { hash }) => curve.sign(private, &hash.digest(message)).to_der(),
            (KeyPair::Ec { curve, private, .. }, Scheme::PlainEcdsa { hash }) => {
                curve.sign(private, &hash.digest(message)).to_plain()
            }
            (_, scheme) => panic!("{scheme:?} does not fit the key"),
        }
    }
}

impl Signer {
    /// A signature by somebody who has not the key: with exponent 3 and PKCS#1 v1.5, the cube root of a block that begins rightly and
    /// ends in garbage (Bleichenbacher, 2006). None for other keys.
    pub(super) fn forge(&self, message: &[u8]) -> Option<Vec<u8>> {
        match (&self.key, self.scheme) {
            (KeyPair::Rsa(key), Scheme::RsaPkcs1 { hash, .. }) => key.forge_pkcs1(hash, message),
            _ => None,
        }
    }
}

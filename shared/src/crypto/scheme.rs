//! Signature schemes of ICAO 9303-12 §4.4, from their AlgorithmIdentifier.

use super::DigestAlgorithm;

/// How a signature is made over a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignatureScheme {
    /// RSASSA-PKCS1-v1_5 (RFC 8017 §8.2).
    RsaPkcs1 {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
    /// RSASSA-PSS (RFC 8017 §8.1); hash and mask hash apart.
    RsaPss {
        /// Hash of the message.
        digest: DigestAlgorithm,
        /// Hash of MGF1.
        mask_digest: DigestAlgorithm,
        /// Length of the salt in bytes.
        salt_len: u16,
    },
    /// ECDSA; the signature is `SEQUENCE { r, s }` (X9.62).
    Ecdsa {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
    /// ECDSA; the signature is `r ‖ s`, each as wide as the order (BSI TR-03111 §5.2.1).
    EcdsaPlain {
        /// Hash of the message.
        digest: DigestAlgorithm,
    },
}

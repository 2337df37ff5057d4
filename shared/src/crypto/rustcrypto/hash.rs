//! SHA-1 and SHA-2 (FIPS 180-4).

use alloc::boxed::Box;

use sha1::Sha1;
use sha2::digest::Digest as _;
use sha2::{Sha224, Sha256, Sha384, Sha512};

use crate::crypto::{Digest, DigestAlgorithm, Hasher};

/// The hash of the concatenation of `parts`.
pub(super) fn digest(algorithm: DigestAlgorithm, parts: &[&[u8]]) -> Digest {
    fn of<D: sha2::digest::Digest>(parts: &[&[u8]]) -> Digest {
        Running(parts.iter().fold(D::new(), D::chain_update)).value()
    }
    match algorithm {
        DigestAlgorithm::Sha1 => of::<Sha1>(parts),
        DigestAlgorithm::Sha224 => of::<Sha224>(parts),
        DigestAlgorithm::Sha256 => of::<Sha256>(parts),
        DigestAlgorithm::Sha384 => of::<Sha384>(parts),
        DigestAlgorithm::Sha512 => of::<Sha512>(parts),
    }
}

/// A running hash.
pub(super) fn hasher(algorithm: DigestAlgorithm) -> Box<dyn Hasher> {
    match algorithm {
        DigestAlgorithm::Sha1 => Box::new(Running(Sha1::new())),
        DigestAlgorithm::Sha224 => Box::new(Running(Sha224::new())),
        DigestAlgorithm::Sha256 => Box::new(Running(Sha256::new())),
        DigestAlgorithm::Sha384 => Box::new(Running(Sha384::new())),
        DigestAlgorithm::Sha512 => Box::new(Running(Sha512::new())),
    }
}

struct Running<D>(D);

impl<D: sha2::digest::Digest> Running<D> {
    #[allow(clippy::expect_used, reason = "SHA-1 and SHA-2 give 20 to 64 bytes, which a Digest holds")]
    fn value(self) -> Digest {
        Digest::new(&self.0.finalize()).expect("at most 64 bytes")
    }
}

impl<D: sha2::digest::Digest> Hasher for Running<D> {
    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    fn finish(self: Box<Self>) -> Digest {
        self.value()
    }
}

//! Proof types: values that only a check can make.

use crate::crypto::{Digest, DigestAlgorithm, Provider};
use crate::dossier::DataGroup;
use crate::lds::LdsError;
use crate::lds::sod::LdsSecurityObject;
use crate::pki::VerifiedMessage;

/// The security object out of an EF.SOD whose signature holds: the only source of hashes.
#[derive(Clone, Debug)]
pub(super) struct VerifiedSod {
    object: LdsSecurityObject,
}

impl VerifiedSod {
    /// Reads the content of a verified message.
    pub(super) fn read(message: &VerifiedMessage) -> Result<Self, LdsError> {
        LdsSecurityObject::parse(message.content()).map(|object| Self { object })
    }

    pub(super) fn object(&self) -> &LdsSecurityObject {
        &self.object
    }

    /// The hash of the data groups, which need not be that of the signature.
    pub(super) fn digest_algorithm(&self) -> DigestAlgorithm {
        self.object.digest_algorithm
    }

    pub(super) fn hash(&self, group: DataGroup) -> Option<&Digest> {
        self.object.hashes.get(&group)
    }

    pub(super) fn lists(&self, group: DataGroup) -> bool {
        self.hash(group).is_some()
    }

    /// Compares a file with its signed hash.
    pub(super) fn verify<'a>(&self, group: DataGroup, bytes: &'a [u8], provider: &dyn Provider) -> Option<VerifiedFile<'a>> {
        let computed = provider.digest(self.digest_algorithm(), &[bytes]);
        (self.hash(group) == Some(&computed)).then_some(VerifiedFile { bytes })
    }
}

/// The bytes of a data group that has its signed hash.
#[derive(Clone, Copy, Debug)]
pub(super) struct VerifiedFile<'a> {
    bytes: &'a [u8],
}

impl<'a> VerifiedFile<'a> {
    pub(super) fn bytes(self) -> &'a [u8] {
        self.bytes
    }
}

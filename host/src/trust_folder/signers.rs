//! Document signers out of a directory: thousands of files, of which a card needs one at most. They are found by an index and read when
//! one is needed.
//!
//! The index is a cache and no source of trust. It says where to look, never what is so: a file that it names is read, and counts for what
//! it holds; where it names none, or none that signed, all files are read before anybody is called unknown and before a signature is
//! called wrong. So an index that lies changes no verdict.

mod index;

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use soat::pki::Certificate;
use soat::pki::cms::SignerIdentifier;
use soat::pki::trust_store::SignerDirectory;
use soat::trust_snapshot::{ObjectKind, SignedSnapshot};

use self::index::Index;
use super::published::read;
use super::{Kind, TrustFolder};
use crate::error::Result;
use crate::permissions;

/// The document signers of a folder, and of the snapshot that it took over.
#[derive(Debug)]
pub struct KnownSigners {
    folder: PathBuf,
    index: Index,
    snapshot: Option<Arc<SignedSnapshot>>,
    /// All of them, once they were read.
    all: OnceLock<Vec<Certificate>>,
}

impl KnownSigners {
    /// Opens the index, and makes it anew where the folder's files are not those that it was made of.
    ///
    /// # Errors
    /// That a file cannot be read, is not what its name says, or came here without its origin.
    pub fn open(trust: &TrustFolder) -> Result<Self> {
        let folder = trust.published_folder(Kind::Signer);
        if folder.exists() {
            permissions::check_folder(&folder)?;
        }
        let index = Index::open(&folder, &trust.path().join("signers.index"))?;
        Ok(Self { folder, index, snapshot: trust.snapshot.clone(), all: OnceLock::new() })
    }

    /// A file by its name; `None` where it is gone or altered by now.
    fn certificate(&self, name: &[u8; 32]) -> Option<Certificate> {
        let object = read(&self.folder.join(hex::encode(name)).with_extension("der"), Kind::Signer).ok()?;
        Certificate::from_der(&object.bytes).ok()
    }

    fn read_all(&self) -> Vec<Certificate> {
        let files = self.index.names().filter_map(|name| self.certificate(name));
        let snapshot = self.snapshot.iter().flat_map(|held| held.content().objects());
        let held = snapshot.filter(|object| object.kind == ObjectKind::Signer);
        files.chain(held.filter_map(|object| Certificate::from_der(&object.content).ok())).collect()
    }
}

impl SignerDirectory for KnownSigners {
    fn signers_named(&self, identifier: &SignerIdentifier) -> Vec<Certificate> {
        self.index
            .names_of(identifier)
            .filter_map(|name| self.certificate(name))
            .filter(|certificate| identifier.means(certificate))
            .collect()
    }

    /// What is not in the index is not believed to be nowhere.
    fn all_signers_named(&self, identifier: &SignerIdentifier) -> Vec<Certificate> {
        let all = self.all.get_or_init(|| self.read_all());
        all.iter().filter(|certificate| identifier.means(certificate)).cloned().collect()
    }
}

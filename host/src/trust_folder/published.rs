//! What authorities publish beside their certificates, kept as it was received: revocation lists, deviation lists, document signers.
//!
//! Nothing of it is trusted for lying here: each object is verified to an anchor again whenever the folder is opened.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Fingerprint, TrustFolder, der_files, object_file};
use crate::error::{Error, Result};
use crate::{permissions, safe_file};

/// Which kind of object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A revocation list of an authority.
    RevocationList,
    /// An ICAO deviation list.
    DeviationList,
    /// A document signer's certificate out of a directory: known, and never an anchor.
    Signer,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 3] = [Self::RevocationList, Self::DeviationList, Self::Signer];

    /// Its folder.
    pub fn folder(self) -> &'static str {
        match self {
            Self::RevocationList => "revocation-lists",
            Self::DeviationList => "deviation-lists",
            Self::Signer => "signers",
        }
    }

    /// No object of the kind is longer, in bytes.
    pub fn longest(self) -> u64 {
        match self {
            Self::RevocationList | Self::DeviationList => 64 * 1024 * 1024,
            Self::Signer => 64 * 1024,
        }
    }
}

/// Where an object came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// Name of the file that brought it.
    pub source: String,
    /// When it was imported, RFC 3339.
    pub added_at: String,
}

/// An object of the folder.
pub struct Published {
    /// SHA-256 of its bytes: its name in the folder.
    pub fingerprint: Fingerprint,
    /// The object as received.
    pub bytes: Vec<u8>,
    /// Where it came from.
    pub origin: Origin,
}

impl TrustFolder {
    /// All objects of a kind, by fingerprint.
    ///
    /// # Errors
    /// That a file cannot be read, is not what its name says, or came here without its origin.
    pub fn published(&self, kind: Kind) -> Result<Vec<Published>> {
        let folder = self.published_folder(kind);
        let files = der_files(&folder)?;
        if folder.exists() {
            permissions::check_folder(&folder)?;
        }
        let mut objects = files.iter().map(|path| read(path, kind)).collect::<Result<Vec<_>>>()?;
        objects.sort_by_key(|object| object.fingerprint);
        self.add_published_of_snapshot(kind, &mut objects)?;
        Ok(objects)
    }

    /// Keeps an object. Says whether it is new.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn keep(&self, kind: Kind, bytes: &[u8], origin: &Origin) -> Result<bool> {
        self.keep_all(kind, &[bytes], origin).map(|kept| kept == 1)
    }

    /// Keeps many at once: all of them or none. Says how many are new.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn keep_all(&self, kind: Kind, objects: &[&[u8]], origin: &Origin) -> Result<usize> {
        permissions::create_folder(&self.published_folder(kind))?;
        let failed = |cause| Error::file("trust-unwritable", self.path(), &cause);
        let text = serde_json::to_vec_pretty(origin).map_err(|cause| failed(cause.into()))?;
        let (mut batch, mut kept) = (safe_file::Batch::new(), std::collections::BTreeSet::new());
        for bytes in objects {
            let fingerprint = Fingerprint::of(bytes);
            let path = self.published_path(kind, fingerprint);
            if path.exists() || !kept.insert(fingerprint) {
                continue;
            }
            // The origin first: an object without one is refused.
            batch.write(&path.with_extension("json"), &text).map_err(failed)?;
            batch.write(&path, bytes).map_err(failed)?;
        }
        batch.commit().map_err(failed)?;
        Ok(kept.len())
    }

    /// Removes an object. One that only a snapshot holds stays in it.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn discard(&self, kind: Kind, fingerprint: Fingerprint) -> Result<()> {
        let failed = |cause| Error::file("trust-unwritable", self.path(), &cause);
        let path = self.published_path(kind, fingerprint);
        if !path.exists() {
            return Ok(());
        }
        fs::remove_file(&path).map_err(failed)?;
        fs::remove_file(path.with_extension("json")).map_err(failed)
    }

    pub(super) fn published_folder(&self, kind: Kind) -> PathBuf {
        self.path().join(kind.folder())
    }

    fn published_path(&self, kind: Kind, fingerprint: Fingerprint) -> PathBuf {
        self.published_folder(kind).join(hex::encode(fingerprint)).with_extension("der")
    }
}

pub(super) fn read(path: &Path, kind: Kind) -> Result<Published> {
    let (fingerprint, bytes) = object_file::read(path, kind.longest())?;
    Ok(Published { fingerprint, bytes, origin: object_file::read_provenance(path)? })
}

//! What authorities publish beside their certificates, kept as it was received: revocation lists, deviation lists, document signers.
//!
//! Nothing of it is trusted for lying here: each object is verified to an anchor again whenever the folder is opened.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Fingerprint, TrustFolder, permissions};
use crate::error::{Error, Result};
use crate::safe_file;

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
        let folder = self.path().join(kind.folder());
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(Error::file("trust-unreadable", &folder, &cause)),
        };
        permissions::check_folder(&folder)?;
        let mut objects = Vec::new();
        for entry in entries {
            let path = entry.map_err(|cause| Error::file("trust-unreadable", &folder, &cause))?.path();
            if path.extension().is_some_and(|extension| extension == "der") {
                objects.push(read(&path, kind)?);
            }
        }
        objects.sort_by_key(|object| object.fingerprint);
        Ok(objects)
    }

    /// Keeps an object. Says whether it is new.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn keep(&self, kind: Kind, bytes: &[u8], origin: &Origin) -> Result<bool> {
        let path = self.published_path(kind, Fingerprint::of(bytes));
        if path.exists() {
            return Ok(false);
        }
        permissions::create_folder(&self.path().join(kind.folder()))?;
        let failed = |cause| Error::file("trust-unwritable", self.path(), &cause);
        let text = serde_json::to_vec_pretty(origin).map_err(|cause| failed(cause.into()))?;
        // The origin first: an object without one is refused.
        safe_file::replace(&path.with_extension("json"), &text).map_err(failed)?;
        safe_file::replace(&path, bytes).map_err(failed)?;
        Ok(true)
    }

    /// Removes an object.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn discard(&self, kind: Kind, fingerprint: Fingerprint) -> Result<()> {
        let failed = |cause| Error::file("trust-unwritable", self.path(), &cause);
        let path = self.published_path(kind, fingerprint);
        fs::remove_file(&path).map_err(failed)?;
        fs::remove_file(path.with_extension("json")).map_err(failed)
    }

    fn published_path(&self, kind: Kind, fingerprint: Fingerprint) -> PathBuf {
        self.path().join(kind.folder()).join(hex::encode(fingerprint)).with_extension("der")
    }
}

fn read(path: &Path, kind: Kind) -> Result<Published> {
    let unreadable = |cause| Error::file("trust-unreadable", path, &cause);
    let named = |id| Error::usage(id).with("path", path.display().to_string());
    let metadata = fs::metadata(path).map_err(unreadable)?;
    permissions::check_file(path, &metadata)?;
    if metadata.len() > kind.longest() {
        return Err(named("trust-file-altered"));
    }
    let bytes = fs::read(path).map_err(unreadable)?;
    let fingerprint = Fingerprint::of(&bytes);
    if path.file_stem().and_then(|stem| stem.to_str()).and_then(Fingerprint::parse) != Some(fingerprint) {
        return Err(named("trust-file-altered"));
    }
    let text = fs::read(path.with_extension("json")).map_err(|_| named("trust-without-provenance"))?;
    let origin = serde_json::from_slice(&text).map_err(|_| named("trust-without-provenance"))?;
    Ok(Published { fingerprint, bytes, origin })
}

//! The operator's anchors: a folder of plain files, `anchors/<SHA-256>.der` with where each came from in `<SHA-256>.json` beside it.
//!
//! Whoever can write here decides what is genuine, so a folder that others can write is refused.

pub mod fixture_authority;
mod object_file;
mod published;
mod signers;
mod snapshot;
mod store;
mod witnesses;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Digest, DigestAlgorithm, Provider};
use soat::trust_snapshot::SignedSnapshot;

pub use published::{Kind, Origin, Published};
pub use snapshot::is_demonstration;
pub use witnesses::Pinned;

use crate::error::{Error, Result};
use crate::{permissions, safe_file};

/// No certificate is as long; a file that is, is not read.
const LONGEST_CERTIFICATE: u64 = 64 * 1024;

/// SHA-256 over a certificate's DER.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint of a certificate.
    pub fn of(der: &[u8]) -> Self {
        let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[der]);
        let mut bytes = [0; 32];
        bytes.iter_mut().zip(digest.as_ref()).for_each(|(to, from)| *to = *from);
        Self(bytes)
    }

    /// A whole fingerprint as people write it: hexadecimal, with colons, spaces or hyphens between.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: String = text.chars().filter(|letter| !matches!(letter, ':' | ' ' | '-')).collect();
        Some(Self(hex::decode(digits).ok()?.try_into().ok()?))
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> [u8; 32] {
        self.0
    }

    /// 64 digits in upper case.
    pub fn hex(&self) -> String {
        hex::encode_upper(self.0)
    }

    /// In groups of four, to be compared by eye.
    pub fn grouped(&self) -> String {
        let digits: Vec<char> = self.hex().chars().collect();
        digits.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join(" ")
    }
}

impl AsRef<[u8]> for Fingerprint {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Where an anchor came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Provenance {
    /// Name of the certificate file or master list.
    pub source: String,
    /// When it was added, RFC 3339.
    pub added_at: String,
    /// How its identity was confirmed.
    pub confirmed: Confirmation,
    /// SHA-256 of the root under which a master list's signature verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_signer_root: Option<String>,
    /// When the master list was signed, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_signed_at: Option<String>,
    /// SHA-256 of the anchor that signed it, where it came as a link certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub linked_by: Option<String>,
    /// Whether it is an anchor of the fixture authority, whose keys are public and prove nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub demonstration: bool,
}

impl Provenance {
    fn for_store(&self) -> soat::pki::Provenance {
        let source = self.source.clone();
        let digest = |text: &Option<String>| Digest::new(Fingerprint::parse(text.as_deref()?)?.as_ref());
        match (digest(&self.linked_by), digest(&self.list_signer_root)) {
            (Some(issuer), _) => soat::pki::Provenance::Link { source, issuer },
            (None, Some(root)) => soat::pki::Provenance::MasterList { source, root },
            (None, None) => soat::pki::Provenance::Operator { source },
        }
    }
}

/// How the operator confirmed an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confirmation {
    /// The fingerprint was given on the command line.
    Fingerprint,
    /// The question at the terminal was answered.
    Question,
    /// It stood in a master list whose signature verified.
    MasterList,
    /// It is a link certificate that an anchor signed.
    Link,
}

/// An anchor of the folder.
pub struct Anchor {
    /// Its name in the folder.
    pub fingerprint: Fingerprint,
    /// The certificate.
    pub der: Vec<u8>,
    /// Where it came from.
    pub provenance: Provenance,
}

/// The folder.
pub struct TrustFolder {
    path: PathBuf,
    snapshot: Option<Arc<SignedSnapshot>>,
}

impl TrustFolder {
    /// Opens a folder, or the user's own. One that does not exist yet is empty.
    ///
    /// # Errors
    /// That others can write it, that it cannot be read, or that there is no place for it.
    pub fn open(path: Option<&Path>) -> Result<Self> {
        let path = match path {
            Some(path) => path.to_owned(),
            None => default_path().ok_or_else(|| Error::usage("trust-no-home"))?,
        };
        match fs::metadata(&path) {
            Ok(metadata) if !metadata.is_dir() => {
                return Err(Error::usage("trust-not-a-folder").with("path", path.display().to_string()));
            }
            Ok(_) => permissions::check_folder(&path)?,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => {}
            Err(cause) => return Err(Error::file("trust-unreadable", &path, &cause)),
        }
        let folder = Self { snapshot: snapshot::held(&path)?.map(Arc::new), path };
        for kind in Pinned::ALL {
            if folder.folder(kind).exists() {
                permissions::check_folder(&folder.folder(kind))?;
            }
        }
        Ok(folder)
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// All anchors, by fingerprint.
    ///
    /// # Errors
    /// That a file cannot be read, is not what its name says, or came here without a provenance.
    pub fn anchors(&self) -> Result<Vec<Anchor>> {
        self.entries(Pinned::Anchor)
    }

    /// Everything that is trusted for one thing, by fingerprint: what the folder holds, and what the snapshot adds.
    ///
    /// # Errors
    /// As [`Self::anchors`].
    pub fn entries(&self, kind: Pinned) -> Result<Vec<Anchor>> {
        let files = der_files(&self.folder(kind))?;
        let mut anchors = files.iter().map(|path| read_anchor(path)).collect::<Result<Vec<_>>>()?;
        anchors.sort_by_key(|anchor| anchor.fingerprint);
        self.add_of_snapshot(kind, &mut anchors)?;
        Ok(anchors)
    }

    /// Adds an anchor. Says whether it is new; the provenance of one that is there stays.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn add(&self, der: &[u8], provenance: &Provenance) -> Result<bool> {
        self.add_as(Pinned::Anchor, der, provenance)
    }

    /// Adds what is trusted for one thing. Says whether it is new.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn add_as(&self, kind: Pinned, der: &[u8], provenance: &Provenance) -> Result<bool> {
        self.add_all(kind, &[(der, provenance.clone())]).map(|added| added == 1)
    }

    /// Adds many at once: all of them or none. Says how many are new.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn add_all(&self, kind: Pinned, members: &[(&[u8], Provenance)]) -> Result<usize> {
        permissions::create_folder(&self.folder(kind))?;
        let failed = |cause| Error::file("trust-unwritable", &self.path, &cause);
        let (mut batch, mut added) = (safe_file::Batch::new(), std::collections::BTreeSet::new());
        for (der, provenance) in members {
            let fingerprint = Fingerprint::of(der);
            let path = self.file(kind, fingerprint, "der");
            if path.exists() || !added.insert(fingerprint) {
                continue;
            }
            let text = serde_json::to_vec_pretty(provenance).map_err(|cause| failed(cause.into()))?;
            // The provenance first: a certificate without one is refused.
            batch.write(&self.file(kind, fingerprint, "json"), &text).map_err(failed)?;
            batch.write(&path, der).map_err(failed)?;
        }
        batch.commit().map_err(failed)?;
        Ok(added.len())
    }

    fn folder(&self, kind: Pinned) -> PathBuf {
        self.path.join(kind.folder())
    }

    /// Creates a folder inside, for the user alone.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn create_subfolder(&self, name: &str) -> Result<()> {
        permissions::create_folder(&self.path.join(name))
    }

    fn file(&self, kind: Pinned, fingerprint: Fingerprint, extension: &str) -> PathBuf {
        self.folder(kind).join(hex::encode(fingerprint.0)).with_extension(extension)
    }
}

fn read_anchor(path: &Path) -> Result<Anchor> {
    let (fingerprint, der) = object_file::read(path, LONGEST_CERTIFICATE)?;
    Ok(Anchor { fingerprint, der, provenance: object_file::read_provenance(path)? })
}

/// The files of a folder that hold objects; none where there is no folder.
fn der_files(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |cause| Error::file("trust-unreadable", folder, &cause);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(unreadable(cause)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        if path.extension().is_some_and(|extension| extension == "der") {
            files.push(path);
        }
    }
    Ok(files)
}

/// XDG base directories on Unix, the roaming profile on Windows.
fn default_path() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let data = if cfg!(windows) {
        variable("APPDATA")
    } else {
        variable("XDG_DATA_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/share")))
    };
    data.map(|data| data.join("soat").join("trust"))
}

#[cfg(test)]
mod tests;

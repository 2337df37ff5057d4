//! The operator's anchors: a folder of plain files, `anchors/<SHA-256>.der` with where each came from in `<SHA-256>.json` beside it.
//!
//! Whoever can write here decides what is genuine, so a folder that others can write is refused.

pub mod fixture_authority;
mod permissions;
mod published;
mod witnesses;

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Digest, DigestAlgorithm, Provider};
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CertificateList, DeviationList, TrustStore, VerifiedCrl};

pub use published::{Kind, Origin, Published};
pub use witnesses::Pinned;

use crate::error::{Error, Result};
use crate::safe_file;

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
        let folder = Self { path };
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

    /// Everything that is trusted for one thing, by fingerprint.
    ///
    /// # Errors
    /// As [`Self::anchors`].
    pub fn entries(&self, kind: Pinned) -> Result<Vec<Anchor>> {
        let entries = match fs::read_dir(self.folder(kind)) {
            Ok(entries) => entries,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(cause) => return Err(Error::file("trust-unreadable", &self.folder(kind), &cause)),
        };
        let mut anchors = Vec::new();
        for entry in entries {
            let path = entry.map_err(|cause| Error::file("trust-unreadable", &self.path, &cause))?.path();
            if path.extension().is_some_and(|extension| extension == "der") {
                anchors.push(read_anchor(&path)?);
            }
        }
        anchors.sort_by_key(|anchor| anchor.fingerprint);
        Ok(anchors)
    }

    /// The anchors for judging with the lists that they signed, and whether one of them is the fixture authority's, which marks every report.
    ///
    /// # Errors
    /// As [`Self::anchors`], and that an anchor is not a certificate.
    pub fn store(&self) -> Result<(TrustStore, bool)> {
        let mut store = TrustStore::new();
        let mut demonstration = false;
        for anchor in self.anchors()? {
            let certificate = Certificate::from_der(&anchor.der).map_err(|cause| {
                let path = self.file(Pinned::Anchor, anchor.fingerprint, "der").display().to_string();
                let error = Error::usage("trust-anchor-invalid").with("path", path).with("cause", cause.to_string());
                error.with("fingerprint", anchor.fingerprint.hex())
            })?;
            // The mark follows from the certificate itself: the file beside it could be edited.
            let is_demonstration = anchor.provenance.demonstration || fixture_authority::is_named_by(&certificate);
            demonstration |= is_demonstration;
            store.add(certificate, anchor.provenance.for_store(), is_demonstration, &RustCrypto);
        }
        // A list whose anchor is gone counts for nothing; `soat trust check` names it.
        for object in self.published(Kind::RevocationList)? {
            let verified =
                CertificateList::from_der(&object.bytes).and_then(|list| VerifiedCrl::verify(list, &store, &RustCrypto));
            if let Ok(crl) = verified {
                store.add_revocation_list(crl);
            }
        }
        for object in self.published(Kind::DeviationList)? {
            if let Ok(list) = DeviationList::verify(&object.bytes, SignerRoot::Store, &store, &RustCrypto) {
                store.add_deviation_list(list);
            }
        }
        for object in self.published(Kind::Signer)? {
            if let Ok(certificate) = Certificate::from_der(&object.bytes) {
                store.add_signer(certificate);
            }
        }
        Ok((store, demonstration))
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
        let fingerprint = Fingerprint::of(der);
        let path = self.file(kind, fingerprint, "der");
        if path.exists() {
            return Ok(false);
        }
        permissions::create_folder(&self.folder(kind))?;
        let failed = |cause| Error::file("trust-unwritable", &self.path, &cause);
        let text = serde_json::to_vec_pretty(provenance).map_err(|cause| failed(cause.into()))?;
        // The provenance first: a certificate without one is refused.
        safe_file::replace(&self.file(kind, fingerprint, "json"), &text).map_err(failed)?;
        safe_file::replace(&path, der).map_err(failed)?;
        Ok(true)
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
    let unreadable = |cause| Error::file("trust-unreadable", path, &cause);
    let named = |id| Error::usage(id).with("path", path.display().to_string());
    let metadata = fs::metadata(path).map_err(unreadable)?;
    permissions::check_file(path, &metadata)?;
    if metadata.len() > LONGEST_CERTIFICATE {
        return Err(named("trust-file-altered"));
    }
    let der = fs::read(path).map_err(unreadable)?;
    let fingerprint = Fingerprint::of(&der);
    if path.file_stem().and_then(|stem| stem.to_str()).and_then(Fingerprint::parse) != Some(fingerprint) {
        return Err(named("trust-file-altered"));
    }
    let beside = path.with_extension("json");
    let text = match fs::read(&beside) {
        Ok(text) => text,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Err(named("trust-without-provenance")),
        Err(cause) => return Err(unreadable(cause)),
    };
    permissions::check_file(&beside, &fs::metadata(&beside).map_err(unreadable)?)?;
    let provenance = serde_json::from_slice(&text).map_err(|_| named("trust-without-provenance"))?;
    Ok(Anchor { fingerprint, der, provenance })
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

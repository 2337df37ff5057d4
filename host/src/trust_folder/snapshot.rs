//! The snapshot that the folder took over: one file as it was received, `snapshot.soat`, beside what the operator added here.
//!
//! It is one file so that taking a snapshot over is one renaming: whole, or not at all. It says itself which key is pinned and which
//! version was reached.

use std::fs;
use std::path::Path;

use serde::de::DeserializeOwned;
use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::TerminalKey;
use soat::pki::{Certificate, CertificateList, SignedData};
use soat::trust_snapshot::{LONGEST_SNAPSHOT, Object, ObjectKind, SignedSnapshot};

use super::{Anchor, Fingerprint, Kind, Pinned, Published, TrustFolder, fixture_authority};
use crate::error::{Error, Result};
use crate::{permissions, safe_file};

const FILE: &str = "snapshot.soat";
/// The version that was exported last.
const EXPORTED: &str = "exported-version";

/// Reads the snapshot that a folder took over, if there is one.
pub(super) fn held(folder: &Path) -> Result<Option<SignedSnapshot>> {
    let path = folder.join(FILE);
    let unreadable = |cause| Error::file("trust-unreadable", &path, &cause);
    let metadata = match fs::metadata(&path) {
        Ok(metadata) => metadata,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(cause) => return Err(unreadable(cause)),
    };
    permissions::check_file(&path, &metadata)?;
    let altered =
        |cause: String| Error::usage("trust-snapshot-altered").with("path", path.display().to_string()).with("cause", cause);
    if usize::try_from(metadata.len()).map_or(true, |len| len > LONGEST_SNAPSHOT) {
        return Err(altered("–".to_owned()));
    }
    let bytes = fs::read(&path).map_err(unreadable)?;
    SignedSnapshot::verify_held(&bytes, &RustCrypto).map(Some).map_err(|cause| altered(cause.to_string()))
}

impl TrustFolder {
    /// The snapshot that was taken over.
    pub fn snapshot(&self) -> Option<&SignedSnapshot> {
        self.snapshot.as_deref()
    }

    /// Takes a snapshot over in the place of the one before. The caller verified it, and that its version advances.
    ///
    /// # Errors
    /// That an object is not what it should be, or that the folder cannot be written. Then all stays as it was.
    pub fn take_over(&self, bytes: &[u8], snapshot: &SignedSnapshot) -> Result<()> {
        snapshot
            .content()
            .objects()
            .iter()
            .try_for_each(check)
            .map_err(|cause| Error::usage("trust-snapshot-invalid").with("path", FILE).with("cause", cause))?;
        permissions::create_folder(self.path())?;
        let path = self.path().join(FILE);
        safe_file::replace(&path, bytes).map_err(|cause| Error::file("trust-unwritable", &path, &cause))
    }

    /// Everything that the folder holds, with what the snapshot adds, for a new snapshot.
    ///
    /// # Errors
    /// That a file cannot be read or is not what its name says, or that an object is not what it should be.
    pub fn objects(&self) -> Result<Vec<Object>> {
        let mut objects = Vec::new();
        let text = |provenance: serde_json::Result<String>| provenance.unwrap_or_default();
        for (kind, of) in Pinned::ALL.into_iter().zip([ObjectKind::Anchor, ObjectKind::Terminal, ObjectKind::TimeStampAuthority])
        {
            for entry in self.entries(kind)? {
                let provenance = text(serde_json::to_string(&entry.provenance));
                objects.push(Object { kind: of, content: entry.der, provenance });
            }
        }
        for kind in Kind::ALL {
            for object in self.published(kind)? {
                let provenance = text(serde_json::to_string(&object.origin));
                objects.push(Object { kind: kind_of(kind), content: object.bytes, provenance });
            }
        }
        objects.iter().try_for_each(check).map_err(|cause| {
            Error::usage("trust-snapshot-invalid").with("path", self.path().display().to_string()).with("cause", cause)
        })?;
        Ok(objects)
    }

    /// The version that the next snapshot must have at least.
    ///
    /// # Errors
    /// That the number of the last one cannot be read.
    pub fn next_version(&self) -> Result<u64> {
        let path = self.path().join(EXPORTED);
        let unreadable = |cause| Error::file("trust-unreadable", &path, &cause);
        let exported = match fs::read_to_string(&path) {
            Ok(text) => text.trim().parse().map_err(|_| unreadable(std::io::ErrorKind::InvalidData.into()))?,
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => 0,
            Err(cause) => return Err(unreadable(cause)),
        };
        let held = self.snapshot().map_or(0, |held| held.content().version());
        Ok(held.max(exported).saturating_add(1))
    }

    /// Remembers a version before it is given out, so that none is given out twice.
    ///
    /// # Errors
    /// That the folder cannot be written.
    pub fn remember_version(&self, version: u64) -> Result<()> {
        let path = self.path().join(EXPORTED);
        safe_file::replace(&path, format!("{version}\n").as_bytes())
            .map_err(|cause| Error::file("trust-unwritable", &path, &cause))
    }

    /// Whether the snapshot holds an object, whatever it is kept for.
    pub fn is_of_snapshot(&self, fingerprint: Fingerprint) -> bool {
        let mut objects = self.snapshot().into_iter().flat_map(|held| held.content().objects());
        objects.any(|object| Fingerprint::of(&object.content) == fingerprint)
    }

    fn of_snapshot(&self, kind: ObjectKind) -> impl Iterator<Item = &Object> {
        self.snapshot().into_iter().flat_map(|held| held.content().objects()).filter(move |object| object.kind == kind)
    }

    /// Adds what the snapshot has and the folder has not.
    pub(super) fn add_of_snapshot(&self, kind: Pinned, anchors: &mut Vec<Anchor>) -> Result<()> {
        let own = anchors.len();
        let of = match kind {
            Pinned::Anchor => ObjectKind::Anchor,
            Pinned::Terminal => ObjectKind::Terminal,
            Pinned::TimeStamper => ObjectKind::TimeStampAuthority,
        };
        for object in self.of_snapshot(of) {
            let fingerprint = Fingerprint::of(&object.content);
            let is_held =
                anchors.get(..own).is_some_and(|own| own.binary_search_by_key(&fingerprint, |anchor| anchor.fingerprint).is_ok());
            if !is_held {
                let provenance = self.provenance(object)?;
                anchors.push(Anchor { fingerprint, der: object.content.clone(), provenance });
            }
        }
        anchors.sort_by_key(|anchor| anchor.fingerprint);
        Ok(())
    }

    /// Adds what the snapshot has and the folder has not.
    pub(super) fn add_published_of_snapshot(&self, kind: Kind, objects: &mut Vec<Published>) -> Result<()> {
        let own = objects.len();
        for object in self.of_snapshot(kind_of(kind)) {
            let fingerprint = Fingerprint::of(&object.content);
            let is_held =
                objects.get(..own).is_some_and(|own| own.binary_search_by_key(&fingerprint, |object| object.fingerprint).is_ok());
            if !is_held {
                let origin = self.provenance(object)?;
                objects.push(Published { fingerprint, bytes: object.content.clone(), origin });
            }
        }
        objects.sort_by_key(|object| object.fingerprint);
        Ok(())
    }

    fn provenance<T: DeserializeOwned>(&self, object: &Object) -> Result<T> {
        serde_json::from_str(&object.provenance)
            .map_err(|_| Error::usage("trust-without-provenance").with("path", self.path().join(FILE).display().to_string()))
    }
}

fn kind_of(kind: Kind) -> ObjectKind {
    match kind {
        Kind::RevocationList => ObjectKind::RevocationList,
        Kind::DeviationList => ObjectKind::DeviationList,
        Kind::Signer => ObjectKind::Signer,
    }
}

/// Whether an object is of its kind: what `soat trust add` and `soat trust import` would not let in comes in no snapshot either. Lists are
/// verified to an anchor whenever the folder is opened.
fn check(object: &Object) -> std::result::Result<(), String> {
    fn note<T: DeserializeOwned>(text: &str) -> std::result::Result<(), String> {
        serde_json::from_str::<T>(text).map(drop).map_err(|cause| cause.to_string())
    }
    let content = &object.content;
    let certificate = || Certificate::from_der(content).map_err(|cause| cause.to_string());
    match object.kind {
        ObjectKind::Anchor => {
            let certificate = certificate()?;
            if certificate.extensions.denies_authority() {
                return Err(format!("{}: its key does not sign certificates", certificate.subject));
            }
            certificate.public_key().map_err(|cause| format!("{}: {cause}", certificate.subject))?;
            note::<super::Provenance>(&object.provenance)
        }
        ObjectKind::TimeStampAuthority => certificate().and_then(|_| note::<super::Provenance>(&object.provenance)),
        ObjectKind::Terminal => {
            TerminalKey::from_spki(content).map_err(|cause| cause.to_string())?;
            note::<super::Provenance>(&object.provenance)
        }
        ObjectKind::RevocationList => {
            CertificateList::from_der(content).map_err(|cause| cause.to_string())?;
            note::<super::Origin>(&object.provenance)
        }
        ObjectKind::DeviationList => {
            SignedData::from_ber(content).map_err(|cause| cause.to_string())?;
            note::<super::Origin>(&object.provenance)
        }
        ObjectKind::Signer => note::<super::Origin>(&object.provenance),
    }
}

/// Whether a snapshot holds an anchor of the fixture authority.
pub fn is_demonstration(snapshot: &SignedSnapshot) -> bool {
    let anchors = snapshot.content().objects().iter().filter(|object| object.kind == ObjectKind::Anchor);
    anchors.filter_map(|object| Certificate::from_der(&object.content).ok()).any(|anchor| fixture_authority::owns(&anchor))
}

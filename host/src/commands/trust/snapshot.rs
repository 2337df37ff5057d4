//! `soat trust export` and the import of what it made: one signed file, which other machines take over after they checked one key.

use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::trust_snapshot::{SignedSnapshot, Snapshot, SnapshotError};

use super::witness::read_key;
use crate::command_line::{TrustExport, TrustImport};
use crate::commands::read::check_place;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::safe_file;
use crate::terminal_key::FileKey;
use crate::trust_folder::{Fingerprint, TrustFolder, is_demonstration};

/// Writes a signed snapshot of the whole store.
///
/// # Errors
/// That the store or the key cannot be read, that the version would go back, or that the file cannot be written.
pub fn export(arguments: &TrustExport, session: &mut Session) -> Result<Exit> {
    check_place(&arguments.out)?;
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let key = FileKey::read(&arguments.sign)?;
    let next = folder.next_version()?;
    let version = arguments.snapshot_version.unwrap_or(next);
    if version < next {
        return Err(Error::usage("trust-snapshot-version").with("version", version).with("next", next));
    }
    let objects = folder.objects()?;
    if objects.is_empty() {
        return Err(Error::usage("trust-snapshot-empty").with("path", folder.path().display().to_string()));
    }
    let snapshot = Snapshot::new(version, now(), objects);
    let unusable = |cause: String| Error::usage("trust-snapshot-unsigned").with("cause", cause);
    let bytes = snapshot.signed(&key).map_err(|cause| unusable(cause.to_string()))?;
    folder.remember_version(version)?;
    safe_file::create(&arguments.out, &bytes).map_err(|cause| Error::file("file-unwritable", &arguments.out, &cause))?;
    let told = [
        ("path", arguments.out.display().to_string().into()),
        ("version", version.to_string().into()),
        ("count", snapshot.objects().len().into()),
        ("fingerprint", fingerprint_of(&soat::evidence::TerminalSigner::key(&key).fingerprint(&RustCrypto)).into()),
    ];
    session.print(&format!("{}\n", session.messages.format("trust-snapshot-exported", &told)));
    Ok(Exit::Successful)
}

/// Takes a snapshot over.
///
/// # Errors
/// That it is not signed with the pinned key, is altered, or would go back. Then all stays as it was.
pub fn import(bytes: &[u8], name: &str, arguments: &TrustImport, folder: &TrustFolder, session: &mut Session) -> Result<Exit> {
    let pinned = match &arguments.key {
        Some(key) => named(key)?,
        None => {
            let held = folder.snapshot().ok_or_else(|| Error::usage("trust-snapshot-key-missing").with("path", name))?;
            held.key().fingerprint(&RustCrypto)
        }
    };
    let snapshot = SignedSnapshot::verify(bytes, &pinned, &RustCrypto).map_err(|error| refused(name, &error))?;
    let told = |version: u64| [("path", name.to_owned().into()), ("version", version.to_string().into())];
    let version = snapshot.content().version();
    if !snapshot.advances(folder.snapshot()).map_err(|error| refused(name, &error))? {
        session.print(&format!("{}\n", session.messages.format("trust-snapshot-already", &told(version))));
        return Ok(Exit::Successful);
    }
    if is_demonstration(&snapshot) && !arguments.demonstration {
        return Err(Error::usage("trust-demonstration").with("path", name));
    }
    folder.take_over(bytes, &snapshot)?;
    if folder.snapshot().is_some_and(|held| held.key() != snapshot.key()) {
        session.note(&session.messages.text("trust-snapshot-other-key"));
    }
    let (came, went) = changes(folder.snapshot(), &snapshot);
    let [path, version] = told(version);
    let counts = [path, version, ("came", came.into()), ("went", went.into())];
    session.print(&format!("{}\n", session.messages.format("trust-snapshot-imported", &counts)));
    Ok(Exit::Successful)
}

/// How many objects came and went.
fn changes(held: Option<&SignedSnapshot>, snapshot: &SignedSnapshot) -> (usize, usize) {
    let key = |snapshot: &SignedSnapshot| -> std::collections::BTreeSet<_> {
        let objects = snapshot.content().objects().iter();
        objects.map(|object| (object.kind, Fingerprint::of(&object.content))).collect()
    };
    let (before, after) = (held.map(key).unwrap_or_default(), key(snapshot));
    (after.difference(&before).count(), before.difference(&after).count())
}

/// The fingerprint of the key that `--key` names: a file, or the SHA-256 itself.
fn named(key: &str) -> Result<Digest> {
    let path = std::path::Path::new(key);
    if path.is_file() {
        return Ok(read_key(path)?.fingerprint(&RustCrypto));
    }
    let digest = Fingerprint::parse(key).and_then(|fingerprint| Digest::new(fingerprint.as_ref()));
    digest.ok_or_else(|| Error::usage("trust-snapshot-key-invalid").with("name", key))
}

fn refused(path: &str, error: &SnapshotError) -> Error {
    let id = match error {
        SnapshotError::OtherKey => "trust-snapshot-wrong-key",
        SnapshotError::Signature(_) => "trust-snapshot-signature",
        SnapshotError::Older { .. } => "trust-snapshot-older",
        SnapshotError::SameVersion(_) => "trust-snapshot-same-version",
        _ => "trust-snapshot-damaged",
    };
    let error_of = Error::usage(id).with("path", path).with("cause", error.to_string());
    match error {
        SnapshotError::Older { held, found } => error_of.with("held", held).with("found", found),
        SnapshotError::SameVersion(version) => error_of.with("version", version),
        _ => error_of,
    }
}

fn fingerprint_of(digest: &Digest) -> String {
    Fingerprint::parse(&hex::encode(digest)).map(|fingerprint| fingerprint.grouped()).unwrap_or_default()
}

/// The snapshot of `soat trust list`, on a line; nothing where there is none.
pub fn line(folder: &TrustFolder, session: &Session) -> String {
    let Some(held) = folder.snapshot() else { return String::new() };
    let told = [
        ("version", held.content().version().to_string().into()),
        ("time", held.content().made_at().to_string().into()),
        ("count", held.content().objects().len().into()),
        ("fingerprint", fingerprint_of(&held.key().fingerprint(&RustCrypto)).into()),
    ];
    format!("\n{}\n", session.messages.format("trust-snapshot-held", &told))
}

/// The same for JSON.
pub fn json(folder: &TrustFolder) -> serde_json::Value {
    folder.snapshot().map_or(serde_json::Value::Null, |held| {
        serde_json::json!({
            "version": held.content().version(),
            "made_at": held.content().made_at().to_string(),
            "key_sha256": hex::encode_upper(held.key().fingerprint(&RustCrypto)),
            "content_sha256": hex::encode_upper(held.sha256()),
            "objects": held.content().objects().len(),
        })
    })
}

//! From a path to a dossier: saved (plain or encrypted with age), a folder of a card's raw files, or an EF.SOD alone.

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use soat::dossier::{Dossier, DossierError, FileId};
use soat::evidence::{EvidenceError, SavedDossier};
use soat::tlv::{Cursor, Rules, TlvErrorKind};

use crate::error::{Error, Result};

/// No card's file and no dossier is longer.
pub const LONGEST_FILE: u64 = 32 * 1024 * 1024;
/// Self-described CBOR (RFC 8949 §3.4.6), with which a dossier begins.
pub const CBOR_TAG: [u8; 3] = [0xD9, 0xD9, 0xF7];
const SECURITY_OBJECT_TAG: u8 = 0x77;
/// First line of an age file, up to its version.
pub const AGE_HEADER: &[u8] = b"age-encryption.org/";

/// What decrypts dossiers.
pub type Identity = age::x25519::Identity;

/// What a path holds.
pub enum Loaded {
    /// A saved dossier, with the signature and time-stamp around it.
    Saved(Box<SavedDossier>),
    /// Raw files of a card.
    Raw(Box<Dossier>),
}

impl Loaded {
    /// What was read from the card.
    pub fn into_dossier(self) -> Dossier {
        match self {
            Self::Saved(saved) => saved.into_dossier(),
            Self::Raw(dossier) => *dossier,
        }
    }
}

/// The dossiers that a path means: itself, or what a folder holds.
///
/// # Errors
/// That there is nothing, or nothing that can be verified.
pub fn find(path: &Path) -> Result<Vec<PathBuf>> {
    let metadata = fs::metadata(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    if !metadata.is_dir() || has_sod(path)? {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in entries(path)? {
        let is_dossier = entry.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("soat"));
        let counts =
            if entry.is_dir() { has_sod(&entry)? } else { entry.is_file() && (is_dossier || is_security_object(&entry)) };
        if counts {
            found.push(entry);
        }
    }
    if found.is_empty() { Err(Error::usage("folder-without-sod").with("path", path.display().to_string())) } else { Ok(found) }
}

/// Loads one of them.
///
/// # Errors
/// That it cannot be read, is empty, torn, encrypted to another, or not of a card.
pub fn load(path: &Path, identity: Option<&Identity>) -> Result<Loaded> {
    if path.is_dir() {
        return load_folder(path).map(|dossier| Loaded::Raw(Box::new(dossier)));
    }
    let mut bytes = read(path)?;
    if bytes.starts_with(AGE_HEADER) {
        bytes = decrypt(path, &bytes, identity)?;
    }
    if bytes.starts_with(&CBOR_TAG) {
        let saved = SavedDossier::from_cbor(&bytes).map_err(|error| invalid(path, error))?;
        return Ok(Loaded::Saved(Box::new(saved)));
    }
    match bytes.first() {
        // Without its tag 77 it is any SEQUENCE: only a signed message is taken for it, not a certificate.
        Some(&first) if first == SECURITY_OBJECT_TAG || first == 0x30 && holds_signed_data(&bytes) => {
            check_whole(path, &bytes)?;
            let dossier = Dossier::from_raw_files([(FileId::Sod, bytes)]).map_err(|error| invalid(path, error.into()))?;
            Ok(Loaded::Raw(Box::new(dossier)))
        }
        _ => Err(invalid(path, DossierError::NotADossier.into())),
    }
}

/// A dossier as the bytes of its file, encrypted to a recipient if there is one.
///
/// # Errors
/// That encryption failed.
pub fn to_bytes(saved: &SavedDossier, recipient: Option<&age::x25519::Recipient>) -> Result<Vec<u8>> {
    let plain = saved.to_cbor();
    match recipient {
        None => Ok(plain),
        Some(recipient) => age::encrypt(recipient, &plain).map_err(|_| Error::usage("recipient-invalid")),
    }
}

/// The identity of a file as age-keygen writes it.
///
/// # Errors
/// That it cannot be read, or holds none.
pub fn read_identity(path: &Path) -> Result<Identity> {
    let text = fs::read_to_string(path).map(zeroize::Zeroizing::new);
    let text = text.map_err(|cause| Error::file("identity-unreadable", path, &cause))?;
    let identity =
        text.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#')).and_then(|line| line.parse().ok());
    identity.ok_or_else(|| Error::usage("identity-invalid").with("path", path.display().to_string()))
}

fn load_folder(path: &Path) -> Result<Dossier> {
    let mut files = Vec::new();
    for entry in entries(path)? {
        let Some(file) = file_id(&entry) else { continue };
        if files.iter().any(|(known, _)| *known == file) {
            let error = Error::usage("folder-file-twice").with("path", path.display().to_string());
            return Err(error.with("file", file.to_string()));
        }
        let bytes = read(&entry)?;
        check_whole(&entry, &bytes)?;
        files.push((file, bytes));
    }
    if !files.iter().any(|(file, _)| *file == FileId::Sod) {
        return Err(Error::usage("folder-without-sod").with("path", path.display().to_string()));
    }
    Dossier::from_raw_files(files).map_err(|error| invalid(path, error.into()))
}

fn has_sod(folder: &Path) -> Result<bool> {
    Ok(entries(folder)?.iter().any(|entry| file_id(entry) == Some(FileId::Sod)))
}

/// Whether a file of any name begins as EF.SOD does: no other file of a card has its tag (ICAO 9303-10 §4.6.2).
fn is_security_object(path: &Path) -> bool {
    let mut first = [0];
    fs::File::open(path).and_then(|mut file| file.read_exact(&mut first)).is_ok() && first == [SECURITY_OBJECT_TAG]
}

fn file_id(path: &Path) -> Option<FileId> {
    if !path.is_file() {
        return None;
    }
    FileId::from_file_name(path.file_name()?.to_str()?)
}

/// What a folder holds, in the order of the names.
fn entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |cause| Error::file("file-unreadable", folder, &cause);
    let entries = fs::read_dir(folder).map_err(unreadable)?.map(|entry| entry.map(|entry| entry.path()));
    let mut paths = entries.collect::<std::io::Result<Vec<_>>>().map_err(unreadable)?;
    paths.sort();
    Ok(paths)
}

fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    let named = |id| Error::usage(id).with("path", path.display().to_string());
    let metadata = fs::metadata(path).map_err(unreadable)?;
    if metadata.len() > LONGEST_FILE {
        return Err(named("file-too-large"));
    }
    if !metadata.is_file() {
        return Err(named("file-special"));
    }
    // A file may grow while it is read.
    let mut bytes = Vec::new();
    fs::File::open(path).and_then(|file| file.take(LONGEST_FILE).read_to_end(&mut bytes)).map_err(unreadable)?;
    if bytes.is_empty() { Err(named("dossier-empty")) } else { Ok(bytes) }
}

/// Whether a SEQUENCE begins with the identifier of a signed message (RFC 5652 §5.1), which may be torn behind it.
fn holds_signed_data(bytes: &[u8]) -> bool {
    const ID_SIGNED_DATA: [u8; 11] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x07, 0x02];
    // Behind the tag and one to five octets of length.
    (2..=6).any(|start| bytes.get(start..).is_some_and(|rest| rest.starts_with(&ID_SIGNED_DATA)))
}

/// A file that ends inside its own outermost element was torn: that says nothing about the card.
fn check_whole(path: &Path, bytes: &[u8]) -> Result<()> {
    match Cursor::new(bytes, Rules::Ber).read() {
        Err(error) if error.kind == TlvErrorKind::Truncated => {
            Err(Error::usage("file-torn").with("path", path.display().to_string()))
        }
        _ => Ok(()),
    }
}

fn decrypt(path: &Path, bytes: &[u8], identity: Option<&Identity>) -> Result<Vec<u8>> {
    let named = |id| Error::usage(id).with("path", path.display().to_string());
    let identity = identity.ok_or_else(|| named("dossier-encrypted"))?;
    age::decrypt(identity, bytes).map_err(|cause| named("dossier-not-decrypted").with("cause", cause.to_string()))
}

fn invalid(path: &Path, error: EvidenceError) -> Error {
    let id = match error {
        EvidenceError::Dossier(DossierError::UnknownVersion(_)) | EvidenceError::UnknownTimeStampVersion(_) => "dossier-version",
        _ => "dossier-invalid",
    };
    Error::usage(id).with("path", path.display().to_string()).with("cause", error.to_string())
}

#[cfg(test)]
mod tests;

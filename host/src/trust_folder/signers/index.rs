//! The file `signers.index`: of each document signer's file its name (the SHA-256 of its content), its size and its time of change, and by
//! what a security object may name it. Behind the rows stands the SHA-256 over them.
//!
//! It is used where the folder has these files and no other, each of that size and time, and made anew on any difference.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider};
use soat::pki::Certificate;
use soat::pki::certificate::Name;
use soat::pki::cms::SignerIdentifier;

use crate::error::{Error, Result};
use crate::trust_folder::published::read;
use crate::trust_folder::{Fingerprint, Kind};
use crate::{permissions, safe_file};

const MAGIC: &[u8; 16] = b"soat.signers\x00\x00\x00\x01";
const DIGEST_LEN: usize = 32;
const KEY_LEN: usize = 16;
const ROW_LEN: usize = DIGEST_LEN + 8 + 8 + 2 * KEY_LEN;

type Key = [u8; KEY_LEN];

/// What the folder shows of a file without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    name: [u8; DIGEST_LEN],
    size: u64,
    /// Nanoseconds since 1970.
    modified: u64,
}

/// By what a security object may name a signer; zeros where it cannot.
#[derive(Clone, Copy, Debug, Default)]
struct Keys {
    by_serial: Key,
    by_key_identifier: Key,
}

/// Where to look for which signer.
#[derive(Debug)]
pub struct Index {
    rows: Vec<(Seen, Keys)>,
    places: HashMap<Key, Vec<usize>>,
}

impl Index {
    /// Reads the index file, or makes it anew out of the files of the folder.
    ///
    /// # Errors
    /// What is wrong with the folder or, where they must be read, its files. An index file that cannot be read or written is no error.
    pub fn open(folder: &Path, file: &Path) -> Result<Self> {
        let seen = list(folder)?;
        if let Some(rows) = fs::read(file).ok().and_then(|bytes| decode(&bytes))
            && rows.iter().map(|(of, _)| of).eq(&seen)
        {
            return Ok(Self::of(rows));
        }
        let rows: Vec<_> = seen.into_iter().map(|of| keys(folder, &of).map(|keys| (of, keys))).collect::<Result<_>>()?;
        if !rows.is_empty() || file.exists() {
            // Whoever may not write here reads all files each time.
            let _ = safe_file::replace(file, &encode(&rows));
        }
        Ok(Self::of(rows))
    }

    fn of(rows: Vec<(Seen, Keys)>) -> Self {
        let mut places: HashMap<Key, Vec<usize>> = HashMap::with_capacity(2 * rows.len());
        for (place, (_, keys)) in rows.iter().enumerate() {
            for key in [keys.by_serial, keys.by_key_identifier] {
                if key != Key::default() {
                    places.entry(key).or_default().push(place);
                }
            }
        }
        Self { rows, places }
    }

    /// All files.
    pub fn names(&self) -> impl Iterator<Item = &[u8; DIGEST_LEN]> {
        self.rows.iter().map(|(seen, _)| &seen.name)
    }

    /// The files in which the signer is to be looked for.
    pub fn names_of(&self, identifier: &SignerIdentifier) -> impl Iterator<Item = &[u8; DIGEST_LEN]> {
        let key = match identifier {
            SignerIdentifier::IssuerAndSerialNumber { issuer, serial } => serial_key(issuer, serial),
            SignerIdentifier::SubjectKeyIdentifier(identifier) => key_identifier_key(identifier),
        };
        let places = self.places.get(&key).map(Vec::as_slice).unwrap_or_default();
        places.iter().filter_map(|&place| self.rows.get(place)).map(|(seen, _)| &seen.name)
    }
}

/// What the folder shows of its files, by name. What is wrong with them without reading them is an error here.
fn list(folder: &Path) -> Result<Vec<Seen>> {
    let unreadable = |cause| Error::file("trust-unreadable", folder, &cause);
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(cause) => return Err(unreadable(cause)),
    };
    let (mut seen, mut origins) = (Vec::new(), std::collections::HashSet::new());
    for entry in entries {
        let entry = entry.map_err(unreadable)?;
        let path = entry.path();
        let stem = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => {
                origins.insert(stem.to_owned());
            }
            Some("der") => {
                // Without a look-up of the path where the entry is the file itself and no link.
                let metadata = entry.metadata().map_err(unreadable)?;
                let metadata = if metadata.is_file() { metadata } else { fs::metadata(&path).map_err(unreadable)? };
                permissions::check_file(&path, &metadata)?;
                let altered = || Error::usage("trust-file-altered").with("path", path.display().to_string());
                let name = Fingerprint::parse(stem).filter(|_| metadata.len() <= Kind::Signer.longest()).ok_or_else(altered)?;
                let modified = metadata.modified().ok().and_then(|time| time.duration_since(std::time::UNIX_EPOCH).ok());
                let modified = modified.and_then(|since| u64::try_from(since.as_nanos()).ok()).unwrap_or_default();
                seen.push(Seen { name: name.bytes(), size: metadata.len(), modified });
            }
            _ => {}
        }
    }
    for of in &seen {
        let stem = hex::encode(of.name);
        if !origins.contains(&stem) {
            let path = folder.join(stem).with_extension("der");
            return Err(Error::usage("trust-without-provenance").with("path", path.display().to_string()));
        }
    }
    seen.sort_unstable();
    Ok(seen)
}

/// Reads a file and says by what its certificate may be named; by nothing where it holds none.
fn keys(folder: &Path, of: &Seen) -> Result<Keys> {
    let object = read(&folder.join(hex::encode(of.name)).with_extension("der"), Kind::Signer)?;
    let Ok(certificate) = Certificate::from_der(&object.bytes) else { return Ok(Keys::default()) };
    let identifier = certificate.extensions.subject_key_identifier.as_deref();
    Ok(Keys {
        by_serial: serial_key(&certificate.issuer, &certificate.serial),
        by_key_identifier: identifier.map(key_identifier_key).unwrap_or_default(),
    })
}

fn serial_key(issuer: &Name, serial: &[u8]) -> Key {
    let name: Vec<String> = issuer.folded().iter().map(|(kind, value)| format!("{kind}={value}\n")).collect();
    key(&[b"issuer and serial number\n", name.concat().as_bytes(), serial])
}

fn key_identifier_key(identifier: &[u8]) -> Key {
    key(&[b"subject key identifier\n", identifier])
}

fn key(parts: &[&[u8]]) -> Key {
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, parts);
    digest.as_ref().first_chunk().copied().unwrap_or_default()
}

fn encode(rows: &[(Seen, Keys)]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(MAGIC.len() + rows.len() * ROW_LEN + DIGEST_LEN);
    bytes.extend_from_slice(MAGIC);
    for (seen, keys) in rows {
        bytes.extend_from_slice(&seen.name);
        bytes.extend_from_slice(&seen.size.to_be_bytes());
        bytes.extend_from_slice(&seen.modified.to_be_bytes());
        bytes.extend_from_slice(&keys.by_serial);
        bytes.extend_from_slice(&keys.by_key_identifier);
    }
    let digest = RustCrypto.digest(DigestAlgorithm::Sha256, &[&bytes]);
    bytes.extend_from_slice(digest.as_ref());
    bytes
}

/// The rows of an index file; `None` where it is torn, altered or of another version.
fn decode(bytes: &[u8]) -> Option<Vec<(Seen, Keys)>> {
    let (content, digest) = bytes.split_last_chunk::<DIGEST_LEN>()?;
    let rows = content.strip_prefix(MAGIC)?;
    if RustCrypto.digest(DigestAlgorithm::Sha256, &[content]).as_ref() != digest || rows.len() % ROW_LEN != 0 {
        return None;
    }
    rows.chunks_exact(ROW_LEN).map(decode_row).collect()
}

fn decode_row(row: &[u8]) -> Option<(Seen, Keys)> {
    let (name, row) = row.split_first_chunk()?;
    let (size, row) = row.split_first_chunk()?;
    let (modified, row) = row.split_first_chunk()?;
    let (by_serial, by_key_identifier) = row.split_first_chunk()?;
    let seen = Seen { name: *name, size: u64::from_be_bytes(*size), modified: u64::from_be_bytes(*modified) };
    Some((seen, Keys { by_serial: *by_serial, by_key_identifier: by_key_identifier.try_into().ok()? }))
}

//! One object of the folder: a file whose name is the SHA-256 of what it holds, and where it came from in JSON beside it.

use std::fs::File;
use std::io::{ErrorKind, Read};
use std::path::Path;

use serde::de::DeserializeOwned;

use super::Fingerprint;
use crate::error::{Error, Result};
use crate::permissions;

/// No provenance is longer, in bytes.
const LONGEST_PROVENANCE: u64 = 64 * 1024;

/// Reads an object.
///
/// # Errors
/// That others can write it, that it is longer than any of its kind, or that it is not what its name says.
pub fn read(path: &Path, longest: u64) -> Result<(Fingerprint, Vec<u8>)> {
    let altered = || Error::usage("trust-file-altered").with("path", path.display().to_string());
    let bytes = read_private(path, longest).map_err(|cause| cause.unreadable(path))?.ok_or_else(altered)?;
    let fingerprint = Fingerprint::of(&bytes);
    if path.file_stem().and_then(|stem| stem.to_str()).and_then(Fingerprint::parse) != Some(fingerprint) {
        return Err(altered());
    }
    Ok((fingerprint, bytes))
}

/// Reads where an object came from.
///
/// # Errors
/// That others can write the file, or that it is missing or torn.
pub fn read_provenance<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let missing = || Error::usage("trust-without-provenance").with("path", path.display().to_string());
    let beside = path.with_extension("json");
    let text = match read_private(&beside, LONGEST_PROVENANCE) {
        Err(Refusal::Unreadable(cause)) if cause.kind() == ErrorKind::NotFound => return Err(missing()),
        read => read.map_err(|cause| cause.unreadable(&beside))?.ok_or_else(missing)?,
    };
    serde_json::from_slice(&text).map_err(|_| missing())
}

enum Refusal {
    Unreadable(std::io::Error),
    OfOthers(Error),
}

impl Refusal {
    fn unreadable(self, path: &Path) -> Error {
        match self {
            Self::Unreadable(cause) => Error::file("trust-unreadable", path, &cause),
            Self::OfOthers(error) => error,
        }
    }
}

/// Opens a file once, so that what is judged is what is read. `None` where it is longer than it may be.
fn read_private(path: &Path, longest: u64) -> std::result::Result<Option<Vec<u8>>, Refusal> {
    let mut file = File::open(path).map_err(Refusal::Unreadable)?;
    let metadata = file.metadata().map_err(Refusal::Unreadable)?;
    permissions::check_file(path, &metadata).map_err(Refusal::OfOthers)?;
    let len = usize::try_from(metadata.len()).unwrap_or(usize::MAX);
    if metadata.len() > longest {
        return Ok(None);
    }
    let mut bytes = Vec::with_capacity(len.saturating_add(1));
    file.by_ref().take(longest.saturating_add(1)).read_to_end(&mut bytes).map_err(Refusal::Unreadable)?;
    Ok((u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= longest).then_some(bytes))
}

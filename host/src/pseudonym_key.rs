//! The key of a site's pseudonyms: 32 random bytes in hexadecimal, readable by its user alone.

use std::path::Path;

use soat::inspection::PseudonymKey;
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::{permissions, safe_file};

/// Makes a key in a new file.
///
/// # Errors
/// That a file is there already or cannot be written, or that there are no random numbers.
pub fn create(path: &Path) -> Result<()> {
    let mut bytes = Zeroizing::new([0; PseudonymKey::LEN]);
    getrandom::fill(bytes.as_mut()).map_err(|_| Error::usage("no-random-numbers"))?;
    let text = Zeroizing::new(format!("{}\n", *Zeroizing::new(hex::encode(*bytes))));
    safe_file::create(path, text.as_bytes()).map_err(|cause| Error::not_created(path, &cause))
}

/// Reads a key.
///
/// # Errors
/// That others can read the file, that it cannot be read, or that it holds no such key.
pub fn read(path: &Path) -> Result<PseudonymKey> {
    let text = permissions::read_private(path, "pseudonym-key-unreadable", "pseudonym-key-open")?;
    let mut bytes = Zeroizing::new([0; PseudonymKey::LEN]);
    hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
        .map_err(|_| Error::usage("pseudonym-key-invalid").with("path", path.display().to_string()))?;
    Ok(PseudonymKey::new(*bytes))
}

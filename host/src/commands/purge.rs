//! `soat purge`: deletes saved dossiers that are older than they may be kept.

use std::fs::{self, Metadata};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use soat::evidence::SavedDossier;

use crate::command_line::Purge;
use crate::commands::Session;
use crate::commands::verify::parse_age;
use crate::dossier_file::{AGE_HEADER, CBOR_TAG, LONGEST_FILE};
use crate::error::{Error, Exit, Result};
use crate::printable::printable;
use crate::render::screen;

/// Deepest folder below a path that is looked into.
const DEEPEST: u8 = 32;

/// Lists what is to go, asks, and deletes it. Without `--yes` and without a terminal to ask at, nothing is deleted.
///
/// # Errors
/// A path that cannot be looked into.
pub fn run(arguments: Purge, session: &mut Session) -> Result<Exit> {
    let age = Duration::from_secs(parse_age(&arguments.older_than)?.into());
    let before = SystemTime::now().checked_sub(age).ok_or_else(|| Error::usage("max-age-invalid"))?;
    let mut found = Vec::new();
    for path in &arguments.paths {
        let metadata = fs::symlink_metadata(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
        if metadata.is_symlink() {
            return Err(Error::usage("purge-link").with("path", path.display()));
        }
        collect(path, metadata, before, DEEPEST, &mut found)?;
    }
    for (path, _) in &found {
        session.print(&format!("{}\n", printable(&path.display().to_string())));
    }
    let count = [("count", found.len().into())];
    if found.is_empty() || !(arguments.yes || session.confirms(&session.messages.format("purge-question", &count))) {
        session.note(&session.messages.format("purge-listed", &count));
        return Ok(Exit::Successful);
    }
    let mut exit = Exit::Successful;
    let mut deleted = 0_usize;
    for (path, seen) in &found {
        match delete(path, seen) {
            Ok(()) => deleted += 1,
            Err(error) => {
                exit = exit.worse(error.exit());
                session.note(&screen::error(&error, &session.messages));
            }
        }
    }
    session.note(&session.messages.format("purge-deleted", &[("count", deleted.into())]));
    Ok(exit)
}

/// The dossiers of a path that were last written before a moment. Links are passed by, wherever they lead.
fn collect(path: &Path, metadata: Metadata, before: SystemTime, depth: u8, found: &mut Vec<(PathBuf, Metadata)>) -> Result<()> {
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    if metadata.is_dir() {
        let Some(depth) = depth.checked_sub(1) else { return Ok(()) };
        let mut entries = fs::read_dir(path).map_err(unreadable)?.collect::<std::io::Result<Vec<_>>>().map_err(unreadable)?;
        entries.sort_by_key(fs::DirEntry::path);
        for entry in entries {
            // Of the entry itself: a link is no folder and no file here.
            collect(&entry.path(), entry.metadata().map_err(unreadable)?, before, depth, found)?;
        }
    } else if metadata.is_file() && metadata.modified().map_err(unreadable)? < before && is_dossier(path, &metadata) {
        found.push((path.to_owned(), metadata));
    }
    Ok(())
}

/// Whether a file is a saved dossier: by its content; or, where that is encrypted, by its kind and the ending of its name.
fn is_dossier(path: &Path, metadata: &Metadata) -> bool {
    if metadata.len() > LONGEST_FILE {
        return false;
    }
    let Ok(mut file) = fs::File::open(path) else { return false };
    let mut bytes = Vec::new();
    if file.by_ref().take(AGE_HEADER.len() as u64).read_to_end(&mut bytes).is_err() {
        return false;
    }
    if bytes == AGE_HEADER {
        return path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("soat"));
    }
    let is_whole = bytes.starts_with(&CBOR_TAG) && file.take(LONGEST_FILE).read_to_end(&mut bytes).is_ok();
    is_whole && SavedDossier::from_cbor(&bytes).is_ok()
}

/// Deletes a file that is still the one that was looked at.
fn delete(path: &Path, seen: &Metadata) -> Result<()> {
    let failed = |cause| Error::file("purge-failed", path, &cause);
    let now = fs::symlink_metadata(path).map_err(failed)?;
    if !is_same(&now, seen) {
        return Err(failed(std::io::ErrorKind::ResourceBusy.into()));
    }
    fs::remove_file(path).map_err(failed)
}

#[cfg(unix)]
fn is_same(now: &Metadata, seen: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (now.dev(), now.ino(), now.mtime()) == (seen.dev(), seen.ino(), seen.mtime())
}

#[cfg(not(unix))]
fn is_same(now: &Metadata, seen: &Metadata) -> bool {
    now.is_file() && now.len() == seen.len() && now.modified().ok() == seen.modified().ok()
}

//! What was seen last of each gate's journal, beside the site's file: a journal that does not go on from there was exchanged or cut.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use soat::gate::link::message::Entries;
use soat::gate::sealing::DeviceId;

use crate::error::{Error, Result};
use crate::safe_file;
use crate::trust_folder::Fingerprint;

/// The last entry that was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// SHA-256 of its bytes.
    pub sha256: String,
}

/// Heads by device.
#[derive(Default, Serialize, Deserialize)]
pub struct Heads(BTreeMap<String, Head>);

/// The file beside that of a site.
pub fn beside(site: &Path) -> PathBuf {
    let mut name = site.as_os_str().to_owned();
    name.push(".heads");
    PathBuf::from(name)
}

impl Heads {
    /// What was kept; nothing where there is no file.
    ///
    /// # Errors
    /// That it cannot be read.
    pub fn read(path: &Path) -> Result<Self> {
        match std::fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|cause| Error::file("file-unreadable", path, &cause.into())),
            Err(cause) if cause.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(cause) => Err(Error::file("file-unreadable", path, &cause)),
        }
    }

    /// What was seen last of a gate.
    pub fn of(&self, device: DeviceId) -> Option<&Head> {
        self.0.get(&hex::encode(device.0))
    }

    /// Keeps what was seen last.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&mut self, device: DeviceId, head: Head, path: &Path) -> Result<()> {
        self.0.insert(hex::encode(device.0), head);
        let text = serde_json::to_vec_pretty(&self).map_err(|cause| Error::file("file-unwritable", path, &cause.into()))?;
        safe_file::replace(path, &text).map_err(|cause| Error::file("file-unwritable", path, &cause))
    }
}

impl Head {
    /// The head of an entry.
    pub fn of(number: u64, entry: &[u8]) -> Self {
        Self { number, sha256: Fingerprint::of(entry).hex() }
    }

    /// Compares entries that were asked for from this one on. The journal may have let it go, since it has an end; it may not have another
    /// in its place, and not end before it.
    ///
    /// # Errors
    /// That it is not the same journal.
    pub fn check(&self, entries: &Entries) -> Result<()> {
        let changed = || Error::refused("gate-journal-changed").with("number", self.number);
        if entries.next <= self.number {
            return Err(changed());
        }
        match entries.entries.first() {
            Some(entry) if entries.first == self.number && Self::of(self.number, &entry.0) != *self => Err(changed()),
            Some(_) if entries.first < self.number => Err(changed()),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use soat::gate::link::message::Entry;

    #[test]
    fn a_journal_goes_on_from_what_was_seen() {
        let head = Head::of(5, b"five");
        let entries = |first, next, entries: &[&[u8]]| Entries {
            first,
            next,
            entries: entries.iter().map(|entry| Entry(entry.to_vec())).collect(),
        };
        assert!(head.check(&entries(5, 7, &[b"five", b"six"])).is_ok());
        assert!(head.check(&entries(6, 7, &[b"six"])).is_ok(), "the oldest have gone");
        for wrong in [entries(5, 7, &[b"FIVE", b"six"]), entries(0, 5, &[b"zero"]), entries(0, 0, &[]), entries(4, 9, &[b"four"])]
        {
            assert_eq!(head.check(&wrong).unwrap_err().id(), "gate-journal-changed");
        }
    }

    #[test]
    fn heads_are_kept_by_device() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("site.toml"));
        assert!(path.ends_with("site.toml.heads"));
        let mut heads = Heads::read(&path).unwrap();
        heads.keep(DeviceId([1; 16]), Head::of(3, b"three"), &path).unwrap();
        heads.keep(DeviceId([2; 16]), Head::of(4, b"four"), &path).unwrap();
        let read = Heads::read(&path).unwrap();
        assert_eq!(read.of(DeviceId([1; 16])), Some(&Head::of(3, b"three")));
        assert_eq!(read.of(DeviceId([3; 16])), None);
    }
}

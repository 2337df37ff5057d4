//! How far each gate's journal was seen, beside the site's file: one that does not go on from there was exchanged or cut.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use soat::gate::journal::Head;

use crate::error::{Error, Result};
use crate::gate_site::Gate;
use crate::safe_file;

#[derive(Serialize, Deserialize)]
struct Kept {
    sequence: u64,
    code: String,
}

/// Heads by gate and provisioning: another provisioning begins another journal.
#[derive(Default, Serialize, Deserialize)]
pub struct Heads(BTreeMap<String, Kept>);

/// The file beside that of a site.
pub fn beside(site: &Path) -> PathBuf {
    let mut name = site.as_os_str().to_owned();
    name.push(".heads");
    PathBuf::from(name)
}

fn name(gate: &Gate) -> String {
    format!("{} {}", hex::encode(gate.device.0), gate.provisioned_at)
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

    /// How far a gate's journal was seen.
    pub fn of(&self, gate: &Gate) -> Option<Head> {
        let kept = self.0.get(&name(gate))?;
        Some(Head { sequence: kept.sequence, code: hex::decode(&kept.code).ok()?.try_into().ok()? })
    }

    /// Keeps how far it was seen.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&mut self, gate: &Gate, head: Head, path: &Path) -> Result<()> {
        self.0.insert(name(gate), Kept { sequence: head.sequence, code: hex::encode(head.code) });
        let text = serde_json::to_vec_pretty(&self).map_err(|cause| Error::file("file-unwritable", path, &cause.into()))?;
        safe_file::replace(path, &text).map_err(|cause| Error::file("file-unwritable", path, &cause))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::gate_site::tests::gate;

    #[test]
    fn heads_are_kept_by_gate_and_provisioning() {
        let folder = tempfile::tempdir().unwrap();
        let path = beside(&folder.path().join("site.toml"));
        assert!(path.ends_with("site.toml.heads"));
        let mut heads = Heads::read(&path).unwrap();
        let head = |sequence| Head { sequence, code: [7; 16] };
        heads.keep(&gate(1), head(3), &path).unwrap();
        heads.keep(&gate(2), head(4), &path).unwrap();
        let read = Heads::read(&path).unwrap();
        assert_eq!(read.of(&gate(1)), Some(head(3)));
        assert_eq!(read.of(&gate(3)), None);
        assert_eq!(read.of(&Gate { provisioned_at: "2027-01-01T00:00:00Z".into(), ..gate(1) }), None);
    }
}

//! Master lists in series: what each brought, so that the next import can say what changed. Nothing is ever removed for it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};
use soat::pki::CscaMasterList;

use super::super::description::Description;
use crate::commands::Session;
use crate::error::{Error, Result};
use crate::printable::printable;
use crate::safe_file;
use crate::trust_folder::{Fingerprint, TrustFolder};

/// Where the records stand in the trust folder.
const FOLDER: &str = "master-lists";
/// How many changed certificates are named; the others are counted.
const NAMED: usize = 20;

/// What a list brought.
#[derive(Serialize, Deserialize)]
struct Record {
    source: String,
    signed_at: String,
    /// SHA-256 of the members.
    members: BTreeSet<String>,
    /// Against the list before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    changes: Option<Changes>,
}

/// What a list changed against the one before of the same publisher.
#[derive(Clone, Serialize, Deserialize)]
pub struct Changes {
    /// When the list before was signed.
    since: String,
    came: Vec<Named>,
    went: Vec<Named>,
}

/// A certificate: its SHA-256, and whose it is where that is known.
#[derive(Clone, Serialize, Deserialize)]
struct Named {
    sha256: String,
    subject: Option<String>,
}

/// Names what changed since the last list of the same publisher, and remembers this one if it is later.
pub fn record(list: &CscaMasterList, source: &str, folder: &TrustFolder, session: &mut Session) -> Result<()> {
    let members = list.certificates().iter().map(|member| Fingerprint::of(member.as_der()).hex()).collect();
    let signed_at = list.signature().time.to_string();
    let mut current = Record { source: source.to_owned(), signed_at, members, changes: None };
    let path = path(list, folder);
    let unwritable = |cause| Error::file("trust-unwritable", &path, &cause);
    let last: Option<Record> = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
    if let Some(last) = last {
        if current.signed_at < last.signed_at {
            let arguments = [("time", last.signed_at.into()), ("source", printable(&last.source).into())];
            session.note(&session.messages.format("trust-list-older", &arguments));
            return Ok(());
        }
        let changes = Changes::between(&last, &current, list, folder)?;
        changes.lines(session).iter().for_each(|line| session.note(line));
        // The same list once more changes nothing, and not what the one before it had changed.
        let is_same = current.signed_at == last.signed_at && current.members == last.members;
        current.changes = if is_same { last.changes } else { Some(changes) };
    }
    let text = serde_json::to_vec_pretty(&current).map_err(|cause| unwritable(cause.into()))?;
    folder.create_subfolder(FOLDER)?;
    safe_file::replace(&path, &text).map_err(unwritable)
}

/// What the last list of each publisher had changed, with the name of its file.
///
/// # Errors
/// That the folder cannot be read.
pub fn last_changes(folder: &TrustFolder) -> Result<Vec<(String, Changes)>> {
    let path = folder.path().join(FOLDER);
    if !path.exists() {
        return Ok(Vec::new());
    }
    let unreadable = |cause| Error::file("file-unreadable", &path, &cause);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(&path).map_err(unreadable)? {
        files.push(entry.map_err(unreadable)?.path());
    }
    files.sort();
    let records = files.iter().filter_map(|file| serde_json::from_slice::<Record>(&std::fs::read(file).ok()?).ok());
    Ok(records.filter_map(|record| Some((record.source, record.changes?))).collect())
}

impl Changes {
    fn between(last: &Record, current: &Record, list: &CscaMasterList, folder: &TrustFolder) -> Result<Self> {
        let went: Vec<&String> = last.members.difference(&current.members).collect();
        let anchors = if went.is_empty() { Vec::new() } else { folder.anchors()? };
        let listed = |digits: &str| {
            let found = list.certificates().iter().find(|member| Fingerprint::of(member.as_der()).hex() == digits);
            found.map(|member| Description::of(member.as_der()).subject)
        };
        let held = |digits: &str| {
            let found = anchors.iter().find(|anchor| anchor.fingerprint.hex() == digits);
            found.map(|anchor| Description::of(&anchor.der).subject)
        };
        let named = |digits: &String, subject| Named { sha256: digits.clone(), subject };
        Ok(Self {
            since: last.signed_at.clone(),
            came: current.members.difference(&last.members).map(|digits| named(digits, listed(digits))).collect(),
            went: went.into_iter().map(|digits| named(digits, held(digits))).collect(),
        })
    }

    /// In words: how many, and the first of them by name.
    pub fn lines(&self, session: &Session) -> Vec<String> {
        let counts = [("time", self.since.clone().into()), ("came", self.came.len().into()), ("went", self.went.len().into())];
        let came = self.came.iter().take(NAMED).map(|named| ("trust-list-came", named));
        let went = self.went.iter().take(NAMED).map(|named| ("trust-list-went", named));
        let names = came.chain(went).map(|(id, named)| {
            let subject = named.subject.clone().unwrap_or_else(|| "–".to_owned());
            let short = named.sha256.get(..16).unwrap_or_default().to_owned();
            session.messages.format(id, &[("subject", printable(&subject).into()), ("fingerprint", short.into())])
        });
        std::iter::once(session.messages.format("trust-list-changed", &counts)).chain(names).collect()
    }
}

/// One file a publisher: the name of the root's subject, which stays when its key changes.
fn path(list: &CscaMasterList, folder: &TrustFolder) -> PathBuf {
    let name = Fingerprint::of(list.signature().root.subject.as_der()).hex().to_lowercase();
    folder.path().join(FOLDER).join(name).with_extension("json")
}

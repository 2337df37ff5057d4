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

/// How many changed certificates are named; the others are counted.
const NAMED: usize = 20;

/// What a list brought.
#[derive(Serialize, Deserialize)]
struct Record {
    source: String,
    signed_at: String,
    /// SHA-256 of the members.
    members: BTreeSet<String>,
}

/// Names what changed since the last list of the same publisher, and remembers this one if it is later.
pub fn record(list: &CscaMasterList, source: &str, folder: &TrustFolder, session: &mut Session) -> Result<()> {
    let members = list.certificates().iter().map(|member| Fingerprint::of(member.as_der()).hex()).collect();
    let current = Record { source: source.to_owned(), signed_at: list.signature().time.to_string(), members };
    let path = path(list, folder);
    let unwritable = |cause| Error::file("trust-unwritable", &path, &cause);
    let last: Option<Record> = std::fs::read(&path).ok().and_then(|text| serde_json::from_slice(&text).ok());
    if let Some(last) = last {
        if current.signed_at < last.signed_at {
            let arguments = [("time", last.signed_at.into()), ("source", printable(&last.source).into())];
            session.note(&session.messages.format("trust-list-older", &arguments));
            return Ok(());
        }
        say(&last, &current, list, folder, session)?;
    }
    let text = serde_json::to_vec_pretty(&current).map_err(|cause| unwritable(cause.into()))?;
    folder.create_subfolder("master-lists")?;
    safe_file::replace(&path, &text).map_err(unwritable)
}

fn say(last: &Record, current: &Record, list: &CscaMasterList, folder: &TrustFolder, session: &mut Session) -> Result<()> {
    let came: Vec<&String> = current.members.difference(&last.members).collect();
    let went: Vec<&String> = last.members.difference(&current.members).collect();
    let counts = [("time", last.signed_at.clone().into()), ("came", came.len().into()), ("went", went.len().into())];
    session.note(&session.messages.format("trust-list-changed", &counts));
    let anchors = if went.is_empty() { Vec::new() } else { folder.anchors()? };
    let listed = |digits: &str| {
        let found = list.certificates().iter().find(|member| Fingerprint::of(member.as_der()).hex() == digits);
        found.map(|member| Description::of(member.as_der()).subject)
    };
    let held = |digits: &str| {
        let found = anchors.iter().find(|anchor| anchor.fingerprint.hex() == digits);
        found.map(|anchor| Description::of(&anchor.der).subject)
    };
    for (id, digits, subject) in came
        .iter()
        .take(NAMED)
        .map(|digits| ("trust-list-came", digits, listed(digits)))
        .chain(went.iter().take(NAMED).map(|digits| ("trust-list-went", digits, held(digits))))
    {
        let arguments = [
            ("subject", printable(&subject.unwrap_or_else(|| "–".to_owned())).into()),
            ("fingerprint", digits.get(..16).unwrap_or_default().to_owned().into()),
        ];
        session.note(&session.messages.format(id, &arguments));
    }
    Ok(())
}

/// One file a publisher: the name of the root's subject, which stays when its key changes.
fn path(list: &CscaMasterList, folder: &TrustFolder) -> PathBuf {
    let name = Fingerprint::of(list.signature().root.subject.as_der()).hex().to_lowercase();
    folder.path().join("master-lists").join(name).with_extension("json")
}

//! The lists and document signers of the store, for `soat trust list` and `soat trust show`.

use std::fmt::Write;

use serde_json::{Value, json};
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::SignerRoot;
use soat::pki::{CertificateList, DeviationList};

use super::{Description, details};
use crate::commands::Session;
use crate::error::{Error, Result};
use crate::printable::printable;
use crate::trust_folder::{Kind, Published, TrustFolder};

/// The fewest digits that name an object.
const FEWEST_DIGITS: usize = 4;

/// Adds the lists to the document of `soat trust list --json`.
pub fn add_to_json(folder: &TrustFolder, document: &mut Value) -> Result<()> {
    let mut lists = Vec::new();
    for object in folder.published(Kind::RevocationList)? {
        let list = CertificateList::from_der(&object.bytes).ok();
        lists.push(json!({
            "sha256": object.fingerprint.hex(),
            "issuer": list.as_ref().map(|list| list.issuer().to_string()),
            "this_update": list.as_ref().map(|list| list.this_update().to_string()),
            "next_update": list.as_ref().map(|list| list.next_update().to_string()),
            "revoked": list.as_ref().map(CertificateList::len),
            "provenance": object.origin,
        }));
    }
    let named = |object: &Published| json!({ "sha256": object.fingerprint.hex(), "provenance": object.origin });
    let deviations: Vec<Value> = folder.published(Kind::DeviationList)?.iter().map(named).collect();
    let signers = folder.published(Kind::Signer)?.len();
    if let Some(document) = document.as_object_mut() {
        document.insert("revocation_lists".to_owned(), lists.into());
        document.insert("deviation_lists".to_owned(), deviations.into());
        document.insert("signers".to_owned(), signers.into());
    }
    Ok(())
}

/// The lists on lines of their own; nothing where there is none.
pub fn lines(folder: &TrustFolder, session: &Session) -> Result<String> {
    let mut text = String::new();
    let kinds = [(Kind::RevocationList, "trust-list-crls"), (Kind::DeviationList, "trust-list-deviations")];
    for (kind, heading) in kinds {
        let objects = folder.published(kind)?;
        if !objects.is_empty() {
            let _ = writeln!(text, "{}", session.messages.text(heading));
        }
        for object in &objects {
            let _ = writeln!(text, "{}  {}", object.fingerprint.hex(), description(kind, object, folder, session)?);
        }
    }
    let signers = folder.published(Kind::Signer)?.len();
    if signers > 0 {
        let _ = writeln!(text, "{}", session.messages.format("trust-list-signers", &[("count", signers.into())]));
    }
    Ok(text)
}

/// A list or a document signer whose fingerprint begins so; `None` where none does.
pub fn show(folder: &TrustFolder, beginning: &str, session: &Session) -> Result<Option<String>> {
    let Some((kind, object)) = find(folder, beginning)? else { return Ok(None) };
    let from = [("source", printable(&object.origin.source).into()), ("time", object.origin.added_at.clone().into())];
    let text = match kind {
        Kind::Signer => details(&object.bytes, session),
        _ => format!("{}\nSHA-256: {}\n", description(kind, &object, folder, session)?, object.fingerprint.grouped()),
    };
    Ok(Some(format!("{text}{}\n", session.messages.format("trust-from", &from))))
}

/// The one list or document signer whose fingerprint begins so; `None` where none does.
///
/// # Errors
/// That several begin so, an anchor among them or not.
pub fn find(folder: &TrustFolder, beginning: &str) -> Result<Option<(Kind, Published)>> {
    let digits: String = beginning.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_uppercase();
    if digits.len() < FEWEST_DIGITS {
        return Ok(None);
    }
    let mut found = Vec::new();
    for kind in Kind::ALL {
        let objects = folder.published(kind)?.into_iter();
        found.extend(objects.filter(|object| object.fingerprint.hex().starts_with(&digits)).map(|object| (kind, object)));
    }
    let Some(first) = found.pop() else { return Ok(None) };
    if !found.is_empty() || folder.find_any(beginning).is_ok() {
        return Err(Error::usage("trust-anchor-ambiguous").with("fingerprint", beginning.to_owned()));
    }
    Ok(Some(first))
}

/// What to call it.
pub fn name(kind: Kind, object: &Published) -> String {
    let issuer = match kind {
        Kind::RevocationList => CertificateList::from_der(&object.bytes).ok().map(|list| list.issuer().to_string()),
        Kind::Signer => Some(Description::of(&object.bytes).subject),
        Kind::DeviationList => None,
    };
    printable(&issuer.unwrap_or_else(|| object.origin.source.clone()))
}

/// What a list is, in a sentence.
fn description(kind: Kind, object: &Published, folder: &TrustFolder, session: &Session) -> Result<String> {
    let dash = || printable(&object.origin.source);
    if kind == Kind::RevocationList {
        let Ok(list) = CertificateList::from_der(&object.bytes) else { return Ok(dash()) };
        let arguments = [
            ("issuer", printable(&list.issuer().to_string()).into()),
            ("from", list.this_update().to_string().into()),
            ("to", list.next_update().to_string().into()),
            ("count", list.len().into()),
        ];
        return Ok(session.messages.format("trust-crl-imported", &arguments));
    }
    let (store, _) = folder.store()?;
    let Ok(list) = DeviationList::verify(&object.bytes, SignerRoot::Store, &store, &RustCrypto) else { return Ok(dash()) };
    let arguments = [
        ("issuer", printable(&list.signature().root.subject.to_string()).into()),
        ("time", list.signature().time.to_string().into()),
        ("count", list.entries().len().into()),
    ];
    Ok(session.messages.format("trust-deviations-imported", &arguments))
}

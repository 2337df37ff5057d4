//! `soat trust add`: anchors by certificate, never without a confirmed fingerprint.

use std::io::IsTerminal;
use std::path::Path;

use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::{Certificate, CscaMasterList};

use super::import::master_list::refused;
use super::import::recognise::{self, Content};
use super::{certificates_of, details, said};
use crate::command_line::TrustAdd;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::trust_folder::{Confirmation, Fingerprint, Provenance, TrustFolder, fixture_authority};

/// Consent in either language; without an input method no Vietnamese letters can be typed.
const YES: [&str; 3] = ["yes", "có", "co"];

/// Adds certificates.
///
/// # Errors
/// That one is not an anchor, or was not confirmed. Then none of its file is added.
pub fn run(arguments: &TrustAdd, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let given = fingerprints(&arguments.fingerprint)?;

    let mut candidates = Vec::new();
    for path in &arguments.files {
        let name = path.display().to_string();
        let certificates = match out_of_list(path, &given)? {
            Some(listed) => listed,
            None => certificates_of(path)?,
        };
        for certificate in certificates {
            check_role(&certificate, &name)?;
            let demonstration = fixture_authority::owns(&certificate);
            if demonstration && !arguments.demonstration {
                return Err(Error::usage("trust-demonstration").with("path", name));
            }
            candidates.push((name.clone(), certificate, demonstration));
        }
    }
    for (name, certificate, demonstration) in candidates {
        let text = details(certificate.as_der(), session);
        session.note(text.trim_end());
        let confirmed = confirm(&name, Fingerprint::of(certificate.as_der()), &given, session)?;
        let provenance = Provenance {
            source: name,
            added_at: now().to_string(),
            confirmed,
            list_signer_root: None,
            list_signed_at: None,
            linked_by: None,
            demonstration,
        };
        let is_new = folder.add(certificate.as_der(), &provenance)?;
        said(session, if is_new { "trust-added" } else { "trust-already" }, certificate.as_der());
    }
    Ok(Exit::Successful)
}

/// Out of a master list, the certificates with the fingerprints that the operator gave: the list is the envelope that they came in, and
/// vouches for nothing. `None` where the file is no master list.
fn out_of_list(path: &Path, given: &[Fingerprint]) -> Result<Option<Vec<Certificate>>> {
    let bytes = std::fs::read(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    let Some(Content::MasterList(list)) = recognise::content(&bytes) else { return Ok(None) };
    let candidates =
        CscaMasterList::candidates(&list, &RustCrypto).map_err(|error| refused(&path.display().to_string(), &error))?;
    let sought = |certificate: &Certificate| given.contains(&Fingerprint::of(certificate.as_der()));
    let mut found: Vec<Certificate> = candidates.into_iter().filter(sought).collect();
    found.dedup();
    if found.is_empty() {
        return Err(Error::usage("trust-fingerprint-not-in-list").with("path", path.display().to_string()));
    }
    Ok(Some(found))
}

/// An anchor is a certification authority with a usable key; where it signed itself, the signature holds.
fn check_role(certificate: &Certificate, path: &str) -> Result<()> {
    let refused = |id| Error::usage(id).with("path", path.to_owned());
    if !certificate.extensions.is_certificate_authority() {
        return Err(refused("trust-not-a-csca"));
    }
    let key = certificate.public_key().map_err(|cause| refused("trust-not-a-certificate").with("cause", cause.to_string()))?;
    let own = certificate.extensions.authority_key_identifier.is_none() || certificate.extensions.authority_key_matches_own();
    if certificate.is_self_issued() && own && certificate.verify_signed_by(&key, &RustCrypto).is_err() {
        return Err(refused("trust-self-signature"));
    }
    Ok(())
}

/// The fingerprints of a command line.
///
/// # Errors
/// That one of them is none.
pub fn fingerprints(texts: &[String]) -> Result<Vec<Fingerprint>> {
    let parse = |text: &String| Fingerprint::parse(text).ok_or_else(|| Error::usage("trust-fingerprint-invalid"));
    texts.iter().map(parse).collect()
}

/// Compares with the fingerprints given, or asks at the terminal.
///
/// # Errors
/// That it is not confirmed.
pub fn confirm(path: &str, fingerprint: Fingerprint, given: &[Fingerprint], session: &mut Session) -> Result<Confirmation> {
    if given.contains(&fingerprint) {
        return Ok(Confirmation::Fingerprint);
    }
    if !given.is_empty() {
        let error = Error::usage("trust-fingerprint-differs");
        return Err(error.with("path", path.to_owned()).with("found", fingerprint.hex()));
    }
    if !std::io::stdin().is_terminal() {
        return Err(Error::usage("trust-not-confirmed"));
    }
    let question = session.messages.text("trust-question");
    session.ask(&question);
    let mut answer = String::new();
    let read = std::io::stdin().read_line(&mut answer);
    if read.is_ok() && YES.contains(&answer.trim().to_lowercase().as_str()) {
        Ok(Confirmation::Question)
    } else {
        Err(Error::usage("trust-not-confirmed"))
    }
}

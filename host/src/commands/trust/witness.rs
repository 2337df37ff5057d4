//! `soat trust add-terminal` and `add-time-stamper`: whose word counts about saved dossiers, never without a confirmed fingerprint.

use std::path::Path;

use soat::evidence::TerminalKey;
use soat::pki::certificate::extensions::TIME_STAMPING;

use super::add::{confirm, fingerprints};
use super::{certificates_of, details};
use crate::command_line::TrustAddWitness;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::trust_folder::{Fingerprint, Pinned, Provenance, TrustFolder};

/// Adds the public keys of terminals.
///
/// # Errors
/// That a file holds none, or that one was not confirmed.
pub fn add_terminal(arguments: &TrustAddWitness, session: &mut Session) -> Result<Exit> {
    let keys = arguments.files.iter().map(|path| Ok((path.display().to_string(), read_key(path)?)));
    for (source, key) in keys.collect::<Result<Vec<_>>>()? {
        add(Pinned::Terminal, key.spki(), source, arguments, session)?;
    }
    Ok(Exit::Successful)
}

/// Adds the certificates of time-stamp authorities, or of those who issue them.
///
/// # Errors
/// That a certificate is neither, or that one was not confirmed.
pub fn add_time_stamper(arguments: &TrustAddWitness, session: &mut Session) -> Result<Exit> {
    let mut found = Vec::new();
    for path in &arguments.files {
        for certificate in certificates_of(path)? {
            let usage = certificate.extensions.extended_key_usage.as_deref().unwrap_or_default();
            if !usage.contains(&TIME_STAMPING) && !certificate.extensions.is_certificate_authority() {
                return Err(Error::usage("trust-not-a-time-stamper").with("path", path.display().to_string()));
            }
            found.push((path.display().to_string(), certificate));
        }
    }
    for (source, certificate) in found {
        add(Pinned::TimeStamper, certificate.as_der(), source, arguments, session)?;
    }
    Ok(Exit::Successful)
}

fn add(kind: Pinned, der: &[u8], source: String, arguments: &TrustAddWitness, session: &mut Session) -> Result<()> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let given = fingerprints(&arguments.fingerprint)?;
    let text = match kind {
        Pinned::Terminal => terminal_details(der, session),
        _ => details(der, session),
    };
    session.note(text.trim_end());
    let confirmed = confirm(&source, Fingerprint::of(der), &given, session)?;
    let provenance = Provenance {
        source: source.clone(),
        added_at: now().to_string(),
        confirmed,
        list_signer_root: None,
        list_signed_at: None,
        linked_by: None,
        demonstration: false,
    };
    let is_new = folder.add_as(kind, der, &provenance)?;
    let id = if is_new { "trust-added" } else { "trust-already" };
    session.print(&format!("{}\n", session.messages.format(id, &[("subject", source.into())])));
    Ok(())
}

/// A terminal's key for people to compare.
pub fn terminal_details(spki: &[u8], session: &Session) -> String {
    let name = TerminalKey::from_spki(spki).map_or("–", |key| key.name());
    let key = session.messages.format("trust-key", &[("key", name.into())]);
    let fingerprint = Fingerprint::of(spki).grouped();
    let sha256 = session.messages.format("trust-sha256", &[("fingerprint", fingerprint.into())]);
    format!("{}\n{key}\n{sha256}\n", session.messages.text("trust-terminal"))
}

/// A public key in DER or PEM.
pub fn read_key(path: &Path) -> Result<TerminalKey> {
    let bytes = std::fs::read(path).map_err(|cause| Error::file("file-unreadable", path, &cause))?;
    let invalid = || Error::usage("trust-not-a-terminal-key").with("path", path.display().to_string());
    let spki = if bytes.first() == Some(&0x30) {
        bytes
    } else {
        let block = x509_parser::pem::Pem::iter_from_buffer(&bytes).next().and_then(std::result::Result::ok);
        block.filter(|block| block.label == "PUBLIC KEY").ok_or_else(invalid)?.contents
    };
    TerminalKey::from_spki(&spki).map_err(|_| invalid())
}

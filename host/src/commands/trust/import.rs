//! `soat trust import`: whatever authorities publish, recognised by its content. Each is verified to an anchor, or to a root that the
//! operator named, before anything of it is kept.

mod directory;
mod history;
pub mod master_list;
pub mod recognise;

use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::crl::CrlError;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CertificateList, DeviationList, LinkError, TrustStore, VerifiedCrl, VerifiedLink};
use soat::trust_snapshot;

pub use self::history::last_changes;
use self::master_list::Root;
use self::recognise::Content;
use super::{said, snapshot};
use crate::command_line::TrustImport;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::trust_folder::{Confirmation, Fingerprint, Kind, Origin, Provenance, TrustFolder, fixture_authority};

/// No published file is as long; a file that is, is not read. The directory of all states has some 100 MB.
const LONGEST_FILE: u64 = 512 * 1024 * 1024;

/// The file that something comes from.
pub struct Source<'a> {
    /// Its name.
    name: String,
    /// Whether the fixture authority is accepted.
    demonstration: bool,
    /// The file that `--signer` names, or a fingerprint.
    signer: Option<&'a str>,
}

/// Imports a file.
///
/// # Errors
/// That it cannot be read, is nothing that can be imported, or does not verify. Then nothing of it is kept.
pub fn run(arguments: &TrustImport, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let path = &arguments.file;
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    if std::fs::metadata(path).map_err(unreadable)?.len() > LONGEST_FILE {
        return Err(Error::usage("file-too-large").with("path", path.display().to_string()));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let source =
        Source { name: path.display().to_string(), demonstration: arguments.demonstration, signer: arguments.signer.as_deref() };
    let is_snapshot = trust_snapshot::looks_like(&bytes);
    if is_snapshot || arguments.key.is_some() {
        if !is_snapshot {
            return Err(Error::usage("trust-not-a-snapshot").with("path", source.name));
        }
        return snapshot::import(&bytes, &source.name, arguments, &folder, session);
    }
    match recognise::content(&bytes).ok_or_else(|| Error::usage("trust-import-unknown").with("path", source.name.clone()))? {
        Content::MasterList(bytes) => {
            let counts = master_list::import(&bytes, &source, &Root::named(source.signer)?, &folder, session)?;
            let counts = [("added", counts.added.into()), ("already", counts.already.into()), ("refused", counts.refused.into())];
            session.print(&format!("{}\n", session.messages.format("trust-imported", &counts)));
        }
        Content::DeviationList(bytes) => deviation_list(&bytes, &source, &folder, session)?,
        Content::RevocationList(bytes) => {
            let outcome = revocation_list(&bytes, &source.name, &folder, &mut folder.store()?.0)?
                .map_err(|error| refused_crl(&source.name, error))?;
            told(session, if outcome { "trust-crl-imported" } else { "trust-crl-already" }, &bytes);
        }
        Content::Certificate(bytes) => link(&bytes, &source, &folder, session)?,
        Content::Directory => directory::import(&bytes, &source, &folder, session)?,
    }
    Ok(Exit::Successful)
}

fn origin(name: &str) -> Origin {
    Origin { source: name.to_owned(), added_at: now().to_string() }
}

/// Keeps a revocation list that an anchor signed; `false` where one as late is there. One that it supersedes is discarded.
fn revocation_list(
    bytes: &[u8],
    name: &str,
    folder: &TrustFolder,
    store: &mut TrustStore,
) -> Result<std::result::Result<bool, CrlError>> {
    let verified = CertificateList::from_der(bytes).and_then(|list| VerifiedCrl::verify(list, store, &RustCrypto));
    let crl = match verified {
        Ok(crl) => crl,
        Err(error) => return Ok(Err(error)),
    };
    let superseded: Vec<Fingerprint> = store
        .revocation_lists()
        .filter(|known| known.has_key_of(&crl) && known.list().issuer().matches(crl.list().issuer()))
        .map(|known| Fingerprint::of(known.list().as_der()))
        .collect();
    if !store.add_revocation_list(crl) {
        return Ok(Ok(false));
    }
    folder.keep(Kind::RevocationList, bytes, &origin(name))?;
    for old in superseded {
        folder.discard(Kind::RevocationList, old)?;
    }
    Ok(Ok(true))
}

fn refused_crl(name: &str, error: CrlError) -> Error {
    let id = match error {
        CrlError::IssuerUnknown => "trust-crl-issuer-unknown",
        CrlError::Crypto(_) => "trust-crl-signature",
        _ => "trust-crl-invalid",
    };
    Error::usage(id).with("path", name.to_owned()).with("cause", error.to_string())
}

/// Says what became of a revocation list.
fn told(session: &mut Session, id: &'static str, bytes: &[u8]) {
    let Ok(list) = CertificateList::from_der(bytes) else { return };
    let arguments = [
        ("issuer", crate::printable::printable(&list.issuer().to_string()).into()),
        ("from", list.this_update().to_string().into()),
        ("to", list.next_update().to_string().into()),
        ("count", list.len().into()),
    ];
    session.print(&format!("{}\n", session.messages.format(id, &arguments)));
}

fn deviation_list(bytes: &[u8], source: &Source<'_>, folder: &TrustFolder, session: &mut Session) -> Result<()> {
    let (store, _) = folder.store()?;
    // It changes what the report says: so its authority must be an anchor, not a root named for this once.
    let list = DeviationList::verify(bytes, SignerRoot::Store, &store, &RustCrypto)
        .map_err(|error| master_list::refused(&source.name, &error))?;
    let is_new = folder.keep(Kind::DeviationList, bytes, &origin(&source.name))?;
    let arguments = [
        ("issuer", crate::printable::printable(&list.signature().root.subject.to_string()).into()),
        ("time", list.signature().time.to_string().into()),
        ("count", list.entries().len().into()),
    ];
    let id = if is_new { "trust-deviations-imported" } else { "trust-deviations-already" };
    session.print(&format!("{}\n", session.messages.format(id, &arguments)));
    Ok(())
}

/// A certificate: only one that an anchor signed as the successor of its own key.
fn link(bytes: &[u8], source: &Source<'_>, folder: &TrustFolder, session: &mut Session) -> Result<()> {
    let invalid = |cause: String| Error::usage("trust-link-refused").with("path", source.name.clone()).with("cause", cause);
    let certificate = Certificate::from_der(bytes).map_err(|cause| invalid(cause.to_string()))?;
    let (store, _) = folder.store()?;
    let demonstration = fixture_authority::owns(&certificate);
    if demonstration && !source.demonstration {
        return Err(Error::usage("trust-demonstration").with("path", source.name.clone()));
    }
    let link = VerifiedLink::verify(certificate, &store, &RustCrypto).map_err(|error| match error {
        LinkError::SelfSigned => Error::usage("trust-link-is-root").with("path", source.name.clone()),
        other => invalid(other.to_string()),
    })?;
    let provenance = Provenance {
        source: source.name.clone(),
        added_at: now().to_string(),
        confirmed: Confirmation::Link,
        list_signer_root: None,
        list_signed_at: None,
        linked_by: Some(Fingerprint::of(link.issuer().certificate.as_der()).hex()),
        demonstration: demonstration || link.issuer().demonstration,
    };
    let is_new = folder.add(bytes, &provenance)?;
    said(session, if is_new { "trust-added" } else { "trust-already" }, bytes);
    Ok(())
}

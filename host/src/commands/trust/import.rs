//! `soat trust import`: a master list, whose members become anchors only after its signature verified to a root that the operator named.

use std::path::Path;

use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CmsError, CscaMasterList, ListError};

use super::certificates_of;
use super::description::Description;
use crate::command_line::TrustImport;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::render::screen::printable;
use crate::trust_folder::{Confirmation, Fingerprint, Provenance, TrustFolder, fixture_authority};

/// No published list is as long; a file that is, is not read.
const LONGEST_LIST: u64 = 64 * 1024 * 1024;

/// The root that the operator named.
enum Root {
    Certificate(Box<Certificate>),
    Fingerprint(Digest),
}

/// Imports a list.
///
/// # Errors
/// That the list cannot be read, that its signature is wrong, or that its signer does not hang on the root. Then nothing is added.
pub fn run(arguments: &TrustImport, session: &mut Session) -> Result<Exit> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let (store, _) = folder.store()?;
    let root = root(&arguments.signer)?;
    let unreadable = |cause| Error::file("file-unreadable", &arguments.list, &cause);
    if std::fs::metadata(&arguments.list).map_err(unreadable)?.len() > LONGEST_LIST {
        return Err(Error::usage("file-too-large").with("path", arguments.list.display().to_string()));
    }
    let bytes = std::fs::read(&arguments.list).map_err(unreadable)?;
    let pinned = match &root {
        Root::Certificate(certificate) => SignerRoot::Certificate(certificate),
        Root::Fingerprint(digest) => SignerRoot::Fingerprint(*digest),
    };
    let list = CscaMasterList::verify(&bytes, pinned, &store, &RustCrypto).map_err(|error| refused(&arguments.list, &error))?;

    let signer = printable(&Description::of(list.signer().as_der()).subject);
    let signed = [("time", list.signing_time().to_string().into()), ("signer", signer.into())];
    session.note(&session.messages.format("trust-list-signed", &signed));
    let provenance = Provenance {
        source: arguments.list.display().to_string(),
        added_at: now().to_string(),
        confirmed: Confirmation::MasterList,
        list_signer_root: Some(Fingerprint::of(list.root().as_der()).hex()),
        list_signed_at: Some(list.signing_time().to_string()),
        demonstration: false,
    };
    let (mut added, mut already, mut refused) = (0_usize, 0_usize, 0_usize);
    for error in list.unreadable() {
        refused += 1;
        session.note(&refusal("–", &error.to_string(), session));
    }
    for certificate in list.certificates() {
        let demonstration = fixture_authority::owns(certificate);
        if let Some(cause) = unusable(certificate, demonstration && !arguments.demonstration) {
            refused += 1;
            session.note(&refusal(&Description::of(certificate.as_der()).subject, &cause, session));
            continue;
        }
        let is_new = folder.add(certificate.as_der(), &Provenance { demonstration, ..provenance.clone() })?;
        *(if is_new { &mut added } else { &mut already }) += 1;
    }
    let counts = [("added", added.into()), ("already", already.into()), ("refused", refused.into())];
    session.print(&format!("{}\n", session.messages.format("trust-imported", &counts)));
    Ok(Exit::Successful)
}

/// The certificate of a file, or a fingerprint.
fn root(signer: &str) -> Result<Root> {
    let path = Path::new(signer);
    if path.is_file() {
        let first = certificates_of(path)?.into_iter().next();
        return first.map(|certificate| Root::Certificate(Box::new(certificate))).ok_or_else(|| missing(signer));
    }
    let digest = Fingerprint::parse(signer).and_then(|fingerprint| Digest::new(fingerprint.as_ref()));
    digest.map(Root::Fingerprint).ok_or_else(|| missing(signer))
}

fn missing(signer: &str) -> Error {
    Error::usage("trust-signer-missing").with("name", signer.to_owned())
}

/// Why a member of the list cannot be an anchor.
fn unusable(certificate: &Certificate, foreign_to_real_cards: bool) -> Option<String> {
    if foreign_to_real_cards {
        return Some("fixture authority (--demonstration)".to_owned());
    }
    if certificate.extensions.denies_authority() {
        return Some("its key does not sign certificates".to_owned());
    }
    certificate.public_key().err().map(|error| error.to_string())
}

fn refusal(subject: &str, cause: &str, session: &Session) -> String {
    let arguments = [("subject", printable(subject).into()), ("cause", cause.to_owned().into())];
    session.messages.format("trust-list-refused", &arguments)
}

fn refused(path: &Path, error: &ListError) -> Error {
    let id = match error {
        ListError::Message(CmsError::Signature(_) | CmsError::MessageDigestMismatch) => "trust-list-signature",
        ListError::SignerUntrusted | ListError::NotValidAtSigning { .. } => "trust-list-signer-unknown",
        _ => "trust-list-invalid",
    };
    Error::usage(id).with("path", path.display().to_string()).with("cause", error.to_string())
}

//! Master lists, whose members become anchors only after its signature verified to a root that the operator named.

use std::path::Path;

use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::{MemberSignature, SignerRoot};
use soat::pki::{Certificate, CmsError, CscaMasterList, ListError};

use super::super::certificates_of;
use super::super::description::Description;
use super::{Source, history};
use crate::commands::{Session, now};
use crate::error::{Error, Result};
use crate::printable::printable;
use crate::trust_folder::fixture_authority;
use crate::trust_folder::{Confirmation, Fingerprint, Pinned, Provenance, TrustFolder};

/// The root that a list's signer must hang on: what the operator named, else an anchor of the store.
pub enum Root {
    /// The certificate of a file.
    Certificate(Box<Certificate>),
    /// The anchor of the store with this fingerprint.
    Fingerprint(Digest),
    /// Any anchor.
    Store,
}

impl Root {
    /// What `--signer` names.
    ///
    /// # Errors
    /// That it is neither a file nor a fingerprint.
    pub fn named(signer: Option<&str>) -> Result<Self> {
        signer.map_or(Ok(Self::Store), root)
    }

    /// The same for verifying a list.
    pub fn pinned(&self) -> SignerRoot<'_> {
        match self {
            Self::Certificate(certificate) => SignerRoot::Certificate(certificate),
            Self::Fingerprint(digest) => SignerRoot::Fingerprint(*digest),
            Self::Store => SignerRoot::Store,
        }
    }
}

/// What became of the members of a list.
#[derive(Clone, Copy, Default)]
pub struct Counts {
    /// New anchors.
    pub added: usize,
    /// Anchors that were there.
    pub already: usize,
    /// Members that cannot be anchors.
    pub refused: usize,
}

/// Imports a list. Anchors that an earlier list brought and this one does not have stay.
///
/// # Errors
/// That the list cannot be read, that its signature is wrong, or that its signer does not hang on the root. Then nothing is added.
pub fn import(bytes: &[u8], source: &Source<'_>, root: &Root, folder: &TrustFolder, session: &mut Session) -> Result<Counts> {
    let (store, _) = folder.store()?;
    let list =
        CscaMasterList::verify(bytes, root.pinned(), &store, &RustCrypto).map_err(|error| refused(&source.name, &error))?;

    let signer = printable(&Description::of(list.signature().signer.as_der()).subject);
    let signed = [("time", list.signature().time.to_string().into()), ("signer", signer.into())];
    session.note(&session.messages.format("trust-list-signed", &signed));
    let provenance = Provenance {
        source: source.name.clone(),
        added_at: now().to_string(),
        confirmed: Confirmation::MasterList,
        list_signer_root: Some(Fingerprint::of(list.signature().root.as_der()).hex()),
        list_signed_at: Some(list.signature().time.to_string()),
        linked_by: None,
        demonstration: false,
    };
    let mut counts = Counts::default();
    for error in list.unreadable() {
        counts.refused += 1;
        session.note(&refusal("–", &error.to_string(), session));
    }
    let root = &list.signature().root;
    let held_root = store.find(&root.fingerprint(&RustCrypto));
    let of_demonstration = fixture_authority::owns(root) || held_root.is_some_and(|anchor| anchor.demonstration);
    let signatures = list.check_members(&store, &RustCrypto);
    let mut members = Vec::new();
    for (certificate, signature) in list.certificates().iter().zip(signatures) {
        // Whoever has the root's key vouches for any certificate: one that everyone has makes nothing but demonstrations.
        let demonstration = of_demonstration || fixture_authority::owns(certificate);
        if let Some(cause) = unusable(certificate, signature, demonstration && !source.demonstration) {
            counts.refused += 1;
            session.note(&refusal(&Description::of(certificate.as_der()).subject, &cause, session));
            continue;
        }
        members.push((certificate.as_der(), Provenance { demonstration, ..provenance.clone() }));
    }
    counts.added = folder.add_all(Pinned::Anchor, &members)?;
    counts.already = members.len() - counts.added;
    history::record(&list, &source.name, folder, session)?;
    Ok(counts)
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
fn unusable(certificate: &Certificate, signature: MemberSignature, foreign_to_real_cards: bool) -> Option<String> {
    if foreign_to_real_cards {
        return Some("fixture authority (--demonstration)".to_owned());
    }
    if certificate.extensions.denies_authority() {
        return Some("its key does not sign certificates".to_owned());
    }
    if signature == MemberSignature::Invalid {
        return Some("its signature is wrong".to_owned());
    }
    certificate.public_key().err().map(|error| error.to_string())
}

fn refusal(subject: &str, cause: &str, session: &Session) -> String {
    let arguments = [("subject", printable(subject).into()), ("cause", session.messages.cause(cause).into())];
    session.messages.format("trust-list-refused", &arguments)
}

/// Why a list is refused.
pub fn refused(path: &str, error: &ListError) -> Error {
    if *error == ListError::RootUnknown {
        return Error::usage("trust-signer-unknown").with("path", path);
    }
    let id = match error {
        ListError::Message(CmsError::Signature(_) | CmsError::MessageDigestMismatch) => "trust-list-signature",
        ListError::SignerUntrusted | ListError::SignerRevoked | ListError::NotValidAtSigning { .. } => {
            "trust-list-signer-unknown"
        }
        _ => "trust-list-invalid",
    };
    Error::usage(id).with("path", path.to_owned()).with("cause", error.to_string())
}

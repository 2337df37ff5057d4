//! CSCA master lists (ICAO 9303-12 §9): certificates that one state vouches for.
//!
//! A list proves nothing by itself. It counts only under a signer whose own issuer was pinned beforehand; a certificate that only the
//! list brings is never its anchor.

use alloc::string::String;
use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::certificate::extensions::MASTER_LIST_SIGNER;
use super::certificate::{Certificate, CertificateError};
use super::chain::{self, Chain};
use super::signed_list;
use super::trust_store::{Provenance, TrustStore};
use crate::crypto::Provider;
use crate::tlv::{Cursor, Rules};

pub use super::signed_list::{ListError, ListSignature, SignerRoot};

const ID_MASTER_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.2");

/// A master list whose signature was verified up to a pinned root. It cannot be made in any other way.
///
/// ```text
/// CscaMasterList ::= SEQUENCE { version INTEGER (0), certList SET OF Certificate }
/// ```
#[derive(Clone, Debug)]
pub struct CscaMasterList {
    certificates: Vec<Certificate>,
    unreadable: Vec<CertificateError>,
    signature: ListSignature,
}

/// Whose key signed a member of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberSignature {
    /// Its own: it is a root.
    Own,
    /// That of another member, or of an anchor: it is a link certificate.
    Issuer,
    /// That of an authority which is in neither the list nor the store.
    IssuerAbsent,
    /// The signature does not hold: neither under its own key, which it names, nor under that of the issuer that it names.
    Invalid,
}

impl CscaMasterList {
    /// Reads a list and verifies it: its signature, the signer's role, validity at the time of signing, and the path to the root.
    ///
    /// # Errors
    /// The first rule that the list breaks.
    pub fn verify(bytes: &[u8], root: SignerRoot<'_>, store: &TrustStore, provider: &dyn Provider) -> Result<Self, ListError> {
        let message = signed_list::open(bytes, ID_MASTER_LIST, provider)?;
        let signature = signed_list::judge_signer(&message, MASTER_LIST_SIGNER, root, store, provider)?;
        let (certificates, unreadable) = members(message.content())?;
        Ok(Self { certificates, unreadable, signature })
    }

    /// The certificates in a list and in its message, whoever signed it: what a root is sought in whose fingerprint an operator got by
    /// another way. Nothing of it is trusted.
    ///
    /// # Errors
    /// Where the message is no list, or its signature does not hold under the certificate that it brings.
    pub fn candidates(bytes: &[u8], provider: &dyn Provider) -> Result<Vec<Certificate>, ListError> {
        let message = signed_list::open(bytes, ID_MASTER_LIST, provider)?;
        let (mut certificates, _) = members(message.content())?;
        certificates.extend_from_slice(message.certificates());
        Ok(certificates)
    }

    /// Checks the signature of every member, in their order: under its own key, that of another member, or that of an anchor.
    pub fn check_members(&self, store: &TrustStore, provider: &dyn Provider) -> Vec<MemberSignature> {
        let mut everyone = store.clone();
        for certificate in &self.certificates {
            everyone.add(certificate.clone(), Provenance::Operator { source: String::new() }, false, provider);
        }
        self.certificates.iter().map(|member| signature_of(member, &everyone, provider)).collect()
    }

    /// The certificates that the list brings.
    pub fn certificates(&self) -> &[Certificate] {
        &self.certificates
    }

    /// Takes the certificates out.
    pub fn into_certificates(self) -> Vec<Certificate> {
        self.certificates
    }

    /// Why members of the list could not be read.
    pub fn unreadable(&self) -> &[CertificateError] {
        &self.unreadable
    }

    /// Who signed it, and when.
    pub fn signature(&self) -> &ListSignature {
        &self.signature
    }
}

/// `CscaMasterList` in its content: the members, and why others cannot be read.
fn members(content: &[u8]) -> Result<(Vec<Certificate>, Vec<CertificateError>), ListError> {
    let mut fields = Cursor::new(content, Rules::Ber).sequence()?;
    fields.small_integer()?;
    let (mut certificates, mut unreadable) = (Vec::new(), Vec::new());
    for element in fields.set()? {
        match Certificate::from_der(element?.raw) {
            Ok(certificate) => certificates.push(certificate),
            Err(error) => unreadable.push(error),
        }
    }
    Ok((certificates, unreadable))
}

fn signature_of(member: &Certificate, everyone: &TrustStore, provider: &dyn Provider) -> MemberSignature {
    let holds_itself = || member.public_key().is_ok_and(|key| member.verify_signed_by(&key, provider).is_ok());
    // A root names itself, and is spared the search.
    let names_itself = member.is_self_issued() && member.extensions.authority_key_matches_own();
    if names_itself && holds_itself() {
        return MemberSignature::Own;
    }
    match chain::find_anchor(member, everyone, provider) {
        Chain::Trusted(path) if path.anchor().certificate.public_key_info == member.public_key_info => MemberSignature::Own,
        Chain::Trusted(_) => MemberSignature::Issuer,
        Chain::SignatureInvalid => MemberSignature::Invalid,
        Chain::IssuerUnknown { .. } | Chain::Unsupported | Chain::NotPermitted => MemberSignature::IssuerAbsent,
    }
}

//! Anchors by way of those who may not make any.

use card_fixtures::authority::{Authority, CertificateOptions, Extension, MasterListOptions, Name, key_usage};
use card_fixtures::hash::Hash;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CscaMasterList, LinkError, ListError, VerifiedLink};

use super::signer;
use crate::issued::{Issued, trust};

/// Found: any authority that an anchor certified became an anchor, though the anchor's path length forbids authorities below it.
#[test]
fn attempt_a_subordinate_authority_as_a_successor() {
    let own = Issued::vietnam().authority;
    let store = trust([own.csca_certificate()]);
    let successor = Authority { csca: signer("secp256r1", Hash::Sha256, "the next key"), ..own.clone() };
    let subordinate =
        Authority { csca_name: Name::new("VN", "Fixture Issuing Authority", "Fixture Web CA"), ..successor.clone() };
    let verify = |authority: &Authority, options: &CertificateOptions| {
        let certificate = Certificate::from_der(&own.link_certificate_with(authority, options)).unwrap();
        VerifiedLink::verify(certificate, &store, &RustCrypto)
    };
    assert!(verify(&successor, &own.link_options(&successor)).is_ok());
    let options = own.link_options(&subordinate);
    assert_eq!(verify(&subordinate, &options).unwrap_err(), LinkError::OtherName);
    // An authority that changed its name says so (ICAO 9303-12 §7.1.1.5).
    let name_change = Extension { oid: "2.23.136.1.1.6.1", critical: false, value: vec![5, 0] };
    let renamed = CertificateOptions { further_extensions: vec![name_change], ..options };
    assert!(verify(&subordinate, &renamed).is_ok());
}

/// Found: a document signer among the anchors vouched for who signs lists of anchors.
#[test]
fn attempt_a_list_under_a_document_signer_or_by_a_key_that_may_not_sign() {
    let own = Issued::vietnam().authority;
    let thief = Authority { csca: own.document_signer.clone(), csca_name: own.document_signer_name.clone(), ..own.clone() };
    let stolen = own.document_signer_certificate().der;
    let store = trust([own.csca_certificate(), stolen.clone()]);
    let verify = |list: &[u8], root: SignerRoot<'_>| CscaMasterList::verify(list, root, &store, &RustCrypto).map(drop);
    let members = [own.csca_certificate()];
    let genuine = own.master_list(&members, &MasterListOptions::default());
    assert!(verify(&genuine, SignerRoot::Store).is_ok());
    let forged = thief.master_list(&members, &MasterListOptions::default());
    let root = Certificate::from_der(&stolen).unwrap();
    for root in [SignerRoot::Store, SignerRoot::Certificate(&root), SignerRoot::Fingerprint(root.fingerprint(&RustCrypto))] {
        assert_eq!(verify(&forged, root).unwrap_err(), ListError::SignerUntrusted);
    }
    let options = CertificateOptions { key_usage: Some(vec![key_usage::CRL_SIGN]), ..own.master_list_signer_options() };
    let list = own.master_list(&members, &MasterListOptions { certificate: Some(options), ..MasterListOptions::default() });
    assert_eq!(verify(&list, SignerRoot::Store).unwrap_err(), ListError::SignerUsage);
}

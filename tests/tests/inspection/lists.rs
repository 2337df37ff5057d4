//! Master lists: attack 13.

use card_fixtures::authority::{
    Authority, CertificateOptions, Extension, KeyIdentifier, MasterListOptions, Name, SignatureDefect, SignatureOptions,
};
use card_fixtures::time::Time;
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::MemberSignature::{Invalid, Issuer, IssuerAbsent, Own};
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CertificateError, CmsError, CscaMasterList, ListError, TrustStore};

use crate::issued::{Issued, trust};

#[test]
fn attack_13_a_list_counts_only_under_a_pinned_root() {
    let (own, other) = (Issued::vietnam().authority, Issued::new("passport-td3").authority);
    let list = own.master_list(&[own.csca_certificate(), other.csca_certificate()], &MasterListOptions::default());
    let verify = |root, store: &TrustStore| CscaMasterList::verify(&list, root, store, &RustCrypto);
    let pinned = Certificate::from_der(&own.csca_certificate()).unwrap();
    let taken = verify(SignerRoot::Certificate(&pinned), &TrustStore::new()).unwrap();
    assert_eq!(taken.certificates().len(), 2);
    // The list brings its own root, and that proves nothing.
    assert_eq!(verify(SignerRoot::Store, &TrustStore::new()).unwrap_err(), ListError::SignerUntrusted);
    let stranger = Certificate::from_der(&other.csca_certificate()).unwrap();
    assert_eq!(verify(SignerRoot::Certificate(&stranger), &TrustStore::new()).unwrap_err(), ListError::SignerUntrusted);
    assert!(verify(SignerRoot::Store, &trust([own.csca_certificate()])).is_ok());
    // A fingerprint means an anchor of the store, and not what the list or its message brings.
    let fingerprint = SignerRoot::Fingerprint(pinned.fingerprint(&RustCrypto));
    assert!(verify(fingerprint, &trust([own.csca_certificate()])).is_ok());
    assert_eq!(verify(fingerprint, &TrustStore::new()).unwrap_err(), ListError::RootUnknown);
    let bringing = MasterListOptions { include_csca: true, ..MasterListOptions::default() };
    let list = own.master_list(&[own.csca_certificate()], &bringing);
    let brought = CscaMasterList::verify(&list, fingerprint, &TrustStore::new(), &RustCrypto);
    assert_eq!(brought.unwrap_err(), ListError::RootUnknown);
}

#[test]
fn attack_13_what_else_refuses_a_list() {
    let own = Issued::vietnam().authority;
    let root = Certificate::from_der(&own.csca_certificate()).unwrap();
    let refused = |options: MasterListOptions| {
        let list = own.master_list(&[own.csca_certificate()], &options);
        CscaMasterList::verify(&list, SignerRoot::Certificate(&root), &TrustStore::new(), &RustCrypto).unwrap_err()
    };
    let signed = |signature| MasterListOptions { signature, ..MasterListOptions::default() };
    let by = |certificate| MasterListOptions { certificate: Some(certificate), ..MasterListOptions::default() };
    let signer = || own.master_list_signer_options();

    let flipped = signed(SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() });
    assert_eq!(refused(flipped), ListError::Message(CmsError::Signature(CryptoError::SignatureInvalid)));
    let timeless = signed(SignatureOptions { signing_time: None, ..SignatureOptions::default() });
    assert_eq!(refused(timeless), ListError::SigningTimeMissing);
    let usage = by(CertificateOptions { extended_key_usage: None, ..signer() });
    assert_eq!(refused(usage), ListError::SignerUsage);
    let extension = Extension { oid: "1.2.3.4", critical: true, value: vec![0x05, 0x00] };
    let critical = by(CertificateOptions { further_extensions: vec![extension], ..signer() });
    assert_eq!(refused(critical), ListError::SignerExtension);
    let forged = by(CertificateOptions { corrupt_signature: true, ..signer() });
    assert_eq!(refused(forged), ListError::SignerUntrusted);
    let expired = by(CertificateOptions { not_after: Time::midnight(2024, 2, 1), ..signer() });
    assert!(matches!(refused(expired), ListError::NotValidAtSigning { .. }));
}

/// Each member by what signed it: its own key, another member's, an anchor's, nobody's who is there, or not at all.
#[test]
fn attack_13_the_signature_of_every_member() {
    let (own, other) = (Issued::vietnam().authority, Issued::new("passport-td3").authority);
    let successor = Authority { csca: other.document_signer.clone(), ..own.clone() };
    let altered = CertificateOptions { corrupt_signature: true, ..own.csca_options() };
    let nameless = CertificateOptions { authority_key_identifier: KeyIdentifier::Absent, ..altered.clone() };
    // The same key under its former name: no root by its names, and signed with its own key all the same.
    let former = Authority { csca_name: Name::new("VN", "Fixture Issuing Authority", "The former name"), ..own.clone() };
    let members = [
        (own.csca_certificate(), Own),
        (own.link_certificate(&successor), Issuer),
        (other.link_certificate(&successor), IssuerAbsent),
        (own.csca_certificate_with(&altered), Invalid),
        (own.csca_certificate_with(&nameless), IssuerAbsent),
        (former.link_certificate(&own), Own),
    ];
    let check = |members: &[Vec<u8>], store: &TrustStore| {
        let list = own.master_list(members, &MasterListOptions::default());
        let root = Certificate::from_der(&own.csca_certificate()).unwrap();
        let list = CscaMasterList::verify(&list, SignerRoot::Certificate(&root), &TrustStore::new(), &RustCrypto).unwrap();
        // A SET has an order of its own.
        let order: Vec<usize> =
            list.certificates().iter().map(|one| members.iter().position(|other| other == one.as_der()).unwrap()).collect();
        let mut found: Vec<_> = order.into_iter().zip(list.check_members(store, &RustCrypto)).collect();
        found.sort_by_key(|(index, _)| *index);
        found.into_iter().map(|(_, signature)| signature).collect::<Vec<_>>()
    };
    let all: Vec<Vec<u8>> = members.iter().map(|(member, _)| member.clone()).collect();
    let expected: Vec<_> = members.iter().map(|(_, signature)| *signature).collect();
    assert_eq!(check(&all, &TrustStore::new()), expected);
    // With the other authority among the anchors its link certificate has an issuer.
    let store = trust([other.csca_certificate()]);
    assert_eq!(check(&all, &store), [Own, Issuer, Issuer, Invalid, IssuerAbsent, Own]);
}

#[test]
fn attack_13_what_a_list_brings_is_a_candidate_and_no_more() {
    let own = Issued::vietnam().authority;
    let broken = vec![0x30, 0];
    let alone = MasterListOptions { include_csca: false, ..MasterListOptions::default() };
    let list = own.master_list(&[own.csca_certificate(), broken], &alone);
    let candidates = CscaMasterList::candidates(&list, &RustCrypto).unwrap();
    let signer = own.master_list_signer_options().serial;
    assert_eq!(candidates.iter().map(|one| one.serial.clone()).collect::<Vec<_>>(), [own.csca_options().serial, signer]);
    let root = Certificate::from_der(&own.csca_certificate()).unwrap();
    let list = CscaMasterList::verify(&list, SignerRoot::Certificate(&root), &TrustStore::new(), &RustCrypto).unwrap();
    assert!(matches!(list.unreadable(), [CertificateError::Structure(_)]));
    assert_eq!(list.signature().root, root);
    assert_eq!(list.into_certificates(), [root]);
    // What a signature does not hold over is no list.
    let signature = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    let forged = own.master_list(&[own.csca_certificate()], &MasterListOptions { signature, ..MasterListOptions::default() });
    assert!(CscaMasterList::candidates(&forged, &RustCrypto).is_err());
}

//! Master lists: attack 13.

use card_fixtures::authority::{CertificateOptions, Extension, MasterListOptions, SignatureDefect, SignatureOptions};
use card_fixtures::time::Time;
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::master_list::SignerRoot;
use soat::pki::{Certificate, CmsError, CscaMasterList, ListError, TrustStore};

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

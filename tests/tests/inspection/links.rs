//! Link certificates: a new key becomes an anchor by the old one's signature, and falls with it.

use card_fixtures::authority::{
    Authority, BasicConstraints, CertificateOptions, CrlOptions, Extension, Name, Signer, SodOptions,
};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Overall, Profile, inspect};
use soat::pki::{Certificate, CertificateList, LinkError, Provenance, TrustStore, VerifiedCrl, VerifiedLink};

use crate::issued::{GOOD, Issued, NOW, ended, failed, trust, undetermined};

fn successor_of(authority: &Authority) -> Authority {
    let csca = Signer::ecdsa(Curve::named("secp256r1").unwrap(), Hash::Sha256, "the next key");
    Authority { csca, ..authority.clone() }
}

fn link(old: &Authority, new: &Authority, options: &CertificateOptions, store: &TrustStore) -> Result<VerifiedLink, LinkError> {
    let certificate = Certificate::from_der(&old.link_certificate_with(new, options)).unwrap();
    VerifiedLink::verify(certificate, store, &RustCrypto)
}

#[test]
fn a_link_makes_the_new_key_an_anchor_and_falls_with_the_old_one() {
    let old = Issued::vietnam().authority;
    let new = successor_of(&old);
    let issued = Issued { authority: new.clone(), ..Issued::vietnam() }.signed(&SodOptions::default());
    let judge = |store: &TrustStore| inspect(&issued.dossier(), store, &Profile::OPERATIONAL, NOW, &RustCrypto);
    let mut store = trust([old.csca_certificate()]);
    assert_eq!(ended(&judge(&store), CheckKind::Chain), undetermined("chain.issuer_unknown"));

    let verified = link(&old, &new, &old.link_options(&new), &store).unwrap();
    assert_eq!(verified.issuer().certificate.as_der(), old.csca_certificate());
    let issuer = verified.issuer().sha256;
    assert!(store.add_link(verified, "link.cer".into(), &RustCrypto));
    let report = judge(&store);
    assert_eq!(ended(&report, CheckKind::Chain), GOOD);
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(report.provenance(), Some(&Provenance::Link { source: "link.cer".into(), issuer }));
    assert!(report.demonstration(), "the mark of the old anchor goes over to the new one");

    // ICAO 9303-12 §4.1.5.1: revoking the old certificate revokes the new one too.
    let revoked = vec![(old.csca_options().serial, Time::midnight(2025, 1, 1))];
    let crl = CertificateList::from_der(&old.revocation_list(&CrlOptions { revoked, ..CrlOptions::default() })).unwrap();
    store.add_revocation_list(VerifiedCrl::verify(crl, &store, &RustCrypto).unwrap());
    assert_eq!(ended(&judge(&store), CheckKind::Revocation), failed("csca.revoked"));
    assert_eq!(link(&old, &new, &old.link_options(&new), &store).unwrap_err(), LinkError::Revoked);
}

#[test]
fn attack_01_what_is_no_link() {
    let old = Issued::vietnam().authority;
    let new = successor_of(&old);
    let store = trust([old.csca_certificate()]);
    let options = || old.link_options(&new);
    assert!(link(&old, &new, &options(), &store).is_ok());
    let refused = |options: CertificateOptions| link(&old, &new, &options, &store).unwrap_err();
    let changed = |change: fn(&mut CertificateOptions)| {
        let mut options = options();
        change(&mut options);
        options
    };
    assert_eq!(refused(changed(|options| options.basic_constraints = None)), LinkError::NotAuthority);
    let no_authority = Some(BasicConstraints { ca: false, path_length: None });
    assert_eq!(refused(CertificateOptions { basic_constraints: no_authority, ..options() }), LinkError::NotAuthority);
    let critical = Extension { oid: "1.2.3.4", critical: true, value: vec![5, 0] };
    assert_eq!(refused(CertificateOptions { further_extensions: vec![critical], ..options() }), LinkError::UnknownCritical);
    let foreign = Name::new("DE", "Fixture Issuing Authority", "Elsewhere");
    assert_eq!(refused(CertificateOptions { subject: foreign, ..options() }), LinkError::OtherState);
    assert!(matches!(refused(changed(|options| options.corrupt_signature = true)), LinkError::Crypto(_)));
    let renamed = Name::new("VN", "Fixture Issuing Authority", "Somebody else");
    assert_eq!(refused(CertificateOptions { issuer: Some(renamed), ..options() }), LinkError::IssuerMismatch);
    let late =
        changed(|options| (options.not_before, options.not_after) = (Time::midnight(2047, 1, 1), Time::midnight(2049, 1, 1)));
    assert_eq!(refused(late), LinkError::IssuerNotInForce);
    // A root of its own, and one whose predecessor nobody trusts.
    let root = Certificate::from_der(&new.csca_certificate()).unwrap();
    assert_eq!(VerifiedLink::verify(root, &store, &RustCrypto).unwrap_err(), LinkError::SelfSigned);
    assert_eq!(link(&old, &new, &options(), &TrustStore::new()).unwrap_err(), LinkError::IssuerUnknown);
    // A document signer has its authority's signature too, and is no authority.
    let signer = Certificate::from_der(&old.document_signer_certificate().der).unwrap();
    assert_eq!(VerifiedLink::verify(signer, &store, &RustCrypto).unwrap_err(), LinkError::NotAuthority);
}

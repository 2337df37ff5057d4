//! EF.CardSecurity, whose signature proves the chip, by those whose signature would not do for the data.

use card_fixtures::authority::{Authority, CrlOptions, Name, SignatureOptions};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::put_card_security;
use soat::crypto::DigestAlgorithm;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Floors, Overall, Profile, Weight};
use soat::pki::{Certificate, Provenance, TrustStore};

use super::{MAPPING, current, hold, judge, mapping, operational, signer};
use crate::issued::{GOOD, Issued, ended, failed, trust, undetermined};

fn secured_by(signing: &Authority, options: &SignatureOptions) -> Issued {
    let mut issued = mapping();
    put_card_security(&mut issued.card, signing, options);
    issued
}

/// An authority for passports beside the one for cards.
fn other_authority() -> Authority {
    let mut other =
        Authority::new("VN", signer("secp256r1", Hash::Sha256, "passports"), signer("secp256r1", Hash::Sha256, "pages"));
    other.csca_name = Name::new("VN", "Fixture Issuing Authority", "Fixture CSCA Passports VN");
    other
}

/// Found: the floors of a profile bound who signed the data and not who signed the proof of the chip.
#[test]
fn attempt_card_security_by_a_key_below_the_floor() {
    let strong = mapping();
    let weak = Authority { document_signer: signer("secp192r1", Hash::Sha1, "weak"), ..strong.authority.clone() };
    let forged = secured_by(&weak, &SignatureOptions::default());
    assert_eq!(ended(&forged.operational(), MAPPING), GOOD, "the lowest floors take it");
    for floors in
        [Floors { ec: 224, ..Floors::LOWEST }, Floors { digest: DigestAlgorithm::Sha224, ..Floors::LOWEST }, Floors::BITS_112]
    {
        let profile = Profile { signature_floors: floors, ..operational() };
        assert_eq!(strong.report(profile).overall, Overall::Successful);
        let report = forged.report(profile);
        assert_eq!(ended(&report, CheckKind::SodSignature), GOOD, "the data are well signed");
        assert_eq!(ended(&report, MAPPING), undetermined("chip.proof_below_floor"));
        assert_eq!(report.overall, Overall::Undetermined);
        assert!(report.identity().is_none());
    }
}

/// Found: an anchor that denies to be an authority failed the chain of EF.SOD and carried that of EF.CardSecurity.
#[test]
fn attempt_card_security_under_a_document_signer_among_the_anchors() {
    let own = mapping();
    // A stolen document signer certifies a signer of its own; somebody had put it among the anchors.
    let stolen = Authority {
        csca: own.authority.document_signer.clone(),
        csca_name: own.authority.document_signer_name.clone(),
        document_signer: signer("secp256r1", Hash::Sha256, "thief"),
        ..own.authority.clone()
    };
    let forged = secured_by(&stolen, &SignatureOptions::default());
    let store = trust([own.authority.csca_certificate(), own.authority.document_signer_certificate().der]);
    assert_eq!(judge(&own, &store, &operational()).overall, Overall::Successful);
    let report = judge(&forged, &store, &operational());
    assert_eq!(ended(&report, CheckKind::Chain), GOOD);
    assert_eq!(ended(&report, MAPPING), failed("chip.pace_cam_card_security_invalid"));
    assert_eq!(report.overall, Overall::Failed);
}

/// Found: in a store with both, a key that everyone can compute proved the chip of a real card, and nothing marked the report.
#[test]
fn attempt_card_security_by_a_key_for_demonstrations() {
    let (own, public) = (mapping(), other_authority());
    let mut store = TrustStore::new();
    for (authority, demonstration) in [(&own.authority, false), (&public, true)] {
        let certificate = Certificate::from_der(&authority.csca_certificate()).unwrap();
        store.add(certificate, Provenance::Operator { source: "fixture".into() }, demonstration, &RustCrypto);
    }
    let genuine = judge(&own, &store, &operational());
    assert_eq!((genuine.overall, genuine.demonstration()), (Overall::Successful, false));
    let report = judge(&secured_by(&public, &SignatureOptions::default()), &store, &operational());
    assert_eq!(ended(&report, MAPPING), failed("chip.pace_cam_card_security_invalid"));
    assert_eq!(report.overall, Overall::Failed);
}

/// Found: where a profile asks for a revocation list, it asked for that of who signed the data alone.
#[test]
fn attempt_card_security_by_an_authority_without_a_revocation_list() {
    let (own, other) = (mapping(), other_authority());
    let forged = secured_by(&other, &SignatureOptions::default());
    let mut store = trust([own.authority.csca_certificate(), other.csca_certificate()]);
    hold(&mut store, &own.authority.revocation_list(&current()));
    let asking = Profile { revocation: Weight::Mandatory, ..operational() };
    assert_eq!(judge(&own, &store, &asking).overall, Overall::Successful);
    let report = judge(&forged, &store, &asking);
    assert_eq!(ended(&report, CheckKind::Revocation), GOOD);
    assert_eq!(ended(&report, MAPPING), undetermined("revocation.unknown"));
    assert_eq!(report.overall, Overall::Undetermined);
    // With the other's list nothing is wanting.
    hold(&mut store, &other.revocation_list(&current()));
    assert_eq!(judge(&forged, &store, &asking).overall, Overall::Successful);
    // A profile that does not ask takes it as it takes the data; a list that is there and stale counts for both.
    let mut stale = trust([own.authority.csca_certificate(), other.csca_certificate()]);
    assert_eq!(judge(&forged, &stale, &operational()).overall, Overall::Successful);
    hold(&mut stale, &other.revocation_list(&CrlOptions::default()));
    let report = judge(&forged, &stale, &operational());
    assert_eq!(ended(&report, MAPPING), undetermined("revocation.stale"));
    assert_eq!(report.overall, Overall::Undetermined);
}

//! Revocation lists: attack 14, and what OpenSSL and x509-parser read in every list that the authority makes.

mod digests;

use card_fixtures::authority::{
    Authority, CertificateOptions, CrlOptions, CurveEncoding, Extension, KeyIdentifier, Name, Signer, SodOptions, key_usage,
};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::rsa::RsaKey;
use card_fixtures::time::Time;
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Outcome, Overall, Profile, Report, inspect};
use soat::pki::crl::{Revocation, RevocationReason};
use soat::pki::revocation::digest;
use soat::pki::{Certificate, CertificateList, CrlError, TrustStore, VerifiedCrl};
use soat::tlv::TlvErrorKind;

use crate::issued::{GOOD, Issued, NOW, ended, failed, row, trust, undetermined};

/// A list that is current at [`NOW`].
fn current() -> CrlOptions {
    CrlOptions { this_update: Time::midnight(2025, 5, 1), next_update: Some(Time::midnight(2025, 8, 1)), ..CrlOptions::default() }
}

fn revoking(serial: Vec<u8>) -> CrlOptions {
    CrlOptions { revoked: vec![(serial, Time::midnight(2025, 4, 1))], ..current() }
}

fn verify(authority: &Authority, options: &CrlOptions, store: &TrustStore) -> Result<VerifiedCrl, CrlError> {
    VerifiedCrl::verify(CertificateList::from_der(&authority.revocation_list(options))?, store, &RustCrypto)
}

/// The card under a store that holds these lists of its authority.
fn with(issued: &Issued, lists: &[CrlOptions]) -> [Report; 2] {
    let mut store = issued.trust();
    for options in lists {
        let crl = verify(&issued.authority, options, &store).unwrap();
        store.add_revocation_list(crl);
    }
    under(issued, &store)
}

/// Under `operational` and under `strict`.
fn under(issued: &Issued, store: &TrustStore) -> [Report; 2] {
    [Profile::OPERATIONAL, Profile::STRICT].map(|profile| inspect(&issued.dossier(), store, &profile, NOW, &RustCrypto))
}

fn signer_serial(issued: &Issued) -> Vec<u8> {
    issued.authority.document_signer_options().serial
}

#[test]
fn attack_14_a_current_list_that_does_not_have_the_signer() {
    let issued = Issued::vietnam();
    let list = |options: &CrlOptions| CertificateList::from_der(&issued.authority.revocation_list(options)).unwrap();
    assert!(list(&current()).is_empty() && !list(&revoking(vec![0x11])).is_empty());
    assert_eq!(list(&current()).as_der(), issued.authority.revocation_list(&current()));
    for options in [current(), revoking(vec![0x11, 0x22])] {
        let [operational, strict] = with(&issued, &[options]);
        for report in [&operational, &strict] {
            assert_eq!(ended(report, CheckKind::Revocation), GOOD);
            assert!(row(report, CheckKind::Revocation).counts());
        }
        assert_eq!(operational.overall, Overall::Successful);
    }
}

#[test]
fn attack_14_no_list_is_not_taken_as_fine() {
    let issued = Issued::vietnam();
    let [operational, strict] = with(&issued, &[]);
    for report in [&operational, &strict] {
        assert_eq!(ended(report, CheckKind::Revocation), undetermined("revocation.unknown"));
    }
    assert_eq!(operational.overall, Overall::Successful, "optional, and it had nothing to run on");
    assert!(!row(&operational, CheckKind::Revocation).ran);
    assert_eq!(strict.overall, Overall::Undetermined);
}

#[test]
fn attack_14_a_stale_list_is_not_taken_as_fine() {
    let issued = Issued::vietnam();
    let stale = CrlOptions::default();
    let no_end = CrlOptions { next_update: None, this_update: Time::midnight(2025, 2, 1), ..current() };
    let not_yet = CrlOptions { this_update: Time::midnight(2025, 6, 2), ..current() };
    for options in [stale, no_end, not_yet] {
        for report in with(&issued, std::slice::from_ref(&options)) {
            assert_eq!(ended(&report, CheckKind::Revocation), undetermined("revocation.stale"));
            assert_eq!(report.overall, Overall::Undetermined);
        }
    }
    // Without an end a list holds for 90 days (ICAO 9303-12 §4.1.5).
    let recent = CrlOptions { next_update: None, this_update: Time::midnight(2025, 3, 4), ..current() };
    assert_eq!(ended(&with(&issued, &[recent])[0], CheckKind::Revocation), GOOD);
}

#[test]
fn attack_14_a_revoked_signer() {
    let issued = Issued::vietnam();
    let mut padded = vec![0];
    padded.extend(signer_serial(&issued));
    let stale = CrlOptions { this_update: Time::midnight(2024, 9, 1), next_update: None, ..revoking(signer_serial(&issued)) };
    for options in [revoking(signer_serial(&issued)), revoking(padded), stale] {
        for report in with(&issued, &[options]) {
            assert_eq!(ended(&report, CheckKind::Revocation), failed("ds.revoked"));
            assert_eq!(report.overall, Overall::Failed);
            assert!(report.identity().is_none());
        }
    }
}

/// As a gate is told, which has no room for lists: by digests of issuer and serial number, whichever of the two pads the number.
#[test]
fn attack_14_a_revoked_signer_by_its_digest() {
    let issued = Issued::vietnam();
    let plain = issued.authority.document_signer_options();
    let padded = CertificateOptions { serial: [&[0, 0], &plain.serial[..]].concat(), ..plain.clone() };
    let serials = [plain.serial.clone(), padded.serial.clone()];
    for certificate in [plain, padded] {
        let issued = Issued::vietnam().signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
        assert_eq!(by_digest(&issued, issued.trust(), &[0x11, 0x22]), (undetermined("revocation.unknown"), Overall::Successful));
        for serial in &serials {
            assert_eq!(by_digest(&issued, issued.trust(), serial), (failed("ds.revoked"), Overall::Failed), "{serial:02x?}");
        }
    }
}

/// A digest of the authority's root, or of a link to its key.
#[test]
fn attack_14_a_revoked_authority_by_its_digest() {
    let issued = Issued::vietnam();
    let revoked = (failed("csca.revoked"), Overall::Failed);
    assert_eq!(by_digest(&issued, issued.trust(), &issued.authority.csca_options().serial), revoked);
    let former = Authority { csca: Issued::new("sod-p256-sha256").authority.csca, ..issued.authority.clone() };
    let link = former.link_options(&issued.authority);
    let store = || trust([former.link_certificate_with(&issued.authority, &link), issued.authority.csca_certificate()]);
    assert_eq!(by_digest(&issued, store(), &link.serial), revoked);
    let unknown = (undetermined("revocation.unknown"), Overall::Successful);
    assert_eq!(by_digest(&issued, store(), &[0x11]), unknown);
    // A state that certified the key of another takes back its own word, and nothing more.
    let foreign = Issued::new("passport-td3").authority;
    let cross = Certificate::from_der(&foreign.link_certificate(&issued.authority)).unwrap();
    let mut store = trust([cross.as_der().to_vec(), issued.authority.csca_certificate()]);
    store.revoke([digest(&cross.issuer, &cross.serial, &RustCrypto)]);
    assert_eq!(by_digest(&issued, store, &[0x11]), unknown);
}

/// Under `operational`, where the store holds that the authority revoked this serial number.
fn by_digest(issued: &Issued, mut store: TrustStore, serial: &[u8]) -> ((Outcome, Option<&'static str>), Overall) {
    let authority = Certificate::from_der(&issued.authority.csca_certificate()).unwrap();
    store.revoke([digest(&authority.subject, serial, &RustCrypto)]);
    let [report, _] = under(issued, &store);
    (ended(&report, CheckKind::Revocation), report.overall)
}

#[test]
fn attack_14_a_revoked_authority() {
    let issued = Issued::vietnam();
    for report in with(&issued, &[revoking(issued.authority.csca_options().serial)]) {
        assert_eq!(ended(&report, CheckKind::Revocation), failed("csca.revoked"));
        assert_eq!(report.overall, Overall::Failed);
    }
}

#[test]
fn attack_14_reasons() {
    let issued = Issued::vietnam();
    let with_reason = |code| CrlOptions { reason: Some(code), ..revoking(signer_serial(&issued)) };
    for code in [0, 1, 2, 3, 4, 5, 7, 9, 10, 99] {
        assert_eq!(ended(&with(&issued, &[with_reason(code)])[0], CheckKind::Revocation), failed("ds.revoked"), "{code}");
    }
    assert_eq!(ended(&with(&issued, &[with_reason(6)])[0], CheckKind::Revocation), failed("ds.on_hold"));
    // removeFromCRL says that it is not revoked any longer; beside another entry it weakens nothing.
    assert_eq!(ended(&with(&issued, &[with_reason(8)])[0], CheckKind::Revocation), GOOD);
}

/// Of two lists with the signer, the one that revokes it for good is told, whichever is the newer.
#[test]
fn attack_14_a_hold_beside_a_revocation() {
    let issued = Issued::vietnam();
    let successor = rekeyed(&issued.authority);
    let hold = |this_update| CrlOptions { reason: Some(6), this_update, ..revoking(signer_serial(&issued)) };
    for this_update in [Time::midnight(2025, 4, 20), Time::midnight(2025, 5, 20)] {
        let mut store = trust([issued.authority.csca_certificate(), successor_certificate(&successor)]);
        store.add_revocation_list(verify(&successor, &hold(this_update), &store).unwrap());
        store.add_revocation_list(verify(&issued.authority, &revoking(signer_serial(&issued)), &store).unwrap());
        assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), failed("ds.revoked"));
    }
}

/// The same authority after it made a new key in 2024, under the same name.
fn rekeyed(authority: &Authority) -> Authority {
    let curve = Curve::named("secp256r1").unwrap();
    Authority { csca: Signer::ecdsa(curve, Hash::Sha256, "the next key"), ..authority.clone() }
}

fn successor_certificate(successor: &Authority) -> Vec<u8> {
    let mut options = successor.csca_options();
    (options.not_before, options.not_after) = (Time::midnight(2024, 6, 1), Time::midnight(2048, 1, 1));
    successor.csca_certificate_with(&options)
}

#[test]
fn attack_14_the_new_keys_list_covers_what_the_old_key_signed() {
    // ICAO 9303-12 §4.1.5: one list, signed with the newest key, with what earlier keys signed too.
    let issued = Issued::vietnam();
    let successor = rekeyed(&issued.authority);
    let anchors = || trust([issued.authority.csca_certificate(), successor_certificate(&successor)]);
    let cases = [(current(), GOOD), (revoking(signer_serial(&issued)), failed("ds.revoked"))];
    for (options, expected) in cases {
        let mut store = anchors();
        let crl = verify(&successor, &options, &store).unwrap();
        assert_eq!(crl.issuer().certificate.as_der(), successor_certificate(&successor));
        store.add_revocation_list(crl);
        assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), expected);
    }
}

#[test]
fn attack_14_the_old_keys_list_does_not_clear_what_the_new_key_signed() {
    let old = Issued::vietnam().authority;
    let successor = rekeyed(&old);
    let issued = Issued { authority: successor, ..Issued::vietnam() }.signed(&SodOptions::default());
    let mut store = trust([old.csca_certificate(), successor_certificate(&issued.authority)]);
    let crl = verify(&old, &current(), &store).unwrap();
    store.add_revocation_list(crl);
    assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), undetermined("revocation.stale"));
    // Whoever has the old key cannot wash off what the new key's list says, however new his own is.
    let crl = verify(&issued.authority, &revoking(signer_serial(&issued)), &store).unwrap();
    store.add_revocation_list(crl);
    let later = CrlOptions { this_update: Time::midnight(2025, 5, 31), ..current() };
    let crl = verify(&old, &later, &store).unwrap();
    store.add_revocation_list(crl);
    assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), failed("ds.revoked"));
}

#[test]
fn attack_14_another_authority_of_the_state_does_not_clear() {
    // Vietnam has one authority for identity cards and one for passports: the country alone is not enough.
    let issued = Issued::vietnam();
    let curve = Curve::named("secp256r1").unwrap();
    let passports = Signer::ecdsa(curve, Hash::Sha256, "passports");
    let name = Name::new("VN", "Fixture Issuing Authority", "Fixture CSCA Passports VN");
    let mut other = Authority::new("VN", passports.clone(), passports);
    other.csca_name = name;
    let anchors = || trust([issued.authority.csca_certificate(), other.csca_certificate()]);
    let mut store = anchors();
    store.add_revocation_list(verify(&other, &revoking(signer_serial(&issued)), &store).unwrap());
    assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), undetermined("revocation.unknown"));
    // Unless its list says that it had this name before (ICAO 9303-12 §7.1.1.5), or a link certificate does.
    let renamed = CrlOptions { issuer_alternatives: vec![issued.authority.csca_name.clone()], ..current() };
    let mut store = anchors();
    store.add_revocation_list(verify(&other, &renamed, &store).unwrap());
    assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), GOOD);
    let mut store = trust([issued.authority.csca_certificate(), issued.authority.link_certificate(&other)]);
    store.add_revocation_list(verify(&other, &current(), &store).unwrap());
    assert_eq!(ended(&under(&issued, &store)[0], CheckKind::Revocation), GOOD);
}

#[test]
fn attack_14_a_list_goes_neither_back_nor_loses_a_revocation() {
    let issued = Issued::vietnam();
    let earlier = CrlOptions { this_update: Time::midnight(2025, 4, 1), ..current() };
    let higher = CrlOptions { number: 300, ..current() };
    for (first, second, taken) in [(current(), earlier, false), (current(), current(), false), (current(), higher, true)] {
        let mut store = issued.trust();
        let [first, second] = [first, second].map(|options| verify(&issued.authority, &options, &store).unwrap());
        assert!(store.add_revocation_list(first));
        assert_eq!(store.add_revocation_list(second), taken);
        assert_eq!(store.revocation_lists().len(), 1);
    }
}

#[test]
fn attack_14_lists_that_are_refused() {
    let issued = Issued::vietnam();
    let own = &issued.authority;
    let store = issued.trust();
    assert!(verify(own, &current(), &store).is_ok());
    let refused = |options: &CrlOptions| verify(own, options, &store).unwrap_err();
    let extension = |oid, critical| Extension { oid, critical, value: vec![0x30, 0x00] };
    let list = |oid, critical| CrlOptions { further_extensions: vec![extension(oid, critical)], ..current() };
    let entry = |oid, critical| CrlOptions { entry_extensions: vec![extension(oid, critical)], ..revoking(vec![1]) };
    let unknown = CrlError::UnknownCritical("1.2.3.4".parse().unwrap());

    assert_eq!(refused(&CrlOptions::delta(7)), CrlError::Delta);
    assert_eq!(refused(&list("2.5.29.27", false)), CrlError::Delta);
    assert_eq!(refused(&list("2.5.29.28", true)), CrlError::Partitioned);
    assert_eq!(refused(&list("1.2.3.4", true)), unknown);
    assert!(verify(own, &list("1.2.3.4", false), &store).is_ok());
    assert_eq!(refused(&entry("2.5.29.29", true)), CrlError::Indirect);
    assert_eq!(refused(&entry("1.2.3.4", true)), unknown);
    assert!(verify(own, &entry("1.2.3.4", false), &store).is_ok());
    // invalidityDate tells when the key may have been lost, and changes nothing.
    assert!(verify(own, &entry("2.5.29.24", true), &store).is_ok());
    assert!(matches!(refused(&list("2.5.29.20", false)), CrlError::DuplicateExtension(_)));
    // A BOOLEAN of two octets (X.690 §8.2.1), the extension's value shorter by one.
    let mut two_octets = own.revocation_list(&list("1.2.3.4", true));
    let place = two_octets.windows(7).position(|window| window == [1, 1, 0xFF, 4, 2, 0x30, 0]).unwrap();
    two_octets[place..place + 7].copy_from_slice(&[1, 2, 0, 0, 4, 1, 0x30]);
    let CrlError::Structure(error) = CertificateList::from_der(&two_octets).unwrap_err() else { panic!() };
    assert_eq!(error.kind, TlvErrorKind::Value("a boolean that is not one octet"));
    let inner = CrlOptions { inner_algorithm: Some(card_fixtures::authority::rsa_encryption()), ..current() };
    assert_eq!(refused(&inner), CrlError::AlgorithmMismatch);
    let backwards = CrlOptions { next_update: Some(Time::midnight(2025, 4, 30)), ..current() };
    assert_eq!(refused(&backwards), CrlError::Period);
    let altered = CrlOptions { corrupt_signature: true, ..current() };
    assert_eq!(refused(&altered), CrlError::Crypto(CryptoError::SignatureInvalid));
}

#[test]
fn attack_14_lists_of_somebody_else() {
    let issued = Issued::vietnam();
    let own = &issued.authority;
    let stranger = rekeyed(own);
    // Another key under the same name; the name alone proves nothing.
    assert_eq!(verify(&stranger, &current(), &issued.trust()).unwrap_err(), CrlError::IssuerUnknown);
    let claiming = CrlOptions { authority_key_identifier: KeyIdentifier::Given(own.csca.key.key_identifier()), ..current() };
    assert_eq!(verify(&stranger, &claiming, &issued.trust()).unwrap_err(), CrlError::Crypto(CryptoError::SignatureInvalid));
    // A trusted authority of one state that writes the list of another.
    let passport = Issued::new("passport-td3").authority;
    let both = trust([own.csca_certificate(), passport.csca_certificate()]);
    let foreign = CrlOptions { issuer: Some(own.csca_name.clone()), ..current() };
    assert_eq!(verify(&passport, &foreign, &both).unwrap_err(), CrlError::IssuerMismatch);
    // A key that may sign certificates and no lists.
    let mut options = own.csca_options();
    options.key_usage = Some(vec![key_usage::KEY_CERT_SIGN]);
    let store = trust([own.csca_certificate_with(&options)]);
    assert_eq!(verify(own, &current(), &store).unwrap_err(), CrlError::IssuerUsage);
    // Key identifiers are absent and wrong in the field: the key that verifies is the issuer.
    for identifier in [KeyIdentifier::Absent, KeyIdentifier::Given(vec![9; 20])] {
        let options = CrlOptions { authority_key_identifier: identifier, ..current() };
        assert!(verify(own, &options, &issued.trust()).is_ok());
    }
}

fn many(count: u32) -> CrlOptions {
    let serial = |index: u32| [&[0x40_u8], index.wrapping_mul(2_654_435_761).to_be_bytes().as_slice()].concat();
    CrlOptions { revoked: (0..count).map(|index| (serial(index), Time::midnight(2025, 1, 1))).collect(), ..current() }
}

#[test]
fn attack_31_a_long_list_is_searched_and_a_torn_one_refused() {
    let authority = Issued::vietnam().authority;
    let options = many(100_000);
    let der = authority.revocation_list(&options);
    let list = CertificateList::from_der(&der).unwrap();
    assert_eq!(list.len(), 100_000);
    for (serial, _) in options.revoked.iter().step_by(997) {
        assert!(list.find(serial).is_some());
    }
    assert!(list.find(&[0x41, 0, 0, 0, 0]).is_none());
    for cut in (0..der.len()).step_by(40_009) {
        assert!(CertificateList::from_der(&der[..cut]).is_err());
    }
}

#[test]
fn openssl_and_x509_parser_read_the_same_in_every_list() {
    use openssl::x509::X509Crl;
    use x509_parser::prelude::{CertificateRevocationList, FromDer};
    let rsa = |name| RsaKey::named(name).unwrap();
    let curve = |name| Curve::named(name).unwrap();
    let named = |name, hash| Signer::ecdsa(curve(name), hash, "lists").with_curve_encoding(CurveEncoding::Named);
    let signers = [
        Signer::rsa_pkcs1(rsa("rsa3072-a"), Hash::Sha256),
        Signer::rsa_pkcs1(rsa("rsa2048-a"), Hash::Sha512),
        Signer::rsa_pss(rsa("rsa2048-b"), Hash::Sha256),
        named("secp256r1", Hash::Sha256),
        named("secp384r1", Hash::Sha384),
        named("secp521r1", Hash::Sha512),
        named("brainpoolP256r1", Hash::Sha256),
        named("brainpoolP512r1", Hash::Sha512),
    ];
    let mut lists = vec![current(), many(300), CrlOptions::default()];
    lists.extend((0..=10).filter(|code| *code != 7).map(|code| CrlOptions { reason: Some(code), ..revoking(vec![0x01, code]) }));
    lists.push(CrlOptions { number: 0xFFFF_FFFF, ..revoking(vec![0, 0x80]) });
    for signer in signers {
        let authority = Authority::new("VN", signer.clone(), signer);
        let anchor = openssl::x509::X509::from_der(&authority.csca_certificate()).unwrap().public_key().unwrap();
        let store = trust([authority.csca_certificate()]);
        for options in &lists {
            let der = authority.revocation_list(options);
            let own = VerifiedCrl::verify(CertificateList::from_der(&der).unwrap(), &store, &RustCrypto).unwrap();
            let own = own.list();
            let theirs = X509Crl::from_der(&der).unwrap();
            assert!(theirs.verify(&anchor).unwrap());
            let (rest, parsed) = CertificateRevocationList::from_der(&der).unwrap();
            assert!(rest.is_empty());
            assert_eq!(own.issuer().as_der(), parsed.issuer().as_raw());
            assert_eq!(own.this_update().0, parsed.last_update().timestamp());
            assert_eq!(own.next_update().0, parsed.next_update().unwrap().timestamp());
            assert_eq!(own.number().unwrap(), parsed.crl_number().unwrap().to_bytes_be());
            let revoked = theirs.get_revoked();
            assert_eq!(own.len(), revoked.map_or(0, |revoked| revoked.len()));
            assert_eq!(own.len(), parsed.iter_revoked_certificates().count());
            for entry in parsed.iter_revoked_certificates() {
                let found = own.find(entry.raw_serial());
                let code = entry.reason_code().map_or(0, |(_, code)| code.0);
                assert_eq!(found.is_none(), code == 8, "reason {code}");
                if let Some(Revocation { since, reason }) = found {
                    assert_eq!(since.0, entry.revocation_date.timestamp());
                    assert_eq!(reason == RevocationReason::Hold, code == 6);
                    assert_eq!(reason == RevocationReason::KeyCompromise, code == 1);
                }
            }
            let altered = authority.revocation_list(&CrlOptions { corrupt_signature: true, ..options.clone() });
            assert!(!X509Crl::from_der(&altered).unwrap().verify(&anchor).unwrap_or(false));
            let altered = CertificateList::from_der(&altered).unwrap();
            assert!(VerifiedCrl::verify(altered, &store, &RustCrypto).is_err());
        }
    }
}

/// A key has several certificates, root and link; revoked is the key. The former key of the same name is another.
#[test]
fn attack_14_a_link_certificate_of_the_anchors_key_is_revoked() {
    let issued = Issued::vietnam();
    let former = Authority { csca: Issued::new("sod-p256-sha256").authority.csca, ..issued.authority.clone() };
    let link = former.link_options(&issued.authority);
    let judged = |revoked: Vec<u8>| {
        let mut store = trust([
            former.csca_certificate(),
            former.link_certificate_with(&issued.authority, &link),
            issued.authority.csca_certificate(),
        ]);
        store.add_revocation_list(verify(&issued.authority, &revoking(revoked), &store).unwrap());
        let [report, _] = under(&issued, &store);
        (ended(&report, CheckKind::Revocation), report.overall)
    };
    assert_eq!(judged(vec![0x11]), (GOOD, Overall::Successful));
    assert_eq!(judged(link.serial.clone()), (failed("csca.revoked"), Overall::Failed));
    assert_eq!(judged(former.csca_options().serial), (GOOD, Overall::Successful));
}

/// A certificate of our authority's key by a foreign one lies in the store: it makes the foreign lists none of ours.
#[test]
fn attack_14_the_lists_of_a_foreign_authority_that_certified_the_key() {
    let (issued, foreign) = (Issued::vietnam(), Issued::new("passport-td3").authority);
    let cross = foreign.link_certificate(&issued.authority);
    let mut store = trust([cross, foreign.csca_certificate(), issued.authority.csca_certificate()]);
    store.add_revocation_list(verify(&foreign, &current(), &store).unwrap());
    let [report, strict] = under(&issued, &store);
    assert_eq!((ended(&report, CheckKind::Chain), row(&report, CheckKind::Revocation).ran), (GOOD, false));
    assert_eq!(ended(&strict, CheckKind::Revocation), undetermined("revocation.unknown"));
    assert_eq!(strict.overall, Overall::Undetermined);
}

#[test]
fn attack_31_a_store_full_of_anchors_of_one_name() {
    // The key identifier leads to the right one among 300 of its name; without it the work is bounded, and nothing turns green.
    let issued = Issued::vietnam();
    let certificate = Certificate::from_der(&issued.authority.csca_certificate()).unwrap();
    let curve = Curve::named("secp256r1").unwrap();
    let crowd = (0..300).map(|index| {
        let csca = Signer::ecdsa(curve, Hash::Sha256, &format!("crowd {index}"));
        let crowd = Authority { csca, ..issued.authority.clone() };
        crowd.csca_certificate()
    });
    let store = trust(crowd.chain([issued.authority.csca_certificate()]));
    let report = &under(&issued, &store)[0];
    assert_eq!(report.overall, Overall::Successful);
    assert_eq!(report.anchor().unwrap().certificate, certificate);
    let unnamed =
        CertificateOptions { authority_key_identifier: KeyIdentifier::Absent, ..issued.authority.document_signer_options() };
    let unnamed = issued.signed(&SodOptions { certificate: Some(unnamed), ..SodOptions::default() });
    assert_ne!(under(&unnamed, &store)[0].overall, Overall::Failed);
}

//! What a store's lists revoke, told to a gate by digests: it ends there as it does where the lists are.

use card_fixtures::authority::{Authority, CertificateOptions, CrlOptions, Name, SodOptions};
use card_fixtures::time::Time;
use soat::crypto::rustcrypto::RustCrypto;
use soat::pki::revocation::digests;
use soat::pki::{Certificate, TrustStore, VerifiedLink};

use super::{current, rekeyed, revoking, signer_serial, successor_certificate, under, verify};
use crate::issued::{GOOD, Issued, ended, failed, trust, undetermined};
use soat::inspection::{CheckKind, Outcome};

type Ending = (Outcome, Option<&'static str>);

const UNKNOWN: Ending = undetermined("revocation.unknown");
const REVOKED: Ending = failed("ds.revoked");

/// How revocation ends where the lists are, and at a gate that knows the chosen anchors and the digests of what the lists revoke.
fn endings(issued: &Issued, store: &TrustStore, chosen: &[Vec<u8>]) -> [Ending; 2] {
    let anchors: Vec<_> = chosen.iter().map(|der| Certificate::from_der(der).unwrap()).collect();
    let mut gate = trust(chosen.iter().cloned());
    gate.revoke(digests(&anchors, store, &RustCrypto));
    [store, &gate].map(|store| ended(&under(issued, store)[0], CheckKind::Revocation))
}

/// A store of these anchors and lists.
fn store(anchors: impl IntoIterator<Item = Vec<u8>>, lists: &[(&Authority, CrlOptions)]) -> TrustStore {
    let mut store = trust(anchors);
    for (authority, options) in lists {
        store.add_revocation_list(verify(authority, options, &store).unwrap());
    }
    store
}

/// The authority under another name and with its old key, and how its root says that the name changed (ICAO 9303-12 §7.1.1.5).
fn renamed(authority: &Authority) -> Authority {
    Authority { csca_name: Name::new("VN", "Fixture Issuing Authority", "Fixture CSCA, renamed"), ..authority.clone() }
}

/// RFC 5280 §5.3.1: only a delta list can take a certificate off another, and delta lists are refused; in a complete one the entry
/// revokes nothing.
#[test]
fn attack_14_a_gate_is_told_of_what_a_list_revokes_and_of_nothing_else() {
    let issued = Issued::vietnam();
    let anchor = issued.authority.csca_certificate();
    let of = |reason| CrlOptions { reason: Some(reason), ..revoking(signer_serial(&issued)) };
    let told =
        |reason| endings(&issued, &store([anchor.clone()], &[(&issued.authority, of(reason))]), std::slice::from_ref(&anchor));
    for code in [0, 1, 2, 3, 4, 5, 9, 10] {
        assert_eq!(told(code), [REVOKED; 2], "{code}");
    }
    assert_eq!(told(6), [failed("ds.on_hold"), REVOKED]);
    assert_eq!(told(8), [GOOD, UNKNOWN]);
    // A hold that a later list does not have is lifted.
    let next = rekeyed(&issued.authority);
    let later = CrlOptions { this_update: Time::midnight(2025, 5, 20), ..current() };
    let anchors = [anchor.clone(), successor_certificate(&next)];
    let lifted = store(anchors, &[(&issued.authority, of(6)), (&next, later)]);
    assert_eq!(endings(&issued, &lifted, &[anchor]), [GOOD, UNKNOWN]);
}

/// Its list names ours among its former names, and has the serial number of our signer.
#[test]
fn attack_14_the_authority_of_another_state_revokes_nothing_at_a_gate() {
    let (issued, foreign) = (Issued::vietnam(), Issued::new("passport-td3").authority);
    let (own, theirs) = (issued.authority.csca_certificate(), foreign.csca_certificate());
    let claiming =
        CrlOptions { issuer_alternatives: vec![issued.authority.csca_name.clone()], ..revoking(signer_serial(&issued)) };
    let store = store([own.clone(), theirs.clone()], &[(&foreign, claiming)]);
    for chosen in [vec![own.clone()], vec![own, theirs]] {
        assert_eq!(endings(&issued, &store, &chosen), [UNKNOWN; 2]);
    }
    // Neither does a key of theirs that certified ours.
    let (own, cross) = (issued.authority.csca_certificate(), foreign.link_certificate(&issued.authority));
    let theirs = foreign.csca_certificate();
    let store = self::store([cross.clone(), theirs.clone(), own.clone()], &[(&foreign, revoking(signer_serial(&issued)))]);
    assert_eq!(endings(&issued, &store, &[cross, theirs, own]), [UNKNOWN; 2]);
}

/// A list of either name revokes what was signed under the other: with a new key, made known by a link certificate, or with the same.
#[test]
fn attack_14_an_authority_that_changed_its_name_revokes_at_a_gate_under_both() {
    let before = Issued::vietnam();
    let link_to = |new: &Authority| before.authority.link_certificate(new);
    let same_key = renamed(&before.authority);
    for new in [rekeyed(&same_key), same_key.clone()] {
        let after = Issued { authority: new.clone(), ..Issued::vietnam() }.signed(&SodOptions::default());
        for links in [vec![link_to(&new)], vec![link_to(&new), new.csca_certificate()]] {
            let anchors = [vec![before.authority.csca_certificate()], links].concat();
            for issued in [&before, &after] {
                for lister in [&before.authority, &new] {
                    let store = store(anchors.clone(), &[(lister, revoking(signer_serial(issued)))]);
                    assert_eq!(endings(issued, &store, &anchors), [REVOKED; 2]);
                    // An anchor that was chosen alone knows of the other's lists.
                    let own = anchors.iter().find(|der| {
                        let subject = Certificate::from_der(der).unwrap().subject.to_string();
                        subject.ends_with(&issued.authority.csca_name.common_name)
                    });
                    assert_eq!(endings(issued, &store, &[own.unwrap().clone()]), [REVOKED; 2]);
                }
            }
        }
    }
}

/// Two roots of one key, which an operator added by their fingerprints; no link certificate says that the name changed.
#[test]
fn attack_14_two_names_of_one_key_are_one_authority() {
    let before = Issued::vietnam();
    let new = renamed(&before.authority);
    let anchors = [before.authority.csca_certificate(), new.csca_certificate()];
    let after = Issued { authority: new.clone(), ..Issued::vietnam() }.signed(&SodOptions::default());
    for (issued, lister) in [(&before, &new), (&after, &before.authority)] {
        let of = |options| endings(issued, &store(anchors.clone(), &[(lister, options)]), &anchors);
        assert_eq!(of(revoking(signer_serial(issued))), [REVOKED; 2]);
        assert_eq!(of(current()), [GOOD, UNKNOWN]);
        // The root of either name: revoked is the key.
        let root = CertificateOptions { serial: vec![0x35, 0x01], ..before.authority.csca_options() };
        let anchors = [before.authority.csca_certificate_with(&root), new.csca_certificate()];
        let listed = store(anchors.clone(), &[(lister, revoking(root.serial))]);
        assert_eq!(endings(issued, &listed, &anchors), [failed("csca.revoked"); 2]);
    }
}

/// A key that a revoked one made an anchor falls with it (ICAO 9303-12 §4.1.5.1), also where the gate does not have the revoked one.
#[test]
fn attack_14_an_anchor_whose_predecessor_is_revoked_is_revoked_at_a_gate() {
    let old = Issued::vietnam().authority;
    let issued = Issued { authority: rekeyed(&old), ..Issued::vietnam() }.signed(&SodOptions::default());
    let link = old.link_certificate(&issued.authority);
    let mut store = trust([old.csca_certificate()]);
    let verified = VerifiedLink::verify(Certificate::from_der(&link).unwrap(), &store, &RustCrypto).unwrap();
    store.add_link(verified, "link.cer".into(), &RustCrypto);
    for (serial, expected) in [(vec![0x11], [GOOD, UNKNOWN]), (old.csca_options().serial, [failed("csca.revoked"); 2])] {
        let mut store = store.clone();
        store.add_revocation_list(verify(&issued.authority, &revoking(serial), &store).unwrap());
        assert_eq!(endings(&issued, &store, std::slice::from_ref(&link)), expected);
    }
}

/// A signer that calls its issuer by a name that nobody has hangs on the anchor whose key signed it, and so do the lists.
#[test]
fn attack_14_a_signer_that_misnames_its_issuer_is_revoked_at_a_gate() {
    let issued = Issued::vietnam();
    let misnamed = Some(Name::new("VN", "Fixture Issuing Authority", "Nobody"));
    let certificate = CertificateOptions { issuer: misnamed, ..issued.authority.document_signer_options() };
    let issued = issued.signed(&SodOptions { certificate: Some(certificate), ..SodOptions::default() });
    let anchor = issued.authority.csca_certificate();
    let of = |options| endings(&issued, &store([anchor.clone()], &[(&issued.authority, options)]), std::slice::from_ref(&anchor));
    assert_eq!(of(revoking(signer_serial(&issued))), [REVOKED; 2]);
    assert_eq!(of(revoking(vec![0x11])), [GOOD, UNKNOWN]);
}

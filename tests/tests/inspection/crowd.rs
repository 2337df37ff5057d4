//! A store full of authorities of one name: the work on one card is bounded (`attacks.md` 31). Counted, not timed: the bench measures.

use std::sync::Mutex;

use soat::crypto::PublicKey;
use soat::pki::chain::{Chain, find_anchor};
use soat_tests::crowd::{KINDS, Kind, crowd};
use soat_tests::provider::{Asking, Signatures};

#[test]
fn attack_31_a_store_full_of_one_name_costs_a_bounded_number_of_signatures() {
    for kind in KINDS {
        let tried = Mutex::new(Vec::new());
        let noting = Asking(|key: &PublicKey| {
            tried.lock().unwrap().push(key.clone());
            Ok(Signatures::Checked)
        });
        let (store, certificate) = crowd(kind);
        assert!(store.anchors().len() >= 64);
        let found = find_anchor(&certificate, &store, &noting);
        assert!(matches!(found, Chain::IssuerUnknown { name_known: true }), "{kind:?}");
        let tried = tried.lock().unwrap();
        let (fewest, most) = match kind {
            // A real series of keys under one name has eleven: each of them must be reached.
            Kind::Curve(_) => (11, 24),
            Kind::Rsa(4096, _) => (11, 24),
            Kind::Rsa(8192, 17) => (8, 24),
            Kind::Rsa(..) => (1, 2),
            Kind::OtherKind => (0, 0),
        };
        assert!((fewest..=most).contains(&tried.len()), "{kind:?}: {} signatures", tried.len());
        assert!(tried.iter().enumerate().all(|(place, key)| !tried[..place].contains(key)), "{kind:?}: a key was tried twice");
    }
}

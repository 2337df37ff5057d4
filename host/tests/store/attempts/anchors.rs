//! Anchors by way of keys that everyone has.

use card_fixtures::authority::{Authority, MasterListOptions, Name, Signer};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;

use crate::desk::{Desk, fingerprint, own};

/// Found: whoever signed with the fixture authority's public keys brought anchors of other names without the mark of a demonstration.
#[test]
fn attempt_an_anchor_by_way_of_the_fixture_authority() {
    let curve = Curve::named("secp256r1").unwrap();
    let forger = |country: &str, name: &str| {
        let mut forger =
            Authority::new(country, Signer::ecdsa(curve, Hash::Sha256, name), Signer::ecdsa(curve, Hash::Sha256, name));
        forger.csca_name = Name::new(country, "Ministry", name);
        forger
    };
    let (first, second) = (forger("VN", "CSCA One"), forger("VN", "CSCA Two"));
    let desk = Desk::trusting();
    desk.write("first.ml", &own().master_list(&[first.csca_certificate()], &MasterListOptions::default()));
    desk.write("second.ml", &first.master_list(&[second.csca_certificate()], &MasterListOptions::default()));
    let finished = desk.run("trust import first.ml");
    assert!(finished.stdout.contains("0 anchors added, 0 were there already, 1 refused"), "{}", finished.stdout);
    desk.good("trust import first.ml --demonstration");
    desk.good("trust import second.ml --demonstration");
    // Once the fixture authority itself is gone nothing else would mark them.
    desk.good(&format!("trust remove {}", fingerprint(&own().csca_certificate())));
    let anchors = desk.json("trust list")["anchors"].as_array().unwrap().clone();
    assert_eq!(anchors.len(), 2);
    assert!(anchors.iter().all(|anchor| anchor["demonstration"] == true), "{anchors:#?}");
    let other = Desk::new();
    other.write("first.ml", &own().master_list(&[first.csca_certificate()], &MasterListOptions::default()));
    other.write("csca.der", &own().csca_certificate());
    let finished = other.run("trust import first.ml --signer csca.der");
    assert!(finished.stdout.contains("0 anchors added, 0 were there already, 1 refused"), "{}", finished.stdout);
}

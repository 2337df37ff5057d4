//! `soat trust check`, a remark at a time: first the store without it, then with it.

use card_fixtures::authority::{Authority, CertificateOptions, CrlOptions, CurveEncoding, MasterListOptions, Signer};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::authority;
use card_fixtures::time::Time;

use crate::desk::{Desk, NOW, fingerprint, own};

fn signer(curve: &str, hash: Hash, seed: &str) -> Signer {
    Signer::ecdsa(Curve::named(curve).unwrap(), hash, seed).with_curve_encoding(CurveEncoding::Named)
}

fn codes(desk: &Desk, options: &str) -> Vec<String> {
    desk.remarks(options).into_iter().map(|(code, _)| code).collect()
}

#[test]
fn an_anchor_that_expires_soon_or_has_or_is_not_valid_yet() {
    // The CSCA is valid from 2021-01-01 to 2046-01-01.
    let desk = Desk::trusting();
    let check = |now: &str, within: &str| codes(&desk, &format!("--now {now} --within {within}"));
    assert!(check(NOW, "90d").is_empty());
    assert_eq!(desk.run(&format!("trust check --now {NOW}")).code, 0);
    assert!(check("2045-10-02T00:00:00Z", "90d").is_empty());
    assert_eq!(check("2045-10-04T00:00:00Z", "90d"), ["expires"]);
    assert_eq!(check("2045-10-02T00:00:00Z", "120d"), ["expires"]);
    assert_eq!(check("2046-01-02T00:00:00Z", "90d"), ["expired"]);
    assert_eq!(check("2020-12-31T00:00:00Z", "90d"), ["not-yet"]);
    assert_eq!(desk.run("trust check --now 2046-01-02T00:00:00Z").code, 3);
}

#[test]
fn a_weak_anchor() {
    let with = |csca: Signer| {
        let desk = Desk::new();
        let authority = Authority { csca, ..own() };
        desk.trust("csca.der", &authority.csca_certificate());
        codes(&desk, &format!("--now {NOW}"))
    };
    assert!(with(signer("secp256r1", Hash::Sha256, "strong")).is_empty());
    assert!(with(signer("secp224r1", Hash::Sha224, "short enough")).is_empty());
    assert_eq!(with(signer("secp192r1", Hash::Sha224, "short")), ["weak"]);
    assert_eq!(with(signer("secp256r1", Hash::Sha1, "old hash")), ["weak"]);
    assert_eq!(with(Signer::dsa(Hash::Sha256, "dsa")), ["weak"]);
}

#[test]
fn an_anchor_whose_link_lost_its_issuer_is_orphaned() {
    let desk = Desk::trusting();
    let own = own();
    let next = Authority { csca: signer("secp256r1", Hash::Sha256, "the next key"), ..own.clone() };
    let link = own.link_certificate(&next);
    desk.write("link.der", &link);
    desk.good("trust import link.der --demonstration");
    assert!(desk.remarks(&format!("--now {NOW}")).is_empty());
    desk.good(&format!("trust remove {}", fingerprint(&own.csca_certificate())));
    assert_eq!(desk.remarks(&format!("--now {NOW}")), [("orphaned".to_owned(), fingerprint(&link))]);
}

#[test]
fn two_certificates_of_one_key_and_name_are_duplicates_and_a_link_beside_its_root_is_none() {
    let desk = Desk::trusting();
    let own = own();
    let next = Authority { csca: signer("secp256r1", Hash::Sha256, "the next key"), ..own.clone() };
    desk.write("link.der", &own.link_certificate(&next));
    desk.good("trust import link.der --demonstration");
    desk.trust("root.der", &next.csca_certificate());
    assert!(desk.remarks(&format!("--now {NOW}")).is_empty());
    let again = next.csca_certificate_with(&CertificateOptions { serial: vec![0x11], ..next.csca_options() });
    desk.trust("again.der", &again);
    assert_eq!(codes(&desk, &format!("--now {NOW}")), ["duplicate"]);
}

#[test]
fn a_revoked_anchor() {
    let desk = Desk::trusting();
    let own = own();
    let crl = |number, revoked| {
        own.revocation_list(&CrlOptions {
            revoked,
            number,
            this_update: Time::midnight(2026, 10, 1),
            next_update: Some(Time::midnight(2027, 1, 1)),
            ..CrlOptions::default()
        })
    };
    desk.write("clean.crl", &crl(1, Vec::new()));
    desk.good("trust import clean.crl");
    assert!(desk.remarks(&format!("--now {NOW}")).is_empty());
    desk.write("revoking.crl", &crl(2, vec![(own.csca_options().serial, Time::midnight(2026, 9, 30))]));
    desk.good("trust import revoking.crl");
    assert_eq!(desk.remarks(&format!("--now {NOW}")), [("revoked".to_owned(), fingerprint(&own.csca_certificate()))]);
    let told = desk.run(&format!("trust check --now {NOW}")).stdout;
    assert!(told.contains("Revoked since 2026-09-30T00:00:00Z"), "{told}");
}

#[test]
fn a_stale_list_and_one_whose_anchor_is_gone() {
    let desk = Desk::trusting();
    let own = own();
    let crl = CrlOptions {
        this_update: Time::midnight(2026, 10, 1),
        next_update: Some(Time::midnight(2027, 1, 1)),
        ..CrlOptions::default()
    };
    desk.write("own.crl", &own.revocation_list(&crl));
    desk.good("trust import own.crl");
    assert!(desk.remarks(&format!("--now {NOW}")).is_empty());
    assert_eq!(codes(&desk, "--now 2027-01-02T00:00:00Z"), ["crl-stale"]);
    desk.good(&format!("trust remove {}", fingerprint(&own.csca_certificate())));
    assert_eq!(codes(&desk, &format!("--now {NOW}")), ["list-orphaned"]);
}

#[test]
fn what_the_last_list_of_a_publisher_changed_is_told_until_the_next() {
    let desk = Desk::trusting();
    let (own, other) = (own(), authority("passport-td3").unwrap());
    let import = |members: &[Vec<u8>]| {
        desk.write("list.ml", &own.master_list(members, &MasterListOptions::default()));
        desk.good("trust import list.ml --demonstration");
    };
    let changes = || desk.json(&format!("trust check --now {NOW}"))["changes"].clone();
    import(&[own.csca_certificate()]);
    assert_eq!(changes(), serde_json::json!([]), "a first list changes nothing");
    import(&[own.csca_certificate(), other.csca_certificate()]);
    let told = changes();
    let list = &told[0]["since_last_list"];
    assert_eq!((&told[0]["source"], list["went"].as_array().unwrap().len()), (&"list.ml".into(), 0));
    assert_eq!(list["came"][0]["sha256"], fingerprint(&other.csca_certificate()));
    desk.good("trust import list.ml --demonstration");
    assert_eq!(changes(), told, "the same list once more");
    import(&[own.csca_certificate()]);
    assert_eq!(changes()[0]["since_last_list"]["went"][0]["sha256"], fingerprint(&other.csca_certificate()));
    let text = desk.good(&format!("trust check --now {NOW}"));
    assert!(text.contains("0 certificates came, 1 went"), "{text}");
    assert_eq!(desk.run(&format!("trust check --now {NOW}")).code, 0, "nothing of it is to be mended");
}

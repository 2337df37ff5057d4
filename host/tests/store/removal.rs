//! `soat trust remove` of lists and document signers.

use card_fixtures::authority::{CrlOptions, Deviation, DeviationListOptions, ldif};
use card_fixtures::personalisation::authority;

use crate::desk::{Desk, fingerprint, own};

#[test]
fn revocation_lists_deviation_lists_and_signers_are_removed_by_their_fingerprints() {
    let desk = Desk::trusting();
    let own = own();
    let crl = own.revocation_list(&CrlOptions::default());
    let deviations = own.deviation_list(&[Deviation::of("2.23.136.1.1.7.2.2", Some(2))], &DeviationListOptions::default());
    let signer = own.document_signer_certificate().der;
    let directory = ldif(&[("o=dsc,c=VN", vec![("userCertificate;binary", signer.clone())])]);
    for (name, bytes) in [("own.crl", crl.as_slice()), ("own.dl", &deviations), ("signers.ldif", directory.as_bytes())] {
        desk.write(name, bytes);
        desk.good(&format!("trust import {name}"));
    }
    let counts = || {
        let list = desk.json("trust list");
        let len = |key: &str| list[key].as_array().unwrap().len();
        (len("anchors"), len("revocation_lists"), len("deviation_lists"), list["signers"].as_u64().unwrap())
    };
    assert_eq!(counts(), (1, 1, 1, 1));
    desk.complains("trust remove 000", "begins with 000", "bắt đầu bằng 000");
    let removed = desk.good(&format!("trust remove {}", fingerprint(&crl).split_at(8).0));
    assert!(removed.contains("Fixture CSCA Vietnam"), "{removed}");
    assert_eq!(counts(), (1, 0, 1, 1));
    desk.good(&format!("trust remove {}", fingerprint(&deviations)));
    assert_eq!(counts(), (1, 0, 0, 1));
    desk.good(&format!("trust remove {}", fingerprint(&signer)));
    assert_eq!(counts(), (1, 0, 0, 0));
    desk.complains(&format!("trust remove {}", fingerprint(&crl)), "begins with", "bắt đầu bằng");
    // Removed files leave nothing behind, and may come again.
    assert!(desk.files("trust/revocation-lists").is_empty() && desk.files("trust/deviation-lists").is_empty());
    desk.good("trust import own.crl");
    assert_eq!(counts(), (1, 1, 0, 0));
}

/// Found: an anchor that lay in the folder and in the snapshot was said to be removed, and went on being trusted.
#[test]
fn attempt_to_keep_an_anchor_that_was_removed() {
    let desk = Desk::trusting();
    desk.good("key new office.key");
    desk.good("trust export --sign office.key --out store.soat");
    desk.good("trust import store.soat --key office.key.pub --demonstration");
    let csca = fingerprint(&own().csca_certificate());
    desk.complains(&format!("trust remove {csca}"), "came with the snapshot", "đến cùng bản chụp");
    assert_eq!(desk.json("trust list")["anchors"].as_array().unwrap().len(), 1);
    let other = authority("passport-td3").unwrap().csca_certificate();
    desk.trust("other.der", &other);
    desk.good(&format!("trust remove {}", fingerprint(&other)));
    assert_eq!(desk.json("trust list")["anchors"].as_array().unwrap().len(), 1);
}

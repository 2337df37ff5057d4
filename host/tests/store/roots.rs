//! Roots of master lists: a certificate that only the list brings is never its anchor (`attacks.md` 13).

use card_fixtures::authority::MasterListOptions;
use card_fixtures::personalisation::authority;

use crate::desk::{Desk, fingerprint, own};

fn desk() -> (Desk, String) {
    let desk = Desk::new();
    let own = own();
    let members = [own.csca_certificate(), authority("passport-td3").unwrap().csca_certificate()];
    desk.write("list.ml", &own.master_list(&members, &MasterListOptions::default()));
    (desk, fingerprint(&own.csca_certificate()))
}

#[test]
fn attack_13_a_fingerprint_names_an_anchor_of_the_store_and_not_one_that_the_list_brings() {
    let (desk, root) = desk();
    let import = format!("trust import list.ml --demonstration --signer {root}");
    desk.complains(&import, "never its own root", "không bao giờ là gốc của chính nó");
    assert!(desk.files("trust").is_empty());
    // Taking the root out of the list is an act of its own, under its fingerprint.
    desk.complains("trust add list.ml --demonstration", "has no certificate with a given fingerprint", "không có chứng thư nào");
    let other = "00".repeat(32);
    let add_other = format!("trust add list.ml --demonstration --fingerprint {other}");
    desk.complains(&add_other, "has no certificate with a given fingerprint", "không có chứng thư nào");
    let add = format!("trust add list.ml --fingerprint {root}");
    desk.complains(&add, "fixture authority", "nơi cấp giả lập");
    desk.good(&format!("{add} --demonstration"));
    let anchors = desk.json("trust list")["anchors"].clone();
    assert_eq!(anchors.as_array().unwrap().len(), 1);
    assert_eq!((&anchors[0]["sha256"], &anchors[0]["provenance"]["confirmed"]), (&root.as_str().into(), &"fingerprint".into()));
    assert!(desk.good(&import).contains("1 anchors added, 1 were there already, 0 refused"));
}

#[test]
fn members_whose_own_signature_is_wrong_are_refused() {
    let desk = Desk::trusting();
    let (own, other) = (own(), authority("passport-td3").unwrap());
    let broken = other
        .csca_certificate_with(&card_fixtures::authority::CertificateOptions { corrupt_signature: true, ..other.csca_options() });
    for (member, told) in [
        (other.csca_certificate(), "1 anchors added, 1 were there already, 0 refused"),
        (broken, "0 anchors added, 1 were there already, 1 refused"),
    ] {
        desk.write("list.ml", &own.master_list(&[own.csca_certificate(), member.clone()], &MasterListOptions::default()));
        let finished = desk.run("trust import list.ml --demonstration");
        assert!(finished.stdout.contains(told), "{}{}", finished.stdout, finished.stderr);
        desk.run(&format!("trust remove {}", fingerprint(&member)));
    }
}

/// Where a virtual card is tried the operator's folder counts, and what is wrong with it is not passed over.
#[test]
fn a_damaged_folder_is_said_where_a_virtual_card_is_read() {
    let desk = Desk::trusting();
    desk.good(&format!("read --reader virtual --now {}", crate::desk::NOW));
    let (anchor, _) =
        desk.files("trust/anchors").into_iter().find(|(path, _)| path.extension().is_some_and(|end| end == "der")).unwrap();
    std::fs::write(anchor, b"torn").unwrap();
    desk.complains("read --reader virtual", "does not hold the certificate", "không chứa chứng thư");
}

//! `soat trust export` and its import: a byte changed anywhere, another key, a version that goes back, and nothing half-written.

use card_fixtures::authority::{CrlOptions, Deviation, DeviationListOptions, ldif};
use card_fixtures::time::Time;

use crate::desk::{Desk, NOW, fingerprint, own};

/// A store with something of every kind, and a key.
fn publisher() -> Desk {
    let desk = Desk::trusting();
    let own = own();
    desk.good("key new office.key");
    desk.good("key new other.key");
    let crl = CrlOptions {
        this_update: Time::midnight(2026, 10, 1),
        next_update: Some(Time::midnight(2027, 1, 1)),
        ..CrlOptions::default()
    };
    desk.write("own.crl", &own.revocation_list(&crl));
    desk.good("trust import own.crl");
    desk.write("own.dl", &own.deviation_list(&[Deviation::of("2.23.136.1.1.7.2.2", Some(2))], &DeviationListOptions::default()));
    desk.good("trust import own.dl");
    let directory = ldif(&[("o=dsc,c=VN", vec![("userCertificate;binary", own.document_signer_certificate().der)])]);
    desk.write("signers.ldif", directory.as_bytes());
    desk.good("trust import signers.ldif");
    let spki = x509_parser::pem::parse_x509_pem(&desk.read("other.key.pub")).unwrap().1.contents;
    desk.good(&format!("trust add-terminal other.key.pub --fingerprint {}", fingerprint(&spki)));
    desk
}

fn key_fingerprint(desk: &Desk) -> String {
    fingerprint(&x509_parser::pem::parse_x509_pem(&desk.read("office.key.pub")).unwrap().1.contents)
}

#[test]
fn another_machine_takes_the_whole_store_over_and_judges_as_the_first() {
    let desk = publisher();
    desk.good(&format!("read --reader virtual --now {NOW} --save card.soat"));
    let told = desk.good("trust export --sign office.key --out store.soat");
    assert!(told.contains("version 1") && told.contains("5 objects"), "{told}");
    desk.complains("trust import store.soat --key office.key.pub --trust second", "fixture authority", "nơi cấp giả lập");
    assert!(desk.files("second").is_empty());
    desk.good("trust import store.soat --key office.key.pub --demonstration --trust second");
    let rows = |trust: &str| {
        let mut report = desk.json(&format!("verify card.soat --profile strict --now {NOW} --trust {trust}"));
        report["checks"].take()
    };
    assert_eq!(rows("second"), rows("trust"));
    assert_ne!(rows("second"), rows("third"));
    let list = |trust: &str| desk.json(&format!("trust list --trust {trust}"));
    let (first, second) = (list("trust"), list("second"));
    for key in ["anchors", "terminals", "time_stampers", "revocation_lists", "deviation_lists", "signers"] {
        assert_eq!(first[key], second[key], "{key}");
    }
    assert_eq!(second["snapshot"]["version"], 1);
    assert_eq!(second["snapshot"]["key_sha256"], key_fingerprint(&desk).as_str());
    // One file, whole: nothing else was written.
    assert_eq!(desk.files("second").iter().filter(|(path, _)| !path.ends_with("signers.index")).count(), 1);
    // The key may be given by its SHA-256 too, and need not be given again.
    desk.good(&format!("trust import store.soat --key {} --demonstration --trust third", key_fingerprint(&desk)));
    assert!(desk.good("trust import store.soat --trust third").contains("was taken over before"));
    let what = desk.good("trust list --trust third");
    assert!(what.contains("Snapshot version 1"), "{what}");
    // What the snapshot took over is exported again, under a later version.
    assert!(desk.good("trust export --sign other.key --out again.soat --trust third").contains("version 2"));
}

#[test]
fn a_byte_changed_anywhere_is_refused_and_the_store_stays() {
    let desk = publisher();
    desk.good("trust export --sign office.key --out one.soat");
    desk.good("trust import one.soat --key office.key.pub --demonstration --trust second");
    desk.good("trust export --sign office.key --out two.soat");
    let (before, bytes) = (desk.files("second"), desk.read("two.soat"));
    let places = [0, 3, 8, 30, 60, 100, bytes.len() / 2, bytes.len() - 70, bytes.len() - 1];
    for place in places {
        let mut altered = bytes.clone();
        altered[place] ^= 1;
        desk.write("altered.soat", &altered);
        for key in ["", " --key office.key.pub"] {
            let finished = desk.run(&format!("trust import altered.soat{key} --demonstration --trust second"));
            assert_eq!(finished.code, 2, "byte {place}{key}: {}", finished.stdout);
        }
    }
    let mut altered = bytes.clone();
    altered[bytes.len() / 2] ^= 1;
    desk.write("altered.soat", &altered);
    desk.complains("trust import altered.soat --trust second", "was altered", "đã bị sửa");
    desk.write("torn.soat", bytes.split_at(bytes.len() - 10).0);
    assert_eq!(desk.run("trust import torn.soat --key office.key.pub --demonstration --trust second").code, 2);
    assert_eq!(desk.files("second"), before);
    desk.good("trust import two.soat --demonstration --trust second");
    assert_ne!(desk.files("second"), before);
}

#[test]
fn another_key_is_refused_and_none_is_pinned_by_itself() {
    let desk = publisher();
    desk.good("trust export --sign other.key --out store.soat");
    desk.complains("trust import store.soat --trust second", "no key is pinned yet", "chưa có khóa nào được ghim");
    desk.complains("trust import store.soat --key nothing --trust second", "neither a file nor", "không phải tệp");
    let wrong = "trust import store.soat --key office.key.pub --demonstration --trust second";
    desk.complains(wrong, "another key than the pinned one", "khóa khác với khóa đã ghim");
    assert!(desk.files("second").is_empty());
    desk.good("trust import store.soat --key other.key.pub --demonstration --trust second");
    desk.good("trust export --sign office.key --out next.soat");
    // The key of the snapshot before is pinned from then on.
    let unnamed = "trust import next.soat --demonstration --trust second";
    desk.complains(unnamed, "another key than the pinned one", "khóa khác với khóa đã ghim");
    desk.good("trust import next.soat --key office.key.pub --demonstration --trust second");
    desk.complains(
        "trust import csca.der --key office.key.pub --trust second",
        "no signed trust snapshot",
        "không phải bản chụp",
    );
}

#[test]
fn a_version_never_goes_back_and_stands_for_one_content() {
    let desk = publisher();
    desk.good("trust export --sign office.key --out one.soat");
    desk.good("trust export --sign office.key --out two.soat");
    // The same version with other content, as a publisher makes it who lost count.
    let spki = x509_parser::pem::parse_x509_pem(&desk.read("other.key.pub")).unwrap().1.contents;
    desk.good(&format!("trust remove {}", fingerprint(&spki)));
    std::fs::write(desk.path("trust/exported-version"), "1\n").unwrap();
    desk.good("trust export --sign office.key --out other-two.soat");
    desk.good("trust import two.soat --key office.key.pub --demonstration --trust second");
    let before = desk.files("second");
    desk.complains("trust import one.soat --trust second", "never goes back", "không bao giờ lùi lại");
    desk.complains("trust import one.soat --key office.key.pub --trust second", "has version 1", "phiên bản 1");
    desk.complains("trust import other-two.soat --trust second", "but other content", "nội dung khác");
    assert!(desk.good("trust import two.soat --trust second").contains("was taken over before"));
    assert_eq!(desk.files("second"), before);
    desk.complains(
        "trust export --sign office.key --out none.soat --snapshot-version 2",
        "given out before",
        "đã được phát hành",
    );
    assert!(!desk.path("none.soat").exists());
    desk.good("trust export --sign office.key --out nine.soat --snapshot-version 9");
    desk.good("trust import nine.soat --demonstration --trust second");
    desk.complains("trust export --sign office.key --out nine.soat", "exists already", "đã có");
}

#[test]
fn what_came_with_a_snapshot_goes_with_the_next_and_what_was_added_here_stays() {
    let desk = publisher();
    let stranger = card_fixtures::personalisation::authority("passport-td3").unwrap().csca_certificate();
    let csca = fingerprint(&own().csca_certificate());
    desk.good("trust export --sign office.key --out one.soat");
    desk.good("trust import one.soat --key office.key.pub --demonstration --trust second");
    desk.complains(&format!("trust remove {csca} --trust second"), "came with the snapshot", "đến cùng bản chụp");
    desk.write("stranger.der", &stranger);
    desk.good(&format!("trust add stranger.der --demonstration --trust second --fingerprint {}", fingerprint(&stranger)));
    desk.good(&format!("trust remove {csca}"));
    desk.good("trust export --sign office.key --out two.soat");
    let told = desk.good("trust import two.soat --trust second");
    assert!(told.contains("0 objects came, 1 went"), "{told}");
    let anchors = desk.json("trust list --trust second")["anchors"].clone();
    assert_eq!(anchors.as_array().unwrap().len(), 1);
    assert_eq!(anchors[0]["sha256"], fingerprint(&stranger).as_str());
}

#[test]
fn an_altered_snapshot_in_the_folder_is_refused() {
    let desk = publisher();
    desk.good("trust export --sign office.key --out one.soat");
    desk.good("trust import one.soat --key office.key.pub --demonstration --trust second");
    let mut bytes = desk.read("second/snapshot.soat");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(desk.path("second/snapshot.soat"), bytes).unwrap();
    desk.complains("trust list --trust second", "was altered", "đã bị sửa");
}

#[test]
fn nothing_is_exported_out_of_an_empty_store_or_with_an_open_key() {
    let desk = publisher();
    desk.complains("trust export --sign office.key --out none.soat --trust empty", "nothing to export", "Không có gì để xuất");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(desk.path("office.key"), std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(desk.run("trust export --sign office.key --out none.soat").code, 2);
    }
    assert!(!desk.path("none.soat").exists());
}

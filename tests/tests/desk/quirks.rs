//! Chips that behave oddly, read by the command as a user runs it, under both profiles: the rows of `quirks.md` that a chip shows at a
//! reader. What the reading and the judging make of each in detail is tested without a daemon.

use std::fs;

use card_fixtures::authority::CrlOptions;
use card_fixtures::chip::{LostTag, ParameterId, Quirks, ReadLimit, SignatureForm};
use card_fixtures::personalisation::{Personalisation, authority, personalise};
use card_fixtures::time::Time;
use serde_json::Value;
use soat_tests::command::run;

use super::{Desk, json};

fn limit(bytes: usize, status: u16, protected: bool) -> Quirks {
    Quirks { read_limit: Some(ReadLimit { bytes, status, protected }), ..Quirks::vietnam() }
}

/// Reads the card twice: genuine with these findings in `operational`; in `strict` genuine too, or failed for the reason.
fn read(desk: &Desk, card: &Personalisation, quirks: &Quirks, noted: &[&str], refused: Option<&str>) {
    desk.trust(&card.name);
    let list = CrlOptions {
        this_update: Time::midnight(2026, 10, 1),
        next_update: Some(Time::midnight(2027, 1, 1)),
        ..CrlOptions::default()
    };
    fs::write(desk.path("issuer.crl"), authority(&card.name).unwrap().revocation_list(&list)).unwrap();
    let imported = run(&mut desk.soat(&["trust", "import", "issuer.crl"]));
    assert_eq!(imported.code, 0, "{imported:?}");
    let can = card.can.clone().unwrap();
    for (profile, expected) in [("operational", None), ("strict", refused)] {
        let _card = desk.lay(card.clone(), quirks.clone());
        let finished = run(&mut desk.read(&["--can", &can, "--no-photo", "--json", "--profile", profile]));
        let report = json(&finished);
        let rows = report["checks"].as_array().unwrap();
        let findings: Vec<&Value> = rows.iter().flat_map(|row| row["findings"].as_array().unwrap()).collect();
        for code in noted {
            assert!(findings.iter().any(|finding| finding["code"] == *code), "{profile} {code}: {report:#}");
        }
        let failed = rows.iter().find(|row| row["weight"] != "evaluatory" && row["outcome"] == "failed");
        assert_eq!(failed.map(|row| row["reason"].as_str().unwrap()), expected, "{profile}: {report:#}");
        assert_eq!(finished.code, i32::from(expected.is_some()), "{profile}: {report:#}");
        assert_eq!(report["identity"].is_null(), expected.is_some());
    }
}

fn vietnam(quirks: &Quirks, noted: &[&str], refused: Option<&str>) {
    let Some(desk) = Desk::new() else { return };
    read(&desk, &personalise("vietnam-2024").unwrap(), quirks, noted, refused);
}

#[test]
fn quirk_01_at_the_desk() {
    let noted = ["sm.unprotected_status", "read.block_reduced"];
    vietnam(&limit(192, 0x6700, false), &noted, Some("sm.unprotected_status"));
}

#[test]
fn quirk_02_at_the_desk() {
    vietnam(&limit(112, 0x6B00, true), &["read.block_reduced"], None);
}

#[test]
fn quirk_03_at_the_desk() {
    vietnam(&Quirks { answer_part: Some(100), ..Quirks::vietnam() }, &["apdu.get_response"], None);
}

#[test]
fn quirk_04_at_the_desk() {
    vietnam(&Quirks { select_master_file: Some(0x6A86), ..Quirks::default() }, &[], None);
}

#[test]
fn quirk_06_at_the_desk() {
    let quirks = Quirks { parameter_id: ParameterId::Required, ..Quirks::vietnam() };
    vietnam(&quirks, &["pace.parameter_reference"], None);
}

#[test]
fn quirk_07_at_the_desk() {
    vietnam(&Quirks { refuse_le: true, ..Quirks::vietnam() }, &[], None);
}

#[test]
fn quirk_08_at_the_desk() {
    let Some(desk) = Desk::new() else { return };
    for card in ["pace-im-bp256-aes128", "pace-modp2048-224-aes192", "pace-cam-bp256-aes128"] {
        read(&desk, &personalise(card).unwrap(), &Quirks::default(), &[], None);
    }
}

#[test]
fn quirk_18_at_the_desk() {
    vietnam(&Quirks { chip_authentication_status: Some(0x6F00), ..Quirks::vietnam() }, &[], None);
}

#[test]
fn quirk_19_at_the_desk() {
    let quirks = Quirks { signature: SignatureForm::Der, ..Quirks::vietnam() };
    vietnam(&quirks, &["aa.signature_der"], Some("aa.signature_der"));
}

#[test]
fn quirk_20_at_the_desk() {
    let Some(desk) = Desk::new() else { return };
    let mut padded = personalise("vietnam-2024").unwrap();
    for content in padded.application_files.values_mut() {
        content.extend([0; 300]);
    }
    read(&desk, &padded, &Quirks::vietnam(), &[], None);
}

#[test]
fn quirk_27_at_the_desk() {
    let lost = LostTag { after: 20, comes_back: true, other: None };
    vietnam(&Quirks { lost_tag: Some(lost), ..Quirks::vietnam() }, &["card.resumed"], None);
}

#[test]
fn quirk_28_at_the_desk() {
    // vpcd has no other way to say that an answer was lost than a bare status, which `strict` refuses.
    let quirks = Quirks { answer_cap: Some(180), ..Quirks::vietnam() };
    vietnam(&quirks, &["read.block_reduced"], Some("sm.unprotected_status"));
}

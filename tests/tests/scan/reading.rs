//! One motion: a picture of the code, and the chip read with it.

use std::fs;

use image::ImageFormat::Jpeg;
use soat_tests::command::{run, soat};

use crate::{NOW, OF_2024, file, json, picture};

fn read(card: &str, qr: &str, more: &[&str]) -> soat_tests::command::Finished {
    let reader = format!("virtual:{card}");
    run(&mut soat(&[&["read", "--reader", &reader, "--qr", qr, "--no-photo", "--now", NOW, "--json"], more].concat()))
}

#[test]
fn a_photograph_opens_the_chip_and_is_compared_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("the.jpg");
    fs::write(&path, file(&picture(OF_2024, 4), Jpeg)).unwrap();
    let saved = folder.path().join("card.soat");
    let finished = read("vietnam-2024", &format!("@{}", path.display()), &["--save", saved.to_str().unwrap()]);
    let report = json(&finished);
    assert_eq!((finished.code, &report["overall"]), (0, &"successful".into()), "{finished:?}");
    let row = report["checks"].as_array().unwrap().iter().find(|row| row["check"] == "printed_data").unwrap();
    assert_eq!(row["outcome"], "successful");
    // The code is in the saved dossier, and is compared again.
    let again = run(&mut soat(&["verify", saved.to_str().unwrap(), "--now", NOW, "--json"]));
    let again = json(&again);
    let row = again["checks"].as_array().unwrap().iter().find(|row| row["check"] == "printed_data").unwrap();
    assert_eq!((&row["outcome"], &again["evidence_digest"]), (&"successful".into(), &report["evidence_digest"]));
}

/// A profile that does not release the address does not save the code that has it.
#[test]
fn a_code_that_says_more_than_is_released_is_withheld() {
    let folder = tempfile::tempdir().unwrap();
    let saved = folder.path().join("card.soat");
    let finished = read("vietnam-2024", OF_2024, &["--save", saved.to_str().unwrap(), "--release", "full_name,birth"]);
    assert_eq!(finished.code, 0, "{finished:?}");
    let bytes = fs::read(&saved).unwrap();
    let has = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    assert!(!has("Ba Đình") && !has("012345678") && !has("001199000001|"));
    let again = json(&run(&mut soat(&["verify", saved.to_str().unwrap(), "--now", NOW, "--json"])));
    let row = again["checks"].as_array().unwrap().iter().find(|row| row["check"] == "printed_data").unwrap();
    assert_eq!(row["reason"], "printed.withheld");
}

/// A chip without PACE: the number and the dates of the code make BAC keys, each told and counted.
#[test]
fn a_chip_without_pace_is_opened_with_the_dates_of_the_code() {
    let own = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021";
    let finished = read("vietnam-bac", own, &[]);
    assert_eq!(finished.code, 0, "{finished:?}");
    assert!(finished.stderr.contains("(1 of 3)") && finished.stderr.contains("(2 of 3)"), "{finished:?}");
    assert!(!finished.stderr.contains("(3 of 3)"), "{finished:?}");
    assert_eq!(json(&finished)["access"]["protocol"], "bac");
    // The code of somebody born on another day: none of its keys opens the chip.
    let other = read("vietnam-bac", &own.replace("01011999", "02011999"), &[]);
    assert_eq!((other.code, json(&other)["error"]["code"].as_str()), (4, Some("card-guesses-denied")), "{other:?}");
    assert!(other.stderr.contains("(3 of 3)"), "{other:?}");
    // Without dates there is nothing to try.
    let undated = read("vietnam-bac", &own.replace("15032021", ""), &[]);
    assert_eq!((undated.code, json(&undated)["error"]["code"].as_str()), (4, Some("card-password-without-pace")), "{undated:?}");
}

/// The typed data page of another card, whose keys are the same: BAC needs number, birth and expiry alone.
#[test]
fn attack_32_the_data_page_of_another_card() {
    let own = "IDVNM1990000014001199000001<<5\\n9901018F3901016VNM<<<<<<<<<<<2\\nNGUYEN<<THI<MAU<<<<<<<<<<<<<<<";
    let read = |zone: &str| {
        run(&mut soat(&["read", "--reader", "virtual:vietnam-2024", "--mrz", zone, "--no-photo", "--now", NOW, "--json"]))
    };
    let genuine = read(own);
    assert_eq!(genuine.code, 0, "{genuine:?}");
    let other = read(&own.replace("NGUYEN<<THI<MAU", "TRAN<<THI<HAI<<"));
    let report = json(&other);
    assert_eq!((other.code, &report["failure"]), (1, &"other_card".into()), "{other:?}");
    let row = report["checks"].as_array().unwrap().iter().find(|row| row["check"] == "printed_data").unwrap();
    assert_eq!(row["reason"], "mrz.differs_from_data_page");
    assert!(!other.stdout.contains("TRAN") && !other.stderr.contains("TRAN"), "{other:?}");
}

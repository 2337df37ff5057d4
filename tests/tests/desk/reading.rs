//! The main job: a card is laid down, its verdict shown, and what was asked for is kept.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use card_fixtures::chip::{LostTag, Quirks};
use card_fixtures::personalisation::personalise;
use soat_tests::command::run;

use super::{Desk, NOW, READER, end, json, spawn, wait_until};

#[test]
fn a_whole_card_is_read_judged_and_kept() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    let _card = desk.lay_genuine("vietnam-2024");
    let challenge = "0011223344556677";
    let arguments =
        ["--can", "000001", "--json", "--timings", "--save", "card.soat", "--photo", "face.png", "--challenge", challenge];
    let finished = run(&mut desk.read(&arguments));
    assert_eq!(finished.code, 0, "{finished:?}");
    let report = json(&finished);
    assert_eq!(report["overall"], "successful");
    assert_eq!(report["source"], READER);
    assert_eq!(report["identity"]["personal_number"], "001199000001", "{:#}", report["identity"]);
    assert_eq!(report["active_authentication"]["challenge"], challenge);
    assert_eq!(report["demonstration"], true, "the fixture authority's anchor marks every report");
    assert!(report["timings"].as_array().is_some_and(|steps| steps.len() > 8), "{:#}", report["timings"]);

    let mode = |name: &str| fs::metadata(desk.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("card.soat"), mode("face.png")), (0o600, 0o600));
    assert!(fs::read(desk.path("face.png")).unwrap().starts_with(b"\x89PNG"));

    // The saved dossier gives the same evidence; only the chip's presence is proven by its signature over the challenge.
    let again = run(&mut desk.soat(&["verify", "card.soat", "--json", "--now", NOW]));
    assert_eq!(again.code, 0, "{again:?}");
    assert_eq!(json(&again)["evidence_sha256"], report["evidence_sha256"]);

    let over = run(&mut desk.read(&["--can", "000001", "--save", "card.soat"]));
    assert_eq!(over.code, 2, "never over a file: {over:?}");
}

#[test]
fn an_unknown_issuer_shows_no_identity() {
    let Some(desk) = Desk::new() else { return };
    let _card = desk.lay_genuine("vietnam-2024");
    let finished = run(&mut desk.read(&["--can", "000001", "--photo", "face.jpg"]));
    assert_eq!(finished.code, 3, "{finished:?}");
    assert!(finished.stdout.starts_with("CANNOT BE DECIDED"), "{finished:?}");
    for personal in ["Nguyễn", "001199000001", "Phường Mẫu"] {
        assert!(!finished.stdout.contains(personal) && !finished.stderr.contains(personal), "{personal}: {finished:?}");
    }
    assert!(!desk.path("face.jpg").exists(), "no face before the verdict");
}

#[test]
fn a_card_that_is_laid_down_later_is_waited_for() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2021");
    let waiting = spawn(&mut desk.read(&["--number", "001199000001", "--no-photo"]));
    std::thread::sleep(std::time::Duration::from_secs(1));
    let _card = desk.lay_genuine("vietnam-2021");
    let finished = end(waiting);
    assert_eq!(finished.code, 0, "{finished:?}");
    assert!(finished.stderr.contains("Lay the card"), "it says that it waits: {finished:?}");
}

#[test]
fn two_cards_in_a_row_leave_nothing_of_each_other() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    let first = desk.lay_genuine("vietnam-2024");
    let one = json(&run(&mut desk.read(&["--can", "000001", "--json"])));
    drop(first);
    let second = personalise("vietnam-no-expiry").unwrap();
    let can = second.can.clone().unwrap();
    let _second = desk.lay(second, Quirks::default());
    let other = json(&run(&mut desk.read(&["--can", &can, "--json"])));
    assert_eq!((&one["overall"], &other["overall"]), (&"successful".into(), &"successful".into()));
    assert_eq!(one["identity"]["personal_number"], "001199000001");
    assert_eq!(other["identity"]["personal_number"], "001160000001");
    assert_ne!(one["evidence_sha256"], other["evidence_sha256"]);
}

#[test]
fn a_lost_tag_is_read_to_its_end_when_it_comes_back() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    let lost = LostTag { after: 30, comes_back: true, other: None };
    let _card = desk.lay(personalise("vietnam-2024").unwrap(), Quirks { lost_tag: Some(lost), ..Quirks::default() });
    let finished = run(&mut desk.read(&["--can", "000001"]));
    assert_eq!(finished.code, 0, "{finished:?}");
    assert!(finished.stdout.starts_with("GENUINE"), "{finished:?}");
    assert!(finished.stderr.contains("Put it back on the same spot"), "it says where to put the card: {finished:?}");
}

#[test]
fn extended_answers_are_used_as_far_as_the_card_states_them() {
    let Some(desk) = Desk::new() else { return };
    let card = desk.lay_genuine("reference-1k");
    let finished = run(&mut desk.read(&["--can", "000001", "--json"]));
    assert_eq!(finished.code, 3, "{finished:?}");
    // 33 is the floor for answers of 1,024 bytes.
    wait_until("the end of the session", || card.chip.apdus() >= 33);
    assert!(card.chip.apdus() <= 33 + 3, "{}", card.chip.apdus());
}

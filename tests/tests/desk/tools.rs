//! `soat readers`, `soat doctor` and `soat card` at a real daemon.

use soat_tests::command::run;

use super::{Desk, READER, end, json, spawn, wait_until};

#[test]
fn readers_and_what_lies_on_them() {
    let Some(desk) = Desk::new() else { return };
    let finished = run(&mut desk.soat(&["readers"]));
    assert_eq!(finished.code, 0, "{finished:?}");
    assert_eq!(finished.stdout.matches("no card").count(), 2, "{finished:?}");
    let _card = desk.lay_genuine("vietnam-2024");
    let mut readers = serde_json::Value::Null;
    wait_until("the card on the reader", || {
        readers = json(&run(&mut desk.soat(&["readers", "--json"])));
        readers["readers"][0]["card_present"] == true
    });
    assert_eq!(readers["readers"][0]["name"], READER);
    assert!(readers["readers"][0]["atr"].as_str().is_some_and(|atr| atr.starts_with("3B")), "{readers:#}");
    assert_eq!(readers["readers"][1]["card_present"], false);
}

#[test]
fn the_doctor_names_each_thing_and_its_remedy() {
    let Some(desk) = Desk::new() else { return };
    let state = |document: &serde_json::Value, probe: &str| {
        let probes = document["probes"].as_array().unwrap();
        let row = probes.iter().find(|row| row["probe"] == probe).unwrap_or_else(|| panic!("{probe}: {document:#}"));
        let state = row["state"].as_str().unwrap().to_owned();
        assert_eq!(row["remedy"].is_null(), state == "ok", "each that is not right has a remedy: {row:#}");
        state
    };
    let document = json(&run(&mut desk.soat(&["doctor", "--json"])));
    assert_eq!(state(&document, "service"), "ok");
    assert_eq!(state(&document, "readers"), "ok");
    assert_eq!(state(&document, "card"), "unknown");
    assert_eq!(state(&document, "trust"), "problem");
    assert_eq!(document["exit_code"], 2);

    desk.trust("vietnam-2024");
    let _card = desk.lay_genuine("vietnam-2024");
    wait_until("a doctor that sees the card", || {
        let document = json(&run(&mut desk.soat(&["doctor", "--json"])));
        state(&document, "card") == "ok" && state(&document, "trust") == "ok"
    });

    let nowhere = desk.path("no-daemon");
    let finished = run(desk.soat(&["doctor", "--json"]).env("PCSCLITE_CSOCK_NAME", nowhere));
    let document = json(&finished);
    assert_eq!((state(&document, "service"), finished.code), ("problem".into(), 4));
}

#[test]
fn the_virtual_card_lies_on_the_reader_of_any_program() {
    let Some(desk) = Desk::new() else { return };
    desk.trust("vietnam-2024");
    let (_, port) = desk.daemon.address();
    let mut card = spawn(&mut desk.soat(&["card", "vietnam-2024", "--port", &port.to_string()]));
    let finished = run(&mut desk.read(&["--can", "000001", "--no-photo"]));
    assert_eq!(finished.code, 0, "{finished:?}");
    assert!(card.try_wait().unwrap().is_none(), "it stays until it is ended");
    card.kill().unwrap();
    let told = end(card);
    assert!(told.stderr.contains("vpcd listens on all network interfaces"), "{told:?}");

    let absent = run(&mut desk.soat(&["card", "vietnam-2024", "--port", "1"]));
    assert_eq!(absent.code, 4, "{absent:?}");
    assert!(absent.stderr.contains("vsmartcard-vpcd"), "{absent:?}");
}

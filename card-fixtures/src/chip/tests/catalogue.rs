//! Every card of the catalogue opens, gives its files as they are, and proves itself.

use num_bigint::BigUint;

use super::super::data_object::encode;
use super::super::domain::Domain;
use super::terminal::{Keys, Said, Terminal};
use super::*;
use crate::curve::Curve;
use crate::personalisation::{catalogue, from_bsi_silver};

/// The terminal after the card's first access protocol, in the application.
fn opened(card: &Personalisation) -> Terminal {
    let quirks = Quirks::of(card);
    let mut terminal = Terminal::new(card.clone(), quirks);
    match (card.pace.first(), &card.can) {
        (Some(offer), Some(can)) => {
            assert_eq!(terminal.pace(*offer, can), 0x9000, "{}", card.name);
            assert_eq!(terminal.say("0CA4040C", SELECT_APPLICATION.split_at(10).1, None).status, 0x9000);
        }
        _ => assert_eq!(terminal.bac(), 0x9000, "{}", card.name),
    }
    terminal
}

/// A whole file by READ BINARY of 223 bytes.
fn read_file(terminal: &mut Terminal, file: u16) -> Result<Vec<u8>, u16> {
    let selected = terminal.say("0CA4020C", &format!("{file:04X}"), None);
    if selected.status != 0x9000 {
        return Err(selected.status);
    }
    let mut content = Vec::new();
    loop {
        let said = terminal.say(&format!("0CB0{:04X}", content.len()), "", Some("DF"));
        content.extend(&said.data);
        match (said.status, said.data.len()) {
            (0x9000, 223) => {}
            (0x6282, _) | (0x6B00, 0) => return Ok(content),
            _ => panic!("{said:?}"),
        }
    }
}

#[test]
fn every_card_gives_its_files_and_proves_itself() {
    for entry in catalogue() {
        check(&entry.personalise());
    }
}

#[test]
fn the_specimen_of_the_bsi_does_too() {
    let root =
        std::env::var("SOAT_REAL_DATA").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/data").into());
    let folder = std::path::Path::new(&root).join("bsi-silver-2008");
    if !folder.is_dir() {
        eprintln!("SKIPPED: the_specimen_of_the_bsi_does_too: no folder {} (SOAT_REAL_DATA)", folder.display());
        return;
    }
    check(&from_bsi_silver(&folder).unwrap());
}

fn check(card: &Personalisation) {
    let mut terminal = opened(card);
    for (file, content) in &card.application_files {
        let expected = if card.guarded_files.contains(file) { Err(0x6982) } else { Ok(content.clone()) };
        assert!(read_file(&mut terminal, *file) == expected, "{} {file:04X}", card.name);
    }
    if let (Some(key), Some((mapping_key, data))) = (&card.mapping_key, &terminal.mapping) {
        let curve = Curve::named(key.curve).unwrap();
        let product = curve.multiply(&curve.public_key(&key.private), &BigUint::from_bytes_be(data));
        assert_eq!(data.len(), curve.order_len(), "{}", card.name);
        assert_eq!(curve.encode(&product), *mapping_key, "{}", card.name);
    }
    assert_eq!(card.mapping_key.is_some(), terminal.mapping.is_some(), "{}", card.name);
    for key in &card.chip_keys {
        authenticate_chip(&mut terminal, key);
        assert_eq!(read_file(&mut terminal, 0x0101).as_ref().ok(), card.application_files.get(&0x0101), "{}", card.name);
    }
    if card.active_authentication.is_some() {
        let stated = terminal.chip.stated_buffers().is_some();
        let said = terminal.say("0C880000", "0011223344556677", Some(if stated { "0000" } else { "00" }));
        assert_eq!((said.status, said.protected), (0x9000, true), "{}", card.name);
    }
}

fn authenticate_chip(terminal: &mut Terminal, key: &ChipKey) {
    let domain = Domain::named(key.curve).unwrap();
    let private = BigUint::from(0x0F1E_2D3Cu32);
    let public = |private| domain.multiply(&domain.generator(), private).unwrap();
    let shared = domain.multiply(&public(&key.private), &private).unwrap();
    let point = domain.encode(&public(&private));
    let reference = key.key_id.map_or(Vec::new(), |id| encode(0x84, &BigUint::from(id).to_bytes_be()));
    let said = if key.suite == Suite::TripleDes {
        terminal.say("0C2241A6", &hex::encode([encode(0x91, &point), reference].concat()), None)
    } else {
        let agreement = if Curve::named(key.curve).is_some() { 2 } else { 1 };
        let oid = [super::hex("04007F0007020203"), vec![agreement, key.suite.arc()]].concat();
        let set = hex::encode([encode(0x80, &oid), reference].concat());
        assert_eq!(terminal.say("0C2241A4", &set, None).status, 0x9000);
        terminal.say("0C860000", &hex::encode(encode(0x7C, &encode(0x80, &point))), Some("00"))
    };
    assert!(matches!(said, Said { status: 0x9000, protected: true, .. }), "{said:?}");
    terminal.keys = Some(Keys::new(key.suite, &domain.secret(&shared).unwrap()));
}

//! Each switch of [`Quirks`] does what it says, and nothing where it is off: the other tests run the strict chip.

use super::super::data_object::encode;
use super::terminal::{Said, Terminal, apdu, pace_oid};
use super::*;
use crate::curve::Curve;

fn protected(status: u16, data: Vec<u8>) -> Said {
    Said { data, status, protected: true }
}

fn bare(status: u16) -> Said {
    Said { data: Vec::new(), status, protected: false }
}

#[test]
fn the_vietnamese_card() {
    let mut named = card();
    named.name = "vietnam-2024".into();
    let quirks = Quirks::of(&named);
    let mut terminal = Terminal::new(named, quirks);
    assert_eq!(terminal.plain_hex("00A4000C023F00"), 0x6D00);
    assert_eq!(terminal.plain_hex("00A4020C02011C"), 0x9000);
    assert_eq!(terminal.plain_hex("00B0000000"), 0x9000);
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);
    assert_eq!(terminal.plain_hex("00A4020C02011C"), 0x6982);
    assert_eq!(terminal.pace(card().pace[0], "000001"), 0x9000);
}

#[test]
fn selecting() {
    let quirks = Quirks { select_warning: Some(0x6283), application_once: true, refuse_le: true, ..Quirks::default() };
    let mut terminal = Terminal::new(card(), quirks);
    assert_eq!(terminal.plain_hex("00A4020C02011C"), 0x6283);
    assert_eq!(terminal.plain(&hex("00B0000000")).data, hex("310302010D"));
    assert_eq!(terminal.plain_hex("00A4040C07A000000247100100"), 0x6700);
    assert_eq!(terminal.plain_hex("0022C1A40F800A04007F0007020204020283010200"), 0x6700);
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x6985);
    terminal.chip.reset();
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);

    // The strict chip takes Le, and gives the file control information to P2 00.
    let mut strict = Terminal::new(card(), Quirks::default());
    let control = strict.plain(&hex("00A4040007A000000247100100"));
    assert_eq!((control.data, control.status), (hex("6F098407A0000002471001"), 0x9000));
}

#[test]
fn access() {
    let mut pace_only = card();
    pace_only.bac = false;
    for (refusal, status) in [(None, 0x6D00), (Some(0x6A88), 0x6A88), (Some(0x6700), 0x6700)] {
        let mut terminal = Terminal::new(pace_only.clone(), Quirks { bac_refusal: refusal, ..Quirks::default() });
        assert_eq!(terminal.bac(), status);
    }
    let mse = |quirk, with: bool| {
        let mut terminal = Terminal::new(card(), Quirks { parameter_id: quirk, ..Quirks::default() });
        let mut data = [encode(0x80, &pace_oid(card().pace[0])), encode(0x83, &[2])].concat();
        if with {
            data.extend(encode(0x84, &[13]));
        }
        let command = apdu(&hex("0022C1A4"), &data, false);
        terminal.plain(&command[..command.len() - 1]).status
    };
    for (quirk, with, without) in [
        (ParameterId::WhenAmbiguous, 0x9000, 0x9000),
        (ParameterId::Required, 0x9000, 0x6A88),
        (ParameterId::Refused, 0x6A80, 0x9000),
    ] {
        assert_eq!((mse(quirk, true), mse(quirk, false)), (with, without), "{quirk:?}");
    }
    let mut tries = Terminal::new(card(), Quirks { wrong_key_status: Some(0x63C2), ..Quirks::default() });
    assert_eq!(tries.pace(card().pace[0], "000002"), 0x63C2);

    let mut hidden = Terminal::new(card(), Quirks { attack: Some(Attack::HideCardAccess(0x6982)), ..Quirks::default() });
    assert_eq!(hidden.plain_hex("00A4020C02011C"), 0x6982);
    assert_eq!(hidden.bac(), 0x9000);

    let mut master = Terminal::with_bac(card(), Quirks { master_file_after_bac: true, ..Quirks::default() });
    assert_eq!(master.say("0CA4000C", "3F00", None).status, 0x9000);
    assert_eq!(master.read(0x1C, 0, "05"), protected(0x6882, Vec::new()));
}

#[test]
fn read_limits() {
    let limited = |status, under_secure_messaging| {
        let limit = ReadLimit { bytes: 112, status, protected: under_secure_messaging };
        Terminal::with_bac(card(), Quirks { read_limit: Some(limit), ..Quirks::default() })
    };
    let mut plain_6700 = limited(0x6700, false);
    let before = plain_6700.keys.clone();
    assert_eq!(plain_6700.read(1, 0, "71"), bare(0x6700));
    plain_6700.keys = before;
    assert_eq!(plain_6700.read(1, 0, "70").data.len(), 112, "with the counter as before");

    let mut protected_6b00 = limited(0x6B00, true);
    assert_eq!(protected_6b00.read(1, 0, "71"), protected(0x6B00, Vec::new()));
    assert_eq!(protected_6b00.read(1, 0, "70").data.len(), 112);

    let mut ending_6988 = limited(0x6988, false);
    let before = ending_6988.keys.clone();
    assert_eq!(ending_6988.read(1, 0, "71"), bare(0x6988));
    ending_6988.keys = before;
    assert_eq!(ending_6988.read(1, 0, "70"), bare(0x6988), "the session is over");

    let mut warning = limited(0x6282, true);
    let said = warning.read(1, 0, "71");
    assert_eq!((said.data.len(), said.status), (112, 0x6282));
}

#[test]
fn lengths() {
    let always = Quirks { extended_length: ExtendedLength::Always, ..Quirks::default() };
    let mut extended = Terminal::with_bac(card(), always.clone());
    assert_eq!(extended.say("0CB08200", "", Some("2000")).data.len(), 0x2000);
    let mut empty = Terminal::with_bac(card(), Quirks { maximal_le_empty: true, ..always });
    assert_eq!(empty.say("0CB08200", "", Some("0000")), protected(0x9000, Vec::new()));

    let mut parts = Terminal::with_bac(card(), Quirks { answer_part: Some(100), ..Quirks::default() });
    assert_eq!(parts.read(1, 0, "00").data.len(), 256, "more than fits one short answer");
    let asked = parts.chip.apdus();
    assert_eq!(parts.read(1, 0, "10").data.len(), 16);
    assert_eq!(parts.chip.apdus(), asked + 1, "a short answer comes whole");

    let mut never = Terminal::new(card(), Quirks { extended_length: ExtendedLength::Never, ..Quirks::default() });
    assert_eq!(never.plain_hex("00B09C00000005"), 0x6700);
    assert_eq!(hex::encode(never.chip.atr()), "3b8580018073940180e2");
    let mut capped = Terminal::new(card(), Quirks { answer_cap: Some(6), ..Quirks::default() });
    assert_eq!(capped.plain_hex("00B09C0004"), 0x9000);
    assert!(capped.chip.transmit(&hex("00B09C0005")).is_empty(), "seven bytes are lost on the way");
    assert_eq!(capped.plain_hex("00B09C0004"), 0x9000);
    let mut cut = Terminal::with_bac(card(), Quirks { signature_cut: Some(20), ..Quirks::default() });
    assert_eq!(cut.say("0C880000", "0011223344556677", Some("00")).data.len(), 20);
    let failing = Quirks { chip_authentication_status: Some(0x6F00), ..Quirks::default() };
    let mut failing = Terminal::with_bac(card(), failing);
    assert_eq!(failing.say("0C2241A4", "800A04007F00070202030202", None).status, 0x9000);
    let point = Curve::named("brainpoolP256r1").map(|curve| curve.encode(curve.generator())).unwrap();
    let object = hex::encode(encode(0x7C, &encode(0x80, &point)));
    assert_eq!(failing.say("0C860000", &object, Some("00")), protected(0x6F00, Vec::new()));
    assert_eq!(failing.read(1, 0, "04").status, 0x9000, "what was read is not lost");
}

#[test]
fn a_tag_is_lost_and_another_comes() {
    let mut other = card();
    other.name = "other".into();
    other.application_files.insert(0x011E, vec![0x60, 0x00]);
    let lost = LostTag { after: 3, comes_back: true, other: Some(Box::new(other)) };
    let mut terminal = Terminal::with_bac(card(), Quirks { lost_tag: Some(lost), ..Quirks::default() });
    assert!(terminal.chip.transmit(&hex("00B0000000")).is_empty());
    assert!(!terminal.chip.is_present());
    assert!(terminal.chip.transmit(&hex("00B0000000")).is_empty());
    assert!(terminal.chip.reset());
    assert_eq!(terminal.chip.personalisation().name, "other");
    assert_eq!(terminal.bac(), 0x9000);
    assert_eq!(terminal.read(0x1E, 0, "02").data, [0x60, 0x00]);

    terminal.chip.remove();
    assert!(!terminal.chip.reset(), "what was taken away stays away");
    terminal.chip.insert();
    assert_eq!(terminal.bac(), 0x9000);
}

#[test]
fn hostile_files() {
    let patches = vec![Patch { file: 0x011E, offset: 1, xor: 0xFF }];
    let mut patched = Terminal::with_bac(card(), Quirks { patches, ..Quirks::default() });
    assert_eq!(patched.read(0x1E, 0, "04").data, hex("60EB5F01"));

    let mut endless = Terminal::with_bac(card(), Quirks { attack: Some(Attack::EndlessFile(0x0101)), ..Quirks::default() });
    assert_eq!(endless.read(1, 0, "08").data, hex("61847FFFFFFF0000"));
    assert_eq!(endless.say("0CB10000", "5404 7FFFFF00", Some("08")).data, hex("5306000000000000"));
    assert_eq!(endless.read(0x1E, 0, "04").data, hex("60145F01"));

    let mut chain = Terminal::with_bac(card(), Quirks { attack: Some(Attack::EndlessChain), ..Quirks::default() });
    assert_eq!(chain.say("0CA4020C", "0101", None).status, 0x9000);
    let mut keys = chain.keys.clone().unwrap();
    keys.count();
    let le = encode(0x97, &[4]);
    let checksum = keys.checksum(&hex("0CB00000"), &le);
    let read = apdu(&hex("0CB00000"), &[le, encode(0x8E, &checksum)].concat(), false);
    assert_eq!(chain.plain(&read), bare(0x61FF));
    for _ in 0..1000 {
        assert_eq!(chain.plain(&hex("00C00000FF")), Said { data: vec![0; 255], status: 0x61FF, protected: false });
    }
}

#[test]
fn forged_answers() {
    let forged = |forgery| {
        let quirks = Quirks { attack: Some(Attack::Forge(1, forgery)), ..Quirks::default() };
        let mut terminal = Terminal::with_bac(card(), quirks);
        assert_eq!(terminal.say("0CA4020C", "011E", None), protected(0x9000, Vec::new()), "the first answer is right");
        terminal.say("0CB00000", "", Some("04"))
    };
    assert_eq!(forged(Forgery::Plain).data, hex("60145F01"));
    assert_eq!(forged(Forgery::BareStatus(0x9000)), bare(0x9000));
    assert_eq!(forged(Forgery::WrongMac), bare(0x9000));
    assert_eq!(forged(Forgery::AlteredData), bare(0x9000));
    let without = forged(Forgery::NoMac);
    assert_eq!((without.data.len(), without.protected), (3 + 8 + 4, false));
}

#[test]
fn hostile_pace() {
    let offer = card().pace[0];
    let curve = Curve::by_parameter_id(offer.parameter_id).unwrap();
    let own = curve.encode(curve.generator());
    let steps = |attack| {
        let mut terminal = Terminal::new(card(), Quirks { attack: Some(attack), ..Quirks::default() });
        let set = [encode(0x80, &pace_oid(offer)), encode(0x83, &[2])].concat();
        let command = apdu(&hex("0022C1A4"), &set, false);
        terminal.plain(&command[..command.len() - 1]);
        terminal.authenticate("10860000", &[]).unwrap();
        let mapping = terminal.authenticate("10860000", &encode(0x81, &own)).unwrap();
        let key = terminal.authenticate("10860000", &encode(0x83, &own)).unwrap();
        (mapping, key)
    };
    for (bad, length) in [(BadPoint::OffCurve, 65), (BadPoint::Infinity, 1), (BadPoint::Short, 64)] {
        let (mapping, key) = steps(Attack::PaceMapping(bad));
        assert_eq!((mapping.len(), curve.decode(&mapping)), (length, None));
        assert!(curve.decode(&key).is_some());
        let (mapping, key) = steps(Attack::PaceKey(bad));
        assert!(curve.decode(&mapping).is_some());
        assert_eq!((key.len(), curve.decode(&key)), (length, None));
    }
    assert_eq!(steps(Attack::PaceSameKey).1, own);
    let token = std::panic::catch_unwind(|| {
        Terminal::new(card(), Quirks { attack: Some(Attack::PaceToken), ..Quirks::default() }).pace(offer, "000001")
    });
    assert!(token.is_err(), "the terminal's assertion on the chip's token");
}

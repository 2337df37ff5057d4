//! What the strict chip refuses, and what must work for the refusal to mean something.

use super::super::data_object::encode;
use super::terminal::{Keys, Said, Terminal, apdu, pace_oid};
use super::*;
use crate::curve::{Curve, Point};

const AES_13: PaceOffer = PaceOffer::generic(Suite::Aes128, 13);

fn bac() -> Terminal {
    Terminal::with_bac(card(), Quirks::default())
}

fn refused(status: u16) -> Said {
    Said { data: Vec::new(), status, protected: false }
}

#[test]
fn files_need_an_access_protocol() {
    let mut terminal = Terminal::new(card(), Quirks::default());
    assert_eq!(terminal.plain_hex("00A4020C02011C"), 0x9000);
    assert_eq!(terminal.plain(&hex("00B0000000")).data, hex("310302010D"));
    assert_eq!(terminal.plain_hex("00B09C0005"), 0x9000);
    assert_eq!(terminal.plain_hex("00A4020C02011D"), 0x6982, "EF.CardSecurity");
    assert_eq!(terminal.plain_hex("00A4020C022F01"), 0x6A82);
    assert_eq!(terminal.plain_hex("00A4040C07A0000002471002"), 0x6A82);
    assert_eq!(terminal.plain_hex("00B0000000"), 0x9000, "the current file stays");
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);
    assert_eq!(terminal.plain_hex("00B0000000"), 0x6986, "no current file");
    assert_eq!(terminal.plain_hex("00A4020C020101"), 0x6982);
    assert_eq!(terminal.plain_hex("00B0810000"), 0x6982);
    assert_eq!(terminal.plain_hex("00A4020C020142"), 0x6982, "what is not there is not told either");
    assert_eq!(terminal.plain_hex("0088000008000000000000000000"), 0x6982);
    assert_eq!(terminal.plain_hex("00A4000C023F00"), 0x9000);
    assert_eq!(terminal.plain_hex("00A4020C02011C"), 0x9000);
}

#[test]
fn a_session_opens_files_but_not_the_guarded_ones() {
    let mut bac = bac();
    assert_eq!(bac.say("0CA4020C", "0101", None).status, 0x9000);
    let said = bac.say("0CB00000", "", Some("04"));
    assert_eq!((said.data, said.status, said.protected), (hex("6182012C"), 0x9000, true));
    assert_eq!(bac.read(3, 0, "04").status, 0x6982);
    assert_eq!(bac.say("0CA4020C", "0103", None).status, 0x6982);
    assert_eq!(bac.read(5, 0, "04").status, 0x6A82);
    assert_eq!(bac.read(1, 0, "04").status, 0x9000, "a status under secure messaging leaves the session");
    assert_eq!(bac.say("0CA4000C", "3F00", None).status, 0x9000);
    assert_eq!(bac.read(0x1D, 0, "02").status, 0x6982, "EF.CardSecurity needs PACE");

    let mut pace = Terminal::with_pace(card(), Quirks::default());
    assert_eq!(pace.read(1, 0, "04").data, hex("6182012C"));
    assert_eq!(pace.say("0CA4000C", "3F00", None).status, 0x9000);
    assert_eq!(pace.read(0x1D, 0, "02").data, hex("3000"));
}

#[test]
fn ends_of_files() {
    let mut bac = bac();
    assert_eq!(bac.read(0x1E, 0, "16").status, 0x9000, "EF.COM has 22 bytes");
    let beyond = bac.read(0x1E, 0, "17");
    assert_eq!((beyond.data.len(), beyond.status, beyond.protected), (22, 0x6282, true));
    assert_eq!(bac.read(0x1E, 0, "00").status, 0x9000, "Le 00 takes what there is");
    assert_eq!(bac.read(0x1E, 21, "00").data.len(), 1);
    assert_eq!(bac.read(0x1E, 22, "00").status, 0x6B00);
    assert_eq!(bac.read(1, 0, "E7").data.len(), 231);
    assert_eq!(bac.read(1, 0, "E8").status, 0x6700, "232 bytes do not fit 256 under 3DES");
}

#[test]
fn odd_read_binary_reaches_beyond_32767() {
    let mut bac = bac();
    let said = bac.say("0CB10002", "54029C3E", Some("08"));
    assert_eq!((said.status, said.protected), (0x6282, true));
    let last: Vec<u8> = [39_998u32, 39_999].iter().map(|i| (i % 251) as u8).collect();
    assert_eq!(said.data, encode(0x53, &last));
    assert_eq!(bac.say("0CB10000", "54029C3E", Some("04")).status, 0x9000, "the current file");
    assert_eq!(bac.say("0CB10102", "540100", Some("82")).data.len(), 129, "DO 53 of 127 bytes");
    assert_eq!(bac.say("0CB10102", "540100", Some("83")).data.len(), 131, "DO 53 of 128 bytes");
    assert_eq!(bac.say("0CB10000", "54029C40", Some("04")).status, 0x6B00);
    assert_eq!(bac.say("0CB10000", "55029C40", Some("04")).status, 0x6A80);
}

#[test]
fn wrong_keys_of_bac() {
    let mut terminal = Terminal::new(card(), Quirks::default());
    let wrong = apdu(&hex("00820000"), &[0x55; 40], false);
    assert_eq!(terminal.plain_hex("0084000008"), 0x9000);
    assert_eq!(terminal.plain(&wrong), refused(0x6985), "not under the master file");
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);
    assert_eq!(terminal.plain(&wrong), refused(0x6985), "no challenge");
    assert_eq!(terminal.plain_hex("0084000009"), 0x6700);
    assert_eq!(terminal.plain_hex("0084000008"), 0x9000);
    assert_eq!(terminal.plain(&wrong), refused(0x6300));
    assert_eq!(terminal.plain(&wrong), refused(0x6985), "the challenge is used up");
    assert_eq!(terminal.plain_hex("0084000008"), 0x9000);
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);
    assert_eq!(terminal.plain(&wrong), refused(0x6985), "another command came between");
    assert_eq!(terminal.chip.failed_attempts(), 1);
    assert_eq!(terminal.bac(), 0x9000);
    assert_eq!(terminal.chip.failed_attempts(), 0);
}

#[test]
fn bac_wants_its_own_challenge_back() {
    // Everything is right but RND.IC, as in a replay of another run.
    let mut terminal = Terminal::new(card(), Quirks::default());
    assert_eq!(terminal.plain_hex(SELECT_APPLICATION), 0x9000);
    let document = Keys::new(Suite::TripleDes, &card().mrz_key.unwrap().digest()[..16]);
    for (returned, status) in [([0x77; 8], 0x6300), ([0x5A; 8], 0x9000)] {
        terminal.chip.inject_random(&[0x5A; 8]);
        assert_eq!(terminal.plain_hex("0084000008"), 0x9000);
        let plain = [[0x11; 8].as_slice(), &returned, &[0x22; 16]].concat();
        let cryptogram = document.encryption.encrypt(vec![0; 8], &plain);
        let data = [cryptogram.clone(), document.mac.mac(&cryptogram)].concat();
        assert_eq!(terminal.plain(&apdu(&hex("00820000"), &data, false)).status, status);
    }
}

#[test]
fn pace_refuses_a_mapping_to_infinity() {
    // The chip's mapping key is 1 and the terminal's point −s·G, so that s·G + H is the neutral element.
    let curve = Curve::by_parameter_id(13).unwrap();
    let nonce = [0x5A; 16];
    let Point::Affine { x, y } = curve.public_key(&BigUint::from_bytes_be(&nonce)) else { panic!("a point") };
    let inverse = Point::Affine { x, y: curve.prime() - y };
    let mut terminal = Terminal::new(card(), Quirks::default());
    terminal.chip.inject_random(&nonce);
    terminal.chip.inject_random(&crate::curve::fixed_width(&BigUint::from(1u8), 32));
    let set = [encode(0x80, &pace_oid(AES_13)), encode(0x83, &[2])].concat();
    let command = apdu(&hex("0022C1A4"), &set, false);
    assert_eq!(terminal.plain(&command[..command.len() - 1]).status, 0x9000);
    terminal.authenticate("10860000", &[]).unwrap();
    assert_eq!(terminal.map(curve, &curve.encode(&inverse)).unwrap_err(), 0x6A80);
}

#[test]
fn pace_runs_on_every_curve_with_every_suite() {
    for parameter_id in 8..=18 {
        for suite in [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256] {
            let mut card = card();
            card.pace = vec![PaceOffer::generic(suite, parameter_id)];
            let mut terminal = Terminal::with_pace(card, Quirks::default());
            assert_eq!(terminal.read(1, 0, "04").data, hex("6182012C"), "{parameter_id} {suite:?}");
        }
    }
}

#[test]
fn pace_refuses_wrong_references() {
    let mut card = card();
    card.pace.push(PaceOffer::generic(Suite::Aes128, 12));
    card.mrz_key = None;
    let mut terminal = Terminal::new(card, Quirks::default());
    for (data, expected) in [
        ("800A04007F00070202040202830102", 0x6A88), // two curves are offered, none is named
        ("800A04007F00070202040202830102840111", 0x6A88), // not this one
        ("800A04007F0007020204020283010284010D", 0x9000),
        ("800A04007F0007020204020283010184010D", 0x6A88), // the chip has no MRZ
        ("800A04007F0007020204020283010384010D", 0x6A88), // nor a PIN
        ("800A04007F0007020204020383010284010D", 0x6A80), // AES-192 is not offered
        ("800A04007F0007020204040283010284010D", 0x6A80), // nor integrated mapping
        ("830102800A04007F0007020204020284010D", 0x6A80), // order
        ("800A04007F00070202040202", 0x6A80),
    ] {
        let data = hex(data);
        let command = [hex("0022C1A4"), vec![data.len() as u8], data].concat();
        assert_eq!(terminal.plain(&command), refused(expected), "{command:02X?}");
    }
    assert_eq!(terminal.plain_hex("10860000027C0000"), 0x6985, "the last MSE failed");
    assert_eq!(terminal.plain_hex("0022C1A5030102AA"), 0x6A86);
}

#[test]
fn a_wrong_can_fails_in_step_4_and_is_counted() {
    let mut terminal = Terminal::new(card(), Quirks::default());
    assert_eq!(terminal.pace(AES_13, "000002"), 0x6300);
    assert_eq!(terminal.pace(AES_13, "999999"), 0x6300);
    assert_eq!(terminal.chip.failed_attempts(), 2);
    assert_eq!(terminal.plain_hex("00860000027C0000"), 0x6985, "the run is over");
    assert_eq!(terminal.pace(AES_13, "000001"), 0x9000);
    assert_eq!(terminal.chip.failed_attempts(), 0);
}

/// A terminal after MSE:Set AT and the nonce.
fn after_nonce() -> Terminal {
    let mut terminal = Terminal::new(card(), Quirks::default());
    let set = [encode(0x80, &pace_oid(AES_13)), encode(0x83, &[2])].concat();
    let command = apdu(&hex("0022C1A4"), &set, false);
    assert_eq!(terminal.plain(&command[..command.len() - 1]).status, 0x9000);
    assert_eq!(terminal.authenticate("10860000", &[]).unwrap().len(), 16);
    terminal
}

#[test]
fn pace_refuses_bad_points() {
    let curve = Curve::by_parameter_id(13).unwrap();
    let good = curve.encode(curve.generator());
    let mut off = good.clone();
    *off.last_mut().unwrap() ^= 1;
    let short = good[..good.len() - 1].to_vec();
    let compressed = [&[0x02], &good[1..33]].concat();
    let bad = [off, short, compressed, vec![0x00], vec![0x04; 65], Vec::new()];
    for point in &bad {
        let mut terminal = after_nonce();
        assert_eq!(terminal.map(curve, point).unwrap_err(), 0x6A80, "{point:02X?}");
        assert_eq!(terminal.map(curve, &good).unwrap_err(), 0x6985, "the run is over");
    }
    for point in &bad {
        let mut terminal = after_nonce();
        terminal.map(curve, &good).unwrap();
        assert_eq!(terminal.authenticate("10860000", &encode(0x83, point)).unwrap_err(), 0x6A80);
    }
}

#[test]
fn pace_refuses_its_own_ephemeral_key() {
    // The chip's second key is 1: its public key is the mapped generator, which the terminal can compute and return.
    let curve = Curve::by_parameter_id(13).unwrap();
    let mut terminal = Terminal::new(card(), Quirks::default());
    terminal.chip.inject_random(&[0x5A; 16]);
    for private in [2u8, 1] {
        terminal.chip.inject_random(&crate::curve::fixed_width(&BigUint::from(private), 32));
    }
    let set = [encode(0x80, &pace_oid(AES_13)), encode(0x83, &[2])].concat();
    let command = apdu(&hex("0022C1A4"), &set, false);
    assert_eq!(terminal.plain(&command[..command.len() - 1]).status, 0x9000);
    terminal.authenticate("10860000", &[]).unwrap();
    let chip = terminal.map(curve, &curve.encode(curve.generator())).unwrap();
    let nonce = BigUint::from_bytes_be(&[0x5A; 16]);
    let mapped = curve.add(&curve.public_key(&nonce), &chip);
    assert_ne!(mapped, Point::Infinity);
    assert_eq!(terminal.authenticate("10860000", &encode(0x83, &curve.encode(&mapped))).unwrap_err(), 0x6300);
}

#[test]
fn pace_keeps_its_order() {
    let curve = Curve::by_parameter_id(13).unwrap();
    let good = curve.encode(curve.generator());
    let mut terminal = after_nonce();
    assert_eq!(terminal.authenticate("10860000", &encode(0x83, &good)).unwrap_err(), 0x6A80, "step 3 before step 2");
    let mut terminal = after_nonce();
    assert_eq!(terminal.authenticate("00860000", &encode(0x81, &good)).unwrap_err(), 0x6985, "not the last of the chain");
    let mut terminal = after_nonce();
    assert_eq!(terminal.plain_hex("00A4020C02011C"), 0x9000);
    assert_eq!(terminal.map(curve, &good).unwrap_err(), 0x6985, "another command ends the run");
    let mut terminal = after_nonce();
    terminal.map(curve, &good).unwrap();
    terminal.authenticate("10860000", &encode(0x83, &good)).unwrap();
    assert_eq!(terminal.authenticate("10860000", &encode(0x85, &[0; 8])).unwrap_err(), 0x6883, "the last has no chaining bit");
    let mut in_application = Terminal::new(card(), Quirks::default());
    assert_eq!(in_application.plain_hex(SELECT_APPLICATION), 0x9000);
    assert_eq!(in_application.pace(AES_13, "000001"), 0x6985);
}

#[test]
fn errors_in_secure_messaging_end_the_session() {
    // Each builds the body of READ BINARY of EF.COM from the terminal's keys.
    type Body = fn(&Keys) -> Vec<u8>;
    let header = "0CB09E00";
    let cases: [(&str, u16, Body); 9] = [
        ("no MAC", 0x6987, |_| encode(0x97, &[4])),
        ("nothing", 0x6987, |_| encode(0x97, &[])),
        ("wrong MAC", 0x6988, |_| [encode(0x97, &[4]), encode(0x8E, &[0; 8])].concat()),
        ("MAC cut to four bytes", 0x6988, |keys| {
            let le = encode(0x97, &[4]);
            [le.clone(), encode(0x8E, &keys.checksum(&hex("0CB09E00"), &le)[..4])].concat()
        }),
        ("wrong order", 0x6988, |keys| {
            sealed(keys, &[encode(0x97, &[4]), encode(0x87, &[&[1], keys.encrypt(&[1]).as_slice()].concat())].concat())
        }),
        ("foreign object", 0x6988, |keys| sealed(keys, &[encode(0x97, &[4]), encode(0x99, &[0x90, 0])].concat())),
        ("DO 85 with an even INS", 0x6988, |keys| {
            sealed(keys, &[encode(0x85, &keys.encrypt(&[1])), encode(0x97, &[4])].concat())
        }),
        ("no padding indicator", 0x6988, |keys| {
            sealed(keys, &[encode(0x87, &[&[2], keys.encrypt(&[1]).as_slice()].concat()), encode(0x97, &[4])].concat())
        }),
        ("no padding", 0x6988, |keys| {
            let vector = keys.encryption.initial_vector(&keys.counter);
            let unpadded = keys.encryption.encrypt(vector, &[7; 8]);
            sealed(keys, &[encode(0x87, &[&[1], unpadded.as_slice()].concat()), encode(0x97, &[4])].concat())
        }),
    ];
    for (name, status, body) in cases {
        let mut terminal = bac();
        let mut keys = terminal.keys.clone().unwrap();
        keys.count();
        let command = apdu(&hex(header), &body(&keys), false);
        assert_eq!(terminal.plain(&command), refused(status), "{name}");
        assert_eq!(terminal.read(0x1E, 0, "04"), refused(0x6988), "{name}: the session is over");
    }
    // The same way with nothing wrong.
    let mut terminal = bac();
    let keys = terminal.keys.as_mut().unwrap();
    keys.count();
    let command = apdu(&hex(header), &sealed(keys, &encode(0x97, &[4])), false);
    assert_eq!(terminal.send_protected(&command, 0xB0).data, hex("60145F01"));
    assert_eq!(terminal.plain(&command), refused(0x6988), "a replay");
}

fn sealed(keys: &Keys, objects: &[u8]) -> Vec<u8> {
    [objects, &encode(0x8E, &keys.checksum(&hex("0CB09E00"), objects))].concat()
}

#[test]
fn a_plain_command_ends_the_session() {
    let mut terminal = bac();
    assert_eq!(terminal.plain_hex("00B09E0004"), 0x6982);
    assert_eq!(terminal.read(0x1E, 0, "04"), refused(0x6988));
    assert_eq!(terminal.bac(), 0x9000, "a new session");
    assert_eq!(terminal.read(0x1E, 0, "04").status, 0x9000);
    assert!(terminal.chip.reset());
    assert_eq!(terminal.read(0x1E, 0, "04"), refused(0x6988), "the power was cut");
}

#[test]
fn the_outer_le_is_zero() {
    let mut terminal = bac();
    let keys = terminal.keys.as_mut().unwrap();
    keys.count();
    let mut command = apdu(&hex("0CB09E00"), &sealed(keys, &encode(0x97, &[4])), false);
    *command.last_mut().unwrap() = 4;
    assert_eq!(terminal.plain(&command), refused(0x6988));
}

#[test]
fn classes_instructions_and_chains() {
    let mut terminal = Terminal::new(card(), Quirks::default());
    assert_eq!(terminal.plain_hex("80A4020C02011C"), 0x6E00);
    assert_eq!(terminal.plain_hex("04A4020C02011C"), 0x6E00);
    assert_eq!(terminal.plain_hex("00CA000000"), 0x6D00);
    assert_eq!(terminal.plain_hex("00C0000000"), 0x6985, "nothing to get");
    assert_eq!(terminal.plain_hex("00A4020C02"), 0x6700);
    // A chained SELECT: 01, then 1C.
    assert_eq!(terminal.plain_hex("10A4020C0101"), 0x9000);
    assert_eq!(terminal.plain_hex("00A4020C011C"), 0x9000);
    assert_eq!(terminal.plain_hex("00B0000005"), 0x9000);
    assert_eq!(terminal.plain_hex("10A4020C0101"), 0x9000);
    assert_eq!(terminal.plain_hex("00B0000005"), 0x6883, "the chain was not ended");
    assert_eq!(terminal.plain_hex("00B00000000100"), 0x6700, "extended length without stated buffers");
}

#[test]
fn extended_length_within_the_stated_buffers() {
    let mut card = card();
    // 7F66: commands of 1,024 bytes, answers of 2,048.
    card.master_files.insert(0x2F01, hex("7F660802020400 02020800"));
    let mut terminal = Terminal::with_pace(card, Quirks::default());
    let said = terminal.say("0CB08200", "", Some("0400"));
    assert_eq!((said.data.len(), said.status), (1024, 0x9000));
    assert_eq!(terminal.say("0CB08200", "", Some("07D0")).data.len(), 2000);
    assert_eq!(terminal.say("0CB08200", "", Some("0800")).status, 0x6700, "2,048 bytes and their protection");
    assert_eq!(terminal.read(1, 0, "04").status, 0x9000, "the session lives");
}

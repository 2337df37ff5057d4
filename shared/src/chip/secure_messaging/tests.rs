use alloc::format;

use proptest::prelude::*;

use super::*;
use crate::chip::scripted::octets;
use crate::crypto::rustcrypto::RustCrypto;

fn worked_example() -> SecureMessaging {
    let keys = SessionKeys {
        cipher: Cipher::TripleDes,
        encryption: octets("979EC13B1CBFE9DCD01AB0FED307EAE5").into(),
        mac: octets("F1CB1F1FB5ADF208806B89DC579DC1F8").into(),
    };
    SecureMessaging::with_counter(keys, octets("887022120C06C226").try_into().unwrap())
}

fn session(cipher: Cipher) -> SecureMessaging {
    SecureMessaging::new(SessionKeys::derive(&RustCrypto, cipher, b"a shared secret of some length"))
}

fn protected(session: &mut SecureMessaging, command: &Command) -> alloc::string::String {
    hex::encode_upper(session.protect(&RustCrypto, command).unwrap().encode().unwrap())
}

fn opened(session: &mut SecureMessaging, answer: &str) -> Result<Response, Violation> {
    session.unprotect(&RustCrypto, &Response::parse(octets(answer)).unwrap())
}

fn read(offset: u8, expected: usize) -> Command {
    Command::new(0x00, 0xB0, [0, offset]).with_expected(expected)
}

/// ICAO 9303-11 appendix D.4, byte for byte.
#[test]
fn worked_example_of_secure_messaging() {
    let mut session = worked_example();
    let select = Command::new(0x00, 0xA4, [0x02, 0x0C]).with_data(octets("011E"));
    assert_eq!(protected(&mut session, &select), "0CA4020C158709016375432908C044F68E08BF8B92D635FF24F800");
    let answer = opened(&mut session, "990290008E08FA855A5D4C50A8ED9000").unwrap();
    assert_eq!((answer.data, answer.status), (Vec::new(), StatusWord::OK));

    assert_eq!(protected(&mut session, &read(0, 4)), "0CB000000D9701048E08ED6705417E96BA5500");
    let answer = opened(&mut session, "8709019FF0EC34F9922651990290008E08AD55CC17140B2DED9000").unwrap();
    assert_eq!(answer.data, octets("60145F01"));

    assert_eq!(protected(&mut session, &read(4, 18)), "0CB000040D9701128E082EA28A70F3C7B53500");
    let answer =
        opened(&mut session, "871901FB9235F4E4037F2327DCC8964F1F9B8C30F42C8E2FFF224A990290008E08C8B2787EAEA07D749000").unwrap();
    assert_eq!(answer.data, octets("04303130365F36063034303030305C026175"));
    assert!(session.is_confirmed());
}

/// What a chip answers under the same keys: the terminal's own arithmetic, one step ahead.
fn chip_answer(session: &SecureMessaging, data: &[u8], status: u16, odd: bool) -> Vec<u8> {
    let mut chip = SecureMessaging {
        keys: SessionKeys {
            cipher: session.keys.cipher,
            encryption: session.keys.encryption.clone(),
            mac: session.keys.mac.clone(),
        },
        counter: session.counter,
        before: session.before,
        confirmed: false,
    };
    chip.count();
    let mut objects = Vec::new();
    if !data.is_empty() {
        let cryptogram = chip.encrypt(&RustCrypto, data).unwrap();
        match odd {
            true => append(&mut objects, ENCRYPTED_ODD, &[&cryptogram]),
            false => append(&mut objects, ENCRYPTED, &[&[PADDED], &cryptogram]),
        }
    }
    append(&mut objects, STATUS, &[&status.to_be_bytes()]);
    let mac = chip.checksum(&RustCrypto, &[], &objects).unwrap();
    append(&mut objects, MAC, &[&mac]);
    objects.extend(status.to_be_bytes());
    objects
}

#[test]
fn every_cipher_counts_on_and_opens_what_the_chip_says() {
    for cipher in [Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256] {
        let mut session = session(cipher);
        for round in 1..=3 {
            let long = Command::new(0, 0xB0, [0, 0]).with_expected(1000);
            let command = session.protect(&RustCrypto, &long).unwrap();
            assert_eq!(command.expected, Some(65_536));
            assert_eq!(hex::encode(&command.data[..4]), "970203e8");
            let data = alloc::vec![round; 500];
            let answer = chip_answer(&session, &data, 0x6282, round == 2);
            let response = session.unprotect(&RustCrypto, &Response::parse(answer).unwrap()).unwrap();
            assert_eq!((response.data, response.status), (data, StatusWord::END_OF_FILE));
        }
        assert_eq!(session.counter(), [alloc::vec![0; cipher.block_len() - 1], alloc::vec![6]].concat());
    }
}

#[test]
fn odd_instructions_carry_their_data_in_85() {
    let mut session = session(Cipher::Aes128);
    let command = Command::new(0, 0xB1, [0, 0]).with_data(octets("54028000")).with_expected(227);
    let protected = session.protect(&RustCrypto, &command).unwrap();
    assert_eq!(hex::encode(&protected.data[..2]), "8510");
    assert_eq!(hex::encode(&protected.data[18..21]), "9701e3");
}

/// `attacks.md` 23: data exist only under a valid 8E.
#[test]
fn attack_23_answers_without_a_valid_mac_yield_nothing() {
    let genuine = |session: &SecureMessaging| chip_answer(session, b"the holder's data", 0x9000, false);
    let outcome = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut session = session(Cipher::Aes128);
        session.protect(&RustCrypto, &read(0, 223)).unwrap();
        let mut answer = genuine(&session);
        change(&mut answer);
        let result = session.unprotect(&RustCrypto, &Response::parse(answer).unwrap());
        (result.map(|response| response.data), session.is_confirmed())
    };
    assert_eq!(outcome(&|_| {}), (Ok(b"the holder's data".to_vec()), true));
    let mac_start = |answer: &Vec<u8>| answer.len() - 12;
    assert_eq!(outcome(&|answer| *answer = octets("9000")), (Err(Violation::Unprotected(StatusWord::OK)), false));
    assert_eq!(outcome(&|answer| *answer = octets("61 14 6700")).0, Err(Violation::Malformed));
    assert_eq!(outcome(&|answer| *answer = octets("6700")).0, Err(Violation::Unprotected(StatusWord(0x6700))));
    let without_mac = |answer: &mut Vec<u8>| {
        let start = mac_start(answer);
        answer.drain(start..start + 10);
    };
    assert_eq!(outcome(&without_mac), (Err(Violation::MacMissing), false));
    assert_eq!(outcome(&|answer| answer[5] ^= 1), (Err(Violation::MacWrong), false));
    let wrong_mac = |answer: &mut Vec<u8>| {
        let start = mac_start(answer);
        answer[start + 2] ^= 1;
    };
    assert_eq!(outcome(&wrong_mac), (Err(Violation::MacWrong), false));
    let short_mac = |answer: &mut Vec<u8>| {
        let start = mac_start(answer);
        answer[start + 1] = 4;
        answer.drain(start + 6..start + 10);
    };
    assert_eq!(outcome(&short_mac).0, Err(Violation::MacWrong));
    let appended = |answer: &mut Vec<u8>| {
        let end = answer.len() - 2;
        answer.splice(end..end, octets("99026300"));
    };
    assert_eq!(outcome(&appended).0, Err(Violation::Malformed));
    let other_status = |answer: &mut Vec<u8>| {
        let end = answer.len() - 2;
        answer.splice(end.., octets("6282"));
    };
    assert_eq!(outcome(&other_status).0, Err(Violation::Status));
    assert_eq!(outcome(&|answer| answer.insert(0, 0)).0, Err(Violation::Malformed));
}

#[test]
fn an_answer_cannot_be_replayed() {
    let mut session = session(Cipher::Aes256);
    session.protect(&RustCrypto, &read(0, 16)).unwrap();
    let answer = Response::parse(chip_answer(&session, b"once", 0x9000, false)).unwrap();
    assert!(session.unprotect(&RustCrypto, &answer).is_ok());
    session.protect(&RustCrypto, &read(16, 16)).unwrap();
    assert_eq!(session.unprotect(&RustCrypto, &answer), Err(Violation::MacWrong));
}

#[test]
fn a_command_that_was_not_counted_is_taken_back() {
    let mut session = worked_example();
    let before = session.counter;
    protected(&mut session, &read(0, 231));
    assert_eq!(opened(&mut session, "6700"), Err(Violation::Unprotected(StatusWord(0x6700))));
    session.retract();
    assert_eq!(session.counter, before);
}

#[test]
fn capacity_is_exact() {
    for cipher in [Cipher::TripleDes, Cipher::Aes128] {
        for most in [258, 160, 149, 148, 147, 146, 145, 290, 1024, 32_768] {
            let capacity = SecureMessaging::capacity(cipher, most);
            let session = session(cipher);
            let length = |data: usize| chip_answer(&session, &alloc::vec![1; data], 0x9000, false).len();
            assert!(length(capacity) <= most, "{cipher:?} {most}: {capacity}");
            assert!(length(capacity + cipher.block_len()) > most - 2, "{cipher:?} {most}: {capacity}");
        }
    }
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(cipher in 0..4_usize, answer in prop::collection::vec(any::<u8>(), 2..300)) {
        let mut session = session([Cipher::TripleDes, Cipher::Aes128, Cipher::Aes192, Cipher::Aes256][cipher]);
        let response = Response::parse(answer).unwrap();
        prop_assert!(session.unprotect(&RustCrypto, &response).is_err());
    }

    #[test]
    fn any_change_of_an_answer_is_refused(at in any::<prop::sample::Index>(), xor in 1..=255_u8) {
        let mut session = session(Cipher::Aes128);
        session.protect(&RustCrypto, &read(0, 100)).unwrap();
        let mut answer = chip_answer(&session, b"data of a person", 0x9000, false);
        let at = at.index(answer.len());
        answer[at] ^= xor;
        let changed = session.unprotect(&RustCrypto, &Response::parse(answer).unwrap());
        prop_assert!(changed.is_err(), "{}", format!("{changed:?}"));
    }
}

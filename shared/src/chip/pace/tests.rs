mod worked_examples;

use alloc::format;
use alloc::string::String;

use der::asn1::ObjectIdentifier;

use super::*;
use crate::chip::error::Step;
use crate::chip::reading::Limits;
use crate::chip::scripted::{Script, Still, Written, octets};
use crate::crypto::NamedCurve;
use crate::crypto::rustcrypto::RustCrypto;

const MSE: &str = "0022C1A40F800A04007F00070202040202830101";
const NONCE: (&str, &str) = ("10860000027C0000", "7C12801095A3A016522EE98D01E76CB6B98B42C39000");
const MAP_COMMAND: &str = "10860000457C43814104
    7ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E
    544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D 00";
const MAP_ANSWER: &str = "7C43824104
    824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57
    30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54 9000";
const AGREE_COMMAND: &str = "10860000457C43834104
    2DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C
    3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462 00";
const AGREE_ANSWER: &str = "7C43844104
    9E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB
    7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094 9000";
const TOKEN: (&str, &str) = ("008600000C7C0A8508C2B0BD78D94BA86600", "7C0A86083ABB9674BCE93C089000");

/// Runs PACE with the password and the ephemeral keys of appendix G.1; gives the session keys if there is a session.
fn run(steps: &[(&str, &str)], ambiguous: bool) -> (Result<(), ReadError>, bool) {
    run_with(&AccessKey::from_fields("T22000129", "640812", "101031").unwrap(), steps, ambiguous)
}

fn run_with(password: &AccessKey, steps: &[(&str, &str)], ambiguous: bool) -> (Result<(), ReadError>, bool) {
    let variant = PaceVariant {
        protocol: ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4.2.2"),
        parameter_id: 13,
        cipher: Cipher::Aes128,
        mapping: PaceMapping::Generic,
        domain: PaceDomain::Curve(NamedCurve::BrainpoolP256r1),
    };
    let mut script = Script::new(steps);
    let mut still = Still::default();
    let mut exchange = Exchange::new(&mut script, &mut still, &RustCrypto, Limits::default());
    exchange.enter(Step::Access(Protocol::Pace));
    let mut rng = Written::new(&[
        "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
        "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
    ]);
    let result = open(&mut exchange, &variant, ambiguous, password, &mut rng).map(drop);
    let session = exchange.messaging().is_some();
    assert!(script.is_done(), "the script was left early");
    (result, session)
}

fn misbehaved(reason: Misbehaviour) -> (Result<(), ReadError>, bool) {
    (Err(ReadError::CardMisbehaved { step: Step::Access(Protocol::Pace), reason }), false)
}

/// ICAO 9303-11 appendix G.1, byte for byte.
#[test]
fn worked_example_of_generic_mapping() {
    let steps = [(MSE, "9000"), NONCE, (MAP_COMMAND, MAP_ANSWER), (AGREE_COMMAND, AGREE_ANSWER), TOKEN];
    assert_eq!(run(&steps, false), (Ok(()), true));
}

#[test]
fn worked_example_of_the_password_key() {
    let password = AccessKey::from_fields("T22000129", "640812", "101031").unwrap();
    let key = password_key(&RustCrypto, Cipher::Aes128, &password);
    assert_eq!(key.as_slice(), octets("89DED1B26624EC1E634C1989302849DD"));
}

/// `quirks.md` 6: tag 84 as the chip wants it, tried once the other way.
#[test]
fn quirk_06_the_parameter_reference_is_tried_with_and_without() {
    let with_reference = "0022C1A412800A04007F0007020204020283010184010D";
    let rest = [NONCE, (MAP_COMMAND, MAP_ANSWER), (AGREE_COMMAND, AGREE_ANSWER), TOKEN];
    let needed = [[(MSE, "6A88"), (with_reference, "9000")].as_slice(), &rest].concat();
    assert_eq!(run(&needed, false), (Ok(()), true));
    let refused = [[(with_reference, "6A80"), (MSE, "9000")].as_slice(), &rest].concat();
    assert_eq!(run(&refused, true), (Ok(()), true));
    let neither = [(MSE, "6A80"), (with_reference, "6A88")];
    let expected = ReadError::CardIncompatible(Incompatibility::PaceRefused(StatusWord(0x6A88)));
    assert_eq!(run(&neither, false), (Err(expected), false));
}

#[test]
fn a_warning_about_tries_does_not_stop_it_and_a_blocked_password_does() {
    let rest = [NONCE, (MAP_COMMAND, MAP_ANSWER), (AGREE_COMMAND, AGREE_ANSWER), TOKEN];
    assert_eq!(run(&[[(MSE, "63C2")].as_slice(), &rest].concat(), false), (Ok(()), true));
    let expected = ReadError::PasswordUnusable { password: PasswordKind::Mrz, state: PasswordState::Blocked };
    assert_eq!(run(&[(MSE, "63C0")], false), (Err(expected), false));
}

/// `attacks.md` 24: a PIN that has one try left, or none, is not tried; the chip's word is passed on.
#[test]
fn attack_24_a_suspended_or_blocked_password_is_never_tried() {
    let (pin, puk) = (AccessKey::from_pin("123456").unwrap(), AccessKey::from_puk("1234567890").unwrap());
    let mse = |reference: u8| format!("0022C1A40F800A04007F000702020402028301{reference:02X}");
    for (password, reference, status, expected) in [
        (&pin, 3, "63C1", PasswordState::Suspended),
        (&pin, 3, "63C0", PasswordState::Blocked),
        (&pin, 3, "6983", PasswordState::Blocked),
        (&pin, 3, "6283", PasswordState::Deactivated),
        (&puk, 4, "63C0", PasswordState::Blocked),
    ] {
        let expected = ReadError::PasswordUnusable { password: password.kind(), state: expected };
        assert_eq!(run_with(password, &[(&mse(reference), status)], false), (Err(expected), false), "{status}");
    }
    // With more than one try it is tried: what follows is step 1.
    for (password, reference, status) in [(&pin, 3, "63C2"), (&pin, 3, "9000"), (&puk, 4, "63C1")] {
        let steps = [(&*mse(reference), status), (NONCE.0, "6985")];
        assert_eq!(run_with(password, &steps, false), misbehaved(Misbehaviour::Status(StatusWord(0x6985))), "{status}");
    }
}

/// `attacks.md` 24: only step 4 speaks of the key.
#[test]
fn attack_24_errors_before_step_4_are_the_cards() {
    let genuine = [(MSE, "9000"), NONCE, (MAP_COMMAND, MAP_ANSWER), (AGREE_COMMAND, AGREE_ANSWER)];
    for step in 1..4 {
        for status in [0x6300, 0x63C1, 0x6982] {
            let refusal = hex::encode(u16::to_be_bytes(status));
            let mut steps = genuine[..=step].to_vec();
            steps[step].1 = &refusal;
            assert_eq!(run(&steps, false), misbehaved(Misbehaviour::Status(StatusWord(status))), "step {step}");
        }
    }
    for (status, tries_left) in [("6300", None), ("63C1", Some(1)), ("6982", None)] {
        let steps = [genuine.as_slice(), &[(TOKEN.0, status)]].concat();
        let denied = ReadError::AccessDenied { protocol: Protocol::Pace, tries_left };
        assert_eq!(run(&steps, false), (Err(denied), false), "{status}");
    }
    let denied = ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: None };
    let steps = [genuine.as_slice(), &[(TOKEN.0, "7C0A86083ABB9674BCE93C099000")]].concat();
    assert_eq!(run(&steps, false), (Err(denied), false));
}

/// `attacks.md` 21: the same key, a point off the curve, at infinity or cut short.
#[test]
fn attack_21_bad_points_are_refused_before_use() {
    let own_mapping: String = format!("{} 9000", MAP_COMMAND.replace("10860000457C438141", "7C438241").trim_end_matches(" 00"));
    let own_key: String = format!("{} 9000", AGREE_COMMAND.replace("10860000457C438341", "7C438441").trim_end_matches(" 00"));
    let before = [(MSE, "9000"), NONCE];
    let mapping = |answer: &str| run(&[before.as_slice(), &[(MAP_COMMAND, answer)]].concat(), false);
    let key = |answer: &str| run(&[before.as_slice(), &[(MAP_COMMAND, MAP_ANSWER), (AGREE_COMMAND, answer)]].concat(), false);
    assert_eq!(mapping(&own_mapping), misbehaved(Misbehaviour::SameKey));
    assert_eq!(key(&own_key), misbehaved(Misbehaviour::SameKey));
    let is_invalid = |(result, session): (Result<(), ReadError>, bool)| {
        matches!(result, Err(ReadError::CardMisbehaved { reason: Misbehaviour::PublicKey(_), .. })) && !session
    };
    for (number, bad) in ["D13C55 9000", "D13C 9000"].into_iter().enumerate() {
        let mut answer = MAP_ANSWER.replace("D13C54 9000", bad);
        if number == 1 {
            answer = answer.replace("7C438241", "7C428240");
        }
        assert!(is_invalid(mapping(&answer)), "{bad}");
    }
    assert!(is_invalid(mapping("7C03820100 9000")));
    assert!(is_invalid(key(&AGREE_ANSWER.replace("F094", "F095"))));
    assert!(is_invalid(key("7C03840100 9000")));
}

#[test]
fn malformed_answers_are_the_cards_fault() {
    let malformed = |text| misbehaved(Misbehaviour::Malformed(text));
    let nonce = |answer: &str| run(&[(MSE, "9000"), (NONCE.0, answer)], false);
    assert_eq!(nonce("9000"), malformed("dynamic authentication data"));
    assert_eq!(nonce("7C009000"), malformed("an object is missing in the dynamic authentication data"));
    assert_eq!(nonce("7C0A8008000000000000000090 00"), malformed("the length of the nonce"));
    assert_eq!(nonce("7C028000 9000"), malformed("the length of the nonce"));
    assert_eq!(nonce("7C0480020102 00 9000"), malformed("dynamic authentication data"));
}

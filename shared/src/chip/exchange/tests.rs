use alloc::vec;

use proptest::prelude::*;

use super::*;
use crate::chip::scripted::{Script, Still, octets};
use crate::crypto::Cipher;
use crate::crypto::rustcrypto::RustCrypto;

fn read(expected: usize) -> Command {
    Command::new(0x00, 0xB0, [0, 0]).with_expected(expected)
}

fn with_exchange<T>(script: &mut Script, limits: Limits, step: u64, work: impl FnOnce(&mut Exchange<'_>) -> T) -> T {
    let mut still = Still { step, now: 0 };
    work(&mut Exchange::new(script, &mut still, &RustCrypto, limits))
}

fn keys() -> SessionKeys {
    SessionKeys::derive(&RustCrypto, Cipher::Aes128, b"secret")
}

/// Sends plain commands by a script.
fn sent(steps: &[(&str, &str)], command: Command) -> Result<Response, ReadError> {
    let mut script = Script::new(steps);
    let result = with_exchange(&mut script, Limits::default(), 0, |exchange| exchange.send(command));
    assert!(script.is_done());
    result
}

#[test]
fn answers_in_parts_are_gathered() {
    let steps = [("00B0000000", "0102 6104"), ("00C0000004", "0304 6102"), ("00C0000002", "0506 9000")];
    let response = sent(&steps, read(256)).unwrap();
    assert_eq!((response.data, response.status), (octets("010203040506"), StatusWord::OK));
}

#[test]
fn another_length_is_sent_once() {
    let steps = [("00B0000000", "6C02"), ("00B0000002", "0102 9000")];
    assert_eq!(sent(&steps, read(256)).unwrap().data, [1, 2]);
    let stubborn = [("00B0000000", "6C02"), ("00B0000002", "6C01")];
    assert_eq!(sent(&stubborn, read(256)).unwrap().status, StatusWord(0x6C01));
}

#[test]
fn long_data_go_out_as_a_chain() {
    let data = vec![7; 300];
    let first = alloc::format!("10860000ff{}", "07".repeat(255));
    let second = alloc::format!("008600002d{}00", "07".repeat(45));
    let command = Command::new(0x00, 0x86, [0, 0]).with_data(data).with_expected(256);
    assert_eq!(sent(&[(&first, "9000"), (&second, "9000")], command.clone()).unwrap().status, StatusWord::OK);
    assert_eq!(sent(&[(&first, "6884")], command).unwrap().status, StatusWord(0x6884));
}

/// `attacks.md` 35: bounds on rounds, commands, bytes and time, each with its own error.
#[test]
fn attack_35_a_chip_that_never_ends_is_left() {
    let endless: Vec<(&str, &str)> = (0..9).map(|_| ("*", "00 61FF")).collect();
    let outcome = |limits: Limits, step: u64| {
        let mut script = Script::new(&endless);
        with_exchange(&mut script, limits, step, |exchange| exchange.send(read(256)))
    };
    let exceeded = |limit| Err(ReadError::LimitExceeded { step: Step::Connecting, limit });
    assert_eq!(outcome(Limits { rounds: 5, ..Limits::default() }, 0), exceeded(Limit::Rounds));
    assert_eq!(outcome(Limits { commands: 5, ..Limits::default() }, 0), exceeded(Limit::Commands));
    assert_eq!(outcome(Limits { bytes: 30, ..Limits::default() }, 0), exceeded(Limit::Bytes));
    assert_eq!(outcome(Limits { milliseconds: 1_000, ..Limits::default() }, 300), exceeded(Limit::Time));
}

/// `attacks.md` 23: after a bare status to READ BINARY one shorter READ BINARY may follow, with the counter as before.
#[test]
fn attack_23_a_bare_status_is_answered_once_by_a_shorter_read() {
    let ended = |status| {
        let reason = Misbehaviour::SecureMessaging(Violation::Unprotected(StatusWord(status)));
        ReadError::CardMisbehaved { step: Step::Connecting, reason }
    };
    let outcome = |steps: &[(&str, &str)], commands: &[Command]| {
        let mut script = Script::new(steps);
        let results: Vec<_> = with_exchange(&mut script, Limits::default(), 0, |exchange| {
            exchange.protect(SecureMessaging::new(keys()));
            commands.iter().map(|command| exchange.send(command.clone())).collect()
        });
        assert!(script.is_done());
        (results, script.sent)
    };
    let bare = |status| Ok(Response { data: Vec::new(), status: StatusWord(status) });

    // The same counter: the shorter command is protected as if it were the first.
    let (results, sent) = outcome(&[("*", "6700"), ("*", "6700")], &[read(223), read(192)]);
    assert_eq!(results, [bare(0x6700), Err(ended(0x6700))]);
    let first = SecureMessaging::new(keys()).protect(&RustCrypto, &read(192)).unwrap().encode().unwrap();
    assert_eq!(sent[1], hex::encode(first));

    // Not shorter, or another command: nothing is sent and the session is over.
    let select = Command::new(0x00, 0xA4, [2, 0x0C]).with_data(vec![1, 1]);
    for other in [read(223), read(256), select.clone()] {
        let (results, _) = outcome(&[("*", "6700")], &[read(223), other, read(10)]);
        assert_eq!(results, [bare(0x6700), Err(ended(0x6700)), Err(ended(0x6700))]);
    }
    // A status that speaks of no length, or another command than READ BINARY.
    assert_eq!(outcome(&[("*", "9000")], &[read(223), read(192)]).0, [Err(ended(0x9000)), Err(ended(0x9000))]);
    assert_eq!(outcome(&[("*", "6700")], &[select, read(10)]).0, [Err(ended(0x6700)), Err(ended(0x6700))]);
}

/// `attacks.md` 19: once keys are replaced, nothing goes out under the old ones, and a bare status does not pass for an answer.
#[test]
fn attack_19_the_keys_before_chip_authentication_are_gone() {
    let mut script = Script::new(&[("*", "6988")]);
    let other = || SessionKeys::derive(&RustCrypto, Cipher::Aes128, b"chip authentication");
    let result = with_exchange(&mut script, Limits::default(), 0, |exchange| {
        exchange.protect(SecureMessaging::new(keys()));
        exchange.replace_keys(other());
        assert!(exchange.messaging().is_some_and(|messaging| !messaging.is_confirmed()));
        exchange.send(read(100))
    });
    let reason = Misbehaviour::SecureMessaging(Violation::Unprotected(StatusWord(0x6988)));
    assert_eq!(result, Err(ReadError::CardMisbehaved { step: Step::Connecting, reason }));
    let fresh = SecureMessaging::new(other()).protect(&RustCrypto, &read(100)).unwrap().encode().unwrap();
    assert_eq!(script.sent, [hex::encode(fresh)]);
}

#[test]
fn costs_are_kept_by_step() {
    let mut script = Script::new(&[("*", "9000"), ("*", "01029000"), ("*", "9000")]);
    let timings = {
        let mut still = Still { step: 2, now: 0 };
        let mut exchange = Exchange::new(&mut script, &mut still, &RustCrypto, Limits::default());
        exchange.enter(Step::Select);
        exchange.send(Command::new(0, 0xA4, [4, 0])).unwrap();
        exchange.send(read(2)).unwrap();
        exchange.enter(Step::ChipAuthentication);
        exchange.send(read(2)).unwrap();
        exchange.finish().0
    };
    let costs: Vec<_> = timings.iter().map(|timing| (timing.step.as_str(), timing.apdus, timing.bytes)).collect();
    assert_eq!(costs, [("select", 2, 4 + 2 + 5 + 4), ("chip_authentication", 1, 5 + 2)]);
    assert!(timings.iter().all(|timing| timing.milliseconds > 0));
}

proptest! {
    #[test]
    fn no_answer_makes_it_panic(answers in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..6), secured in any::<bool>()) {
        let answers: Vec<_> = answers.iter().map(hex::encode).collect();
        let steps: Vec<_> = answers.iter().map(|answer| ("*", answer.as_str())).chain((0..600).map(|_| ("*", "9000"))).collect();
        let mut script = Script::new(&steps);
        let result = with_exchange(&mut script, Limits::default(), 0, |exchange| {
            if secured {
                exchange.protect(SecureMessaging::new(keys()));
            }
            exchange.send(read(256))
        });
        // Without the keys no answer yields data.
        prop_assert!(!secured || result.is_err() || result.is_ok_and(|response| response.data.is_empty()));
    }
}

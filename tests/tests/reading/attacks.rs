//! What a hostile chip does, and the one error or record that it comes to. Each test first reads the genuine card.

use std::time::Duration;

use card_fixtures::chip::{Attack, BadPoint, Forgery, LostTag, Quirks};
use card_fixtures::personalisation::Personalisation;
use soat::chip::apdu::StatusWord;
use soat::chip::error::{Incompatibility, Limit, Misbehaviour, Protocol, Step};
use soat::chip::reading::Limits;
use soat::chip::secure_messaging::Violation;
use soat::chip::{AccessKey, ReadError, ReadingOptions, TransportError};
use soat::dossier::{AccessProtocol, BacReason, ChipAuthenticationOutcome, DataGroup, Dossier, FileId, FileRecord, PasswordKind};
use soat::inspection::{CheckKind, Outcome, Overall};
use soat_tests::seeded::Watcher;

use super::{assert_verdicts, assert_whole, can, card, ended, findings, mrz, odd, read, read_with, verdicts};

fn attacked(attack: Attack) -> Result<Dossier, ReadError> {
    let card = card("vietnam-2024");
    let genuine = read(&mut odd(&card, Quirks::vietnam()), &can(&card)).unwrap();
    assert_whole(&genuine, &card);
    assert_verdicts(&genuine, &card);
    read(&mut odd(&card, Quirks { attack: Some(attack), ..Quirks::vietnam() }), &can(&card))
}

/// These proofs of the chip fail in both profiles, and with the first of them the card.
fn assert_refused(dossier: &Dossier, proofs: &[(CheckKind, &'static str)]) {
    for report in verdicts(dossier, &card("vietnam-2024")) {
        for (kind, reason) in proofs {
            assert_eq!(ended(&report, *kind), (Outcome::Failed, Some(*reason)));
        }
        assert_eq!(ended(&report, CheckKind::ChipAuthenticity), (Outcome::Failed, Some(proofs[0].1)));
        assert_eq!(report.overall, Overall::Failed);
        assert!(report.identity().is_none());
    }
}

fn misbehaved(step: Step, reason: Misbehaviour) -> ReadError {
    ReadError::CardMisbehaved { step, reason }
}

#[test]
fn attack_04_a_listed_file_that_is_not_there_is_recorded() {
    let mut card = card("vietnam-2024");
    assert_verdicts(&read(&mut odd(&card, Quirks::vietnam()), &can(&card)).unwrap(), &card);
    for identifier in [0x010E, 0x010F] {
        card.application_files.remove(&identifier);
    }
    let dossier = read(&mut odd(&card, Quirks::vietnam()), &can(&card)).unwrap();
    for report in verdicts(&dossier, &card) {
        for (group, reason) in [(DataGroup::DG14, "dg14.missing"), (DataGroup::DG15, "dg15.missing")] {
            assert_eq!(ended(&report, CheckKind::FileHash(group.into())), (Outcome::Failed, Some(reason)));
        }
        assert_eq!(report.overall, Overall::Failed);
    }
    for group in [DataGroup::DG14, DataGroup::DG15] {
        assert!(dossier.files[&group.into()] == FileRecord::Refused { status: 0x6A82 });
    }
    assert_eq!((dossier.chip_authentication, dossier.active_authentication), (None, None));
}

#[test]
fn attack_16_a_copy_does_not_hold_the_chips_key() {
    let dossier = attacked(Attack::Clone).unwrap();
    assert_eq!(dossier.chip_authentication.as_ref().unwrap().outcome, ChipAuthenticationOutcome::WrongKeys);
    // Everything else is read all the same, so that the verdict can say what it is a copy of.
    let genuine = card("vietnam-2024");
    assert_whole(&dossier, &genuine);
    let answer = (CheckKind::ActiveAuthentication, "chip.active_authentication_failed");
    assert_refused(&dossier, &[answer, (CheckKind::ChipAuthentication, "chip.chip_authentication_failed")]);
}

/// The chip's answer of yesterday, whatever it is asked today.
#[test]
fn attack_17_an_answer_that_was_recorded() {
    let dossier = attacked(Attack::ReplayedSignature([1, 2, 3, 4, 5, 6, 7, 8])).unwrap();
    assert_refused(&dossier, &[(CheckKind::ActiveAuthentication, "chip.active_authentication_failed")]);
}

#[test]
fn attack_20_hidden_card_access_is_bac_with_its_reason_and_never_silent() {
    let card = card("vietnam-2024");
    assert_verdicts(&read(&mut odd(&card, Quirks::vietnam()), &mrz(&card)).unwrap(), &card);
    for (status, reason) in [(0x6982, BacReason::CardAccessRefused(0x6982)), (0x6A82, BacReason::PaceNotOffered)] {
        let quirks = || Quirks { attack: Some(Attack::HideCardAccess(status)), ..Quirks::vietnam() };
        let dossier = read(&mut odd(&card, quirks()), &mrz(&card)).unwrap();
        assert_eq!(dossier.access.as_ref().unwrap().protocol, AccessProtocol::Bac { reason });
        assert!(dossier.files[&FileId::CardAccess] == FileRecord::Refused { status });
        let [operational, strict] = verdicts(&dossier, &card);
        let row = operational.check(CheckKind::AccessProtocol).unwrap();
        assert!(row.findings.iter().any(|finding| finding.code.as_str() == "access.pace_suppressed"));
        assert_eq!(ended(&strict, CheckKind::AccessProtocol), (Outcome::Failed, Some("access.pace_suppressed")));
        assert_eq!(strict.overall, Overall::Failed);
        let error = read(&mut odd(&card, quirks()), &can(&card)).unwrap_err();
        assert_eq!(error, ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(PasswordKind::Can)));
    }
}

#[test]
fn attack_20_a_failed_pace_never_becomes_bac() {
    let card = card("vietnam-2024");
    assert_verdicts(&read(&mut odd(&card, Quirks::vietnam()), &mrz(&card)).unwrap(), &card);
    let quirks = Quirks { attack: Some(Attack::PaceMapping(BadPoint::OffCurve)), ..Quirks::vietnam() };
    let mut channel = odd(&card, quirks);
    let error = read(&mut channel, &mrz(&card)).unwrap_err();
    assert!(matches!(
        error,
        ReadError::CardMisbehaved { step: Step::Access(Protocol::Pace), reason: Misbehaviour::PublicKey(_) }
    ));
    // GET CHALLENGE is not even sent.
    assert!(channel.chip.lock().exchanges().iter().all(|exchange| exchange.header[1] != 0x84));
}

#[test]
fn attack_21_bad_points_and_the_terminals_own_key() {
    let same = misbehaved(Step::Access(Protocol::Pace), Misbehaviour::SameKey);
    assert_eq!(attacked(Attack::PaceSameKey).unwrap_err(), same);
    for point in [BadPoint::OffCurve, BadPoint::Infinity, BadPoint::Short] {
        for attack in [Attack::PaceMapping(point), Attack::PaceKey(point)] {
            let error = attacked(attack).unwrap_err();
            let refused = matches!(
                error,
                ReadError::CardMisbehaved { step: Step::Access(Protocol::Pace), reason: Misbehaviour::PublicKey(_) }
            );
            assert!(refused, "{attack:?}: {error}");
        }
    }
}

#[test]
fn attack_23_forged_answers_end_the_session() {
    // Answer 0 is SELECT of the application, 4 stands in EF.SOD.
    for (from, step) in [(0, Step::Select), (4, Step::File(FileId::Sod))] {
        for (forgery, violation) in [
            (Forgery::WrongMac, Violation::MacWrong),
            (Forgery::NoMac, Violation::MacMissing),
            (Forgery::BareStatus(0x9000), Violation::Unprotected(StatusWord(0x9000))),
        ] {
            let error = attacked(Attack::Forge(from, forgery)).unwrap_err();
            assert_eq!(error, misbehaved(step, Misbehaviour::SecureMessaging(violation)), "{from} {forgery:?}");
        }
    }
    let altered = attacked(Attack::Forge(4, Forgery::AlteredData)).unwrap_err();
    assert_eq!(altered, misbehaved(Step::File(FileId::Sod), Misbehaviour::SecureMessaging(Violation::MacWrong)));
    let plain = attacked(Attack::Forge(4, Forgery::Plain)).unwrap_err();
    let is_violation = |violation| matches!(violation, Violation::Malformed | Violation::MacMissing);
    assert!(
        matches!(plain, ReadError::CardMisbehaved { reason: Misbehaviour::SecureMessaging(violation), .. } if is_violation(violation))
    );
}

/// A bare length status for ever: the ladder and the sessions end, with that status as the reason.
#[test]
fn attack_23_a_bare_status_for_ever() {
    let error = attacked(Attack::Forge(4, Forgery::BareStatus(0x6700))).unwrap_err();
    let violation = Violation::Unprotected(StatusWord(0x6700));
    assert_eq!(error, misbehaved(Step::File(FileId::Sod), Misbehaviour::SecureMessaging(violation)));
}

#[test]
fn attack_24_a_wrong_key_is_tried_once() {
    let card = card("vietnam-2024");
    assert_whole(&read(&mut odd(&card, Quirks::vietnam()), &can(&card)).unwrap(), &card);
    for (status, tries_left) in [(None, None), (Some(0x63C2), Some(2))] {
        let mut channel = odd(&card, Quirks { wrong_key_status: status, ..Quirks::vietnam() });
        let error = read(&mut channel, &AccessKey::from_can("999999").unwrap()).unwrap_err();
        assert_eq!(error, ReadError::AccessDenied { protocol: Protocol::Pace, tries_left });
        assert_eq!(channel.chip.lock().failed_attempts(), 1);
    }
    let mut old = card.clone();
    old.pace.clear();
    old.master_files.remove(&0x011C);
    assert_whole(&read(&mut odd(&old, Quirks::default()), &mrz(&old)).unwrap(), &old);
    for (status, tries_left) in [(0x6300, None), (0x63C1, Some(1)), (0x6982, None)] {
        let mut channel = odd(&old, Quirks { wrong_key_status: Some(status), ..Quirks::default() });
        let wrong = AccessKey::from_fields("199000002", "990101", "390101").unwrap();
        let error = read(&mut channel, &wrong).unwrap_err();
        assert_eq!(error, ReadError::AccessDenied { protocol: Protocol::Bac, tries_left });
        assert_eq!(channel.chip.lock().failed_attempts(), 1);
    }
}

#[test]
fn attack_24_a_wrong_token_of_the_chip_is_a_wrong_key() {
    let denied = ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: None };
    assert_eq!(attacked(Attack::PaceToken).unwrap_err(), denied);
}

#[test]
fn attack_35_files_and_answers_that_never_end() {
    let exceeded = |step, limit| ReadError::LimitExceeded { step, limit };
    for (identifier, file) in [(0x0102, DataGroup::DG2.into()), (0x011D, FileId::Sod)] {
        let error = attacked(Attack::EndlessFile(identifier)).unwrap_err();
        assert_eq!(error, exceeded(Step::File(file), Limit::FileSize));
    }
    assert_eq!(attacked(Attack::EndlessChain).unwrap_err(), exceeded(Step::CardAccess, Limit::Rounds));
}

#[test]
fn attack_35_a_chip_that_takes_its_time() {
    let card = card("vietnam-2024");
    assert_verdicts(&read(&mut odd(&card, Quirks::vietnam()), &can(&card)).unwrap(), &card);
    let quirks = Quirks { attack: Some(Attack::Wait(Duration::from_micros(1))), ..Quirks::vietnam() };
    // The clock is the observer's: each look at it lasts three seconds.
    let error =
        read_with(&mut odd(&card, quirks), &can(&card), &ReadingOptions::default(), &mut Watcher::new(3_000)).unwrap_err();
    assert!(matches!(error, ReadError::LimitExceeded { limit: Limit::Time, .. }), "{error}");
    let few = ReadingOptions { limits: Limits { commands: 20, ..Limits::default() }, ..ReadingOptions::default() };
    let error = read_with(&mut odd(&card, Quirks::vietnam()), &can(&card), &few, &mut Watcher::new(1)).unwrap_err();
    assert!(matches!(error, ReadError::LimitExceeded { limit: Limit::Commands, .. }), "{error}");
}

/// A relay cannot be refused; what it costs in time is told. The clock here is the observer's: each look at it lasts so many milliseconds,
/// and a command is one look apart from its answer. Mutant: `SLOW_ANSWER` in `exchange.rs` made an hour.
#[test]
fn attack_39_answers_that_come_from_far_away() {
    let card = card("vietnam-2024");
    let read = |milliseconds| {
        let limits = Limits { milliseconds: u64::MAX, ..Limits::default() };
        let options = ReadingOptions { limits, ..ReadingOptions::default() };
        let mut channel = odd(&card, Quirks::vietnam());
        read_with(&mut channel, &can(&card), &options, &mut Watcher::new(milliseconds)).unwrap()
    };
    for near in [1, 40, 200] {
        let dossier = read(near);
        assert_eq!(findings(&dossier), Vec::<&str>::new(), "{near}");
        assert_verdicts(&dossier, &card);
    }
    for far in [201, 400, 5_000] {
        let dossier = read(far);
        assert_whole(&dossier, &card);
        assert_eq!(findings(&dossier), ["timing.slow_answers"], "{far}");
        // It is told beside how the chip was opened, and never counted: a slow reader is no forgery.
        for report in verdicts(&dossier, &card) {
            let row = report.check(CheckKind::AccessProtocol).unwrap();
            assert_eq!((row.outcome, report.overall), (Outcome::Successful, Overall::Successful));
            let told: Vec<&str> = row.findings.iter().map(|finding| finding.code.as_str()).collect();
            assert_eq!(told, ["timing.slow_answers"]);
        }
    }
}

/// The genuine card is lost at a certain command, and another comes instead.
fn swapped(other: &Personalisation, after: u32) -> Result<Dossier, ReadError> {
    let lost = LostTag { after, comes_back: true, other: Some(Box::new(other.clone())) };
    let card = card("vietnam-2024");
    read(&mut odd(&card, Quirks { lost_tag: Some(lost), ..Quirks::vietnam() }), &can(&card))
}

#[test]
fn attack_37a_another_card_after_a_lost_tag() {
    let genuine = card("vietnam-2024");
    let resumed = swapped(&genuine, 22).unwrap();
    assert_whole(&resumed, &genuine);
    assert_verdicts(&resumed, &genuine);
    // The same key opens it, and one byte of EF.SOD differs.
    let mut altered = genuine.clone();
    *altered.application_files.get_mut(&0x011D).unwrap().last_mut().unwrap() ^= 1;
    // Another key, another application, no access protocol in common.
    let mut other_key = genuine.clone();
    other_key.can = Some("999999".into());
    let mut no_pace = genuine.clone();
    no_pace.pace.clear();
    no_pace.master_files.clear();
    for other in [&altered, &other_key, &card("passport-td3"), &no_pace] {
        assert_eq!(swapped(other, 22).unwrap_err(), ReadError::CardChanged, "{}", other.name);
    }
    // Before EF.SOD was read whole there is nothing to keep: the other card is simply the card.
    let dossier = swapped(&altered, 10).unwrap();
    assert_whole(&dossier, &altered);
}

#[test]
fn a_card_that_does_not_come_back() {
    let card = card("vietnam-2024");
    let lost = LostTag { after: 22, comes_back: false, other: None };
    let error = read(&mut odd(&card, Quirks { lost_tag: Some(lost), ..Quirks::vietnam() }), &can(&card)).unwrap_err();
    assert!(matches!(error, ReadError::Transport { source: TransportError::TimedOut, .. }), "{error}");
}

#[test]
fn a_card_that_is_no_id_card() {
    let card = card("vietnam-2024");
    struct Bank;
    impl soat::chip::CardChannel for Bank {
        fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
            Ok(vec![0x6A, 0x82])
        }
        fn reset(&mut self) -> Result<(), TransportError> {
            Ok(())
        }
        fn reconnect(&mut self) -> Result<(), TransportError> {
            Ok(())
        }
        fn limits(&self) -> soat::chip::ChannelLimits {
            soat::chip::ChannelLimits::SHORT
        }
    }
    for key in [can(&card), mrz(&card)] {
        let mut rng = soat_tests::seeded::SeededRng(1);
        let provider = soat::crypto::rustcrypto::RustCrypto;
        let options = ReadingOptions::default();
        let error = soat::chip::read_card(&mut Bank, &key, &options, &provider, &mut rng, &mut Watcher::new(1)).unwrap_err();
        assert_eq!(error, ReadError::CardIncompatible(Incompatibility::NoApplication(StatusWord::NOT_FOUND)));
    }
}

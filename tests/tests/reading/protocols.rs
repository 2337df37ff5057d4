//! The rarer access protocols from the chip to the verdict: integrated mapping, prime fields, chip authentication mapping, PIN and PUK.

use card_fixtures::authority::{Authority, SignatureDefect, SignatureOptions, Signer};
use card_fixtures::chip::{Attack, BadChipData, BadNumber, BadPoint, Quirks, Tries, VirtualChip};
use card_fixtures::curve::Curve;
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::issue::{CARD_ACCESS, CARD_SECURITY};
use card_fixtures::personalisation::security_infos::{card_access, pace_info};
use card_fixtures::personalisation::{ChipKey, PaceOffer, Personalisation, Suite, authority, put_card_security};
use soat::chip::apdu::StatusWord;
use soat::chip::error::{Incompatibility, Misbehaviour, PasswordState, Protocol, Step};
use soat::chip::{AccessKey, ChannelLimits, Progress, ReadError, ReadingOptions};
use soat::dossier::{AccessProtocol, ChipAuthenticationOutcome, ChipMappingOutcome, Dossier, FileId, FileRecord, PasswordKind};
use soat::inspection::{CheckKind, Outcome, Overall, Profile};
use soat_tests::seeded::Watcher;
use soat_tests::virtual_channel::InProcessChannel;

use super::{GOOD, assert_whole, can, card, ended, findings, judge, mrz, odd, read, read_with, verdicts};

const MAPPING_CARD: &str = "pace-cam-bp256-aes128";

/// The card through both kinds of reader, under both profiles: read whole, its chip proven by `proof`, its access compared.
fn assert_genuine(card: &Personalisation, proof: CheckKind) {
    for limits in [ChannelLimits::SHORT, ChannelLimits::EXTENDED] {
        for key in [can(card), mrz(card)] {
            let mut channel = InProcessChannel::new(VirtualChip::new(card.clone(), 7), limits);
            let dossier = read(&mut channel, &key).unwrap_or_else(|error| panic!("{}: {error}", card.name));
            assert_whole(&dossier, card);
            for report in &verdicts(&dossier, card) {
                assert_eq!(report.overall, Overall::Successful, "{}: {:?}", card.name, report.checks);
                assert!(report.identity().is_some());
                for kind in [CheckKind::AccessProtocol, CheckKind::ChipAuthenticity, proof] {
                    assert_eq!(ended(report, kind), GOOD, "{} {kind:?} {}", card.name, report.profile);
                }
            }
        }
    }
}

#[test]
fn quirk_08_pace_alone_with_each_mapping_in_each_field() {
    for name in [
        "pace-bp256-aes128",
        "pace-im-bp256-3des",
        "pace-im-bp256-aes128",
        "pace-im-p384-aes192",
        "pace-im-p521-aes256",
        "pace-modp1024-160-3des",
        "pace-modp1024-160-aes128",
        "pace-modp2048-224-aes192",
        "pace-modp2048-256-aes256",
        "pace-im-modp1024-160-aes128",
        "pace-im-modp2048-224-3des",
        "pace-im-modp2048-256-aes256",
    ] {
        assert_genuine(&card(name), CheckKind::ChipAuthentication);
    }
}

#[test]
fn quirk_08_long_numbers_go_in_links_and_come_in_parts() {
    let card = card("pace-modp2048-256-aes256");
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let dossier = read(&mut channel, &can(&card)).unwrap();
    assert_eq!(findings(&dossier), ["apdu.get_response"]);
    // Two links for the mapping and two for the agreement, all of one chain (ICAO 9303-11 §4.4.4.3).
    let chip = channel.chip.lock();
    let steps: Vec<([u8; 4], Option<usize>)> = chip
        .exchanges()
        .iter()
        .filter(|exchange| exchange.header[1] == 0x86 && !exchange.protected)
        .map(|exchange| (exchange.header, exchange.ne))
        .collect();
    let chained = [0x10, 0x86, 0, 0];
    let link = (chained, None);
    let step = (chained, Some(256));
    assert_eq!(steps, [step, link, step, link, step, ([0, 0x86, 0, 0], Some(256))]);
    drop(chip);
    // A reader of extended APDUs needs neither.
    let mut channel = InProcessChannel::extended(VirtualChip::new(card.clone(), 7));
    assert_eq!(findings(&read(&mut channel, &can(&card)).unwrap()), Vec::<&str>::new());
}

#[test]
fn quirk_08_a_chip_that_proves_itself_while_it_is_opened() {
    for name in [MAPPING_CARD, "pace-cam-p384-aes192", "pace-cam-bp512-aes256", "pace-cam-p521-aes256"] {
        assert_genuine(&card(name), CheckKind::ChipAuthenticationMapping);
    }
}

#[test]
fn chip_authentication_in_a_prime_field() {
    for name in ["ca-modp1024-160-3des", "ca-modp2048-224-3des", "ca-modp2048-256-aes128"] {
        let card = card(name);
        for limits in [ChannelLimits::SHORT, ChannelLimits::EXTENDED] {
            let read = |quirks| {
                let mut channel = InProcessChannel::new(VirtualChip::with_quirks(card.clone(), 7, quirks), limits);
                read(&mut channel, &mrz(&card)).unwrap()
            };
            let dossier = read(Quirks::default());
            assert_whole(&dossier, &card);
            let report = judge(&dossier, &card.demonstration_anchors(), Profile::OPERATIONAL);
            assert_eq!(ended(&report, CheckKind::ChipAuthentication), GOOD, "{name}");
            assert_eq!(report.overall, Overall::Successful, "{name}");
            // `attacks.md` 16: a copy, and a key that is not the signed one.
            let copy = read(Quirks { attack: Some(Attack::Clone), ..Quirks::default() });
            assert_eq!(copy.chip_authentication.as_ref().unwrap().outcome, ChipAuthenticationOutcome::WrongKeys);
            let report = judge(&copy, &card.demonstration_anchors(), Profile::OPERATIONAL);
            let failed = (Outcome::Failed, Some("chip.chip_authentication_failed"));
            assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed);
            let mut other = dossier;
            *other.chip_authentication.as_mut().unwrap().public_key.last_mut().unwrap() ^= 1;
            let report = judge(&other, &card.demonstration_anchors(), Profile::OPERATIONAL);
            let failed = (Outcome::Failed, Some("chip.chip_authentication_key_mismatch"));
            assert_eq!(ended(&report, CheckKind::ChipAuthenticity), failed);
        }
    }
}

#[test]
fn attack_21_numbers_outside_the_subgroup() {
    let card = card("pace-modp1024-160-aes128");
    assert_whole(&read(&mut odd(&card, Quirks::default()), &can(&card)).unwrap(), &card);
    let attacked = |attack| {
        let quirks = Quirks { attack: Some(attack), ..Quirks::default() };
        read(&mut odd(&card, quirks), &can(&card)).unwrap_err()
    };
    for number in [
        BadNumber::Zero,
        BadNumber::One,
        BadNumber::MinusOne,
        BadNumber::Modulus,
        BadNumber::NotReduced,
        BadNumber::OutsideSubgroup,
        BadNumber::Empty,
    ] {
        for attack in [Attack::PaceMappingNumber(number), Attack::PaceKeyNumber(number)] {
            let error = attacked(attack);
            let refused = matches!(
                error,
                ReadError::CardMisbehaved { step: Step::Access(Protocol::Pace), reason: Misbehaviour::PublicKey(_) }
            );
            assert!(refused, "{attack:?}: {error}");
        }
    }
    let same = ReadError::CardMisbehaved { step: Step::Access(Protocol::Pace), reason: Misbehaviour::SameKey };
    assert_eq!(attacked(Attack::PaceSameKey), same);
    let denied = ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: None };
    assert_eq!(attacked(Attack::PaceToken), denied);
}

#[test]
fn attack_21_bad_points_after_integrated_and_chip_authentication_mapping() {
    for name in ["pace-im-bp256-aes128", MAPPING_CARD] {
        let card = card(name);
        assert_whole(&read(&mut odd(&card, Quirks::default()), &can(&card)).unwrap(), &card);
        let attacked = |attack| read(&mut odd(&card, Quirks { attack: Some(attack), ..Quirks::default() }), &can(&card));
        for point in [BadPoint::OffCurve, BadPoint::Infinity, BadPoint::Short] {
            let error = attacked(Attack::PaceKey(point)).unwrap_err();
            assert!(matches!(error, ReadError::CardMisbehaved { reason: Misbehaviour::PublicKey(_), .. }), "{name} {point:?}");
        }
        let error = attacked(Attack::PaceSameKey).unwrap_err();
        assert!(matches!(error, ReadError::CardMisbehaved { reason: Misbehaviour::SameKey, .. }), "{name}");
    }
}

/// What the verdict says of a card with chip authentication mapping; first of the genuine one.
fn mapping_verdict(
    card: &Personalisation,
    quirks: Quirks,
    further_anchors: &[Vec<u8>],
) -> (Overall, Outcome, Option<&'static str>) {
    let genuine = super::card(MAPPING_CARD);
    let anchors = [genuine.demonstration_anchors(), further_anchors.to_vec()].concat();
    let report = judge(&read(&mut odd(&genuine, Quirks::default()), &can(&genuine)).unwrap(), &anchors, Profile::OPERATIONAL);
    assert_eq!((report.overall, ended(&report, CheckKind::ChipAuthenticity)), (Overall::Successful, GOOD));

    let dossier = read(&mut odd(card, quirks), &can(card)).unwrap();
    assert!(dossier.chip_mapping.is_some());
    let report = judge(&dossier, &anchors, Profile::OPERATIONAL);
    let (outcome, reason) = ended(&report, CheckKind::ChipAuthenticationMapping);
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), (outcome, reason), "the group has one member");
    (report.overall, outcome, reason)
}

#[test]
fn attack_22_wrong_or_missing_chip_data() {
    let card = card(MAPPING_CARD);
    for (attack, reason) in [
        (Attack::Clone, "chip.pace_cam_failed"),
        (Attack::PaceChipData(BadChipData::Wrong), "chip.pace_cam_failed"),
        (Attack::PaceChipData(BadChipData::Zero), "chip.pace_cam_failed"),
        (Attack::PaceChipData(BadChipData::Short), "chip.pace_cam_failed"),
        (Attack::PaceChipData(BadChipData::Missing), "chip.pace_cam_data_missing"),
        (Attack::PaceChipData(BadChipData::Torn), "chip.pace_cam_data_missing"),
        (Attack::PaceChipData(BadChipData::Unpadded), "chip.pace_cam_data_missing"),
    ] {
        let quirks = Quirks { attack: Some(attack), ..Quirks::default() };
        assert_eq!(mapping_verdict(&card, quirks, &[]), (Overall::Failed, Outcome::Failed, Some(reason)), "{attack:?}");
    }
}

#[test]
fn attack_22_card_security_unsigned_altered_or_of_another_state() {
    let failed = |reason| (Overall::Failed, Outcome::Failed, Some(reason));
    let undetermined = |reason| (Overall::Undetermined, Outcome::Undetermined, Some(reason));
    let genuine = card(MAPPING_CARD);
    let own = authority(MAPPING_CARD).unwrap();

    let mut altered = genuine.clone();
    let content = altered.master_files.get_mut(&CARD_SECURITY).unwrap();
    let key = genuine.mapping_key.as_ref().unwrap();
    let curve = Curve::named(key.curve).unwrap();
    let point = curve.encode(&curve.public_key(&key.private));
    let at = content.windows(point.len()).position(|window| window == point).unwrap();
    content[at + 40] ^= 1;
    assert_eq!(mapping_verdict(&altered, Quirks::default(), &[]), failed("chip.pace_cam_card_security_invalid"));

    let mut unsigned = genuine.clone();
    let options = SignatureOptions { defect: SignatureDefect::Flipped, ..SignatureOptions::default() };
    put_card_security(&mut unsigned, &own, &options);
    assert_eq!(mapping_verdict(&unsigned, Quirks::default(), &[]), failed("chip.pace_cam_card_security_invalid"));

    // Signed in order, by an authority of the same name that nobody knows; and by one that is known, of another state.
    let stranger = Signer::ecdsa(Curve::named("secp256r1").unwrap(), Hash::Sha256, "a stranger");
    let stranger = Authority::new("VN", stranger.clone(), stranger);
    let mut own_made = genuine.clone();
    put_card_security(&mut own_made, &stranger, &SignatureOptions::default());
    assert_eq!(mapping_verdict(&own_made, Quirks::default(), &[]), undetermined("chip.pace_cam_issuer_unknown"));
    let german = authority("passport-td3").unwrap();
    let mut foreign = genuine.clone();
    put_card_security(&mut foreign, &german, &SignatureOptions::default());
    let anchors = [german.csca_certificate()];
    assert_eq!(mapping_verdict(&foreign, Quirks::default(), &anchors), failed("chip.pace_cam_card_security_invalid"));

    let mut missing = genuine.clone();
    missing.master_files.remove(&CARD_SECURITY);
    assert_eq!(mapping_verdict(&missing, Quirks::default(), &[]), failed("chip.pace_cam_card_security_missing"));

    // A signed key, of another curve than the one of PACE: the chip's own serves no more.
    let other_curve = Curve::named("secp256r1").unwrap();
    let other_key = ChipKey { curve: "secp256r1", private: other_curve.scalar_from_seed(b"another"), ..key.clone() };
    let mut keyless = genuine.clone();
    keyless.mapping_key = Some(other_key);
    put_card_security(&mut keyless, &own, &SignatureOptions::default());
    keyless.mapping_key = genuine.mapping_key.clone();
    assert_eq!(mapping_verdict(&keyless, Quirks::default(), &[]), failed("chip.pace_cam_key_missing"));

    // A signed key of the same curve that is another chip's.
    let other_key = ChipKey { private: curve.scalar_from_seed(b"another"), ..key.clone() };
    let mut swapped = genuine.clone();
    swapped.mapping_key = Some(other_key);
    put_card_security(&mut swapped, &own, &SignatureOptions::default());
    swapped.mapping_key = genuine.mapping_key.clone();
    assert_eq!(mapping_verdict(&swapped, Quirks::default(), &[]), failed("chip.pace_cam_failed"));
}

/// `attacks.md` 20 and 22: a copy that offers generic mapping alone has no proof to give, and DG14 tells.
#[test]
fn attack_22_a_copy_that_leaves_the_mapping_away() {
    let mut copy = card(MAPPING_CARD);
    let generic = PaceOffer::generic(Suite::Aes128, 13);
    copy.pace = vec![generic];
    copy.master_files.insert(CARD_ACCESS, card_access(vec![pace_info(generic)]));
    let dossier = read(&mut odd(&copy, Quirks::default()), &can(&copy)).unwrap();
    assert_eq!((&dossier.chip_mapping, dossier.files.contains_key(&FileId::CardSecurity)), (&None, false));
    let report = judge(&dossier, &copy.demonstration_anchors(), Profile::OPERATIONAL);
    assert_eq!(ended(&report, CheckKind::AccessProtocol), (Outcome::Failed, Some("access.card_access_mismatch")));
    let not_done = (Outcome::Undetermined, Some("chip.pace_cam_not_done"));
    assert_eq!(ended(&report, CheckKind::ChipAuthenticity), not_done);
    assert_eq!(report.overall, Overall::Undetermined);
    assert_eq!(judge(&dossier, &copy.demonstration_anchors(), Profile::STRICT).overall, Overall::Failed);
}

/// EF.CardSecurity, rightly signed, that lists other variants than EF.CardAccess does.
#[test]
fn attack_20_card_access_against_card_security() {
    let genuine = card(MAPPING_CARD);
    let mut other = genuine.clone();
    other.pace.push(PaceOffer::generic(Suite::Aes256, 13));
    put_card_security(&mut other, &authority(MAPPING_CARD).unwrap(), &SignatureOptions::default());
    other.pace = genuine.pace.clone();
    for (card, expected) in [(genuine, GOOD), (other, (Outcome::Failed, Some("access.card_access_mismatch")))] {
        let dossier = read(&mut odd(&card, Quirks::default()), &can(&card)).unwrap();
        let report = judge(&dossier, &card.demonstration_anchors(), Profile::STRICT);
        assert_eq!(ended(&report, CheckKind::AccessProtocol), expected);
    }
}

#[test]
fn the_proof_of_the_mapping_counts_only_where_it_was_made() {
    let card = card(MAPPING_CARD);
    let dossier = read(&mut odd(&card, Quirks::default()), &can(&card)).unwrap();
    let proof = dossier.chip_mapping.as_ref().unwrap();
    assert!(matches!(&proof.outcome, ChipMappingOutcome::Data(data) if data.len() == 32));
    let saved = Dossier::from_cbor(&dossier.to_cbor()).unwrap();
    assert_eq!(saved.chip_mapping, dossier.chip_mapping);
    let fresh = judge(&dossier, &card.demonstration_anchors(), Profile::OPERATIONAL);
    let report = judge(&saved, &card.demonstration_anchors(), Profile::OPERATIONAL);
    assert_eq!(report.evidence, fresh.evidence);
    let not_proven = (Outcome::Undetermined, Some("chip.not_proven"));
    assert_eq!(ended(&report, CheckKind::ChipAuthenticationMapping), not_proven);
    assert_eq!((ended(&report, CheckKind::ChipAuthenticity), report.overall), (not_proven, Overall::Undetermined));
    // What was read and what ran is in the digest.
    let mut edited = dossier.clone();
    edited.chip_mapping.as_mut().unwrap().outcome = ChipMappingOutcome::Missing;
    assert_ne!(judge(&edited, &card.demonstration_anchors(), Profile::OPERATIONAL).evidence, fresh.evidence);
}

#[test]
fn a_tag_lost_while_card_security_is_read() {
    let card = card(MAPPING_CARD);
    // EF.CardAccess, PACE with five commands, and then the first block of EF.CardSecurity.
    for turn in 6..10 {
        let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
        channel.losses = vec![turn];
        let dossier = read(&mut channel, &can(&card)).unwrap();
        assert_whole(&dossier, &card);
        let expected = FileRecord::Read(soat::dossier::FileContent::Bytes(card.master_files[&CARD_SECURITY].clone()));
        assert!(dossier.files[&FileId::CardSecurity] == expected, "{turn}");
        let report = judge(&dossier, &card.demonstration_anchors(), Profile::OPERATIONAL);
        assert_eq!(ended(&report, CheckKind::ChipAuthenticationMapping), GOOD, "{turn}");
    }
}

fn pin(digits: &str) -> AccessKey {
    AccessKey::from_pin(digits).unwrap()
}

#[test]
fn a_pin_and_a_puk_open_the_chip() {
    let card = card("pace-pin");
    for (key, kind) in [(pin("246810"), PasswordKind::Pin), (AccessKey::from_puk("1357924680").unwrap(), PasswordKind::Puk)] {
        let dossier = read(&mut odd(&card, Quirks::default()), &key).unwrap();
        assert_whole(&dossier, &card);
        let access = dossier.access.as_ref().unwrap();
        assert_eq!(access.password, kind);
        assert!(matches!(access.protocol, AccessProtocol::Pace { .. }));
        assert_eq!(Dossier::from_cbor(&dossier.to_cbor()).unwrap().access, dossier.access);
        let report = judge(&dossier, &card.demonstration_anchors(), Profile::OPERATIONAL);
        assert_eq!(report.overall, Overall::Successful);
    }
}

#[test]
fn attack_24_a_wrong_pin_is_tried_once_and_its_tries_are_told() {
    let card = card("pace-pin");
    let mut channel = odd(&card, Quirks::default());
    let denied = |tries| Err(ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: Some(tries) });
    assert_eq!(read(&mut channel, &pin("246811")), denied(2));
    assert_eq!(channel.chip.lock().tries(), Tries { pin: 2, puk: 10 });
    // The next one is told beforehand how many are left.
    channel.chip.reset();
    let mut watcher = Watcher::new(1);
    assert_eq!(read_with(&mut channel, &pin("246811"), &ReadingOptions::default(), &mut watcher), denied(1));
    assert!(watcher.seen.contains(&Progress::TriesLeft { password: PasswordKind::Pin, tries: 2 }));
    // And the last is not made: no GENERAL AUTHENTICATE follows.
    channel.chip.reset();
    let before = channel.chip.lock().exchanges().len();
    let suspended = ReadError::PasswordUnusable { password: PasswordKind::Pin, state: PasswordState::Suspended };
    assert_eq!(read(&mut channel, &pin("246810")), Err(suspended));
    assert_eq!(channel.chip.lock().tries(), Tries { pin: 1, puk: 10 });
    assert!(channel.chip.lock().exchanges()[before..].iter().all(|exchange| exchange.header[1] != 0x86));
    // The CAN opens the chip all the same.
    channel.chip.reset();
    assert_whole(&read(&mut channel, &can(&card)).unwrap(), &card);
}

#[test]
fn attack_24_a_blocked_pin_or_puk_is_never_tried() {
    let card = card("pace-pin");
    for key in [pin("246810"), AccessKey::from_puk("1357924680").unwrap()] {
        assert_whole(&read(&mut odd(&card, Quirks::default()), &key).unwrap(), &card);
        let mut channel = odd(&card, Quirks::default());
        channel.chip.lock().set_tries(Tries { pin: 0, puk: 0 });
        let blocked = ReadError::PasswordUnusable { password: key.kind(), state: PasswordState::Blocked };
        assert_eq!(read(&mut channel, &key), Err(blocked));
        assert!(channel.chip.lock().exchanges().iter().all(|exchange| exchange.header[1] != 0x86));
    }
}

#[test]
fn a_card_without_pin_says_so() {
    let refused = Incompatibility::PaceRefused(StatusWord(0x6A88));
    let card = card("vietnam-2024");
    assert_eq!(read(&mut odd(&card, Quirks::vietnam()), &pin("123456")), Err(ReadError::CardIncompatible(refused)));
    let bac = super::card("passive-only");
    let without = Incompatibility::PasswordWithoutPace(PasswordKind::Pin);
    assert_eq!(read(&mut odd(&bac, Quirks::default()), &pin("123456")), Err(ReadError::CardIncompatible(without)));
}

//! Real cards misbehave: the rows of `quirks.md` that concern reading. Each card is still read whole, the dossier says how it bent the
//! standard, and both profiles judge it.

use card_fixtures::authority::CurveEncoding;
use card_fixtures::chip::{ExtendedLength, LostTag, ParameterId, Quirks, ReadLimit, SignatureForm, VirtualChip};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::security_infos::{active_authentication_info, pace_info};
use card_fixtures::personalisation::{PaceOffer, Personalisation, Suite};
use soat::chip::apdu::StatusWord;
use soat::chip::error::Incompatibility;
use soat::chip::{CardChannel, Progress, ReadError, ReadingOptions, TransportError};
use soat::dossier::{
    AccessProtocol, ActiveAuthenticationOutcome, BacReason, ChipAuthenticationOutcome, DataGroup, Dossier, FileContent,
    FileRecord,
};
use soat::inspection::{CheckKind, Outcome, Overall};
use soat_tests::seeded::Watcher;
use soat_tests::virtual_channel::InProcessChannel;

use super::variants::offering;
use super::{
    assert_verdicts, assert_whole, can, card, ended, findings, mrz, odd, odd_extended, read, read_with, sign, verdicts,
    without_pace,
};

/// Reads a card that behaves oddly through short APDUs, whole, and judges it.
fn read_odd(card: &Personalisation, quirks: Quirks) -> Dossier {
    let dossier = read(&mut odd(card, quirks), &can(card)).unwrap();
    assert_whole(&dossier, card);
    assert_verdicts(&dossier, card);
    dossier
}

fn limit(bytes: usize, status: u16, protected: bool) -> Quirks {
    Quirks { read_limit: Some(ReadLimit { bytes, status, protected }), ..Quirks::vietnam() }
}

fn is_confirmed(dossier: &Dossier) -> bool {
    dossier.chip_authentication.as_ref().is_some_and(|evidence| evidence.outcome == ChipAuthenticationOutcome::Confirmed)
}

/// Commands that the well-behaved card costs.
fn cost(card: &Personalisation) -> u32 {
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    read(&mut channel, &can(card)).unwrap();
    channel.chip.apdus()
}

#[test]
fn quirk_01_an_unprotected_status_to_a_long_read() {
    let card = card("vietnam-2024");
    // One rung further down is enough: the session goes on.
    let dossier = read_odd(&card, limit(192, 0x6700, false));
    assert_eq!(findings(&dossier), ["read.block_reduced", "sm.unprotected_status"]);
    assert!(is_confirmed(&dossier));
    assert_eq!(dossier.timings.iter().filter(|timing| timing.step == "pace").count(), 1);
    // Three rungs: the second bare status ends the session, and a new one begins where the first stood.
    let dossier = read_odd(&card, limit(128, 0x6700, false));
    assert_eq!(findings(&dossier), ["read.block_reduced", "sm.unprotected_status"]);
    assert!(dossier.timings.iter().filter(|timing| timing.step == "pace").count() > 1);
}

#[test]
fn quirk_02_small_read_limits() {
    let card = card("vietnam-2024");
    for (bytes, status, protected) in [
        (192, 0x6700, true),
        (112, 0x6700, true),
        (112, 0x6B00, true),
        (160, 0x6988, true),
        (192, 0x6988, false),
        (200, 0x6282, true),
        (128, 0x6282, true),
        (128, 0x6C80, true),
    ] {
        let dossier = read_odd(&card, limit(bytes, status, protected));
        assert!(findings(&dossier).contains(&"read.block_reduced"), "{bytes} {status:04X}");
        assert!(is_confirmed(&dossier), "{bytes} {status:04X}");
    }
}

#[test]
fn quirk_02_a_length_that_cannot_fit_is_never_tried_and_a_limit_is_remembered() {
    let card = card("vietnam-2024");
    let mut channel = odd(&card, limit(192, 0x6700, true));
    read(&mut channel, &can(&card)).unwrap();
    let chip = channel.chip.lock();
    let lengths: Vec<usize> = chip
        .exchanges()
        .iter()
        .filter(|exchange| exchange.protected && exchange.header[1] == 0xB0)
        .filter_map(|exchange| exchange.ne)
        .collect();
    assert_eq!(lengths.iter().filter(|length| **length > 192).count(), 1);
    assert_eq!(lengths[0], 223);
}

#[test]
fn quirk_03_answers_in_parts_and_empty_ones() {
    let card = card("vietnam-2024");
    let dossier = read_odd(&card, Quirks { answer_part: Some(100), ..Quirks::vietnam() });
    assert_eq!(findings(&dossier), ["apdu.get_response"]);
    // Le 65,536 is never sent, so that its empty answer is never met.
    let wide = super::card("reference-32k");
    let mut channel = odd_extended(&wide, Quirks { maximal_le_empty: true, ..Quirks::default() });
    let dossier = read(&mut channel, &can(&wide)).unwrap();
    assert_whole(&dossier, &wide);
    assert_verdicts(&dossier, &wide);
    assert_eq!(findings(&dossier), Vec::<&str>::new());
}

#[test]
fn quirk_03_a_cut_signature_is_no_signature() {
    let card = card("aa-rsa2048-sha256");
    let mut channel = odd_extended(&card, Quirks { signature_cut: Some(231), ..Quirks::default() });
    let dossier = read(&mut channel, &mrz(&card)).unwrap();
    assert_whole(&dossier, &card);
    assert_eq!(dossier.active_authentication, None);
    assert_eq!(findings(&dossier), ["active_authentication.answer_cut"]);
    // Nothing shows that the chip is the genuine one: that is not decided, and no failure.
    for report in verdicts(&dossier, &card) {
        let not_done = (Outcome::Undetermined, Some("chip.active_authentication_not_done"));
        assert_eq!((ended(&report, CheckKind::ChipAuthenticity), report.overall), (not_done, Overall::Undetermined));
    }
}

/// `quirks.md` 3: without a statement in EF.ATR/INFO extended length is not tried, unless that is asked for; and that is recorded.
#[test]
fn quirk_03_extended_length_is_probed_only_when_asked() {
    let card = card("vietnam-2024");
    let longest = |quirks: Quirks, probe_extended| {
        let mut channel = odd_extended(&card, quirks);
        let options = ReadingOptions { probe_extended, ..ReadingOptions::default() };
        let dossier = read_with(&mut channel, &can(&card), &options, &mut Watcher::new(1)).unwrap();
        assert_whole(&dossier, &card);
        assert_verdicts(&dossier, &card);
        let codes: Vec<String> = findings(&dossier).into_iter().map(String::from).collect();
        let longest = channel.chip.lock().exchanges().iter().map(|exchange| exchange.data_len).max().unwrap();
        (longest, codes)
    };
    let always = || Quirks { extended_length: ExtendedLength::Always, ..Quirks::vietnam() };
    assert_eq!(longest(always(), false), (223, vec![]));
    assert_eq!(longest(always(), true), (991, vec!["read.extended_probed".into()]));
    // A chip that refuses, and forgets its session over it: back to short ones in a new session.
    let (size, codes) = longest(Quirks::vietnam(), true);
    assert_eq!(size, 223);
    assert!(codes.contains(&"read.extended_probed".into()) && codes.contains(&"read.block_reduced".into()), "{codes:?}");
}

#[test]
fn quirk_04_the_master_file_is_never_selected() {
    let card = card("vietnam-2024");
    for status in [0x6D00, 0x6982, 0x6A81, 0x6A86, 0x6A87, 0x6985] {
        let mut channel = odd(&card, Quirks { select_master_file: Some(status), ..Quirks::default() });
        let dossier = read(&mut channel, &can(&card)).unwrap();
        assert_whole(&dossier, &card);
        assert_verdicts(&dossier, &card);
        assert!(channel.chip.lock().exchanges().iter().all(|exchange| exchange.header[..3] != [0x00, 0xA4, 0x00]));
    }
}

#[test]
fn quirk_05_card_access_is_hidden_once_the_application_is_selected() {
    let card = card("vietnam-2024");
    let another_status = Quirks { card_access_in_application: Some(0x6985), ..Quirks::vietnam() };
    for quirks in [Quirks::vietnam(), Quirks::default(), another_status] {
        let mut channel = odd(&card, quirks);
        // Another program left the application selected.
        assert_eq!(channel.transmit(&hex::decode("00a4040c07a0000002471001").unwrap()), Ok(vec![0x90, 0x00]));
        let dossier = read(&mut channel, &can(&card)).unwrap();
        assert_whole(&dossier, &card);
        assert_verdicts(&dossier, &card);
        assert_eq!(findings(&dossier), ["card_access.after_application"]);
    }
}

#[test]
fn quirk_05_without_card_access_it_is_bac() {
    let card = without_pace();
    let dossier = read(&mut odd(&card, Quirks::default()), &mrz(&card)).unwrap();
    assert_whole(&dossier, &card);
    assert_verdicts(&dossier, &card);
    assert_eq!(dossier.access.unwrap().protocol, AccessProtocol::Bac { reason: BacReason::PaceNotOffered });
}

/// `quirks.md` 5: SELECT that answers 6283; short identifiers are not tried again after it.
#[test]
fn quirk_05_a_select_that_warns_is_a_select() {
    let card = card("vietnam-2024");
    // Lost in DG2, beyond the offsets that a short identifier reaches.
    let lost = LostTag { after: cost(&card) - 2, comes_back: true, other: None };
    let dossier = read_odd(&card, Quirks { select_warning: Some(0x6283), lost_tag: Some(lost), ..Quirks::vietnam() });
    assert_eq!(findings(&dossier), ["card.resumed", "select.warning"]);
}

#[test]
fn quirk_06_the_parameter_reference_in_mse() {
    let dossier = read_odd(&card("vietnam-2024"), Quirks { parameter_id: ParameterId::Required, ..Quirks::vietnam() });
    assert_eq!(findings(&dossier), ["pace.parameter_reference"]);
    let dossier = read_odd(&card("vietnam-2024"), Quirks { parameter_id: ParameterId::Refused, ..Quirks::vietnam() });
    assert_eq!(findings(&dossier), Vec::<&str>::new());
    // Two domain parameters: it is sent at once.
    let offers = [PaceOffer::generic(Suite::Aes128, 12), PaceOffer::generic(Suite::Aes128, 13)];
    let mut card = offering(&offers);
    card.put_dg14(CurveEncoding::Explicit, &offers.map(pace_info), &[active_authentication_info(Hash::Sha256)]);
    sign(&mut card);
    let dossier = read_odd(&card, Quirks::vietnam());
    assert_eq!(findings(&dossier), Vec::<&str>::new());
}

#[test]
fn quirk_07_no_le_where_no_data_come_and_bac_that_is_not_offered() {
    let dossier = read_odd(&card("vietnam-2024"), Quirks { refuse_le: true, ..Quirks::vietnam() });
    assert_eq!(findings(&dossier), Vec::<&str>::new());
    let mut closed = card("vietnam-2024");
    closed.bac = false;
    closed.pace.clear();
    closed.master_files.remove(&0x011C);
    // Other ways of access guard its files.
    closed.guarded_files = closed.application_files.keys().copied().collect();
    for status in [0x6700, 0x6A88, 0x6D00] {
        let error = read(&mut odd(&closed, Quirks { bac_refusal: Some(status), ..Quirks::default() }), &mrz(&closed));
        let expected = ReadError::CardIncompatible(Incompatibility::BacNotOffered(StatusWord(status)));
        assert_eq!(error.unwrap_err(), expected);
    }
}

#[test]
fn quirk_08_a_chip_with_pace_alone() {
    let mut card = card("vietnam-2024");
    card.bac = false;
    read_odd(&card, Quirks::vietnam());
}

/// `quirks.md` 9: a file whose outermost element has an indefinite length ends where its end-of-contents octets stand.
#[test]
fn quirk_09_a_file_of_indefinite_length() {
    let mut card = card("vietnam-2024");
    let content = card.application_files[&0x011D].clone();
    let inner = &content[if content[1] == 0x82 { 4 } else { 3 }..];
    let indefinite = [&[0x77, 0x80], inner, &[0, 0]].concat();
    card.application_files.insert(0x011D, indefinite);
    read_odd(&card, Quirks::vietnam());
    let mut padded = card.clone();
    padded.application_files.get_mut(&0x011D).unwrap().extend([0; 500]);
    let dossier = read(&mut odd(&padded, Quirks::vietnam()), &can(&card)).unwrap();
    assert_whole(&dossier, &card);
    assert_verdicts(&dossier, &card);
}

/// An empty file, one of zeros, one cut short: recorded as broken, and the others are read.
#[test]
fn a_file_that_is_no_element_is_broken_and_alone() {
    let card = card("vietnam-2024");
    for content in [vec![0; 300], vec![0xFF; 300], card.application_files[&0x010D][..200].to_vec()] {
        let mut torn = card.clone();
        torn.application_files.insert(0x010D, content);
        let dossier = read(&mut odd(&torn, Quirks::vietnam()), &can(&card)).unwrap();
        let record = &dossier.files[&DataGroup::DG13.into()];
        assert!(!matches!(record, FileRecord::Read(FileContent::Bytes(bytes)) if bytes == &card.application_files[&0x010D]));
        for identifier in [0x0101_u16, 0x0102, 0x010E, 0x010F, 0x011D] {
            assert_eq!(dossier.bytes(super::file(identifier)), Some(card.application_files[&identifier].as_slice()));
        }
        assert!(is_confirmed(&dossier));
    }
}

#[test]
fn quirk_18_chip_authentication_that_fails_loses_nothing() {
    let dossier = read_odd(&card("vietnam-2024"), Quirks { chip_authentication_status: Some(0x6F00), ..Quirks::vietnam() });
    assert_eq!(dossier.chip_authentication.unwrap().outcome, ChipAuthenticationOutcome::Refused(0x6F00));
    assert!(dossier.active_authentication.is_some());
}

#[test]
fn quirk_18_without_info_it_is_3des() {
    let card = card("ca-no-info");
    let dossier = read(&mut odd(&card, Quirks::default()), &mrz(&card)).unwrap();
    assert_whole(&dossier, &card);
    assert!(is_confirmed(&dossier));
    assert_verdicts(&dossier, &card);
    assert_eq!(dossier.chip_authentication.unwrap().protocol.to_string(), "0.4.0.127.0.7.2.2.3.2.1");
}

#[test]
fn quirk_19_signatures_are_recorded_as_they_come() {
    let cases = [
        ("aa-rsa1024-sha1", SignatureForm::LeadingZeroStripped, 127),
        ("aa-rsa1024-sha1", SignatureForm::LeadingZero, 128),
        ("aa-rsa1024-sha1", SignatureForm::Smaller, 128),
        ("aa-rsa1024-sha1", SignatureForm::Standard, 128),
    ];
    for (name, signature, length) in cases {
        let card = card(name);
        let dossier = read(&mut odd(&card, Quirks { signature, ..Quirks::default() }), &mrz(&card)).unwrap();
        assert_verdicts(&dossier, &card);
        let ActiveAuthenticationOutcome::Signature(octets) = dossier.active_authentication.unwrap().outcome else {
            panic!("no signature")
        };
        assert_eq!(octets.len(), length);
    }
    let card = card("aa-p256-sha256");
    let dossier = read(&mut odd(&card, Quirks { signature: SignatureForm::Der, ..Quirks::default() }), &mrz(&card)).unwrap();
    assert_verdicts(&dossier, &card);
    let [_, strict] = verdicts(&dossier, &card);
    let refused = (Outcome::Failed, Some("aa.signature_der"));
    assert_eq!(ended(&strict, CheckKind::ActiveAuthentication), refused);
    let evidence = dossier.active_authentication.unwrap();
    assert!(matches!(evidence.outcome, ActiveAuthenticationOutcome::Signature(octets) if octets[0] == 0x30));
}

#[test]
fn quirk_20_padding_after_a_file_is_dropped() {
    let card = card("vietnam-2024");
    let mut padded = card.clone();
    for content in padded.application_files.values_mut() {
        content.extend([0; 300]);
    }
    let dossier = read(&mut odd(&padded, Quirks::vietnam()), &can(&card)).unwrap();
    assert_whole(&dossier, &card);
    assert_verdicts(&dossier, &card);
}

#[test]
fn quirk_21_the_security_object_decides_what_is_read() {
    let card = card("vietnam-2024");
    let mut other = card.clone();
    // EF.COM lists DG1 and an unknown tag.
    other.application_files.insert(0x011E, hex::decode("60145f0104303130375f36063034303030305c026144").unwrap());
    let dossier = read(&mut odd(&other, Quirks::vietnam()), &can(&card)).unwrap();
    assert_whole(&dossier, &other);
    assert_verdicts(&dossier, &other);
    let [_, strict] = verdicts(&dossier, &other);
    assert_eq!(ended(&strict, CheckKind::SodContent), (Outcome::Failed, Some("com.inconsistent")));
    let mut without = card.clone();
    without.application_files.remove(&0x011E);
    let dossier = read(&mut odd(&without, Quirks::vietnam()), &can(&card)).unwrap();
    assert_whole(&dossier, &without);
    for report in verdicts(&dossier, &without) {
        let missing = (Outcome::NotSupported, Some("com.missing"));
        assert_eq!((ended(&report, CheckKind::SodContent), report.overall), (missing, Overall::Undetermined));
    }
}

#[test]
fn quirk_22_files_are_kept_as_the_chip_gives_them() {
    let mut card = card("vietnam-2024");
    // DG13 with needless length octets: any re-encoding would shorten it.
    let content = card.application_files[&0x010D].clone();
    let inner = &content[if content[1] == 0x82 { 4 } else { 3 }..];
    let lengthened = [&[0x6D, 0x83, 0x00, (inner.len() >> 8) as u8, inner.len() as u8], inner].concat();
    card.application_files.insert(0x010D, lengthened);
    sign(&mut card);
    read_odd(&card, Quirks::vietnam());
}

#[test]
fn quirk_24_a_card_without_expiry_and_a_long_document_number_open_by_bac() {
    let mut card = card("vietnam-no-expiry");
    card.pace.clear();
    card.master_files.remove(&0x011C);
    assert_eq!(card.mrz_key.as_ref().unwrap().expiry, "991231");
    let dossier = read(&mut odd(&card, Quirks::default()), &mrz(&card)).unwrap();
    assert_whole(&dossier, &card);
    card.mrz_key.as_mut().unwrap().document_number = "D23145890734".into();
    let dossier = read(&mut odd(&card, Quirks::default()), &mrz(&card)).unwrap();
    assert_whole(&dossier, &card);
}

#[test]
fn quirk_25_the_application_is_selected_before_bac() {
    let card = without_pace();
    let dossier = read(&mut odd(&card, Quirks { master_file_after_bac: true, ..Quirks::default() }), &mrz(&card)).unwrap();
    assert_whole(&dossier, &card);
    assert_verdicts(&dossier, &card);
}

/// A card whose DG2 is this long.
fn with_face_of(name: &str, length: usize) -> Personalisation {
    let mut card = card(name);
    let value = length - 5;
    let mut content = vec![0x75, 0x83, (value >> 16) as u8, (value >> 8) as u8, value as u8];
    content.extend((0..value).map(|index| (index % 251) as u8));
    card.application_files.insert(0x0102, content);
    sign(&mut card);
    card
}

#[test]
fn quirk_26_files_over_32_767_bytes() {
    for (name, length) in
        [("vietnam-2024", 32_767), ("vietnam-2024", 32_768), ("vietnam-2024", 70_001), ("reference-32k", 100_000)]
    {
        let card = with_face_of(name, length);
        let chip = VirtualChip::new(card.clone(), 7);
        let mut channel = if name == "reference-32k" { InProcessChannel::extended(chip) } else { InProcessChannel::short(chip) };
        let dossier = read(&mut channel, &can(&card)).unwrap();
        assert_whole(&dossier, &card);
        assert_verdicts(&dossier, &card);
        assert_eq!(findings(&dossier), Vec::<&str>::new());
        let odd = channel.chip.lock().exchanges().iter().any(|exchange| exchange.header[1] == 0xB1);
        assert_eq!(odd, length > 40_000, "{length}");
    }
}

#[test]
fn quirk_27_a_lost_tag_is_taken_up_where_it_was() {
    let card = card("vietnam-2024");
    let whole = cost(&card);
    // Wherever it happens: in the access protocol, in EF.SOD, at each authentication, in DG2.
    for after in 0..whole {
        let lost = LostTag { after, comes_back: true, other: None };
        let mut channel = odd(&card, Quirks { lost_tag: Some(lost), ..Quirks::vietnam() });
        let mut watcher = Watcher::new(1);
        let dossier = read_with(&mut channel, &can(&card), &ReadingOptions::default(), &mut watcher).unwrap();
        assert_whole(&dossier, &card);
        assert!(is_confirmed(&dossier), "after {after}");
        assert!(dossier.active_authentication.is_some(), "after {after}");
        assert_eq!(findings(&dossier), ["card.resumed"], "after {after}");
        if after % 8 == 0 {
            assert_verdicts(&dossier, &card);
        }
        let told = |wanted| watcher.seen.iter().filter(|progress| **progress == wanted).count();
        assert_eq!((told(Progress::WaitingForCard), told(Progress::Resumed)), (1, 1), "after {after}");
        // What was read stays: nothing but access, EF.SOD and chip authentication is repeated.
        let most = whole + 1 + 5 + 1 + 9 + 2 + 2;
        assert!(channel.chip.apdus() <= most, "after {after}: {} of {whole}", channel.chip.apdus());
    }
}

/// Each loss costs at most what opening costs; the proofs of the chip survive two losses in a row.
#[test]
fn quirk_27_a_tag_that_is_lost_again_while_it_is_taken_up() {
    let card = card("vietnam-2024");
    let whole = cost(&card);
    for first in [12, 19, whole - 2] {
        for again in 1..24 {
            let mut channel = odd(&card, Quirks::vietnam());
            channel.losses = vec![first, first + again];
            let dossier = read(&mut channel, &can(&card)).unwrap();
            assert_whole(&dossier, &card);
            assert!(is_confirmed(&dossier), "{first} {again}");
            assert!(dossier.active_authentication.is_some(), "{first} {again}");
            if again == 1 {
                assert_verdicts(&dossier, &card);
            }
        }
    }
    // More often than the bound: the loss itself is the error.
    let mut channel = odd(&card, Quirks::vietnam());
    channel.losses = (0..40).map(|loss| 12 + 3 * loss).collect();
    let error = read(&mut channel, &can(&card)).unwrap_err();
    assert!(matches!(error, ReadError::Transport { source: TransportError::CardRemoved, .. }), "{error}");
}

#[test]
fn quirk_28_readers_that_lose_long_answers() {
    let card = card("vietnam-2024");
    for cap in [255, 230, 200, 180, 150] {
        let dossier = read_odd(&card, Quirks { answer_cap: Some(cap), ..Quirks::vietnam() });
        assert_eq!(findings(&dossier).contains(&"read.block_reduced"), cap < 244, "{cap}");
    }
    // EF.ATR/INFO states what the chip then refuses.
    let wide = super::card("reference-32k");
    let mut channel = odd_extended(&wide, Quirks { extended_length: ExtendedLength::Never, ..Quirks::default() });
    let dossier = read(&mut channel, &can(&wide)).unwrap();
    assert_whole(&dossier, &wide);
    assert_verdicts(&dossier, &wide);
    assert!(findings(&dossier).contains(&"read.block_reduced"));
    // A reader of 261 bytes never sees an extended command.
    let mut channel = InProcessChannel::short(VirtualChip::new(wide.clone(), 7));
    let dossier = read(&mut channel, &can(&wide)).unwrap();
    assert_whole(&dossier, &wide);
    assert_verdicts(&dossier, &wide);
    assert_eq!(wide.application_files[&0x0102].len(), 15_000);
}

#[test]
fn a_card_that_bears_one_selection_of_the_application() {
    read_odd(&card("vietnam-2024"), Quirks { application_once: true, ..Quirks::vietnam() });
}

#[test]
fn a_group_that_needs_terminal_authentication_is_not_asked_for() {
    let card = card("vietnam-2024");
    assert!(card.guarded_files.contains(&0x0103));
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let dossier = read(&mut channel, &can(&card)).unwrap();
    assert!(dossier.files[&DataGroup::DG3.into()] == FileRecord::Skipped);
    assert!(channel.chip.lock().exchanges().iter().all(|exchange| exchange.header[1..3] != [0xB0, 0x83]));
}

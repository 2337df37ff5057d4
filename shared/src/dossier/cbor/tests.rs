use super::*;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::dossier::*;
use crate::time::Timestamp;
use alloc::string::String;
use alloc::vec;
use der::asn1::ObjectIdentifier;
use proptest::option;
use proptest::prelude::*;

const PACE: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.4.2.2");
const CA: ObjectIdentifier = ObjectIdentifier::new_unwrap("0.4.0.127.0.7.2.2.3.2.2");

fn octets(longest: usize) -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(any::<u8>(), 0..longest)
}

fn any_file() -> impl Strategy<Value = FileId> {
    prop::sample::select(FileId::all().collect::<Vec<_>>())
}

fn any_digest() -> impl Strategy<Value = (DigestAlgorithm, Digest)> {
    (prop::sample::select(DigestAlgorithm::ALL.to_vec()), any::<u8>())
        .prop_map(|(algorithm, fill)| (algorithm, Digest::new(&vec![fill; algorithm.output_len()]).unwrap()))
}

fn any_content() -> impl Strategy<Value = FileContent> {
    prop_oneof![
        octets(300).prop_map(FileContent::Bytes),
        (any::<u32>(), prop::collection::vec(any_digest(), 0..3))
            .prop_map(|(length, digests)| FileContent::Digests { length, digests }),
    ]
}

fn any_record() -> impl Strategy<Value = FileRecord> {
    prop_oneof![
        any_content().prop_map(FileRecord::Read),
        any::<u16>().prop_map(|status| FileRecord::Refused { status }),
        Just(FileRecord::Skipped),
        Just(FileRecord::Broken),
    ]
}

fn any_access() -> impl Strategy<Value = Access> {
    let protocol = prop_oneof![
        any::<u8>().prop_map(|parameter_id| AccessProtocol::Pace { protocol: PACE, parameter_id }),
        prop_oneof![
            Just(BacReason::PaceNotOffered),
            any::<u16>().prop_map(BacReason::CardAccessRefused),
            Just(BacReason::PaceVariantUnknown)
        ]
        .prop_map(|reason| AccessProtocol::Bac { reason }),
        Just(AccessProtocol::Unprotected),
    ];
    let password = [PasswordKind::Mrz, PasswordKind::Can, PasswordKind::Pin, PasswordKind::Puk];
    (protocol, prop::sample::select(password.to_vec())).prop_map(|(protocol, password)| Access { protocol, password })
}

fn any_chip_authentication() -> impl Strategy<Value = ChipAuthentication> {
    let outcome = prop_oneof![
        Just(ChipAuthenticationOutcome::Confirmed),
        any::<u16>().prop_map(ChipAuthenticationOutcome::Refused),
        Just(ChipAuthenticationOutcome::WrongKeys),
        Just(ChipAuthenticationOutcome::Unsupported),
    ];
    (option::of(any::<u32>()), octets(70), outcome).prop_map(|(key_id, public_key, outcome)| ChipAuthentication {
        key_id,
        protocol: CA,
        public_key,
        outcome,
    })
}

fn any_chip_mapping() -> impl Strategy<Value = ChipMapping> {
    let outcome = prop_oneof![
        octets(66).prop_map(ChipMappingOutcome::Data),
        Just(ChipMappingOutcome::Missing),
        Just(ChipMappingOutcome::Malformed),
    ];
    (octets(70), outcome).prop_map(|(mapping_key, outcome)| ChipMapping { mapping_key, outcome })
}

fn any_active_authentication() -> impl Strategy<Value = ActiveAuthentication> {
    let source = prop_oneof![Just(ChallengeSource::Terminal), Just(ChallengeSource::RelyingParty)];
    let outcome = prop_oneof![
        octets(130).prop_map(ActiveAuthenticationOutcome::Signature),
        any::<u16>().prop_map(ActiveAuthenticationOutcome::Refused),
    ];
    (any::<[u8; 8]>(), source, outcome).prop_map(|(challenge, challenge_source, outcome)| ActiveAuthentication {
        challenge,
        challenge_source,
        outcome,
    })
}

fn any_dossier() -> impl Strategy<Value = Dossier> {
    let finding = ("[a-z_.]{0,30}", option::of(any_file())).prop_map(|(code, file)| ReadingFinding { code, file });
    let timing = ("[a-z_]{0,30}", any::<u32>(), any::<u32>(), any::<u32>())
        .prop_map(|(step, apdus, bytes, milliseconds)| StepTiming { step, apdus, bytes, milliseconds });
    (
        option::of(any_access()),
        prop::collection::btree_map(any_file(), any_record(), 0..8),
        option::of(any_chip_mapping()),
        option::of(any_chip_authentication()),
        option::of(any_active_authentication()),
        prop::collection::vec(finding, 0..4),
        option::of(any::<i64>().prop_map(Timestamp)),
        prop::collection::vec(timing, 0..4),
        prop::collection::btree_map(prop::sample::select(&PrintedData::ALL[..]), any_content(), 0..3),
    )
        .prop_map(
            |(access, files, chip_mapping, chip_authentication, active_authentication, findings, read_at, timings, printed)| {
                Dossier {
                    origin: Origin::Saved,
                    access,
                    files,
                    chip_mapping,
                    chip_authentication,
                    active_authentication,
                    findings,
                    read_at,
                    timings,
                    printed,
                }
            },
        )
}

fn small() -> Dossier {
    let mut dossier = Dossier::new(Origin::Chip);
    dossier.files.insert(FileId::Sod, FileRecord::Read(FileContent::Bytes(vec![0x77, 0])));
    dossier.files.insert(DataGroup::DG3.into(), FileRecord::Refused { status: 0x6982 });
    dossier
}

#[test]
fn a_dossier_from_a_chip_comes_back_as_a_saved_one() {
    let read = Dossier::from_cbor(&small().to_cbor()).unwrap();
    assert_eq!(read.origin(), Origin::Saved);
    assert_eq!(read.files, small().files);
    assert_ne!(read, small());
}

#[test]
fn the_encoding_stands() {
    let expected = concat!(
        "d9d9f7",                     // self-described
        "83",                         // magic, version, body
        "6c736f61742e646f7373696572", // "soat.dossier"
        "01",
        "87",             // body
        "f6",             // access
        "a2",             // files
        "6645462e534f44", // "EF.SOD"
        "8200427700",     // read: 7700
        "63444733",       // "DG3"
        "8202196982",     // refused: 6982
        "f6f6",           // chip and active authentication
        "80f680",         // findings, moment, timings
    );
    assert_eq!(hex::encode(small().to_cbor()), expected);
}

#[test]
fn a_later_version_says_so() {
    let mut bytes = small().to_cbor();
    bytes[17] = 3;
    assert_eq!(Dossier::from_cbor(&bytes).unwrap_err(), DossierError::UnknownVersion(3));
    bytes.truncate(18);
    assert_eq!(Dossier::from_cbor(&bytes).unwrap_err(), DossierError::UnknownVersion(3));
}

#[test]
fn what_was_printed_makes_the_second_version() {
    let plain = small();
    let mut dossier = plain.clone();
    dossier.printed.insert(PrintedData::Mrz, FileContent::Bytes(b"ID".to_vec()));
    let bytes = dossier.to_cbor();
    assert_eq!((plain.to_cbor()[17], bytes[17]), (1, 2));
    // "MRZ" and two bytes, behind a chip mapping that there was not
    assert!(hex::encode(&bytes).ends_with("f6a1634d525a8200424944"));
    assert_eq!(Dossier::from_cbor(&bytes).unwrap().printed, dossier.printed);
    // The second version with nothing printed, and either under the other's number
    let empty = hex::decode(hex::encode(&bytes).replace("a1634d525a8200424944", "a0")).unwrap();
    assert!(matches!(Dossier::from_cbor(&empty), Err(DossierError::NotCanonical { .. })));
    for (mut bytes, number) in [(plain.to_cbor(), 2), (bytes, 1)] {
        bytes[17] = number;
        assert!(matches!(Dossier::from_cbor(&bytes), Err(DossierError::Malformed { .. })));
    }
}

#[test]
fn what_is_no_dossier() {
    for bytes in
        [&b""[..], b"PK\x03\x04", &[0xD9, 0xD9, 0xF7], &[0x77, 0], &[0xD9, 0xD9, 0xF7, 0x83, 0x64, b's', b'o', b'a', b't']]
    {
        assert_eq!(Dossier::from_cbor(bytes).unwrap_err(), DossierError::NotADossier);
    }
    let huge = vec![0; MAX_LEN + 1];
    assert_eq!(Dossier::from_cbor(&huge).unwrap_err(), DossierError::TooLarge { found: MAX_LEN + 1 });
}

#[test]
fn every_torn_dossier_is_refused() {
    let whole = small().to_cbor();
    for len in 0..whole.len() {
        let error = Dossier::from_cbor(&whole[..len]).unwrap_err();
        if len < 17 {
            assert_eq!(error, DossierError::NotADossier);
        } else {
            assert!(matches!(error, DossierError::Malformed { position } if position <= len), "{len}: {error}");
        }
    }
}

#[test]
fn bytes_after_the_end() {
    let mut bytes = small().to_cbor();
    let position = bytes.len();
    bytes.push(0);
    assert_eq!(Dossier::from_cbor(&bytes).unwrap_err(), DossierError::Trailing { position });
}

/// The small dossier with its hexadecimal text changed.
fn changed(from: &str, to: &str) -> DossierError {
    let text = hex::encode(small().to_cbor());
    assert!(text.contains(from));
    Dossier::from_cbor(&hex::decode(text.replacen(from, to, 1)).unwrap()).unwrap_err()
}

#[test]
fn a_file_that_stands_twice() {
    assert_eq!(changed("63444733", "6645462e534f44"), DossierError::Duplicate(FileId::Sod));
}

#[test]
fn only_the_canonical_form_is_read() {
    // files in another order
    let entries = ("6645462e534f448200427700", "634447338202196982");
    let order = changed(&[entries.0, entries.1].concat(), &[entries.1, entries.0].concat());
    assert_eq!(order, DossierError::NotCanonical { position: 21 });
    // a longer number, a longer length
    assert!(matches!(changed("8202196982", "82021a00006982"), DossierError::NotCanonical { .. }));
    assert!(matches!(changed("8200427700", "820058027700"), DossierError::NotCanonical { .. }));
    // indefinite lengths
    assert!(matches!(changed("80f680", "9ffff680"), DossierError::Malformed { .. }));
    assert!(matches!(changed("8200427700", "82005f427700ff"), DossierError::Malformed { .. }));
}

#[test]
fn what_a_dossier_cannot_say() {
    // an unknown file, an unknown kind of record, a list that claims more than there is or may be
    for (from, to) in [
        ("63444733", "63444730"),
        ("8202196982", "8205196982"),
        ("80f680", "9a00010000f680"),
        ("80f680", "9bfffffffffffffffff680"),
        ("f6f680", "f682f680"),
    ] {
        assert!(matches!(changed(from, to), DossierError::Malformed { .. }), "{to}");
    }
}

#[test]
fn raw_files_make_a_dossier_of_their_own_kind() {
    let files = vec![(FileId::Sod, vec![0x77, 0]), (DataGroup::DG1.into(), vec![0x61, 0])];
    let dossier = Dossier::from_raw_files(files.clone()).unwrap();
    assert_eq!((dossier.origin(), dossier.files.len()), (Origin::RawFiles, 2));
    assert_eq!(dossier.bytes(FileId::Sod), Some(&[0x77, 0][..]));
    let twice = files.into_iter().chain([(FileId::Sod, vec![])]);
    assert_eq!(Dossier::from_raw_files(twice).unwrap_err(), DossierError::Duplicate(FileId::Sod));
}

#[test]
fn nothing_personal_is_shown() {
    let mut dossier = Dossier::new(Origin::Chip);
    dossier.files.insert(DataGroup::DG1.into(), FileRecord::Read(FileContent::Bytes(vec![0xAB; 95])));
    let shown = alloc::format!("{dossier:?}");
    assert!(shown.contains("Bytes(95)") && !shown.contains("171"), "{shown}");
}

#[test]
fn errors_are_told_in_words() {
    let text: String = alloc::format!("{}", DossierError::UnknownVersion(9));
    assert!(text.contains("version 9"));
}

proptest! {
    #[test]
    fn what_is_written_is_read(dossier in any_dossier()) {
        let bytes = dossier.to_cbor();
        prop_assert_eq!(Dossier::from_cbor(&bytes).unwrap(), dossier);
    }

    #[test]
    fn whatever_is_read_is_written_as_it_was(dossier in any_dossier(), at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = dossier.to_cbor();
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(read) = Dossier::from_cbor(&bytes) {
            prop_assert_eq!(read.to_cbor(), bytes);
        }
    }

    #[test]
    fn any_bytes_are_read_or_refused(bytes in octets(100)) {
        let _ = Dossier::from_cbor(&bytes);
        let mut after_head = small().to_cbor();
        after_head.truncate(18);
        after_head.extend(bytes);
        let _ = Dossier::from_cbor(&after_head);
    }
}

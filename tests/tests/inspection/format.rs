//! The format of saved dossiers against its own description in CDDL, which a reader of its own checks.

use card_fixtures::personalisation::catalogue;
use ciborium::Value;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider};
use soat::dossier::{
    Access, AccessProtocol, ActiveAuthenticationOutcome, BacReason, ChallengeSource, ChipAuthenticationOutcome, Dossier,
    FileContent, FileId, FileRecord, PasswordKind, ReadingFinding, StepTiming,
};
use soat::evidence::{EvidenceError, SavedDossier};
use soat::trust_snapshot::{Object, ObjectKind, Snapshot};
use soat_tests::cddl::Schema;

use crate::issued::{Issued, NOW, group};
use crate::signed::Desk;

fn schema() -> Schema {
    Schema::parse(include_str!("../../../shared/src/evidence/evidence.cddl")).unwrap()
}

/// A dossier in which everything that the format has stands somewhere.
fn variants() -> Vec<Dossier> {
    let mut base = Issued::vietnam().dossier();
    base.read_at = Some(NOW);
    base.findings = vec![
        ReadingFinding { code: "read.block_reduced".into(), file: Some(FileId::Sod) },
        ReadingFinding { code: "card.resumed".into(), file: None },
    ];
    base.timings = vec![StepTiming { step: "pace".into(), apdus: 6, bytes: 900, milliseconds: 350 }];
    let digests = DigestAlgorithm::ALL.iter().map(|hash| (*hash, RustCrypto.digest(*hash, &[b"x"]))).collect();
    base.files.insert(group(2), FileRecord::Read(FileContent::Digests { length: 1, digests }));
    base.files.insert(group(11), FileRecord::Skipped);
    base.files.insert(group(12), FileRecord::Broken);
    let mut all = vec![base.clone(), Dossier::new(soat::dossier::Origin::Chip)];
    let reasons = [BacReason::PaceNotOffered, BacReason::CardAccessRefused(0x6982), BacReason::PaceVariantUnknown];
    let protocols = reasons.map(|reason| AccessProtocol::Bac { reason });
    for protocol in protocols.into_iter().chain([AccessProtocol::Unprotected]) {
        let access = Access { protocol, password: PasswordKind::Mrz };
        let mut dossier = base.clone();
        dossier.access = Some(access);
        all.push(dossier);
    }
    for outcome in
        [ChipAuthenticationOutcome::Refused(0x6A80), ChipAuthenticationOutcome::WrongKeys, ChipAuthenticationOutcome::Unsupported]
    {
        let mut dossier = base.clone();
        let agreement = dossier.chip_authentication.as_mut().unwrap();
        (agreement.outcome, agreement.key_id) = (outcome, Some(7));
        let active = dossier.active_authentication.as_mut().unwrap();
        active.challenge_source = ChallengeSource::RelyingParty;
        active.outcome = ActiveAuthenticationOutcome::Refused(0x6982);
        all.push(dossier);
    }
    all
}

#[test]
fn every_dossier_of_the_fixtures_is_as_described() {
    let (schema, desk) = (schema(), Desk::new(1));
    let cards = catalogue().iter().map(|entry| Issued::new(entry.name).dossier());
    let mut seen = 0;
    for dossier in cards.chain(variants()) {
        assert!(schema.accepts(&dossier.to_cbor()));
        let signed = SavedDossier::signed(&dossier, &desk).unwrap();
        assert!(schema.accepts(&signed.to_cbor()));
        assert!(schema.accepts(&signed.time_stamped(vec![0x30, 0]).to_cbor()));
        assert!(schema.accepts(&SavedDossier::unsigned(&dossier).unwrap().time_stamped(vec![0x30, 0]).to_cbor()));
        seen += 1;
    }
    println!("{seen} dossiers, each plain, signed and time-stamped");
    assert!(seen > 40);
}

/// A trust snapshot against its own description: every kind of object, and none.
#[test]
fn every_trust_snapshot_is_as_described() {
    let schema = Schema::parse(include_str!("../../../shared/src/trust_snapshot/snapshot.cddl")).unwrap();
    let (desk, object) = (Desk::new(1), |kind| Object { kind, content: vec![0x30, 0], provenance: "{}".into() });
    for objects in [Vec::new(), ObjectKind::ALL.map(object).to_vec()] {
        for version in [0, 1, u64::MAX] {
            let file = Snapshot::new(version, NOW, objects.clone()).signed(&desk).unwrap();
            assert!(schema.accepts(&file));
            assert!(!self::schema().accepts(&file), "a snapshot is no dossier");
            assert!(SavedDossier::from_cbor(&file).is_err());
        }
    }
    assert!(!schema.accepts(&SavedDossier::signed(&variants()[0], &desk).unwrap().to_cbor()));
}

/// Every item of the file in turn, in the place of something else: what the description refuses, the reader refuses.
#[test]
fn what_is_not_as_described_is_refused() {
    let (schema, desk) = (schema(), Desk::new(1));
    let dossier = &variants()[0];
    for bytes in [
        dossier.to_cbor(),
        SavedDossier::signed(dossier, &desk).unwrap().to_cbor(),
        SavedDossier::unsigned(dossier).unwrap().time_stamped(vec![0x30, 0]).to_cbor(),
    ] {
        let value: Value = ciborium::from_reader(bytes.as_slice()).unwrap();
        let (mut tried, mut refused) = (0, 0);
        for index in 0.. {
            let mut count = 0;
            let mut changed = value.clone();
            if !replace(&mut changed, index, &mut count) {
                break;
            }
            let mut bytes = Vec::new();
            ciborium::into_writer(&changed, &mut bytes).unwrap();
            let read = SavedDossier::from_cbor(&bytes).is_ok();
            assert!(!read || schema.accepts(&bytes), "item {index} is read and not described");
            tried += 1;
            refused += usize::from(!read);
        }
        println!("{refused} of {tried} changed items refused");
        assert!(refused > tried / 2);
    }
}

/// Puts something of another kind in the place of the item of a number; `false` where there are fewer.
fn replace(value: &mut Value, wanted: usize, count: &mut usize) -> bool {
    if *count == wanted {
        *value = match value {
            Value::Integer(number) => Value::Integer((i64::try_from(i128::from(*number)).unwrap_or(0).wrapping_add(900)).into()),
            Value::Text(_) => Value::Bytes(vec![1]),
            Value::Array(items) => Value::Array(items.iter().cloned().chain([Value::Null]).collect()),
            Value::Map(pairs) => Value::Map(pairs.iter().cloned().chain([("unknown".into(), Value::Null)]).collect()),
            Value::Null => Value::Bool(true),
            _ => Value::Text("other".into()),
        };
        return true;
    }
    *count += 1;
    match value {
        Value::Array(items) => items.iter_mut().any(|item| replace(item, wanted, count)),
        Value::Map(pairs) => pairs.iter_mut().any(|(key, item)| replace(key, wanted, count) || replace(item, wanted, count)),
        Value::Tag(_, inner) => replace(inner, wanted, count),
        _ => false,
    }
}

/// The rule of versions: one number, no minor one, nothing unknown passed over.
#[test]
fn a_later_version_and_an_unknown_entry_are_refused_by_name() {
    let bytes = variants()[0].to_cbor();
    let Value::Tag(tag, inner) = ciborium::from_reader(bytes.as_slice()).unwrap() else { panic!() };
    let Value::Array(items) = *inner else { panic!() };
    let write = |items: Vec<Value>| {
        let mut bytes = Vec::new();
        ciborium::into_writer(&Value::Tag(tag, Box::new(Value::Array(items))), &mut bytes).unwrap();
        bytes
    };
    assert!(SavedDossier::from_cbor(&write(items.clone())).is_ok());
    let mut later = items.clone();
    later[1] = Value::Integer(200.into());
    let error = SavedDossier::from_cbor(&write(later)).unwrap_err();
    assert!(error.to_string().contains("version 200"), "{error}");
    let mut longer = items;
    let Value::Array(body) = &mut longer[2] else { panic!() };
    body.push(Value::Null);
    assert!(matches!(SavedDossier::from_cbor(&write(longer)), Err(EvidenceError::Dossier(_))));
}

#[test]
fn the_checker_itself_refuses() {
    let schema = Schema::parse("a = [1, * b, {* tstr => uint}] ; text\nb = #6.9(bstr .size 2) / \"x\" / -3").unwrap();
    for (hex, fits) in [
        ("8201a0", true),
        ("8301c942aabba0", true),
        ("8401617822a16161 01", true),
        ("8202a0", false),
        ("8301c941aaa0", false),
        ("83016179a0", false),
        ("8201a1616120", false),
        ("8201a0a0", false),
        ("8201", false),
    ] {
        assert_eq!(schema.accepts(&hex::decode(hex.replace(' ', "")).unwrap()), fits, "{hex}");
    }
    assert!(Schema::parse("a = b").is_err());
    assert!(Schema::parse("a = [").is_err());
    assert!(Schema::parse("a = 1\na = 2").is_err());
}

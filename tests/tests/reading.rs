//! The reader against the strict virtual chip: every card of the catalogue, every variant of PACE, quirks, attacks, costs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, missing_docs)]

#[path = "reading/attacks.rs"]
mod attacks;
#[path = "reading/attempts.rs"]
mod attempts;
#[path = "reading/costs.rs"]
mod costs;
#[path = "reading/options.rs"]
mod options;
#[path = "reading/protocols.rs"]
mod protocols;
#[path = "reading/quirks.rs"]
mod quirks;
#[path = "reading/unprotected.rs"]
mod unprotected;
#[path = "reading/variants.rs"]
mod variants;

use card_fixtures::authority::{CrlOptions, CurveEncoding, SodOptions};
use card_fixtures::chip::{Quirks, VirtualChip};
use card_fixtures::hash::Hash;
use card_fixtures::personalisation::issue::CARD_ACCESS;
use card_fixtures::personalisation::security_infos::active_authentication_info;
use card_fixtures::personalisation::{Personalisation, authority, personalise};
use card_fixtures::time::Time;
use soat::chip::{AccessKey, ReadError, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, Dossier, FileContent, FileId, FileRecord};
use soat::inspection::{CheckKind, Outcome, Overall, Profile, ReasonCode, Report, inspect};
use soat::pki::{Certificate, CertificateList, Provenance, TrustStore, VerifiedCrl};
use soat::time::Timestamp;
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

/// 2025-06-01
const NOW: Timestamp = Timestamp(1_748_736_000);
const GOOD: (Outcome, Option<&str>) = (Outcome::Successful, None);

fn card(name: &str) -> Personalisation {
    personalise(name).unwrap()
}

fn can(card: &Personalisation) -> AccessKey {
    AccessKey::from_can(card.can.as_deref().unwrap()).unwrap()
}

fn mrz(card: &Personalisation) -> AccessKey {
    let key = card.mrz_key.as_ref().unwrap();
    AccessKey::from_fields(&key.document_number, &key.birth, &key.expiry).unwrap()
}

fn read(channel: &mut InProcessChannel, key: &AccessKey) -> Result<Dossier, ReadError> {
    read_with(channel, key, &ReadingOptions::default(), &mut Watcher::new(1))
}

fn read_with(
    channel: &mut InProcessChannel,
    key: &AccessKey,
    options: &ReadingOptions,
    watcher: &mut Watcher,
) -> Result<Dossier, ReadError> {
    read_card(channel, key, options, &RustCrypto, &mut SeededRng(1), watcher)
}

/// A short-APDU channel to a card that behaves oddly.
fn odd(card: &Personalisation, quirks: Quirks) -> InProcessChannel {
    InProcessChannel::short(VirtualChip::with_quirks(card.clone(), 7, quirks))
}

/// The same through a reader that passes extended APDUs.
fn odd_extended(card: &Personalisation, quirks: Quirks) -> InProcessChannel {
    InProcessChannel::extended(VirtualChip::with_quirks(card.clone(), 7, quirks))
}

/// The file of an identifier of the application.
fn file(identifier: u16) -> FileId {
    match identifier {
        0x011E => FileId::Com,
        0x011D => FileId::Sod,
        group => DataGroup::new((group & 0xFF) as u8).unwrap().into(),
    }
}

/// Every file of the application that can be read is in the dossier as it is on the card.
fn assert_whole(dossier: &Dossier, card: &Personalisation) {
    for (identifier, content) in &card.application_files {
        let file = file(*identifier);
        let expected = match card.guarded_files.contains(identifier) {
            true => FileRecord::Skipped,
            false => FileRecord::Read(FileContent::Bytes(content.clone())),
        };
        assert!(dossier.files.get(&file) == Some(&expected), "{}: {file}", card.name);
    }
    assert!(!dossier.files.values().any(|record| *record == FileRecord::Broken), "{}", card.name);
}

fn findings(dossier: &Dossier) -> Vec<&str> {
    let mut codes: Vec<&str> = dossier.findings.iter().map(|finding| finding.code.as_str()).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

/// Signs the card's files as they are now.
fn sign(card: &mut Personalisation) {
    let authority = authority(&card.name).unwrap();
    card.sign(&authority, &SodOptions::default());
}

/// The Vietnamese card as it would be without PACE: neither EF.CardAccess nor the signed DG14 offers it.
fn without_pace() -> Personalisation {
    let mut card = card("vietnam-2024");
    card.pace.clear();
    card.master_files.remove(&CARD_ACCESS);
    card.put_dg14(CurveEncoding::Explicit, &[], &[active_authentication_info(Hash::Sha256)]);
    sign(&mut card);
    card
}

fn judge(dossier: &Dossier, anchors: &[Vec<u8>], profile: Profile) -> Report {
    inspect(dossier, &trust(anchors), &profile, NOW, &RustCrypto)
}

fn trust(anchors: &[Vec<u8>]) -> TrustStore {
    let mut store = TrustStore::new();
    for anchor in anchors {
        let certificate = Certificate::from_der(anchor).unwrap();
        store.add(certificate, Provenance::Operator { source: "fixture".into() }, true, &RustCrypto);
    }
    store
}

/// The verdicts of `operational` and `strict` where the card's authority is trusted and its current revocation list is at hand.
fn verdicts(dossier: &Dossier, card: &Personalisation) -> [Report; 2] {
    let mut store = trust(&card.demonstration_anchors());
    let (this_update, next_update) = (Time::midnight(2025, 5, 1), Some(Time::midnight(2025, 8, 1)));
    let list = authority(&card.name).unwrap().revocation_list(&CrlOptions { this_update, next_update, ..CrlOptions::default() });
    let list = CertificateList::from_der(&list).unwrap();
    store.add_revocation_list(VerifiedCrl::verify(list, &store, &RustCrypto).unwrap());
    [Profile::OPERATIONAL, Profile::STRICT].map(|profile| inspect(dossier, &store, &profile, NOW, &RustCrypto))
}

fn ended(report: &Report, kind: CheckKind) -> (Outcome, Option<&'static str>) {
    let row = report.check(kind).unwrap();
    (row.outcome, row.reason.map(ReasonCode::as_str))
}

/// The card that was read so is genuine in `operational`, and everything that was noted while it was read stands there. In `strict` it is
/// genuine too, unless something was noted that `strict` refuses: then that fails its check.
fn assert_verdicts(dossier: &Dossier, card: &Personalisation) {
    let [operational, strict] = verdicts(dossier, card);
    assert_eq!(operational.overall, Overall::Successful, "{}: {:#?}", card.name, operational.checks);
    assert!(operational.identity().is_some());
    let told = |code: &str| operational.checks.iter().flat_map(|row| &row.findings).any(|finding| finding.code.as_str() == code);
    for code in findings(dossier) {
        assert!(told(code), "{code}: {:#?}", operational.checks);
    }
    let mut expected = Overall::Successful;
    for row in &operational.checks {
        if let Some(refused) = row.findings.iter().find(|finding| finding.code.is_refused_in_strict()) {
            expected = Overall::Failed;
            assert_eq!(ended(&strict, row.kind), (Outcome::Failed, Some(refused.code.as_str())));
        }
    }
    assert_eq!(strict.overall, expected, "{}: {:#?}", card.name, strict.checks);
}

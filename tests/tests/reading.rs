//! The reader against the strict virtual chip: every card of the catalogue, every variant of PACE, quirks, attacks, costs.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, missing_docs)]

#[path = "reading/attacks.rs"]
mod attacks;
#[path = "reading/costs.rs"]
mod costs;
#[path = "reading/options.rs"]
mod options;
#[path = "reading/protocols.rs"]
mod protocols;
#[path = "reading/quirks.rs"]
mod quirks;
#[path = "reading/variants.rs"]
mod variants;

use card_fixtures::chip::{Quirks, VirtualChip};
use card_fixtures::personalisation::{Personalisation, personalise};
use soat::chip::{AccessKey, ReadError, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, Dossier, FileContent, FileId, FileRecord};
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

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

//! The reader against the strict virtual chip.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation, missing_docs)]

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::Personalisation;
use card_fixtures::personalisation::catalogue;
use soat::chip::{AccessKey, ReadError, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::Dossier;
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

fn can(card: &Personalisation) -> AccessKey {
    AccessKey::from_can(card.can.as_deref().unwrap()).unwrap()
}

fn mrz(card: &Personalisation) -> AccessKey {
    let key = card.mrz_key.as_ref().unwrap();
    AccessKey::from_fields(&key.document_number, &key.birth, &key.expiry).unwrap()
}

fn read(channel: &mut InProcessChannel, key: &AccessKey, options: &ReadingOptions) -> Result<Dossier, ReadError> {
    read_card(channel, key, options, &RustCrypto, &mut SeededRng(1), &mut Watcher::new(1))
}

#[test]
fn every_card_of_the_catalogue_is_read() {
    for entry in catalogue() {
        let card = entry.personalise();
        let key = if card.mrz_key.is_some() { mrz(&card) } else { can(&card) };
        let mut channel = InProcessChannel::extended(VirtualChip::new(card.clone(), 7));
        let dossier = match read(&mut channel, &key, &ReadingOptions::default()) {
            Ok(dossier) => dossier,
            Err(error) => panic!("{}: {error:?}", card.name),
        };
        println!("{}: {} apdus, {:?} {:?}", card.name, channel.chip.apdus(), dossier.access, dossier.findings);
    }
}

//! Attempts on a green verdict by a chip that lies, or by two that take turns. The list of all attempts stands in `inspection/attempts.rs`.

use card_fixtures::authority::{SignatureOptions, SodOptions};
use card_fixtures::chip::{Quirks, VirtualChip};
use card_fixtures::personalisation::issue::{COM, SOD};
use card_fixtures::personalisation::{ChipKey, PaceOffer, Personalisation, authority, put_card_security};
use num_bigint::BigUint;
use soat::chip::{CardChannel, ChannelLimits, ReadError, ReadingOptions, TransportError, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, FileId};
use soat::inspection::{CheckKind, Overall};
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

use super::{assert_verdicts, can, card, mrz, odd, read, verdicts};

/// Found: EF.SOD without its wrapper 77 is one that inspection reads and that the reader could not plan by. The reader asked for what
/// EF.COM lists, which is not signed: a copy of a passport hid the face of its owner and was genuine.
#[test]
fn attempt_to_have_only_what_the_unsigned_list_names_read() {
    let genuine = card("passive-only");
    let read_whole = read(&mut odd(&genuine, Quirks::default()), &mrz(&genuine)).unwrap();
    assert_eq!(verdicts(&read_whole, &genuine)[0].overall, Overall::Successful);
    let mut copy = genuine.clone();
    let wrapped = copy.application_files[&SOD].clone();
    let bare = soat::lds::sod::cms(&wrapped).unwrap().to_vec();
    copy.application_files.insert(SOD, bare);
    copy.application_files.remove(&0x0102);
    // 60 { 5F01 "0107", 5F36 "040000", 5C { 61 } }: DG1 and no more.
    let com = hex::decode("60135F0104303130375F36063034303030305C0161").unwrap();
    copy.application_files.insert(COM, com);
    let dossier = read(&mut odd(&copy, Quirks::default()), &mrz(&copy)).unwrap();
    for report in verdicts(&dossier, &genuine) {
        assert_eq!(report.overall, Overall::Failed, "{:#?}", report.checks);
        let row = report.check(CheckKind::FileHash(DataGroup::DG2.into())).unwrap();
        assert_eq!(row.reason.map(|reason| reason.as_str()), Some("dg2.missing"));
        assert!(report.identity().is_none());
    }
    // All that is signed is read, with the wrapper and without.
    let mut whole = genuine.clone();
    whole.application_files.insert(SOD, copy.application_files[&SOD].clone());
    let dossier = read(&mut odd(&whole, Quirks::default()), &mrz(&whole)).unwrap();
    assert_eq!(verdicts(&dossier, &whole)[0].overall, Overall::Successful);
}

/// One chip until a moment, then another under the same reader, which sees a card that was lost and came back.
struct Exchanged {
    chips: [InProcessChannel; 2],
    at: u32,
    sent: u32,
}

impl Exchanged {
    fn current(&mut self) -> &mut InProcessChannel {
        let [first, second] = &mut self.chips;
        if self.sent > self.at { second } else { first }
    }
}

impl CardChannel for Exchanged {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        self.sent += 1;
        if self.sent == self.at + 1 {
            return Err(TransportError::CardRemoved);
        }
        self.current().transmit(command)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.current().reset()
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        self.current().reconnect()
    }

    fn limits(&self) -> ChannelLimits {
        ChannelLimits::EXTENDED
    }
}

/// A copy of another person's card of the same kind: all files, and not the key of the chip.
fn copy_of_another() -> Personalisation {
    let mut copy = card("pace-cam-bp256-aes128");
    let other = card("vietnam-child");
    for identifier in [0x0101, 0x010D] {
        copy.application_files.insert(identifier, other.application_files[&identifier].clone());
    }
    let issuer = authority("pace-cam-bp256-aes128").unwrap();
    let key = copy.mapping_key.clone().unwrap();
    let with = |more: u8| Some(ChipKey { private: key.private.clone() + BigUint::from(more), ..key.clone() });
    copy.mapping_key = with(1);
    put_card_security(&mut copy, &issuer, &SignatureOptions::default());
    copy.sign(&issuer, &SodOptions::default());
    // The chip of the copy has neither that key nor the one of the genuine card.
    copy.mapping_key = with(2);
    copy
}

/// The owner of a genuine card lets it prove itself, and a copy of another card give the data: with the proof in PACE, which binds no
/// data, this must not come off at any moment.
#[test]
fn attempt_to_exchange_the_chip_behind_its_proof() {
    let genuine = card("pace-cam-bp256-aes128");
    let copy = copy_of_another();
    let chip = |card: &Personalisation| InProcessChannel::extended(VirtualChip::with_quirks(card.clone(), 7, Quirks::default()));
    let own_number = |card: &Personalisation| card.application_files[&0x0101].clone();
    assert_verdicts(&read(&mut chip(&genuine), &can(&genuine)).unwrap(), &genuine);
    let alone = read(&mut chip(&copy), &can(&copy)).unwrap();
    assert_eq!(verdicts(&alone, &genuine)[0].overall, Overall::Failed);
    // The copy that offers generic mapping alone, as if its chip had no key.
    let mut silent = copy.clone();
    silent.pace = vec![PaceOffer::generic(genuine.pace[0].suite, genuine.pace[0].parameter_id)];
    let infos = silent.pace.iter().copied().map(card_fixtures::personalisation::security_infos::pace_info).collect();
    let access = card_fixtures::personalisation::security_infos::card_access(infos);
    silent.master_files.insert(card_fixtures::personalisation::issue::CARD_ACCESS, access);
    silent.mapping_key = None;
    let (mut ended, mut refused) = (0, 0);
    for second in [&copy, &silent] {
        for at in 0..32 {
            let mut channel = Exchanged { chips: [chip(&genuine), chip(second)], at, sent: 0 };
            let (mut rng, mut watcher) = (SeededRng(1), Watcher::new(1));
            match read_card(&mut channel, &can(&genuine), &ReadingOptions::default(), &RustCrypto, &mut rng, &mut watcher) {
                Err(error) => {
                    assert!(!matches!(error, ReadError::LimitExceeded { .. }), "{at}: {error}");
                    refused += 1;
                }
                Ok(dossier) => {
                    let [operational, _] = verdicts(&dossier, &genuine);
                    let is_own = dossier.bytes(FileId::from(DataGroup::DG1)) == Some(own_number(&genuine).as_slice());
                    assert!(operational.overall != Overall::Successful || is_own, "{at}: {:#?}", operational.checks);
                    ended += 1;
                }
            }
        }
    }
    assert!(ended > 10 && refused > 10, "{ended} {refused}");
}

//! Every card of the catalogue, and every PACE suite on every standardised curve.

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::{ActiveAuthenticationKey, Mapping, PaceOffer, Personalisation, Suite, catalogue};
use soat::chip::reading::Files;
use soat::chip::{ReadError, ReadingOptions};
use soat::dossier::{
    AccessProtocol, ActiveAuthenticationOutcome, BacReason, ChipAuthenticationOutcome, DataGroup, Dossier, PasswordKind,
};
use soat_tests::seeded::Watcher;
use soat_tests::virtual_channel::InProcessChannel;

use super::{assert_whole, can, card, findings, mrz, read, read_with};

/// What the dossier of a genuine card must say of its chip.
fn assert_proven(dossier: &Dossier, card: &Personalisation) {
    let outcome = dossier.chip_authentication.as_ref().map(|evidence| evidence.outcome);
    let expected = (!card.chip_keys.is_empty()).then_some(ChipAuthenticationOutcome::Confirmed);
    assert_eq!(outcome, expected, "{}", card.name);
    let signed = dossier
        .active_authentication
        .as_ref()
        .is_some_and(|evidence| matches!(evidence.outcome, ActiveAuthenticationOutcome::Signature(_)));
    assert_eq!(signed, card.active_authentication.is_some(), "{}", card.name);
}

#[test]
fn every_card_of_the_catalogue_is_read() {
    for entry in catalogue() {
        let card = entry.personalise();
        // A CAN opens PACE alone.
        let by_can = card.can.as_ref().filter(|_| !card.pace.is_empty()).map(|_| can(&card));
        for key in [card.mrz_key.as_ref().map(|_| mrz(&card)), by_can].into_iter().flatten() {
            let mut channel = InProcessChannel::extended(VirtualChip::new(card.clone(), 7));
            let dossier = match read(&mut channel, &key) {
                Ok(dossier) => dossier,
                Err(error) => panic!("{}: {error}", card.name),
            };
            assert_whole(&dossier, &card);
            assert_proven(&dossier, &card);
            let expected: &[&str] = if card.name == "ca-no-info" { &["chip_authentication.info_missing"] } else { &[] };
            assert_eq!(findings(&dossier), expected, "{}", card.name);
            match (card.pace.is_empty(), &dossier.access.as_ref().unwrap().protocol) {
                (false, AccessProtocol::Pace { .. }) => {}
                (true, AccessProtocol::Bac { reason: BacReason::PaceNotOffered }) => {}
                (_, protocol) => panic!("{}: {protocol:?}", card.name),
            }
        }
    }
}

#[test]
fn short_apdus_serve_every_card_whose_signatures_fit() {
    for entry in catalogue() {
        let card = entry.personalise();
        let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
        let dossier = read(&mut channel, &mrz(&card)).unwrap();
        assert_whole(&dossier, &card);
        let long = match &card.active_authentication {
            Some(ActiveAuthenticationKey::Rsa { modulus, .. }) => modulus.bits() > 1848,
            _ => false,
        };
        if long {
            assert_eq!(dossier.active_authentication, None, "{}", card.name);
            assert!(findings(&dossier).contains(&"active_authentication.answer_cut"), "{}", card.name);
        } else {
            assert_proven(&dossier, &card);
        }
    }
}

/// EF.CardAccess that offers these.
fn card_access(offers: &[PaceOffer]) -> Vec<u8> {
    let infos = offers.iter().flat_map(|offer| {
        let suite = match offer.suite {
            Suite::TripleDes => 1,
            Suite::Aes128 => 2,
            Suite::Aes192 => 3,
            Suite::Aes256 => 4,
        };
        let is_group = offer.parameter_id < 8;
        let variant = match (offer.mapping, is_group) {
            (Mapping::Generic, true) => 1,
            (Mapping::Generic, false) => 2,
            (Mapping::Integrated, true) => 3,
            (Mapping::Integrated, false) => 4,
            (Mapping::ChipAuthentication, _) => 6,
        };
        let mut info = hex::decode("3012060a04007f0007020204").unwrap();
        info.extend([variant, suite, 0x02, 0x01, 0x02, 0x02, 0x01, offer.parameter_id]);
        info
    });
    let infos: Vec<u8> = infos.collect();
    [vec![0x31, infos.len() as u8], infos].concat()
}

pub(super) fn offering(offers: &[PaceOffer]) -> Personalisation {
    let mut card = card("vietnam-2024");
    card.pace = offers.to_vec();
    card.master_files.insert(0x011C, card_access(offers));
    card
}

#[test]
fn every_suite_and_mapping_with_every_standardised_domain_parameter() {
    let options = ReadingOptions { files: Files::Only(vec![DataGroup::DG1]), ..ReadingOptions::default() };
    let offers = (0..=2).chain(8..=18).flat_map(|id| {
        let suites = [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256];
        suites.map(|suite| [PaceOffer::generic(suite, id), PaceOffer::integrated(suite, id)])
    });
    for [generic, integrated] in offers {
        // P-224 has no integrated mapping.
        let mappings = if generic.parameter_id == 10 { vec![generic] } else { vec![generic, integrated] };
        for offer @ PaceOffer { suite, parameter_id, .. } in mappings {
            let card = offering(&[offer]);
            for (key, kind) in [(can(&card), PasswordKind::Can), (mrz(&card), PasswordKind::Mrz)] {
                let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
                let dossier = read_with(&mut channel, &key, &options, &mut Watcher::new(1)).unwrap();
                let access = dossier.access.as_ref().unwrap();
                assert_eq!(access.password, kind);
                assert!(
                    matches!(access.protocol, AccessProtocol::Pace { parameter_id: ran, .. } if ran == parameter_id),
                    "{parameter_id} {suite:?}"
                );
                let dg1 = dossier.bytes(DataGroup::DG1.into());
                assert_eq!(dg1, card.application_files.get(&0x0101).map(Vec::as_slice), "{parameter_id} {suite:?}");
            }
        }
    }
}

#[test]
fn of_several_offers_the_strongest_runs() {
    let offers = [(Suite::Aes128, 13), (Suite::Aes256, 12), (Suite::Aes256, 16), (Suite::TripleDes, 18)];
    let card = offering(&offers.map(|(suite, parameter_id)| PaceOffer::generic(suite, parameter_id)));
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let dossier = read(&mut channel, &can(&card)).unwrap();
    let AccessProtocol::Pace { protocol, parameter_id } = dossier.access.unwrap().protocol else { panic!("BAC") };
    assert_eq!((protocol.to_string().as_str(), parameter_id), ("0.4.0.127.0.7.2.2.4.2.4", 16));
}

#[test]
fn a_variant_that_this_reader_lacks_means_bac_and_the_dossier_says_so() {
    let mut card = card("vietnam-2024");
    // Integrated mapping on P-224, for which there is no point encoding.
    card.master_files.insert(0x011C, hex::decode("31143012060a04007f0007020204040202010202010a").unwrap());
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let dossier = read(&mut channel, &mrz(&card)).unwrap();
    assert_eq!(dossier.access.unwrap().protocol, AccessProtocol::Bac { reason: BacReason::PaceVariantUnknown });
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let error = read(&mut channel, &can(&card)).unwrap_err();
    assert_eq!(error, ReadError::CardIncompatible(soat::chip::error::Incompatibility::PasswordWithoutPace(PasswordKind::Can)));
}

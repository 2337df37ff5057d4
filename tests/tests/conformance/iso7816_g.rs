//! PACE.

use card_fixtures::authority::SignatureOptions;
use card_fixtures::chip::{Attack, BadChipData, BadNumber, BadPoint};
use card_fixtures::der;
use card_fixtures::personalisation::configuration::ConfigurationSet::Pace;
use card_fixtures::personalisation::issue::{CARD_ACCESS, chip_key, curve};
use card_fixtures::personalisation::security_infos::{pace_domain_parameter_info, terminal_authentication_info, unknown_info};
use card_fixtures::personalisation::{PaceOffer, Suite};

use crate::document::{Document, Key};
use crate::suite::Case;

const SUITES: [Suite; 4] = [Suite::TripleDes, Suite::Aes128, Suite::Aes192, Suite::Aes256];

/// Groups, then curves (ICAO 9303-11 table 6).
fn domain_parameters() -> impl Iterator<Item = u8> {
    (0..=2).chain(8..=18)
}

/// The document whose chip offers these variants.
fn offering(document: &Document, offers: &[PaceOffer]) -> Document {
    let mut document = document.clone();
    document.card.pace = offers.to_vec();
    document.put_pace_infos(|_| {});
    document
}

fn integrated(document: &Document) -> Document {
    offering(document, &[PaceOffer::integrated(Suite::Aes128, 13)])
}

fn in_prime_field(document: &Document) -> Document {
    offering(document, &[PaceOffer::generic(Suite::Aes128, 0)])
}

fn mapping(document: &mut Document, data: BadChipData) {
    document.offer_mapping();
    document.attack(Attack::PaceChipData(data));
}

/// The document with chip authentication mapping on a curve.
fn mapping_on(document: &Document, parameter_id: u8) -> Document {
    let mut document = document.clone();
    let curve = card_fixtures::curve::Curve::by_parameter_id(parameter_id).unwrap();
    document.card.pace = vec![PaceOffer::chip_authentication(Suite::Aes128, parameter_id)];
    document.card.mapping_key = Some(chip_key("mapping", curve, Suite::Aes128, None));
    document.put_pace_infos(|_| {});
    document.put_card_security(&SignatureOptions::default(), |_| {});
    document
}

const POINTS: [BadPoint; 3] = [BadPoint::OffCurve, BadPoint::Infinity, BadPoint::Short];
const NUMBERS: [BadNumber; 7] = [
    BadNumber::Zero,
    BadNumber::One,
    BadNumber::MinusOne,
    BadNumber::Modulus,
    BadNumber::NotReduced,
    BadNumber::OutsideSubgroup,
    BadNumber::Empty,
];

/// A proprietary domain parameter of some number.
fn own_parameters() -> Vec<u8> {
    let standardised = der::sequence(&[der::oid("0.4.0.127.0.7.1.2"), der::small_integer(13)]);
    pace_domain_parameter_info(&standardised, 32)
}

pub const COURSE: &[Case] = &[
    Case::each("ISO7816_G_01", Pace, |document| {
        let mut by_number = document.clone();
        by_number.key = Key::CardAccessNumber;
        vec![document.clone(), by_number]
    }),
    Case::each("ISO7816_G_02", Pace, |document| {
        domain_parameters().map(|id| offering(document, &[PaceOffer::generic(Suite::Aes128, id)])).collect()
    }),
    // P-224 has no integrated mapping: its characteristic is 1 modulo 4 (ICAO 9303-11 appendix B.2).
    Case::each("ISO7816_G_03", Pace, |document| {
        let ids = domain_parameters().filter(|id| *id != 10);
        ids.map(|id| offering(document, &[PaceOffer::integrated(Suite::Aes128, id)])).collect()
    }),
    Case::each("ISO7816_G_04", Pace, |document| {
        let offers = SUITES.map(|suite| {
            [
                PaceOffer::generic(suite, 13),
                PaceOffer::integrated(suite, 13),
                PaceOffer::generic(suite, 2),
                PaceOffer::integrated(suite, 2),
            ]
        });
        offers.into_iter().flatten().map(|offer| offering(document, &[offer])).collect()
    }),
    Case::one("ISO7816_G_05", Pace, |document| {
        document.put_pace_infos(|infos| infos.extend([terminal_authentication_info(), unknown_info(20)]));
    }),
    Case::one("ISO7816_G_06", Pace, |document| {
        let offers = [
            PaceOffer::generic(Suite::Aes128, 12),
            PaceOffer::generic(Suite::Aes256, 13),
            PaceOffer::generic(Suite::TripleDes, 0),
        ];
        *document = offering(document, &offers);
    }),
    Case::one("ISO7816_G_07", Pace, |document| {
        document.card.pace.push(PaceOffer::generic(Suite::Aes128, 12));
        document.put_pace_infos(|infos| infos.push(own_parameters()));
    }),
    Case::one("ISO7816_G_08", Pace, |document| document.attack(Attack::PaceStatus(0, 0x6A80))),
    Case::one("ISO7816_G_09", Pace, |document| document.attack(Attack::PaceNonce)),
    Case::one("ISO7816_G_10", Pace, |document| document.attack(Attack::PaceStatus(1, 0x6A80))),
    Case::one("ISO7816_G_11", Pace, |document| document.attack(Attack::PaceTag(1, 0x90))),
    Case::one("ISO7816_G_12", Pace, |document| document.attack(Attack::PaceStatus(2, 0x6A80))),
    Case::one("ISO7816_G_13", Pace, |document| document.attack(Attack::PaceTag(2, 0x92))),
    Case::one("ISO7816_G_14", Pace, |document| document.attack(Attack::PaceMapping(BadPoint::Short))),
    Case::one("ISO7816_G_15", Pace, |document| {
        *document = integrated(document);
        document.attack(Attack::PaceStatus(2, 0x6300));
    }),
    Case::each("ISO7816_G_16", Pace, |document| POINTS.map(|point| document.attacking(Attack::PaceMapping(point))).to_vec()),
    Case::each("ISO7816_G_17", Pace, |document| {
        NUMBERS.map(|number| in_prime_field(document).attacking(Attack::PaceMappingNumber(number))).to_vec()
    }),
    Case::one("ISO7816_G_18", Pace, |document| document.attack(Attack::PaceStatus(3, 0x6A80))),
    Case::one("ISO7816_G_19", Pace, |document| document.attack(Attack::PaceTag(3, 0x94))),
    Case::one("ISO7816_G_20", Pace, |document| document.attack(Attack::PaceKey(BadPoint::Short))),
    Case::each("ISO7816_G_21", Pace, |document| POINTS.map(|point| document.attacking(Attack::PaceKey(point))).to_vec()),
    Case::each("ISO7816_G_22", Pace, |document| {
        NUMBERS.map(|number| in_prime_field(document).attacking(Attack::PaceKeyNumber(number))).to_vec()
    }),
    Case::one("ISO7816_G_23", Pace, |document| document.attack(Attack::PaceSameKey)),
    Case::one("ISO7816_G_24", Pace, |document| document.attack(Attack::PaceStatus(4, 0x6A80))),
    Case::one("ISO7816_G_25", Pace, |document| document.attack(Attack::PaceTag(4, 0x96))),
    Case::one("ISO7816_G_26", Pace, |document| document.attack(Attack::PaceToken)),
    Case::one("ISO7816_G_27", Pace, |document| {
        // The length of the one info is too large.
        let file = document.card.master_files.get_mut(&CARD_ACCESS).unwrap();
        file[3] += 1;
    }),
    Case::one("ISO7816_G_28", Pace, |document| {
        document.card.pace[0].parameter_id = 31;
        document.put_pace_infos(|_| {});
    }),
];

pub const CHIP_MAPPING: &[Case] = &[
    Case::one("ISO7816_G_29", Pace, |document| mapping(document, BadChipData::NoTag)),
    Case::one("ISO7816_G_30", Pace, |document| mapping(document, BadChipData::Torn)),
    Case::one("ISO7816_G_31", Pace, |document| mapping(document, BadChipData::Wrong)),
    Case::one("ISO7816_G_32", Pace, |document| mapping(document, BadChipData::OtherTag)),
    Case::one("ISO7816_G_33", Pace, |document| mapping(document, BadChipData::Empty)),
    Case::one("ISO7816_G_34", Pace, Document::offer_mapping),
    Case::one("ISO7816_G_35", Pace, |document| document.attack(Attack::PaceStrayChipData)),
    Case::one("ISO7816_G_36", Pace, |document| {
        document.card.mapping_key = Some(chip_key("mapping", curve("brainpoolP256r1"), Suite::Aes128, None));
        // id-PACE-DH-CAM-AES-CBC-CMAC-128, which no standard has.
        let none = der::sequence(&[der::oid("0.4.0.127.0.7.2.2.4.5.2"), der::small_integer(2), der::small_integer(13)]);
        document.put_pace_infos(|infos| infos.push(none.clone()));
        document.put_card_security(&SignatureOptions::default(), |infos| infos.push(none.clone()));
    }),
    Case::one("ISO7816_G_38", Pace, |document| {
        document.offer_mapping();
        document.card.put_dg14(card_fixtures::authority::CurveEncoding::Explicit, &[unknown_info(4)], &[]);
    }),
    Case::one("ISO7816_G_39", Pace, |document| {
        document.offer_mapping();
        let own = document.card.mapping_key.clone();
        document.card.mapping_key = Some(chip_key("another chip", curve("brainpoolP256r1"), Suite::Aes128, None));
        document.put_card_security(&SignatureOptions::default(), |_| {});
        document.card.mapping_key = own;
    }),
    Case::one("ISO7816_G_40", Pace, |document| {
        document.offer_mapping();
        document.put_card_security(&SignatureOptions::default(), |infos| {
            infos.pop();
        });
    }),
    Case::each("ISO7816_G_41", Pace, |document| (8..=18).map(|id| mapping_on(document, id)).collect()),
];

//! DG14 and DG15, EF.CardSecurity and EF.ATR/INFO.

use card_fixtures::authority::{CurveEncoding, SignatureOptions};
use card_fixtures::der;
use card_fixtures::personalisation::configuration::ConfigurationSet::{Eac, EacActive, Pace};
use card_fixtures::personalisation::issue::{ATR_INFO, CARD_ACCESS, data_group};
use card_fixtures::personalisation::security_infos::{
    card_access, chip_authentication_info, chip_authentication_public_key_info, chip_public_key, dg14,
    pace_domain_parameter_info, pace_info, terminal_authentication_info, unknown_info,
};
use card_fixtures::personalisation::{PaceOffer, Suite};
use soat::chip::ChannelLimits;

use crate::document::Document;
use crate::suite::Case;

/// DG14 with another key info, and another info of its protocol.
fn put_agreement(document: &mut Document, key: Vec<u8>, info: Vec<u8>) {
    document.card.put(14, dg14(vec![terminal_authentication_info(), info, key]));
}

fn right_key(document: &Document) -> Vec<u8> {
    chip_authentication_public_key_info(&document.card.chip_keys[0], CurveEncoding::Explicit)
}

fn right_info() -> Vec<u8> {
    chip_authentication_info(Suite::TripleDes, None)
}

/// id-CA-ECDH-3DES-CBC-CBC with these members behind it.
fn info_with(members: &[Vec<u8>]) -> Vec<u8> {
    der::sequence(&[vec![der::oid("0.4.0.127.0.7.2.2.3.2.1")], members.to_vec()].concat())
}

pub const DG14: &[Case] = &[
    Case::one("LDS_F_01", Eac, |document| document.retag(data_group(14), 0x6F)),
    Case::one("LDS_F_02", Eac, |document| document.restate_length(data_group(14), -1)),
    Case::one("LDS_F_03", Eac, |document| document.restate_length(data_group(14), 1)),
    Case::one("LDS_F_04", Eac, |document| {
        let public = chip_public_key(&document.card.chip_keys[0], CurveEncoding::Explicit);
        let key = der::sequence(&[der::oid("0.4.0.127.0.7.2.2.1.3"), public]);
        put_agreement(document, key, right_info());
    }),
    Case::one("LDS_F_05", Eac, |document| {
        let public = chip_public_key(&document.card.chip_keys[0], CurveEncoding::Explicit);
        put_agreement(document, der::sequence(&[public]), right_info());
    }),
    Case::one("LDS_F_06", Eac, |document| {
        let key = right_key(document);
        put_agreement(document, key, info_with(&[der::small_integer(10)]));
    }),
    Case::one("LDS_F_07", Eac, |document| {
        let key = right_key(document);
        put_agreement(document, key, info_with(&[]));
    }),
];

pub const DG15: &[Case] = &[
    Case::one("LDS_I_01", EacActive, |document| document.retag(data_group(15), 0x70)),
    Case::one("LDS_I_02", EacActive, |document| document.restate_length(data_group(15), -1)),
    Case::one("LDS_I_03", EacActive, |document| document.restate_length(data_group(15), 1)),
];

/// EF.CardSecurity is read where the chip proves itself by it: the documents offer chip authentication mapping.
fn secured(document: &mut Document, alter: impl Fn(&mut Vec<Vec<u8>>)) {
    document.offer_mapping();
    document.put_card_security(&SignatureOptions::default(), alter);
}

/// The standardised domain parameter of a number, as an algorithm.
fn standardised(parameter_id: u8) -> Vec<u8> {
    der::sequence(&[der::oid("0.4.0.127.0.7.1.2"), der::small_integer(u32::from(parameter_id))])
}

pub const CARD_SECURITY: &[Case] = &[
    Case::one("LDS_J_01", Pace, |document| secured(document, |infos| infos.push(unknown_info(4)))),
    Case::one("LDS_J_02", Pace, |document| {
        secured(document, |infos| {
            infos.remove(1);
        });
    }),
    Case::each("LDS_J_03", Pace, |document| {
        let mut other_number = document.clone();
        secured(&mut other_number, |infos| infos[1] = pace_info(PaceOffer::generic(Suite::TripleDes, 12)));
        let mut other_parameters = document.clone();
        secured(&mut other_parameters, |infos| infos.push(pace_domain_parameter_info(&standardised(12), 32)));
        let mut infos: Vec<Vec<u8>> = other_parameters.card.pace.iter().copied().map(pace_info).collect();
        infos.push(pace_domain_parameter_info(&standardised(13), 32));
        other_parameters.card.master_files.insert(CARD_ACCESS, card_access(infos));
        vec![other_number, other_parameters]
    }),
    Case::one("LDS_J_04", Pace, |document| {
        document.offer_mapping();
        let public = chip_public_key(document.card.mapping_key.as_ref().unwrap(), CurveEncoding::Explicit);
        document.put_card_security(&SignatureOptions::default(), |infos| {
            infos.pop();
            infos.push(der::sequence(std::slice::from_ref(&public)));
        });
    }),
];

/// EF.ATR/INFO, which is read where the reader passes extended APDUs.
fn stating(document: &mut Document, atr_info: &str) {
    document.limits = ChannelLimits::EXTENDED;
    document.card.master_files.insert(ATR_INFO, hex::decode(atr_info).unwrap());
}

pub const ATR: &[Case] = &[
    Case::one("LDS_K_01", Eac, |document| stating(document, "7f66080202078002020780")),
    Case::one("LDS_K_02", Eac, |document| stating(document, "7f660a02030100000203010000")),
    Case::one("LDS_K_03", Eac, |document| stating(document, "7f660402020780")),
    Case::one("LDS_K_04", Eac, |document| stating(document, "7f65080202078002020780")),
];

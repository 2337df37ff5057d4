//! A German passport of the person on every German specimen: TD3, BAC and PACE, and the data groups that the Vietnamese card lacks.

use super::issue::{ATR_INFO, CARD_ACCESS, CARD_SECURITY, DIR, chip_key, curve, data_group};
use super::mrz::Td3;
use super::security_infos::{active_authentication_info, card_access, chip_authentication_info, pace_info};
use super::{PaceOffer, Personalisation, Suite, data_groups, face};
use crate::authority::{Authority, CurveEncoding, KeyPair, SecurityObjectVersion, SignatureOptions, Signer, SodOptions};
use crate::hash::Hash;

/// Two offers, so that the terminal has to name the one it takes.
const PACE: [PaceOffer; 2] = [PaceOffer::generic(Suite::Aes128, 13), PaceOffer::generic(Suite::Aes256, 16)];

/// The authority of the passport.
pub fn authority() -> Authority {
    let csca = Signer::ecdsa(curve("brainpoolP384r1"), Hash::Sha384, "Fixture CSCA Germany");
    let signer = Signer::ecdsa(curve("brainpoolP256r1"), Hash::Sha256, "Fixture Document Signer Germany");
    let mut authority = Authority::new("DE", csca, signer);
    authority.csca_name.common_name = "Fixture CSCA Germany".into();
    authority
}

/// The passport.
pub fn card(name: &str, description: &str) -> Personalisation {
    let mut card = Personalisation::empty(name, description);
    let zone = Td3 {
        code: "P",
        issuer: "D",
        name: "MUSTERMANN<<ERIKA",
        number: "C01X00T47",
        nationality: "D",
        birth: "640812",
        sex: "F",
        expiry: "340228",
        optional: "",
    };
    card.mrz_key = Some(zone.key());
    card.can = Some("123456".into());
    card.bac = true;
    card.pace = PACE.to_vec();
    card.chip_keys = vec![chip_key(name, curve("brainpoolP256r1"), Suite::Aes128, None)];

    card.put(1, data_groups::dg1(&zone.compose()));
    card.put(2, face::dg2(face::WOMAN_JPEG_2000.kind, face::WOMAN_JPEG_2000.bytes));
    card.put(3, data_groups::dg3(0xD3));
    card.guarded_files = vec![data_group(3)];
    card.put(7, data_groups::dg7());
    card.put(11, dg11());
    card.put(12, dg12());
    card.put(16, data_groups::dg16("20240915", "MUSTERMANN<<MAX", "+49 30 0000000", "MUSTERSTRASSE 1<BERLIN"));

    let mut shared: Vec<Vec<u8>> = PACE.into_iter().map(pace_info).collect();
    shared.push(chip_authentication_info(Suite::Aes128, None));
    let key = KeyPair::ec(curve("brainpoolP256r1"), "active authentication of the passport");
    card.put_active_authentication(&key, Hash::Sha256, CurveEncoding::Explicit);
    card.put_dg14(CurveEncoding::Explicit, &shared, &[active_authentication_info(Hash::Sha256)]);

    let authority = authority();
    let infos = card_access(shared);
    card.master_files.insert(CARD_SECURITY, authority.card_security(&infos, &SignatureOptions::default()));
    card.master_files.insert(CARD_ACCESS, infos);
    card.master_files.insert(ATR_INFO, data_groups::ef_atr_info(1_024, 1_024));
    card.master_files.insert(DIR, data_groups::ef_dir());
    card.list("0108", &[]);
    card.sign(&authority, &SodOptions { version: SecurityObjectVersion::V1, group_hash: Hash::Sha512, ..SodOptions::default() });
    card
}

/// Additional personal details (ICAO 9303-10 §4.7.11).
fn dg11() -> Vec<u8> {
    let fields = [
        (0x5F0E, "MUSTERMANN<<ERIKA"),
        (0x5F2B, "19640812"),
        (0x5F11, "BERLIN<D"),
        (0x5F42, "HEIDESTRASSE 17<51147 KÖLN"),
        (0x5F12, "+49 221 0000000"),
        (0x5F13, "PRÜFERIN"),
    ];
    data_groups::listed(0x6B, &fields.map(|(tag, text)| (tag, text.as_bytes().to_vec())))
}

/// Additional document details (ICAO 9303-10 §4.7.12); the date of issue in BCD, as some issuers write it.
fn dg12() -> Vec<u8> {
    let fields = [
        (0x5F19, "STADT KÖLN".as_bytes().to_vec()),
        (0x5F26, vec![0x20, 0x24, 0x09, 0x15]),
        (0x5F1B, b"NONE".to_vec()),
        (0x5F55, b"20240915120000".to_vec()),
        (0x5F56, b"FIXTURE-0001".to_vec()),
    ];
    data_groups::listed(0x6C, &fields)
}

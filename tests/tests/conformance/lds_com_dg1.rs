//! EF.COM, which is not signed, and DG1.

use card_fixtures::authority::SecurityObjectVersion;
use card_fixtures::der::{constructed, tlv};
use card_fixtures::personalisation::configuration::ConfigurationSet::Bac;
use card_fixtures::personalisation::configuration::ZONE;
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::issue::{COM, data_group};
use card_fixtures::personalisation::mrz::{Td3, checked};

use crate::document::Document;
use crate::suite::Case;

/// EF.COM out of its elements: versions of LDS and Unicode, list of tags.
fn put_common_data(document: &mut Document, elements: &[(u32, &[u8])]) {
    let members: Vec<Vec<u8>> = elements.iter().map(|(tag, value)| tlv(*tag, value)).collect();
    document.card.application_files.insert(COM, constructed(0x60, &members));
}

/// DG1, DG15, DG2: the list of the default document.
const TAGS: &[u8] = &[0x61, 0x6F, 0x75];
const LDS: (u32, &[u8]) = (0x5F01, b"0107");
const UNICODE: (u32, &[u8]) = (0x5F36, b"040000");
const LIST: (u32, &[u8]) = (0x5C, TAGS);

pub const COMMON_DATA: &[Case] = &[
    Case::one("LDS_A_01", Bac, |document| document.retag(COM, 0x61)),
    Case::one("LDS_A_02", Bac, |document| document.restate_length(COM, -1)),
    Case::one("LDS_A_03", Bac, |document| document.restate_length(COM, 1)),
    Case::one("LDS_A_04", Bac, |document| put_common_data(document, &[(0x5F01, b"0300"), UNICODE, LIST])),
    Case::one("LDS_A_05", Bac, |document| put_common_data(document, &[UNICODE, LIST])),
    Case::one("LDS_A_06", Bac, |document| put_common_data(document, &[LDS, (0x5F36, b"050000"), LIST])),
    Case::one("LDS_A_07", Bac, |document| put_common_data(document, &[LDS, LIST])),
    Case::one("LDS_A_08", Bac, |document| put_common_data(document, &[LDS, UNICODE, (0x5C, &TAGS[1..])])),
    Case::one("LDS_A_09", Bac, |document| put_common_data(document, &[LDS, UNICODE])),
    Case::one("LDS_A_10", Bac, |document| {
        document.sod().version = SecurityObjectVersion::V1;
        put_common_data(document, &[(0x5F01, b"0108"), UNICODE, LIST]);
    }),
];

/// The MRZ of the default document with changes, its check digits right.
fn put_zone(document: &mut Document, zone: &Td3<'_>) {
    document.card.put(1, data_groups::dg1(&zone.compose()));
}

/// The same beside a data page that still has the old one.
fn put_other_zone(document: &mut Document, zone: &Td3<'_>) {
    document.printed_zone = Some(ZONE.compose());
    put_zone(document, zone);
}

/// The same with one character of its second line overwritten; the last check digit is right again.
fn overwrite(document: &mut Document, column: usize, character: char) {
    let mut zone: Vec<char> = ZONE.compose().chars().collect();
    zone[44 + column] = character;
    let line = |range: std::ops::Range<usize>| zone[44 + range.start..44 + range.end].iter().collect::<String>();
    let composite = [line(0..10), line(13..20), line(21..43)].concat();
    zone[87] = checked(&composite).chars().next_back().unwrap();
    document.card.put(1, data_groups::dg1(&zone.iter().collect::<String>()));
}

/// A date of birth as it stands on the data page too.
fn born(document: &mut Document, birth: &'static str) {
    put_zone(document, &Td3 { birth, ..ZONE });
    document.card.mrz_key = Some(Td3 { birth, ..ZONE }.key());
    document.data_page.birth = birth.into();
}

pub const ZONES: &[Case] = &[
    Case::one("LDS_B_01", Bac, |document| put_zone(document, &Td3 { optional: "ZE184226B", ..ZONE })),
    Case::one("LDS_B_02", Bac, |document| put_zone(document, &Td3 { name: "MUSTERMANN<<ERIKA<M", ..ZONE })),
    Case::one("LDS_B_03", Bac, |document| put_zone(document, &Td3 { name: "MUSTERMANN", ..ZONE })),
    Case::one("LDS_B_04", Bac, |document| overwrite(document, 42, '0')),
    Case::one("LDS_B_05", Bac, |document| document.retag(data_group(1), 0x62)),
    Case::one("LDS_B_06", Bac, |document| document.restate_length(data_group(1), -1)),
    Case::one("LDS_B_07", Bac, |document| document.restate_length(data_group(1), 1)),
    Case::one("LDS_B_08", Bac, |document| put_zone(document, &Td3 { code: "X", ..ZONE })),
    Case::one("LDS_B_09", Bac, |document| put_zone(document, &Td3 { issuer: "D1", ..ZONE })),
    Case::one("LDS_B_10", Bac, |document| put_zone(document, &Td3 { name: "", ..ZONE })),
    Case::one("LDS_B_11", Bac, |document| put_other_zone(document, &Td3 { name: "MUSTERFRAU<<MARIA", ..ZONE })),
    Case::one("LDS_B_12", Bac, |document| put_other_zone(document, &Td3 { number: "C01X0007H", ..ZONE })),
    Case::one("LDS_B_13", Bac, |document| overwrite(document, 9, other_digit(9))),
    Case::one("LDS_B_14", Bac, |document| put_zone(document, &Td3 { nationality: "D1", ..ZONE })),
    Case::one("LDS_B_15", Bac, |document| put_zone(document, &Td3 { birth: "6A0812", ..ZONE })),
    Case::one("LDS_B_16", Bac, |document| put_zone(document, &Td3 { birth: "641332", ..ZONE })),
    Case::one("LDS_B_17", Bac, |document| overwrite(document, 19, other_digit(19))),
    Case::one("LDS_B_18", Bac, |document| put_zone(document, &Td3 { sex: "A", ..ZONE })),
    Case::one("LDS_B_19", Bac, |document| put_zone(document, &Td3 { expiry: "3A0228", ..ZONE })),
    Case::one("LDS_B_20", Bac, |document| put_zone(document, &Td3 { expiry: "341332", ..ZONE })),
    Case::one("LDS_B_21", Bac, |document| overwrite(document, 27, other_digit(27))),
    Case::one("LDS_B_22", Bac, |document| overwrite(document, 42, '5')),
    Case::one("LDS_B_23", Bac, |document| {
        let mut zone = ZONE.compose();
        zone.replace_range(87.., &other_digit(43).to_string());
        document.card.put(1, data_groups::dg1(&zone));
    }),
    Case::one("LDS_B_24", Bac, |document| document.card.put(1, constructed(0x61, &[]))),
    Case::one("LDS_B_25", Bac, |document| born(document, "6408<<")),
    Case::one("LDS_B_26", Bac, |document| born(document, "64<<12")),
    Case::one("LDS_B_27", Bac, |document| born(document, "<<0812")),
    Case::one("LDS_B_28", Bac, |document| born(document, "<<<<<<")),
];

/// Another digit than the one that stands in a column of the second line.
fn other_digit(column: usize) -> char {
    let right = ZONE.compose().chars().nth(44 + column).and_then(|digit| digit.to_digit(10)).unwrap();
    char::from_digit((right + 1) % 10, 10).unwrap()
}

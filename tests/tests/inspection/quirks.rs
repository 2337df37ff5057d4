//! Quirks of the data: rows 16 to 24 of `quirks.md` as far as they concern what is written, read from the chip and judged.

use card_fixtures::authority::SodOptions;
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::face::{self, dg2};
use card_fixtures::personalisation::mrz::Td1;
use soat::inspection::{CheckKind, Report};
use soat::vietnam::CardExpiry;

use crate::issued::{Issued, assert_quirk, assert_unbent, group};

/// The card with another content of one data group, signed anew.
fn with(name: &str, number: u8, content: Vec<u8>) -> Issued {
    let mut issued = Issued::new(name);
    issued.card.put(number, content);
    issued.signed(&SodOptions::default())
}

fn report(issued: &Issued) -> Report {
    let [operational, _] = issued.read_and_judged();
    operational
}

/// The record's own length lies, or bytes follow the image: the file's element decides, and the image is found by how it begins.
#[test]
fn quirk_20_a_face_whose_length_lies() {
    let genuine = dg2(face::WOMAN_JPEG.kind, face::WOMAN_JPEG.bytes);
    let at = genuine.windows(4).position(|window| window == b"FAC\0").unwrap();
    let length = u32::from_be_bytes(genuine[at + 8..at + 12].try_into().unwrap());
    for lie in [length - 1, length + 1, length + 8, 0, u32::MAX] {
        let mut content = genuine.clone();
        content[at + 8..at + 12].copy_from_slice(&lie.to_be_bytes());
        let issued = with("vietnam-2024", 2, content);
        assert_quirk(&issued, CheckKind::FileHash(group(2)), "dg2.non_conformant");
        assert_eq!(report(&issued).identity().unwrap().face().unwrap().bytes, face::WOMAN_JPEG.bytes, "{lie}");
    }
    let padded: &'static [u8] = [face::WOMAN_JPEG.bytes, &[0; 64]].concat().leak();
    let issued = with("vietnam-2024", 2, dg2(face::WOMAN_JPEG.kind, padded));
    assert_unbent(&issued, CheckKind::FileHash(group(2)));
    assert!(report(&issued).identity().unwrap().face().unwrap().bytes.starts_with(face::WOMAN_JPEG.bytes));
    // A bare code stream, without the boxes of a file.
    let bare = with("vietnam-2024", 2, dg2(face::WOMAN_CODE_STREAM.kind, face::WOMAN_CODE_STREAM.bytes));
    assert_unbent(&bare, CheckKind::FileHash(group(2)));
    assert!(report(&bare).identity().unwrap().face().unwrap().bytes.starts_with(&[0xFF, 0x4F, 0xFF, 0x51]));
}

/// Needless length octets are hashed as they stand.
#[test]
fn quirk_22_what_is_hashed_is_what_was_read() {
    let card = Issued::vietnam().card;
    let content = card.application_files[&0x010D].clone();
    let inner = &content[if content[1] == 0x82 { 4 } else { 3 }..];
    let [high, low] = u16::try_from(inner.len()).unwrap().to_be_bytes();
    let issued = with("vietnam-2024", 13, [&[0x6D, 0x83, 0x00, high, low], inner].concat());
    assert_unbent(&issued, CheckKind::FileHash(group(13)));
    assert_eq!(report(&issued).identity().unwrap().full_name().unwrap(), "Nguyễn Thị Mẫu");
}

/// Dates in BCD, empty texts, fillers in addresses, a field that cannot be read: each is its own affair and never the card's.
#[test]
fn quirk_23_details_as_issuers_write_them() {
    let details: [(u32, &[u8]); 8] = [
        (0x5F0E, b"MUSTERMANN<<ERIKA"),
        (0x5F2B, &[0x19, 0x64, 0x08, 0x12]),
        (0x5F11, b""),
        (0x5F42, "HEIDESTRASSE 17<<<51147 KÖLN<<".as_bytes()),
        (0x5F12, b"   "),
        (0x5F13, b"<<<<"),
        (0x5F14, &[0xFF, 0xFE, 0x80]),
        (0x5F10, b""),
    ];
    let file = data_groups::listed(0x6B, &details.map(|(tag, value)| (tag, value.to_vec())));
    let issued = with("passport-td3", 11, file);
    assert_unbent(&issued, CheckKind::FileHash(group(11)));
    let report = report(&issued);
    let identity = report.identity().unwrap();
    let details = identity.additional_personal_details().unwrap();
    assert_eq!(identity.birth().unwrap().to_string(), "1964-08-12");
    assert_eq!(details.address, ["HEIDESTRASSE 17", "51147 KÖLN"]);
    assert!(details.place_of_birth.is_empty() && details.profession.is_none() && details.personal_number.is_none());

    for (date, expected) in [
        (&[0x20, 0x24, 0x09, 0x15][..], Some("2024-09-15")),
        (b"20240915", Some("2024-09-15")),
        (b"15 SEP 2024", None),
        (b"", None),
    ] {
        let issued = with("passport-td3", 12, data_groups::listed(0x6C, &[(0x5F19, vec![]), (0x5F26, date.to_vec())]));
        assert_unbent(&issued, CheckKind::FileHash(group(12)));
        assert_eq!(self::report(&issued).identity().unwrap().issue().map(|day| day.to_string()).as_deref(), expected);
    }
}

/// A number longer than its field (ICAO 9303-5 §4.2.2.1), the state `D`, a card that never expires.
#[test]
fn quirk_24_zones_out_of_the_ordinary() {
    let long = Td1 {
        code: "ID",
        issuer: "VNM",
        number: "D23145890",
        // The number goes on behind the filler that stands for its check digit.
        optional: "7349",
        birth: "990101",
        sex: "F",
        expiry: "390101",
        nationality: "VNM",
        name: "NGUYEN<<THI<MAU",
    };
    let mut zone = long.compose();
    zone.replace_range(14..15, "<");
    // The composite runs over the filler too.
    let weighed: String = [&zone[5..30], &zone[30..37], &zone[38..45], &zone[48..59]].concat();
    let sum: u32 = weighed
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(letter, weight)| weight * letter.to_digit(36).unwrap_or(0))
        .sum();
    zone.replace_range(59..60, &(sum % 10).to_string());
    let mut issued = Issued::vietnam();
    issued.card.application_files.remove(&0x010D);
    issued.card.put(1, data_groups::dg1(&zone));
    issued.card.list("0107", &[1, 2, 3, 13, 15, 14]);
    issued.card.mrz_key.as_mut().unwrap().document_number = "D23145890734".into();
    let issued = issued.signed(&SodOptions::default());
    assert_unbent(&issued, CheckKind::DataCrossChecks);
    assert_eq!(report(&issued).identity().unwrap().document_number().unwrap(), "D23145890734");

    let german = Issued::new("passport-td3");
    assert_unbent(&german, CheckKind::IssuingState);
    assert_eq!(report(&german).identity().unwrap().issuing_state(), Some("D"));

    let lasting = Issued::new("vietnam-no-expiry");
    assert_unbent(&lasting, CheckKind::CardExpiry);
    assert_eq!(report(&lasting).identity().unwrap().expiry(), Some(CardExpiry::Never));
}

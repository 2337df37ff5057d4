//! What was scanned or typed from the print on the card: attack 32.

use card_fixtures::authority::SodOptions;
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::mrz::Td1;
use card_fixtures::personalisation::vietnam::{Holder, nguyen_thi_mau_2024};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{Dossier, FileContent, PrintedData};
use soat::evidence::SavedDossier;
use soat::inspection::{
    CheckKind, Failure, Inspector, Overall, Profile, Provability, Report, evidence_digest, inspect, withhold_printed,
};

use crate::issued::{GOOD, Issued, NOW, assert_genuine, ended, failed, group, overwrite, row, undetermined};

const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";
const ROW: CheckKind = CheckKind::PrintedData;

fn with(issued: &Issued, kind: PrintedData, text: &[u8]) -> Dossier {
    let mut dossier = issued.dossier();
    dossier.printed.insert(kind, FileContent::Bytes(text.to_vec()));
    dossier
}

fn judge(issued: &Issued, code: &str) -> Report {
    inspect(&with(issued, PrintedData::QrCode, code.as_bytes()), &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto)
}

fn findings(report: &Report) -> Vec<&'static str> {
    row(report, ROW).findings.iter().map(|finding| finding.code.as_str()).collect()
}

/// The code is a key and no identity: where it is not this chip's, there are two cards, and no identity. Each field in turn, which is named.
/// Mutant: what differs is passed over.
#[test]
fn attack_32_a_code_that_is_not_this_cards() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let genuine = judge(&issued, CODE);
    assert_eq!((ended(&genuine, ROW), genuine.overall), (GOOD, Overall::Successful));
    assert!(findings(&genuine).is_empty());
    for (own, other, finding) in [
        ("001199000001", "079199000001", "qr.number_differs"),
        ("012345678", "987654321", "qr.old_number_differs"),
        ("Nguyễn Thị Mẫu", "Trần Thị Mẫu", "qr.name_differs"),
        ("01011999", "02011999", "qr.birth_differs"),
        ("01011999", "01011899", "qr.birth_differs"),
        ("01011999", "1998", "qr.birth_differs"),
        ("Nữ", "Nam", "qr.sex_differs"),
        ("15092024", "16092024", "qr.issue_differs"),
    ] {
        let report = judge(&issued, &CODE.replace(own, other));
        assert_eq!(ended(&report, ROW), failed("qr.contradicts_chip"), "{other}");
        assert_eq!(findings(&report), [finding], "{other}");
        assert_eq!((report.overall, report.failure()), (Overall::Failed, Some(Failure::OtherCard)));
        assert!(report.identity().is_none());
        // The chip's own data do not contradict each other.
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), GOOD);
        // Nothing of the code is in the report.
        assert!(other.len() < 6 || !format!("{report:?}").contains(other), "{other}");
    }
}

#[test]
fn attack_32_the_code_of_a_vietnamese_card_with_a_foreign_chip() {
    let passport = Issued::new("passport-td3");
    assert_genuine(&passport);
    let report = judge(&passport, CODE);
    assert_eq!(ended(&report, ROW), failed("qr.contradicts_chip"));
    assert_eq!(report.overall, Overall::Failed);
}

/// Without DG13 the code is compared with the MRZ.
#[test]
fn attack_32_a_chip_that_has_the_mrz_alone() {
    let mut issued = Issued::vietnam();
    issued.card.application_files.remove(&0x010D);
    let issued = issued.signed(&SodOptions::default());
    assert_eq!(ended(&judge(&issued, CODE), ROW), GOOD);
    for (own, other) in
        [("001199000001", "079199000001"), ("Nguyễn Thị Mẫu", "Nguyễn Thị Hai"), ("01011999", "02011999"), ("Nữ", "Nam")]
    {
        assert_eq!(ended(&judge(&issued, &CODE.replace(own, other)), ROW), failed("qr.contradicts_chip"), "{other}");
    }
}

/// Where the chip gives the whole number nowhere, its last nine digits stand in the MRZ.
#[test]
fn attack_32_a_chip_that_has_nine_digits_of_the_number() {
    let own = nguyen_thi_mau_2024();
    let zone = Td1 { optional: "", ..own.zone() }.compose();
    let mut issued = Issued::vietnam();
    issued.card.application_files.remove(&0x010D);
    issued.card.put(1, data_groups::dg1(&zone));
    let issued = issued.signed(&SodOptions::default());
    assert_eq!(ended(&judge(&issued, CODE), ROW), GOOD);
    // The province is not among them.
    assert_eq!(ended(&judge(&issued, &CODE.replace("001199000001", "079199000001")), ROW), GOOD);
    let report = judge(&issued, &CODE.replace("001199000001", "001199000002"));
    assert_eq!((ended(&report, ROW), findings(&report)), (failed("qr.contradicts_chip"), vec!["qr.number_differs"]));
}

#[test]
fn print_is_compared_with_what_is_verified() {
    let issued = Issued::vietnam();
    let mut dossier = with(&issued, PrintedData::QrCode, CODE.as_bytes());
    let mut zone = dossier.bytes(group(1)).unwrap().to_vec();
    *zone.last_mut().unwrap() ^= 1;
    overwrite(&mut dossier, group(1), zone);
    let report = inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!((ended(&report, ROW), report.overall), (undetermined("file.not_verified"), Overall::Failed));
}

/// A DG13 that cannot be read leaves the MRZ to compare with.
#[test]
fn attack_32_a_chip_whose_details_cannot_be_read() {
    let mut issued = Issued::vietnam();
    issued.card.put(13, vec![0x6D, 2, 0x30, 0x7F]);
    let issued = issued.signed(&SodOptions::default());
    let report = judge(&issued, CODE);
    assert_eq!((ended(&report, ROW), ended(&report, CheckKind::DataCrossChecks)), (GOOD, undetermined("file.malformed")));
    let report = judge(&issued, &CODE.replace("001199000001", "079199000001"));
    assert_eq!(ended(&report, ROW), failed("qr.contradicts_chip"));
}

/// What a scanner spoils, leaves out or decomposes contradicts nothing; that the name was not compared is told.
#[test]
fn a_code_as_scanners_give_it() {
    let issued = Issued::vietnam();
    for name in ["NGUYỄN THỊ MẪU", "Nguye\u{302}\u{303}n Thi\u{323} Ma\u{302}\u{303}u", "Nguyá»…n Thá»‹ Máº«u"] {
        let report = judge(&issued, &CODE.replace("Nguyễn Thị Mẫu", name));
        assert_eq!((ended(&report, ROW), findings(&report)), (GOOD, vec![]), "{name}");
    }
    for name in ["Nguy\u{FFFD}n", "Nguy?n Th? M?u", "Nguyn Th Mu", "Nguye64n Thi5 Ma64u", ""] {
        let report = judge(&issued, &CODE.replace("Nguyễn Thị Mẫu", name));
        assert_eq!((ended(&report, ROW), findings(&report)), (GOOD, vec!["qr.text_spoilt"]), "{name}");
    }
    for (own, other) in [
        ("012345678", ""),
        ("01011999", ""),
        ("01011999", "00001999"),
        ("01011999", "1999"),
        ("01011999", "31021999"),
        ("Nữ", "N\u{FFFD}"),
        ("Số 1", "Số 2"),
        ("|15092024||||", "|15092024|||"),
        ("|", ";"),
    ] {
        let report = judge(&issued, &CODE.replace(own, other));
        assert_eq!(ended(&report, ROW), GOOD, "{other}");
    }
}

#[test]
fn what_is_no_code_decides_nothing() {
    let issued = Issued::vietnam();
    for text in ["", "https://example.org", "001199000001|012345678|Nguyễn"] {
        let report = judge(&issued, text);
        assert_eq!((ended(&report, ROW), report.overall), (undetermined("printed.unreadable"), Overall::Undetermined));
    }
    assert!(issued.operational().check(ROW).is_none(), "a row only where something was scanned or typed");
}

/// The MRZ as it is typed, whole or the lines that open the chip.
/// Mutant: what differs is passed over.
#[test]
fn attack_32_a_data_page_that_is_not_this_chips() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let own = nguyen_thi_mau_2024();
    let zone = own.mrz();
    let page = |zone: &str| {
        let dossier = with(&issued, PrintedData::Mrz, zone.as_bytes());
        inspect(&dossier, &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto)
    };
    let lines: Vec<&str> = [0..30, 30..60, 60..90].into_iter().map(|range| &zone[range]).collect();
    for text in [zone.clone(), lines.join("\n"), lines[..2].join("\r\n"), zone.to_lowercase()] {
        let report = page(&text);
        assert_eq!((ended(&report, ROW), findings(&report)), (GOOD, vec![]), "{text}");
    }
    let differing = |text: &str, expected: &[&str]| {
        let report = page(text);
        assert_eq!(ended(&report, ROW), failed("mrz.differs_from_data_page"), "{text}");
        assert_eq!((findings(&report).as_slice(), report.failure()), (expected, Some(Failure::OtherCard)));
        assert!(report.identity().is_none());
    };
    let other = |change: fn(&mut Holder)| {
        let mut other = own.clone();
        change(&mut other);
        other.mrz()
    };
    differing(&other(|other| other.mrz_birth = "990102"), &["data_page.birth_differs"]);
    differing(&other(|other| other.mrz_sex = "M"), &["data_page.sex_differs"]);
    differing(&other(|other| other.mrz_expiry = "390102"), &["data_page.expiry_differs"]);
    differing(&other(|other| other.mrz_name = "TRAN<<THI<MAU"), &["data_page.name_differs"]);
    differing(&other(|other| other.number = "001199000002"), &["data_page.number_differs"]);
    differing(&other(|other| other.number = "079199000001"), &["data_page.other_differs"]);
    // A passport's zone with the chip of a card.
    let passport = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
    differing(passport, &["data_page.other_differs"]);
    assert_eq!(ended(&page(&zone.replace('9', "8")), ROW), undetermined("printed.unreadable"));
}

/// What was printed is part of the evidence: the same report from the saved dossier, another digest for another code.
#[test]
fn print_is_evidence() {
    let issued = Issued::vietnam();
    let dossier = with(&issued, PrintedData::QrCode, CODE.as_bytes());
    let read = judge(&issued, CODE);
    assert_eq!(read.provability(row(&read, ROW)), Provability::Terminal);
    let trust = issued.trust();
    let mut inspector = Inspector::new(&trust, Profile::OPERATIONAL, &RustCrypto);
    let saved = SavedDossier::from_cbor(&SavedDossier::unsigned(&dossier).unwrap().to_cbor()).unwrap();
    let report = inspector.inspect_saved(&saved, NOW);
    assert_eq!((ended(&report, ROW), report.evidence), (GOOD, read.evidence));
    assert_eq!(report.provability(row(&report, ROW)), Provability::Nobody);
    assert_ne!(judge(&issued, &CODE.replace("Số 1", "Số 2")).evidence, read.evidence);
    assert_ne!(issued.operational().evidence, read.evidence);
    // An edited code is found by what is signed.
    let mut edited = saved.into_dossier();
    edited.printed.insert(PrintedData::QrCode, FileContent::Bytes(CODE.replace("Nữ", "Nam").into_bytes()));
    assert_eq!(ended(&inspector.inspect(&edited, NOW), ROW), failed("qr.contradicts_chip"));
}

/// What a profile does not release is saved as its digest: the evidence is the same, the row says so and does not count.
#[test]
fn withheld_print_decides_nothing_and_keeps_its_digest() {
    let issued = Issued::vietnam();
    let whole = with(&issued, PrintedData::QrCode, CODE.as_bytes());
    let mut withheld = whole.clone();
    withhold_printed(&mut withheld, PrintedData::QrCode, &RustCrypto);
    assert_eq!(evidence_digest(&withheld, &RustCrypto), evidence_digest(&whole, &RustCrypto));
    let bytes = withheld.to_cbor();
    for canary in ["001199000001|", "|15092024"] {
        assert!(!String::from_utf8_lossy(&bytes).contains(canary), "{canary}");
    }
    let report = inspect(&Dossier::from_cbor(&bytes).unwrap(), &issued.trust(), &Profile::OPERATIONAL, NOW, &RustCrypto);
    assert_eq!((ended(&report, ROW), row(&report, ROW).ran), (undetermined("printed.withheld"), false));
}

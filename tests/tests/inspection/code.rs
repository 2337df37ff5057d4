//! The QR code that was scanned from the card: attack 32.

use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{CheckKind, Inspector, Overall, Profile, Report, Weight};
use soat::vietnam::Qr;

use crate::issued::{GOOD, Issued, NOW, assert_genuine, ended, failed, undetermined};

const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

/// Contradictions count here, as they do for a bank.
const COUNTING: Profile = Profile { data_cross_checks: Weight::Mandatory, ..Profile::OPERATIONAL };

fn judge(issued: &Issued, code: &str, profile: Profile) -> Report {
    let trust = issued.trust();
    Inspector::new(&trust, profile, &RustCrypto).comparing(Qr::parse(code).unwrap()).inspect(&issued.dossier(), NOW)
}

/// The code is a key and no identity: whatever it says, the identity is the chip's, and a contradiction is told. Each field in turn.
/// Mutant: `code::agrees` gives true.
#[test]
fn attack_32_a_code_that_is_not_this_cards() {
    let issued = Issued::vietnam();
    assert_genuine(&issued);
    let genuine = judge(&issued, CODE, COUNTING);
    assert_eq!((ended(&genuine, CheckKind::DataCrossChecks), genuine.overall), (GOOD, Overall::Successful));
    for (own, other) in [
        ("001199000001", "079199000001"),
        ("012345678", "987654321"),
        ("Nguyễn Thị Mẫu", "Trần Thị Mẫu"),
        ("01011999", "02011999"),
        ("Nữ", "Nam"),
        ("15092024", "16092024"),
    ] {
        let code = CODE.replace(own, other);
        let report = judge(&issued, &code, COUNTING);
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("qr.contradicts_chip"), "{other}");
        assert_eq!(report.overall, Overall::Failed);
        assert!(report.identity().is_none());
        // Where contradictions are only told, what is shown is the chip's all the same.
        let told = judge(&issued, &code, Profile::OPERATIONAL);
        assert_eq!(ended(&told, CheckKind::DataCrossChecks), failed("qr.contradicts_chip"), "{other}");
        let identity = told.identity().unwrap();
        assert_eq!((identity.full_name().as_deref(), identity.personal_number()), (Some("Nguyễn Thị Mẫu"), Some("001199000001")));
    }
}

#[test]
fn attack_32_the_code_of_a_vietnamese_card_with_a_foreign_chip() {
    let passport = Issued::new("passport-td3");
    assert_genuine(&passport);
    let report = judge(&passport, CODE, COUNTING);
    assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("qr.contradicts_chip"));
    assert_eq!(report.overall, Overall::Failed);
}

/// Without DG13 the code is compared with the MRZ.
#[test]
fn attack_32_a_chip_that_has_the_mrz_alone() {
    let mut issued = Issued::vietnam();
    issued.card.application_files.remove(&0x010D);
    let issued = issued.signed(&card_fixtures::authority::SodOptions::default());
    assert_eq!(ended(&judge(&issued, CODE, COUNTING), CheckKind::DataCrossChecks), GOOD);
    for (own, other) in
        [("001199000001", "079199000001"), ("Nguyễn Thị Mẫu", "Nguyễn Thị Hai"), ("01011999", "02011999"), ("Nữ", "Nam")]
    {
        let report = judge(&issued, &CODE.replace(own, other), COUNTING);
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("qr.contradicts_chip"), "{other}");
    }
}

/// A DG13 that cannot be read leaves the MRZ to compare with.
#[test]
fn attack_32_a_chip_whose_details_cannot_be_read() {
    let mut issued = Issued::vietnam();
    issued.card.put(13, vec![0x6D, 2, 0x30, 0x7F]);
    let issued = issued.signed(&card_fixtures::authority::SodOptions::default());
    assert_eq!(ended(&judge(&issued, CODE, COUNTING), CheckKind::DataCrossChecks), undetermined("file.malformed"));
    let report = judge(&issued, &CODE.replace("001199000001", "079199000001"), COUNTING);
    assert_eq!(ended(&report, CheckKind::DataCrossChecks), failed("qr.contradicts_chip"));
}

/// What a scanner spoils, leaves out or decomposes contradicts nothing.
#[test]
fn a_code_as_scanners_give_it() {
    let issued = Issued::vietnam();
    for name in
        ["NGUYỄN THỊ MẪU", "Nguye\u{302}\u{303}n Thi\u{323} Ma\u{302}\u{303}u", "Nguyá»…n Thá»‹ Máº«u", "Nguy\u{FFFD}n", ""]
    {
        let report = judge(&issued, &CODE.replace("Nguyễn Thị Mẫu", name), COUNTING);
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), GOOD, "{name}");
    }
    for (own, other) in [("012345678", ""), ("01011999", ""), ("01011999", "00001999"), ("Nữ", "N\u{FFFD}"), ("Số 1", "Số 2")]
    {
        let report = judge(&issued, &CODE.replace(own, other), COUNTING);
        assert_eq!(ended(&report, CheckKind::DataCrossChecks), GOOD, "{other}");
    }
}

//! What a report that passed says of the holder: each field, from the file that says most of it.

use card_fixtures::authority::SodOptions;
use card_fixtures::personalisation::data_groups;
use card_fixtures::personalisation::vietnam::nguyen_thi_mau_2024;
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{IdentityField, Profile, PseudonymKey, Released, VerifiedIdentity};
use soat::lds::dg2::ImageFormat;
use soat::mrz::Sex;
use soat::time::Date;
use soat::vietnam::expiry::CardExpiry;

use crate::issued::{Issued, assert_genuine};

fn identity(issued: &Issued) -> VerifiedIdentity {
    assert_genuine(issued);
    let all = IdentityField::ALL.into_iter().collect();
    issued.report(Profile { released: all, ..Profile::OPERATIONAL }).identity().unwrap().clone()
}

/// The card with these groups only; EF.SOD lists no more.
fn of_groups(name: &str, groups: &[u8]) -> Issued {
    let mut issued = Issued::new(name);
    let present: Vec<u8> = issued.card.data_groups().map(|(number, _)| number).collect();
    for number in present.into_iter().filter(|number| !groups.contains(number)) {
        issued.card.application_files.remove(&(0x0100 | u16::from(number)));
    }
    issued.card.guarded_files.clear();
    (issued.card.active_authentication, issued.card.chip_keys) = (None, Vec::new());
    issued.card.list("0107", &[]);
    issued.signed(&SodOptions::default())
}

fn day(year: u16, month: u8, day: u8) -> Option<Date> {
    Date::new(year, month, day)
}

#[test]
fn a_vietnamese_card_says_it_as_the_state_writes_it() {
    let (own, identity) = (nguyen_thi_mau_2024(), identity(&Issued::vietnam()));
    assert_eq!((identity.document_code(), identity.issuing_state()), (Some("ID"), Some("VNM")));
    assert_eq!((identity.nationality(), identity.document_number().as_deref()), (Some("VNM"), Some("199000001")));
    assert_eq!((identity.personal_number(), identity.full_name().as_deref()), (Some(own.number), Some(own.name)));
    assert_eq!((identity.primary_name().as_deref(), identity.secondary_name().as_deref()), (Some("NGUYEN"), Some("THI MAU")));
    assert_eq!((identity.birth(), identity.birth_as_printed().as_deref()), (day(1999, 1, 1), Some("990101")));
    assert!(identity.sex() == Some(Sex::Female));
    assert_eq!(identity.issue(), day(2024, 9, 15));
    assert_eq!(identity.expiry(), CardExpiry::from_text(own.expiry));
    assert_eq!(identity.mrz().unwrap().vietnamese_number(), Some(own.number));
    assert!(identity.additional_personal_details().is_none() && identity.additional_document_details().is_none());

    let details = identity.vietnamese().unwrap();
    assert_eq!((details.birth_as_written(), details.sex_as_written()), (Some(own.birth), Some(own.sex)));
    assert_eq!((details.nationality(), details.place_of_origin()), (Some("Việt Nam"), Some(own.origin)));
    assert_eq!((details.residence(), details.identifying_marks()), (Some(own.residence.as_str()), Some(own.marks)));
    assert_eq!([details.father(), details.mother()], own.parents.map(Some));
    assert_eq!((details.spouse(), details.old_number()), (own.spouse, own.old_number));
    assert!(own.spouse.is_some() && own.old_number.is_some());
    let sensitive = identity.sensitive().unwrap();
    assert_eq!((sensitive.ethnicity, sensitive.religion), (Some("Kinh"), Some("Không")));
    let face = identity.face().unwrap();
    assert_eq!(Some(face.format), ImageFormat::of(&face.bytes));
    let whole = Issued::vietnam().card.application_files[&0x0102].clone();
    assert!(whole.windows(face.bytes.len()).any(|part| part == face.bytes) && face.bytes.len() > 1000);
}

/// Without DG13 the MRZ says it, less well.
#[test]
fn a_vietnamese_card_of_the_zone_alone() {
    let issued = of_groups("vietnam-2024", &[1]);
    let identity = identity(&issued);
    assert_eq!((identity.personal_number(), identity.full_name().as_deref()), (Some("001199000001"), Some("NGUYEN THI MAU")));
    assert_eq!((identity.birth(), identity.issue()), (day(1999, 1, 1), None));
    assert_eq!(identity.expiry(), CardExpiry::from_text("01/01/2039"));
    assert!(identity.vietnamese().is_none() && identity.sensitive().is_none() && identity.face().is_none());
}

#[test]
fn a_passport_says_it_in_its_optional_groups_and_else_in_its_zone() {
    let whole = identity(&Issued::new("passport-td3"));
    assert_eq!((whole.document_code(), whole.issuing_state(), whole.nationality()), (Some("P"), Some("D"), Some("D")));
    assert_eq!((whole.document_number().as_deref(), whole.personal_number()), (Some("C01X00T47"), None));
    assert_eq!((whole.full_name().as_deref(), whole.birth()), (Some("MUSTERMANN ERIKA"), day(1964, 8, 12)));
    assert!(whole.sex() == Some(Sex::Female));
    assert_eq!(whole.issue(), day(2024, 9, 15));
    assert_eq!(whole.additional_personal_details().unwrap().profession.as_deref(), Some("PRÜFERIN"));
    assert_eq!(whole.additional_document_details().unwrap().authority.as_deref(), Some("STADT KÖLN"));
    assert!(whole.vietnamese().is_none() && whole.sensitive().is_none());

    let zone = identity(&of_groups("passport-td3", &[1]));
    assert_eq!((zone.full_name().as_deref(), zone.birth(), zone.issue()), (Some("MUSTERMANN ERIKA"), day(1964, 8, 12), None));
    assert!(zone.additional_personal_details().is_none() && zone.additional_document_details().is_none());

    // DG11 writes names out that the zone cuts, and a number of the person's.
    let mut issued = of_groups("passport-td3", &[1]);
    let fields = [(0x5F0E, "GABLER<<ERIKA<MARIA"), (0x5F10, "4711"), (0x5F2B, "19640813")];
    let fields = fields.map(|(tag, text)| (tag, text.as_bytes().to_vec()));
    issued.card.put(11, data_groups::listed(0x6B, &fields));
    issued.card.list("0107", &[]);
    let written = identity(&issued.signed(&SodOptions::default()));
    assert_eq!((written.full_name().as_deref(), written.personal_number()), (Some("GABLER ERIKA MARIA"), Some("4711")));
    assert_eq!(written.birth(), day(1964, 8, 13));
}

/// Each field of the zone withheld withholds the zone; what DG11 or DG12 says is given with all that stands in it.
#[test]
fn what_holds_several_fields_is_released_with_all_of_them() {
    use IdentityField as F;
    let issued = Issued::new("passport-td3");
    let without = |field: IdentityField| {
        let released: Released = IdentityField::ALL.into_iter().filter(|other| *other != field).collect();
        issued.report(Profile { released, ..Profile::OPERATIONAL }).identity().unwrap().clone()
    };
    for field in IdentityField::ALL {
        let identity = without(field);
        let in_zone = ![F::Issue, F::Origin, F::Residence, F::Marks, F::Father, F::Mother, F::Spouse, F::OldNumber, F::Photo]
            .contains(&field)
            && ![F::Ethnicity, F::Religion].contains(&field);
        assert_eq!(identity.mrz().is_none(), in_zone, "{field:?}");
        let in_dg11 = ![F::Ethnicity, F::Religion, F::Photo].contains(&field);
        assert_eq!(identity.additional_personal_details().is_none(), in_dg11, "{field:?}");
        assert_eq!(identity.additional_document_details().is_none(), field == F::Issue, "{field:?}");
        assert_eq!(identity.face().is_none(), field == F::Photo, "{field:?}");
    }
}

/// A gate knows nobody, and knows everybody again.
#[test]
fn a_pseudonym_of_a_card_whose_number_is_not_released() {
    let key = PseudonymKey::new([7; PseudonymKey::LEN]);
    let pseudonym = |issued: &Issued, released: Released| {
        let report = issued.report(Profile { released, ..Profile::OPERATIONAL });
        let pseudonym = report.identity().unwrap().pseudonym(&key, "gate", &RustCrypto);
        pseudonym.map(|pseudonym| *pseudonym.as_bytes())
    };
    let issued = Issued::vietnam();
    let own = pseudonym(&issued, Released::NONE);
    assert!(own.is_some());
    assert_eq!(own, pseudonym(&issued, Released::ORDINARY));
    assert_eq!(own, pseudonym(&Issued::new("vietnam-2021"), Released::NONE), "the same person with another card");
    assert_ne!(own, pseudonym(&Issued::new("vietnam-no-expiry"), Released::NONE));
    assert_eq!(pseudonym(&Issued::new("passport-td3"), Released::NONE), None);
}

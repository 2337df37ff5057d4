use super::*;
use alloc::format;
use alloc::string::ToString;
use proptest::prelude::*;

/// `printf 'Nguyễn Thị Mẫu' | xxd -p`
const NAME: &str = "4e677579e1bb856e205468e1bb8b204de1baab75";

fn old() -> String {
    format!(
        "GD4010199000001|{NAME}|01/01/1999|2|48c3a0204ee1bb9969|01 - 001|01/01/2024|31/12/2024|15/12/2023|01001000|-|4|01/01/2026|1f2e3d4c5b6a7988-7102|$"
    )
}

fn new() -> String {
    old().replace("|$", &format!("|4|{NAME}|#"))
}

#[test]
fn the_old_code() {
    let card = HealthInsurance::parse(&old()).unwrap();
    assert_eq!(
        (card.code.as_str(), card.code.social_insurance_number(), card.code.benefit()),
        ("GD4010199000001", "0199000001", Some(4))
    );
    assert_eq!((card.name.as_str(), card.address.unwrap().as_str()), ("Nguyễn Thị Mẫu", "Hà Nội"));
    assert_eq!((card.birth.date(), card.sex == Sex::Female), (Date::new(1999, 1, 1), true));
    assert_eq!(
        (Some(card.valid_from), card.valid_to, card.issued),
        (Date::new(2024, 1, 1), Date::new(2024, 12, 31), Date::new(2023, 12, 15))
    );
    assert_eq!((card.facility.as_str(), card.manager.as_str()), ("01 - 001", "01001000"));
    assert_eq!((card.area, card.five_years), (Area::None, Date::new(2026, 1, 1)));
    assert!(card.parent.is_none() && card.benefit.is_none() && card.place.is_none());
    assert_eq!(card.check.as_str(), "1f2e3d4c5b6a7988-7102");
}

#[test]
fn the_new_code() {
    let card = HealthInsurance::parse(&new()).unwrap();
    assert_eq!((card.benefit.unwrap().as_str(), card.place.unwrap().as_str()), ("4", "Nguyễn Thị Mẫu"));
    let short = HealthInsurance::parse(&new().replace("GD4010199000001", "0199000001")).unwrap();
    assert_eq!((short.code.social_insurance_number(), short.code.benefit()), ("0199000001", None));
}

#[test]
fn as_scanners_send_it() {
    let plain = HealthInsurance::parse(&old()).unwrap();
    for sent in [old().replace('|', "~"), format!("{}\r\n", old()), format!("\u{FEFF}{}", old()), old().to_uppercase()] {
        assert!(HealthInsurance::from_bytes(sent.as_bytes()).is_ok_and(|card| card.name == plain.name), "{sent}");
    }
    let year = HealthInsurance::parse(&old().replace("01/01/1999", "1999")).unwrap();
    assert_eq!((year.birth.year(), year.birth.date()), (1999, None));
}

#[test]
fn what_is_wrong_is_named() {
    use HealthInsuranceError as E;
    use InsuranceField as F;
    let refused = |text: &str| HealthInsurance::parse(text).unwrap_err();
    assert_eq!(refused(""), E::FieldCount { found: 1 });
    assert_eq!(refused(&old().replace("|$", "")), E::FieldCount { found: 14 });
    assert_eq!(refused(&old().replace("|$", "|#")), E::Terminator);
    assert_eq!(refused(&new().replace("|#", "|$")), E::Terminator);
    for (own, other, field) in [
        ("GD4010199000001", "GD6010199000001", F::Code),
        (NAME, "4e6", F::Name),
        (NAME, "zz", F::Name),
        (NAME, "ff", F::Name),
        (NAME, "-", F::Name),
        ("01/01/1999", "31/02/1999", F::Birth),
        ("|2|", "|3|", F::Sex),
        ("48c3a0204ee1bb9969", "xx", F::Address),
        ("01/01/2024", "-", F::ValidFrom),
        ("31/12/2024", "31/13/2024", F::ValidTo),
        ("15/12/2023", "2023", F::Issued),
        ("|-|4|", "|q|4|", F::Parent),
        ("|-|4|", "|-|8|", F::Area),
        ("01/01/2026", "x", F::FiveYears),
    ] {
        assert_eq!(refused(&old().replace(own, other)), E::Field(field), "{other}");
    }
    assert!(!refused(&old().replace(NAME, "4e6")).to_string().contains("4e6"));
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9A-Fa-f|~$#-]{0,80}", cut in 0..200_usize) {
        let _ = (HealthInsurance::parse(&text), HealthInsurance::seems(&text));
        let whole = old();
        prop_assert!(HealthInsurance::parse(whole.get(..cut.min(whole.len() - 1)).unwrap()).is_err());
    }

    #[test]
    fn any_name_comes_back(name in "\\PC{1,30}") {
        let text = old().replace(NAME, &hex::encode(&name));
        let read = HealthInsurance::parse(&text).unwrap();
        prop_assert_eq!(read.name.as_str(), name);
    }
}

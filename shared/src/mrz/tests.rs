use super::*;
use alloc::string::ToString;
use proptest::prelude::*;

/// ICAO 9303-4 appendix B.
const TD3: &str = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<\nL898902C36UTO7408122F1204159ZE184226B<<<<<10";
/// ICAO 9303-5 appendix B.
const TD1: &str = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<";
/// ICAO 9303-6 appendix B.
const TD2: &str = "I<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<\nD231458907UTO7408122F1204159<<<<<<<6";
/// ICAO 9303-11 appendix D.2: a TD1 whose document number has 12 characters.
const LONG: &str = "I<UTOD23145890<7349<<<<<<<<<<<\n3407127M9507122UTO<<<<<<<<<<<2\nSTEVENSON<<PETER<JOHN<<<<<<<<<";
/// A synthetic Vietnamese card.
const VIETNAM: &str = "IDVNM1990000014001199000001<<5\n9901018F3901016VNM<<<<<<<<<<<2\nNGUYEN<<THI<MAU<<<<<<<<<<<<<<<";
/// A synthetic Vietnamese card without expiry.
const VIETNAM_FOR_LIFE: &str = "IDVNM1600000016001160000001<<7\n6001010F9912315VNM<<<<<<<<<<<4\nNGUYEN<<THI<MAU<<<<<<<<<<<<<<<";

#[test]
fn specimens_of_every_format_are_right() {
    for text in [TD1, TD2, TD3, LONG, VIETNAM, VIETNAM_FOR_LIFE] {
        let zone = MachineReadableZone::parse(text).unwrap();
        assert_eq!(zone.mismatches(), [], "{text}");
        assert!(MachineReadableZone::parse_typed(&text.to_lowercase()).is_ok());
        assert!(MachineReadableZone::parse_typed(&text.replace('\n', "\r\n")).is_ok());
    }
}

#[test]
fn the_fields_of_a_passport() {
    let zone = MachineReadableZone::parse(TD3).unwrap();
    assert_eq!(zone.format(), Format::Td3);
    assert_eq!((zone.document_code(), zone.issuing_state(), zone.nationality()), ("P", "UTO", "UTO"));
    assert_eq!(zone.document_number().as_str(), "L898902C3");
    assert_eq!((zone.birth().as_str(), zone.expiry().as_str()), ("740812", "120415"));
    assert!(zone.sex() == Sex::Female);
    assert_eq!(zone.optional_data(), "ZE184226B");
    assert_eq!((zone.primary_name().as_str(), zone.secondary_name().as_str()), ("ERIKSSON", "ANNA MARIA"));
    assert_eq!(zone.lines().count(), 2);
}

#[test]
fn the_fields_of_a_vietnamese_card() {
    let zone = MachineReadableZone::parse(VIETNAM).unwrap();
    assert_eq!(zone.document_number().as_str(), "199000001");
    assert_eq!(zone.vietnamese_number(), Some("001199000001"));
    assert_eq!(zone.expiry().as_str(), "390101");
    assert_eq!(zone.lines().map(str::len).collect::<Vec<_>>(), [30, 30, 30]);
    assert_eq!(MachineReadableZone::parse(TD1).unwrap().vietnamese_number(), None);
}

#[test]
fn a_long_document_number_is_put_together() {
    let zone = MachineReadableZone::parse(LONG).unwrap();
    assert_eq!(zone.document_number().as_str(), "D23145890734");
    assert_eq!(zone.optional_data(), "");
}

#[test]
fn a_state_of_one_letter() {
    let text = "IDD<<T220001293<<<<<<<<<<<<<<<\n6408125F1010318D<<<<<<<<<<<<<8\nMUSTERMANN<<ERIKA<<<<<<<<<<<<<";
    let zone = MachineReadableZone::parse(text).unwrap();
    assert_eq!((zone.issuing_state(), zone.nationality()), ("D", "D"));
}

#[test]
fn a_name_without_a_secondary_identifier() {
    let text = TD3.replace("ERIKSSON<<ANNA<MARIA", "ARKFREITH<<<<<<<<<<<");
    let zone = MachineReadableZone::parse(&text).unwrap();
    assert_eq!((zone.primary_name().as_str(), zone.secondary_name().as_str()), ("ARKFREITH", ""));
    assert!(!zone.name_may_be_cut());
}

/// Raises the digit at `position` of the text by one.
fn with_wrong_digit(text: &str, position: usize) -> String {
    let mut bytes = text.replace('\n', "").into_bytes();
    bytes[position] = b'0' + (bytes[position] - b'0' + 1) % 10;
    String::from_utf8(bytes).unwrap()
}

#[test]
fn a_wrong_check_digit_names_its_field() {
    let cases = [
        (TD3, 53, Field::DocumentNumber),
        (TD3, 63, Field::Birth),
        (TD3, 71, Field::Expiry),
        (TD3, 86, Field::OptionalData),
        (TD3, 87, Field::Composite),
        (TD1, 14, Field::DocumentNumber),
        (TD1, 36, Field::Birth),
        (TD1, 44, Field::Expiry),
        (TD1, 59, Field::Composite),
        (TD2, 45, Field::DocumentNumber),
        (TD2, 71, Field::Composite),
        (LONG, 18, Field::DocumentNumber),
        (VIETNAM, 29, Field::OptionalData),
    ];
    for (text, position, expected) in cases {
        let wrong = with_wrong_digit(text, position);
        assert!(MachineReadableZone::parse(&wrong).unwrap().mismatches().iter().any(|digit| digit.field == expected));
        match MachineReadableZone::parse_typed(&wrong).unwrap_err() {
            MrzError::CheckDigit { field, computed, found } => {
                assert_eq!(field, expected);
                assert_eq!((u32::from(computed) + 1) % 10, found.to_digit(10).unwrap());
            }
            other => panic!("{other}"),
        }
    }
}

#[test]
fn a_mistyped_character_is_blamed_on_its_field() {
    let wrong = VIETNAM.replace("990101", "980101");
    let error = MachineReadableZone::parse_typed(&wrong).unwrap_err();
    assert!(matches!(error, MrzError::CheckDigit { field: Field::Birth, found: '8', .. }));
    assert!(error.to_string().contains("date of birth"));
}

#[test]
fn what_is_no_zone() {
    assert_eq!(MachineReadableZone::parse("").unwrap_err(), MrzError::Length { found: 0 });
    assert_eq!(MachineReadableZone::parse(&TD1[..89]).unwrap_err(), MrzError::Length { found: 87 });
    let character = TD1.replace("UTO<<<", "UTO<*<");
    assert_eq!(MachineReadableZone::parse(&character).unwrap_err(), MrzError::Character { line: 2, column: 20 });
    let umlaut = TD2.replace("ANNA", "ÄNNA");
    assert_eq!(MachineReadableZone::parse(&umlaut).unwrap_err(), MrzError::Character { line: 1, column: 16 });
    let month = TD3.replace("7408122", "7413122");
    assert_eq!(MachineReadableZone::parse_typed(&month).unwrap_err(), MrzError::Date(Field::Birth));
}

#[test]
fn lines_that_open_no_chip_may_be_left_out() {
    let first_two = VIETNAM.rsplit_once('\n').unwrap().0;
    assert_eq!(MachineReadableZone::parse_typed(first_two).unwrap().document_number().as_str(), "199000001");
    for text in [TD2, TD3] {
        let second = text.split_once('\n').unwrap().1;
        assert_eq!(MachineReadableZone::parse_typed(second).unwrap().birth().as_str(), "740812");
    }
}

#[test]
fn nothing_personal_is_shown() {
    let zone = MachineReadableZone::parse(TD3).unwrap();
    assert_eq!(alloc::format!("{zone:?} {:?}", zone.birth()), "MachineReadableZone(Td3) MrzDate");
}

proptest! {
    #[test]
    fn any_characters_of_the_right_length_can_be_asked_for_everything(text in "[A-Z0-9<]{90}|[A-Z0-9<]{88}|[A-Z0-9<]{72}") {
        let zone = MachineReadableZone::parse(&text).unwrap();
        let whole: String = zone.lines().collect();
        prop_assert_eq!(&whole, &text);
        let _ = (zone.document_number(), zone.optional_data().len(), zone.second_optional_data().len());
        let _ = (zone.primary_name(), zone.secondary_name(), zone.vietnamese_number().is_some(), zone.mismatches());
        let today = crate::time::Date::new(2026, 11, 22).unwrap();
        let _ = (zone.birth().birth(today), zone.expiry().expiry(today));
    }

    #[test]
    fn any_text_is_read_or_refused(text in "\\PC{0,100}") {
        let _ = MachineReadableZone::parse_typed(&text);
    }
}

use super::*;
use alloc::string::ToString;
use alloc::{format, vec};
use proptest::prelude::*;

const OF_2021: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021";
const OF_2024: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

fn read(text: &str) -> Qr {
    Qr::parse(text).unwrap()
}

/// The same but for what is told of its way here.
fn same(one: &Qr, other: &Qr) -> bool {
    let plain = |code: &Qr| Qr { deformations: Vec::new(), layout: QrLayout::Of2021, ..code.clone() };
    plain(one) == plain(other)
}

fn extra(code: &Qr) -> Vec<&str> {
    code.extra.iter().map(|field| field.as_str()).collect()
}

#[test]
fn both_generations_are_read() {
    let old = read(OF_2021);
    assert_eq!((old.personal_number.as_str(), old.name.as_str()), ("001199000001", "Nguyễn Thị Mẫu"));
    assert_eq!(old.old_number.as_ref().unwrap().as_str(), "012345678");
    assert_eq!(old.birth.unwrap().date(), crate::time::Date::new(1999, 1, 1));
    assert!(old.sex == Some(Sex::Female));
    assert_eq!((old.layout, extra(&old), old.deformations.as_slice()), (QrLayout::Of2021, vec![], &[][..]));
    let new = read(OF_2024);
    assert_eq!(new.residence.as_str(), "Số 1, Phường Mẫu, Ba Đình, Hà Nội");
    assert_eq!(new.issue.unwrap().date(), crate::time::Date::new(2024, 9, 15));
    assert_eq!((new.layout, extra(&new), new.deformations.as_slice()), (QrLayout::Of2024, vec!["", "", "", ""], &[][..]));
    assert!(new.name_is_intact());
    let ten = read(&format!("{OF_2021}|a||c"));
    assert_eq!((ten.layout, extra(&ten)), (QrLayout::Ten, vec!["a", "", "c"]));
}

#[test]
fn what_stands_around_is_passed_over() {
    for (around, mark) in [
        (format!("\u{FEFF}{OF_2021}"), true),
        (format!("{OF_2021}\r\n"), false),
        (format!("\u{FEFF}{OF_2021}\r"), true),
        (format!(" {OF_2021}\n"), false),
        (format!("\u{2}{OF_2021}\u{3}\0"), false),
        (format!("ï»¿{OF_2021}"), true),
    ] {
        let code = read(&around);
        assert!(same(&code, &read(OF_2021)), "{around}");
        assert_eq!(code.deformations.contains(&Deformation::ByteOrderMark), mark);
    }
    assert!(read(&OF_2021.replace("012345678", "")).old_number.is_none());
}

#[test]
fn other_separators_are_undone() {
    for separator in [";", "~"] {
        let code = read(&OF_2024.replace('|', separator));
        assert!(same(&code, &read(OF_2024)));
        assert_eq!(code.deformations, [Deformation::OtherSeparator]);
    }
    // A `;` in an address separates nothing.
    let address = read(&OF_2021.replace("Số 1,", "Số 1; nhà 2; a; b; c;"));
    assert_eq!(address.residence.as_str(), "Số 1; nhà 2; a; b; c; Phường Mẫu, Ba Đình, Hà Nội");
}

#[test]
fn windows_1252_is_undone_or_told() {
    let spoilt: String = OF_2021.bytes().map(char::from).collect();
    let code = read(&spoilt);
    assert!(same(&code, &read(OF_2021)));
    assert_eq!(code.deformations, [Deformation::Windows1252]);
    // One field beyond repair leaves the others whole: the byte 90 of Đ was dropped on the way.
    let lost = read(&spoilt.replace('\u{90}', ""));
    assert_eq!((lost.name.as_str(), lost.name_is_intact()), ("Nguyễn Thị Mẫu", true));
    assert_eq!(lost.deformations, [Deformation::Windows1252, Deformation::LettersLost]);
    // A scanner that knows only the letters of Windows-1252, sent as such.
    let bytes = [&b"001199000001||Nguy?n Th? M\xE2u|01011999|N?|H\xE0 N?i|15032021"[..], b"\r\n"].concat();
    let code = Qr::from_bytes(&bytes).unwrap();
    assert_eq!(
        (code.personal_number.as_str(), code.name.as_str(), code.name_is_intact()),
        ("001199000001", "Nguy?n Th? Mâu", false)
    );
    assert!(code.sex.is_none());
    assert_eq!(code.deformations, [Deformation::LettersLost, Deformation::FieldUnreadable]);
}

#[test]
fn a_code_that_a_messenger_passed_on() {
    let issued = "001199000001|Nguyễn Thị Mẫu|01/01/1999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15/03/2021";
    let code = read(issued);
    assert!(same(&code, &read(&OF_2021.replace("012345678", ""))));
    assert_eq!((code.layout, code.deformations.as_slice()), (QrLayout::ChatExport, &[Deformation::ChatExport][..]));
    let numbered = read("001199000001|012345678|Nguyễn Thị Mẫu|01/01/1999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội");
    assert!(same(&numbered, &Qr { issue: None, ..read(OF_2021) }));
    let slashed = read(&OF_2021.replace("01011999", "01/01/1999"));
    assert!(same(&slashed, &read(OF_2021)) && slashed.deformations == [Deformation::ChatExport]);
}

#[test]
fn what_an_input_method_mangles_is_told() {
    for (name, sex) in [("Nguye64n Thi5 Ma64u", "Nu74"), ("Nguyễn Thị Mẫu", "Nuwx"), ("Nguyn Th Mu", "N")] {
        let code = read(&OF_2021.replace("Nguyễn Thị Mẫu", name).replace("Nữ", sex));
        assert!(code.deformations.contains(&Deformation::InputMethod), "{name} {sex}");
        assert!(!code.name_is_intact() && code.sex.is_none());
        assert_eq!(code.personal_number.as_str(), "001199000001");
    }
    let typed = OF_2021.replace("001199000001", "đđăă\u{323}\u{323}đđđđđă");
    assert_eq!(Qr::parse(&typed).unwrap_err(), QrError::InputMethod);
}

#[test]
fn partial_dates_are_dates() {
    for text in ["00001999", "1999", "00/00/1999"] {
        let birth = read(&OF_2021.replace("01011999", text)).birth.unwrap();
        assert_eq!((birth.year(), birth.month(), birth.date()), (1999, None, None), "{text}");
    }
    for text in ["31021999", "1.1.1999", "x"] {
        let code = read(&OF_2021.replace("01011999", text));
        assert_eq!((code.birth, code.deformations.as_slice()), (None, &[Deformation::FieldUnreadable][..]), "{text}");
    }
    assert_eq!(read(&OF_2021.replace("01011999", "")).deformations, []);
}

#[test]
fn what_is_no_code_of_a_card() {
    assert_eq!(Qr::parse("").unwrap_err(), QrError::FieldCount { found: 1 });
    assert_eq!(Qr::parse("https://example.org").unwrap_err(), QrError::FieldCount { found: 1 });
    assert_eq!(Qr::parse(&format!("{OF_2021}|")).unwrap_err(), QrError::FieldCount { found: 8 });
    assert_eq!(Qr::parse("001199000001|012345678|Nguyễn").unwrap_err(), QrError::FieldCount { found: 3 });
    assert_eq!(Qr::parse(&OF_2021.replace("001199000001", "00119900000x")).unwrap_err(), QrError::PersonalNumber);
}

#[test]
fn nothing_personal_is_shown() {
    assert_eq!(format!("{:?}", read(OF_2021)), "Qr");
    for text in ["001199000001|Mẫu", "Mẫu|a|b|c|d|e|f"] {
        assert!(!Qr::parse(text).unwrap_err().to_string().contains("Mẫu"));
    }
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in "[0-9|;a-zữ\\r\\n\u{FEFF}]{0,60}", bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
        let _ = (Qr::parse(&text), Qr::from_bytes(&bytes));
    }

    /// What is written is read, whatever lies around it and whichever way it came.
    #[test]
    fn a_code_survives_its_way(
        number in "[0-9]{12}", old in "([0-9]{9})?", name in "[A-ZĐƠ][a-zạễữ]{1,6}( [A-ZĐƠ][a-zạễữ]{1,6}){1,4}",
        (day, month, year) in (1..=28_u16, 1..=12_u16, 1900..=2100_u16), female in any::<bool>(), address in "[A-Za-zđệ0-9, ./-]{0,60}",
        extras in 0..3_usize, bom in any::<bool>(), end in "(\r|\n|\r\n)?", way in 0..3_u8,
    ) {
        let extra = [0, 3, 4].get(extras).copied().unwrap_or_default();
        let sex = if female { "Nữ" } else { "Nam" };
        let plain = format!("{number}|{old}|{name}|{day:02}{month:02}{year}|{sex}|{address}|15032021{}", "|".repeat(extra));
        let sent = match way {
            0 => plain.clone(),
            1 => plain.replace('|', ";"),
            _ => plain.bytes().map(char::from).collect(),
        };
        let code = read(&format!("{}{sent}{end}", if bom { "\u{FEFF}" } else { "" }));
        prop_assert!(same(&code, &read(&plain)));
        prop_assert_eq!(code.personal_number.as_str(), number);
        prop_assert_eq!(code.name.as_str(), name);
        prop_assert!(code.name_is_intact());
        prop_assert_eq!(code.birth.and_then(PartialDate::date), crate::time::Date::new(year, u8::try_from(month).unwrap(), u8::try_from(day).unwrap()));
        let sex = if female { Sex::Female } else { Sex::Male };
        prop_assert!(code.sex == Some(sex));
        prop_assert_eq!(code.extra.len(), extra);
    }
}

use super::*;
use crate::lds::LdsErrorReason;
use crate::lds::build::tlv;
use alloc::format;
use hex::decode;
use proptest::prelude::*;

fn utf8(text: &str) -> Vec<u8> {
    tlv(0x0C, &[text.as_bytes()])
}

fn printable(text: &str) -> Vec<u8> {
    tlv(0x13, &[text.as_bytes()])
}

fn field(number: u8, value: &[u8]) -> Vec<u8> {
    tlv(0x30, &[&[2, 1, number], value])
}

fn file(fields: &[Vec<u8>]) -> Vec<u8> {
    let set = tlv(0x31, &fields.iter().map(Vec::as_slice).collect::<Vec<_>>());
    tlv(0x6D, &[&tlv(0x30, &[&[2, 1, 1], &decode("060628D316010008").unwrap(), &set])])
}

/// A synthetic card with every field.
fn whole() -> Vec<Vec<u8>> {
    let parents = [tlv(0x30, &[&utf8("Nguyễn Văn Cha")]), tlv(0x30, &[&utf8("Trần Thị Mẹ")])].concat();
    alloc::vec![
        field(1, &printable("001199000001")),
        field(2, &utf8("Nguyễn Thị Mẫu")),
        field(3, &printable("01/01/1999")),
        field(4, &utf8("Nữ")),
        field(5, &utf8("Việt Nam")),
        field(6, &utf8("Kinh")),
        field(7, &utf8("Không")),
        field(8, &utf8("Ba Đình, Hà Nội")),
        field(9, &utf8(&"Số 1, Phường Mẫu, ".repeat(9))),
        field(10, &utf8("Nốt ruồi")),
        field(11, &printable("15/03/2021")),
        field(12, &utf8("01/01/2039")),
        field(13, &parents),
        field(14, &tlv(0x30, &[&utf8("Lê Văn Chồng")])),
        field(15, &printable("012345678")),
        field(16, &printable("0123456789ABCDEF")),
    ]
}

#[test]
fn the_identifier_is_the_one_on_cards() {
    assert_eq!(Dg13::TYPE.as_bytes(), decode("28D316010008").unwrap());
}

#[test]
fn every_field() {
    let data = Dg13::parse(&file(&whole())).unwrap();
    assert_eq!(data.personal_number.as_deref(), Some("001199000001"));
    assert_eq!(data.name.as_deref(), Some("Nguyễn Thị Mẫu"));
    assert_eq!((data.birth.as_deref(), data.sex.as_deref()), (Some("01/01/1999"), Some("Nữ")));
    assert_eq!((data.nationality.as_deref(), data.ethnicity.as_deref()), (Some("Việt Nam"), Some("Kinh")));
    assert_eq!((data.religion.as_deref(), data.place_of_origin.as_deref()), (Some("Không"), Some("Ba Đình, Hà Nội")));
    assert!(data.residence.as_deref().unwrap().len() > 127);
    assert_eq!(data.identifying_marks.as_deref(), Some("Nốt ruồi"));
    assert_eq!((data.issue.as_deref(), data.expiry.as_deref()), (Some("15/03/2021"), Some("01/01/2039")));
    assert_eq!((data.father.as_deref(), data.mother.as_deref()), (Some("Nguyễn Văn Cha"), Some("Trần Thị Mẹ")));
    assert_eq!((data.spouse.as_deref(), data.old_number.as_deref()), (Some("Lê Văn Chồng"), Some("012345678")));
    assert_eq!(data.opaque.as_deref(), Some("0123456789ABCDEF"));
    assert_eq!((data.version, data.unknown_fields, data.unreadable_fields), (1, 0, 0));
}

#[test]
fn fields_go_by_their_number_not_their_place() {
    let mut reversed = whole();
    reversed.reverse();
    assert!(Dg13::parse(&file(&reversed)).unwrap() == Dg13::parse(&file(&whole())).unwrap());
}

#[test]
fn parents_and_spouse_in_every_shape() {
    let parents = |value: &[u8]| {
        let data = Dg13::parse(&file(&[field(13, value)])).unwrap();
        (data.father.clone(), data.mother.clone())
    };
    let (father, mother) = (utf8("Cha"), utf8("Mẹ"));
    let both = (Some("Cha".into()), Some("Mẹ".into()));
    assert_eq!(parents(&tlv(0x30, &[&father, &mother])), both);
    assert_eq!(parents(&[tlv(0x30, &[&father]), tlv(0x30, &[&mother])].concat()), both);
    assert_eq!(parents(&[father.clone(), mother.clone()].concat()), both);
    let mother_alone = (None, Some("Mẹ".into()));
    assert_eq!(parents(&[tlv(0x30, &[]), tlv(0x30, &[&mother])].concat()), mother_alone);
    assert_eq!(parents(&tlv(0x30, &[&utf8(""), &mother])), mother_alone);
    assert_eq!(parents(&tlv(0x30, &[&father])), (Some("Cha".into()), None));
    assert_eq!(parents(&[]), (None, None));

    let unmarried = Dg13::parse(&file(&[decode("300302010E").unwrap(), field(15, &printable(""))])).unwrap();
    assert_eq!((unmarried.spouse.as_deref(), unmarried.old_number.as_deref()), (None, None));
    assert_eq!(unmarried.unreadable_fields, 0);
}

#[test]
fn unknown_and_unreadable_fields_are_counted() {
    let fields = [field(17, &utf8("O")), field(200, &[]), field(2, &tlv(0x0C, &[&[0xC3]])), field(4, &utf8("Nam"))];
    // 200 is written as a negative INTEGER above: make it a positive one.
    let mut fields = fields.to_vec();
    fields[1] = tlv(0x30, &[&[2, 2, 0, 200]]);
    let data = Dg13::parse(&file(&fields)).unwrap();
    assert_eq!((data.unknown_fields, data.unreadable_fields), (2, 1));
    assert_eq!((data.name.as_deref(), data.sex.as_deref()), (None, Some("Nam")));
}

#[test]
fn long_forms_of_lengths_are_read() {
    let set = decode("3183000012").unwrap().into_iter().chain(decode("308200080282000101130131").unwrap());
    let inner: Vec<u8> = decode("020101060628D316010008").unwrap().into_iter().chain(set).collect();
    // The set above claims 18 bytes and has 12: torn.
    let torn = tlv(0x6D, &[&tlv(0x30, &[&inner])]);
    assert_eq!(Dg13::parse(&torn).unwrap_err().reason, LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    let mut right = inner;
    right[14] = 0;
    right[15] = 12;
    let data = Dg13::parse(&tlv(0x6D, &[&tlv(0x30, &[&right])])).unwrap();
    assert_eq!(data.personal_number.as_deref(), Some("1"));
}

#[test]
fn what_is_no_dg13() {
    let reason = |bytes: &[u8]| Dg13::parse(bytes).unwrap_err().reason;
    let twice = file(&[field(1, &printable("1")), field(1, &printable("2"))]);
    assert_eq!(reason(&twice), LdsErrorReason::Tlv(TlvErrorKind::Value("a field stands twice")));
    let whole = file(&whole());
    assert_eq!(reason(&whole[..whole.len() - 1]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
    assert!(matches!(reason(&[0x6D, 2, 0x04, 0]), LdsErrorReason::Tlv(TlvErrorKind::Unexpected { .. })));
    assert_eq!(reason(&[]), LdsErrorReason::Tlv(TlvErrorKind::Truncated));
}

#[test]
fn nothing_personal_is_shown() {
    assert_eq!(format!("{:?}", Dg13::parse(&file(&whole())).unwrap()), "Dg13");
}

proptest! {
    #[test]
    fn any_change_is_read_or_refused(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let mut bytes = file(&whole());
        let at = at.index(bytes.len());
        bytes[at] = to;
        let _ = Dg13::parse(&bytes);
    }
}

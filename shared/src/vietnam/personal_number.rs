//! The 12-digit personal number: place of birth registration, sex and century, year of birth, six random digits. It has no check digit.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::mrz::Sex;

/// Twelve digits. Wiped when dropped; shows nothing in `Debug`.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct PersonalNumber([u8; 12]);

opaque_debug!(PersonalNumber);

/// Where a birth was registered, by the first three digits. Provinces were merged in 2025 and codes of later births are not confirmed: a
/// place is a note, never a reason to refuse a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BirthPlace {
    /// A province by its name before 2025-07-01.
    Province(&'static str),
    /// A country by its code, 101–295.
    Country(u16),
    /// A code that is not assigned as far as is known.
    Unknown(u16),
}

impl PersonalNumber {
    /// A number from its text; `None` where it is not twelve digits.
    pub fn parse(text: &str) -> Option<Self> {
        let digits: [u8; 12] = text.as_bytes().try_into().ok()?;
        digits.iter().all(u8::is_ascii_digit).then_some(Self(digits))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// Where the birth was registered.
    pub fn birth_place(&self) -> BirthPlace {
        let [a, b, c, ..] = self.values();
        let code = a * 100 + b * 10 + c;
        match PROVINCES.binary_search_by_key(&code, |(code, _)| *code).ok().and_then(|found| PROVINCES.get(found)) {
            Some((_, name)) => BirthPlace::Province(name),
            None if (101..=295).contains(&code) => BirthPlace::Country(code),
            None => BirthPlace::Unknown(code),
        }
    }

    /// Sex, by the fourth digit: even male, odd female.
    pub fn sex(&self) -> Sex {
        let [_, _, _, sex_and_century, ..] = self.values();
        if sex_and_century % 2 == 0 { Sex::Male } else { Sex::Female }
    }

    /// Year of birth: the century by the fourth digit (0 and 1 for 1900, 2 and 3 for 2000 …), the year in it by the next two.
    pub fn birth_year(&self) -> u16 {
        let [_, _, _, sex_and_century, tens, ones, ..] = self.values();
        1900 + sex_and_century / 2 * 100 + tens * 10 + ones
    }

    /// The last nine digits: the document number in the MRZ.
    pub fn document_number(&self) -> &str {
        self.as_str().get(3..).unwrap_or_default()
    }

    fn values(&self) -> [u16; 12] {
        self.0.map(|digit| u16::from(digit.saturating_sub(b'0')))
    }
}

/// Codes of provinces, ascending.
const PROVINCES: [(u16, &str); 63] = [
    (1, "Hà Nội"),
    (2, "Hà Giang"),
    (4, "Cao Bằng"),
    (6, "Bắc Kạn"),
    (8, "Tuyên Quang"),
    (10, "Lào Cai"),
    (11, "Điện Biên"),
    (12, "Lai Châu"),
    (14, "Sơn La"),
    (15, "Yên Bái"),
    (17, "Hòa Bình"),
    (19, "Thái Nguyên"),
    (20, "Lạng Sơn"),
    (22, "Quảng Ninh"),
    (24, "Bắc Giang"),
    (25, "Phú Thọ"),
    (26, "Vĩnh Phúc"),
    (27, "Bắc Ninh"),
    (30, "Hải Dương"),
    (31, "Hải Phòng"),
    (33, "Hưng Yên"),
    (34, "Thái Bình"),
    (35, "Hà Nam"),
    (36, "Nam Định"),
    (37, "Ninh Bình"),
    (38, "Thanh Hóa"),
    (40, "Nghệ An"),
    (42, "Hà Tĩnh"),
    (44, "Quảng Bình"),
    (45, "Quảng Trị"),
    (46, "Thừa Thiên Huế"),
    (48, "Đà Nẵng"),
    (49, "Quảng Nam"),
    (51, "Quảng Ngãi"),
    (52, "Bình Định"),
    (54, "Phú Yên"),
    (56, "Khánh Hòa"),
    (58, "Ninh Thuận"),
    (60, "Bình Thuận"),
    (62, "Kon Tum"),
    (64, "Gia Lai"),
    (66, "Đắk Lắk"),
    (67, "Đắk Nông"),
    (68, "Lâm Đồng"),
    (70, "Bình Phước"),
    (72, "Tây Ninh"),
    (74, "Bình Dương"),
    (75, "Đồng Nai"),
    (77, "Bà Rịa-Vũng Tàu"),
    (79, "TP Hồ Chí Minh"),
    (80, "Long An"),
    (82, "Tiền Giang"),
    (83, "Bến Tre"),
    (84, "Trà Vinh"),
    (86, "Vĩnh Long"),
    (87, "Đồng Tháp"),
    (89, "An Giang"),
    (91, "Kiên Giang"),
    (92, "Cần Thơ"),
    (93, "Hậu Giang"),
    (94, "Sóc Trăng"),
    (95, "Bạc Liêu"),
    (96, "Cà Mau"),
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn number(text: &str) -> PersonalNumber {
        PersonalNumber::parse(text).unwrap()
    }

    #[test]
    fn what_the_digits_say() {
        let synthetic = number("001199000001");
        assert_eq!(synthetic.birth_place(), BirthPlace::Province("Hà Nội"));
        assert!(synthetic.sex() == Sex::Female);
        assert_eq!((synthetic.birth_year(), synthetic.document_number()), (1999, "199000001"));
        let young = number("096224000001");
        assert_eq!((young.birth_place(), young.birth_year()), (BirthPlace::Province("Cà Mau"), 2024));
        assert!(young.sex() == Sex::Male);
    }

    #[test]
    fn the_place_is_never_a_reason_to_refuse() {
        assert_eq!(number("101099000001").birth_place(), BirthPlace::Country(101));
        assert_eq!(number("296099000001").birth_place(), BirthPlace::Unknown(296));
        assert_eq!(number("003099000001").birth_place(), BirthPlace::Unknown(3));
    }

    #[test]
    fn what_is_no_number() {
        for text in ["", "00119900000", "0011990000011", "00119900000x", "001 99000001", "１01199000001"] {
            assert!(PersonalNumber::parse(text).is_none(), "{text}");
        }
    }

    #[test]
    fn the_table_is_ascending() {
        assert!(PROVINCES.is_sorted_by(|(one, _), (other, _)| one < other));
    }

    proptest! {
        #[test]
        fn any_twelve_digits_are_a_number(text in "[0-9]{12}") {
            let number = number(&text);
            prop_assert_eq!(number.as_str(), text);
            prop_assert!((1900..=2399).contains(&number.birth_year()));
            let _ = number.birth_place();
        }
    }
}

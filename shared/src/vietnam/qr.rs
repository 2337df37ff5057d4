//! The QR code printed on a Vietnamese card: unsigned text, a key to the chip and never an identity.

use core::fmt;

/// The fields of the code: those of 2021 have 7, those of 2024 have 11, some 10. Dates are `DDMMYYYY` as printed. Borrowed from the text
/// that was scanned; shows nothing in `Debug`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Qr<'a> {
    /// 12 digits.
    pub personal_number: &'a str,
    /// The number before 2021: 9 digits, or empty.
    pub old_number: &'a str,
    /// Full name with diacritics.
    pub name: &'a str,
    /// Date of birth, `DDMMYYYY`.
    pub birth: &'a str,
    /// `Nam` or `Nữ`.
    pub sex: &'a str,
    /// Residence at issue.
    pub residence: &'a str,
    /// Date of issue, `DDMMYYYY`.
    pub issue: &'a str,
    /// Fields 8 to 11 joined as they stand, with their `|`; their order is not published.
    pub extra: &'a str,
}

/// Why a text is not the code of a Vietnamese card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// The code has 7, 10 or 11 fields.
    #[error("{found} fields: the code of a Vietnamese card has 7, 10 or 11, separated by |")]
    FieldCount {
        /// How many there are.
        found: usize,
    },
    /// The first field must be the personal number.
    #[error("the first field is not a number of 12 digits")]
    PersonalNumber,
}

impl<'a> Qr<'a> {
    /// Reads the text of a code. A byte order mark and line ends around it are passed over.
    ///
    /// # Errors
    /// [`QrError`]
    pub fn parse(text: &'a str) -> Result<Self, QrError> {
        let text = text.trim_start_matches('\u{FEFF}').trim_matches(['\r', '\n', ' ', '\t', '\0']);
        let found = text.split('|').count();
        if !matches!(found, 7 | 10 | 11) {
            return Err(QrError::FieldCount { found });
        }
        let mut fields = text.splitn(8, '|').map(|field| field.trim_matches(' '));
        let mut next = || fields.next().unwrap_or_default();
        let code = Self {
            personal_number: next(),
            old_number: next(),
            name: next(),
            birth: next(),
            sex: next(),
            residence: next(),
            issue: next(),
            extra: next(),
        };
        let is_number = code.personal_number.len() == 12 && code.personal_number.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { Ok(code) } else { Err(QrError::PersonalNumber) }
    }
}

impl fmt::Debug for Qr<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Qr")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::format;
    use proptest::prelude::*;

    const OF_2021: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021";
    const OF_2024: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

    #[test]
    fn both_generations_are_read() {
        let old = Qr::parse(OF_2021).unwrap();
        assert_eq!((old.personal_number, old.old_number, old.name), ("001199000001", "012345678", "Nguyễn Thị Mẫu"));
        assert_eq!((old.birth, old.sex, old.issue, old.extra), ("01011999", "Nữ", "15032021", ""));
        let new = Qr::parse(OF_2024).unwrap();
        assert_eq!((new.residence, new.issue, new.extra), ("Số 1, Phường Mẫu, Ba Đình, Hà Nội", "15092024", "|||"));
    }

    #[test]
    fn what_scanners_add_is_passed_over() {
        for around in
            [format!("\u{FEFF}{OF_2021}"), format!("{OF_2021}\r\n"), format!("\u{FEFF}{OF_2021}\r"), format!(" {OF_2021}\n")]
        {
            assert_eq!(Qr::parse(&around), Qr::parse(OF_2021));
        }
        assert_eq!(Qr::parse(&OF_2021.replace("012345678", "")).unwrap().old_number, "");
        assert_eq!(Qr::parse(&format!("{OF_2021}|||")).unwrap().extra, "||");
    }

    #[test]
    fn what_is_no_code_of_a_card() {
        assert_eq!(Qr::parse("").unwrap_err(), QrError::FieldCount { found: 1 });
        assert_eq!(Qr::parse("https://example.org").unwrap_err(), QrError::FieldCount { found: 1 });
        assert_eq!(Qr::parse(&format!("{OF_2021}|")).unwrap_err(), QrError::FieldCount { found: 8 });
        assert_eq!(Qr::parse(&OF_2021.replace("001199000001", "00119900000x")).unwrap_err(), QrError::PersonalNumber);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9|a-zữ\\r\\n\u{FEFF}]{0,60}") {
            let _ = Qr::parse(&text);
        }
    }
}

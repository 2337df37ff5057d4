//! The secret that opens a chip: from the MRZ, the card access number, or what only its holder knows.

use alloc::string::String;
use alloc::vec::Vec;

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::dossier::PasswordKind;
use crate::mrz::{Field, MachineReadableZone, MrzDate, MrzError, check_digit};
use crate::vietnam::qr::{Qr, QrError};
use crate::vietnam::{CardExpiry, PartialDate};

/// Longest document number: 9 characters in its field and 13 in the optional data of TD1.
const LONGEST_DOCUMENT_NUMBER: usize = 22;

/// Digits of a PIN, five of which are a transport PIN, and of a PUK.
const SHORTEST_PIN: usize = 5;
const SHORTEST_PUK: usize = 8;
const LONGEST_SECRET: usize = 12;

/// What opens a chip. It is wiped when dropped and has no `Debug`.
#[derive(Clone)]
pub enum AccessKey {
    /// Document number, birth and expiry: BAC and PACE with password MRZ.
    Mrz(MrzKey),
    /// The card access number: PACE with password CAN.
    Can(CardAccessNumber),
    /// The holder's personal identification number, whose tries the chip counts: PACE with password PIN (BSI TR-03110-2 §2.3).
    Pin(HolderSecret),
    /// The key that unblocks a PIN: PACE with password PUK.
    Puk(HolderSecret),
}

/// Why a text is no access key. Says which field and where, never what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccessKeyError {
    /// A card access number has 6 digits.
    #[error("the card access number has 6 digits, this has {found} characters")]
    CanLength {
        /// How many characters there are.
        found: usize,
    },
    /// A PIN has 5 to 12 digits, of which 5 are a transport PIN; a PUK has 8 to 12.
    #[error("a {kind} has {least} to {LONGEST_SECRET} digits, this has {found} characters")]
    SecretLength {
        /// Which.
        kind: PasswordKind,
        /// The fewest that there may be.
        least: usize,
        /// How many characters there are.
        found: usize,
    },
    /// A personal number has 12 digits.
    #[error("the personal number has 12 digits, this has {found} characters")]
    NumberLength {
        /// How many characters there are.
        found: usize,
    },
    /// A character that is no digit.
    #[error("character {position} is not a digit")]
    NotADigit {
        /// Position, counted from 1.
        position: usize,
    },
    /// A text that is not the code of a Vietnamese card.
    #[error(transparent)]
    Qr(#[from] QrError),
    /// A text that is not an MRZ, or one with a wrong check digit.
    #[error(transparent)]
    Mrz(#[from] MrzError),
    /// A document number has 1 to 22 characters.
    #[error("a document number has 1 to 22 characters, this has {found}")]
    DocumentNumberLength {
        /// How many characters there are.
        found: usize,
    },
    /// A character that a document number does not have.
    #[error("character {position} of the document number is not one of A–Z, 0–9 and <")]
    DocumentNumberCharacter {
        /// Position, counted from 1.
        position: usize,
    },
}

impl AccessKey {
    /// From the six digits printed on the card.
    ///
    /// # Errors
    /// Where it is not six digits.
    pub fn from_can(digits: &str) -> Result<Self, AccessKeyError> {
        let digits = digits.trim();
        all_digits(digits)?;
        match digits.len() {
            6 => Ok(Self::Can(CardAccessNumber { digits: Zeroizing::new(String::from(digits)) })),
            found => Err(AccessKeyError::CanLength { found }),
        }
    }

    /// From the holder's personal identification number.
    ///
    /// # Errors
    /// Where it is not 5 to 12 digits.
    pub fn from_pin(digits: &str) -> Result<Self, AccessKeyError> {
        HolderSecret::new(digits, PasswordKind::Pin, SHORTEST_PIN).map(Self::Pin)
    }

    /// From the key that unblocks a PIN.
    ///
    /// # Errors
    /// Where it is not 8 to 12 digits.
    pub fn from_puk(digits: &str) -> Result<Self, AccessKeyError> {
        HolderSecret::new(digits, PasswordKind::Puk, SHORTEST_PUK).map(Self::Puk)
    }

    /// Which kind of password it is.
    pub fn kind(&self) -> PasswordKind {
        match self {
            Self::Mrz(_) => PasswordKind::Mrz,
            Self::Can(_) => PasswordKind::Can,
            Self::Pin(_) => PasswordKind::Pin,
            Self::Puk(_) => PasswordKind::Puk,
        }
    }

    /// Its number in MSE:Set AT (ICAO 9303-11 §4.4.4.1, BSI TR-03110-3 table 5).
    pub(super) fn reference(&self) -> u8 {
        match self {
            Self::Mrz(_) => 1,
            Self::Can(_) => 2,
            Self::Pin(_) => 3,
            Self::Puk(_) => 4,
        }
    }

    /// From the 12-digit number of a Vietnamese card, whose last six digits are its card access number.
    ///
    /// # Errors
    /// Where it is not twelve digits.
    pub fn from_number(number: &str) -> Result<Self, AccessKeyError> {
        let number = number.trim();
        all_digits(number)?;
        match number.split_at_checked(6) {
            Some((_, can)) if number.len() == 12 => Self::from_can(can),
            _ => Err(AccessKeyError::NumberLength { found: number.len() }),
        }
    }

    /// Keys for a card that offers no PACE, out of its QR code: number and birth stand there, and of the expiry there are three at most
    /// (`vietnam.md`, expiry when only the QR is known). The likeliest first; none where a date is missing.
    pub fn guesses(code: &Qr) -> Vec<(CardExpiry, Self)> {
        let day = |date: Option<PartialDate>| date.and_then(PartialDate::date);
        let (Some(birth), Some(issue)) = (day(code.birth), day(code.issue)) else { return Vec::new() };
        let guess = |expiry: CardExpiry| {
            let (birth, number) = (CardExpiry::On(birth).to_mrz(), code.personal_number.document_number());
            let key = Self::from_fields(number, birth.as_str(), expiry.to_mrz().as_str());
            key.ok().map(|key| (expiry, key))
        };
        CardExpiry::candidates(birth, issue).into_iter().filter_map(guess).collect()
    }

    /// From the text of the QR code of a Vietnamese card.
    ///
    /// # Errors
    /// Where it is not such a text.
    pub fn from_qr(text: &str) -> Result<Self, AccessKeyError> {
        Self::from_number(Qr::parse(text)?.personal_number.as_str())
    }

    /// From the MRZ, with or without line breaks; lines that open no chip may be left out.
    ///
    /// # Errors
    /// What is wrong with it: a wrong check digit names its field.
    pub fn from_mrz(text: &str) -> Result<Self, AccessKeyError> {
        Self::of_zone(&MachineReadableZone::parse_typed(text)?)
    }

    /// From an MRZ that was read.
    pub(super) fn of_zone(zone: &MachineReadableZone) -> Result<Self, AccessKeyError> {
        Self::from_fields(&zone.document_number(), zone.birth().as_str(), zone.expiry().as_str())
    }

    /// From the document number (in full where it is long; fillers at its end may be left out), and the dates of birth and expiry as
    /// `YYMMDD`.
    ///
    /// # Errors
    /// Which of them is wrong.
    pub fn from_fields(document_number: &str, birth: &str, expiry: &str) -> Result<Self, AccessKeyError> {
        let date = |text: &str, field| MrzDate::new(text.trim()).ok_or(AccessKeyError::Mrz(MrzError::Date(field)));
        let (birth, expiry) = (date(birth, Field::Birth)?, date(expiry, Field::Expiry)?);
        let number = document_number.trim();
        let allowed = |character: char| character.is_ascii_alphanumeric() || character == '<';
        if let Some(position) = number.chars().position(|character| !allowed(character)) {
            return Err(AccessKeyError::DocumentNumberCharacter { position: position + 1 });
        }
        let number = number.trim_end_matches('<');
        if !(1..=LONGEST_DOCUMENT_NUMBER).contains(&number.len()) {
            return Err(AccessKeyError::DocumentNumberLength { found: number.len() });
        }
        // Room for everything at once, so that no piece of a secret is left behind by a string that grew.
        let mut field = Zeroizing::new(String::with_capacity(LONGEST_DOCUMENT_NUMBER));
        field.extend(number.chars().map(|character| character.to_ascii_uppercase()));
        field.extend(core::iter::repeat_n('<', 9_usize.saturating_sub(number.len())));
        let mut information = Zeroizing::new(String::with_capacity(LONGEST_DOCUMENT_NUMBER + 15));
        for part in [field.as_str(), birth.as_str(), expiry.as_str()] {
            information.push_str(part);
            information.push(char::from(b'0' + check_digit(part.bytes())));
        }
        Ok(Self::Mrz(MrzKey { information }))
    }
}

/// The fields of the MRZ from which the keys are derived, in the canonical form of ICAO 9303-11 §9.7.2:
/// document number (at least 9 characters, filled with `<`) and check digit, birth and check digit, expiry and check digit.
#[derive(Clone)]
pub struct MrzKey {
    information: Zeroizing<String>,
}

impl PartialEq for MrzKey {
    fn eq(&self, other: &Self) -> bool {
        self.information.as_bytes().ct_eq(other.information.as_bytes()).into()
    }
}

impl MrzKey {
    /// The string that is hashed: `L898902C<369080619406236`.
    pub fn information(&self) -> &str {
        &self.information
    }
}

/// Six digits.
#[derive(Clone)]
pub struct CardAccessNumber {
    digits: Zeroizing<String>,
}

impl CardAccessNumber {
    /// The digits in ASCII.
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

/// What only the holder knows: a PIN or a PUK.
#[derive(Clone)]
pub struct HolderSecret {
    digits: Zeroizing<String>,
}

impl HolderSecret {
    fn new(digits: &str, kind: PasswordKind, least: usize) -> Result<Self, AccessKeyError> {
        let digits = digits.trim();
        all_digits(digits)?;
        match digits.len() {
            found if !(least..=LONGEST_SECRET).contains(&found) => Err(AccessKeyError::SecretLength { kind, least, found }),
            _ => Ok(Self { digits: Zeroizing::new(String::from(digits)) }),
        }
    }

    /// The digits in ASCII.
    pub fn digits(&self) -> &str {
        &self.digits
    }
}

fn all_digits(text: &str) -> Result<(), AccessKeyError> {
    match text.chars().position(|character| !character.is_ascii_digit()) {
        Some(position) => Err(AccessKeyError::NotADigit { position: position + 1 }),
        None => Ok(()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn information(key: AccessKey) -> String {
        match key {
            AccessKey::Mrz(key) => String::from(key.information()),
            other => panic!("a {}", other.kind()),
        }
    }

    fn can(key: AccessKey) -> String {
        match key {
            AccessKey::Can(can) => String::from(can.digits()),
            other => panic!("a {}", other.kind()),
        }
    }

    fn refused(key: Result<AccessKey, AccessKeyError>) -> AccessKeyError {
        key.err().unwrap()
    }

    #[test]
    fn the_number_and_both_qr_codes_give_the_card_access_number() {
        for text in [
            "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15032021",
            "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||",
            "\u{FEFF}001199000001||Nguyễn Thị Mẫu|01011999|Nữ|Hà Nội|15032021\r\n",
        ] {
            assert_eq!(can(AccessKey::from_qr(text).unwrap()), "000001");
        }
        assert_eq!(can(AccessKey::from_number("001199123456").unwrap()), "123456");
        assert_eq!(can(AccessKey::from_can(" 123456\n").unwrap()), "123456");
    }

    #[test]
    fn what_only_the_holder_knows() {
        for (key, kind, reference) in [
            (AccessKey::from_pin(" 123456\n").unwrap(), PasswordKind::Pin, 3),
            (AccessKey::from_puk("1234567890").unwrap(), PasswordKind::Puk, 4),
            (AccessKey::from_pin("12345").unwrap(), PasswordKind::Pin, 3),
        ] {
            assert_eq!((key.kind(), key.reference()), (kind, reference));
        }
        let length = |kind, least, found| AccessKeyError::SecretLength { kind, least, found };
        assert_eq!(refused(AccessKey::from_pin("1234")), length(PasswordKind::Pin, 5, 4));
        assert_eq!(refused(AccessKey::from_pin("1234567890123")), length(PasswordKind::Pin, 5, 13));
        assert_eq!(refused(AccessKey::from_puk("1234567")), length(PasswordKind::Puk, 8, 7));
        assert_eq!(refused(AccessKey::from_puk("1234567x")), AccessKeyError::NotADigit { position: 8 });
    }

    #[test]
    fn the_zone_gives_the_seed() {
        let vietnam = "IDVNM1990000014001199000001<<5\n9901018F3901016VNM<<<<<<<<<<<2";
        assert_eq!(information(AccessKey::from_mrz(vietnam).unwrap()), "199000001499010183901016");
        let for_life = "IDVNM1600000016001160000001<<7\n6001010F9912315VNM<<<<<<<<<<<4";
        assert_eq!(information(AccessKey::from_mrz(for_life).unwrap()), "160000001660010109912315");
        // ICAO 9303-11 appendix D.2
        let long = "I<UTOD23145890<7349<<<<<<<<<<<3407127M9507122UTO<<<<<<<<<<<2STEVENSON<<PETER<JOHN<<<<<<<<<";
        assert_eq!(information(AccessKey::from_mrz(long).unwrap()), "D23145890734934071279507122");
    }

    #[test]
    fn the_fields_give_the_seed() {
        // ICAO 9303-11 appendix D.2: a number of 8 characters is filled up
        let key = AccessKey::from_fields("l898902c", "690806", "940623").unwrap();
        assert_eq!(information(key), "L898902C<369080619406236");
        let filled = AccessKey::from_fields("L898902C<", "690806", "940623").unwrap();
        assert_eq!(information(filled), "L898902C<369080619406236");
        let long = AccessKey::from_fields("D23145890734", "340712", "950712").unwrap();
        assert_eq!(information(long), "D23145890734934071279507122");
        let unknown_day = AccessKey::from_fields("D23145890", "3407<<", "950712").unwrap();
        assert_eq!(information(unknown_day).len(), 24);
    }

    #[test]
    fn an_error_says_what_is_wrong() {
        assert_eq!(refused(AccessKey::from_can("12345")), AccessKeyError::CanLength { found: 5 });
        assert_eq!(refused(AccessKey::from_can("12345a")), AccessKeyError::NotADigit { position: 6 });
        assert_eq!(refused(AccessKey::from_can("１23456")), AccessKeyError::NotADigit { position: 1 });
        assert_eq!(refused(AccessKey::from_number("00119900001")), AccessKeyError::NumberLength { found: 11 });
        assert_eq!(refused(AccessKey::from_qr("123456")), AccessKeyError::Qr(QrError::FieldCount { found: 1 }));
        let fields = |number, birth, expiry| refused(AccessKey::from_fields(number, birth, expiry));
        assert_eq!(fields("", "690806", "940623"), AccessKeyError::DocumentNumberLength { found: 0 });
        assert_eq!(fields("L898-902", "690806", "940623"), AccessKeyError::DocumentNumberCharacter { position: 5 });
        assert_eq!(fields("L898902C", "06081969", "940623"), AccessKeyError::Mrz(MrzError::Date(Field::Birth)));
        assert_eq!(fields("L898902C", "690806", "941323"), AccessKeyError::Mrz(MrzError::Date(Field::Expiry)));
        let wrong_digit = "IDVNM1990000014001199000001<<5\n9901018F3901015VNM<<<<<<<<<<<2";
        let expected = MrzError::CheckDigit { field: Field::Expiry, computed: 6, found: '5' };
        assert_eq!(refused(AccessKey::from_mrz(wrong_digit)), AccessKeyError::Mrz(expected));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}", other in "[0-9<A]{0,8}") {
            let _ = (AccessKey::from_can(&text), AccessKey::from_number(&text), AccessKey::from_qr(&text), AccessKey::from_mrz(&text));
            let _ = AccessKey::from_fields(&text, &other, &other);
        }
    }
}

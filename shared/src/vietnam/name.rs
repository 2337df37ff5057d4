//! Vietnamese names as the MRZ spells them: without diacritics, đ as D.

use alloc::string::String;

use crate::letter_case;

/// The text in capital letters A–Z without diacritics, one blank between words: `Nguyễn Thị Mẫu` is `NGUYEN THI MAU`. Letters written
/// precomposed or with combining marks come to the same. Other characters stay as they are, in capitals.
pub fn without_diacritics(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for word in text.split(|character: char| character.is_whitespace() || character == '<').filter(|word| !word.is_empty()) {
        if !plain.is_empty() {
            plain.push(' ');
        }
        plain.extend(word.chars().filter(|&character| !is_combining(character)).map(letter_case::capital).map(base_letter));
    }
    plain
}

/// Combining diacritical marks, which follow their letter in decomposed text.
fn is_combining(character: char) -> bool {
    matches!(character, '\u{0300}'..='\u{036F}')
}

/// The letter under a capital letter of the Vietnamese alphabet.
fn base_letter(capital: char) -> char {
    match capital {
        'À'..='Ã' | 'Ă' | 'Ạ'..='Ặ' => 'A',
        'Đ' => 'D',
        'È'..='Ê' | 'Ẹ'..='Ệ' => 'E',
        'Ì' | 'Í' | 'Ĩ' | 'Ỉ' | 'Ị' => 'I',
        'Ò'..='Õ' | 'Ơ' | 'Ọ'..='Ợ' => 'O',
        'Ù' | 'Ú' | 'Ũ' | 'Ư' | 'Ụ'..='Ự' => 'U',
        'Ý' | 'Ỳ'..='Ỹ' => 'Y',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_letter_of_the_alphabet() {
        assert_eq!(without_diacritics("ÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬ"), "A".repeat(17));
        assert_eq!(without_diacritics("ÈÉẺẼẸÊỀẾỂỄỆ"), "E".repeat(11));
        assert_eq!(without_diacritics("ÌÍỈĨỊ"), "I".repeat(5));
        assert_eq!(without_diacritics("ÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢ"), "O".repeat(17));
        assert_eq!(without_diacritics("ÙÚỦŨỤƯỪỨỬỮỰ"), "U".repeat(11));
        assert_eq!(without_diacritics("ỲÝỶỸỴ"), "Y".repeat(5));
        assert_eq!(without_diacritics("Đđ"), "DD");
    }

    #[test]
    fn names_of_any_writing() {
        assert_eq!(without_diacritics("Nguyễn  Thị Mẫu "), "NGUYEN THI MAU");
        // The same name, decomposed.
        assert_eq!(without_diacritics("Nguye\u{0302}\u{0303}n Thi\u{0323} Ma\u{0302}\u{0303}u"), "NGUYEN THI MAU");
        assert_eq!(without_diacritics("ĐẶNG<VĂN<<Ý"), "DANG VAN Y");
        assert_eq!(without_diacritics(""), "");
    }
}

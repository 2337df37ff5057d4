//! Machine-readable zones (ICAO 9303-3 §4.9, 9303-4 and 9303-5), composed out of their fields.

use super::MrzKey;

/// The fields of a TD1 zone (three lines of 30).
pub struct Td1<'a> {
    /// Document code, such as `ID`
    pub code: &'a str,
    /// Issuing state, three letters
    pub issuer: &'a str,
    /// Document number, up to 9 characters
    pub number: &'a str,
    /// Optional data of line 1, up to 15 characters
    pub optional: &'a str,
    /// Birth, YYMMDD
    pub birth: &'a str,
    /// `M`, `F` or `<`
    pub sex: &'a str,
    /// Expiry, YYMMDD
    pub expiry: &'a str,
    /// Nationality, three letters
    pub nationality: &'a str,
    /// Primary and secondary identifier, joined as in the zone: `NGUYEN<<THI<MAU`
    pub name: &'a str,
}

impl Td1<'_> {
    /// The 90 characters.
    pub fn compose(&self) -> String {
        let first = format!("{:<<2}{:<<3}{}{:<<15}", self.code, self.issuer, checked(&filled(self.number, 9)), self.optional);
        let dates = format!("{}{}{}", checked(self.birth), self.sex, checked(self.expiry));
        let middle = format!("{dates}{:<<3}{:<<11}", self.nationality, "");
        // Composite over line 1 from the document number and the checked fields of line 2 (9303-5 §4.2.4).
        let (_, tail) = first.split_at(5);
        let composite = check_digit(&format!("{tail}{}{}{}", checked(self.birth), checked(self.expiry), "<".repeat(11)));
        format!("{first}{middle}{composite}{}", filled(self.name, 30))
    }

    /// The fields that open the chip.
    pub fn key(&self) -> MrzKey {
        MrzKey { document_number: filled(self.number, 9), birth: self.birth.into(), expiry: self.expiry.into() }
    }
}

/// The fields of a TD3 zone (two lines of 44).
pub struct Td3<'a> {
    /// Document code, such as `P`
    pub code: &'a str,
    /// Issuing state, such as `D`
    pub issuer: &'a str,
    /// Primary and secondary identifier, joined as in the zone
    pub name: &'a str,
    /// Document number, up to 9 characters
    pub number: &'a str,
    /// Nationality
    pub nationality: &'a str,
    /// Birth, YYMMDD
    pub birth: &'a str,
    /// `M`, `F` or `<`
    pub sex: &'a str,
    /// Expiry, YYMMDD
    pub expiry: &'a str,
    /// Personal number, up to 14 characters
    pub optional: &'a str,
}

impl Td3<'_> {
    /// The 88 characters.
    pub fn compose(&self) -> String {
        let number = checked(&filled(self.number, 9));
        let dates = (checked(self.birth), checked(self.expiry));
        let optional = filled(self.optional, 14);
        // The check digit of an empty field may be a filler (9303-4 §4.2.2.2).
        let optional = if self.optional.is_empty() { format!("{optional}<") } else { checked(&optional) };
        let composite = check_digit(&format!("{number}{}{}{optional}", dates.0, dates.1));
        let second = format!("{number}{:<<3}{}{}{}{optional}{composite}", self.nationality, dates.0, self.sex, dates.1);
        format!("{:<<2}{:<<3}{}{second}", self.code, self.issuer, filled(self.name, 39))
    }

    /// The fields that open the chip.
    pub fn key(&self) -> MrzKey {
        MrzKey { document_number: filled(self.number, 9), birth: self.birth.into(), expiry: self.expiry.into() }
    }
}

/// Filled with `<` on the right to a width.
fn filled(text: &str, width: usize) -> String {
    format!("{text:<<width$}")
}

/// A field with its check digit behind it.
pub fn checked(field: &str) -> String {
    format!("{field}{}", check_digit(field))
}

/// Weights 7, 3, 1 over digits, letters from 10, and fillers as 0 (9303-3 §4.9).
fn check_digit(field: &str) -> u32 {
    field
        .chars()
        .zip([7, 3, 1].into_iter().cycle())
        .map(|(character, weight)| weight * character.to_digit(36).unwrap_or(0))
        .sum::<u32>()
        % 10
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of ICAO 9303-4 appendix B.
    #[test]
    fn td3_of_the_standard() {
        let zone = Td3 {
            code: "P",
            issuer: "UTO",
            name: "ERIKSSON<<ANNA<MARIA",
            number: "L898902C3",
            nationality: "UTO",
            birth: "740812",
            sex: "F",
            expiry: "120415",
            optional: "ZE184226B",
        };
        let expected = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<L898902C36UTO7408122F1204159ZE184226B<<<<<10";
        assert_eq!(zone.compose(), expected);
    }

    /// The example of ICAO 9303-5 appendix B.
    #[test]
    fn td1_of_the_standard() {
        let zone = Td1 {
            code: "I",
            issuer: "UTO",
            number: "D23145890",
            optional: "",
            birth: "740812",
            sex: "F",
            expiry: "120415",
            nationality: "UTO",
            name: "ERIKSSON<<ANNA<MARIA",
        };
        let expected = "I<UTOD231458907<<<<<<<<<<<<<<<7408122F1204159UTO<<<<<<<<<<<6ERIKSSON<<ANNA<MARIA<<<<<<<<<<";
        assert_eq!(zone.compose(), expected);
    }
}

//! What the portal answers, and what it comes to. The answer is untrusted: it may be about another person, or contradict itself.

use serde_json::Value;
use soat::time::Date;
use soat::vietnam::expiry::day_month_year;

use super::failure::Failure;
use super::person::{Birth, Person};

/// No text of an answer that is shown is longer, in letters.
const LONGEST_TEXT: usize = 300;

/// An answer of the portal. Personal data: has no `Debug`.
#[derive(Clone)]
pub struct Answer {
    /// `maKetQua`: what it comes to.
    pub code: String,
    /// `ghiChu`: the portal's own words.
    pub text: Option<String>,
    /// `maThe`, or `maTheMoi` where the card was replaced: the code of the card that holds.
    pub card: Option<String>,
    /// `gtTheTu` (or `gtTheTuMoi`): first day.
    pub valid_from: Option<String>,
    /// `gtTheDen` (or `gtTheDenMoi`): last day.
    pub valid_to: Option<String>,
    /// `maDKBD`: the facility where the person is registered.
    pub facility: Option<String>,
    name: Option<String>,
    birth: Option<String>,
}

/// What the portal says of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// 000
    Valid,
    /// 001: the army keeps the records.
    Army,
    /// 002: the police keep the records.
    Police,
    /// 003: another card has taken the place of this one.
    Replaced,
    /// 010
    Expired,
    /// 050
    NotFound,
    /// 054: the officer who asks is not registered.
    OfficerUnknown,
    /// 055: the officer's name is another.
    OfficerNameDiffers,
    /// Any other.
    Other,
}

/// What an answer is worth, after it has been compared with whom it is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conclusion {
    /// What the portal says.
    Says(Standing),
    /// Name or birth are another person's: nothing of the answer is used.
    OtherPerson,
    /// It calls the person insured and does not say whom it means.
    Nameless,
    /// It calls the person insured, and the days that it gives say otherwise.
    Contradiction,
}

impl Answer {
    /// Reads an answer with HTTP status 200.
    ///
    /// # Errors
    /// `TokenRefused` for the code 401, `Unreadable` for what is no answer.
    pub fn parse(bytes: &[u8]) -> Result<Self, Failure> {
        let document: Value = serde_json::from_slice(bytes).map_err(|_| Failure::Unreadable)?;
        let code = text(&document, "maKetQua").ok_or(Failure::Unreadable)?;
        if code == "401" {
            return Err(Failure::TokenRefused);
        }
        let newest = |replaced, plain| {
            Some(()).filter(|()| code == "003").and_then(|()| text(&document, replaced)).or_else(|| text(&document, plain))
        };
        Ok(Self {
            text: text(&document, "ghiChu"),
            card: newest("maTheMoi", "maThe"),
            valid_from: newest("gtTheTuMoi", "gtTheTu"),
            valid_to: newest("gtTheDenMoi", "gtTheDen"),
            facility: text(&document, "maDKBD"),
            name: text(&document, "hoTen"),
            birth: text(&document, "ngaySinh"),
            code,
        })
    }

    /// What its code says.
    pub fn standing(&self) -> Standing {
        match self.code.as_str() {
            "000" => Standing::Valid,
            "001" => Standing::Army,
            "002" => Standing::Police,
            "003" => Standing::Replaced,
            "010" => Standing::Expired,
            "050" => Standing::NotFound,
            "054" => Standing::OfficerUnknown,
            "055" => Standing::OfficerNameDiffers,
            _ => Standing::Other,
        }
    }

    /// What it is worth, about this person and on this day.
    pub fn conclude(&self, person: &Person, today: Date) -> Conclusion {
        let is_other_name = self.name.as_deref().is_some_and(|name| !person.is_called(name));
        let is_other_birth =
            self.birth.as_deref().is_some_and(|text| !Birth::parse(text).is_some_and(|birth| birth.agrees(person.birth)));
        let standing = self.standing();
        let day = |text: &Option<String>| text.as_deref().and_then(day_month_year);
        let days = |day: Date| day.days_since_epoch();
        match standing {
            _ if is_other_name || is_other_birth => Conclusion::OtherPerson,
            Standing::Valid if self.name.is_none() => Conclusion::Nameless,
            Standing::Valid
                if day(&self.valid_to).is_some_and(|last| days(last) < days(today))
                    || day(&self.valid_from).is_some_and(|first| days(first) > days(today)) =>
            {
                Conclusion::Contradiction
            }
            standing => Conclusion::Says(standing),
        }
    }
}

/// A field's text, where it has one.
fn text(document: &Value, key: &str) -> Option<String> {
    let text = match document.get(key)? {
        Value::String(text) => text.trim().to_owned(),
        Value::Number(number) => number.to_string(),
        _ => return None,
    };
    Some(text.chars().take(LONGEST_TEXT).collect::<String>()).filter(|text| !text.is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    fn today() -> Date {
        Date::new(2026, 11, 22).unwrap()
    }

    fn conclusion(document: &Value) -> Conclusion {
        let person = Person::unverified("001199000001", "Nguyễn Thị Mẫu", "01/01/1999").unwrap();
        Answer::parse(document.to_string().as_bytes()).ok().unwrap().conclude(&person, today())
    }

    fn valid() -> Value {
        json!({ "maKetQua": "000", "hoTen": "NGUYỄN THỊ MẪU", "ngaySinh": "01/01/1999", "gtTheTu": "01/01/2026", "gtTheDen": "31/12/2026" })
    }

    fn with(key: &str, value: Value) -> Value {
        let mut document = valid();
        document.as_object_mut().unwrap().insert(key.to_owned(), value);
        document
    }

    #[test]
    fn every_code_that_is_known() {
        let standings = [
            ("000", Standing::Valid),
            ("001", Standing::Army),
            ("002", Standing::Police),
            ("003", Standing::Replaced),
            ("010", Standing::Expired),
            ("050", Standing::NotFound),
            ("054", Standing::OfficerUnknown),
            ("055", Standing::OfficerNameDiffers),
            ("110", Standing::Other),
            ("0000", Standing::Other),
        ];
        for (code, standing) in standings {
            assert_eq!(conclusion(&with("maKetQua", code.into())), Conclusion::Says(standing), "{code}");
        }
    }

    #[test]
    fn a_portal_that_lies_is_not_believed() {
        for birth in ["01/01/1999", "1999"] {
            assert_eq!(conclusion(&with("ngaySinh", birth.into())), Conclusion::Says(Standing::Valid));
        }
        let lies = [
            ("hoTen", json!("NGUYEN THI KHAC"), Conclusion::OtherPerson),
            ("ngaySinh", json!("02/01/1999"), Conclusion::OtherPerson),
            ("ngaySinh", json!("2000"), Conclusion::OtherPerson),
            ("ngaySinh", json!("soon"), Conclusion::OtherPerson),
            ("hoTen", json!(null), Conclusion::Nameless),
            ("hoTen", json!(" "), Conclusion::Nameless),
            ("gtTheDen", json!("21/11/2026"), Conclusion::Contradiction),
            ("gtTheTu", json!("23/11/2026"), Conclusion::Contradiction),
        ];
        for (key, value, expected) in lies {
            assert_eq!(conclusion(&with(key, value.clone())), expected, "{key}: {value}");
        }
        for (key, day) in [("gtTheDen", "22/11/2026"), ("gtTheTu", "22/11/2026")] {
            assert_eq!(conclusion(&with(key, day.into())), Conclusion::Says(Standing::Valid), "{key}");
        }
    }

    #[test]
    fn what_is_no_answer() {
        let failure = |bytes: &[u8]| Answer::parse(bytes).err();
        let deep = "[".repeat(100_000);
        for bytes in ["", "<html>", "[]", "{}", r#"{"maKetQua":null}"#, r#"{"maKetQua":""}"#, deep.as_str()] {
            assert_eq!(failure(bytes.as_bytes()), Some(Failure::Unreadable), "{bytes:.40}");
        }
        assert_eq!(failure(b"{\"maKetQua\":\"\xFF\"}"), Some(Failure::Unreadable));
        assert_eq!(failure(br#"{"maKetQua":"401"}"#), Some(Failure::TokenRefused));
        assert_eq!(failure(br#"{"maKetQua":401}"#), Some(Failure::TokenRefused));
    }

    #[test]
    fn the_new_card_is_named_where_the_old_one_was_replaced() {
        let document = json!({ "maKetQua": "003", "maThe": "DN4010000000001", "maTheMoi": "DN4010000000002" });
        assert_eq!(Answer::parse(document.to_string().as_bytes()).ok().unwrap().card.as_deref(), Some("DN4010000000002"));
    }
}

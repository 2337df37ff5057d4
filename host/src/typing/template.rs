//! What is typed: `{personal_number}{tab}{full_name:upper}{tab}{birth:dd/mm/yyyy}{enter}`.
//!
//! ```text
//! template = *( letter / "{{" / "}}" / "{" ( key / field ) "}" )
//! key      = "tab" / "enter"
//! field    = name [ ":" format ] [ "|" otherwise ]
//! name     = a field of the identity, or "number" / "name"
//! format   = of dates: dd, mm, yyyy, yy and what stands between them; of texts: "upper" / "plain"; of the sex: male "/" female
//! ```
//!
//! `otherwise` is typed where the card does not say the field; without it nothing is.

use soat::inspection::{Disclosure, IdentityField, Profile};
use soat::time::Date;
use soat::vietnam::name::without_diacritics;
use zeroize::Zeroizing;

use super::Keys;
use crate::commands::judging::{Field, Value};
use crate::error::{Error, Result};
use crate::printable::steers;

/// Longest template, in letters.
const LONGEST: usize = 1000;
/// Most fields in a template.
const MOST_FIELDS: usize = 40;
/// Longest text of a field that is typed, in letters: no field of a genuine card has more.
const LONGEST_FIELD: usize = 200;
/// A date without a format.
const DATE: &str = "dd/mm/yyyy";
/// The sexes without a format, as the card prints them.
const SEXES: (&str, &str) = ("Nam", "Nữ");

/// A template that makes sense.
pub struct Template(Vec<Part>);

enum Part {
    Text(String),
    Tab,
    Enter,
    Field { field: IdentityField, column: usize, format: Format, otherwise: String },
}

enum Format {
    Date(Vec<DatePart>),
    Sex { male: String, female: String },
    AsWritten,
    Upper,
    Plain,
}

enum DatePart {
    Day,
    Month,
    Year,
    ShortYear,
    Between(char),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// What is wrong, and at which column: letters, from 1.
    pub fn parse(text: &str) -> Result<Self> {
        let letters: Vec<char> = text.chars().collect();
        if letters.len() > LONGEST {
            return Err(Error::usage("type-too-long").with("most", LONGEST));
        }
        let mut parts = Vec::new();
        let mut plain = String::new();
        let mut rest = letters.iter().copied().enumerate().peekable();
        while let Some((place, letter)) = rest.next() {
            let column = place + 1;
            let doubled = rest.next_if(|(_, next)| *next == letter && (letter == '{' || letter == '}')).is_some();
            match letter {
                '{' | '}' if doubled => plain.push(letter),
                '}' => return Err(Error::usage("type-brace-alone").with("column", column)),
                '{' => {
                    let mut inside = String::new();
                    loop {
                        match rest.next() {
                            Some((_, '}')) => break,
                            Some((_, letter)) if letter != '{' => inside.push(letter),
                            _ => return Err(Error::usage("type-brace-open").with("column", column)),
                        }
                    }
                    if !plain.is_empty() {
                        parts.push(Part::Text(std::mem::take(&mut plain)));
                    }
                    parts.push(part(&inside, column)?);
                }
                letter if steers(letter) => return Err(Error::usage("type-control").with("column", column)),
                letter => plain.push(letter),
            }
        }
        if !plain.is_empty() {
            parts.push(Part::Text(plain));
        }
        if parts.is_empty() {
            return Err(Error::usage("type-empty"));
        }
        if parts.iter().filter(|part| matches!(part, Part::Field { .. })).count() > MOST_FIELDS {
            return Err(Error::usage("type-too-many").with("most", MOST_FIELDS));
        }
        Ok(Self(parts))
    }

    /// Whether a profile releases all that is asked for.
    ///
    /// # Errors
    /// Which field it withholds, and where the template asks for it.
    pub fn check(&self, profile: &Profile) -> Result<()> {
        if profile.disclosure == Disclosure::Decision {
            return Err(Error::usage("disclosure-decision").with("name", "--type"));
        }
        for part in &self.0 {
            if let Part::Field { field, column, .. } = part
                && !profile.released.has(*field)
            {
                let error = Error::usage("type-withheld").with("column", column).with("name", field.name());
                return Err(error.with("profile", profile.name));
            }
        }
        Ok(())
    }

    /// The keys for a verified identity. What the card says is letters, whatever it says: it becomes no key.
    pub fn keys(&self, fields: &[Field]) -> Keys {
        let mut text = Zeroizing::new(String::new());
        for part in &self.0 {
            match part {
                Part::Text(plain) => text.push_str(plain),
                Part::Tab => text.push('\t'),
                Part::Enter => text.push('\n'),
                Part::Field { field, format, otherwise, .. } => {
                    let value = fields.iter().find(|candidate| candidate.name == field.name());
                    match value.and_then(|field| format.written(&field.value)) {
                        Some(written) => text.push_str(&letters(&written)),
                        None => text.push_str(otherwise),
                    }
                }
            }
        }
        Keys(text)
    }
}

/// What stands between braces. Columns are counted from the brace.
fn part(inside: &str, column: usize) -> Result<Part> {
    if let Some(place) = inside.chars().position(steers) {
        return Err(Error::usage("type-control").with("column", column + 1 + place));
    }
    let (described, otherwise) = inside.split_once('|').unwrap_or((inside, ""));
    let (name, format) = described.split_once(':').map_or((described, None), |(name, format)| (name, Some(format)));
    let is_bare = format.is_none() && !inside.contains('|');
    let field = match name {
        "tab" if is_bare => return Ok(Part::Tab),
        "enter" if is_bare => return Ok(Part::Enter),
        "number" => IdentityField::PersonalNumber,
        "name" => IdentityField::FullName,
        // A picture cannot be typed.
        "photo" => return Err(Error::usage("type-unknown").with("column", column + 1).with("name", name)),
        name => match IdentityField::by_name(name) {
            Some(field) => field,
            None => return Err(Error::usage("type-unknown").with("column", column + 1).with("name", name)),
        },
    };
    let format_column = column + 1 + name.chars().count() + 1;
    let format = Format::parse(field, format, format_column)?;
    Ok(Part::Field { field, column: column + 1, format, otherwise: otherwise.to_owned() })
}

impl Format {
    fn parse(field: IdentityField, format: Option<&str>, column: usize) -> Result<Self> {
        let wrong = |id, place: usize| Error::usage(id).with("column", column + place).with("name", field.name());
        match field {
            IdentityField::Birth | IdentityField::Issue | IdentityField::Expiry => date(format.unwrap_or(DATE)).map(Self::Date),
            IdentityField::Sex => match format {
                None => Ok((SEXES.0.to_owned(), SEXES.1.to_owned())),
                Some(format) => match format.split_once('/') {
                    Some((male, female)) if !male.is_empty() && !female.is_empty() => Ok((male.to_owned(), female.to_owned())),
                    _ => Err(0),
                },
            }
            .map(|(male, female)| Self::Sex { male, female }),
            _ => match format {
                None => Ok(Self::AsWritten),
                Some("upper") => Ok(Self::Upper),
                Some("plain") => Ok(Self::Plain),
                Some(_) => Err(0),
            },
        }
        .map_err(|place| match field {
            IdentityField::Birth | IdentityField::Issue | IdentityField::Expiry => wrong("type-format-date", place),
            IdentityField::Sex => wrong("type-format-sex", place),
            _ => wrong("type-format-text", place),
        })
    }

    /// A value so written; `None` where the card says none of this kind.
    fn written(&self, value: &Value) -> Option<Zeroizing<String>> {
        let text = match (self, value) {
            (_, Value::NoExpiry) => return None,
            (Self::Date(parts), Value::Date(day)) => parts.iter().map(|part| part.written(*day)).collect(),
            (Self::Sex { male, .. }, Value::Sex("male")) => male.clone(),
            (Self::Sex { female, .. }, Value::Sex("female")) => female.clone(),
            (Self::Sex { .. }, _) => return None,
            (Self::Upper, Value::Text(text)) => text.to_uppercase(),
            (Self::Plain, Value::Text(text)) => without_diacritics(text),
            // A date of which only parts are known is typed as the card has it.
            (_, Value::Text(text)) => text.clone(),
            (_, Value::Date(day)) => day.to_string(),
            (_, Value::Sex(sex)) => (*sex).to_owned(),
        };
        Some(Zeroizing::new(text))
    }
}

/// A format of dates: at least one part of a date; the place of what makes none.
fn date(format: &str) -> std::result::Result<Vec<DatePart>, usize> {
    let mut parts = Vec::new();
    let mut rest = format;
    while let Some(letter) = rest.chars().next() {
        let known = [("dd", DatePart::Day), ("mm", DatePart::Month), ("yyyy", DatePart::Year), ("yy", DatePart::ShortYear)];
        let part = known.into_iter().find_map(|(word, part)| Some((rest.strip_prefix(word)?, part)));
        let (after, part) = match part {
            Some(found) => found,
            None if "/-. ".contains(letter) => (rest.get(1..).unwrap_or_default(), DatePart::Between(letter)),
            None => return Err(format.chars().count() - rest.chars().count()),
        };
        parts.push(part);
        rest = after;
    }
    if parts.iter().all(|part| matches!(part, DatePart::Between(_))) { Err(0) } else { Ok(parts) }
}

impl DatePart {
    fn written(&self, day: Date) -> String {
        match self {
            Self::Day => format!("{:02}", day.day()),
            Self::Month => format!("{:02}", day.month()),
            Self::Year => format!("{:04}", day.year()),
            Self::ShortYear => format!("{:02}", day.year() % 100),
            Self::Between(letter) => letter.to_string(),
        }
    }
}

/// What a card says as letters alone: breaks and tabulators become blanks, other controls and marks of direction nothing.
fn letters(text: &str) -> Zeroizing<String> {
    let blank = |letter: char| if matches!(letter, '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}') { ' ' } else { letter };
    Zeroizing::new(text.chars().map(blank).filter(|letter| !steers(*letter)).take(LONGEST_FIELD).collect())
}

#[cfg(test)]
mod tests;

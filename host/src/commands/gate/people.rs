//! Who may come in, out of a CSV file with a line of names at its top.
//!
//! ```csv
//! person,schedule,from,until,facility,card,blocked
//! 001199000001,office,2026-01-01,2026-12-31,17,4711,
//! 6F1C…,,,,,,yes
//! ```
//!
//! A person is a personal number of 12 digits, which becomes a pseudonym here and is kept nowhere, or a pseudonym of 32 hexadecimal digits.
//! Errors name line and column and repeat nothing of what stands there.

use std::collections::BTreeMap;
use std::path::Path;

use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::pack::access_list::{Credential, Entry, Person};
use soat::inspection::PseudonymKey;
use soat::time::Date;
use zeroize::Zeroizing;

use super::policy::Policy;
use crate::error::{Error, Result};

/// More than a pack has room for, in bytes.
const LONGEST: u64 = 1 << 20;
const COLUMNS: [&str; 7] = ["person", "schedule", "from", "until", "facility", "card", "blocked"];

/// Reads the people, with the key and the name of their site.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read(path: &Path, key: &PseudonymKey, site: &str, policy: &Policy) -> Result<BTreeMap<Person, Entry>> {
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    let length = std::fs::metadata(path).map_err(unreadable)?.len();
    if length > LONGEST {
        return Err(Error::usage("gate-people-too-large").with("path", path.display()));
    }
    let bytes = Zeroizing::new(std::fs::read(path).map_err(unreadable)?);
    // Spreadsheets put a byte order mark before UTF-8.
    let text = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&bytes);
    let list = List { path, key, site, policy };
    list.parse(std::str::from_utf8(text).map_err(|_| list.wrong("gate-people-not-utf8", 1, ""))?)
}

struct List<'a> {
    path: &'a Path,
    key: &'a PseudonymKey,
    site: &'a str,
    policy: &'a Policy,
}

impl List<'_> {
    fn wrong(&self, id: &'static str, line: usize, column: &str) -> Error {
        Error::usage(id).with("path", self.path.display()).with("line", line).with("column", column)
    }

    fn parse(&self, text: &str) -> Result<BTreeMap<Person, Entry>> {
        let mut lines = text.lines().enumerate().map(|(number, line)| (number + 1, line.trim()));
        let (_, head) = lines.next().unwrap_or((1, ""));
        // A Vietnamese spreadsheet separates by semicolons.
        let separator = if head.contains(';') { ';' } else { ',' };
        let columns = head.split(separator).map(|name| {
            let place = COLUMNS.iter().position(|known| *known == name.trim().trim_matches('"').to_lowercase());
            place.ok_or_else(|| self.wrong("gate-people-head", 1, "").with("valid", COLUMNS.join(",")))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        if !columns.contains(&0) {
            return Err(self.wrong("gate-people-head", 1, "").with("valid", COLUMNS.join(",")));
        }
        let mut people = BTreeMap::new();
        for (line, text) in lines.filter(|(_, line)| !line.is_empty()) {
            let fields: Vec<&str> = text.split(separator).map(|field| field.trim().trim_matches('"').trim()).collect();
            if fields.len() != columns.len() {
                return Err(self.wrong("gate-people-fields", line, ""));
            }
            let field = |column: usize| {
                let place = columns.iter().position(|known| *known == column)?;
                fields.get(place).copied().filter(|field| !field.is_empty())
            };
            let (person, entry) = self.person(line, field)?;
            if people.insert(person, entry).is_some() {
                return Err(self.wrong("gate-people-twice", line, "person"));
            }
        }
        Ok(people)
    }

    fn person<'b>(&self, line: usize, field: impl Fn(usize) -> Option<&'b str>) -> Result<(Person, Entry)> {
        let [person, schedule, from, until, facility, card, blocked] = std::array::from_fn(field);
        let wrong = |column: &str| self.wrong("gate-people-value", line, column);
        let person = self.pseudonym(person.unwrap_or_default()).ok_or_else(|| wrong("person"))?;
        let schedule = schedule.map(|name| {
            let place = self.policy.schedules.iter().position(|(known, _)| known == name);
            place.and_then(|place| u8::try_from(place).ok()).ok_or_else(|| self.wrong("gate-people-schedule", line, "schedule"))
        });
        let day = |text: Option<&str>, column| text.map(|text| date(text).ok_or_else(|| wrong(column))).transpose();
        let (from, until) = (day(from, "from")?, day(until, "until")?);
        let credential = match (facility, card) {
            (None, None) => None,
            (facility, card) => {
                let facility = facility.unwrap_or("0").parse().map_err(|_| wrong("facility"))?;
                let number = card.and_then(|card| card.parse().ok()).ok_or_else(|| wrong("card"))?;
                Some(Credential { facility, number })
            }
        };
        let blocked = match blocked.map(str::to_lowercase).as_deref() {
            None | Some("no" | "0" | "false" | "không") => false,
            Some("yes" | "1" | "true" | "x" | "có") => true,
            Some(_) => return Err(wrong("blocked")),
        };
        Ok((person, Entry { blocked, schedule: schedule.transpose()?, from, until, credential }))
    }

    fn pseudonym(&self, text: &str) -> Option<Person> {
        if text.len() == 32 {
            return hex::decode(text).ok()?.try_into().ok();
        }
        self.key.pseudonym(self.site, text, &RustCrypto).map(|pseudonym| *pseudonym.as_bytes())
    }
}

/// `2026-12-31` or `31/12/2026`.
pub fn date(text: &str) -> Option<Date> {
    let parts: Vec<&str> = text.split(['-', '/']).collect();
    let number = |text: &str| text.parse::<u16>().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    let [year, month, day] = match parts.as_slice() {
        [year, month, day] if year.len() == 4 && text.contains('-') => [year, month, day],
        [day, month, year] if year.len() == 4 && text.contains('/') => [year, month, day],
        _ => return None,
    };
    Date::new(number(year)?, u8::try_from(number(month)?).ok()?, u8::try_from(number(day)?).ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use soat::gate::pack::schedule::Schedule;

    fn parsed(text: &str) -> Result<BTreeMap<Person, Entry>> {
        let policy = Policy {
            schedules: vec![("office".into(), Schedule(vec![])), ("night".into(), Schedule(vec![]))],
            ..Policy::default()
        };
        let key = PseudonymKey::new([7; 32]);
        List { path: Path::new("people.csv"), key: &key, site: "north", policy: &policy }.parse(text)
    }

    fn pseudonym(number: &str) -> Person {
        *PseudonymKey::new([7; 32]).pseudonym("north", number, &RustCrypto).unwrap().as_bytes()
    }

    #[test]
    fn people_are_read_by_number_and_by_pseudonym() {
        let text = "person,schedule,from,until,facility,card,blocked\r\n001199000001,night,2026-01-01,31/12/2026,17,4711,\r\n\
                    \r\n000102030405060708090A0B0C0D0E0F,,,,,,có\r\n";
        let people = parsed(text).unwrap();
        let entry = Entry {
            blocked: false,
            schedule: Some(1),
            from: Date::new(2026, 1, 1),
            until: Date::new(2026, 12, 31),
            credential: Some(Credential { facility: 17, number: 4711 }),
        };
        let blocked = Entry { blocked: true, ..Entry::ALWAYS };
        let other = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];
        assert_eq!(people, BTreeMap::from([(pseudonym("001199000001"), entry), (other, blocked)]));
        // In another order, separated as a Vietnamese spreadsheet does, and with few columns.
        let people = parsed("Card;\"Person\"\n9;001199000001\n").unwrap();
        let credential = Some(Credential { facility: 0, number: 9 });
        assert_eq!(people, BTreeMap::from([(pseudonym("001199000001"), Entry { credential, ..Entry::ALWAYS })]));
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place_and_not_repeated() {
        let messages = crate::messages::Messages::new(crate::messages::Language::En);
        for (text, id, place) in [
            ("", "gate-people-head", "line 1"),
            ("person,name\n", "gate-people-head", "line 1"),
            ("schedule\noffice\n", "gate-people-head", "line 1"),
            ("person\n001199000001,x\n", "gate-people-fields", "line 2"),
            ("person\n00119900000\n", "gate-people-value", "line 2, column person"),
            ("person,schedule\n001199000001,late\n", "gate-people-schedule", "line 2"),
            ("person,from\n001199000001,2026-02-30\n", "gate-people-value", "line 2, column from"),
            ("person,card\n001199000001,x\n", "gate-people-value", "line 2, column card"),
            ("person,facility\n001199000001,70000\n", "gate-people-value", "line 2, column facility"),
            ("person,blocked\n001199000001,maybe\n", "gate-people-value", "line 2, column blocked"),
            ("person\n001199000001\n\n001199000001\n", "gate-people-twice", "line 4"),
        ] {
            let error = parsed(text).unwrap_err();
            assert_eq!(error.id(), id, "{text}");
            let message = error.message(&messages);
            assert!(message.contains(place) && !message.contains("0011990"), "{message}");
        }
    }
}

//! The policy of a pack, out of a TOML file: how gates behave, and when people may come in. What is wrong is said with line and column.
//!
//! ```toml
//! zone_minutes = 420
//!
//! [settings]
//! pulse_ms = 3000
//! code_ms = 15000
//! card_ms = 15000
//! passback_seconds = 0
//! reading_ms = 20000
//! face = "skipped"            # or "hashed"
//!
//! [schedules]
//! office = ["mon-fri 07:00-18:00", "sat 08:00-12:00"]
//! night = ["daily 22:00-06:00"]
//! ```

use std::ops::RangeInclusive;
use std::path::Path;

use soat::gate::pack::schedule::{Days, Schedule, Window};
use soat::gate::pack::{MAX_SCHEDULES, MAX_WINDOWS, Portrait, Settings};
use toml_edit::{Document, Item, Key, Table};

use crate::error::{Error, Result};
use crate::profile_file::Source;

/// In Vietnam, seven hours ahead of UTC.
const ZONE: i16 = 420;
const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// How gates behave, and the schedules by name.
pub struct Policy {
    /// What local time is ahead of UTC, in minutes.
    pub zone_minutes: i16,
    /// How they behave.
    pub settings: Settings,
    /// In the order of the file, which is that of their numbers.
    pub schedules: Vec<(String, Schedule)>,
}

impl Default for Policy {
    fn default() -> Self {
        Self { zone_minutes: ZONE, settings: Settings::default(), schedules: Vec::new() }
    }
}

/// Reads a policy.
///
/// # Errors
/// The first thing that is wrong, with its place.
pub fn read(path: &Path) -> Result<Policy> {
    parse(&Source::read(path)?)
}

fn parse(source: &Source) -> Result<Policy> {
    let document = Document::parse(source.text.as_str()).map_err(|error| source.syntax(&error))?;
    let mut policy = Policy::default();
    for (key, item) in entries(document.as_table()) {
        match key.get() {
            "zone_minutes" => policy.zone_minutes = number(source, key, item, -840..=840)?,
            "settings" => read_settings(source, table(source, key, item)?, &mut policy.settings)?,
            "schedules" => policy.schedules = read_schedules(source, key, table(source, key, item)?)?,
            _ => return Err(unknown(source, key, "zone_minutes, settings, schedules")),
        }
    }
    Ok(policy)
}

fn entries(table: &Table) -> impl Iterator<Item = (&Key, &Item)> {
    table.iter().filter_map(|(name, _)| table.get_key_value(name))
}

fn read_settings(source: &Source, table: &Table, settings: &mut Settings) -> Result<()> {
    for (key, item) in entries(table) {
        match key.get() {
            "pulse_ms" => settings.pulse_ms = number(source, key, item, 100..=60_000)?,
            "code_ms" => settings.code_ms = number(source, key, item, 1000..=120_000)?,
            "card_ms" => settings.card_ms = number(source, key, item, 1000..=120_000)?,
            "passback_seconds" => settings.passback_seconds = number(source, key, item, 0..=86_400)?,
            "reading_ms" => settings.reading_ms = number(source, key, item, 1000..=60_000)?,
            "face" => {
                settings.face = match item.as_str() {
                    Some("skipped") => Portrait::Skipped,
                    Some("hashed") => Portrait::Hashed,
                    found => {
                        let error = source.error("profile-value-unknown", place(key, item)).with("name", key.get());
                        return Err(error.with("found", found.unwrap_or("?")).with("valid", "skipped, hashed"));
                    }
                }
            }
            _ => return Err(unknown(source, key, "pulse_ms, code_ms, card_ms, passback_seconds, reading_ms, face")),
        }
    }
    Ok(())
}

fn read_schedules(source: &Source, all: &Key, table: &Table) -> Result<Vec<(String, Schedule)>> {
    let mut schedules = Vec::new();
    for (key, item) in entries(table) {
        let list = item.as_array().ok_or_else(|| source.error("profile-not-list", place(key, item)).with("name", key.get()))?;
        if list.len() > MAX_WINDOWS {
            let error = source.error("gate-policy-too-many", place(key, item)).with("name", key.get());
            return Err(error.with("most", MAX_WINDOWS));
        }
        let windows = list.iter().map(|value| {
            let at = value.span().unwrap_or_else(|| place(key, item));
            value.as_str().and_then(window).ok_or_else(|| source.error("gate-policy-window", at).with("name", key.get()))
        });
        schedules.push((key.get().to_owned(), Schedule(windows.collect::<Result<_>>()?)));
    }
    if schedules.len() > MAX_SCHEDULES {
        let error = source.error("gate-policy-too-many", all.span().unwrap_or_default()).with("name", all.get());
        return Err(error.with("most", MAX_SCHEDULES));
    }
    Ok(schedules)
}

/// `mon-fri 07:00-18:00`, `sat 08:00-12:00`, `mon,wed 22:00-06:00`, `daily 00:00-24:00`.
fn window(text: &str) -> Option<Window> {
    let (days, hours) = text.trim().split_once(' ')?;
    let (from, until) = hours.trim().split_once('-')?;
    let from = minutes(from).filter(|minutes| *minutes < 24 * 60)?;
    Some(Window { days: Days(days_of(days)?), from, until: minutes(until)? })
}

fn days_of(text: &str) -> Option<u8> {
    if text == "daily" {
        return Some(Days::ALL.0);
    }
    let day = |name: &str| DAYS.iter().position(|known| *known == name);
    text.split(',').try_fold(0_u8, |days, part| {
        let (first, last) = part.split_once('-').unwrap_or((part, part));
        let (first, last) = (day(first)?, day(last)?);
        // From Saturday to Monday is over the end of the week.
        let count = (last + DAYS.len() - first) % DAYS.len();
        Some((0..=count).fold(days, |days, step| days | 1 << ((first + step) % DAYS.len())))
    })
}

/// Minutes after midnight; 24:00 is the end of the day.
fn minutes(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let number =
        |text: &str| text.parse::<u16>().ok().filter(|_| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit()));
    let (hours, minutes) = (number(hours)?, number(minutes)?);
    (minutes < 60 && hours * 60 + minutes <= 24 * 60).then_some(hours * 60 + minutes)
}

fn place(key: &Key, item: &Item) -> std::ops::Range<usize> {
    item.span().or_else(|| key.span()).unwrap_or_default()
}

fn table<'a>(source: &Source, key: &Key, item: &'a Item) -> Result<&'a Table> {
    item.as_table().ok_or_else(|| source.error("profile-not-table", place(key, item)).with("name", key.get()))
}

fn number<T: TryFrom<i64> + PartialOrd + ToString>(
    source: &Source,
    key: &Key,
    item: &Item,
    range: RangeInclusive<T>,
) -> Result<T> {
    let wrong = |id| source.error(id, place(key, item)).with("name", key.get());
    let number = item.as_integer().ok_or_else(|| wrong("profile-not-number"))?;
    let found = T::try_from(number).ok().filter(|number| range.contains(number));
    found.ok_or_else(|| {
        wrong("profile-number-range").with("least", range.start().to_string()).with("most", range.end().to_string())
    })
}

fn unknown(source: &Source, key: &Key, valid: &str) -> Error {
    source.error("profile-key-unknown", key.span().unwrap_or_default()).with("name", key.get()).with("valid", valid)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Policy> {
        parse(&Source { name: "policy.toml".into(), text: text.into() })
    }

    #[test]
    fn a_policy_says_how_and_when() {
        let policy = parsed(
            "zone_minutes = -60\n[settings]\npulse_ms = 5000\nface = \"hashed\"\n[schedules]\n\
             office = [\"mon-fri 07:00-18:00\", \"sat 08:00-12:00\"]\nnight = [\"daily 22:00-06:00\"]\n",
        )
        .unwrap();
        assert_eq!(policy.zone_minutes, -60);
        assert_eq!((policy.settings.pulse_ms, policy.settings.face, policy.settings.card_ms), (5000, Portrait::Hashed, 15_000));
        let office =
            vec![Window { days: Days::WORKING, from: 420, until: 1080 }, Window { days: Days(0x20), from: 480, until: 720 }];
        let night = vec![Window { days: Days::ALL, from: 1320, until: 360 }];
        assert_eq!(policy.schedules, [("office".into(), Schedule(office)), ("night".into(), Schedule(night))]);
        let empty = parsed("").unwrap();
        assert_eq!((empty.zone_minutes, empty.settings), (420, Settings::default()));
    }

    #[test]
    fn windows_are_read_or_refused() {
        let days = |text: &str| window(&format!("{text} 00:00-24:00")).map(|window| window.days.0);
        assert_eq!(days("sat-mon"), Some(0x61));
        assert_eq!(days("mon,wed,sun"), Some(0x45));
        for wrong in
            ["", "mon", "mon 07:00", "mon 7:00-18:00", "mon 07:00-24:01", "mon 24:00-06:00", "mo 07:00-18:00", "mon 07:60-18:00"]
        {
            assert_eq!(window(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_place() {
        let messages = crate::messages::Messages::new(crate::messages::Language::En);
        for (text, id, place) in [
            ("zone = 1", "profile-key-unknown", "line 1, column 1"),
            ("\nzone_minutes = 900", "profile-number-range", "line 2, column 16"),
            ("[settings]\nface = \"kept\"", "profile-value-unknown", "line 2, column 8"),
            ("[settings]\npulse_ms = \"x\"", "profile-not-number", "line 2, column 12"),
            ("[schedules]\noffice = [\"mon 07:00-18:00\", \"mon\"]", "gate-policy-window", "line 2, column 30"),
            ("[schedules]\noffice = \"mon\"", "profile-not-list", "line 2, column 10"),
            ("settings = 1", "profile-not-table", "line 1, column 12"),
            ("=", "profile-syntax", "line 1, column 1"),
        ] {
            let error = parsed(text).err().unwrap();
            assert_eq!(error.id(), id, "{text}");
            assert!(error.message(&messages).contains(place), "{}", error.message(&messages));
        }
    }
}

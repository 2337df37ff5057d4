//! Moments as people write them: RFC 3339, in UTC.

use soat::time::{Date, Timestamp};

use crate::error::{Error, Result};

/// A moment in the form `2026-11-22T08:00:00Z`.
///
/// # Errors
/// That it is none.
pub fn parse(text: &str) -> Result<Timestamp> {
    read(text).ok_or_else(|| Error::usage("now-invalid"))
}

fn read(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let number = |text: &str, digits| {
        let is_number = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
        if is_number { text.parse::<u16>().ok() } else { None }
    };
    let small = |text: &str| number(text, 2).and_then(|number| u8::try_from(number).ok());
    let [year, month, day] = date.split('-').collect::<Vec<_>>().try_into().ok()?;
    let [hour, minute, second] = time.split(':').collect::<Vec<_>>().try_into().ok()?;
    Timestamp::new(Date::new(number(year, 4)?, small(month)?, small(day)?)?, small(hour)?, small(minute)?, small(second)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_read_and_written_alike() {
        for text in ["2026-11-22T08:00:00Z", "1999-12-31T23:59:59Z"] {
            assert_eq!(parse(text).unwrap().to_string(), text);
        }
        for text in ["2026-11-22", "2026-11-22T08:00:00", "2026-13-22T08:00:00Z", "2026-11-22T8:00:00Z", "+026-11-22T08:00:00Z"] {
            assert_eq!(parse(text).unwrap_err().id(), "now-invalid", "{text}");
        }
    }
}

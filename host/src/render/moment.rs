//! Days and moments for people.

use soat::time::{Date, Timestamp};

use crate::messages::Messages;

/// A day as people of the language write it.
pub fn day(date: Date, messages: &Messages) -> String {
    let number = |number: u16, width| format!("{number:0width$}").into();
    let (month, day_of_month) = (number(date.month().into(), 2), number(date.day().into(), 2));
    messages.format("value-date", &[("year", number(date.year(), 4)), ("month", month), ("day", day_of_month)])
}

/// A moment as the clocks show it where people speak the language. Programs get it in UTC.
pub fn moment(at: Timestamp, messages: &Messages) -> String {
    let shown = Timestamp(at.0.saturating_add(messages.seconds_east()));
    let Some(date) = shown.date() else { return at.to_string() };
    let (minutes, seconds) = (shown.0.rem_euclid(86_400) / 60, shown.0.rem_euclid(60));
    let time = format!("{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60);
    messages.format("value-moment", &[("date", day(date, messages).into()), ("time", time.into())])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::messages::Language;

    #[test]
    fn vietnam_is_seven_hours_before_utc() {
        let evening = Timestamp(1_798_739_999); // 2026-12-31T17:59:59Z
        assert_eq!(moment(evening, &Messages::new(Language::Vi)), "00:59:59 ngày 01/01/2027 (giờ Việt Nam)");
        assert_eq!(moment(evening, &Messages::new(Language::En)), evening.to_string());
        assert_eq!(moment(Timestamp(i64::MAX), &Messages::new(Language::Vi)), format!("@{}", i64::MAX));
    }
}

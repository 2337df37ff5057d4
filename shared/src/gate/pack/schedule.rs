//! When somebody may come in: days of the week and hours of the gate's own time zone.

use alloc::vec::Vec;

use crate::time::Timestamp;

/// Days of the week, Monday in the lowest bit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Days(pub u8);

impl Days {
    /// Every day.
    pub const ALL: Self = Self(0x7F);
    /// Monday to Friday.
    pub const WORKING: Self = Self(0x1F);
}

/// From one minute of the day to another, which is not inside; past midnight where the end does not come after the beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The days on which it begins.
    pub days: Days,
    /// Minutes after midnight.
    pub from: u16,
    /// Minutes after midnight.
    pub until: u16,
}

/// Some windows: inside any of them is inside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule(pub Vec<Window>);

const MINUTES_A_DAY: i64 = 24 * 60;

impl Window {
    /// Day of the week (Monday 0) and minute of the day.
    fn covers(self, weekday: u8, minute: u16) -> bool {
        let on = |weekday: u8| self.days.0 >> weekday & 1 == 1;
        let yesterday = weekday.checked_sub(1).unwrap_or(6);
        if self.from < self.until {
            on(weekday) && (self.from..self.until).contains(&minute)
        } else {
            on(weekday) && minute >= self.from || on(yesterday) && minute < self.until
        }
    }
}

impl Schedule {
    /// Whether a moment is inside; `zone_minutes` is what local time is ahead of UTC.
    pub fn covers(&self, time: Timestamp, zone_minutes: i16) -> bool {
        let minutes = time.0.div_euclid(60).saturating_add(zone_minutes.into());
        // 1970-01-01 was a Thursday.
        let weekday = (minutes.div_euclid(MINUTES_A_DAY).saturating_add(3)).rem_euclid(7);
        let minute = minutes.rem_euclid(MINUTES_A_DAY);
        match (u8::try_from(weekday), u16::try_from(minute)) {
            (Ok(weekday), Ok(minute)) => self.0.iter().any(|window| window.covers(weekday, minute)),
            _ => false,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::time::Date;
    use alloc::vec;

    /// In Vietnam, seven hours ahead.
    fn covers(schedule: &Schedule, day: u8, hour: u8, minute: u8) -> bool {
        let utc = Timestamp::new(Date::new(2026, 11, day).unwrap(), hour, minute, 0).unwrap();
        schedule.covers(Timestamp(utc.0 - 7 * 3600), 420)
    }

    #[test]
    fn working_hours_are_those_of_the_gate_and_not_of_greenwich() {
        let office = Schedule(vec![Window { days: Days::WORKING, from: 7 * 60, until: 18 * 60 }]);
        // 2026-11-26 is a Thursday, 28 and 29 are the weekend.
        assert!(covers(&office, 26, 7, 0));
        assert!(!covers(&office, 26, 6, 59));
        assert!(covers(&office, 26, 17, 59));
        assert!(!covers(&office, 26, 18, 0));
        assert!(!covers(&office, 28, 12, 0));
        assert!(!covers(&office, 29, 12, 0));
        assert!(covers(&office, 30, 12, 0));
    }

    #[test]
    fn a_night_shift_that_begins_on_sunday_ends_on_monday() {
        let night = Schedule(vec![Window { days: Days(0x40), from: 22 * 60, until: 6 * 60 }]);
        assert!(covers(&night, 29, 23, 0));
        assert!(covers(&night, 30, 5, 59));
        assert!(!covers(&night, 30, 6, 0));
        assert!(!covers(&night, 29, 5, 0), "Sunday morning belongs to Saturday's night");
        assert!(!covers(&Schedule(Vec::new()), 29, 5, 0));
    }
}

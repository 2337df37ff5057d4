//! The battery-backed calendar of the STM32 (RM0090 §26.6.1 and §26.6.2): registers in binary-coded decimals.

use soat::time::{Date, Timestamp};

/// Years are counted from here: only so do the calendar's leap years fall on the true ones.
const EPOCH: u16 = 2000;
/// Before this year nobody set the clock.
const FIRST_YEAR: u16 = 2026;

/// The time that RTC_TR and RTC_DR say, in UTC. `None` where the calendar was never set (INITS), or says what is no time.
pub fn decode(time: u32, date: u32, is_set: bool) -> Option<Timestamp> {
    let digits = |register: u32, tens_at: u32, tens_bits: u32, ones_at: u32| {
        let tens = register >> tens_at & ((1 << tens_bits) - 1);
        let ones = register >> ones_at & 0xF;
        let number = tens * 10 + ones;
        u8::try_from(number).ok().filter(|_| ones < 10)
    };
    let hour = digits(time, 20, 2, 16)?;
    let minute = digits(time, 12, 3, 8)?;
    let second = digits(time, 4, 3, 0)?;
    let year = EPOCH + u16::from(digits(date, 20, 4, 16)?);
    let month = digits(date, 12, 1, 8)?;
    let day = digits(date, 4, 2, 0)?;
    let is_24_hours = time >> 22 & 1 == 0;
    if !is_set || !is_24_hours || year < FIRST_YEAR {
        return None;
    }
    Timestamp::new(Date::new(year, month, day)?, hour, minute, second)
}

/// RTC_TR and RTC_DR of a time in UTC, with its weekday. `None` where [`decode`] would not give it back.
pub fn encode(time: Timestamp) -> Option<(u32, u32)> {
    let date = time.date()?;
    let two_digits = |number: u32| ((number / 10) << 4) | (number % 10);
    let seconds = u32::try_from(time.0.rem_euclid(86_400)).ok()?;
    let clock = two_digits(seconds / 3600) << 16 | two_digits(seconds / 60 % 60) << 8 | two_digits(seconds % 60);
    let year = date.year().checked_sub(EPOCH).filter(|year| *year < 100 && date.year() >= FIRST_YEAR)?;
    // 1970-01-01 was a Thursday, and Monday is 1.
    let weekday = u32::try_from((date.days_since_epoch() + 3).rem_euclid(7) + 1).ok()?;
    let day = two_digits(u32::from(date.month())) << 8 | two_digits(u32::from(date.day()));
    Some((clock, two_digits(u32::from(year)) << 16 | weekday << 13 | day))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn at(year: u16, month: u8, day: u8) -> Timestamp {
        Timestamp::new(Date::new(year, month, day).unwrap(), 23, 59, 58).unwrap()
    }

    const TIME: u32 = 0x23_5958;

    #[test]
    fn dates_are_those_of_the_true_calendar() {
        // The weekday stands in bits 13 to 15 and says nothing.
        assert_eq!(decode(TIME, 0x26_8000 | 0x1126, true), Some(at(2026, 11, 26)));
        assert_eq!(decode(TIME, 0x28_0229, true), Some(at(2028, 2, 29)), "a leap year");
        assert_eq!(decode(TIME, 0x30_0301, true), Some(at(2030, 3, 1)));
        assert_eq!(decode(TIME, 0x30_0229, true), None, "none");
    }

    #[test]
    fn what_is_set_is_what_is_read() {
        assert_eq!(encode(at(2026, 11, 26)), Some((TIME, 0x26_8000 | 0x1126)), "a Thursday");
        assert_eq!(encode(at(2028, 2, 27)).unwrap().1 >> 13 & 7, 7, "a Sunday");
        for days in 0..74 * 365 {
            let time = Timestamp(at(2026, 1, 1).0 + days * 86_400 + days * 11 % 86_400);
            let (clock, date) = encode(time).unwrap();
            assert_eq!(decode(clock, date, true), Some(time));
        }
        for time in [at(2025, 12, 31), at(2100, 1, 1), Timestamp(i64::MAX)] {
            assert_eq!(encode(time), None, "{time:?}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        assert_eq!(decode(TIME, 0x26_1126, false), None, "never set");
        assert_eq!(decode(TIME, 0x00_0101, true), None, "the battery was empty");
        for (time, date) in [
            (0x24_0000, 0x26_1126),
            (0x23_6000, 0x26_1126),
            (0x23_005A, 0x26_1126),
            (TIME, 0x26_1326),
            (TIME, 0x26_1100),
            (TIME, 0x2F_1126),
        ] {
            assert_eq!(decode(time, date, true), None, "{time:06x} {date:06x}");
        }
        assert_eq!(decode(TIME | 1 << 22, 0x26_1126, true), None, "twelve hours");
    }
}

//! Points in time as certificates write them.

use crate::der::{tag, tlv};

/// A time of UTC, to the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Time {
    /// Year, 1950 to 9999
    pub year: u16,
    /// Month, 1 to 12
    pub month: u8,
    /// Day of the month
    pub day: u8,
    /// Hour, 0 to 23
    pub hour: u8,
    /// Minute
    pub minute: u8,
    /// Second
    pub second: u8,
}

impl Time {
    /// The start of a day.
    pub const fn midnight(year: u16, month: u8, day: u8) -> Time {
        Time { year, month, day, hour: 0, minute: 0, second: 0 }
    }

    /// UTCTime through 2049, GeneralizedTime from 2050 (RFC 5280 §4.1.2.5).
    pub fn to_der(self) -> Vec<u8> {
        if (1950..2050).contains(&self.year) { self.to_utc_time() } else { self.to_generalized_time() }
    }

    /// UTCTime, of any year: its century is lost.
    pub fn to_utc_time(self) -> Vec<u8> {
        tlv(tag::UTC_TIME, format!("{:02}{}Z", self.year % 100, self.after_year()).as_bytes())
    }

    /// GeneralizedTime, which certificates may carry only from 2050.
    pub fn to_generalized_time(self) -> Vec<u8> {
        tlv(tag::GENERALIZED_TIME, self.generalized().as_bytes())
    }

    /// YYYYMMDDHHMMSSZ
    pub(crate) fn generalized(self) -> String {
        format!("{:04}{}Z", self.year, self.after_year())
    }

    fn after_year(self) -> String {
        format!("{:02}{:02}{:02}{:02}{:02}", self.month, self.day, self.hour, self.minute, self.second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_follows_the_year() {
        assert_eq!(Time::midnight(2049, 12, 31).to_der(), b"\x17\x0d491231000000Z");
        assert_eq!(Time::midnight(2050, 1, 1).to_der(), b"\x18\x0f20500101000000Z");
    }
}

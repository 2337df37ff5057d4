//! Who may come in, by pseudonym: neither number nor name stands there.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use soat::time::{Date, Timestamp};

use super::schedule::Schedule;
use crate::wiegand::Credential;

/// A person: HMAC of the personal number under the site's key (`soat::inspection::Pseudonym`).
pub type Person = [u8; 16];

/// What stands beside a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether this person is shut out, whatever else stands here.
    pub blocked: bool,
    /// Which schedule, by its place in the list; none means at any time.
    pub schedule: Option<u8>,
    /// The first day.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// What a controller is told.
    pub credential: Option<Credential>,
}

impl Entry {
    /// At any time, and no credential.
    pub const ALWAYS: Self = Self { blocked: false, schedule: None, from: None, until: None, credential: None };
}

/// Who may come in, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList {
    /// The people.
    pub entries: BTreeMap<Person, Entry>,
    /// Schedules that entries name.
    pub schedules: Vec<Schedule>,
}

/// Why a person may not come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotAllowed {
    /// Not in the list.
    NotListed,
    /// Shut out by name.
    Blocked,
    /// Before the first or after the last day.
    OutOfDate,
    /// Outside the hours, or in a schedule that the list does not have.
    OutsideSchedule,
}

impl AccessList {
    /// The entry of a person who may come in now.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, person: &Person, time: Timestamp, zone_minutes: i16) -> Result<&Entry, NotAllowed> {
        let entry = self.entries.get(person).ok_or(NotAllowed::NotListed)?;
        if entry.blocked {
            return Err(NotAllowed::Blocked);
        }
        let today = Timestamp(time.0.saturating_add(i64::from(zone_minutes) * 60)).date();
        let has_begun = entry.from.is_none_or(|from| today.is_some_and(|today| from <= today));
        let has_not_ended = entry.until.is_none_or(|until| today.is_some_and(|today| today <= until));
        if !has_begun || !has_not_ended {
            return Err(NotAllowed::OutOfDate);
        }
        let covered = entry.schedule.is_none_or(|number| {
            self.schedules.get(usize::from(number)).is_some_and(|schedule| schedule.covers(time, zone_minutes))
        });
        if covered { Ok(entry) } else { Err(NotAllowed::OutsideSchedule) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const ME: Person = [7; 16];

    fn list(entry: Entry) -> AccessList {
        AccessList { entries: BTreeMap::from([(ME, entry)]), schedules: Vec::new() }
    }

    fn at(day: u8, hour: u8) -> Timestamp {
        Timestamp::new(Date::new(2026, 11, day).unwrap(), hour, 0, 0).unwrap()
    }

    #[test]
    fn days_are_those_of_the_gate() {
        let day = Date::new(2026, 11, 26).unwrap();
        let list = list(Entry { from: Some(day), until: Some(day), ..Entry::ALWAYS });
        assert_eq!(list.admits(&ME, at(25, 16), 420).unwrap_err(), NotAllowed::OutOfDate);
        assert!(list.admits(&ME, at(25, 17), 420).is_ok(), "midnight in Vietnam");
        assert!(list.admits(&ME, at(26, 16), 420).is_ok());
        assert_eq!(list.admits(&ME, at(26, 17), 420).unwrap_err(), NotAllowed::OutOfDate);
    }

    #[test]
    fn what_cannot_be_evaluated_does_not_admit() {
        let of = |entry| list(entry).admits(&ME, at(26, 0), 420).err();
        assert_eq!(of(Entry::ALWAYS), None);
        assert_eq!(of(Entry { schedule: Some(0), ..Entry::ALWAYS }), Some(NotAllowed::OutsideSchedule));
        assert_eq!(of(Entry { blocked: true, ..Entry::ALWAYS }), Some(NotAllowed::Blocked));
        assert_eq!(list(Entry::ALWAYS).admits(&[8; 16], at(26, 0), 420).unwrap_err(), NotAllowed::NotListed);
        let ends = Entry { until: Date::new(2026, 11, 26), ..Entry::ALWAYS };
        assert_eq!(list(ends).admits(&ME, Timestamp(i64::MAX), 420).unwrap_err(), NotAllowed::OutOfDate);
    }
}

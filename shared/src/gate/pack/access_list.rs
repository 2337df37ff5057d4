//! Who may come in, by pseudonym: neither number nor name stands there.
//!
//! A person is a record of 32 bytes, and the records are sorted, so that a gate looks them up where they lie in its flash:
//!
//! ```text
//! person 16 | flags 1 | schedule 1 | first day 2 | last day 2 | facility 2 | card number 4 | zero 4
//! ```
//!
//! Numbers are big-endian, days are counted from 1970-01-01. Flags: 1 blocked, 2 a schedule, 4 a first day, 8 a last day, 16 a credential.

use alloc::borrow::Cow;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::schedule::Schedule;
use crate::time::{Date, Timestamp};

/// Length of a record in bytes.
pub const RECORD: usize = 32;

/// A person: HMAC of the personal number under the site's key ([`crate::inspection::Pseudonym`]).
pub type Person = [u8; 16];

/// What a controller knows a person by: never bits of a pseudonym or of a personal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The facility code.
    pub facility: u16,
    /// The card number.
    pub number: u32,
}

/// What stands beside a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whether this person is shut out, whatever else stands here.
    pub blocked: bool,
    /// Which schedule, by its place in the list; none means at any time.
    pub schedule: Option<u8>,
    /// The first day, from 1970 on.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
    /// What a controller is told.
    pub credential: Option<Credential>,
}

const BLOCKED: u8 = 1;
const SCHEDULE: u8 = 2;
const FROM: u8 = 4;
const UNTIL: u8 = 8;
const CREDENTIAL: u8 = 16;

impl Entry {
    /// At any time, and no credential.
    pub const ALWAYS: Self = Self { blocked: false, schedule: None, from: None, until: None, credential: None };

    fn write(&self, person: &Person) -> [u8; RECORD] {
        let flag = |there: bool, flag: u8| if there { flag } else { 0 };
        let flags = flag(self.blocked, BLOCKED)
            | flag(self.schedule.is_some(), SCHEDULE)
            | flag(self.from.is_some(), FROM)
            | flag(self.until.is_some(), UNTIL)
            | flag(self.credential.is_some(), CREDENTIAL);
        // A first day that a record cannot hold has not come yet; a last day before 1970 has passed.
        let day = |date: Option<Date>| date.map_or(0, |date| u16::try_from(date.days_since_epoch().max(0)).unwrap_or(u16::MAX));
        let credential = self.credential.unwrap_or(Credential { facility: 0, number: 0 });
        let mut record = [0; RECORD];
        let parts: [&[u8]; 7] = [
            person,
            &[flags],
            &[self.schedule.unwrap_or(0)],
            &day(self.from).to_be_bytes(),
            &day(self.until).to_be_bytes(),
            &credential.facility.to_be_bytes(),
            &credential.number.to_be_bytes(),
        ];
        record.iter_mut().zip(parts.iter().flat_map(|part| part.iter())).for_each(|(place, byte)| *place = *byte);
        record
    }
}

/// A record where it lies.
#[derive(Clone, Copy)]
struct Record<'a>(&'a [u8; RECORD]);

impl Record<'_> {
    fn person(self) -> Person {
        let [person @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *self.0;
        person
    }

    fn has(self, flag: u8) -> bool {
        let [.., flags, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *self.0;
        flags & flag != 0
    }

    fn schedule(self) -> Option<u8> {
        let [.., schedule, _, _, _, _, _, _, _, _, _, _, _, _, _, _] = *self.0;
        self.has(SCHEDULE).then_some(schedule)
    }

    fn days(self) -> (Option<u16>, Option<u16>) {
        let [.., a, b, c, d, _, _, _, _, _, _, _, _, _, _] = *self.0;
        let (from, until) = (u16::from_be_bytes([a, b]), u16::from_be_bytes([c, d]));
        (self.has(FROM).then_some(from), self.has(UNTIL).then_some(until))
    }

    fn credential(self) -> Option<Credential> {
        let [.., a, b, c, d, e, f, _, _, _, _] = *self.0;
        let credential = Credential { facility: u16::from_be_bytes([a, b]), number: u32::from_be_bytes([c, d, e, f]) };
        self.has(CREDENTIAL).then_some(credential)
    }
}

/// Who may come in, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccessList<'a> {
    records: Cow<'a, [u8]>,
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

impl<'a> AccessList<'a> {
    /// A list of these people.
    pub fn of(people: &BTreeMap<Person, Entry>, schedules: Vec<Schedule>) -> AccessList<'static> {
        let records: Vec<u8> = people.iter().flat_map(|(person, entry)| entry.write(person)).collect();
        AccessList { records: Cow::Owned(records), schedules }
    }

    /// A list whose records lie in memory. `None` where they are not whole, not sorted, or one stands twice.
    pub(super) fn in_place(records: &'a [u8], schedules: Vec<Schedule>) -> Option<Self> {
        let (whole, rest) = records.as_chunks::<RECORD>();
        let sorted = whole.is_sorted_by(|one, other| Record(one).person() < Record(other).person());
        (rest.is_empty() && sorted).then_some(Self { records: Cow::Borrowed(records), schedules })
    }

    /// The records as they lie in a pack.
    pub(super) fn records(&self) -> &[u8] {
        &self.records
    }

    /// How many people stand in it.
    pub fn len(&self) -> usize {
        self.records.len() / RECORD
    }

    /// Whether nobody does.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty()
    }

    /// What a controller is told of a person who may come in now.
    ///
    /// # Errors
    /// Why not.
    pub fn admits(&self, person: &Person, time: Timestamp, zone_minutes: i16) -> Result<Option<Credential>, NotAllowed> {
        let (records, _) = self.records.as_chunks::<RECORD>();
        let place = records.binary_search_by_key(person, |record| Record(record).person());
        let record = place.ok().and_then(|place| records.get(place)).map(Record).ok_or(NotAllowed::NotListed)?;
        if record.has(BLOCKED) {
            return Err(NotAllowed::Blocked);
        }
        let today = Timestamp(time.0.saturating_add(i64::from(zone_minutes) * 60)).date().map(Date::days_since_epoch);
        let (from, until) = record.days();
        let has_begun = from.is_none_or(|from| today.is_some_and(|today| i64::from(from) <= today));
        let has_not_ended = until.is_none_or(|until| today.is_some_and(|today| today <= i64::from(until)));
        if !has_begun || !has_not_ended {
            return Err(NotAllowed::OutOfDate);
        }
        let covered = record.schedule().is_none_or(|number| {
            self.schedules.get(usize::from(number)).is_some_and(|schedule| schedule.covers(time, zone_minutes))
        });
        if covered { Ok(record.credential()) } else { Err(NotAllowed::OutsideSchedule) }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use alloc::vec;

    const ME: Person = [7; 16];

    fn list(entry: Entry) -> AccessList<'static> {
        let people = BTreeMap::from([([3; 16], Entry::ALWAYS), (ME, entry), ([9; 16], Entry { blocked: true, ..Entry::ALWAYS })]);
        AccessList::of(&people, Vec::new())
    }

    fn at(day: u8, hour: u8) -> Timestamp {
        Timestamp::new(Date::new(2026, 11, day).unwrap(), hour, 0, 0).unwrap()
    }

    #[test]
    fn days_are_those_of_the_gate() {
        let day = Date::new(2026, 11, 26);
        let list = list(Entry { from: day, until: day, ..Entry::ALWAYS });
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
        assert_eq!(of(Entry { from: Date::new(2200, 1, 1), ..Entry::ALWAYS }), Some(NotAllowed::OutOfDate));
        assert_eq!(of(Entry { until: Date::new(1960, 1, 1), ..Entry::ALWAYS }), Some(NotAllowed::OutOfDate));
        assert_eq!(list(Entry::ALWAYS).admits(&[8; 16], at(26, 0), 420).unwrap_err(), NotAllowed::NotListed);
        let ends = Entry { until: Date::new(2026, 11, 26), ..Entry::ALWAYS };
        assert_eq!(list(ends).admits(&ME, Timestamp(i64::MAX), 420).unwrap_err(), NotAllowed::OutOfDate);
    }

    #[test]
    fn a_record_says_all_of_an_entry() {
        let credential = Some(Credential { facility: 17, number: 70_000 });
        let found = list(Entry { credential, ..Entry::ALWAYS }).admits(&ME, at(26, 0), 420);
        assert_eq!(found, Ok(credential));
        assert_eq!(list(Entry::ALWAYS).admits(&ME, at(26, 0), 420), Ok(None));
    }

    #[test]
    fn records_out_of_order_twice_or_torn_are_no_list() {
        let list = list(Entry::ALWAYS);
        let (one, two) = list.records().split_at(RECORD);
        assert!(AccessList::in_place(list.records(), Vec::new()).is_some_and(|found| found == list));
        assert_eq!(list.records().len(), 3 * RECORD);
        for wrong in [[two, one].concat(), [one, one].concat(), vec![0; RECORD - 1]] {
            assert!(AccessList::in_place(&wrong, Vec::new()).is_none());
        }
    }
}

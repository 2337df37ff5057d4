//! Vault and journal together, as the gate writes to them.

use embedded_storage::nor_flash::{MultiwriteNorFlash, NorFlash, NorFlashErrorKind};
use soat::gate::journal::{Event, Kind};
use soat::gate::pack::access_list::Person;
use soat::time::Timestamp;

use super::journal::{Journal, JournalError};
use super::records::RecordsError;
use super::time_floor::{BUILT, Known};
use super::vault::{Floors, Vault};
use crate::port::{Record, Recorded};

/// The kept floor of time follows the journal, which has the last day by itself.
const FLOOR_EVERY: i64 = 86_400;

/// Vault and journal.
pub struct Keeper<V, C> {
    /// Keys, floors and settings.
    pub vault: Vault<V>,
    journal: Result<Journal<C>, JournalError>,
    /// The kept floor of time.
    floor: u64,
    /// From then on no time raises the floor.
    believed_until: Timestamp,
    allowance: Allowance,
}

impl<V: MultiwriteNorFlash, C: NorFlash> Keeper<V, C> {
    /// Opens both. A journal that does not open is a fault and no end: nobody is let in, and a desk can still be spoken to.
    ///
    /// # Errors
    /// [`RecordsError`], where the vault cannot be used.
    pub fn open(mut vault: Vault<V>, chip: Result<C, NorFlashErrorKind>) -> Result<Self, RecordsError> {
        let floor = vault.floors()?.time;
        let journal = chip.map_err(JournalError::Flash).and_then(|chip| Journal::open(chip, &mut vault));
        let (believed_until, allowance) = (Timestamp(i64::MIN), Allowance::default());
        Ok(Self { vault, journal, floor, believed_until, allowance })
    }

    /// The journal, where it can be used.
    ///
    /// # Errors
    /// What happened to it when it was opened.
    pub fn journal(&mut self) -> Result<&mut Journal<C>, JournalError> {
        self.journal.as_mut().map_err(|error| *error)
    }

    /// What is known of the time.
    pub fn known(&self) -> Known {
        let last_entry = self.journal.as_ref().ok().and_then(Journal::latest);
        Known { built: BUILT, last_entry, kept: Timestamp(i64::try_from(self.floor).unwrap_or(i64::MAX)) }
    }

    /// When the pack in force ends: a clock that shows more is not believed, and raises no floor.
    pub fn believe_until(&mut self, ends_at: Timestamp) {
        self.believed_until = ends_at;
    }

    /// Writes an event down.
    ///
    /// # Errors
    /// [`JournalError`]
    pub fn note(&mut self, event: &Event, time: Option<Timestamp>) -> Result<(), JournalError> {
        let Some(event) = self.allowance.grants(event, time) else { return Ok(()) };
        let journal = self.journal.as_mut().map_err(|error| *error)?;
        journal.append(&mut self.vault, &event, time)?;
        self.raise_floor(time)
    }

    fn raise_floor(&mut self, time: Option<Timestamp>) -> Result<(), JournalError> {
        let time = time.filter(|time| *time < self.believed_until).and_then(|time| u64::try_from(time.0).ok());
        match time {
            Some(time) if time >= self.floor.saturating_add(FLOOR_EVERY.unsigned_abs()) => {
                self.vault.raise(Floors { time, ..Floors::default() })?;
                self.floor = time;
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl<V: MultiwriteNorFlash, C: NorFlash> Record for Keeper<V, C> {
    fn record(&mut self, event: &Event, time: Option<Timestamp>) -> Recorded {
        if self.note(event, time).is_ok() { Recorded::Kept } else { Recorded::Barred }
    }

    fn was_admitted(&mut self, person: &Person, after: Timestamp) -> Option<bool> {
        self.journal.as_mut().ok()?.was_admitted(person, after).ok()
    }
}

/// Entries that anybody may cause, card or none, at once.
const BURST: u32 = 240;
/// And from then on one in so many seconds: 2,880 a day.
const SECONDS_EACH: i64 = 30;

/// How much strangers may have written: whoever plays with the reader or the bus all night must neither wear the flash out nor
/// push older entries from it. What finds no room is counted, and the next entry that does says how many.
struct Allowance {
    left: u32,
    since: Option<Timestamp>,
    passed_over: u32,
}

impl Default for Allowance {
    fn default() -> Self {
        Self { left: BURST, since: None, passed_over: 0 }
    }
}

impl Allowance {
    /// The event as it is to be written, or `None`.
    fn grants(&mut self, event: &Event, time: Option<Timestamp>) -> Option<Event> {
        let is_strangers = match event.kind {
            Kind::Refused => event.person.is_none(),
            kind => {
                matches!(kind, Kind::PanelSession | Kind::PanelClosed | Kind::PanelRefused | Kind::Insecure | Kind::PackRefused)
            }
        };
        if !is_strangers {
            return Some(*event);
        }
        self.refill(time);
        let Some(left) = self.left.checked_sub(1) else {
            self.passed_over = self.passed_over.saturating_add(1);
            return None;
        };
        self.left = left;
        Some(Event { count: core::mem::take(&mut self.passed_over), ..*event })
    }

    fn refill(&mut self, time: Option<Timestamp>) {
        let Some(time) = time else { return };
        let since = self.since.filter(|since| *since <= time).unwrap_or(time);
        let earned = time.0.saturating_sub(since.0) / SECONDS_EACH;
        self.since = Some(Timestamp(since.0.saturating_add(earned.saturating_mul(SECONDS_EACH))));
        self.left = self.left.saturating_add(u32::try_from(earned).unwrap_or(u32::MAX)).min(BURST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strangers_have_an_allowance_and_nobody_else_is_counted() {
        let mut allowance = Allowance::default();
        let at = |seconds: i64| Some(Timestamp(1_785_542_400 + seconds));
        let refused = Event::because(Kind::Refused, "gate.no_code");
        let written = (0..1000).filter(|_| allowance.grants(&refused, at(0)).is_some()).count();
        assert_eq!(written, 240);
        assert!(allowance.grants(&Event { person: Some([1; 16]), ..refused }, at(0)).is_some());
        assert!(allowance.grants(&Event::of(Kind::DoorForced), at(0)).is_some());
        assert_eq!(allowance.grants(&refused, at(29)), None);
        assert_eq!(allowance.grants(&refused, at(30)), Some(Event { count: 761, ..refused }), "and how many were passed over");
        assert_eq!(allowance.grants(&refused, at(31)), None);
        assert_eq!(allowance.grants(&refused, None), None);
        let written = (0..1000).filter(|_| allowance.grants(&refused, at(86_400)).is_some()).count();
        assert_eq!(written, 240, "a day later");
        assert_eq!(allowance.grants(&refused, at(0)), None, "a clock that goes back earns nothing");
    }
}

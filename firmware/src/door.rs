//! The door: a lock that has power for a while, and an alarm for a door that is held.
//!
//! Fail-secure: a lock without power is shut. Who opens it is the gate's decision, the exit button from inside, and the
//! control panel that the gate obeys.

use crate::port::{Contact, Lock};

/// A contact or a button is believed once it has said the same for so long: wires pick up noise, and contacts bounce.
pub const STEADY_MS: u64 = 40;
/// How long a door may stand open after the lock is shut again before it is an alarm.
pub const HELD_MS: u64 = 20_000;

/// What happened at the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorEvent {
    /// It stands open for too long.
    Held,
    /// It was opened, and nobody had been let through.
    Forced,
    /// It is shut again after an alarm.
    Shut,
    /// Somebody inside asked to leave.
    ExitRequested,
}

/// A lock, and what its contact says.
pub struct Door<L> {
    lock: L,
    pulse_ms: u64,
    open_until: Option<u64>,
    /// Since when the contact says open, and whether somebody had been let through then.
    ajar: Option<(u64, bool)>,
    alarmed: bool,
    contact: Steady<Contact>,
    exit: Steady<bool>,
}

/// A level that is believed once it has been the same for a while.
struct Steady<T> {
    believed: T,
    seen: T,
    since: u64,
}

impl<T: Copy + PartialEq> Steady<T> {
    fn new(level: T) -> Self {
        Self { believed: level, seen: level, since: 0 }
    }

    fn look(&mut self, level: T, now: u64) -> T {
        if level != self.seen {
            self.seen = level;
            self.since = now;
        }
        if now.saturating_sub(self.since) >= STEADY_MS {
            self.believed = level;
        }
        self.believed
    }
}

impl<L: Lock> Door<L> {
    /// A door that is shut; it opens for `pulse_ms` at a time. A button that is pressed from the start is one that is stuck.
    pub fn new(mut lock: L, pulse_ms: u64) -> Self {
        lock.set_open(false);
        Self {
            lock,
            pulse_ms,
            open_until: None,
            ajar: None,
            alarmed: false,
            contact: Steady::new(Contact::Missing),
            exit: Steady::new(true),
        }
    }

    /// Gives the lock power.
    pub fn open(&mut self, now: u64) {
        let until = now.saturating_add(self.pulse_ms);
        // Whoever opened it for longer did not mean this to shut it.
        self.open_until(self.open_until.map_or(until, |before| before.max(until)));
    }

    /// Gives the lock power until a moment.
    pub fn open_until(&mut self, until: u64) {
        self.open_until = Some(until);
        self.lock.set_open(true);
    }

    /// Takes the power now.
    pub fn shut(&mut self) {
        self.open_until = None;
        self.lock.set_open(false);
    }

    /// Whether the lock has power.
    pub fn is_open(&self) -> bool {
        self.open_until.is_some()
    }

    /// What the contact says.
    pub fn contact(&self) -> Contact {
        self.contact.believed
    }

    /// Whether the exit button is pressed.
    pub fn exit_pressed(&self) -> bool {
        self.exit.believed
    }

    /// Takes the power when its time is over, and looks at contact and exit button.
    pub fn poll(&mut self, now: u64) -> Option<DoorEvent> {
        if self.open_until.is_some_and(|until| now >= until) {
            self.shut();
        }
        let was_pressed = self.exit.believed;
        if self.exit.look(self.lock.exit_requested(), now) && !was_pressed {
            self.open(now);
            return Some(DoorEvent::ExitRequested);
        }
        let contact = self.contact.look(self.lock.contact(), now);
        match (contact, self.ajar) {
            (Contact::Open, None) => {
                let invited = self.is_open();
                self.ajar = Some((now, invited));
                if !invited {
                    self.alarmed = true;
                    return Some(DoorEvent::Forced);
                }
            }
            (Contact::Open, Some((since, _))) if !self.alarmed && !self.is_open() && now.saturating_sub(since) >= HELD_MS => {
                self.alarmed = true;
                return Some(DoorEvent::Held);
            }
            (Contact::Shut, Some(_)) => {
                self.ajar = None;
                if core::mem::take(&mut self.alarmed) {
                    return Some(DoorEvent::Shut);
                }
            }
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Fake {
        power: Vec<bool>,
        contact: Contact,
        exit: bool,
    }
    impl Lock for Fake {
        fn set_open(&mut self, open: bool) {
            self.power.push(open);
        }
        fn contact(&mut self) -> Contact {
            self.contact
        }
        fn exit_requested(&mut self) -> bool {
            self.exit
        }
    }

    #[test]
    fn the_lock_has_power_for_its_time_and_no_longer() {
        let mut door = Door::new(Fake::default(), 3000);
        assert_eq!(door.lock.power, [false], "shut from the start");
        door.open(1000);
        door.poll(3999);
        assert_eq!(door.lock.power, [false, true]);
        door.poll(4000);
        assert_eq!(door.lock.power, [false, true, false]);
        door.poll(9000);
        assert_eq!(door.lock.power.len(), 3);
    }

    /// What the door says until this moment, looked at each millisecond.
    fn events(door: &mut Door<Fake>, now: &mut u64, until: u64) -> Vec<(u64, DoorEvent)> {
        let mut events = Vec::new();
        while *now < until {
            *now += 1;
            events.extend(door.poll(*now).map(|event| (*now, event)));
        }
        events
    }

    #[test]
    fn a_held_and_a_forced_door_are_told_once() {
        let mut door = Door::new(Fake { contact: Contact::Shut, ..Fake::default() }, 3000);
        let mut now = 0;
        assert_eq!(events(&mut door, &mut now, 100), []);
        door.open(100);
        door.lock.contact = Contact::Open;
        let told = events(&mut door, &mut now, 40_000);
        let opened = 101 + STEADY_MS;
        assert_eq!(told, [(opened + HELD_MS, DoorEvent::Held)]);
        door.lock.contact = Contact::Shut;
        assert_eq!(events(&mut door, &mut now, 41_000), [(40_001 + STEADY_MS, DoorEvent::Shut)]);
        door.lock.contact = Contact::Open;
        assert_eq!(events(&mut door, &mut now, 42_000), [(41_001 + STEADY_MS, DoorEvent::Forced)]);
        assert_eq!(door.lock.power, [false, true, false], "an alarm gives no power");
    }

    #[test]
    fn the_exit_button_opens_once_a_press_and_noise_does_not() {
        let mut door = Door::new(Fake { exit: true, ..Fake::default() }, 3000);
        let mut now = 0;
        assert_eq!(events(&mut door, &mut now, 10_000), [], "a button that is stuck from the start");
        door.lock.exit = false;
        assert_eq!(events(&mut door, &mut now, 10_100), []);
        door.lock.exit = true;
        assert_eq!(events(&mut door, &mut now, 10_139), [], "noise of 39 ms");
        door.lock.exit = false;
        assert_eq!(events(&mut door, &mut now, 10_200), []);
        assert_eq!(door.lock.power, [false]);
        door.lock.exit = true;
        assert_eq!(events(&mut door, &mut now, 30_000), [(10_201 + STEADY_MS, DoorEvent::ExitRequested)]);
        assert!(!door.is_open(), "a button that is stuck does not hold the door");
        door.lock.exit = false;
        events(&mut door, &mut now, 30_100);
        door.lock.exit = true;
        assert_eq!(events(&mut door, &mut now, 30_200).len(), 1);
    }

    #[test]
    fn a_pulse_does_not_shorten_what_was_opened_for_longer() {
        let mut door = Door::new(Fake::default(), 3000);
        door.open_until(60_000);
        door.open(1000);
        door.poll(30_000);
        assert!(door.is_open());
        door.poll(60_000);
        assert!(!door.is_open());
    }
}

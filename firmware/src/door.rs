//! The door: a lock that has power for a while, and an alarm for a door that is held.
//!
//! Fail-secure: a lock without power is shut. Who opens it is the gate's decision alone, and the exit button from inside.

use crate::port::{Contact, Lock};

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
    exit_pressed: bool,
}

impl<L: Lock> Door<L> {
    /// A door that is shut; it opens for `pulse_ms` at a time.
    pub fn new(mut lock: L, pulse_ms: u64) -> Self {
        lock.set_open(false);
        Self { lock, pulse_ms, open_until: None, ajar: None, alarmed: false, exit_pressed: false }
    }

    /// Gives the lock power.
    pub fn open(&mut self, now: u64) {
        self.open_until(now.saturating_add(self.pulse_ms));
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
    pub fn contact(&mut self) -> Contact {
        self.lock.contact()
    }

    /// Takes the power when its time is over.
    pub fn shut_in_time(&mut self, now: u64) {
        if self.open_until.is_some_and(|until| now >= until) {
            self.open_until = None;
            self.lock.set_open(false);
        }
    }

    /// Takes the power when its time is over, and looks at contact and exit button.
    pub fn poll(&mut self, now: u64) -> Option<DoorEvent> {
        self.shut_in_time(now);
        let pressed = self.lock.exit_requested();
        if pressed && !core::mem::replace(&mut self.exit_pressed, pressed) {
            self.open(now);
            return Some(DoorEvent::ExitRequested);
        }
        self.exit_pressed = pressed;
        match (self.lock.contact(), self.ajar) {
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

    #[test]
    fn a_held_and_a_forced_door_are_told_once() {
        let mut door = Door::new(Fake { contact: Contact::Shut, ..Fake::default() }, 3000);
        door.open(0);
        door.lock.contact = Contact::Open;
        assert_eq!(door.poll(500), None);
        assert_eq!(door.poll(500 + HELD_MS - 1), None);
        assert_eq!(door.poll(500 + HELD_MS), Some(DoorEvent::Held));
        assert_eq!(door.poll(600 + HELD_MS), None);
        door.lock.contact = Contact::Shut;
        assert_eq!(door.poll(700 + HELD_MS), Some(DoorEvent::Shut));
        door.lock.contact = Contact::Open;
        assert_eq!(door.poll(800 + HELD_MS), Some(DoorEvent::Forced));
        assert_eq!(door.lock.power, [false, true, false], "an alarm gives no power");
    }

    #[test]
    fn the_exit_button_opens_once_a_press() {
        let mut door = Door::new(Fake { exit: true, ..Fake::default() }, 3000);
        assert_eq!(door.poll(0), Some(DoorEvent::ExitRequested));
        assert_eq!(door.poll(1), None);
        door.poll(3000);
        assert!(!door.is_open(), "a button that is stuck does not hold the door");
        door.lock.exit = false;
        door.poll(3001);
        door.lock.exit = true;
        assert_eq!(door.poll(3002), Some(DoorEvent::ExitRequested));
    }
}

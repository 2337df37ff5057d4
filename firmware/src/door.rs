//! The door: a lock relay and two lamps.
//!
//! Fail-secure: whatever cannot be shown keeps the door shut, and a port that fails leaves the lock released of its power last of all.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;
use soat::inspection::Overall;

/// How long the lock is held open.
const PULSE_MS: u32 = 3000;

/// Three outputs of a board, active high.
pub struct Door<Lock, Green, Red> {
    lock: Lock,
    green: Green,
    red: Red,
}

/// Why the door could not be driven: a port's own error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DoorError<L, G, R> {
    /// The lock relay.
    Lock(L),
    /// The green lamp.
    Green(G),
    /// The red lamp.
    Red(R),
}

/// What the ports of a [`Door`] can fail with.
pub type ErrorOf<Lock, Green, Red> = DoorError<
    <Lock as embedded_hal::digital::ErrorType>::Error,
    <Green as embedded_hal::digital::ErrorType>::Error,
    <Red as embedded_hal::digital::ErrorType>::Error,
>;

impl<Lock: OutputPin, Green: OutputPin, Red: OutputPin> Door<Lock, Green, Red> {
    /// A door that is shut and dark.
    ///
    /// # Errors
    /// A port that could not be driven.
    pub fn new(lock: Lock, green: Green, red: Red) -> Result<Self, ErrorOf<Lock, Green, Red>> {
        let mut door = Self { lock, green, red };
        door.rest()?;
        Ok(door)
    }

    /// Shows a result: opens for a while if it is [`Overall::Successful`], and for nothing else.
    ///
    /// # Errors
    /// A port that could not be driven; the lock has then been told to shut.
    pub fn show(&mut self, overall: Overall, delay: &mut impl DelayNs) -> Result<(), ErrorOf<Lock, Green, Red>> {
        let shown = self.signal(overall, delay);
        let rested = self.rest();
        shown.and(rested)
    }

    fn signal(&mut self, overall: Overall, delay: &mut impl DelayNs) -> Result<(), ErrorOf<Lock, Green, Red>> {
        match overall {
            Overall::Successful => {
                self.green.set_high().map_err(DoorError::Green)?;
                self.lock.set_high().map_err(DoorError::Lock)?;
            }
            _ => self.red.set_high().map_err(DoorError::Red)?,
        }
        delay.delay_ms(PULSE_MS);
        Ok(())
    }

    /// Shut and dark. Every port is driven even if one before it fails.
    fn rest(&mut self) -> Result<(), ErrorOf<Lock, Green, Red>> {
        let lock = self.lock.set_low().map_err(DoorError::Lock);
        let green = self.green.set_low().map_err(DoorError::Green);
        let red = self.red.set_low().map_err(DoorError::Red);
        lock.and(green).and(red)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use core::cell::RefCell;
    use core::convert::Infallible;
    use embedded_hal::digital::{ErrorKind, ErrorType};

    type Log = RefCell<Vec<String>>;

    struct Pin<'a>(&'static str, &'a Log);
    impl ErrorType for Pin<'_> {
        type Error = Infallible;
    }
    impl OutputPin for Pin<'_> {
        fn set_low(&mut self) -> Result<(), Infallible> {
            self.1.borrow_mut().push(format!("{} off", self.0));
            Ok(())
        }
        fn set_high(&mut self) -> Result<(), Infallible> {
            self.1.borrow_mut().push(format!("{} on", self.0));
            Ok(())
        }
    }

    struct Broken;
    impl ErrorType for Broken {
        type Error = ErrorKind;
    }
    impl OutputPin for Broken {
        fn set_low(&mut self) -> Result<(), ErrorKind> {
            Ok(())
        }
        fn set_high(&mut self) -> Result<(), ErrorKind> {
            Err(ErrorKind::Other)
        }
    }

    struct Wait<'a>(&'a Log);
    impl DelayNs for Wait<'_> {
        fn delay_ns(&mut self, ns: u32) {
            self.0.borrow_mut().push(format!("{} ms", ns / 1_000_000));
        }
        fn delay_ms(&mut self, ms: u32) {
            self.0.borrow_mut().push(format!("{ms} ms"));
        }
    }

    fn shown(overall: Overall) -> Vec<String> {
        let log = Log::default();
        let mut door = Door::new(Pin("lock", &log), Pin("green", &log), Pin("red", &log)).unwrap();
        assert_eq!(*log.borrow(), ["lock off", "green off", "red off"]);
        log.borrow_mut().clear();
        door.show(overall, &mut Wait(&log)).unwrap();
        log.take()
    }

    #[test]
    fn success_opens_and_shuts_again() {
        assert_eq!(shown(Overall::Successful), ["green on", "lock on", "3000 ms", "lock off", "green off", "red off"]);
    }

    #[test]
    fn nothing_else_opens() {
        for overall in [Overall::Failed, Overall::Undetermined, Overall::Aborted] {
            let log = shown(overall);
            assert!(!log.iter().any(|line| line == "lock on"), "{overall:?}");
            assert!(log.iter().any(|line| line == "red on"), "{overall:?}");
        }
    }

    #[test]
    fn a_port_that_fails_shuts_the_lock() {
        let log = Log::default();
        let mut door = Door::new(Pin("lock", &log), Broken, Pin("red", &log)).unwrap();
        log.borrow_mut().clear();
        let error = door.show(Overall::Successful, &mut Wait(&log)).unwrap_err();
        assert_eq!(error, DoorError::Green(ErrorKind::Other));
        assert_eq!(*log.borrow(), ["lock off", "red off"]);
    }
}

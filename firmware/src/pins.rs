//! The door and the lamps out of pins of embedded-hal.
//!
//! A pin that cannot be driven is no reason to stop: on a microcontroller none can fail, and behind an expander the other pins still can
//! be driven. A lock whose pin fails is told to shut once more with each change.

use embedded_hal::digital::{InputPin, OutputPin};

use crate::port::{Contact, Lamps, Lit, Lock};

/// A relay, active high.
pub struct Relay<P>(pub P);

impl<P: OutputPin> Lock for Relay<P> {
    fn set_open(&mut self, open: bool) {
        drive(&mut self.0, open);
    }
}

/// A relay with the contact of its door (low while it is shut) and the exit button (high while it is pressed): a wire that is cut is an
/// open door and a button that nobody presses.
pub struct MonitoredRelay<P, C, E> {
    /// The relay, active high.
    pub relay: P,
    /// The contact.
    pub contact: C,
    /// The button.
    pub exit: E,
}

impl<P: OutputPin, C: InputPin, E: InputPin> Lock for MonitoredRelay<P, C, E> {
    fn set_open(&mut self, open: bool) {
        drive(&mut self.relay, open);
    }

    fn contact(&mut self) -> Contact {
        match self.contact.is_low() {
            Ok(true) => Contact::Shut,
            Ok(false) | Err(_) => Contact::Open,
        }
    }

    fn exit_requested(&mut self) -> bool {
        self.exit.is_high().unwrap_or(false)
    }
}

/// Three lamps and a buzzer, active high.
pub struct Panel<R, G, B, Z> {
    /// The red lamp.
    pub red: R,
    /// The green lamp.
    pub green: G,
    /// The blue lamp.
    pub blue: B,
    /// The buzzer.
    pub buzzer: Z,
}

impl<R: OutputPin, G: OutputPin, B: OutputPin, Z: OutputPin> Lamps for Panel<R, G, B, Z> {
    fn show(&mut self, lit: Lit) {
        drive(&mut self.red, lit.red);
        drive(&mut self.green, lit.green);
        drive(&mut self.blue, lit.blue);
        drive(&mut self.buzzer, lit.buzzer);
    }
}

fn drive(pin: &mut impl OutputPin, high: bool) {
    // Errors: see the module.
    let _ = pin.set_state(high.into());
}

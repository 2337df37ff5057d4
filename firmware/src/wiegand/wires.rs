//! The two wires of a Wiegand reader: a bit is a short pulse on the one or on the other.

use embedded_hal::delay::DelayNs;
use embedded_hal::digital::OutputPin;

use super::Bits;

/// How long a wire is pulled low for a bit (SIA AC-01: 20 to 100 µs).
pub const PULSE_US: u32 = 50;
/// From a bit to the next (SIA AC-01: 200 µs to 20 ms).
pub const INTERVAL_US: u32 = 2000;

/// DATA0 and DATA1, high while nothing is sent.
pub struct Wires<Z, O, D> {
    zero: Z,
    one: O,
    delay: D,
}

impl<Z: OutputPin, O: OutputPin, D: DelayNs> Wires<Z, O, D> {
    /// Both wires, at rest.
    pub fn new(mut zero: Z, mut one: O, delay: D) -> Self {
        // A wire that cannot be driven is seen by the controller as no credential, and by nobody here.
        let _ = (zero.set_high(), one.set_high());
        Self { zero, one, delay }
    }

    /// Sends a frame, which takes two milliseconds a bit. Long interrupts must stay away meanwhile: a pulse or an interval that lasts too
    /// long ends the frame.
    pub fn send(&mut self, bits: Bits) {
        for bit in bits {
            self.pulse(bit);
            self.delay.delay_us(INTERVAL_US - PULSE_US);
        }
    }

    fn drive(&mut self, bit: bool, high: bool) {
        if bit {
            let _ = self.one.set_state(high.into());
        } else {
            let _ = self.zero.set_state(high.into());
        }
    }

    fn pulse(&mut self, bit: bool) {
        self.drive(bit, false);
        self.delay.delay_us(PULSE_US);
        self.drive(bit, true);
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::convert::Infallible;
    use std::rc::Rc;

    use embedded_hal::digital::ErrorType;
    use soat::gate::pack::access_list::Credential;

    use super::*;
    use crate::wiegand::Format;

    /// What happens on the wires: which one, its level, and the microseconds between.
    #[derive(Debug, PartialEq, Eq)]
    enum Seen {
        Level(u8, bool),
        Passed(u32),
    }

    type Log = Rc<RefCell<Vec<Seen>>>;

    struct Wire(u8, Log);
    impl ErrorType for Wire {
        type Error = Infallible;
    }
    impl OutputPin for Wire {
        fn set_low(&mut self) -> Result<(), Infallible> {
            self.1.borrow_mut().push(Seen::Level(self.0, false));
            Ok(())
        }
        fn set_high(&mut self) -> Result<(), Infallible> {
            self.1.borrow_mut().push(Seen::Level(self.0, true));
            Ok(())
        }
    }

    struct Delay(Log);
    impl DelayNs for Delay {
        fn delay_ns(&mut self, ns: u32) {
            self.0.borrow_mut().push(Seen::Passed(ns / 1000));
        }
    }

    #[test]
    fn each_bit_is_one_pulse_on_its_wire_and_rest_is_high() {
        let log = Log::default();
        let mut wires = Wires::new(Wire(0, Rc::clone(&log)), Wire(1, Rc::clone(&log)), Delay(Rc::clone(&log)));
        assert_eq!(log.take(), [Seen::Level(0, true), Seen::Level(1, true)]);
        let credential = Credential { facility: 1, number: 1 };
        let bits = Format::Wiegand26.encode(credential).into_iter().next();
        let Some(bits) = bits else { panic!("it fits") };
        wires.send(bits);
        let sent = "10000000100000000000000010";
        let expected = sent.bytes().flat_map(|bit| {
            let wire = u8::from(bit == b'1');
            [Seen::Level(wire, false), Seen::Passed(PULSE_US), Seen::Level(wire, true), Seen::Passed(INTERVAL_US - PULSE_US)]
        });
        assert_eq!(log.take(), expected.collect::<Vec<_>>());
    }
}

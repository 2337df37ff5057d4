//! Pins: those that the gate drives go to `gpio.log`, those that it reads are moved by lines on standard input.

use std::convert::Infallible;
use std::fs::OpenOptions;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use embedded_hal::digital::{ErrorType, InputPin, OutputPin};

/// A pin that is driven: each change is a write to the port's BSRR (RM0090 §8.4.7), in the words of QEMU.
pub struct Output {
    port: char,
    bit: u8,
    is_high: Option<bool>,
}

impl Output {
    /// Not driven yet.
    pub fn new(port: char, bit: u8) -> Self {
        Self { port, bit, is_high: None }
    }

    fn drive(&mut self, is_high: bool) {
        if self.is_high.replace(is_high) == Some(is_high) {
            return;
        }
        let value = 1_u32 << (if is_high { self.bit } else { self.bit + 16 });
        let line = format!("GPIO{}: write (size 4, offset 0x018, value 0x{value:08x})\n", self.port);
        // Who looks at the pins looks at the file; where there is none, nobody does.
        let log = OpenOptions::new().append(true).create(true).open("gpio.log");
        let _ = log.and_then(|mut log| log.write_all(line.as_bytes()));
    }
}

impl ErrorType for Output {
    type Error = Infallible;
}

impl OutputPin for Output {
    fn set_low(&mut self) -> Result<(), Infallible> {
        self.drive(false);
        Ok(())
    }

    fn set_high(&mut self) -> Result<(), Infallible> {
        self.drive(true);
        Ok(())
    }
}

/// A pin that is read.
pub struct Input(pub &'static AtomicBool);

impl Input {
    /// Whether it is high.
    pub fn is_high(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl ErrorType for Input {
    type Error = Infallible;
}

impl InputPin for Input {
    fn is_high(&mut self) -> Result<bool, Infallible> {
        Ok(Input::is_high(self))
    }

    fn is_low(&mut self) -> Result<bool, Infallible> {
        Ok(!Input::is_high(self))
    }
}

/// A pin by its name, with the words that make it high and low.
type Named = (&'static str, &'static str, &'static str, &'static AtomicBool);

/// Moves pins as the lines of standard input say, until that ends.
pub fn follow<const N: usize>(pins: [Named; N]) {
    thread::spawn(move || {
        for line in std::io::stdin().lines().map_while(Result::ok) {
            let known = pins.iter().find_map(|(name, high, low, pin)| match line.trim().strip_prefix(name)?.trim() {
                state if state == *high => Some((pin, true)),
                state if state == *low => Some((pin, false)),
                _ => None,
            });
            match known {
                Some((pin, is_high)) => pin.store(is_high, Ordering::Relaxed),
                None => eprintln!("door open|shut, exit on|off, case open|shut, jumper on|off"),
            }
        }
    });
}

//! The control panel's bus, answered in a thread of its own as a board answers it in its interrupt.

use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use soat_firmware::osdp::{Inbox, Peripheral};
use soat_firmware::port::ByteLink;

use crate::panel::Bus;
use crate::serial::Wire;
use crate::time::milliseconds;

static DEVICE: Mutex<Option<Peripheral<Inbox>>> = Mutex::new(None);

/// Listens on the bus.
pub fn start(mut wire: Wire, bus: Bus, seed: [u8; 16]) {
    *DEVICE.lock().unwrap_or_else(PoisonError::into_inner) = Some(bus.peripheral(seed));
    thread::spawn(move || {
        loop {
            let Some(byte) = wire.receive() else {
                thread::sleep(Duration::from_millis(1));
                continue;
            };
            let reply = with(|device| {
                let now = milliseconds();
                device.receive(byte, now);
                device.poll(now).map(<[u8]>::to_vec)
            });
            if let Some(reply) = reply.flatten() {
                wire.send(&reply);
            }
        }
    });
}

/// From either thread.
pub fn with<R>(run: impl FnOnce(&mut Peripheral<Inbox>) -> R) -> Option<R> {
    DEVICE.lock().unwrap_or_else(PoisonError::into_inner).as_mut().map(run)
}

/// A thread disturbs nobody.
pub fn undisturbed(run: impl FnOnce()) {
    run();
}

/// A socket has no speed.
pub fn set_speed(_: u32) {}

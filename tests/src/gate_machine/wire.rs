//! The wire between a gate and its PN532, which may lose, turn and cut what passes over it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "as of its parent")]

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::sync::{Arc, Mutex};
use std::thread;

use card_fixtures::plug::pn532::Pn532;

/// What happens to a byte, once.
#[derive(Clone, Copy, Debug)]
pub enum Harm {
    /// It is lost.
    Drop,
    /// A bit of it is turned.
    Flip(u8),
    /// It is lost, and what follows in the same piece.
    Cut,
}

/// A harm at the n-th byte from now on, to the gate or from it.
#[derive(Clone, Copy, Debug)]
pub struct Planned {
    /// Whether it is to the gate.
    pub to_gate: bool,
    /// Bytes before it.
    pub after: usize,
    /// What happens.
    pub harm: Harm,
}

/// What is planned for the wire.
pub type Plan = Arc<Mutex<Vec<Planned>>>;

/// What comes of these bytes.
fn harmed(plan: &Plan, to_gate: bool, bytes: &[u8]) -> Vec<u8> {
    let mut out = bytes.to_vec();
    plan.lock().unwrap().retain_mut(|planned| {
        if planned.to_gate != to_gate {
            return true;
        }
        if let Some(after) = planned.after.checked_sub(bytes.len()) {
            planned.after = after;
            return true;
        }
        match planned.harm {
            Harm::Drop => drop(out.remove(planned.after)),
            Harm::Flip(bit) => out[planned.after] ^= 1 << bit,
            Harm::Cut => out.truncate(planned.after),
        }
        false
    });
    out
}

/// The PN532 on its socket.
pub fn serve(mut wire: UnixStream, pn532: Arc<Mutex<Pn532>>, plan: Plan) {
    thread::spawn(move || {
        let mut bytes = [0; 512];
        while let Ok(count @ 1..) = wire.read(&mut bytes) {
            let answer = pn532.lock().unwrap().receive(&harmed(&plan, false, &bytes[..count]));
            if wire.write_all(&harmed(&plan, true, &answer)).is_err() {
                return;
            }
        }
    });
}

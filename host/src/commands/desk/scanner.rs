//! The scanner's side of a counter: a thread that waits for codes while they are wanted.
#![cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "cameras are read on Linux, scanners on Unix"))]

use std::path::Path;
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread;
use std::time::Duration;

use qr_search::Picture;

use super::state::Event;
use crate::abandon::{Abandon, Patience, SLICE};
use crate::command_line::Scanner;
use crate::scan::source;
use crate::scan::watch::Watch;

/// How long one wait lasts. The next follows at once.
const PATIENCE: Duration = Duration::from_secs(3600);

/// How long a device that is not there is left alone.
const AGAIN: Duration = Duration::from_millis(1000);

/// Pictures without any code after which a camera takes the next: the card that was read has gone from before it.
const EMPTY: u32 = 5;

/// The thread, and how to speak to it.
pub struct CodeScanner {
    wanted: Sender<Abandon>,
    listening: Option<Abandon>,
}

impl CodeScanner {
    /// Starts it, where the arguments name a device.
    pub fn start(scanner: Scanner, events: Sender<Event>) -> Option<Self> {
        if scanner.serial.is_none() && scanner.camera.is_none() && scanner.hid.is_none() {
            return None;
        }
        let (wanted, receiver) = mpsc::channel();
        thread::spawn(move || run(&scanner, &receiver, &events));
        Some(Self { wanted, listening: None })
    }

    /// Whether codes are wanted now.
    pub fn listen(&mut self, wanted: bool) {
        match (&self.listening, wanted) {
            (None, true) => {
                let abandon = Abandon::default();
                let _ = self.wanted.send(abandon.clone());
                self.listening = Some(abandon);
            }
            (Some(abandon), false) => {
                abandon.abandon();
                self.listening = None;
            }
            _ => {}
        }
    }
}

/// One period of listening after the other. Within one, code after code is told.
fn run(scanner: &Scanner, periods: &Receiver<Abandon>, events: &Sender<Event>) {
    let mut watch = Telling { events, empty: EMPTY };
    while let Ok(abandon) = periods.recv() {
        while !abandon.is_abandoned() {
            match source::device(scanner, &Patience::until(PATIENCE, abandon.clone()), &mut watch) {
                Ok(Some(scan)) => {
                    watch.empty = 0;
                    let _ = events.send(Event::Scanned(scan));
                    // Until it is known whether more is wanted.
                    thread::sleep(SLICE);
                }
                Ok(None) => return,
                Err(error) if error.id() == "scanner-silent" => {}
                Err(error) => {
                    let _ = events.send(Event::Scanner(Err(error)));
                    let pause = Patience::until(AGAIN, abandon.clone());
                    while !pause.is_over() {
                        thread::sleep(SLICE.min(pause.left()));
                    }
                }
            }
        }
    }
}

struct Telling<'a> {
    events: &'a Sender<Event>,
    /// Pictures in a row in which there was no code.
    empty: u32,
}

impl Watch for Telling<'_> {
    fn waits(&mut self, _: &'static str, device: &Path) {
        let _ = self.events.send(Event::Scanner(Ok(device.display().to_string())));
    }

    fn sees(&mut self, picture: &Picture<'_>) {
        let small = picture.reduced(picture.width().div_ceil(160).max(1));
        let seen = Picture::new(small.luma().to_vec(), small.width(), small.height());
        let _ = self.events.send(Event::Seen(seen));
    }

    fn takes(&mut self, found: bool) -> bool {
        if found && self.empty >= EMPTY {
            return true;
        }
        self.empty = if found { 0 } else { self.empty.saturating_add(1) };
        false
    }

    fn forgets(&mut self) {
        let _ = self.events.send(Event::Seen(None));
    }
}

//! The reader's side of a counter: a thread that watches the reader, and reads a card when it is told to.

use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use soat::chip::{Observer, Progress};

use super::state::{Card, Event};
use crate::abandon::{Abandon, SLICE};
use crate::command_line::Judging;
use crate::commands::key::Given;
use crate::commands::read;
use crate::commands::read::source::Source;
use crate::error::{Error, Result};
use crate::messages::Messages;
use crate::render::photo;
use crate::render::progress::{Watcher, step};

/// How often the reader is looked for.
const LOOK: Duration = Duration::from_millis(500);

/// Longest side of a face on the screen, in pixels.
const FACE: u32 = 160;

/// The thread, and how to speak to it.
pub struct Station {
    orders: Sender<Order>,
    abandon: Abandon,
}

struct Order {
    number: u32,
    given: Given,
    abandon: Abandon,
}

impl Station {
    /// Starts it.
    pub fn start(source: Source, judging: Judging, no_photo: bool, events: Sender<Event>, messages: Arc<Messages>) -> Self {
        let (orders, receiver) = mpsc::channel();
        let mut worker = Worker { source, judging, no_photo, events, messages, told: None, must_leave: false };
        thread::spawn(move || worker.run(&receiver));
        Self { orders, abandon: Abandon::default() }
    }

    /// Reads the next card.
    pub fn read(&mut self, number: u32, given: Given) {
        self.abandon();
        self.abandon = Abandon::default();
        // The thread ends with the program alone.
        let _ = self.orders.send(Order { number, given, abandon: self.abandon.clone() });
    }

    /// Gives up the card that is waited for or read.
    pub fn abandon(&self) {
        self.abandon.abandon();
    }
}

struct Worker {
    source: Source,
    judging: Judging,
    no_photo: bool,
    events: Sender<Event>,
    messages: Arc<Messages>,
    /// What was told of the reader last: its name, or the name of the failure.
    told: Option<std::result::Result<String, &'static str>>,
    /// Whether the card that was read last still lies there: it is not the next one.
    must_leave: bool,
}

impl Worker {
    fn run(&mut self, orders: &Receiver<Order>) {
        loop {
            match orders.recv_timeout(LOOK) {
                Ok(order) => self.take(order),
                Err(RecvTimeoutError::Timeout) => {
                    let _ = self.look();
                }
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    /// Looks for the reader, and tells where something changed. Whether a card lies there; `None` where there is no reader.
    fn look(&mut self) -> Option<bool> {
        let (card, reader) = match self.source.find() {
            Ok(card) => (Some(card), Ok(self.source.name())),
            Err(error) => (None, Err(error)),
        };
        if card == Some(false) {
            self.must_leave = false;
        }
        let told = reader.as_ref().map_err(Error::id).cloned();
        if self.told.as_ref() != Some(&told) {
            self.told = Some(told);
            let _ = self.events.send(Event::Reader(reader));
        }
        card
    }

    fn take(&mut self, order: Order) {
        let Order { number, given, abandon } = order;
        let result = loop {
            if abandon.is_abandoned() {
                return;
            }
            match self.look() {
                // The reader or the service comes back; the card is waited for as before.
                None => thread::sleep(SLICE),
                Some(true) if self.must_leave && !self.source.is_virtual() => {
                    self.tell(number, self.messages.text("desk-take-away"));
                    thread::sleep(SLICE);
                }
                Some(_) => match self.read(number, &given, &abandon) {
                    Err(error) if error.id() == "reader-gone" || error.id() == "pcsc-not-running" => {
                        self.tell(number, self.messages.text("desk-reading"));
                    }
                    result => break result,
                },
            }
        };
        self.must_leave = result.is_ok();
        if !abandon.is_abandoned() {
            let _ = self.events.send(Event::Read { number, result });
        }
    }

    fn tell(&self, number: u32, line: String) {
        let _ = self.events.send(Event::Step { number, line, percent: None });
    }

    /// Reads and judges in a thread of its own: what its stack held of the card goes back to the system with it.
    fn read(&mut self, number: u32, given: &Given, abandon: &Abandon) -> Result<Box<Card>> {
        let mut telling = Telling { number, messages: &self.messages, events: &self.events, began: Instant::now() };
        let (source, judging, no_photo) = (&mut self.source, &self.judging, self.no_photo);
        source.abandoned_by(abandon.clone());
        thread::scope(|scope| {
            let reading = scope.spawn(move || {
                // Anchors, lists and time are those of this card, not of the morning.
                let judge = source.judge(judging)?;
                let options = read::options(&judge, None, no_photo);
                let messages = telling.messages;
                let dossier = source.read(given, &options, messages, &mut telling)?;
                let judged = judge.judge(dossier, source.name());
                let face = judged.face().and_then(|face| photo::small(face, FACE));
                Ok(Box::new(Card { judged, released: judge.released(), face }))
            });
            reading.join().unwrap_or_else(|_| Err(Error::card("desk-broken")))
        })
    }
}

/// Tells the counter where reading stands.
struct Telling<'a> {
    number: u32,
    messages: &'a Messages,
    events: &'a Sender<Event>,
    began: Instant,
}

impl Watcher for Telling<'_> {
    fn say(&mut self, line: String) {
        let _ = self.events.send(Event::Step { number: self.number, line, percent: None });
    }
}

impl Observer for Telling<'_> {
    fn progress(&mut self, progress: Progress) {
        if let Some((line, percent)) = step(progress, self.messages) {
            let _ = self.events.send(Event::Step { number: self.number, line, percent });
        }
    }

    fn milliseconds(&mut self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }
}

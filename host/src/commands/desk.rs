//! `soat desk`: a counter. Card after card, by keyboard and scanner alone; nothing of one is left when the next comes.

mod bell;
pub mod entry;
#[cfg(unix)]
mod keys;
mod printing;
#[cfg(test)]
pub mod samples;
mod scanner;
pub mod state;
mod station;
mod terminal;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use soat::inspection::Disclosure;

use self::bell::Bell;
use self::printing::Printing;
use self::scanner::CodeScanner;
use self::state::{Counter, Effect, Event, Screen, Settings};
use self::station::Station;
use self::terminal::Terminal;
use crate::command_line::Desk;
use crate::commands::Session;
use crate::commands::read::keeping::{self, Keeping};
use crate::commands::read::source::Source;
use crate::error::{Error, Exit, Result};
use crate::messages::Messages;
use crate::render::counter;

/// How long a card is waited for at the reader: until the user gives up.
const PATIENCE: Duration = Duration::from_secs(24 * 3600);

/// How often the clock is looked at.
const TICK: Duration = Duration::from_millis(100);

/// Most events that are taken before the screen is drawn anew.
const MOST_EVENTS: usize = 200;

/// Runs a counter until the user goes.
///
/// # Errors
/// That there is no terminal, or what is wrong with the arguments.
pub fn run(arguments: Desk, session: &mut Session) -> Result<Exit> {
    let Desk { reader, gate, scanner, judging, save, evidence, no_photo, pages, printer, idle, silent } = arguments;
    terminal::check()?;
    let keeping = Keeping::new(evidence, judging.purpose.as_deref())?;
    for folder in [&save, &pages].into_iter().flatten() {
        check_folder(folder)?;
    }
    // What is wrong with profile, anchors or keys is said now, not with the first customer before the counter.
    let source = Source::new(reader.as_deref(), &gate, PATIENCE)?;
    let judge = source.judge(&judging)?;
    if save.is_some() {
        keeping.check_keys(judge.disclosure())?;
    }
    if pages.is_some() && judge.disclosure() == Disclosure::Decision {
        return Err(Error::usage("disclosure-decision").with("name", "--pages"));
    }
    let settings = Settings {
        idle: Duration::from_secs(idle.into()),
        silent,
        disclosure: judge.disclosure(),
        saves: save.is_some(),
        asks_consent: judge.disclosure() == Disclosure::Evidence && !keeping.has_consent(),
        own_key: source.own_key().transpose()?,
        profile: judging.profile.clone(),
        camera: scanner.camera.is_some(),
    };
    let messages = Arc::clone(&session.messages);
    let (sender, events) = mpsc::channel();
    let station = Station::start(source, judging, no_photo, sender.clone(), Arc::clone(&messages));
    let scanner = CodeScanner::start(scanner, sender.clone());
    let printing = Printing::new(pages, printer);
    let terminal = Terminal::open(sender.clone())?;
    let runner = Runner {
        counter: Counter::new(settings),
        terminal,
        station,
        scanner,
        printing,
        keeping,
        folder: save,
        bell: Bell::default(),
        began: Instant::now(),
        sender,
        messages,
    };
    runner.run(&events)
}

/// A folder that is there.
fn check_folder(path: &Path) -> Result<()> {
    let metadata = std::fs::metadata(path).map_err(|cause| Error::file("file-unwritable", path, &cause))?;
    if metadata.is_dir() { Ok(()) } else { Err(Error::usage("desk-not-a-folder").with("path", path.display())) }
}

struct Runner {
    counter: Counter,
    terminal: Terminal,
    station: Station,
    scanner: Option<CodeScanner>,
    printing: Printing,
    keeping: Keeping,
    folder: Option<PathBuf>,
    bell: Bell,
    began: Instant,
    sender: Sender<Event>,
    messages: Arc<Messages>,
}

impl Runner {
    fn run(mut self, events: &Receiver<Event>) -> Result<Exit> {
        loop {
            if let Some(scanner) = &mut self.scanner {
                scanner.listen(self.counter.wants_code());
            }
            self.terminal.draw(|frame| counter::draw(frame, &self.counter, &self.messages))?;
            if self.terminal.is_broken() {
                return Err(Error::card("desk-broken"));
            }
            if self.bell.is_due() {
                self.terminal.ring()?;
            }
            let first = match events.recv_timeout(self.bell.next().unwrap_or(TICK).min(TICK)) {
                Ok(event) => Some(event),
                Err(RecvTimeoutError::Timeout) => None,
                Err(RecvTimeoutError::Disconnected) => return Err(Error::card("desk-broken")),
            };
            for event in first.into_iter().chain(events.try_iter().take(MOST_EVENTS)).chain([Event::Tick]) {
                if let Event::Lost(error) = event {
                    return Err(error);
                }
                for effect in self.counter.update(event, self.began.elapsed(), &self.messages) {
                    if matches!(effect, Effect::Quit) {
                        return Ok(Exit::Successful);
                    }
                    self.perform(effect)?;
                }
            }
            if let Some(signal) = self.terminal.signal() {
                // Dropped first, so that whoever sent the signal finds the terminal as it was.
                drop(self.terminal);
                return Ok(terminal::end_by(signal));
            }
        }
    }

    fn perform(&mut self, effect: Effect) -> Result<()> {
        match effect {
            Effect::Read { number, given } => self.station.read(number, *given),
            Effect::Abandon => self.station.abandon(),
            Effect::Ring(light) => self.bell.ring(light),
            Effect::Wipe => return self.terminal.wipe(),
            Effect::Save { consent } => {
                let saved = self.save(consent.as_ref().map(|consent| consent.as_str()));
                // A consent that was asked for is this holder's alone.
                if consent.is_some() {
                    self.keeping.forget_consent();
                }
                let _ = self.sender.send(Event::Kept { saved: true, result: saved });
            }
            Effect::Print => {
                if let Screen::Verdict { card, .. } = &self.counter.screen {
                    self.printing.print(&card.judged, self.counter.cards, &self.sender, &self.messages);
                }
            }
            Effect::Quit => {}
        }
        Ok(())
    }

    /// Saves the card on the screen, by the same way as `soat read --save`.
    fn save(&mut self, consent: Option<&str>) -> Result<String> {
        let (Some(folder), Screen::Verdict { card, .. }) = (&self.folder, &self.counter.screen) else {
            return Err(Error::usage("desk-saves-nothing"));
        };
        if let Some(consent) = consent {
            self.keeping.consent(consent)?;
        }
        self.keeping.check(self.counter.settings.disclosure)?;
        let path = free_name(folder, &card.judged.at.to_string(), self.counter.cards, "soat");
        let withheld = self.keeping.write(&path, &card.judged, card.released)?;
        let saved = self.messages.format("saved", &[("path", path.display().to_string().into())]);
        Ok(keeping::withheld(&withheld, &self.messages).map_or(saved.clone(), |line| format!("{saved}. {line}")))
    }
}

/// A name that says when a card was read and nothing of whose it is: `20261122T080000Z-001.soat`.
fn free_name(folder: &Path, time: &str, number: u32, ending: &str) -> PathBuf {
    let time: String = time.chars().filter(|letter| letter.is_ascii_alphanumeric()).collect();
    let name = |suffix: &str| folder.join(format!("{time}-{number:03}{suffix}.{ending}"));
    let others = (2..1000).map(|other| name(&format!("-{other}")));
    // Whoever takes the name meanwhile is not written over: the file is made anew or not at all.
    std::iter::once(name("")).chain(others).find(|path| path.symlink_metadata().is_err()).unwrap_or_else(|| name(""))
}

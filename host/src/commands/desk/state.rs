//! What a counter does: events in, a new state and effects out. No terminal, no clock and no reader, so that every turn can be tested.

use std::time::Duration;

use qr_search::Picture;
use soat::inspection::{Disclosure, Overall, Released};
use zeroize::Zeroizing;

use super::entry::Entry;
use crate::commands::judging::Judged;
use crate::commands::key::Given;
use crate::error::{Error, Exit, Result};
use crate::messages::Messages;
use crate::scan::Scan;

/// Something that happened.
pub enum Event {
    /// A key was pressed.
    Key(Key),
    /// Text came at once: pasted, or by a scanner whose terminal brackets it.
    Pasted(Zeroizing<String>),
    /// The reader is there, by this name, or it is not.
    Reader(Result<String>),
    /// Reading stands here.
    Step { number: u32, line: String, percent: Option<u64> },
    /// A read came to its end.
    Read { number: u32, result: Result<Box<Card>> },
    /// The scanner or camera brought codes.
    Scanned(Scan),
    /// The scanner works, by this name, or it does not.
    Scanner(Result<String>),
    /// What the camera sees; `None` when it looks no more.
    #[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "cameras are read on Linux"))]
    Seen(Option<Picture<'static>>),
    /// Saving or printing came to its end.
    Kept { saved: bool, result: Result<String> },
    /// Time passed.
    Tick,
    /// The terminal went away.
    #[cfg_attr(not(unix), allow(dead_code, reason = "a terminal is lost on Unix"))]
    Lost(Error),
}

/// The keys that mean something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Key {
    Letter(char),
    Enter,
    Backspace,
    Escape,
    Up,
    Down,
    PageUp,
    PageDown,
    Help,
    /// Ctrl-C or Ctrl-Q.
    Stop,
}

/// What is to be done.
pub enum Effect {
    /// Read the card that this opens.
    Read { number: u32, given: Box<Given> },
    /// End the read that is under way.
    Abandon,
    /// Save the card on the screen, under this reference of a consent.
    Save { consent: Option<Zeroizing<String>> },
    /// Print the card on the screen.
    Print,
    /// Make a sound.
    Ring(Light),
    /// Nothing of the card may stay on the screen.
    Wipe,
    /// Go.
    Quit,
}

/// The lights, and the sounds that go with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Light {
    /// Genuine.
    Green,
    /// Undecided, or it could not be read.
    Amber,
    /// Not genuine, or not accepted.
    Red,
}

impl Light {
    /// The light of a result.
    pub fn of(overall: Overall) -> Self {
        match overall {
            Overall::Successful => Self::Green,
            Overall::Failed => Self::Red,
            Overall::Undetermined | Overall::Aborted => Self::Amber,
        }
    }
}

/// A card that was read and judged. What is shown, saved and printed is this one dossier (`attacks.md` 34).
pub struct Card {
    /// The dossier with its report.
    pub judged: Judged,
    /// The fields that the profile releases.
    pub released: Released,
    /// The verified face in grey and small, if it is released.
    pub face: Option<Picture<'static>>,
}

/// What stays the same from card to card.
pub struct Settings {
    /// How long the last card's result stays when nobody touches a key.
    pub idle: Duration,
    /// Whether no sound is made.
    pub silent: bool,
    /// What may leave this machine.
    pub disclosure: Disclosure,
    /// Whether a folder for dossiers was named.
    pub saves: bool,
    /// Whether the reference of the consent is asked for before each is saved.
    pub asks_consent: bool,
    /// The key that a virtual card brings along.
    pub own_key: Option<Given>,
    /// The name of the rules.
    pub profile: String,
    /// Whether codes come from a camera, which sees what lies before it all the time.
    pub camera: bool,
}

/// What the screen is about.
pub enum Screen {
    /// The next card is waited for.
    Waiting { entry: Entry, trouble: Option<Trouble> },
    /// A card is waited for at the reader, or read.
    Reading { number: u32, line: String, percent: Option<u64> },
    /// The result of a card.
    Verdict { card: Box<Card>, details: bool, scroll: usize, saved: bool },
}

/// Why the last card has no result.
pub struct Trouble {
    /// What happened.
    pub error: Error,
    /// Whether Enter reads it with the same key.
    pub again: bool,
}

/// What lies over the screen.
pub enum Overlay {
    Help,
    Quit,
    /// The reference of the holder's consent is asked for.
    Consent(Entry),
}

/// A line about what was done.
pub enum Notice {
    /// It was done, and this is where.
    Done(String),
    /// It was not.
    Failed(Error),
}

/// A counter.
pub struct Counter {
    /// What stays the same.
    pub settings: Settings,
    /// What the screen is about.
    pub screen: Screen,
    /// What lies over it.
    pub overlay: Option<Overlay>,
    /// A line about what was done last.
    pub notice: Option<Notice>,
    /// The reader, once something is known of it.
    pub reader: Option<Result<String>>,
    /// The scanner, where there is one.
    pub scanner: Option<Result<String>>,
    /// What the camera sees.
    pub seen: Option<Picture<'static>>,
    /// How many results there were.
    pub cards: u32,
    reads: u32,
    /// The key of the card that could not be read, while it may be tried again.
    given: Option<Given>,
    touched: Duration,
}

impl Counter {
    /// One at which no card was read yet.
    pub fn new(settings: Settings) -> Self {
        Self {
            settings,
            screen: Screen::Waiting { entry: Entry::new(), trouble: None },
            overlay: None,
            notice: None,
            reader: None,
            scanner: None,
            seen: None,
            cards: 0,
            reads: 0,
            given: None,
            touched: Duration::ZERO,
        }
    }

    /// Whether a code from the scanner would be taken. A camera sees the card that lies before it, and would read it over and over.
    pub fn wants_code(&self) -> bool {
        match self.screen {
            Screen::Waiting { .. } => true,
            Screen::Reading { .. } => false,
            Screen::Verdict { .. } => !self.settings.camera,
        }
    }

    /// What becomes of this counter, and what is to be done.
    pub fn update(&mut self, event: Event, now: Duration, messages: &Messages) -> Vec<Effect> {
        match event {
            Event::Key(key) => {
                self.touched = now;
                self.key(key, now, messages)
            }
            Event::Pasted(text) => {
                self.touched = now;
                self.pasted(&text, now, messages)
            }
            Event::Reader(reader) => {
                self.reader = Some(reader);
                Vec::new()
            }
            Event::Step { number, line, percent } => {
                if let Screen::Reading { number: own, line: shown, percent: bar } = &mut self.screen
                    && *own == number
                {
                    (*shown, *bar) = (line, percent);
                    self.touched = now;
                }
                Vec::new()
            }
            Event::Read { number, result } => self.read(number, result, now),
            Event::Scanned(scan) if self.wants_code() => {
                self.touched = now;
                let mut effects = self.clear();
                effects.extend(self.open(Given::of_scan(&scan, messages), now, messages));
                effects
            }
            Event::Scanned(_) => Vec::new(),
            Event::Scanner(scanner) => {
                self.scanner = Some(scanner);
                Vec::new()
            }
            Event::Seen(picture) => {
                self.seen = picture.filter(|_| self.wants_code());
                Vec::new()
            }
            Event::Kept { saved, result } => {
                if let (Screen::Verdict { saved: already, .. }, Ok(_)) = (&mut self.screen, &result) {
                    *already |= saved;
                }
                self.notice = Some(result.map_or_else(Notice::Failed, Notice::Done));
                Vec::new()
            }
            Event::Tick => self.tick(now, messages),
            Event::Lost(_) => vec![Effect::Quit],
        }
    }

    fn key(&mut self, key: Key, now: Duration, messages: &Messages) -> Vec<Effect> {
        match (&mut self.overlay, key) {
            // A reference is written in any letters.
            (Some(Overlay::Consent(entry)), key) => match key {
                Key::Letter(letter) => entry.push(letter, now),
                Key::Backspace => entry.pop(now),
                Key::Enter => return self.consented(),
                Key::Escape | Key::Stop => self.overlay = None,
                _ => {}
            },
            (Some(Overlay::Quit), Key::Enter | Key::Stop | Key::Letter('q' | 'Q')) => return vec![Effect::Quit],
            // Digits are the next card, whatever lies over the screen: a scanner does not look.
            (Some(Overlay::Quit | Overlay::Help), key) => {
                self.overlay = None;
                if matches!(key, Key::Letter(letter) if letter.is_ascii_digit()) {
                    return self.key(key, now, messages);
                }
            }
            (None, Key::Stop) => self.overlay = Some(Overlay::Quit),
            (None, Key::Help) => self.overlay = Some(Overlay::Help),
            (None, key) => return self.screen_key(key, now, messages),
        }
        Vec::new()
    }

    fn screen_key(&mut self, key: Key, now: Duration, messages: &Messages) -> Vec<Effect> {
        match (&mut self.screen, key) {
            (Screen::Waiting { entry, .. }, Key::Letter('?')) if entry.is_empty() => self.overlay = Some(Overlay::Help),
            (Screen::Waiting { entry, .. }, Key::Letter(letter)) => {
                entry.push(letter, now);
                self.notice = None;
            }
            (Screen::Waiting { entry, .. }, Key::Backspace) => entry.pop(now),
            (Screen::Waiting { .. }, Key::Enter) => return self.entered(now, messages),
            (Screen::Waiting { .. }, Key::Escape) => return self.clear(),
            (Screen::Reading { .. }, Key::Escape) => {
                let mut effects = vec![Effect::Abandon];
                effects.extend(self.clear());
                return effects;
            }
            (Screen::Verdict { scroll, .. }, Key::Up) => *scroll = scroll.saturating_sub(1),
            (Screen::Verdict { scroll, .. }, Key::Down) => *scroll = scroll.saturating_add(1),
            (Screen::Verdict { scroll, .. }, Key::PageUp) => *scroll = scroll.saturating_sub(10),
            (Screen::Verdict { scroll, .. }, Key::PageDown) => *scroll = scroll.saturating_add(10),
            (Screen::Verdict { .. }, Key::Escape) => return self.clear(),
            (Screen::Verdict { .. }, Key::Letter(letter)) if letter.is_ascii_digit() => {
                let effects = self.clear();
                self.screen_key(key, now, messages);
                return effects;
            }
            (Screen::Verdict { details, scroll, .. }, Key::Letter(letter)) => match letter.to_ascii_lowercase() {
                'n' => return self.clear(),
                's' => return self.save(),
                'p' => return self.print(),
                'd' => (*details, *scroll) = (!*details, 0),
                'q' => self.overlay = Some(Overlay::Quit),
                '?' => self.overlay = Some(Overlay::Help),
                _ => {}
            },
            _ => {}
        }
        Vec::new()
    }

    /// Text that came at once is the next card, but where a reference is being written.
    fn pasted(&mut self, text: &str, now: Duration, messages: &Messages) -> Vec<Effect> {
        let letters = || text.trim().chars();
        if let Some(Overlay::Consent(entry)) = &mut self.overlay {
            letters().filter(|letter| !letter.is_control()).for_each(|letter| entry.push(letter, now));
            return Vec::new();
        }
        if matches!(self.screen, Screen::Reading { .. }) {
            return Vec::new();
        }
        let mut effects = self.clear();
        if let Screen::Waiting { entry, .. } = &mut self.screen {
            letters().for_each(|letter| entry.push(letter, now));
            if !entry.is_empty() {
                effects.extend(self.entered(now, messages));
            }
        }
        effects
    }

    /// Enter: what was typed opens the next card; nothing typed, the same card again or the virtual one.
    fn entered(&mut self, now: Duration, messages: &Messages) -> Vec<Effect> {
        let Screen::Waiting { entry, .. } = &self.screen else { return Vec::new() };
        let given = if entry.is_empty() {
            match self.given.take().or_else(|| self.settings.own_key.clone()) {
                Some(given) => Ok(given),
                None => return Vec::new(),
            }
        } else {
            Given::of_text(entry.text(), messages)
        };
        self.open(given, now, messages)
    }

    /// Reads the card that a key opens.
    fn open(&mut self, given: Result<Given>, now: Duration, messages: &Messages) -> Vec<Effect> {
        match given {
            Ok(given) => {
                self.reads += 1;
                let number = self.reads;
                self.given = Some(given.clone());
                (self.notice, self.seen) = (None, None);
                self.screen = Screen::Reading { number, line: messages.text("desk-reading"), percent: None };
                vec![Effect::Read { number, given: Box::new(given) }]
            }
            Err(error) => self.troubled(error, now),
        }
    }

    fn read(&mut self, number: u32, result: Result<Box<Card>>, now: Duration) -> Vec<Effect> {
        // What was abandoned may still come to its end.
        if !matches!(self.screen, Screen::Reading { number: own, .. } if own == number) {
            return Vec::new();
        }
        self.touched = now;
        match result {
            Ok(card) => {
                self.given = None;
                self.cards += 1;
                let light = Light::of(card.judged.report.overall);
                self.screen = Screen::Verdict { card, details: false, scroll: 0, saved: false };
                self.ring(light)
            }
            Err(error) => self.troubled(error, now),
        }
    }

    /// Says what went wrong, and asks anew. A key that the chip refused is never tried again by itself.
    fn troubled(&mut self, error: Error, now: Duration) -> Vec<Effect> {
        let again = error.exit() == Exit::Card && PASSING.contains(&error.id()) && self.given.is_some();
        if !again {
            self.given = None;
        }
        self.touched = now;
        self.screen = Screen::Waiting { entry: Entry::new(), trouble: Some(Trouble { error, again }) };
        self.ring(Light::Amber)
    }

    fn ring(&self, light: Light) -> Vec<Effect> {
        if self.settings.silent { Vec::new() } else { vec![Effect::Ring(light)] }
    }

    fn save(&mut self) -> Vec<Effect> {
        let refusal = match &self.screen {
            _ if self.settings.disclosure == Disclosure::Decision => Some(Error::usage("disclosure-decision").with("name", "S")),
            _ if !self.settings.saves => Some(Error::usage("desk-saves-nothing")),
            Screen::Verdict { saved: true, .. } => Some(Error::usage("desk-saved-already")),
            _ => None,
        };
        if refusal.is_some() {
            self.notice = refusal.map(Notice::Failed);
            return Vec::new();
        }
        if self.settings.asks_consent {
            self.overlay = Some(Overlay::Consent(Entry::new()));
            return Vec::new();
        }
        vec![Effect::Save { consent: None }]
    }

    /// The reference was written. A code that was scanned into its line is none: it says who somebody is.
    fn consented(&mut self) -> Vec<Effect> {
        let Some(Overlay::Consent(entry)) = self.overlay.take() else { return Vec::new() };
        if entry.text().contains('|') {
            self.notice = Some(Notice::Failed(Error::usage("desk-consent-is-code")));
            return Vec::new();
        }
        vec![Effect::Save { consent: Some(Zeroizing::new(entry.text().trim().to_owned())) }]
    }

    fn print(&mut self) -> Vec<Effect> {
        if self.settings.disclosure == Disclosure::Decision {
            self.notice = Some(Notice::Failed(Error::usage("disclosure-decision").with("name", "P")));
            return Vec::new();
        }
        vec![Effect::Print]
    }

    /// Nothing of the card before is left.
    fn clear(&mut self) -> Vec<Effect> {
        (self.given, self.notice, self.overlay, self.seen) = (None, None, None, None);
        let before = std::mem::replace(&mut self.screen, Screen::Waiting { entry: Entry::new(), trouble: None });
        if matches!(before, Screen::Verdict { .. }) { vec![Effect::Wipe] } else { Vec::new() }
    }

    fn tick(&mut self, now: Duration, messages: &Messages) -> Vec<Effect> {
        if matches!(&self.screen, Screen::Waiting { entry, .. } if entry.has_ended(now)) {
            return self.entered(now, messages);
        }
        let is_idle = now.saturating_sub(self.touched) >= self.settings.idle;
        let holds = match &self.screen {
            Screen::Waiting { entry, .. } => !entry.is_empty() || self.given.is_some(),
            Screen::Reading { .. } | Screen::Verdict { .. } => true,
        };
        if !is_idle || !holds {
            return Vec::new();
        }
        // A card that nobody lays down takes its key along.
        let mut effects = if matches!(self.screen, Screen::Reading { .. }) { vec![Effect::Abandon] } else { Vec::new() };
        effects.extend(self.clear());
        self.notice = Some(Notice::Done(messages.text("desk-idle")));
        effects
    }
}

/// Failures that may be gone the next time, with the same card and key.
const PASSING: [&str; 7] =
    ["card-removed", "reader-gone", "card-silent", "card-busy", "card-transport", "card-mute", "card-changed"];

#[cfg(test)]
mod tests;

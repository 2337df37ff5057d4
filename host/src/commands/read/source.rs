//! Where the card lies, and the reading of it: one way for `soat read` and `soat desk`.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use card_fixtures::personalisation::Personalisation;
use getrandom::SysRng;
use rand_core::UnwrapErr;
use soat::chip::error::{Incompatibility, ReadError};
use soat::chip::{AccessKey, CardChannel, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{Dossier, FileContent};

use super::failure;
use super::sought::Sought;
use crate::abandon::{Abandon, Patience};
use crate::command_line::{GateKey, Judging};
use crate::commands::judging::Judge;
use crate::commands::key::Given;
use crate::commands::{Session, card};
use crate::error::{Error, Result};
use crate::gate_link::GateLink;
use crate::messages::Messages;
use crate::readers::pcsc::{Reader, Service};
use crate::readers::serial::{self, SharedLink};
use crate::readers::virtual_card::{self, VirtualCard};
use crate::render::progress::{ScreenProgress, Watcher};
use crate::render::screen;
use crate::scan::Scan;

/// Where the card lies.
pub struct Source {
    place: Place,
    /// How long a card is waited for.
    wait: Duration,
    abandon: Abandon,
}

enum Place {
    /// In this process.
    Virtual(Box<Personalisation>),
    /// On a PC/SC reader of this name or the only one, once it was found.
    Pcsc { wanted: Option<String>, found: Option<(Service, Reader)>, name: String },
    /// In front of a gate at this port, once it has answered.
    Gate { port: PathBuf, key: GateKey, link: Option<SharedLink> },
}

impl Source {
    /// What the user means by the name of a reader.
    ///
    /// # Errors
    /// That no virtual card is called so.
    pub fn new(reader: Option<&str>, gate: &GateKey, wait: Duration) -> Result<Self> {
        let place = match Sought::parse(reader) {
            Sought::Virtual(name) => Place::Virtual(Box::new(virtual_card::personalisation(name)?)),
            Sought::Serial(port) => Place::Gate { port: PathBuf::from(port), key: gate.clone(), link: None },
            Sought::Pcsc(name) => Place::Pcsc { wanted: name.map(str::to_owned), found: None, name: String::new() },
        };
        Ok(Self { place, wait, abandon: Abandon::default() })
    }

    /// By what its cards are judged: the operator's anchors; for a virtual card, its own issuer's.
    ///
    /// # Errors
    /// What is wrong with the folder, the profile or the time.
    pub fn judge(&self, judging: &Judging) -> Result<Judge> {
        match &self.place {
            Place::Virtual(card) => Judge::of_demonstration(card, judging),
            Place::Pcsc { .. } | Place::Gate { .. } => Judge::new(judging),
        }
    }

    /// Finds the reader, and says whether a card lies on it.
    ///
    /// # Errors
    /// That PC/SC does not run, that there is no such reader, or that there are several; that a gate does not answer or has another key.
    pub fn find(&mut self) -> Result<bool> {
        let (wanted, found, name) = match &mut self.place {
            Place::Virtual(_) => return Ok(true),
            Place::Gate { port, key, link } => return find_gate(port, key, link),
            Place::Pcsc { wanted, found, name } => (wanted, found, name),
        };
        let service = match found.take() {
            Some((service, _)) => service,
            None => Service::connect()?,
        };
        let reader = service.choose(wanted.as_deref())?;
        let card_present = reader.card_present();
        *name = reader.name();
        *found = Some((service, reader));
        Ok(card_present)
    }

    /// Waits for a code at the scanner of a gate.
    ///
    /// # Errors
    /// That the reader is no gate, that no code came in time, or what is wrong with it.
    pub fn scan(&mut self, session: &Session) -> Result<Given> {
        let name = self.name();
        let Place::Gate { link: Some(link), .. } = &self.place else { return Err(Error::usage("gate-code-without-gate")) };
        let _ =
            writeln!(anstream::stderr(), "{}", session.messages.format("scanner-waiting", &[("device", name.clone().into())]));
        let content = serial::scan(link, &Patience::until(self.wait, self.abandon.clone()))?;
        let content = content.ok_or_else(|| Error::usage("scanner-silent").with("device", &name))?;
        Given::of_scan(&Scan { source: name, contents: vec![content] }, &session.messages)
    }

    /// The key of a virtual card, which is its own.
    pub fn own_key(&self) -> Option<Result<Given>> {
        match &self.place {
            Place::Virtual(card) => Some(virtual_card::own_key(card).map(Given::from)),
            Place::Pcsc { .. } | Place::Gate { .. } => None,
        }
    }

    /// Whether its card is one of the catalogue.
    pub fn is_virtual(&self) -> bool {
        matches!(self.place, Place::Virtual(_))
    }

    /// Its name, once it was found.
    pub fn name(&self) -> String {
        match &self.place {
            Place::Virtual(card) => format!("virtual:{}", card.name),
            Place::Pcsc { name, .. } => name.clone(),
            Place::Gate { port, .. } => format!("serial:{}", port.display()),
        }
    }

    /// The next read can be ended from elsewhere.
    pub fn abandoned_by(&mut self, abandon: Abandon) {
        self.abandon = abandon;
    }

    /// [`Self::read`], with its progress on standard error.
    ///
    /// # Errors
    /// Why there is nothing to judge.
    pub fn read_shown(&mut self, given: &Given, options: &ReadingOptions, session: &Session) -> Result<Dossier> {
        let mut progress = ScreenProgress::new(&session.messages);
        self.read(given, options, &session.messages, &mut progress)
    }

    /// What the card says, and with it what was taken from its print.
    ///
    /// # Errors
    /// Why there is nothing to judge.
    pub fn read(
        &mut self,
        given: &Given,
        options: &ReadingOptions,
        messages: &Messages,
        progress: &mut dyn Watcher,
    ) -> Result<Dossier> {
        let mut dossier = self.read_chip(given, options, messages, progress)?;
        if let Some((kind, content)) = &given.printed {
            dossier.printed.insert(*kind, FileContent::Bytes(content.to_vec()));
        }
        Ok(dossier)
    }

    /// Waits for the card and connects to it.
    fn connect(&mut self, messages: &Messages, progress: &mut dyn Watcher) -> Result<Box<dyn CardChannel>> {
        if !self.find()? {
            progress.say(messages.format("progress-waiting", &[("reader", self.name().into())]));
        }
        match &mut self.place {
            Place::Virtual(card) => Ok(Box::new(VirtualCard::new((**card).clone(), card::random_seed()?))),
            Place::Pcsc { found, .. } => {
                let (service, reader) = found.take().ok_or_else(|| Error::card("reader-none"))?;
                Ok(Box::new(service.wait_for_card(&reader, self.wait, &self.abandon)?))
            }
            Place::Gate { link, .. } => {
                let link = link.as_ref().ok_or_else(|| Error::card("reader-gone"))?;
                Ok(Box::new(serial::wait_for_card(link, self.wait, &self.abandon)?))
            }
        }
    }

    /// Reads the card with its key. Where a chip offers no PACE, its number and the dates of its QR code may open it with BAC.
    fn read_chip(
        &mut self,
        given: &Given,
        options: &ReadingOptions,
        messages: &Messages,
        progress: &mut dyn Watcher,
    ) -> Result<Dossier> {
        let mut channel = self.connect(messages, progress)?;
        getrandom::fill(&mut [0; 32]).map_err(|_| Error::usage("no-random-numbers"))?;
        // The system's generator gave numbers a moment ago; where it stops, nothing may go on.
        let mut random = UnwrapErr(SysRng);
        let mut read = |key: &AccessKey, progress: &mut dyn Watcher| {
            read_card(channel.as_mut(), key, options, &RustCrypto, &mut random, progress)
        };
        let first = match read(&given.key, progress) {
            Err(error) => error,
            Ok(dossier) => return Ok(dossier),
        };
        let guesses = given.guesses();
        if !matches!(first, ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(_))) || guesses.is_empty() {
            return Err(failure::explain(first, given.key.kind()));
        }
        let count = guesses.len();
        for (tried, (expiry, key)) in guesses.into_iter().enumerate() {
            let expiry = screen::expiry(expiry, messages);
            let arguments = [("tried", (tried + 1).into()), ("count", count.into()), ("expiry", expiry.into())];
            progress.say(messages.format("progress-guess", &arguments));
            match read(&key, progress) {
                Ok(dossier) => return Ok(dossier),
                Err(ReadError::AccessDenied { .. }) => {}
                Err(error) => return Err(failure::explain(error, key.kind())),
            }
        }
        Err(Error::card("card-guesses-denied").with("count", count))
    }
}

/// Whether a card lies in front of a gate. A link that broke is made anew with the next look.
fn find_gate(port: &std::path::Path, key: &GateKey, link: &mut Option<SharedLink>) -> Result<bool> {
    let made = match link.take() {
        Some(link) => link,
        None => Arc::new(Mutex::new(GateLink::connect(port, key)?.0)),
    };
    let card_present = serial::card_present(&made)?;
    *link = Some(made);
    Ok(card_present)
}

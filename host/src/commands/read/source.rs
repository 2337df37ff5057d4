//! Where a card lies, and how its dossier comes from there: one way for every command that reads cards.

use std::time::Duration;

use getrandom::SysRng;
use rand_core::UnwrapErr;
use soat::chip::error::{Incompatibility, ReadError};
use soat::chip::{AccessKey, CardChannel, ReadingOptions, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{Dossier, FileContent};

use super::failure;
use super::sought::Sought;
use crate::command_line::Judging;
use crate::commands::judging::Judge;
use crate::commands::key::Given;
use crate::commands::{Session, card};
use crate::error::{Error, Result};
use crate::readers::pcsc::{Reader, Service};
use crate::readers::virtual_card::{self, VirtualCard};
use crate::render::progress::ScreenProgress;
use crate::render::screen;

/// Where cards lie: one after the other may be read.
pub enum Source {
    /// In this process.
    Virtual {
        /// Whose card it is.
        card: Box<card_fixtures::personalisation::Personalisation>,
    },
    /// On a PC/SC reader.
    Pcsc {
        /// The connection with which the reader was found; each further card makes its own.
        service: Option<Service>,
        /// The reader.
        reader: Reader,
        /// How long a card is waited for.
        wait: Duration,
    },
}

impl Source {
    /// The reader of a name, and what its cards are judged by.
    ///
    /// # Errors
    /// What is wrong with the profile, the anchors or the reader.
    pub fn find(reader: Option<&str>, judging: &Judging, wait: Duration) -> Result<(Judge, Self)> {
        match Sought::parse(reader) {
            Sought::Virtual(name) => {
                let source = Self::Virtual { card: Box::new(virtual_card::personalisation(name)?) };
                Ok((source.judge(judging)?, source))
            }
            Sought::Pcsc(name) => {
                let judge = Judge::new(judging)?;
                let service = Service::connect()?;
                let reader = service.choose(name)?;
                Ok((judge, Self::Pcsc { service: Some(service), reader, wait }))
            }
        }
    }

    /// What the next card is judged by: the anchors and lists as they are now, and the time as it is now.
    ///
    /// # Errors
    /// What is wrong with the profile or the anchors.
    pub fn judge(&self, judging: &Judging) -> Result<Judge> {
        match self {
            Self::Virtual { card } => Judge::of_demonstration(card, judging),
            Self::Pcsc { .. } => Judge::new(judging),
        }
    }

    /// The key of a virtual card, which needs not be asked for.
    pub fn own_key(&self) -> Option<Result<Given>> {
        match self {
            Self::Virtual { card } => Some(virtual_card::own_key(card).map(Given::from)),
            Self::Pcsc { .. } => None,
        }
    }

    /// What a report calls it.
    pub fn name(&self) -> String {
        match self {
            Self::Virtual { card, .. } => format!("virtual:{}", card.name),
            Self::Pcsc { reader, .. } => reader.name(),
        }
    }

    /// What the card says, and with it what was taken from its print.
    ///
    /// # Errors
    /// Why the card cannot be read.
    pub fn read(&mut self, given: &Given, options: &ReadingOptions, session: &Session) -> Result<Dossier> {
        let mut dossier = self.read_chip(given, options, session)?;
        if let Some((kind, content)) = &given.printed {
            dossier.printed.insert(*kind, FileContent::Bytes(content.to_vec()));
        }
        Ok(dossier)
    }

    /// Reads the card with its key. Where a chip offers no PACE, its number and the dates of its QR code may open it with BAC.
    fn read_chip(&mut self, given: &Given, options: &ReadingOptions, session: &Session) -> Result<Dossier> {
        let mut progress = ScreenProgress::new(&session.messages);
        let mut channel: Box<dyn CardChannel> = match self {
            Self::Virtual { card } => Box::new(VirtualCard::new((**card).clone(), card::random_seed()?)),
            Self::Pcsc { service, reader, wait } => {
                let service = match service.take() {
                    Some(service) => service,
                    None => Service::connect()?,
                };
                if !reader.card_present() {
                    progress.say(session.messages.format("progress-waiting", &[("reader", reader.name().into())]));
                }
                Box::new(service.wait_for_card(reader, *wait)?)
            }
        };
        getrandom::fill(&mut [0; 32]).map_err(|_| Error::usage("no-random-numbers"))?;
        // The system's generator gave numbers a moment ago; where it stops, nothing may go on.
        let mut random = UnwrapErr(SysRng);
        let mut read = |key: &AccessKey, progress: &mut ScreenProgress| {
            read_card(channel.as_mut(), key, options, &RustCrypto, &mut random, progress)
        };
        let first = match read(&given.key, &mut progress) {
            Err(error) => error,
            Ok(dossier) => return Ok(dossier),
        };
        let guesses = given.guesses();
        if !matches!(first, ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(_))) || guesses.is_empty() {
            return Err(failure::explain(first, given.key.kind()));
        }
        let count = guesses.len();
        for (tried, guess) in guesses.into_iter().enumerate() {
            let expiry = screen::expiry(guess.expiry, &session.messages);
            let arguments = [("tried", (tried + 1).into()), ("count", count.into()), ("expiry", expiry.into())];
            progress.say(session.messages.format("progress-guess", &arguments));
            match read(&guess.key, &mut progress) {
                Ok(dossier) => return Ok(dossier),
                Err(ReadError::AccessDenied { .. }) => {}
                Err(error) => return Err(failure::explain(error, guess.key.kind())),
            }
        }
        Err(Error::card("card-guesses-denied").with("count", count))
    }
}

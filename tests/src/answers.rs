//! A card as a list of answers: recorded from the virtual chip, and played to the reader again.

use std::sync::OnceLock;

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::{Personalisation, personalise};
use soat::chip::reading::Limits;
use soat::chip::{AccessKey, CardChannel, ChannelLimits, ReadError, ReadingOptions, TransportError, read_card};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::Dossier;

use crate::seeded::{SeededRng, Watcher};
use crate::virtual_channel::InProcessChannel;

/// The card whose answers are recorded: BAC and files, so that a replay costs no curve arithmetic.
const CARD: &str = "passive-only";
const SEED: u64 = 1;

/// Answers that a reader gets one after the other, each behind its length in two bytes; the input's end is a removed card.
struct Player<'a>(&'a [u8]);

impl CardChannel for Player<'_> {
    fn transmit(&mut self, _: &[u8]) -> Result<Vec<u8>, TransportError> {
        let (length, rest) = self.0.split_first_chunk::<2>().ok_or(TransportError::CardRemoved)?;
        let length = usize::from(u16::from_be_bytes(*length)).min(rest.len());
        let (answer, rest) = rest.split_at(length);
        self.0 = rest;
        Ok(answer.to_vec())
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        Ok(())
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        Err(TransportError::TimedOut)
    }

    fn limits(&self) -> ChannelLimits {
        ChannelLimits::EXTENDED
    }
}

/// A channel that writes down what passes.
struct Recorder {
    inner: InProcessChannel,
    answers: Vec<u8>,
}

impl CardChannel for Recorder {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let answer = self.inner.transmit(command)?;
        self.answers.extend(u16::try_from(answer.len()).unwrap_or(0).to_be_bytes());
        self.answers.extend(&answer);
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.inner.reset()
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        self.inner.reconnect()
    }

    fn limits(&self) -> ChannelLimits {
        self.inner.limits()
    }
}

fn card() -> Option<&'static (Personalisation, AccessKey)> {
    static CARD_AND_KEY: OnceLock<Option<(Personalisation, AccessKey)>> = OnceLock::new();
    let make = || {
        let card = personalise(CARD)?;
        let fields = card.mrz_key.as_ref()?;
        let key = AccessKey::from_fields(&fields.document_number, &fields.birth, &fields.expiry).ok()?;
        Some((card, key))
    };
    CARD_AND_KEY.get_or_init(make).as_ref()
}

fn read(channel: &mut dyn CardChannel, key: &AccessKey) -> Result<Dossier, ReadError> {
    let limits = Limits { commands: 2_000, ..Limits::default() };
    let options = ReadingOptions { limits, ..ReadingOptions::default() };
    read_card(channel, key, &options, &RustCrypto, &mut SeededRng(SEED), &mut Watcher::new(0))
}

/// What the genuine card answers.
pub fn recorded() -> Option<Vec<u8>> {
    let (card, key) = card()?;
    let inner = InProcessChannel::extended(VirtualChip::new(card.clone(), SEED));
    let mut recorder = Recorder { inner, answers: Vec::new() };
    read(&mut recorder, key).ok()?;
    Some(recorder.answers)
}

/// Reads the card that gives these answers.
pub fn replayed(answers: &[u8]) -> Option<Result<Dossier, ReadError>> {
    let (_, key) = card()?;
    Some(read(&mut Player(answers), key))
}

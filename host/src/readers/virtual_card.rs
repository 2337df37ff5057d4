//! A card in this process, read through the same code as one on a reader.

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::Personalisation;
use soat::chip::{AccessKey, CardChannel, ChannelLimits, TransportError};

use crate::error::{Error, Result};

/// The card that is read where none is named.
pub const DEFAULT: &str = "vietnam-2024";

/// A virtual card. It is a demonstration: its issuer's keys are public.
pub struct VirtualCard {
    chip: VirtualChip,
}

/// The personalisation of this name.
///
/// # Errors
/// That there is none.
pub fn personalisation(name: &str) -> Result<Personalisation> {
    card_fixtures::personalisation::personalise(name)
        .ok_or_else(|| Error::usage("card-name-unknown").with("name", name.to_owned()))
}

/// The key that opens a personalisation.
///
/// # Errors
/// That it needs none.
pub fn own_key(card: &Personalisation) -> Result<AccessKey> {
    let key = match (&card.can, &card.mrz_key) {
        (Some(can), _) if !card.pace.is_empty() => AccessKey::from_can(can),
        (_, Some(key)) => AccessKey::from_fields(&key.document_number, &key.birth, &key.expiry),
        _ => return Err(Error::usage("key-missing")),
    };
    key.map_err(|_| Error::usage("key-missing"))
}

impl VirtualCard {
    /// Lays a card on the virtual reader.
    pub fn new(card: Personalisation, seed: u64) -> Self {
        Self { chip: VirtualChip::new(card, seed) }
    }
}

impl CardChannel for VirtualCard {
    fn transmit(&mut self, command: &[u8]) -> std::result::Result<Vec<u8>, TransportError> {
        let answer = self.chip.transmit(command);
        if answer.is_empty() { Err(TransportError::CardRemoved) } else { Ok(answer) }
    }

    fn reset(&mut self) -> std::result::Result<(), TransportError> {
        if self.chip.reset() { Ok(()) } else { Err(TransportError::CardRemoved) }
    }

    fn reconnect(&mut self) -> std::result::Result<(), TransportError> {
        self.reset()
    }

    fn limits(&self) -> ChannelLimits {
        ChannelLimits::EXTENDED
    }
}

//! A gate as a desk's reader: it relays APDUs over the protected link.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use soat::chip::{CardChannel, ChannelLimits, TransportError};
use soat::gate::link::message::{Answer, CardType, Refusal, Request};

use crate::abandon::{Abandon, Patience, SLICE};
use crate::error::{Error, Result};
use crate::gate_link::GateLink;
use crate::scan::Content;

/// How long a lost card may stay away before the read is given up.
const RETURN_LIMIT: Duration = Duration::from_secs(20);

/// The link, of the reader and of the channel to the card on it.
pub type SharedLink = Arc<Mutex<GateLink>>;

fn locked(link: &SharedLink) -> MutexGuard<'_, GateLink> {
    link.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Whether a card lies there.
///
/// # Errors
/// What happened to the link.
pub fn card_present(link: &SharedLink) -> Result<bool> {
    let card = |answer| if let Answer::Card(card) = answer { Some(card.is_some()) } else { None };
    locked(link).ask_for(&Request::CardLook, card)
}

/// Waits for a code at the gate's scanner. `None` where none came in time.
///
/// # Errors
/// What happened to the link.
pub fn scan(link: &SharedLink, patience: &Patience) -> Result<Option<Content>> {
    loop {
        let code = |answer| if let Answer::Scan(code) = answer { Some(code) } else { None };
        let found = locked(link).ask_for(&Request::Scan, code)?;
        if found.is_some() || patience.is_over() {
            return Ok(found.map(|code| code.0));
        }
        std::thread::sleep(SLICE.min(patience.left()));
    }
}

/// Waits until a card lies there, and selects it.
///
/// # Errors
/// That none came in time, or that what came is no chip card.
pub fn wait_for_card(link: &SharedLink, limit: Duration, abandon: &Abandon) -> Result<SerialChannel> {
    match select(link, &Patience::until(limit, abandon.clone()))? {
        Some(CardType::Other) => Err(Error::card("card-mute")),
        Some(CardType::TypeA | CardType::TypeB) => Ok(SerialChannel { link: Arc::clone(link), abandon: abandon.clone() }),
        None => Err(Error::card("card-absent").with("seconds", limit.as_secs())),
    }
}

fn select(link: &SharedLink, patience: &Patience) -> Result<Option<CardType>> {
    loop {
        let card = |answer| if let Answer::Card(card) = answer { Some(card) } else { None };
        let found = locked(link).ask_for(&Request::CardConnect, card)?;
        if found.is_some() || patience.is_over() {
            return Ok(found);
        }
        std::thread::sleep(SLICE.min(patience.left()));
    }
}

/// One card in front of a gate.
pub struct SerialChannel {
    link: SharedLink,
    abandon: Abandon,
}

impl SerialChannel {
    fn find_again(&mut self) -> Result<Option<CardType>> {
        locked(&self.link).order(&Request::CardDisconnect)?;
        select(&self.link, &Patience::until(RETURN_LIMIT, self.abandon.clone()))
    }
}

impl CardChannel for SerialChannel {
    fn transmit(&mut self, command: &[u8]) -> std::result::Result<Vec<u8>, TransportError> {
        if self.abandon.is_abandoned() {
            return Err(TransportError::TimedOut);
        }
        match locked(&self.link).ask(&Request::Transmit(command.to_vec())) {
            Ok(Answer::Response(response)) => Ok(response),
            Ok(Answer::Refused(Refusal::CardLost | Refusal::NoCard)) => Err(TransportError::CardRemoved),
            Ok(Answer::Refused(refusal)) => Err(TransportError::Other(refusal.to_string())),
            Ok(_) => Err(TransportError::ReaderGone),
            // The session broke, and with it what the card knew: it is begun anew from the start.
            Err(error) if error.id() == "gate-link-broken" => Err(TransportError::CardRemoved),
            Err(_) => Err(TransportError::ReaderGone),
        }
    }

    fn reset(&mut self) -> std::result::Result<(), TransportError> {
        self.reconnect()
    }

    fn reconnect(&mut self) -> std::result::Result<(), TransportError> {
        match self.find_again() {
            Ok(Some(CardType::TypeA | CardType::TypeB)) => Ok(()),
            Ok(_) => Err(TransportError::TimedOut),
            Err(_) => Err(TransportError::ReaderGone),
        }
    }

    fn limits(&self) -> ChannelLimits {
        ChannelLimits::SHORT
    }
}

impl Drop for SerialChannel {
    /// The card is let go: the gate sees again when it leaves.
    fn drop(&mut self) {
        let _ = locked(&self.link).ask(&Request::CardDisconnect);
    }
}

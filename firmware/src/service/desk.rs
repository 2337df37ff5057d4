//! The reader of a gate as that of a desk.

use alloc::vec::Vec;

use soat::gate::link::message::{Answer, CODE, CardType, Refusal, Request, Scanned};
use zeroize::Zeroizing;

/// The reader and the scanner of a gate, lent to a desk.
pub trait Desk {
    /// The gate decides nothing from now on; what was scanned and what lies there is forgotten.
    fn begin(&mut self, now: u64);

    /// The gate is a gate again; what was scanned and what lies there is forgotten.
    fn end(&mut self, now: u64);

    /// What lies there, selected or not.
    fn card(&self) -> Option<CardType>;

    /// Selects the card that lies there, or that is laid there next. Some once it is selected.
    fn select(&mut self, now: u64) -> Option<CardType>;

    /// Lets it go.
    fn release(&mut self, now: u64);

    /// An APDU for it, and its response.
    ///
    /// # Errors
    /// [`Refusal::NoCard`], [`Refusal::CardLost`], [`Refusal::ReaderFault`]
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Refusal>;

    /// The code that was scanned since the last time.
    fn code(&mut self) -> Option<Zeroizing<Vec<u8>>>;
}

/// Answers a request that concerns the card.
pub(super) fn answer(request: Request, desk: &mut dyn Desk, now: u64) -> Answer {
    match request {
        Request::CardLook => Answer::Card(desk.card()),
        Request::CardConnect => Answer::Card(desk.select(now)),
        Request::CardDisconnect => {
            desk.release(now);
            Answer::Done
        }
        Request::Transmit(command) => desk.transmit(&command).map_or_else(Answer::Refused, Answer::Response),
        Request::Scan => Answer::Scan(desk.code().filter(|code| code.len() <= CODE).map(Scanned)),
        _ => Answer::Refused(Refusal::NotSupported),
    }
}

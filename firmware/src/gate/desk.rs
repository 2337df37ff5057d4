//! The gate's reader and scanner as those of a desk: it relays, and decides nothing.

use alloc::vec::Vec;

use soat::chip::CardChannel as _;
use soat::gate::link::message::{CardType, Refusal};
use zeroize::Zeroizing;

use super::{Gate, Notice, SEARCHES_UNTIL_GONE, Stage, Waiting};
use crate::pn532::Event;
use crate::pn532::command::Target;
use crate::port::{Board, Clock};
use crate::service::Desk;

/// What a gate knows while it is a desk's reader.
#[derive(Default)]
pub(super) struct Lent {
    /// What lies there.
    present: Option<CardType>,
    /// Searches that found nothing since.
    missed: u8,
    /// Whether the desk wants a card to be selected.
    wanted: bool,
    /// What is selected.
    selected: Option<CardType>,
}

impl<B: Board> Gate<B> {
    /// In the place of what the reader's events mean to a gate.
    pub(super) fn poll_lent_reader(&mut self, now: u64) -> Option<Notice> {
        let event = self.reader.poll(now)?;
        let lent = self.lent.as_mut()?;
        match event {
            Event::Fault(fault) => {
                *lent = Lent { wanted: lent.wanted, ..Lent::default() };
                return Some(Notice::ReaderFault(fault));
            }
            Event::Ready => return Some(Notice::ReaderReady),
            Event::Empty => {
                lent.missed = lent.missed.saturating_add(1);
                if lent.missed >= SEARCHES_UNTIL_GONE {
                    lent.present = None;
                }
            }
            Event::Found(target) => {
                let card = match target {
                    Target::TypeA { .. } => CardType::TypeA,
                    Target::TypeB => CardType::TypeB,
                    Target::Other => CardType::Other,
                };
                (lent.present, lent.missed) = (Some(card), 0);
                if lent.wanted && card != CardType::Other {
                    lent.selected = Some(card);
                } else {
                    // Let go, it is searched again: so it is known when it leaves.
                    self.reader.release(now);
                }
            }
        }
        None
    }

    /// Whether it is a desk's reader.
    pub fn is_lent(&self) -> bool {
        self.lent.is_some()
    }

    fn forget(&mut self, now: u64) {
        self.keys = None;
        self.kept = None;
        self.scanner.clear();
        self.stage = Stage::Idle;
        self.reader.release(now);
    }
}

impl<B: Board> Desk for Gate<B> {
    fn begin(&mut self, now: u64) {
        self.lent = Some(Lent::default());
        self.forget(now);
    }

    fn end(&mut self, now: u64) {
        self.lent = None;
        self.forget(now);
    }

    fn card(&self) -> Option<CardType> {
        self.lent.as_ref()?.present
    }

    fn select(&mut self, _: u64) -> Option<CardType> {
        let lent = self.lent.as_mut()?;
        lent.wanted = true;
        // What takes no APDUs is never selected, and is told as what it is.
        lent.selected.or(lent.present.filter(|card| *card == CardType::Other))
    }

    fn release(&mut self, now: u64) {
        if let Some(lent) = &mut self.lent {
            (lent.wanted, lent.selected) = (false, None);
        }
        self.reader.release(now);
    }

    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, Refusal> {
        if self.lent.as_ref().and_then(|lent| lent.selected).is_none() {
            return Err(Refusal::NoCard);
        }
        let waiting = Waiting { clock: &self.clock, outputs: &self.outputs };
        let sent = self.reader.channel(&waiting).map(|mut channel| channel.transmit(command));
        if let Some(Ok(response)) = sent {
            return Ok(response);
        }
        if let Some(lent) = &mut self.lent {
            lent.selected = None;
        }
        self.reader.release(self.clock.milliseconds());
        Err(Refusal::CardLost)
    }

    fn code(&mut self) -> Option<Zeroizing<Vec<u8>>> {
        self.kept.take()
    }
}

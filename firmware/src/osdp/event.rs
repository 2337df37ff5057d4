//! What the panel asks of the owner, and what the owner should know of the link: a small bounded queue.

use super::command::{BuzzerCommand, ComSet, LedCommand, OutputCommand, TextCommand};

/// How many events wait at most.
pub(super) const WAITING: usize = 16;

/// Taken from [`Peripheral::event`](super::Peripheral::event), in the order of arrival.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// OUT: an output is to be driven. Output 0 is the lock relay.
    Output(OutputCommand),
    /// LED.
    Led(LedCommand),
    /// BUZ.
    Buzzer(BuzzerCommand),
    /// TEXT.
    Text(TextCommand),
    /// COMSET: once the reply is on the line, this address and speed hold, and are to be kept.
    ComSet(ComSet),
    /// KEEPACTIVE: the reader's field is to stay on for so many milliseconds.
    KeepActive(u16),
    /// KEYSET: [`Peripheral::key`](super::Peripheral::key) is a new one, to be stored at once; the panel holds it already.
    KeySet {
        /// It came under SCBK-D, so that anybody on the bus may have read it: to be journaled as insecure.
        insecure: bool,
    },
    /// MFG: the key of the card that is laid down next waits in [`Peripheral::take_card_key`](super::Peripheral::take_card_key).
    CardKey,
    /// A session was opened.
    SessionOpened {
        /// Under SCBK-D: to be journaled as insecure.
        insecure: bool,
    },
    /// A session came to its end.
    SessionClosed(Closed),
    /// A panel did not know the key: SCRYPT with a wrong cryptogram.
    PanelRefused,
}

/// Why a session ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Closed {
    /// The panel started the link or the handshake anew.
    Restarted,
    /// A frame that the session's keys did not make.
    Unauthentic,
    /// Nothing was heard for eight seconds.
    Silence,
    /// The key was changed.
    KeyChanged,
    /// The jumper, or its ten minutes, no longer allow SCBK-D.
    JumperOpened,
}

/// The queue. Notices of the link leave half of it to commands, which are answered BUSY when it is full, so that nobody without the key
/// can keep commands out with a flood of refused handshakes.
pub(super) struct Events {
    waiting: [Option<Event>; WAITING],
    first: usize,
    len: usize,
    lost: u32,
}

impl Events {
    pub(super) const fn new() -> Self {
        Self { waiting: [None; WAITING], first: 0, len: 0, lost: 0 }
    }

    /// For how many commands there is room.
    pub(super) fn room(&self) -> usize {
        WAITING - self.len
    }

    /// Puts a command at the end; one for which there is no [`Self::room`] is counted as lost.
    pub(super) fn command(&mut self, event: Event) {
        let at = (self.first + self.len) % WAITING;
        match self.waiting.get_mut(at) {
            Some(place) if self.len < WAITING => {
                *place = Some(event);
                self.len += 1;
            }
            _ => self.lost = self.lost.saturating_add(1),
        }
    }

    /// Puts a notice at the end, or counts it as lost.
    pub(super) fn notice(&mut self, event: Event) {
        if self.len < WAITING / 2 {
            self.command(event);
        } else {
            self.lost = self.lost.saturating_add(1);
        }
    }

    pub(super) fn pop(&mut self) -> Option<Event> {
        let event = self.waiting.get_mut(self.first)?.take()?;
        self.first = (self.first + 1) % WAITING;
        self.len -= 1;
        Some(event)
    }

    /// How many events had no room.
    pub(super) fn lost(&self) -> u32 {
        self.lost
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_come_in_order_round_and_round() {
        let mut events = Events::new();
        for round in 0..10_u16 {
            (0..5).for_each(|i| events.command(Event::KeepActive(round * 5 + i)));
            let taken: Vec<_> = core::iter::from_fn(|| events.pop()).collect();
            assert_eq!(taken, (0..5).map(|i| Event::KeepActive(round * 5 + i)).collect::<Vec<_>>());
        }
        assert_eq!((events.lost(), events.room()), (0, WAITING));
    }

    #[test]
    fn notices_leave_room_for_commands() {
        let mut events = Events::new();
        (0..100).for_each(|_| events.notice(Event::PanelRefused));
        assert_eq!((events.room(), events.lost()), (WAITING / 2, 100 - 8));
        (0..9).for_each(|_| events.command(Event::KeepActive(1)));
        assert_eq!((events.room(), events.lost()), (0, 93));
    }
}

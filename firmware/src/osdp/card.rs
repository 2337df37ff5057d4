//! The credential: facility code and card number as bits, and the few reads that wait to be polled.

use zeroize::Zeroize;

/// How long a read may wait for its POLL, in milliseconds: whoever showed the card has gone by then.
pub(super) const LIFETIME_MS: u64 = 5_000;

const WAITING: usize = 4;
const BYTES: usize = 8;

/// Up to 64 bits as they would go over a Wiegand line, first bit first, with their parity bits: the facility code and card number that
/// stand beside the allow-list entry, never anything derived from a document's number. It has no `Debug`: it opens doors elsewhere.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct CardBits {
    bytes: [u8; BYTES],
    count: u8,
}

impl CardBits {
    /// The lowest `count` bits of `value`, the highest of them first; `None` unless `count` is 1 to 64 and the value fits in.
    ///
    /// ```
    /// use soat_firmware::osdp::CardBits;
    /// assert!(CardBits::new(0x0123_4567, 26).is_some());
    /// assert!(CardBits::new(0x0423_4567, 26).is_none());
    /// ```
    pub fn new(value: u64, count: u8) -> Option<Self> {
        let unused = 64_u32.checked_sub(u32::from(count)).filter(|unused| *unused < 64)?;
        let aligned = value << unused;
        (aligned >> unused == value).then_some(Self { bytes: aligned.to_be_bytes(), count })
    }

    /// How many bits.
    pub(super) fn count(&self) -> u8 {
        self.count
    }

    /// The bits from the highest of the first byte on; those past the last are zero.
    pub(super) fn bytes(&self) -> &[u8] {
        self.bytes.get(..usize::from(self.count).div_ceil(8)).unwrap_or_default()
    }
}

/// The reads that wait, the oldest first.
pub(super) struct Cards {
    waiting: [Option<(CardBits, u64)>; WAITING],
}

impl Cards {
    pub(super) const fn new() -> Self {
        Self { waiting: [None; WAITING] }
    }

    /// Puts a read at the end; says whether there was room.
    pub(super) fn push(&mut self, card: CardBits, now: u64) -> bool {
        self.expire(now);
        let free = self.waiting.iter_mut().find(|place| place.is_none());
        free.map(|place| *place = Some((card, now))).is_some()
    }

    /// The oldest read, which is then gone: a repeated POLL gets the same reply again by its sequence number.
    pub(super) fn pop(&mut self, now: u64) -> Option<CardBits> {
        self.expire(now);
        let first = self.waiting.first_mut()?.take();
        self.waiting.rotate_left(1);
        first.map(|(card, _)| card)
    }

    pub(super) fn clear(&mut self) {
        for (card, _) in self.waiting.iter_mut().flatten() {
            card.bytes.zeroize();
        }
        self.waiting = [None; WAITING];
    }

    fn expire(&mut self, now: u64) {
        while let Some((_, read)) = self.waiting.first().copied().flatten() {
            if now.saturating_sub(read) <= LIFETIME_MS {
                break;
            }
            self.waiting.rotate_left(1);
            if let Some(last) = self.waiting.last_mut() {
                *last = None;
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn bits_start_at_the_left() {
        let card = CardBits::new(0b10_0000_0001_0000_0000_0000_0011, 26).unwrap();
        assert_eq!((card.count(), card.bytes()), (26, &[0x80, 0x40, 0x00, 0xC0][..]));
        assert_eq!(CardBits::new(u64::MAX, 64).unwrap().bytes(), [0xFF; 8]);
        assert_eq!(CardBits::new(1, 1).unwrap().bytes(), [0x80]);
    }

    #[test]
    fn bits_that_do_not_fit_are_refused() {
        for (value, count) in [(0, 0), (2, 1), (1 << 26, 26), (0, 65), (0, 255)] {
            assert!(CardBits::new(value, count).is_none(), "{value} in {count}");
        }
    }

    #[test]
    fn reads_come_in_order_and_no_more_than_there_is_room_for() {
        let mut cards = Cards::new();
        let pushed: Vec<bool> = (0..5).map(|value| cards.push(CardBits::new(value, 8).unwrap(), 0)).collect();
        assert_eq!(pushed, [true, true, true, true, false]);
        let popped: Vec<u8> = core::iter::from_fn(|| cards.pop(0)).map(|card| *card.bytes().first().unwrap()).collect();
        assert_eq!(popped, [0, 1, 2, 3]);
    }

    #[test]
    fn an_old_read_is_not_reported() {
        let mut cards = Cards::new();
        let card = |value| CardBits::new(value, 8).unwrap();
        cards.push(card(1), 0);
        cards.push(card(2), 1);
        assert!(cards.pop(LIFETIME_MS + 1) == Some(card(2)));
        cards.push(card(3), LIFETIME_MS);
        assert!(cards.pop(2 * LIFETIME_MS + 1).is_none());
    }
}

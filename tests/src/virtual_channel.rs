//! A virtual chip behind the toolkit's card channel, in the same process.

use card_fixtures::chip::VirtualChip;
use card_fixtures::plug::SharedChip;
use soat::chip::{CardChannel, ChannelLimits, TransportError};

/// A channel to a virtual chip. The chip may be shared with a test that watches or removes it.
pub struct InProcessChannel {
    /// The chip.
    pub chip: SharedChip,
    limits: ChannelLimits,
    /// Commands at whose turn the card leaves the field, ascending; it is back when it is waited for.
    pub losses: Vec<u32>,
    sent: u32,
    away: bool,
}

impl InProcessChannel {
    /// Through a reader that passes short APDUs only.
    pub fn short(chip: VirtualChip) -> Self {
        Self::new(chip, ChannelLimits::SHORT)
    }

    /// Through a reader that passes extended APDUs of any length.
    pub fn extended(chip: VirtualChip) -> Self {
        Self::new(chip, ChannelLimits::EXTENDED)
    }

    /// Through a reader of certain limits.
    pub fn new(chip: VirtualChip, limits: ChannelLimits) -> Self {
        Self { chip: SharedChip::new(chip), limits, losses: Vec::new(), sent: 0, away: false }
    }
}

impl CardChannel for InProcessChannel {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        if self.losses.contains(&self.sent) {
            self.losses.retain(|turn| *turn != self.sent);
            self.chip.remove();
            self.away = true;
        }
        self.sent += 1;
        let answer = self.chip.transmit(command);
        match answer.is_empty() {
            false => Ok(answer),
            true if self.chip.is_present() => Err(TransportError::TimedOut),
            true => Err(TransportError::CardRemoved),
        }
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        if self.chip.reset() { Ok(()) } else { Err(TransportError::CardRemoved) }
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        if std::mem::take(&mut self.away) {
            self.chip.insert();
        }
        if self.chip.reset() { Ok(()) } else { Err(TransportError::TimedOut) }
    }

    fn limits(&self) -> ChannelLimits {
        self.limits
    }
}

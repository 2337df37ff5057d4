//! A virtual chip behind the toolkit's card channel, in the same process.

use card_fixtures::chip::VirtualChip;
use card_fixtures::plug::SharedChip;
use soat::chip::{CardChannel, ChannelLimits, TransportError};

/// A channel to a virtual chip. The chip may be shared with a test that watches or removes it.
pub struct InProcessChannel {
    /// The chip.
    pub chip: SharedChip,
    limits: ChannelLimits,
    /// How often the card was waited for.
    pub reconnected: u32,
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
        Self { chip: SharedChip::new(chip), limits, reconnected: 0 }
    }
}

impl CardChannel for InProcessChannel {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
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
        self.reconnected += 1;
        if self.chip.reset() { Ok(()) } else { Err(TransportError::TimedOut) }
    }

    fn limits(&self) -> ChannelLimits {
        self.limits
    }
}

//! The channel to one card: what a reader, the virtual chip or a gate's PN532 must offer.

use alloc::string::String;
use alloc::vec::Vec;

/// A way to exchange APDUs with one card.
pub trait CardChannel {
    /// Sends a command and gives the response with its status word.
    ///
    /// # Errors
    /// What happened to the reader or the card.
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError>;

    /// Resets the card that lies there: the application is deselected and every session is gone.
    ///
    /// # Errors
    /// What happened to the reader or the card.
    fn reset(&mut self) -> Result<(), TransportError>;

    /// Waits for the card to come back after [`TransportError::CardRemoved`] and connects to it anew.
    ///
    /// # Errors
    /// What happened to the reader, or that no card came in time.
    fn reconnect(&mut self) -> Result<(), TransportError>;

    /// What fits through.
    fn limits(&self) -> ChannelLimits;
}

/// How much fits through a channel in one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChannelLimits {
    /// Longest command in bytes: 261 where only short APDUs pass.
    pub command: usize,
    /// Longest response in bytes, status word included: 258 where only short APDUs pass.
    pub response: usize,
}

impl ChannelLimits {
    /// Short APDUs only (ISO 7816-3 §12.1).
    pub const SHORT: Self = Self { command: 261, response: 258 };
    /// Extended APDUs of any length.
    pub const EXTENDED: Self = Self { command: 65_544, response: 65_538 };
}

/// What can happen between host and card.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TransportError {
    /// The card left the field or was reset by another program.
    #[error("the card was removed")]
    CardRemoved,
    /// The reader is gone.
    #[error("the reader was unplugged")]
    ReaderGone,
    /// No answer in time.
    #[error("no answer in time")]
    TimedOut,
    /// Another program holds the card.
    #[error("another program holds the card")]
    Busy,
    /// Anything else, in the words of the system.
    #[error("{0}")]
    Other(String),
}

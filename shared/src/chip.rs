//! How to talk to a chip: commands, access protocols, secure messaging, authentication, and the reading of a whole card.

pub mod access_key;
pub mod channel;

pub use access_key::AccessKey;
pub use channel::{CardChannel, ChannelLimits, TransportError};

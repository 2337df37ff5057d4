//! How to talk to a chip: commands, access protocols, secure messaging, authentication, and the reading of a whole card.

pub mod access_key;
pub mod active_authentication;
pub mod apdu;
pub mod bac;
pub mod channel;
pub mod chip_authentication;
pub mod error;
pub mod exchange;
pub mod key_derivation;
pub mod pace;
pub mod reading;
#[cfg(all(test, feature = "rustcrypto"))]
mod scripted;
pub mod secure_messaging;
pub mod trace;

pub use access_key::AccessKey;
pub use channel::{CardChannel, ChannelLimits, TransportError};
pub use error::ReadError;
pub use reading::{Observer, Progress, ReadingOptions, read_card};

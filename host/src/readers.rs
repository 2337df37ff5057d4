//! Where cards lie: PC/SC readers, gates at serial ports, and the virtual card in this process.

pub mod pcsc;
pub mod serial;
pub mod virtual_card;

use soat::chip::TransportError;

use crate::error::Error;

impl From<TransportError> for Error {
    fn from(error: TransportError) -> Self {
        match error {
            TransportError::CardRemoved => Self::card("card-removed"),
            TransportError::ReaderGone => Self::card("reader-gone"),
            TransportError::TimedOut => Self::card("card-silent"),
            TransportError::Busy => Self::card("card-busy"),
            TransportError::Other(cause) => Self::card("card-transport").with("cause", cause),
            _ => Self::card("card-transport").with("cause", error.to_string()),
        }
    }
}

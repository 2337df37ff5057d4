//! What a failed read means to the user.

use soat::chip::ReadError;
use soat::chip::error::Incompatibility;

use crate::error::Error;

/// The message of a read error.
pub fn explain(error: ReadError) -> Error {
    match error {
        ReadError::Transport { source, .. } => source.into(),
        ReadError::CardChanged => Error::card("card-changed"),
        ReadError::AccessDenied { protocol, tries_left: None } => {
            Error::card("card-access-denied").with("protocol", protocol.to_string())
        }
        ReadError::AccessDenied { protocol, tries_left: Some(tries) } => {
            Error::card("card-access-denied-tries").with("protocol", protocol.to_string()).with("tries", tries)
        }
        ReadError::CardMisbehaved { step, reason } => {
            Error::card("card-misbehaved").with("step", step.to_string()).with("cause", reason.to_string())
        }
        ReadError::LimitExceeded { step, limit } => {
            Error::card("card-limit").with("step", step.to_string()).with("cause", limit.to_string())
        }
        ReadError::CardIncompatible(lack) => incompatible(lack),
        other => Error::card("card-unreadable").with("cause", other.to_string()),
    }
}

fn incompatible(lack: Incompatibility) -> Error {
    match lack {
        Incompatibility::NoApplication(_) => Error::card("card-not-an-id"),
        Incompatibility::CanWithoutPace => Error::card("card-can-without-pace"),
        Incompatibility::BacNotOffered(status) => Error::card("card-bac-not-offered").with("status", status.to_string()),
        Incompatibility::PaceRefused(status) => Error::card("card-pace-refused").with("status", status.to_string()),
        other => Error::card("card-unsupported").with("cause", other.to_string()),
    }
}

//! What a failed read means to the user.

use soat::chip::ReadError;
use soat::chip::error::{Incompatibility, PasswordState};
use soat::dossier::PasswordKind;

use crate::error::Error;

/// The message of an error of reading with this kind of key.
pub fn explain(error: ReadError, key: PasswordKind) -> Error {
    match error {
        ReadError::Transport { source, .. } => source.into(),
        ReadError::CardChanged => Error::card("card-changed"),
        ReadError::AccessDenied { protocol, tries_left: None } => {
            Error::card("card-access-denied").with("protocol", protocol.to_string())
        }
        ReadError::AccessDenied { tries_left: Some(tries), .. } if matches!(key, PasswordKind::Pin | PasswordKind::Puk) => {
            denied_secret(key, tries)
        }
        ReadError::PasswordUnusable { password, state } => match state {
            PasswordState::Suspended => Error::card("card-pin-suspended"),
            PasswordState::Blocked => Error::card("card-secret-blocked").with("password", password),
            PasswordState::Deactivated => Error::card("card-secret-deactivated").with("password", password),
        },
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

/// A refused PIN or PUK: how many tries the card leaves, and what it does with the last.
fn denied_secret(key: PasswordKind, tries: u8) -> Error {
    match (key, tries) {
        (_, 0) => Error::card("card-secret-denied-blocked").with("password", key),
        (PasswordKind::Pin, 1) => Error::card("card-pin-denied-suspended"),
        _ => Error::card("card-secret-denied").with("password", key).with("tries", tries),
    }
}

fn incompatible(lack: Incompatibility) -> Error {
    match lack {
        Incompatibility::NoApplication(_) => Error::card("card-not-an-id"),
        Incompatibility::PasswordWithoutPace(password) => Error::card("card-password-without-pace").with("password", password),
        Incompatibility::BacNotOffered(status) => Error::card("card-bac-not-offered").with("status", status.to_string()),
        Incompatibility::PaceRefused(status) => Error::card("card-pace-refused").with("status", status.to_string()),
        other => Error::card("card-unsupported").with("cause", other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use soat::chip::error::Protocol;

    #[test]
    fn each_state_of_a_counted_password_has_its_message() {
        let denied = |tries| ReadError::AccessDenied { protocol: Protocol::Pace, tries_left: Some(tries) };
        let unusable = |state| ReadError::PasswordUnusable { password: PasswordKind::Pin, state };
        for (error, key, id) in [
            (denied(2), PasswordKind::Pin, "card-secret-denied"),
            (denied(1), PasswordKind::Pin, "card-pin-denied-suspended"),
            (denied(1), PasswordKind::Puk, "card-secret-denied"),
            (denied(0), PasswordKind::Pin, "card-secret-denied-blocked"),
            (denied(2), PasswordKind::Can, "card-access-denied-tries"),
            (unusable(PasswordState::Suspended), PasswordKind::Pin, "card-pin-suspended"),
            (unusable(PasswordState::Blocked), PasswordKind::Pin, "card-secret-blocked"),
            (unusable(PasswordState::Deactivated), PasswordKind::Pin, "card-secret-deactivated"),
        ] {
            assert_eq!(explain(error, key).id(), id);
        }
    }
}

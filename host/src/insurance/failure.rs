//! Why the portal gave no answer. A failure never repeats an address, since the portal's addresses carry the account's secrets.

use crate::error::{Error, Exit};

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    /// No connection: nothing was sent.
    Unreachable,
    /// Its certificate is not one that this computer trusts: nothing was sent.
    NotTrusted,
    /// No whole answer within the time.
    TimedOut,
    /// The connection broke.
    Broken,
    /// An HTTP status other than 200 and 401; a redirection too, which is never followed with the account's secrets in hand.
    Status(u16),
    /// More than any answer has.
    TooLong,
    /// Not the JSON document that was agreed.
    Unreadable,
    /// The token is taken no longer.
    TokenRefused,
    /// User name or password are not taken.
    AccountRefused,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let undecided = |id| Error::ending(id, Exit::Undetermined);
        match failure {
            Failure::Unreachable => undecided("insurance-unreachable"),
            Failure::NotTrusted => undecided("insurance-not-trusted"),
            Failure::TimedOut => undecided("insurance-timed-out"),
            Failure::Broken => undecided("insurance-broken"),
            Failure::Status(status) => undecided("insurance-status").with("number", status),
            Failure::TooLong => undecided("insurance-too-long"),
            Failure::Unreadable => undecided("insurance-unreadable"),
            Failure::TokenRefused | Failure::AccountRefused => Error::usage("insurance-account-refused"),
        }
    }
}

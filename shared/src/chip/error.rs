//! Why a card could not be read, split by who is at fault. Never with personal data.

use core::fmt;

use super::apdu::StatusWord;
use super::channel::TransportError;
use super::secure_messaging::Violation;
use crate::crypto::CryptoError;
use crate::dossier::{FileId, PasswordKind};

/// Why reading ended without a dossier.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The chip broke a rule of its protocols.
    #[error("{step}: the card misbehaved: {reason}")]
    CardMisbehaved {
        /// Where.
        step: Step,
        /// Which rule.
        reason: Misbehaviour,
    },
    /// The card lacks what is needed, or this reader lacks what the card needs.
    #[error("the card cannot be read: {0}")]
    CardIncompatible(Incompatibility),
    /// The key is not this card's. It was tried once.
    #[error("the card refused the key ({protocol})")]
    AccessDenied {
        /// Which protocol ran.
        protocol: Protocol,
        /// How many tries the chip says are left; `None` where it does not count.
        tries_left: Option<u8>,
    },
    /// The chip says that the password cannot be used now. It was not tried.
    #[error("the {password} is {state}")]
    PasswordUnusable {
        /// Which password.
        password: PasswordKind,
        /// What is the matter with it.
        state: PasswordState,
    },
    /// Something happened between host and card.
    #[error("{step}: {source}")]
    Transport {
        /// Where.
        step: Step,
        /// What.
        source: TransportError,
    },
    /// A bound of [`super::reading::Limits`] was reached.
    #[error("{step}: {limit}")]
    LimitExceeded {
        /// Where.
        step: Step,
        /// Which bound.
        limit: Limit,
    },
    /// After a lost tag another card came: its EF.SOD differs. Nothing of either is kept (`card.changed`).
    #[error("another card was laid on the reader")]
    CardChanged,
}

/// Why a password cannot be used (BSI TR-03110-2 §3.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordState {
    /// One try is left, for which the chip wants its card access number first.
    Suspended,
    /// No try is left.
    Blocked,
    /// It was never set, or was switched off.
    Deactivated,
}

impl fmt::Display for PasswordState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Suspended => "suspended until the card access number is given",
            Self::Blocked => "blocked",
            Self::Deactivated => "deactivated",
        })
    }
}

/// Access protocols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// Basic access control.
    Bac,
    /// Password authenticated connection establishment.
    Pace,
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Bac => "BAC",
            Self::Pace => "PACE",
        })
    }
}

/// Where reading stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Step {
    /// Connecting: reset and first command.
    Connecting,
    /// EF.CardAccess and EF.ATR/INFO.
    CardAccess,
    /// The access protocol.
    Access(Protocol),
    /// SELECT of the application.
    Select,
    /// Chip authentication.
    ChipAuthentication,
    /// Active authentication.
    ActiveAuthentication,
    /// A file.
    File(FileId),
}

impl fmt::Display for Step {
    /// The name of [`crate::dossier::StepTiming::step`].
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Connecting => f.write_str("connecting"),
            Self::CardAccess => f.write_str("card_access"),
            Self::Access(Protocol::Bac) => f.write_str("bac"),
            Self::Access(Protocol::Pace) => f.write_str("pace"),
            Self::Select => f.write_str("select"),
            Self::ChipAuthentication => f.write_str("chip_authentication"),
            Self::ActiveAuthentication => f.write_str("active_authentication"),
            Self::File(file) => file.fmt(f),
        }
    }
}

/// Which rule a chip broke.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misbehaviour {
    /// It refused what it must do.
    #[error("status {0}")]
    Status(StatusWord),
    /// Secure messaging does not hold; the session is over.
    #[error("secure messaging: {0}")]
    SecureMessaging(Violation),
    /// The answer is not built as the protocol says.
    #[error("malformed answer: {0}")]
    Malformed(&'static str),
    /// Fewer bytes than a file has, again and again.
    #[error("too few data")]
    ShortData,
    /// A public key off its curve, at infinity, or of a wrong length.
    #[error("invalid public key: {0}")]
    PublicKey(CryptoError),
    /// It returned the terminal's own public key (`attacks.md` 21).
    #[error("the terminal's own public key came back")]
    SameKey,
    /// It does not know the key with which it just checked ours.
    #[error("its proof of the key is wrong")]
    Proof,
}

/// What a card and this reader lack for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Incompatibility {
    /// The eMRTD application is not there: this is no ID card of ICAO 9303.
    #[error("it is not an ICAO 9303 ID card: {0}")]
    NoApplication(StatusWord),
    /// Only a CAN, PIN or PUK is known, and the chip offers no PACE that this reader has.
    #[error("the {0} opens PACE only, which the chip does not offer")]
    PasswordWithoutPace(PasswordKind),
    /// The chip offers PACE only, in a variant that this reader lacks, and refuses BAC.
    #[error("BAC is not offered: {0}")]
    BacNotOffered(StatusWord),
    /// The chip refused to begin PACE with this password.
    #[error("PACE with this kind of key is not offered: {0}")]
    PaceRefused(StatusWord),
    /// The provider lacks an algorithm.
    #[error("{0}")]
    Crypto(CryptoError),
    /// A command does not fit through this reader.
    #[error("a command does not fit through the reader")]
    CommandTooLong,
}

/// Bounds against a chip that answers for ever (`attacks.md` 35).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Limit {
    /// Time in all.
    #[error("reading takes too long")]
    Time,
    /// Bytes from the card in all.
    #[error("the card sends too many data")]
    Bytes,
    /// Command–response pairs in all.
    #[error("reading takes too many commands")]
    Commands,
    /// Rounds of GET RESPONSE for one answer.
    #[error("an answer never ends")]
    Rounds,
    /// Size of one file.
    #[error("a file is too large")]
    FileSize,
    /// Sessions that had to be opened anew.
    #[error("the connection broke too often")]
    Sessions,
}

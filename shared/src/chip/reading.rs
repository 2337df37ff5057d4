//! Reads a whole card: access, authentication of the chip, files. Its product is the [`Dossier`], and it trusts nothing.
//!
//! The order of commands, and what each is for:
//!
//! 1. EF.CardAccess by its short identifier, before anything is selected; EF.ATR/INFO only where the reader passes extended APDUs.
//! 2. PACE where it is offered, in the best variant; else SELECT of the application and BAC, and the dossier says why. A PACE that fails
//!    never becomes BAC; a refused key is not tried again. A chip that has neither is read where its DG1 gives the key that is at hand.
//!    With chip authentication mapping EF.CardSecurity is read before the application is selected: its signed key is what the chip proves.
//! 3. SELECT of the application, EF.SOD, DG14, chip authentication: what follows is read under its keys, and so confirms them.
//! 4. DG1, EF.COM, DG13, DG15, active authentication, the other files that EF.SOD lists, DG2 last.
//!
//! EF.SOD is not verified here; its list only plans the reading. DG3 and DG4 need terminal authentication and are not asked for unless
//! they are named in [`Files::Only`]: the dossier has them as skipped, and no command is spent on them.
//!
//! A file costs ⌈size ÷ block⌉ commands: the first READ BINARY selects it by its short identifier and already brings a whole block. So a
//! card costs 11 commands (EF.CardAccess 2 at most, PACE 5, SELECT, chip authentication 2, active authentication) and its blocks. The
//! block is what fits into a protected answer: 223 bytes with AES and 231 with 3DES in short APDUs, and as many as EF.ATR/INFO states
//! in extended ones.

mod access;
mod block;
mod file;
mod options;
mod plan;
mod reader;

use rand_core::CryptoRng;

use super::AccessKey;
use super::channel::CardChannel;
use super::error::{Protocol, ReadError};
use crate::crypto::Provider;
use crate::dossier::{Dossier, FileId, PasswordKind};

pub use options::{Face, Files, Limits, ReadingOptions};

/// Where reading stands, for a screen or a door's display.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Progress {
    /// First commands.
    Connecting,
    /// The access protocol runs.
    Access(Protocol),
    /// The chip counts this password's wrong tries, and there were some.
    TriesLeft {
        /// Which password.
        password: PasswordKind,
        /// How many tries are left, the one that follows among them.
        tries: u8,
    },
    /// A file is read.
    Reading {
        /// Which.
        file: FileId,
        /// Bytes that were read.
        done: u32,
        /// Bytes that there are, from the file's own header; 0 before it is known.
        total: u32,
    },
    /// Chip authentication runs.
    ChipAuthentication,
    /// Active authentication runs.
    ActiveAuthentication,
    /// The tag was lost; the card is to be laid on again.
    WaitingForCard,
    /// The same card is back; reading goes on where it was.
    Resumed,
}

/// Who watches the reading, and its clock.
pub trait Observer {
    /// Is told of each step.
    fn progress(&mut self, progress: Progress);

    /// Milliseconds since any fixed moment; never backwards. Limits and timings go by it.
    fn milliseconds(&mut self) -> u64;
}

/// Reads a card.
///
/// # Errors
/// Why there is no dossier, split by who is at fault. A file that cannot be read, or a chip that refuses to authenticate itself, is no
/// error: the dossier says so, and inspection decides.
pub fn read_card(
    channel: &mut dyn CardChannel,
    key: &AccessKey,
    options: &ReadingOptions,
    provider: &dyn Provider,
    rng: &mut dyn CryptoRng,
    observer: &mut dyn Observer,
) -> Result<Dossier, ReadError> {
    reader::Reader::new(channel, key, options, provider, rng, observer).run()
}

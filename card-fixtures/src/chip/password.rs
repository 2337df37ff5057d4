//! The passwords of PACE and the tries of those that a holder keeps secret (ICAO 9303-11 §4.4.4.1, BSI TR-03110-2 §3.3).

use super::VirtualChip;
use super::apdu::status;

/// Which password MSE:Set AT names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Password {
    /// The zone.
    Mrz,
    /// The card access number.
    Can,
    /// The personal identification number.
    Pin,
    /// The key that unblocks it.
    Puk,
}

/// Tries that a chip leaves, kept without power.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tries {
    /// Of the PIN: 3 by default; with 1 it is suspended until the CAN opened a session.
    pub pin: u8,
    /// Of the PUK.
    pub puk: u8,
}

impl Default for Tries {
    fn default() -> Tries {
        Tries { pin: 3, puk: 10 }
    }
}

impl Password {
    pub(super) fn of_reference(reference: &[u8]) -> Option<Password> {
        match reference {
            [1] => Some(Password::Mrz),
            [2] => Some(Password::Can),
            [3] => Some(Password::Pin),
            [4] => Some(Password::Puk),
            _ => None,
        }
    }
}

impl VirtualChip {
    /// What goes into the key derivation.
    pub(super) fn password(&self, password: Password) -> Option<Vec<u8>> {
        let digits = |secret: &Option<String>| secret.as_ref().map(|digits| digits.as_bytes().to_vec());
        match password {
            Password::Mrz => self.card.mrz_key.as_ref().map(|key| key.digest()),
            Password::Can => digits(&self.card.can),
            Password::Pin => digits(&self.card.pin),
            Password::Puk => digits(&self.card.puk),
        }
    }

    /// The tries that are left, for a password whose tries are counted.
    fn counter(&mut self, password: Password) -> Option<(&mut u8, u8)> {
        let full = Tries::default();
        match password {
            Password::Mrz | Password::Can => None,
            Password::Pin => Some((&mut self.tries.pin, full.pin)),
            Password::Puk => Some((&mut self.tries.puk, full.puk)),
        }
    }

    /// What MSE:Set AT answers: 9000, or the tries that are left where there were wrong ones.
    pub(super) fn password_status(&mut self, password: Password) -> u16 {
        match self.counter(password) {
            Some((left, full)) if *left < full => counted(*left),
            _ => status::OK,
        }
    }

    /// Whether the password may be tried at all. A last try of the PIN waits for the CAN.
    pub(super) fn check_tries(&mut self, password: Password) -> Result<(), u16> {
        match (password, self.counter(password).map(|(left, _)| *left)) {
            (_, Some(0)) => Err(status::BLOCKED),
            (Password::Pin, Some(1)) => Err(status::CONDITIONS),
            _ => Ok(()),
        }
    }

    /// Counts a wrong password; the status that says so.
    pub(super) fn wrong_password(&mut self, password: Password) -> u16 {
        let counter = self.counter(password).map(|(left, _)| {
            *left = left.saturating_sub(1);
            *left
        });
        let answer = self.wrong_key();
        counter.map_or(answer, counted)
    }

    /// A right password gets its tries back.
    pub(super) fn right_password(&mut self, password: Password) {
        if let Some((left, full)) = self.counter(password) {
            *left = full;
        }
    }
}

fn counted(left: u8) -> u16 {
    0x63C0 | u16::from(left.min(15))
}

//! A session by itself, without a chip around it: for terminals that test their own half of secure messaging.

use super::apdu::{Answer, Command};
use super::secure_messaging::{Access, Session};
use crate::personalisation::Suite;

/// The chip's half of a session.
#[derive(Clone)]
pub struct SecureChannel(Session);

impl SecureChannel {
    /// Keys from a shared secret, the counter at zero (ICAO 9303-11 §9.8.2).
    pub fn new(suite: Suite, secret: &[u8]) -> SecureChannel {
        SecureChannel(Session::new(suite, secret, Access::Pace))
    }

    /// The command inside a protected one.
    ///
    /// # Errors
    /// The status that the chip would end the session with.
    pub fn open(&mut self, command: &[u8]) -> Result<Command, u16> {
        self.0.unprotect(&Command::parse(command)?)
    }

    /// The protected answer to a command of this instruction, status word included.
    pub fn answer(&mut self, instruction: u8, data: &[u8], status: u16) -> Vec<u8> {
        self.0.begin_answer();
        self.0.protect(instruction, &Answer { data: data.to_vec(), status }, None)
    }
}

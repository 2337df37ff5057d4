//! One command and its answer, with everything that a serial link does to them.

use alloc::vec::Vec;
use core::task::Poll;

use super::frame::{self, Decoder, Frame};
use crate::port::ByteLink;

/// The PN532 acknowledges within 15 ms (UM0701-02 §6.2.2); at 9,600 bauds the longest command takes 290 ms on the wire.
const ACKNOWLEDGEMENT_MS: u64 = 100;
/// How often a command is sent anew that was not acknowledged, and how often a damaged answer is asked for again.
const REPETITIONS: u8 = 3;

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LinkError {
    /// The command was not acknowledged.
    #[error("the PN532 does not acknowledge commands")]
    NotAcknowledged,
    /// It was acknowledged, and no answer came in time.
    #[error("the PN532 does not answer")]
    NoAnswer,
    /// The answer came damaged each time.
    #[error("answers of the PN532 come damaged")]
    Damaged,
    /// The PN532 does not know the command.
    #[error("the PN532 does not understand a command")]
    NotUnderstood,
    /// The command does not fit into a frame.
    #[error("a command is too long for the PN532")]
    TooLong,
}

/// A command for the PN532.
#[derive(Clone, Copy)]
pub struct Command<'a> {
    /// Its code.
    pub code: u8,
    /// What follows the code.
    pub data: &'a [u8],
    /// How long the PN532 may take after it acknowledged, in milliseconds.
    pub patience_ms: u64,
    /// Whether it may be sent a second time without harm. What goes to a card may not: it could arrive twice there.
    pub repeatable: bool,
}

/// A command under way.
pub struct Exchange {
    frame: Vec<u8>,
    answer_code: u8,
    patience_ms: u64,
    phase: Phase,
    deadline: u64,
    repetitions_left: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    AwaitingAcknowledgement,
    AwaitingAnswer,
}

impl Exchange {
    /// Sends a command.
    ///
    /// # Errors
    /// [`LinkError::TooLong`]
    pub fn begin(command: Command<'_>, link: &mut impl ByteLink, now: u64) -> Result<Self, LinkError> {
        let frame = frame::command(command.code, command.data).ok_or(LinkError::TooLong)?;
        link.send(&frame);
        Ok(Self {
            frame,
            answer_code: command.code.wrapping_add(1),
            patience_ms: command.patience_ms,
            phase: Phase::AwaitingAcknowledgement,
            deadline: now.saturating_add(ACKNOWLEDGEMENT_MS),
            repetitions_left: if command.repeatable { REPETITIONS } else { 0 },
        })
    }

    /// Takes what came; ready with what follows the code of the answer.
    pub fn poll(&mut self, link: &mut impl ByteLink, decoder: &mut Decoder, now: u64) -> Poll<Result<Vec<u8>, LinkError>> {
        while let Some(byte) = link.receive() {
            match decoder.push(byte) {
                Some(Frame::Answer(answer)) => match answer.split_first() {
                    // The acknowledgement was lost on the way, and the answer says the same.
                    Some((code, data)) if *code == self.answer_code => return Poll::Ready(Ok(data.to_vec())),
                    // To a command that was given up before.
                    _ => {}
                },
                Some(Frame::Acknowledged) => self.acknowledged(now),
                Some(Frame::SyntaxError) => return Poll::Ready(Err(LinkError::NotUnderstood)),
                Some(Frame::Damaged) if self.phase == Phase::AwaitingAnswer => {
                    // Its last answer is the one to this command: it was acknowledged.
                    match self.repetitions_left.checked_sub(1) {
                        Some(left) => self.repetitions_left = left,
                        None => return Poll::Ready(Err(LinkError::Damaged)),
                    }
                    link.send(&frame::NACK);
                }
                Some(Frame::Damaged | Frame::NotAcknowledged) | None => {}
            }
        }
        if now < self.deadline {
            return Poll::Pending;
        }
        match (self.phase, self.repetitions_left.checked_sub(1)) {
            (Phase::AwaitingAnswer, _) => {
                // An acknowledgement from the host ends the command (UM0701-02 §6.2.1.3).
                link.send(&frame::ACK);
                decoder.reset();
                Poll::Ready(Err(LinkError::NoAnswer))
            }
            (Phase::AwaitingAcknowledgement, Some(left)) => {
                self.repetitions_left = left;
                self.deadline = now.saturating_add(ACKNOWLEDGEMENT_MS);
                decoder.reset();
                link.send(&self.frame);
                Poll::Pending
            }
            (Phase::AwaitingAcknowledgement, None) => Poll::Ready(Err(LinkError::NotAcknowledged)),
        }
    }

    fn acknowledged(&mut self, now: u64) {
        if self.phase == Phase::AwaitingAcknowledgement {
            self.phase = Phase::AwaitingAnswer;
            self.deadline = now.saturating_add(self.patience_ms);
            self.repetitions_left = REPETITIONS;
        }
    }
}

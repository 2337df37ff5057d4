//! One place through which every command goes: secure messaging, GET RESPONSE (61xx), a corrected Le (6Cxx), command chaining, bounds,
//! costs.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::apdu::{Command, Response, StatusWord};
use super::channel::{CardChannel, TransportError};
use super::error::{Incompatibility, Limit, Misbehaviour, ReadError, Step};
use super::key_derivation::SessionKeys;
use super::reading::{Limits, Observer, Progress};
use super::secure_messaging::{SecureMessaging, Violation};
use crate::crypto::Provider;
use crate::dossier::{FileId, ReadingFinding, StepTiming};

/// Data octets of a short command, and of a protected one around which the data objects still fit.
const SHORT_DATA: usize = 255;
const SHORT_PROTECTED_DATA: usize = 223;

/// Milliseconds that an answer to READ BINARY may last on the average, and from how many answers on an average means anything. An
/// estimate: 256 bytes are 20 ms on the air at 106 kbit/s, and a slow reader's line adds as much. A relay adds its own way to each answer.
const SLOW_ANSWER: u64 = 200;
const FEWEST_ANSWERS: u64 = 8;

/// A connection to one card with its session, if there is one, and the count of what it has cost.
pub struct Exchange<'a> {
    channel: &'a mut dyn CardChannel,
    observer: &'a mut dyn Observer,
    provider: &'a dyn Provider,
    limits: Limits,
    messaging: Messaging,
    step: Step,
    started: u64,
    total: Cost,
    step_began: (u64, Cost),
    /// How many answers came while files were read, and the milliseconds that they lasted.
    answers: (u64, u64),
    timings: Vec<StepTiming>,
    findings: Vec<ReadingFinding>,
}

/// Whether commands are protected.
enum Messaging {
    /// No session yet.
    Plain,
    /// A session holds.
    Protected {
        keys: SecureMessaging,
        /// Whether the keys come from chip authentication.
        chip_authenticated: bool,
        repetition: Repetition,
    },
    /// A session broke a rule: nothing may be sent before a new one.
    Ended { violation: Violation, repeated: bool },
}

/// The one repetition that READ BINARY may have after an unprotected status (`attacks.md` 23).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Repetition {
    Unused,
    /// The next command must be READ BINARY with a smaller Ne than this.
    Due {
        expected: usize,
        status: StatusWord,
    },
    Used,
}

#[derive(Clone, Copy, Default)]
struct Cost {
    commands: u32,
    bytes: u64,
}

impl<'a> Exchange<'a> {
    /// A connection without a session.
    pub fn new(
        channel: &'a mut dyn CardChannel,
        observer: &'a mut dyn Observer,
        provider: &'a dyn Provider,
        limits: Limits,
    ) -> Self {
        let started = observer.milliseconds();
        Self {
            channel,
            observer,
            provider,
            limits,
            messaging: Messaging::Plain,
            step: Step::Connecting,
            started,
            total: Cost::default(),
            step_began: (started, Cost::default()),
            answers: (0, 0),
            timings: Vec::new(),
            findings: Vec::new(),
        }
    }

    /// The provider of cryptography.
    pub fn provider(&self) -> &'a dyn Provider {
        self.provider
    }

    /// What fits through the channel.
    pub fn channel(&self) -> &dyn CardChannel {
        self.channel
    }

    /// The bounds of this reading.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Where reading stands.
    pub fn step(&self) -> Step {
        self.step
    }

    /// Ends the step before, keeping its cost, and begins another.
    pub fn enter(&mut self, step: Step) {
        if step != self.step {
            self.close_step();
            self.step = step;
        }
    }

    fn close_step(&mut self) {
        let now = self.observer.milliseconds();
        let (began, before) = self.step_began;
        let commands = self.total.commands - before.commands;
        if commands > 0 {
            self.timings.push(StepTiming {
                step: self.step.to_string(),
                apdus: commands,
                bytes: saturate(self.total.bytes - before.bytes),
                milliseconds: saturate(now.saturating_sub(began)),
            });
        }
        self.step_began = (now, self.total);
    }

    /// Tells the observer.
    pub fn report(&mut self, progress: Progress) {
        self.observer.progress(progress);
    }

    /// Notes how the chip bent the standard, once a code and file.
    pub fn note(&mut self, code: &str) {
        let file = match self.step {
            Step::File(file) => Some(file),
            Step::CardAccess => Some(FileId::CardAccess),
            _ => None,
        };
        if !self.findings.iter().any(|finding| finding.code == code && finding.file == file) {
            self.findings.push(ReadingFinding { code: code.to_string(), file });
        }
    }

    /// The costs and findings so far.
    pub fn finish(mut self) -> (Vec<StepTiming>, Vec<ReadingFinding>) {
        self.close_step();
        let (count, milliseconds) = self.answers;
        // No cryptography stops a relay: what it leaves is time (`attacks.md` 39).
        if count >= FEWEST_ANSWERS && milliseconds / count > SLOW_ANSWER {
            self.step = Step::Connecting;
            self.note("timing.slow_answers");
        }
        (self.timings, self.findings)
    }

    /// An error of the card at this step.
    pub fn misbehaved(&self, reason: Misbehaviour) -> ReadError {
        ReadError::CardMisbehaved { step: self.step, reason }
    }

    /// The card's refusal of a command that it must carry out.
    pub fn refused(&self, status: StatusWord) -> ReadError {
        self.misbehaved(Misbehaviour::Status(status))
    }

    /// Begins a session, whatever stood before; the old keys are wiped.
    pub fn protect(&mut self, keys: SecureMessaging) {
        self.messaging = Messaging::Protected { keys, chip_authenticated: false, repetition: Repetition::Unused };
    }

    /// Replaces the session's keys by those of chip authentication, the counter at zero (ICAO 9303-11 §6.2.2). The old keys are wiped, so
    /// that nothing can be sent under them any more.
    pub fn replace_keys(&mut self, keys: SessionKeys) {
        let keys = SecureMessaging::new(keys);
        self.messaging = Messaging::Protected { keys, chip_authenticated: true, repetition: Repetition::Unused };
    }

    /// The session that holds now.
    pub fn messaging(&self) -> Option<&SecureMessaging> {
        match &self.messaging {
            Messaging::Protected { keys, .. } => Some(keys),
            _ => None,
        }
    }

    /// The session's keys out of the exchange, to be looked at.
    #[cfg(all(test, feature = "desk"))]
    pub fn take_messaging(&mut self) -> Option<SecureMessaging> {
        match core::mem::replace(&mut self.messaging, Messaging::Plain) {
            Messaging::Protected { keys, .. } => Some(keys),
            _ => None,
        }
    }

    /// Resets the card; the session is gone.
    ///
    /// # Errors
    /// What happened to the reader or the card.
    pub fn reset(&mut self) -> Result<(), ReadError> {
        self.messaging = Messaging::Plain;
        self.channel.reset().map_err(|source| ReadError::Transport { step: self.step, source })
    }

    /// Waits for a lost card; the session is gone.
    ///
    /// # Errors
    /// What happened to the reader or the card.
    pub fn reconnect(&mut self) -> Result<(), ReadError> {
        self.messaging = Messaging::Plain;
        self.channel.reconnect().map_err(|source| ReadError::Transport { step: self.step, source })
    }

    /// Sends a command and gives the answer: unprotected where a session holds, gathered where it came in parts, repeated once where the
    /// chip names another Le.
    ///
    /// Under a session an answer without protection ends it, save one: the first such answer to READ BINARY is given as its bare status,
    /// and may be followed by READ BINARY with a smaller Ne and nothing else (`attacks.md` 23).
    ///
    /// # Errors
    /// [`ReadError::CardMisbehaved`] with the violated rule, [`ReadError::Transport`], [`ReadError::LimitExceeded`].
    pub fn send(&mut self, command: Command) -> Result<Response, ReadError> {
        let repeated = command.clone();
        let response = self.send_once(command)?;
        match response.status.exact_length() {
            Some(exact) if repeated.expected.is_some_and(|expected| exact < expected) && response.data.is_empty() => {
                self.send_once(repeated.with_expected(exact))
            }
            _ => Ok(response),
        }
    }

    fn send_once(&mut self, command: Command) -> Result<Response, ReadError> {
        let most = match &self.messaging {
            _ if command.is_extended() && self.channel.limits().command > SHORT_DATA + 6 => usize::MAX,
            Messaging::Plain => SHORT_DATA,
            _ => SHORT_PROTECTED_DATA,
        };
        let mut links = command.chain(most);
        let last = links.pop();
        for link in links {
            let response = self.send_link(link)?;
            if !response.status.is_ok() {
                return Ok(response);
            }
        }
        match last {
            Some(last) => self.send_link(last),
            None => Err(ReadError::CardIncompatible(Incompatibility::CommandTooLong)),
        }
    }

    fn send_link(&mut self, command: Command) -> Result<Response, ReadError> {
        let provider = self.provider;
        let violation = match &mut self.messaging {
            Messaging::Plain => return self.transmit(&command),
            Messaging::Ended { violation, .. } => *violation,
            Messaging::Protected { repetition: Repetition::Due { expected, status }, .. }
                if !(command.is_read_binary() && command.expected.is_some_and(|shorter| shorter < *expected)) =>
            {
                Violation::Unprotected(*status)
            }
            Messaging::Protected { keys, .. } => match keys.protect(provider, &command) {
                Ok(protected) => {
                    let answer = self.transmit(&protected)?;
                    match self.unprotect(&command, &answer) {
                        Ok(response) => return Ok(response),
                        Err(violation) => violation,
                    }
                }
                Err(violation) => violation,
            },
        };
        Err(self.end(violation))
    }

    /// Ends the session. Its keys are wiped.
    fn end(&mut self, violation: Violation) -> ReadError {
        let repeated = match &self.messaging {
            Messaging::Protected { repetition, .. } => matches!(repetition, Repetition::Due { .. }),
            Messaging::Ended { repeated, .. } => *repeated,
            Messaging::Plain => false,
        };
        self.messaging = Messaging::Ended { violation, repeated };
        self.misbehaved(Misbehaviour::SecureMessaging(violation))
    }

    /// Ends a session whose one repetition is due and not made, as there is nothing shorter to ask for.
    pub fn forgo_repetition(&mut self) -> Option<ReadError> {
        match &self.messaging {
            Messaging::Protected { repetition: Repetition::Due { status, .. }, .. } => {
                let violation = Violation::Unprotected(*status);
                Some(self.end(violation))
            }
            _ => None,
        }
    }

    /// Whether the session ended with its one repetition due or failed: a shorter length was chosen already.
    pub fn ended_in_repetition(&self) -> bool {
        matches!(self.messaging, Messaging::Ended { repeated: true, .. })
    }

    fn unprotect(&mut self, command: &Command, answer: &Response) -> Result<Response, Violation> {
        let Messaging::Protected { keys, chip_authenticated, repetition } = &mut self.messaging else {
            return Err(Violation::Malformed);
        };
        let result = keys.unprotect(self.provider, answer);
        match (&result, command.expected) {
            (Ok(_), _) => {
                if matches!(repetition, Repetition::Due { .. }) {
                    *repetition = Repetition::Used;
                }
                result
            }
            // New keys of chip authentication must be confirmed first: a copy answers them with a bare status too.
            (Err(Violation::Unprotected(status)), Some(expected))
                if command.is_read_binary()
                    && *repetition == Repetition::Unused
                    && (keys.is_confirmed() || !*chip_authenticated)
                    && may_mean_length(*status) =>
            {
                keys.retract();
                *repetition = Repetition::Due { expected, status: *status };
                let bare = Response { data: Vec::new(), status: *status };
                self.note("sm.unprotected_status");
                Ok(bare)
            }
            _ => result,
        }
    }

    /// One command and its answer, gathered by GET RESPONSE where it comes in parts.
    fn transmit(&mut self, command: &Command) -> Result<Response, ReadError> {
        let mut response = self.transmit_once(command)?;
        let mut rounds = 0;
        while let Some(waiting) = response.status.waiting() {
            self.note("apdu.get_response");
            rounds += 1;
            if rounds > self.limits.rounds {
                return Err(self.exceeded(Limit::Rounds));
            }
            let next = self.transmit_once(&Command::new(0x00, 0xC0, [0, 0]).with_expected(waiting))?;
            response.data.extend(next.data);
            response.status = next.status;
        }
        Ok(response)
    }

    fn transmit_once(&mut self, command: &Command) -> Result<Response, ReadError> {
        let octets = command
            .encode()
            .ok()
            .filter(|octets| octets.len() <= self.channel.limits().command)
            .ok_or(ReadError::CardIncompatible(Incompatibility::CommandTooLong))?;
        if self.total.commands >= self.limits.commands {
            return Err(self.exceeded(Limit::Commands));
        }
        self.total.commands += 1;
        self.total.bytes += octets.len() as u64;
        let sent = self.observer.milliseconds();
        let answer = self.channel.transmit(&octets).map_err(|source| ReadError::Transport { step: self.step, source })?;
        let now = self.observer.milliseconds();
        if matches!(self.step, Step::File(_)) {
            self.answers = (self.answers.0 + 1, self.answers.1.saturating_add(now.saturating_sub(sent)));
        }
        self.total.bytes += answer.len() as u64;
        if self.total.bytes > self.limits.bytes {
            return Err(self.exceeded(Limit::Bytes));
        }
        if now.saturating_sub(self.started) > self.limits.milliseconds {
            return Err(self.exceeded(Limit::Time));
        }
        Response::parse(answer)
            .ok_or(ReadError::Transport { step: self.step, source: TransportError::Other("an answer without status".into()) })
    }

    /// The error of a bound that was reached at this step.
    pub fn exceeded(&self, limit: Limit) -> ReadError {
        ReadError::LimitExceeded { step: self.step, limit }
    }
}

/// Statuses with which chips answer an Le that is too long for them (`quirks.md` 1 and 2).
pub fn may_mean_length(status: StatusWord) -> bool {
    matches!(status.0, 0x6282 | 0x6700 | 0x6988 | 0x6B00 | 0x6C00..=0x6CFF | 0x6F00)
}

fn saturate(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

#[cfg(all(test, feature = "desk"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::cast_possible_truncation)]
mod tests;

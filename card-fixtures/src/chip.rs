//! A strict eMRTD chip in software: the card's side of ICAO 9303-10 and 9303-11.
//!
//! It takes command APDUs and gives response APDUs. Where the standard leaves a choice it takes the narrower one, so that a reader
//! which satisfies it keeps to the standard; [`Quirks`] makes it bend the standard as genuine documents do, or attack.

mod active_authentication;
mod apdu;
mod bac;
mod chip_authentication;
mod cipher;
pub(crate) mod data_object;
mod domain;
mod file_system;
mod link;
mod pace;
mod password;
mod quirk;
mod random;
mod secure_channel;
mod secure_messaging;

use crate::personalisation::{ChipKey, Personalisation};
use apdu::Answer;
use pace::Pace;
use random::Random;
use secure_messaging::Session;

pub use apdu::{Command, status};
pub use file_system::Directory;
pub use password::{Password, Tries};
pub use quirk::{
    Attack, BadBacAnswer, BadChipData, BadNumber, BadPoint, EndOfFile, ExtendedLength, Forgery, LostTag, ParameterId, Patch,
    Quirks, ReadLimit, SignatureForm,
};
pub use secure_channel::SecureChannel;
pub use secure_messaging::Access;

/// A personalised chip in the field of a reader.
pub struct VirtualChip {
    card: Personalisation,
    quirks: Quirks,
    random: Random,
    present: bool,
    /// The tag that left the field and comes back.
    lost: Option<LostTag>,
    apdus: u32,
    exchanges: Vec<Exchange>,
    failed_attempts: u32,
    tries: Tries,
    /// Every ephemeral key that a terminal sent.
    ephemeral_keys: Vec<Vec<u8>>,
    power_cycle: PowerCycle,
}

/// One command as the chip understood it, and how it ended: what tests look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exchange {
    /// CLA, INS, P1, P2, without secure messaging.
    pub header: [u8; 4],
    /// Whether it came under secure messaging.
    pub protected: bool,
    /// Ne, where Le was present.
    pub ne: Option<usize>,
    /// Bytes of data in the answer, without secure messaging.
    pub data_len: usize,
    /// The status word.
    pub status: u16,
}

/// What the chip forgets without power.
#[derive(Default)]
struct PowerCycle {
    directory: Directory,
    current_file: Option<u16>,
    application_selected: bool,
    session: Option<Session>,
    /// Keys that begin after the answer to the command that made them.
    next_session: Option<Session>,
    challenge: Option<Vec<u8>>,
    pace: Option<Pace>,
    chip_key: Option<ChipKey>,
    /// Links of a command chain so far.
    chain: Option<Command>,
    /// Parts of an answer for GET RESPONSE.
    rest_of_answer: Vec<u8>,
    protected_answers: u32,
}

impl VirtualChip {
    /// A chip with the behaviour that goes with its personalisation ([`Quirks::of`]); its random numbers follow from the seed.
    pub fn new(card: Personalisation, seed: u64) -> VirtualChip {
        let quirks = Quirks::of(&card);
        VirtualChip::with_quirks(card, seed, quirks)
    }

    /// A chip with chosen behaviour.
    pub fn with_quirks(card: Personalisation, seed: u64, quirks: Quirks) -> VirtualChip {
        VirtualChip {
            card,
            quirks,
            random: Random::new(seed),
            present: true,
            lost: None,
            apdus: 0,
            exchanges: Vec::new(),
            failed_attempts: 0,
            tries: Tries::default(),
            ephemeral_keys: Vec::new(),
            power_cycle: PowerCycle::default(),
        }
    }

    /// Its behaviour, to be changed at any time.
    pub fn quirks_mut(&mut self) -> &mut Quirks {
        &mut self.quirks
    }

    /// What it was made from.
    pub fn personalisation(&self) -> &Personalisation {
        &self.card
    }

    /// Puts in the next random number: a nonce or key of exactly this length. Calls queue up.
    pub fn inject_random(&mut self, bytes: &[u8]) {
        self.random.inject(bytes);
    }

    /// Commands that reached the chip since it was made.
    pub fn apdus(&self) -> u32 {
        self.apdus
    }

    /// What the commands were, since the chip was made. Commands that failed in secure messaging are listed as they came.
    pub fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Wrong keys in BAC and PACE since the last right one. A real chip delays its answers by this number.
    pub fn failed_attempts(&self) -> u32 {
        self.failed_attempts
    }

    /// Tries that are left of PIN and PUK.
    pub fn tries(&self) -> Tries {
        self.tries
    }

    /// Sets the tries that are left, as somebody else may have used them up.
    pub fn set_tries(&mut self, tries: Tries) {
        self.tries = tries;
    }

    fn answer(&mut self, bytes: &[u8]) -> Vec<u8> {
        let command = match Command::parse(bytes) {
            Ok(command) => command,
            Err(status) => return self.refuse(bytes.first_chunk().copied().unwrap_or_default(), None, status),
        };
        if command.ins == 0xC0 && !self.power_cycle.rest_of_answer.is_empty() {
            return self.next_part(&command);
        }
        self.power_cycle.rest_of_answer.clear();
        let protected = match command.cla & !0x10 {
            0x00 => false,
            0x0C => true,
            _ => return self.refuse(command.header(), command.ne, status::WRONG_CLA),
        };
        if command.extended && !self.accepts_extended(bytes.len(), &command) {
            return self.refuse(command.header(), command.ne, status::WRONG_LENGTH);
        }
        match (protected, self.power_cycle.session.take()) {
            (false, None) => {
                let answer = self.execute(command, false);
                self.power_cycle.session = self.power_cycle.next_session.take();
                self.in_parts(answer.to_bytes())
            }
            (true, Some(session)) => self.answer_protected(session, &command),
            // A plain command ends the session (§9.8.3), whose keys are gone by now.
            (false, Some(_)) => self.refuse(command.header(), command.ne, status::SECURITY_STATUS),
            (true, None) => self.refuse(command.header(), command.ne, status::SM_OBJECT_WRONG),
        }
    }

    fn answer_protected(&mut self, mut session: Session, outer: &Command) -> Vec<u8> {
        let before = session.clone();
        let command = match session.unprotect(outer) {
            Ok(command) => command,
            Err(status) => return self.refuse(outer.header(), outer.ne, status),
        };
        if let Some(limit) = self.quirks.read_limit
            && !limit.protected
            && matches!(command.ins, 0xB0 | 0xB1)
            && command.ne.is_some_and(|ne| ne > limit.bytes)
        {
            let answer = self.refuse(command.header(), command.ne, limit.status);
            if !matches!(limit.status, status::SM_OBJECT_MISSING | status::SM_OBJECT_WRONG) {
                self.power_cycle.session = Some(before);
            }
            return answer;
        }

        let (ins, outer_ne) = (command.ins, outer.ne.unwrap_or(256));
        self.power_cycle.session = Some(session.clone());
        let answer = self.execute(command, true);
        let forgery = match self.quirks.attack {
            Some(Attack::Forge(from, forgery)) if self.power_cycle.protected_answers >= from => Some(forgery),
            _ => None,
        };
        self.power_cycle.protected_answers += 1;
        session.begin_answer();
        let mut bytes = session.protect(ins, &answer, forgery);
        if bytes.len() > self.longest_answer(outer_ne) && self.quirks.answer_part.is_none() {
            if let Some(exchange) = self.exchanges.last_mut() {
                (exchange.data_len, exchange.status) = (0, status::WRONG_LENGTH);
            }
            bytes = session.protect(ins, &Answer::bare(status::WRONG_LENGTH), forgery);
        }
        self.power_cycle.session = Some(self.power_cycle.next_session.take().unwrap_or(session));
        self.in_parts(bytes)
    }

    /// Bytes of an answer with its status word: Ne, or what the chip's buffer holds (ISO 7816-4 §12.7.1).
    fn longest_answer(&self, ne: usize) -> usize {
        match self.stated_buffers() {
            Some((_, answers)) if ne > 256 => answers.min(ne + 2),
            _ => ne + 2,
        }
    }

    /// Refuses without secure messaging: whatever session there was is over.
    fn refuse(&mut self, header: [u8; 4], ne: Option<usize>, status: u16) -> Vec<u8> {
        self.power_cycle.session = None;
        self.power_cycle.pace = None;
        self.power_cycle.chain = None;
        self.exchanges.push(Exchange { header, protected: false, ne, data_len: 0, status });
        Answer::bare(status).to_bytes()
    }

    /// Runs a command whose secure messaging was right, and keeps a note of it.
    fn execute(&mut self, command: Command, protected: bool) -> Answer {
        let (header, ne) = (command.header(), command.ne);
        let mut answer = self.dispatch(command).unwrap_or_else(Answer::bare);
        // Protected answers are measured after their protection.
        let longest = self.longest_answer(ne.unwrap_or(0));
        // A short Le 00 asks for what there is: a longer key comes in parts (ISO 7816-4 §5.3.4).
        let in_parts = self.quirks.answer_part.is_some() && ne.is_some() || header[1] == 0x86 && ne == Some(256);
        if answer.data.len() + 2 > longest && !in_parts {
            answer = Answer::bare(status::WRONG_LENGTH);
        }
        self.exchanges.push(Exchange { header, protected, ne, data_len: answer.data.len(), status: answer.status });
        answer
    }

    fn dispatch(&mut self, mut command: Command) -> Result<Answer, u16> {
        const GENERAL_AUTHENTICATE: u8 = 0x86;
        let pace = self.power_cycle.pace.take();
        let chip_key = self.power_cycle.chip_key.take();
        if command.ins == GENERAL_AUTHENTICATE {
            // The steps of PACE are one chain already (§4.4.4.3): a step that comes in several links is whole with its template.
            if let Some(first) = self.power_cycle.chain.take() {
                if (first.ins, first.p1_p2()) != (command.ins, command.p1_p2()) {
                    return Err(status::LAST_OF_CHAIN_EXPECTED);
                }
                command.data = [first.data, command.data].concat();
            }
            if command.is_chained() && command.ne.is_none() && is_begun(&command.data) {
                self.power_cycle.chain = Some(command);
                (self.power_cycle.pace, self.power_cycle.chip_key) = (pace, chip_key);
                return Ok(Answer::bare(status::OK));
            }
        } else {
            if let Some(chain) = self.power_cycle.chain.take() {
                if (chain.ins, chain.p1, chain.p2) != (command.ins, command.p1, command.p2) {
                    return Err(status::LAST_OF_CHAIN_EXPECTED);
                }
                command.data = [chain.data, command.data].concat();
                if command.data.len() > usize::from(u16::MAX) {
                    return Err(status::WRONG_LENGTH);
                }
            }
            if command.is_chained() {
                self.power_cycle.chain = Some(command);
                return Ok(Answer::bare(status::OK));
            }
        }
        if command.ins != 0x82 {
            self.power_cycle.challenge = None;
        }
        match command.ins {
            0xA4 => self.select(&command),
            0xB0 => self.read_binary(&command),
            0xB1 => self.read_binary_odd(&command),
            0x84 => self.get_challenge(&command),
            0x82 => self.external_authenticate(&command),
            0x88 => self.internal_authenticate(&command),
            0x22 => self.manage_security_environment(&command),
            GENERAL_AUTHENTICATE => match (pace, chip_key) {
                _ if command.p1_p2() != 0 => Err(status::WRONG_P1_P2),
                (Some(pace), _) => self.pace_step(pace, &command),
                (None, Some(key)) => self.authenticate_chip(&key, &command),
                (None, None) => Err(status::CONDITIONS),
            },
            0xC0 => Err(status::CONDITIONS),
            _ => Err(status::WRONG_INS),
        }
    }

    fn manage_security_environment(&mut self, command: &Command) -> Result<Answer, u16> {
        if self.quirks.refuse_le && command.ne.is_some() {
            return Err(status::WRONG_LENGTH);
        }
        match command.p1_p2() {
            0xC1A4 if !self.card.pace.is_empty() => self.set_pace(command),
            0x41A4 => self.set_chip_authentication(command),
            0x41A6 => self.set_key_agreement(command),
            _ => Err(status::WRONG_P1_P2),
        }
    }

    /// Keys that hold from the next command on.
    fn start_session(&mut self, session: Session) {
        self.failed_attempts = 0;
        self.power_cycle.next_session = Some(session);
    }

    /// Counts a wrong key; the status that says so.
    fn wrong_key(&mut self) -> u16 {
        self.failed_attempts += 1;
        self.quirks.wrong_key_status.unwrap_or(status::AUTHENTICATION_FAILED)
    }

    /// Whether an access protocol ran, for a chip that has one.
    fn check_session(&self) -> Result<(), u16> {
        let plain = !self.card.bac && self.card.pace.is_empty();
        if plain || self.power_cycle.session.is_some() { Ok(()) } else { Err(status::SECURITY_STATUS) }
    }
}

/// Whether a data object is not yet all there.
fn is_begun(bytes: &[u8]) -> bool {
    let total = match *bytes {
        [_, length @ ..=0x7F, ..] => usize::from(length) + 2,
        [_, 0x81, length, ..] => usize::from(length) + 3,
        [_, 0x82, high, low, ..] => usize::from(u16::from_be_bytes([high, low])) + 4,
        _ => return false,
    };
    bytes.len() < total
}

#[cfg(test)]
mod tests;

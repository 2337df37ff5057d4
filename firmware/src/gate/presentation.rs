//! One presentation: a card is opened with a key, read, verified and judged.

use alloc::vec;

use soat::chip::error::{Incompatibility, Step};
use soat::chip::reading::{Face, Files, Limits, Observer, Progress, ReadingOptions, read_card};
use soat::chip::{AccessKey, ReadError, TransportError};
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, Dossier, FileContent, PrintedData};
use soat::gate::pack::Portrait;
use soat::gate::pack::access_list::Person;
use soat::inspection::{Profile, inspect};
use soat::time::Timestamp;

use super::decision::{Decision, Refusal};
use super::{Gate, Stage, Waiting};
use crate::card_keys::CardKeys;
use crate::port::{Board, Clock, Record};

/// DG2 is the largest file by far, and is not held.
const LARGEST_FILE: usize = 64 << 10;
/// A gate's RAM has room for so many bytes of files: EF.SOD of 16 KiB and small ones. What is made
/// of them takes as much again.
const HELD: usize = 20 << 10;

impl<B: Board> Gate<B> {
    /// When a reading that begins now is given up.
    pub(super) fn deadline(&self) -> u64 {
        self.clock.milliseconds().saturating_add(self.settings.reading_ms.into())
    }

    /// Reads and judges the card that is selected.
    pub(super) fn present(&mut self, keys: &CardKeys, deadline: u64) -> Decision {
        let Some(time) = self.clock.time() else { return Decision::Refused(Refusal::TimeUnknown) };
        if let Err(refusal) = self.rule.holds(time) {
            return Decision::Refused(refusal);
        }
        // Time that was believed once has passed: a clock that is set back is not.
        self.rule.from = self.rule.from.max(time);
        let mut dossier = match self.read(keys, time, deadline) {
            Ok(dossier) => dossier,
            Err(ReadError::AccessDenied { .. }) => return Decision::Refused(Refusal::WrongKey),
            Err(error) => return Decision::Refused(Refusal::NotRead(error)),
        };
        if let Some(code) = &keys.code {
            dossier.printed.insert(PrintedData::QrCode, FileContent::Bytes(code.to_vec()));
        }
        let report = inspect(&dossier, &self.trust, &Profile::GATE, time, &RustCrypto);
        let Self { rule, passback, journal, clock, .. } = self;
        let passes = |person: &Person| {
            // What was before the start stands in the journal alone: cutting the power forgets nobody.
            let is_known = passback.is_complete(clock.milliseconds());
            let was_here = if is_known { Some(false) } else { journal.was_admitted(person, passback.since(time)) };
            match was_here {
                None => Err(Refusal::NotKept),
                Some(false) if passback.passes(person, time) => Ok(()),
                Some(_) => Err(Refusal::Passback(*person)),
            }
        };
        rule.decide(&report, time, passes, &RustCrypto)
    }

    /// Tries one of the enrolled keys on a card without a code. `None` where it is not this card's: the next one is tried, as long as a
    /// reading may take, and then the card waits for its code.
    pub(super) fn try_enrolled(&mut self, key: AccessKey, since: u64, tried: usize) -> Option<Decision> {
        let deadline = since.saturating_add(self.settings.reading_ms.into());
        let next = match self.present(&CardKeys::from(key), deadline) {
            Decision::Refused(Refusal::WrongKey) => tried.saturating_add(1),
            Decision::Refused(Refusal::NotRead(ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(_)))) => {
                usize::MAX
            }
            // The time is over in the middle of a try.
            Decision::Refused(Refusal::NotRead(_)) if self.clock.milliseconds() >= deadline => usize::MAX,
            decision => {
                if matches!(decision, Decision::Admitted { .. }) {
                    self.enrolment.admitted(tried);
                }
                return Some(decision);
            }
        };
        let is_over = next >= self.enrolment.len();
        self.stage =
            if is_over { Stage::CardWaits(self.clock.milliseconds(), usize::MAX) } else { Stage::CardWaits(since, next) };
        None
    }

    fn read(&mut self, keys: &CardKeys, time: Timestamp, deadline: u64) -> Result<Dossier, ReadError> {
        let first = self.read_with(&keys.key, time, deadline);
        if !matches!(first, Err(ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(_)))) {
            return first;
        }
        let mut last = first;
        for guess in &keys.guesses {
            last = self.read_with(guess, time, deadline);
            if !matches!(last, Err(ReadError::AccessDenied { .. })) {
                break;
            }
        }
        last
    }

    fn read_with(&mut self, key: &AccessKey, time: Timestamp, deadline: u64) -> Result<Dossier, ReadError> {
        let (face, groups) = match self.settings.face {
            Portrait::Hashed => (Face::Hashed, vec![DataGroup::DG1, DataGroup::DG2, DataGroup::DG13]),
            Portrait::Skipped => (Face::Skipped, vec![DataGroup::DG1, DataGroup::DG13]),
        };
        // One time for all keys: a card that refuses each of them late does not hold the gate four times as long.
        let milliseconds = deadline.saturating_sub(self.clock.milliseconds());
        let options = ReadingOptions {
            face,
            files: Files::Only(groups),
            limits: Limits { milliseconds, file: LARGEST_FILE, held: HELD, ..Limits::default() },
            read_at: Some(time),
            ..ReadingOptions::default()
        };
        let waiting = Waiting { clock: &self.clock, outputs: &self.outputs };
        let Some(mut channel) = self.reader.channel(&waiting) else {
            return Err(ReadError::Transport { step: Step::Connecting, source: TransportError::CardRemoved });
        };
        read_card(&mut channel, key, &options, &RustCrypto, &mut self.entropy, &mut Watch(&waiting))
    }
}

struct Watch<'a, C>(&'a C);

impl<C: Clock> Observer for Watch<'_, C> {
    fn progress(&mut self, _: Progress) {}

    fn milliseconds(&mut self) -> u64 {
        self.0.milliseconds()
    }
}

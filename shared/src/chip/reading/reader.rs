//! The course of a reading, and what happens when it is interrupted.

use alloc::vec::Vec;

use rand_core::CryptoRng;

use super::block::Ladder;
use super::file::{Fetched, Partial, ShortIdentifiers};
use super::options::{Face, ReadingOptions};
use super::plan::{Listed, is_read};
use super::{Observer, Progress};
use crate::chip::AccessKey;
use crate::chip::active_authentication::{self, Answer};
use crate::chip::apdu::StatusWord;
use crate::chip::channel::{CardChannel, TransportError};
use crate::chip::chip_authentication::{self, Agreed, ChipKey, Offer};
use crate::chip::error::{Misbehaviour, ReadError, Step};
use crate::chip::exchange::{Exchange, may_mean_length};
use crate::chip::secure_messaging::Violation;
use crate::crypto::{Cipher, DigestAlgorithm, Provider};
use crate::dossier::{
    AccessProtocol, ActiveAuthentication, ActiveAuthenticationOutcome, ChallengeSource, ChipAuthentication,
    ChipAuthenticationOutcome, DataGroup, Dossier, FileContent, FileId, FileRecord, Origin,
};
use crate::lds::dg14;

/// A reading under way.
pub(super) struct Reader<'a> {
    pub exchange: Exchange<'a>,
    pub key: &'a AccessKey,
    pub options: &'a ReadingOptions,
    pub rng: &'a mut dyn CryptoRng,
    pub dossier: Dossier,
    /// The block size; falls with what the chip refuses, and is kept over sessions.
    pub ladder: Option<Ladder>,
    /// The file that the chip holds selected.
    pub current: Option<FileId>,
    pub short_identifiers: ShortIdentifiers,
    /// The key with which chip authentication ran, to run again after an interruption.
    chip_key: Option<ChipKey>,
    /// Chip authentication ran, and no answer has confirmed its keys yet.
    unconfirmed: bool,
    resumptions: u32,
    /// The observer was told that the card is gone.
    waiting: bool,
    reduction_noted: bool,
}

impl<'a> Reader<'a> {
    pub fn new(
        channel: &'a mut dyn CardChannel,
        key: &'a AccessKey,
        options: &'a ReadingOptions,
        provider: &'a dyn Provider,
        rng: &'a mut dyn CryptoRng,
        observer: &'a mut dyn Observer,
    ) -> Self {
        Self {
            exchange: Exchange::new(channel, observer, provider, options.limits),
            key,
            options,
            rng,
            dossier: Dossier::new(Origin::Chip),
            ladder: None,
            current: None,
            short_identifiers: ShortIdentifiers::Unproven,
            chip_key: None,
            unconfirmed: false,
            resumptions: 0,
            waiting: false,
            reduction_noted: false,
        }
    }

    pub fn run(mut self) -> Result<Dossier, ReadError> {
        self.dossier.read_at = self.options.read_at;
        if let Err(error) = self.open() {
            self.recover(error)?;
        }
        self.read(FileId::Sod, Partial::kept())?;
        let listed = match self.dossier.bytes(FileId::Sod).and_then(Listed::in_security_object) {
            Some(listed) => listed,
            None => {
                self.read(FileId::Com, Partial::kept())?;
                Listed::in_common_data(self.dossier.bytes(FileId::Com))
            }
        };
        if listed.has(DataGroup::DG14) {
            self.read(DataGroup::DG14.into(), Partial::kept())?;
            self.authenticate_chip()?;
        }
        // The first answer under the keys of chip authentication confirms them. A data group is there for certain; EF.COM, which some
        // cards lack, might be refused without protection, and look like a copy's silence.
        for group in listed.order(self.options) {
            if !self.dossier.files.contains_key(&group.into()) {
                self.read(group.into(), self.partial(group, &listed))?;
            }
            if group == DataGroup::DG15 {
                self.authenticate_actively()?;
            }
            if !self.unconfirmed {
                self.read_common_data()?;
            }
        }
        self.read_common_data()?;
        for group in listed.groups.iter().filter(|group| !is_read(**group, self.options)) {
            self.dossier.files.insert((*group).into(), FileRecord::Skipped);
        }
        let mut dossier = self.dossier;
        (dossier.timings, dossier.findings) = self.exchange.finish();
        Ok(dossier)
    }

    /// EF.COM, once.
    fn read_common_data(&mut self) -> Result<(), ReadError> {
        if self.dossier.files.contains_key(&FileId::Com) { Ok(()) } else { self.read(FileId::Com, Partial::kept()) }
    }

    fn partial(&self, group: DataGroup, listed: &Listed) -> Partial {
        match (group, self.options.face, listed.digest) {
            (DataGroup::DG2, Face::Hashed, Some(digest)) => Partial::hashed(self.exchange.provider(), &[digest]),
            (DataGroup::DG2, Face::Hashed, None) => Partial::hashed(self.exchange.provider(), &DigestAlgorithm::ALL),
            _ => Partial::kept(),
        }
    }

    /// The block size. A session has one; before there is none the smallest serves.
    pub fn ladder(&self) -> Ladder {
        self.ladder.unwrap_or_else(|| Ladder::new(Cipher::Aes128, None))
    }

    pub fn ladder_mut(&mut self) -> &mut Ladder {
        let ladder = self.ladder();
        self.ladder.insert(ladder)
    }

    /// Reads a file into the dossier, over interruptions.
    fn read(&mut self, file: FileId, mut partial: Partial) -> Result<(), ReadError> {
        let record = loop {
            self.exchange.enter(Step::File(file));
            match self.fetch(file, &mut partial) {
                Ok(Fetched::Whole) => break FileRecord::Read(partial.finish()),
                Ok(Fetched::Refused(status)) => break FileRecord::Refused { status: status.0 },
                Ok(Fetched::Broken) => break FileRecord::Broken,
                Err(error) => {
                    let refusal = unprotected(&error).filter(|status| partial.offset == 0 && is_refusal(*status));
                    self.recover(error)?;
                    if let Some(status) = refusal {
                        self.exchange.enter(Step::File(file));
                        self.exchange.note("sm.unprotected_status");
                        break FileRecord::Refused { status: status.0 };
                    }
                    // Before EF.SOD is known whole nothing tells one card from another: it begins anew.
                    if file == FileId::Sod {
                        partial = Partial::kept();
                    }
                }
            }
        };
        self.dossier.files.insert(file, record);
        Ok(())
    }

    /// Opens a new session after an interruption that can be borne: a lost tag, an answer that the link lost, a session that a length
    /// ended. The same EF.SOD must be there again (`attacks.md` 37a).
    fn recover(&mut self, mut error: ReadError) -> Result<(), ReadError> {
        loop {
            self.interrupted(error)?;
            match self.reopen() {
                Ok(()) => return Ok(()),
                Err(next) => error = next,
            }
        }
    }

    /// Gets the card back, if the interruption can be borne.
    fn interrupted(&mut self, error: ReadError) -> Result<(), ReadError> {
        if self.resumptions >= self.options.limits.resumptions {
            return Err(error);
        }
        self.resumptions += 1;
        let (ReadError::Transport { step, .. } | ReadError::CardMisbehaved { step, .. }) = &error else { return Err(error) };
        let step = *step;
        match &error {
            ReadError::Transport { source: TransportError::CardRemoved, .. } => self.wait_for_card(),
            // The card may be gone without the link's having said so; or the chip answered more than the link carries.
            ReadError::Transport { source: TransportError::TimedOut | TransportError::Other(_), .. } => {
                match self.exchange.reset() {
                    Err(ReadError::Transport { source: TransportError::CardRemoved, .. }) => self.wait_for_card(),
                    Ok(()) if matches!(step, Step::File(_)) && self.reduce_block() => Ok(()),
                    _ => Err(error),
                }
            }
            ReadError::CardMisbehaved { reason: Misbehaviour::SecureMessaging(_), .. } if self.unconfirmed => {
                self.conclude_chip_authentication(ChipAuthenticationOutcome::WrongKeys);
                self.exchange.reset()
            }
            ReadError::CardMisbehaved { reason: Misbehaviour::SecureMessaging(Violation::Unprotected(status)), .. } => {
                let bearable = match step {
                    Step::ChipAuthentication => {
                        self.conclude_chip_authentication(ChipAuthenticationOutcome::Refused(status.0));
                        true
                    }
                    Step::ActiveAuthentication => true,
                    Step::File(_) => is_refusal(*status) || may_mean_length(*status) && self.reduce_block(),
                    _ => false,
                };
                if bearable { self.exchange.reset() } else { Err(error) }
            }
            _ => Err(error),
        }
    }

    /// Says that the card is gone, and waits for it as long as the channel does.
    fn wait_for_card(&mut self) -> Result<(), ReadError> {
        self.exchange.report(Progress::WaitingForCard);
        self.waiting = true;
        self.exchange.reconnect()
    }

    /// Chooses a smaller block for the next session, unless the one that ended had chosen it.
    fn reduce_block(&mut self) -> bool {
        if self.exchange.ended_in_repetition() {
            return true;
        }
        let size = self.ladder().size();
        self.ladder_mut().step_down(size)
    }

    /// Notes, once a reading, that blocks are smaller than what fits.
    pub fn note_reduced_block(&mut self) {
        if self.ladder().is_reduced() && !self.reduction_noted {
            self.reduction_noted = true;
            self.exchange.note("read.block_reduced");
        }
    }

    /// Opens the chip again, sees that it is the same card, and authenticates it again if it had been.
    fn reopen(&mut self) -> Result<(), ReadError> {
        // The keys that waited for an answer are gone with their session: chip authentication runs again.
        self.unconfirmed = false;
        let known = self.dossier.bytes(FileId::Sod).map(<[u8]>::to_vec);
        let access = self.dossier.access.clone();
        let offered = self.dossier.bytes(FileId::CardAccess).map(<[u8]>::to_vec);
        if self.waiting && known.is_none() {
            // What opening reads by the way is of the card that lies here now.
            self.dossier.files.remove(&FileId::CardSecurity);
            self.dossier.chip_mapping = None;
        }
        match (self.open(), &known) {
            (Ok(()), _) => {}
            // The key opened the card that lay here before.
            (Err(ReadError::AccessDenied { .. } | ReadError::CardIncompatible(_)), Some(_)) => {
                return Err(ReadError::CardChanged);
            }
            (Err(error), _) => return Err(error),
        }
        // Nor does a card come back with another access protocol, or with none where it had offered other things (`attacks.md` 20).
        let is_bare = self.dossier.access.as_ref().is_some_and(|access| access.protocol == AccessProtocol::Unprotected);
        let offers_less = offered.is_some_and(|offered| self.dossier.bytes(FileId::CardAccess) != Some(offered.as_slice()));
        if access.is_some_and(|access| self.dossier.access != Some(access)) || is_bare && offers_less {
            return Err(ReadError::CardChanged);
        }
        if let Some(known) = known {
            self.exchange.enter(Step::File(FileId::Sod));
            let mut again = Partial::kept();
            let fetched = self.fetch(FileId::Sod, &mut again)?;
            if fetched != Fetched::Whole || again.finish() != FileContent::Bytes(known) {
                return Err(ReadError::CardChanged);
            }
            if let Some(chip) = self.chip_key.clone() {
                self.agree_with_chip(chip)?;
            }
        }
        if core::mem::take(&mut self.waiting) {
            self.exchange.note("card.resumed");
            self.exchange.report(Progress::Resumed);
        }
        Ok(())
    }

    /// Chip authentication with the best key of DG14.
    fn authenticate_chip(&mut self) -> Result<(), ReadError> {
        let Some(Ok(infos)) = self.dossier.bytes(DataGroup::DG14.into()).map(dg14::parse) else { return Ok(()) };
        let chip = match chip_authentication::choose(&infos) {
            Offer::None => return Ok(()),
            Offer::Unsupported { protocol, key_id } => {
                let outcome = ChipAuthenticationOutcome::Unsupported;
                self.dossier.chip_authentication = Some(ChipAuthentication { key_id, protocol, public_key: Vec::new(), outcome });
                return Ok(());
            }
            Offer::Key(chip) => chip,
        };
        self.exchange.enter(Step::ChipAuthentication);
        if chip.inferred {
            self.exchange.note("chip_authentication.info_missing");
        }
        while let Err(error) = self.agree_with_chip(chip.clone()) {
            let refused = unprotected(&error).is_some();
            self.recover(error)?;
            if refused {
                break;
            }
        }
        Ok(())
    }

    fn agree_with_chip(&mut self, chip: ChipKey) -> Result<(), ReadError> {
        self.exchange.enter(Step::ChipAuthentication);
        self.exchange.report(Progress::ChipAuthentication);
        // Until an answer under the new keys verifies, nothing is confirmed.
        self.dossier.chip_authentication = Some(ChipAuthentication {
            key_id: chip.key_id,
            protocol: chip.protocol,
            public_key: chip.key.octets().to_vec(),
            outcome: ChipAuthenticationOutcome::WrongKeys,
        });
        let outcome = match chip_authentication::run(&mut self.exchange, &chip, self.rng)? {
            Agreed::NewKeys => {
                let mut ladder = Ladder::new(chip.cipher, self.ladder().extended_answer());
                ladder.keep(self.ladder());
                self.ladder = Some(ladder);
                self.chip_key = Some(chip);
                self.unconfirmed = true;
                return Ok(());
            }
            Agreed::Refused(status) => ChipAuthenticationOutcome::Refused(status.0),
            Agreed::Unsupported(_) => ChipAuthenticationOutcome::Unsupported,
        };
        self.conclude_chip_authentication(outcome);
        Ok(())
    }

    fn conclude_chip_authentication(&mut self, outcome: ChipAuthenticationOutcome) {
        if let Some(evidence) = &mut self.dossier.chip_authentication {
            evidence.outcome = outcome;
        }
        if outcome != ChipAuthenticationOutcome::Confirmed {
            self.chip_key = None;
        }
        self.unconfirmed = false;
    }

    /// After an answer: whether it confirms the keys of chip authentication.
    pub fn confirm_chip_authentication(&mut self) {
        if self.unconfirmed && self.exchange.messaging().is_some_and(|keys| keys.is_confirmed()) {
            self.conclude_chip_authentication(ChipAuthenticationOutcome::Confirmed);
        }
    }

    /// Active authentication with the key of DG15.
    fn authenticate_actively(&mut self) -> Result<(), ReadError> {
        let Some(dg15) = self.dossier.bytes(DataGroup::DG15.into()) else { return Ok(()) };
        let signature_len = active_authentication::signature_len(dg15);
        let (challenge, challenge_source) = match self.options.challenge {
            Some(challenge) => (challenge, ChallengeSource::RelyingParty),
            None => {
                let mut challenge = [0; 8];
                self.rng.fill_bytes(&mut challenge);
                (challenge, ChallengeSource::Terminal)
            }
        };
        let outcome = loop {
            self.exchange.enter(Step::ActiveAuthentication);
            self.exchange.report(Progress::ActiveAuthentication);
            let ladder = self.ladder();
            let answer =
                active_authentication::run(&mut self.exchange, challenge, signature_len, ladder.short(), ladder.extended());
            self.confirm_chip_authentication();
            match answer {
                Ok(Answer::Signature(signature)) => break ActiveAuthenticationOutcome::Signature(signature),
                Ok(Answer::Refused(status)) => break ActiveAuthenticationOutcome::Refused(status.0),
                Ok(Answer::Cut) => {
                    self.exchange.note("active_authentication.answer_cut");
                    return Ok(());
                }
                Err(error) => {
                    let refusal = unprotected(&error);
                    self.recover(error)?;
                    if let Some(status) = refusal {
                        break ActiveAuthenticationOutcome::Refused(status.0);
                    }
                }
            }
        };
        self.dossier.active_authentication = Some(ActiveAuthentication { challenge, challenge_source, outcome });
        Ok(())
    }
}

/// The bare status with which a session ended.
pub(super) fn unprotected(error: &ReadError) -> Option<StatusWord> {
    match error {
        ReadError::CardMisbehaved { reason: Misbehaviour::SecureMessaging(Violation::Unprotected(status)), .. } => Some(*status),
        _ => None,
    }
}

/// Statuses that refuse a file as such.
pub(super) fn is_refusal(status: StatusWord) -> bool {
    matches!(status, StatusWord::SECURITY_STATUS | StatusWord::NOT_FOUND)
}

//! How the chip is opened: EF.CardAccess, then PACE, or BAC and why, or nothing where the chip has neither.

use alloc::vec::Vec;

use super::Progress;
use super::block::{Ladder, PROBED_ANSWER, RUNGS};
use super::file::{Fetched, Partial};
use super::plan::is_read;
use super::reader::{Reader, is_refusal, unprotected};
use crate::chip::access_key::MrzKey;
use crate::chip::apdu::{Command, Response, SHORT_MAXIMUM, StatusWord};
use crate::chip::channel::ChannelLimits;
use crate::chip::error::{Incompatibility, Limit, Protocol, ReadError, Step};
use crate::chip::exchange::{Exchange, may_mean_length};
use crate::chip::pace::{self, PaceVariant};
use crate::chip::{AccessKey, bac};
use crate::crypto::Cipher;
use crate::dossier::{Access, AccessProtocol, BacReason, DataGroup, FileContent, FileId, FileRecord};
use crate::lds::{SecurityInfos, atr_info, card_access, dg1};
use crate::tlv;

/// AID of the eMRTD application, LDS1 (ICAO 9303-10 §3.6).
const EMRTD: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

impl Reader<'_> {
    /// Opens the chip and selects the application.
    ///
    /// The application is selected once: some Vietnamese cards do not bear a second time.
    pub(super) fn open(&mut self) -> Result<(), ReadError> {
        self.exchange.enter(Step::CardAccess);
        self.exchange.report(Progress::Connecting);
        let read = self.read_card_access()?;
        let stated = self.stated_answer()?;
        let (infos, status) = match read {
            Ok(bytes) => {
                let infos = card_access::parse(&bytes).ok();
                self.dossier.files.insert(FileId::CardAccess, FileRecord::Read(FileContent::Bytes(bytes)));
                (infos, None)
            }
            Err(status) => {
                self.dossier.files.insert(FileId::CardAccess, FileRecord::Refused { status: status.0 });
                (None, Some(status))
            }
        };
        let variant = infos.as_ref().and_then(|infos| PaceVariant::best(infos.pace()));
        let (protocol, cipher) = match (variant, self.key) {
            (Some(variant), _) => {
                self.exchange.enter(Step::Access(Protocol::Pace));
                self.exchange.report(Progress::Access(Protocol::Pace));
                let ambiguous = infos.as_ref().is_some_and(is_ambiguous);
                let proof = pace::open(&mut self.exchange, &variant, ambiguous, self.key, self.rng)?;
                if let Some(proof) = proof {
                    self.dossier.chip_mapping = Some(proof);
                    self.begin_blocks(variant.cipher, stated);
                    self.read_card_security()?;
                }
                self.select_application()?;
                let protocol = AccessProtocol::Pace { protocol: variant.protocol, parameter_id: variant.parameter_id };
                (protocol, variant.cipher)
            }
            (None, key) => {
                self.select_application()?;
                let AccessKey::Mrz(key) = key else {
                    return Err(ReadError::CardIncompatible(Incompatibility::PasswordWithoutPace(key.kind())));
                };
                self.exchange.enter(Step::Access(Protocol::Bac));
                self.exchange.report(Progress::Access(Protocol::Bac));
                let reason = bac_reason(infos.as_ref(), status);
                let protocol = match bac::open(&mut self.exchange, key, self.rng) {
                    Err(ReadError::CardIncompatible(Incompatibility::BacNotOffered(_)))
                        if reason == BacReason::PaceNotOffered && self.is_open_to(key, stated)? =>
                    {
                        AccessProtocol::Unprotected
                    }
                    opened => opened.map(|()| AccessProtocol::Bac { reason })?,
                };
                (protocol, Cipher::TripleDes)
            }
        };
        self.dossier.access = Some(Access { protocol, password: self.key.kind() });
        self.begin_blocks(cipher, stated);
        self.current = None;
        Ok(())
    }

    /// Whether a chip that offers neither PACE nor BAC gives its files to whoever asks. What BAC shows by the way, that the chip belongs to
    /// the data page, is then shown here: DG1 must give the same key, or nothing else is read.
    fn is_open_to(&mut self, key: &MrzKey, stated: Option<usize>) -> Result<bool, ReadError> {
        let file = FileId::from(DataGroup::DG1);
        self.exchange.enter(Step::File(file));
        // A block that fits under secure messaging too, which chip authentication may begin.
        self.begin_blocks(Cipher::TripleDes, stated);
        self.current = None;
        let mut partial = Partial::kept();
        if self.fetch(file, &mut partial)? != Fetched::Whole {
            return Ok(false);
        }
        let content = partial.finish();
        let zone = match &content {
            FileContent::Bytes(bytes) => dg1::parse(bytes).ok(),
            FileContent::Digests { .. } => None,
        };
        match zone.and_then(|zone| AccessKey::of_zone(&zone).ok()) {
            Some(AccessKey::Mrz(own)) if own == *key => {}
            _ => return Err(ReadError::AccessDenied { protocol: Protocol::Bac, tries_left: None }),
        }
        if is_read(DataGroup::DG1, self.options) {
            self.dossier.files.insert(file, FileRecord::Read(content));
        }
        Ok(true)
    }

    /// The block size of a new session: what fits, or less where that was found out before.
    fn begin_blocks(&mut self, cipher: Cipher, stated: Option<usize>) {
        let mut ladder = Ladder::new(cipher, stated);
        if let Some(before) = self.ladder {
            ladder.keep(before);
        }
        self.ladder = Some(ladder);
    }

    /// EF.CardSecurity, which holds the signed key of chip authentication mapping. It stands under the master file, which is still current:
    /// some chips do not bear to be sent back to it (`quirks.md` 4). Once it was read or refused it is not asked for again.
    fn read_card_security(&mut self) -> Result<(), ReadError> {
        let file = FileId::CardSecurity;
        if self.dossier.files.contains_key(&file) {
            return Ok(());
        }
        self.exchange.enter(Step::File(file));
        self.current = None;
        let mut partial = Partial::kept();
        let record = match self.fetch(file, &mut partial) {
            Ok(Fetched::Whole) => FileRecord::Read(partial.finish()),
            Ok(Fetched::Refused(status)) => FileRecord::Refused { status: status.0 },
            Ok(Fetched::Broken) => FileRecord::Broken,
            Err(error) => {
                if let Some(status) = unprotected(&error).filter(|status| partial.offset == 0 && is_refusal(*status)) {
                    self.exchange.note("sm.unprotected_status");
                    self.dossier.files.insert(file, FileRecord::Refused { status: status.0 });
                }
                return Err(error);
            }
        };
        self.dossier.files.insert(file, record);
        Ok(())
    }

    /// EF.CardAccess, or the status with which it is refused. A chip whose application was left selected hides it, by one status or
    /// another: the card is reset once (`quirks.md` 5).
    fn read_card_access(&mut self) -> Result<Result<Vec<u8>, StatusWord>, ReadError> {
        let first = read_plain(&mut self.exchange, FileId::CardAccess)?;
        match first {
            Err(_) => {
                self.exchange.reset()?;
                let second = read_plain(&mut self.exchange, FileId::CardAccess)?;
                if second.is_ok() {
                    self.exchange.note("card_access.after_application");
                }
                Ok(second)
            }
            Ok(bytes) => Ok(Ok(bytes)),
        }
    }

    /// How long an answer of extended length may be: what EF.ATR/INFO states, within what the channel passes (ICAO 9303-11 §9.3.1.2).
    /// `None` where there is no extended length.
    fn stated_answer(&mut self) -> Result<Option<usize>, ReadError> {
        let channel = self.exchange.channel().limits();
        if channel.response <= ChannelLimits::SHORT.response || channel.command <= ChannelLimits::SHORT.command {
            return Ok(None);
        }
        let stated = match read_plain(&mut self.exchange, FileId::AtrInfo)? {
            Ok(bytes) => {
                let sizes = atr_info::AtrInfo::parse(&bytes).ok().and_then(|info| info.extended_length);
                self.dossier.files.insert(FileId::AtrInfo, FileRecord::Read(FileContent::Bytes(bytes)));
                sizes.and_then(|sizes| usize::try_from(sizes.response).ok())
            }
            Err(_) => None,
        };
        if stated.is_none() && self.options.probe_extended {
            self.exchange.note("read.extended_probed");
            return Ok(Some(PROBED_ANSWER.min(channel.response)));
        }
        Ok(stated.map(|stated| stated.min(channel.response)))
    }

    /// SELECT by name without an answer: case 3, as there are chips that refuse an Le (`quirks.md` 7).
    fn select_application(&mut self) -> Result<(), ReadError> {
        self.exchange.enter(Step::Select);
        let response = self.exchange.send(Command::new(0x00, 0xA4, [0x04, 0x0C]).with_data(EMRTD.to_vec()))?;
        if response.status.is_ok() || response.status.is_warning() {
            return Ok(());
        }
        Err(ReadError::CardIncompatible(Incompatibility::NoApplication(response.status)))
    }
}

/// Several domain parameters make their reference necessary in MSE:Set AT (§4.4.4.1).
fn is_ambiguous(infos: &SecurityInfos) -> bool {
    let mut ids = infos.pace().map(|info| info.parameter_id);
    ids.next().is_some_and(|first| ids.any(|other| other != first))
}

fn bac_reason(infos: Option<&SecurityInfos>, status: Option<StatusWord>) -> BacReason {
    match (infos, status) {
        (_, Some(StatusWord::NOT_FOUND)) => BacReason::PaceNotOffered,
        (_, Some(status)) => BacReason::CardAccessRefused(status.0),
        (Some(infos), None) if infos.pace().next().is_none() => BacReason::PaceNotOffered,
        // An unreadable EF.CardAccess offers something, only not to us.
        _ => BacReason::PaceVariantUnknown,
    }
}

/// Reads a small file under the master file, before any session: by its short identifier, or after SELECT.
fn read_plain(exchange: &mut Exchange<'_>, file: FileId) -> Result<Result<Vec<u8>, StatusWord>, ReadError> {
    let mut response = read_block(exchange, [0x80 | file.short_identifier(), 0], SHORT_MAXIMUM)?;
    if response.data.is_empty() {
        // EF.ATR/INFO is not worth a second try.
        if file != FileId::CardAccess {
            return Ok(Err(response.status));
        }
        let [high, low] = file.identifier().to_be_bytes();
        let selected = exchange.send(Command::new(0x00, 0xA4, [0x02, 0x0C]).with_data([high, low].to_vec()))?.status;
        if selected.is_warning() {
            exchange.note("select.warning");
        } else if !selected.is_ok() {
            return Ok(Err(selected));
        }
        response = read_block(exchange, [0, 0], SHORT_MAXIMUM)?;
    }
    let mut bytes = response.data;
    let mut status = response.status;
    while !bytes.is_empty() && (status.is_ok() || status.is_warning()) {
        let missing =
            tlv::total_len(&bytes).filter(|_| file.tag().is_some()).map_or(0, |total| total.saturating_sub(bytes.len()));
        if missing == 0 {
            return Ok(Ok(bytes));
        }
        if bytes.len() + missing > exchange.limits().file.min(exchange.limits().held) {
            return Err(exchange.exceeded(Limit::FileSize));
        }
        let Some([high @ 0..=0x7F, low]) = u16::try_from(bytes.len()).ok().map(u16::to_be_bytes) else { break };
        let response = read_block(exchange, [high, low], missing.min(SHORT_MAXIMUM))?;
        status = response.status;
        if response.data.is_empty() {
            break;
        }
        bytes.extend(response.data);
    }
    Ok(Err(status))
}

/// READ BINARY without a session, down the ladder where the chip finds the length too long (`quirks.md` 2).
fn read_block(exchange: &mut Exchange<'_>, parameters: [u8; 2], most: usize) -> Result<Response, ReadError> {
    let command = |length| Command::new(0x00, 0xB0, parameters).with_expected(length);
    let mut response = exchange.send(command(most))?;
    for rung in RUNGS.into_iter().filter(|rung| *rung < most) {
        if !response.data.is_empty() || !may_mean_length(response.status) {
            break;
        }
        response = exchange.send(command(rung))?;
    }
    Ok(response)
}

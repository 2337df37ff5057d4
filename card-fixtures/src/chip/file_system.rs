//! The master file, the eMRTD application and their transparent files (ISO 7816-4 §7, ICAO 9303-10 §3).

use super::VirtualChip;
use super::apdu::{Answer, Command, status};
use super::data_object::{encode, split};
use super::quirk::{Attack, EndOfFile, ExtendedLength, ReadLimit};
use super::secure_messaging::Access;

/// Application identifier of the eMRTD application, LDS1 (ICAO 9303-10 §3.6).
const EMRTD: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
const MASTER_FILE: u16 = 0x3F00;
const CARD_ACCESS: u16 = 0x011C;
const CARD_SECURITY: u16 = 0x011D;
const DIR: u16 = 0x2F00;
const ATR_INFO: u16 = 0x2F01;

/// The current dedicated file.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Directory {
    /// The master file.
    #[default]
    MasterFile,
    /// The eMRTD application.
    Application,
}

impl VirtualChip {
    /// SELECT by application identifier, by file identifier, or of the master file.
    pub(super) fn select(&mut self, command: &Command) -> Result<Answer, u16> {
        if !matches!(command.p2, 0x00 | 0x0C) {
            return Err(status::WRONG_P1_P2);
        }
        if self.quirks.refuse_le && command.ne.is_some() {
            return Err(status::WRONG_LENGTH);
        }
        let (control, warning) = match (command.p1, command.data.as_slice()) {
            (0x04, aid) => (self.select_application(aid)?, None),
            (0x00, [] | [0x3F, 0x00]) => (self.select_master_file()?, None),
            (0x00 | 0x02, [high, low]) => {
                let control = self.select_file(u16::from_be_bytes([*high, *low]))?;
                (control, self.quirks.select_warning)
            }
            (0x00 | 0x02, _) => return Err(status::WRONG_LENGTH),
            _ => return Err(status::WRONG_P1_P2),
        };
        // P2 00 asks for the file control information, 0C for none.
        let data = if command.p2 == 0x00 && command.ne.is_some() { encode(0x6F, &control) } else { Vec::new() };
        Ok(Answer { data, status: warning.unwrap_or(status::OK) })
    }

    fn select_application(&mut self, aid: &[u8]) -> Result<Vec<u8>, u16> {
        if aid != EMRTD {
            return Err(status::FILE_NOT_FOUND);
        }
        if let Some(Attack::RefuseApplication(status)) = self.quirks.attack {
            return Err(status);
        }
        if self.quirks.application_once && self.power_cycle.application_selected {
            return Err(status::CONDITIONS);
        }
        self.power_cycle.application_selected = true;
        self.power_cycle.directory = Directory::Application;
        self.power_cycle.current_file = None;
        Ok(encode(0x84, &EMRTD))
    }

    fn select_master_file(&mut self) -> Result<Vec<u8>, u16> {
        if let Some(status) = self.quirks.select_master_file {
            return Err(status);
        }
        self.power_cycle.directory = Directory::MasterFile;
        self.power_cycle.current_file = None;
        Ok(encode(0x83, &MASTER_FILE.to_be_bytes()))
    }

    fn select_file(&mut self, file: u16) -> Result<Vec<u8>, u16> {
        let content = self.content(file)?;
        let size = u16::try_from(content.len()).unwrap_or(u16::MAX);
        self.power_cycle.current_file = Some(file);
        Ok([encode(0x80, &size.to_be_bytes()), encode(0x83, &file.to_be_bytes())].concat())
    }

    /// The content of a file under the current directory, if the terminal may read it.
    fn content(&self, file: u16) -> Result<Vec<u8>, u16> {
        let session = self.power_cycle.session.as_ref();
        if let Some(Attack::RefuseFile(refused, status)) = self.quirks.attack
            && refused == file
            && self.power_cycle.directory == Directory::Application
        {
            return Err(status);
        }
        let files = match self.power_cycle.directory {
            Directory::MasterFile => {
                if self.quirks.master_file_after_bac && session.is_some_and(|session| session.access == Access::Bac) {
                    return Err(status::NO_SECURE_MESSAGING);
                }
                if let (CARD_ACCESS, Some(Attack::HideCardAccess(status))) = (file, self.quirks.attack) {
                    return Err(status);
                }
                if file == CARD_SECURITY && session.is_none_or(|session| session.access == Access::Bac) {
                    return Err(status::SECURITY_STATUS);
                }
                &self.card.master_files
            }
            Directory::Application => {
                if let (CARD_ACCESS, Some(status)) = (file, self.quirks.card_access_in_application) {
                    return Err(status);
                }
                self.check_session()?;
                if self.card.guarded_files.contains(&file) {
                    return Err(status::SECURITY_STATUS);
                }
                &self.card.application_files
            }
        };
        let mut content = files.get(&file).cloned().ok_or(status::FILE_NOT_FOUND)?;
        for patch in self.quirks.patches.iter().filter(|patch| patch.file == file) {
            if let Some(byte) = content.get_mut(patch.offset) {
                *byte ^= patch.xor;
            }
        }
        Ok(content)
    }

    /// READ BINARY with even INS: a 15-bit offset in the current file, or 8 bits in a file by its short identifier.
    pub(super) fn read_binary(&mut self, command: &Command) -> Result<Answer, u16> {
        let ne = command.ne.filter(|_| command.data.is_empty()).ok_or(status::WRONG_LENGTH)?;
        let (file, offset) = if command.p1 & 0x80 == 0 {
            (self.power_cycle.current_file.ok_or(status::NO_CURRENT_FILE)?, usize::from(command.p1_p2()))
        } else if command.p1 & 0x60 == 0 {
            (self.file_of_short_identifier(command.p1 & 0x1F)?, usize::from(command.p2))
        } else {
            return Err(status::WRONG_P1_P2);
        };
        self.read(file, offset, command, ne)
    }

    /// READ BINARY with odd INS: the offset in DO 54, the data in DO 53, so that files over 32,767 bytes can be read.
    pub(super) fn read_binary_odd(&mut self, command: &Command) -> Result<Answer, u16> {
        let Some((0x54, offset @ ([_] | [_, _] | [_, _, _] | [_, _, _, _]), [])) = split(&command.data) else {
            return Err(status::WRONG_DATA);
        };
        let offset = offset.iter().fold(0, |value, byte| value << 8 | usize::from(*byte));
        let ne = command.ne.ok_or(status::WRONG_LENGTH)?;
        let file = match command.p1_p2() {
            0 => self.power_cycle.current_file.ok_or(status::NO_CURRENT_FILE)?,
            short @ 1..=30 => self.file_of_short_identifier(u8::try_from(short).map_err(|_| status::WRONG_P1_P2)?)?,
            file => file,
        };
        // Ne counts the header of DO 53 too.
        let room = [(2, 127), (3, 255), (4, 65_535)]
            .into_iter()
            .map(|(header, most)| ne.saturating_sub(header).min(most))
            .max()
            .filter(|room| *room > 0)
            .ok_or(status::WRONG_LENGTH)?;
        let mut answer = self.read(file, offset, command, room)?;
        answer.data = encode(0x53, &answer.data);
        Ok(answer)
    }

    /// Short identifiers (ICAO 9303-10 tables 34 and 35).
    fn file_of_short_identifier(&self, short: u8) -> Result<u16, u16> {
        match (self.power_cycle.directory, short) {
            (_, 0 | 31..) => Err(status::WRONG_P1_P2),
            (Directory::Application, short) => Ok(u16::from_be_bytes([0x01, short])),
            (Directory::MasterFile, 0x01) => Ok(ATR_INFO),
            (Directory::MasterFile, 0x1C) => Ok(CARD_ACCESS),
            (Directory::MasterFile, 0x1D) => Ok(CARD_SECURITY),
            (Directory::MasterFile, 0x1E) => Ok(DIR),
            (Directory::MasterFile, _) => Err(status::FILE_NOT_FOUND),
        }
    }

    fn read(&mut self, file: u16, offset: usize, command: &Command, ne: usize) -> Result<Answer, u16> {
        let content = self.content(file)?;
        self.power_cycle.current_file = Some(file);
        if self.quirks.maximal_le_empty && command.ne == Some(65_536) {
            return Ok(Answer::bare(status::OK));
        }
        let (ne, cut) = match self.quirks.read_limit {
            Some(ReadLimit { bytes, status: status::END_OF_FILE, .. }) if ne > bytes => (bytes, true),
            Some(ReadLimit { bytes, status, .. }) if ne > bytes => return Err(status),
            _ => (ne, false),
        };
        if self.quirks.attack == Some(Attack::EndlessFile(file)) {
            return Ok(Answer::ok(endless(content.first().copied().unwrap_or(0x77), offset, ne)));
        }
        let available = content.get(offset..).filter(|rest| !rest.is_empty()).ok_or(status::WRONG_OFFSET)?;
        let data = available.get(..ne).unwrap_or(available).to_vec();
        // Le 00 asks for what there is; another Le that reaches beyond the end gets a warning.
        let maximal = matches!((command.ne, command.extended), (Some(256), false) | (Some(65_536), _));
        let short = data.len() < ne && !maximal;
        match self.quirks.end_of_file {
            EndOfFile::WrongOffset if data.len() < ne => return Err(status::WRONG_OFFSET),
            EndOfFile::CorrectLength if data.len() < ne => {
                return Err(0x6C00 | u16::try_from(data.len()).unwrap_or(0));
            }
            EndOfFile::Silent => return Ok(Answer::ok(data)),
            _ => {}
        }
        Ok(Answer { data, status: if short || cut { status::END_OF_FILE } else { status::OK } })
    }

    /// Whether the chip takes this command in extended length (ICAO 9303-11 §9.3.1).
    pub(super) fn accepts_extended(&self, length: usize, command: &Command) -> bool {
        match self.quirks.extended_length {
            ExtendedLength::Always => true,
            ExtendedLength::Never => false,
            ExtendedLength::AsStated => {
                matches!(command.ins, 0x22 | 0x86) || self.stated_buffers().is_some_and(|(commands, _)| length <= commands)
            }
        }
    }

    /// Command and answer buffers of EF.ATR/INFO: `7F66 { 02 commands, 02 answers }` (ISO 7816-4 §12.7.1).
    pub(super) fn stated_buffers(&self) -> Option<(usize, usize)> {
        let mut rest = self.card.master_files.get(&ATR_INFO)?.as_slice();
        loop {
            let (tag, value, after) = split(rest)?;
            if tag == 0x7F66 {
                let (0x02, commands, second) = split(value)? else { return None };
                let (0x02, answers, []) = split(second)? else { return None };
                let number = |bytes: &[u8]| bytes.iter().fold(0, |value, byte| value << 8 | usize::from(*byte));
                return Some((number(commands), number(answers)));
            }
            rest = after;
        }
    }
}

/// A file whose header claims 2 GiB and which goes on in zeros.
fn endless(tag: u8, offset: usize, length: usize) -> Vec<u8> {
    let header = [tag, 0x84, 0x7F, 0xFF, 0xFF, 0xFF];
    header.into_iter().chain(std::iter::repeat(0)).skip(offset).take(length).collect()
}

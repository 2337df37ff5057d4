//! One file: its blocks, and what is kept of them.

use alloc::boxed::Box;
use alloc::vec::Vec;

use super::Progress;
use super::reader::Reader;
use crate::chip::apdu::{Command, StatusWord};
use crate::chip::error::{Limit, Misbehaviour, ReadError};
use crate::chip::exchange::may_mean_length;
use crate::chip::secure_messaging::append;
use crate::crypto::{DigestAlgorithm, Hasher, Provider};
use crate::dossier::{FileContent, FileId, FileRecord};
use crate::tlv::{self, Cursor, Rules, Tag, TlvErrorKind};

/// Longest header of a file: a tag of three octets and a length of five.
const HEADER_LEN: usize = 8;
/// A tag of one octet and a length of three: what every file of an eMRTD has at least, but for an empty one.
const PROBE_LEN: usize = 4;
/// Offset that READ BINARY with even INS can state (ISO 7816-4 §11.2.1).
const LARGEST_OFFSET: usize = 0x7FFF;
/// Discretionary data, in which odd READ BINARY answers; and the offset that it asks with.
const DISCRETIONARY: Tag = Tag(0x53);
const OFFSET: Tag = Tag(0x54);

/// A file on the way, which outlives a lost tag.
pub(super) struct Partial {
    content: Content,
    pub offset: usize,
    total: Option<usize>,
}

enum Content {
    Kept(Vec<u8>),
    Hashed { head: Vec<u8>, hashers: Vec<(DigestAlgorithm, Box<dyn Hasher>)> },
}

/// How a file ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fetched {
    /// Its last byte is there.
    Whole,
    /// The chip refused its first byte.
    Refused(StatusWord),
    /// It broke off, or is no element.
    Broken,
}

enum Block {
    Data { data: Vec<u8>, asked: usize },
    Refused(StatusWord),
}

/// Whether files are selected by their short identifiers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum ShortIdentifiers {
    Unproven,
    Proven,
    Refused,
}

impl Partial {
    /// A file to be kept whole.
    pub fn kept() -> Self {
        Self { content: Content::Kept(Vec::new()), offset: 0, total: None }
    }

    /// A file to be hashed as it streams.
    pub fn hashed(provider: &dyn Provider, algorithms: &[DigestAlgorithm]) -> Self {
        let hashers = algorithms.iter().map(|algorithm| (*algorithm, provider.hasher(*algorithm))).collect();
        Self { content: Content::Hashed { head: Vec::new(), hashers }, offset: 0, total: None }
    }

    /// What is kept of a whole file.
    pub fn finish(self) -> FileContent {
        match self.content {
            Content::Kept(bytes) => FileContent::Bytes(bytes),
            Content::Hashed { hashers, .. } => FileContent::Digests {
                length: u32::try_from(self.offset).unwrap_or(u32::MAX),
                digests: hashers.into_iter().map(|(algorithm, hasher)| (algorithm, hasher.finish())).collect(),
            },
        }
    }

    fn head(&self) -> &[u8] {
        match &self.content {
            Content::Kept(bytes) => bytes,
            Content::Hashed { head, .. } => head,
        }
    }

    /// Takes a block, and learns the file's length from its header. What follows the file's own end is padding and is dropped
    /// (`quirks.md` 20).
    fn take(&mut self, data: &[u8]) -> Result<(), TlvErrorKind> {
        if let Content::Kept(bytes) = &mut self.content {
            bytes.extend_from_slice(data);
        }
        if let Content::Hashed { head, .. } = &mut self.content
            && head.is_empty()
        {
            head.extend(data.iter().take(HEADER_LEN));
        }
        if self.total.is_none() {
            self.total = match tlv::total_len(self.head()) {
                Some(total) => Some(total),
                None => self.indefinite_len()?,
            };
        }
        let rest = self.total.map_or(data.len(), |total| data.len().min(total.saturating_sub(self.offset)));
        self.offset += rest;
        match &mut self.content {
            Content::Kept(bytes) => bytes.truncate(self.offset),
            Content::Hashed { hashers, .. } => {
                for (_, hasher) in hashers {
                    hasher.update(data.get(..rest).unwrap_or_default());
                }
            }
        }
        Ok(())
    }

    /// Makes room for all of a file whose length is known, and no more: growing by doubling would need three times as much at once.
    fn reserve(&mut self) {
        if let (Content::Kept(bytes), Some(total)) = (&mut self.content, self.total) {
            bytes.reserve_exact(total.saturating_sub(bytes.len()));
        }
    }

    /// The length of a file whose outermost element has an indefinite one: known once its end is there (`quirks.md` 9).
    fn indefinite_len(&self) -> Result<Option<usize>, TlvErrorKind> {
        match (&self.content, Cursor::new(self.head(), Rules::Ber).read()) {
            (Content::Kept(_), Ok(element)) => Ok(Some(element.raw.len())),
            (Content::Kept(_), Err(error)) if error.kind == TlvErrorKind::Truncated => Ok(None),
            (_, Err(error)) => Err(error.kind),
            (Content::Hashed { .. }, Ok(_)) => Err(TlvErrorKind::Length),
        }
    }

    fn is_whole(&self) -> bool {
        self.total.is_some_and(|total| self.offset >= total)
    }
}

impl Reader<'_> {
    /// Reads on at the offset that the file has reached, to its end.
    ///
    /// # Errors
    /// What the exchange says, [`Misbehaviour::ShortData`], [`Limit::FileSize`].
    pub(super) fn fetch(&mut self, file: FileId, partial: &mut Partial) -> Result<Fetched, ReadError> {
        while !partial.is_whole() {
            if self.is_too_large(partial) {
                return Err(self.exchange.exceeded(Limit::FileSize));
            }
            partial.reserve();
            let block = self.ladder().size();
            let want = partial.total.map_or(block, |total| block.min(total.saturating_sub(partial.offset)));
            let (data, asked) = match self.read_block(file, partial.offset, want)? {
                Block::Data { data, asked } => (data, asked),
                Block::Refused(status) if partial.offset == 0 => return Ok(Fetched::Refused(status)),
                Block::Refused(_) => return Ok(Fetched::Broken),
            };
            if partial.take(&data).is_err() {
                return Ok(Fetched::Broken);
            }
            if data.len() < asked && !partial.is_whole() {
                // The chip's own limit, said by a shorter answer (`quirks.md` 2); never an endless crawl.
                if !self.ladder_mut().settle(data.len()) {
                    return Err(self.exchange.misbehaved(Misbehaviour::ShortData));
                }
            }
            self.exchange.report(Progress::Reading {
                file,
                done: u32::try_from(partial.offset).unwrap_or(u32::MAX),
                total: partial.total.and_then(|total| u32::try_from(total).ok()).unwrap_or(0),
            });
        }
        Ok(Fetched::Whole)
    }

    /// Whether a file is larger than one may be, or than there is room for beside those that are held already.
    fn is_too_large(&self, partial: &Partial) -> bool {
        let len = partial.total.unwrap_or(partial.offset);
        let held = |record: &FileRecord| match record {
            FileRecord::Read(FileContent::Bytes(bytes)) => bytes.len(),
            _ => 0,
        };
        let limits = self.exchange.limits();
        let is_kept = matches!(partial.content, Content::Kept(_));
        len > limits.file || is_kept && self.dossier.files.values().map(held).sum::<usize>().saturating_add(len) > limits.held
    }

    /// One block that the chip gives, down the ladder of lengths.
    fn read_block(&mut self, file: FileId, offset: usize, want: usize) -> Result<Block, ReadError> {
        let before = self.ladder();
        let mut want = want;
        loop {
            let by_short_identifier =
                self.current != Some(file) && self.short_identifiers != ShortIdentifiers::Refused && offset <= 0xFF;
            if !by_short_identifier
                && self.current != Some(file)
                && let Some(status) = self.select(file)?
            {
                return Ok(Block::Refused(status));
            }
            let (command, asked) = read_binary(by_short_identifier.then_some(file), offset, want, self.ladder().size());
            let odd = command.instruction & 1 == 1;
            let response = self.exchange.send(command)?;
            self.confirm_chip_authentication();
            let status = response.status;
            if status.is_ok() || status.is_warning() {
                let data = if odd { self.discretionary(&response.data)? } else { response.data };
                if data.len() > asked {
                    return Err(self.exchange.misbehaved(Misbehaviour::Malformed("more data than were asked for")));
                }
                if !data.is_empty() {
                    self.current = Some(file);
                    if by_short_identifier {
                        self.short_identifiers = ShortIdentifiers::Proven;
                    }
                    self.note_reduced_block();
                    return Ok(Block::Data { data, asked });
                }
            } else if by_short_identifier
                && self.short_identifiers == ShortIdentifiers::Unproven
                && matches!(status.0, 0x6A80..=0x6A82 | 0x6A86 | 0x6985 | 0x6986 | 0x6D00)
            {
                self.short_identifiers = ShortIdentifiers::Refused;
                continue;
            } else if !may_mean_length(status) {
                return Ok(Block::Refused(status));
            }
            if !self.ladder_mut().step_down(asked) {
                if let Some(error) = self.exchange.forgo_repetition() {
                    return Err(error);
                }
                self.ladder = Some(before);
                // There are chips that give nothing where more is asked for than a small file has: its header says how much that is.
                if offset == 0 && want > PROBE_LEN {
                    want = PROBE_LEN;
                    continue;
                }
                return if status.is_ok() {
                    Err(self.exchange.misbehaved(Misbehaviour::ShortData))
                } else {
                    Ok(Block::Refused(status))
                };
            }
            want = want.min(self.ladder().size());
        }
    }

    /// SELECT of an elementary file under the application: needed where short identifiers do not serve, and to go on after a lost tag.
    fn select(&mut self, file: FileId) -> Result<Option<StatusWord>, ReadError> {
        let command = Command::new(0x00, 0xA4, [0x02, 0x0C]).with_data(file.identifier().to_be_bytes().to_vec());
        let status = self.exchange.send(command)?.status;
        self.confirm_chip_authentication();
        if status.is_warning() {
            self.exchange.note("select.warning");
        } else if !status.is_ok() {
            return Ok(Some(status));
        }
        self.current = Some(file);
        Ok(None)
    }

    /// The data in DO 53.
    fn discretionary(&self, data: &[u8]) -> Result<Vec<u8>, ReadError> {
        if data.is_empty() {
            return Ok(Vec::new());
        }
        let mut cursor = Cursor::new(data, Rules::Ber);
        cursor
            .expect(DISCRETIONARY)
            .and_then(|object| cursor.finish().map(|()| object.value.to_vec()))
            .map_err(|_| self.exchange.misbehaved(Misbehaviour::Malformed("odd READ BINARY without DO 53")))
    }
}

/// READ BINARY by short identifier, by offset, or beyond 32,767 bytes by odd INS (`quirks.md` 26); and how many bytes of the file it
/// asks for.
fn read_binary(short: Option<FileId>, offset: usize, want: usize, block: usize) -> (Command, usize) {
    let [.., high, low] = offset.to_be_bytes();
    if let Some(file) = short {
        return (Command::new(0x00, 0xB0, [0x80 | file.short_identifier(), low]).with_expected(want), want);
    }
    if offset <= LARGEST_OFFSET {
        return (Command::new(0x00, 0xB0, [high, low]).with_expected(want), want);
    }
    // Ne counts the header of DO 53 too.
    let header = |length: usize| {
        if length < 0x80 {
            2
        } else if length <= 0xFF {
            3
        } else {
            4
        }
    };
    let asked = want.min(block.saturating_sub(header(want)));
    let octets = offset.to_be_bytes();
    let significant = octets.get(octets.iter().take_while(|&&octet| octet == 0).count()..).unwrap_or_default();
    let mut data = Vec::new();
    append(&mut data, OFFSET, &[significant]);
    (Command::new(0x00, 0xB1, [0, 0]).with_data(data).with_expected(asked + header(asked)), asked)
}

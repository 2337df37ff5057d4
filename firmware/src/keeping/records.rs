//! Values by number in two pages of NOR flash, each replaced whole or not at all, and wiped once it is replaced.
//!
//! Values are appended to one page; where it is full, the values in force are written to the other, which is valid from the moment when
//! its head is, and the first is erased. There are crates that do the like; they leave what was replaced where it is until its page is
//! erased, and a key of the journal must be gone once it has evolved. Here it is overwritten with zeros, which NOR flash of a
//! microcontroller without ECC allows.
//!
//! ```text
//! page:   "soat.rec" 8 | generation 4 | length of what was written before the head 4 | sum 8 | records
//! record: number 1 | A5 1 | length 2 | sum of these 4 | sum of the value 8 | value, filled with zeros to a multiple of 8
//! ```
//!
//! Numbers are big-endian, sums the first bytes of SHA-256. What a cut leaves behind:
//!
//! - a record whose sum does not hold, and nothing behind it: the value before it stays in force, and the page is written anew;
//! - two records of one number: the later one is in force, and the other is wiped;
//! - two pages with a head: the later one is in force, and the other is erased.
//!
//! Anything else is damage, and damage is told and never mended: a floor that was lost would be a floor that went down. A value that was
//! damaged is told from a write that was cut, since what it replaced is wiped.

use alloc::vec;
use alloc::vec::Vec;

use embedded_storage::nor_flash::{MultiwriteNorFlash, NorFlashError, NorFlashErrorKind};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{DigestAlgorithm, Provider};
use zeroize::Zeroizing;

/// Values have numbers below this.
pub const NUMBERS: usize = 16;
/// Longest value in bytes.
pub const LONGEST: usize = 512;

const MAGIC: &[u8; 8] = b"soat.rec";
const PAGE_HEAD: u32 = 24;
const MARK: u8 = 0xA5;
const HEAD: u32 = 16;
const UNIT: u32 = 8;
const BLANK: u8 = 0xFF;

/// Why values cannot be read or written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordsError {
    /// Nothing was ever written there.
    #[error("the vault is blank")]
    Blank,
    /// What stands there is not what was written.
    #[error("the vault is damaged")]
    Damaged,
    /// The values have no room.
    #[error("the vault is full")]
    Full,
    /// A value that is too long, or a number that there is not.
    #[error("no such value has room in the vault")]
    TooLong,
    /// Pages that are too small or too few, or words that are too long.
    #[error("this flash is not fit for a vault")]
    Unfit,
    /// The flash failed.
    #[error("the flash of the vault failed: {0}")]
    Flash(NorFlashErrorKind),
}

/// Where a value lies in the page in force.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Place {
    offset: u32,
    len: u16,
}

impl Place {
    fn end(self) -> u32 {
        self.offset + HEAD + u32::from(self.len).next_multiple_of(UNIT)
    }
}

/// The values.
pub struct Records<F> {
    flash: F,
    page: u32,
    generation: u32,
    /// Where the next record goes; `None` where the page must be written anew first.
    end: Option<u32>,
    places: [Option<Place>; NUMBERS],
}

impl<F: MultiwriteNorFlash> Records<F> {
    /// Finds what stands there, and ends what a power cut had interrupted.
    ///
    /// # Errors
    /// [`RecordsError::Blank`], [`RecordsError::Damaged`], [`RecordsError::Unfit`], [`RecordsError::Flash`]
    pub fn open(flash: F) -> Result<Self, RecordsError> {
        let mut records = Self::over(flash)?;
        let heads = [records.page_head(0)?, records.page_head(1)?];
        let (page, generation, compacted) = match heads {
            [Some((one, len)), other] if other.is_none_or(|(other, _)| other < one) => (0, one, len),
            [_, Some((generation, len))] => (1, generation, len),
            // A first filling that was cut has no head yet, and nothing in the other page.
            _ if records.is_blank(0, 0, PAGE_HEAD)? && records.is_blank(1, 0, Self::PAGE)? => return Err(RecordsError::Blank),
            _ => return Err(RecordsError::Damaged),
        };
        (records.page, records.generation) = (page, generation);
        let stale = records.scan(compacted)?;
        if records.end.is_none() {
            records.rewrite(&[])?;
        } else {
            for place in stale {
                records.wipe(place)?;
            }
            if !records.is_blank(1 - page, 0, Self::PAGE)? {
                records.erase(1 - page)?;
            }
        }
        Ok(records)
    }

    /// Forgets everything that stands there, and begins with these values.
    ///
    /// # Errors
    /// [`RecordsError::TooLong`], [`RecordsError::Full`], [`RecordsError::Unfit`], [`RecordsError::Flash`]
    pub fn begin(flash: F, values: &[(u8, &[u8])]) -> Result<Self, RecordsError> {
        let mut records = Self::over(flash)?;
        records.erase(0)?;
        records.erase(1)?;
        records.page = 1;
        records.rewrite(values)?;
        Ok(records)
    }

    const PAGE: u32 = {
        assert!(F::ERASE_SIZE <= 1 << 20, "a page of this flash is too large");
        #[allow(clippy::cast_possible_truncation)]
        let page = F::ERASE_SIZE as u32;
        page
    };

    fn over(flash: F) -> Result<Self, RecordsError> {
        let unit = usize::try_from(UNIT).unwrap_or_default();
        let has_room = F::ERASE_SIZE >= 1024 && flash.capacity() >= 2 * F::ERASE_SIZE;
        let is_fit = has_room && unit.is_multiple_of(F::WRITE_SIZE) && unit.is_multiple_of(F::READ_SIZE);
        let records = Self { flash, page: 0, generation: 0, end: None, places: [None; NUMBERS] };
        if is_fit { Ok(records) } else { Err(RecordsError::Unfit) }
    }

    /// A value, where there is one.
    ///
    /// # Errors
    /// [`RecordsError::Damaged`] where it is not what was written, [`RecordsError::Flash`]
    pub fn value(&mut self, number: u8) -> Result<Option<Zeroizing<Vec<u8>>>, RecordsError> {
        let Some(place) = self.place(number) else { return Ok(None) };
        let (head, value) = (self.head(place.offset)?, self.content(place)?);
        let is_whole = head == record_head(number, place.len, &value);
        if is_whole { Ok(Some(value)) } else { Err(RecordsError::Damaged) }
    }

    /// Replaces a value. After a power cut it is the old one or the new one.
    ///
    /// # Errors
    /// [`RecordsError::TooLong`], [`RecordsError::Full`], [`RecordsError::Damaged`], [`RecordsError::Flash`]
    pub fn replace(&mut self, number: u8, value: &[u8]) -> Result<(), RecordsError> {
        let len = u16::try_from(value.len()).ok().filter(|_| value.len() <= LONGEST).ok_or(RecordsError::TooLong)?;
        if usize::from(number) >= NUMBERS || value.is_empty() {
            return Err(RecordsError::TooLong);
        }
        let old = self.place(number);
        if old.is_some() && self.value(number)?.is_some_and(|old| old.as_slice() == value) {
            return Ok(());
        }
        let place = self.end.map(|offset| Place { offset, len }).filter(|place| place.end() <= Self::PAGE);
        let Some(place) = place else { return self.rewrite(&[(number, value)]) };
        // Whatever becomes of this write, nothing is written behind it before it is known to be whole.
        self.end = None;
        self.append(place, number, value)?;
        self.set_place(number, place);
        self.end = Some(place.end());
        old.map_or(Ok(()), |old| self.wipe(old))
    }

    /// Replaces several values at once, and drops those that are empty here: after a power cut all of them are old or all are new.
    ///
    /// # Errors
    /// As for [`Self::replace`].
    pub fn replace_all(&mut self, values: &[(u8, &[u8])]) -> Result<(), RecordsError> {
        self.rewrite(values)
    }

    /// Writes the values in force, with these in place of theirs, to the other page, and changes over to it.
    fn rewrite(&mut self, values: &[(u8, &[u8])]) -> Result<(), RecordsError> {
        let fits = |(number, value): &(u8, &[u8])| usize::from(*number) < NUMBERS && value.len() <= LONGEST;
        if !values.iter().all(fits) {
            return Err(RecordsError::TooLong);
        }
        let (old, new) = (self.page, 1 - self.page);
        self.erase(new)?;
        let (mut places, mut offset) = ([None; NUMBERS], PAGE_HEAD);
        for (number, kept) in (0..).zip(&mut places) {
            let given = values.iter().find(|(given, _)| *given == number);
            let value = match given {
                Some((_, value)) => Some(Zeroizing::new(value.to_vec())),
                None => self.value(number)?,
            };
            let Some(value) = value.filter(|value| !value.is_empty()) else { continue };
            let place = Place { offset, len: u16::try_from(value.len()).map_err(|_| RecordsError::TooLong)? };
            if place.end() > Self::PAGE {
                return Err(RecordsError::Full);
            }
            self.page = new;
            let written = self.append(place, number, &value);
            self.page = old;
            written?;
            (*kept, offset) = (Some(place), place.end());
        }
        let generation = self.generation.checked_add(1).ok_or(RecordsError::Full)?;
        self.write(new, 0, &page_head(generation, offset))?;
        if self.page_head(new)? != Some((generation, offset)) {
            return Err(RecordsError::Damaged);
        }
        (self.page, self.generation, self.places, self.end) = (new, generation, places, Some(offset));
        self.erase(old)
    }

    /// Finds the records of the page in force. Gives those that were replaced, and leaves no end where the last one was cut.
    fn scan(&mut self, compacted: u32) -> Result<Vec<Place>, RecordsError> {
        let (mut offset, mut stale) = (PAGE_HEAD, Vec::new());
        let (mut wiped, mut doubtful) = ([false; NUMBERS], Vec::new());
        let mut is_cut = false;
        while offset + HEAD <= Self::PAGE {
            let head = self.head(offset)?;
            if head == [BLANK; 16] {
                break;
            }
            let Some((number, place)) = read_head(&head, offset).filter(|(_, place)| place.end() <= Self::PAGE) else {
                // The head itself was cut.
                is_cut = true;
                offset += HEAD;
                break;
            };
            if head.ends_with(&[0; 8]) {
                if let Some(wiped) = wiped.get_mut(usize::from(number)) {
                    *wiped = true;
                }
            } else if record_head(number, place.len, &self.content(place)?) == head {
                stale.extend(self.place(number));
                self.set_place(number, place);
            } else {
                doubtful.push((number, place));
            }
            offset = place.end();
        }
        for (number, place) in doubtful {
            let in_force = self.place(number);
            if in_force.is_some_and(|in_force| in_force.offset > place.offset) {
                // Its wiping was cut.
                stale.push(place);
            } else if place.end() == offset && place.offset >= compacted {
                is_cut = true;
            } else {
                return Err(RecordsError::Damaged);
            }
        }
        let is_lost = wiped.iter().zip(&self.places).any(|(wiped, place)| *wiped && place.is_none());
        if is_lost || offset < compacted || !self.is_blank(self.page, offset, Self::PAGE)? {
            return Err(RecordsError::Damaged);
        }
        self.end = Some(offset).filter(|_| !is_cut);
        Ok(stale)
    }

    fn place(&self, number: u8) -> Option<Place> {
        self.places.get(usize::from(number)).copied().flatten()
    }

    fn set_place(&mut self, number: u8, place: Place) {
        if let Some(slot) = self.places.get_mut(usize::from(number)) {
            *slot = Some(place);
        }
    }

    fn append(&mut self, place: Place, number: u8, value: &[u8]) -> Result<(), RecordsError> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(usize::try_from(place.end() - place.offset).unwrap_or_default()));
        bytes.extend_from_slice(&record_head(number, place.len, value));
        bytes.extend_from_slice(value);
        let padded = bytes.len().next_multiple_of(8);
        bytes.resize(padded, 0);
        self.write(self.page, place.offset, &bytes)?;
        let mut written = Zeroizing::new(vec![0; bytes.len()]);
        self.read(self.page, place.offset, &mut written)?;
        if *written == *bytes { Ok(()) } else { Err(RecordsError::Damaged) }
    }

    /// Zeros over the sum and the value; what remains says how long it was.
    fn wipe(&mut self, place: Place) -> Result<(), RecordsError> {
        let zeros = [0; 64];
        let mut offset = place.offset + HEAD - UNIT;
        while offset < place.end() {
            let len = zeros.len().min(usize::try_from(place.end() - offset).unwrap_or_default());
            self.write(self.page, offset, zeros.get(..len).unwrap_or_default())?;
            offset += 64;
        }
        Ok(())
    }

    /// Generation of a page, and how long it was when it became valid.
    fn page_head(&mut self, page: u32) -> Result<Option<(u32, u32)>, RecordsError> {
        let mut bytes = [0; 24];
        self.read(page, 0, &mut bytes)?;
        let word = |at: usize| bytes.get(at..)?.first_chunk().map(|word| u32::from_be_bytes(*word));
        Ok(word(8).zip(word(12)).filter(|(generation, len)| page_head(*generation, *len) == bytes))
    }

    fn head(&mut self, offset: u32) -> Result<[u8; 16], RecordsError> {
        let mut bytes = [0; 16];
        self.read(self.page, offset, &mut bytes)?;
        Ok(bytes)
    }

    fn content(&mut self, place: Place) -> Result<Zeroizing<Vec<u8>>, RecordsError> {
        let len = usize::from(place.len);
        let mut value = Zeroizing::new(vec![0; len.next_multiple_of(8)]);
        self.read(self.page, place.offset + HEAD, &mut value)?;
        // Filling that is not zero is a value that was altered.
        if value.iter().skip(len).any(|byte| *byte != 0) {
            value.fill(BLANK);
        }
        value.truncate(len);
        Ok(value)
    }

    fn is_blank(&mut self, page: u32, from: u32, until: u32) -> Result<bool, RecordsError> {
        let (mut offset, mut bytes) = (from, [0; 64]);
        while offset < until {
            let len = bytes.len().min(usize::try_from(until - offset).unwrap_or_default());
            let part = bytes.get_mut(..len).unwrap_or_default();
            self.read(page, offset, part)?;
            if part.iter().any(|byte| *byte != BLANK) {
                return Ok(false);
            }
            offset += 64;
        }
        Ok(true)
    }

    fn read(&mut self, page: u32, offset: u32, bytes: &mut [u8]) -> Result<(), RecordsError> {
        self.flash.read(page * Self::PAGE + offset, bytes).map_err(|error| RecordsError::Flash(error.kind()))
    }

    fn write(&mut self, page: u32, offset: u32, bytes: &[u8]) -> Result<(), RecordsError> {
        self.flash.write(page * Self::PAGE + offset, bytes).map_err(|error| RecordsError::Flash(error.kind()))
    }

    fn erase(&mut self, page: u32) -> Result<(), RecordsError> {
        let from = page * Self::PAGE;
        self.flash.erase(from, from + Self::PAGE).map_err(|error| RecordsError::Flash(error.kind()))
    }
}

fn sum<const N: usize>(parts: &[&[u8]]) -> [u8; N] {
    let mut sum = [0; N];
    sum.iter_mut().zip(RustCrypto.digest(DigestAlgorithm::Sha256, parts).as_ref()).for_each(|(place, byte)| *place = *byte);
    sum
}

fn page_head(generation: u32, len: u32) -> [u8; 24] {
    let (generation, len) = (generation.to_be_bytes(), len.to_be_bytes());
    let sum: [u8; 8] = sum(&[MAGIC, &generation, &len]);
    let mut head = [0; 24];
    let bytes = MAGIC.iter().chain(&generation).chain(&len).chain(&sum);
    head.iter_mut().zip(bytes).for_each(|(place, byte)| *place = *byte);
    head
}

fn record_head(number: u8, len: u16, value: &[u8]) -> [u8; 16] {
    let [high, low] = len.to_be_bytes();
    let said = [number, MARK, high, low];
    let (own, of_value): ([u8; 4], [u8; 8]) = (sum(&[&said]), sum(&[&said, value]));
    let mut head = [0; 16];
    head.iter_mut().zip(said.iter().chain(&own).chain(&of_value)).for_each(|(place, byte)| *place = *byte);
    head
}

fn read_head(head: &[u8; 16], offset: u32) -> Option<(u8, Place)> {
    let (said, rest) = head.split_first_chunk::<4>()?;
    let [number, MARK, high, low] = *said else { return None };
    let len = u16::from_be_bytes([high, low]);
    let is_whole = rest.first_chunk() == Some(&sum::<4>(&[said])) && usize::from(number) < NUMBERS && usize::from(len) <= LONGEST;
    is_whole.then_some((number, Place { offset, len }))
}

//! The journal where it is kept: a ring of pages on a NOR flash beside the microcontroller, of which nothing is believed that its keys do
//! not confirm.
//!
//! An entry ([`soat::gate::journal`]) lies in a place of [`PLACE`] bytes, sealed, since whoever opens the box can read the chip and
//! write it:
//!
//! ```text
//! sequence 8 | start 4 | the entry without its sequence, sealed with AES-256-CCM 100 | tag 16      nonce = start ‖ sequence ‖ 0
//! ```
//!
//! A start counts how often the gate began, so that no number is sealed twice in one way. The order of writes: first the entry, then
//! its key evolves in the vault. After a power cut between the two, the entry stands where the vault does not know it yet: it is found at
//! the next start, checked with the key that the vault still holds, and taken up. An entry that was cut does not open, and its place is
//! passed over.
//!
//! Where the ring is full its oldest page is erased, and before it is, an entry says which entries are going. No entry ever says so of what
//! somebody else has erased. Where entries are not there that the vault counted, an entry says how many: the chip was exchanged, erased,
//! or has failed; the desk finds them missing too.
//!
//! A page takes 32 entries. A mebibyte holds 8,192, and its sectors of 4 KiB stand 100,000 erases each: more than the vault.

use alloc::vec::Vec;

use embedded_storage::nor_flash::{MultiwriteNorFlash, NorFlash, NorFlashError, NorFlashErrorKind};
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{CCM_TAG, Provider};
use soat::gate::journal::{ENTRY, Entry, Event, Head, Kind, LONGEST_JOURNAL, PersonKey, keys};
use soat::gate::pack::access_list::Person;
use soat::time::Timestamp;
use zeroize::Zeroizing;

use super::records::RecordsError;
use super::vault::{JournalHead, Vault};

/// Bytes that an entry occupies.
pub const PLACE: usize = 128;
const OPEN: usize = 12;
const BLANK: u8 = 0xFF;
/// Entries that are looked through first for a person who came in lately: a tenth of a second. Where all of them are later, more are.
const LOOKED_BACK: u64 = 256;
/// Places that are tried before the chip is given up: worn cells do not take what is written.
const TRIES: u8 = 4;

/// Why the journal cannot be written or read. A gate that is to be shut without its journal is shut then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JournalError {
    /// Its keys cannot be read or written.
    #[error("the keys of the journal: {0}")]
    Vault(#[from] RecordsError),
    /// The chip failed.
    #[error("the chip of the journal failed: {0}")]
    Flash(NorFlashErrorKind),
    /// The chip does not hold what is written to it.
    #[error("the chip of the journal does not hold what is written to it")]
    Worn,
    /// Pages that are too few, or of another size.
    #[error("this chip is not fit for a journal")]
    Unfit,
    /// It has come to its last number: the gate must be provisioned anew.
    #[error("the journal has come to its end")]
    AtItsEnd,
    /// A write had failed before; the gate must start anew.
    #[error("the journal had failed before")]
    Failed,
    /// Sealing failed.
    #[error("the journal cannot be sealed")]
    Seal,
}

/// The journal.
pub struct Journal<F> {
    flash: F,
    seal: Zeroizing<[u8; 32]>,
    persons: PersonKey,
    head: JournalHead,
    /// Whether this start is counted in the vault.
    counted: bool,
    /// Whether a write has failed: what is on the chip is not known any more.
    failed: bool,
    /// Where the next entry goes, in places from the beginning of the chip; `None` before the first.
    at: Option<u32>,
    /// Entries before this were told to make room.
    told: u64,
    /// Entries that the vault counted and the chip lacks, and that were not told yet.
    missing: u64,
    /// The last entry that is there.
    last: u64,
    latest: Option<Timestamp>,
}

impl<F: NorFlash> Journal<F> {
    const PAGE: u32 = {
        assert!(F::ERASE_SIZE.is_multiple_of(PLACE) && F::ERASE_SIZE <= 1 << 20, "a page of this flash is of another size");
        #[allow(clippy::cast_possible_truncation)]
        let page = F::ERASE_SIZE as u32;
        page
    };
    const A_PAGE: u32 = Self::PAGE / 128;

    /// Finds the end of the journal, and takes up an entry that a power cut kept from being counted.
    ///
    /// # Errors
    /// [`JournalError::Vault`], [`JournalError::Flash`], [`JournalError::Unfit`]
    pub fn open<V: MultiwriteNorFlash>(flash: F, vault: &mut Vault<V>) -> Result<Self, JournalError> {
        let mut journal = Self {
            seal: vault.seal_key()?,
            persons: vault.person_key()?,
            head: vault.journal_head()?,
            flash,
            counted: false,
            failed: false,
            at: None,
            told: 0,
            missing: 0,
            last: 0,
            latest: None,
        };
        if journal.pages() < 3 || !PLACE.is_multiple_of(F::WRITE_SIZE) || !PLACE.is_multiple_of(F::READ_SIZE) {
            return Err(JournalError::Unfit);
        }
        journal.find_end(vault)?;
        Ok(journal)
    }

    /// The end of the journal.
    pub fn head(&self) -> Head {
        self.head.head
    }

    /// The time of the last entry whose time was known: no clock is right before that.
    pub fn latest(&self) -> Option<Timestamp> {
        self.latest
    }

    /// How many entries the vault counted that the chip does not have, as far as the journal does not say so yet.
    pub fn missing(&self) -> u64 {
        self.missing
    }

    /// Whether a write has failed since the start.
    pub fn has_failed(&self) -> bool {
        self.failed
    }

    /// Writes an entry. Once this returns, no power cut takes it away.
    ///
    /// # Errors
    /// [`JournalError`]; every later call then fails too, until the gate starts anew.
    pub fn append<V: MultiwriteNorFlash>(
        &mut self,
        vault: &mut Vault<V>,
        event: &Event,
        time: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        if self.failed {
            return Err(JournalError::Failed);
        }
        let result = self.append_all(vault, event, time);
        self.failed = result.is_err();
        result
    }

    fn append_all<V: MultiwriteNorFlash>(
        &mut self,
        vault: &mut Vault<V>,
        event: &Event,
        time: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        if !self.counted {
            self.head.start = self.head.start.checked_add(1).ok_or(JournalError::AtItsEnd)?;
            vault.set_journal_head(&self.head)?;
            self.counted = true;
        }
        if let Some(month) = time.and_then(keys::month)
            && self.persons.evolve_to(month, &RustCrypto)
        {
            vault.set_person_key(&self.persons)?;
        }
        if self.missing > 0 {
            let count = u32::try_from(self.missing).unwrap_or(u32::MAX);
            self.tell_of_overflow(vault, time)?;
            self.write(vault, &Event { count, ..Event::of(Kind::Missing) }, time)?;
            self.missing = 0;
        }
        self.tell_of_overflow(vault, time)?;
        self.write(vault, event, time)
    }

    /// Where the page is nearly full, says what will be gone with the next one. There are two places for it: a power cut may spoil one.
    fn tell_of_overflow<V: MultiwriteNorFlash>(
        &mut self,
        vault: &mut Vault<V>,
        time: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        let Some(at) = self.at.filter(|at| at % Self::A_PAGE >= Self::A_PAGE - 2) else { return Ok(()) };
        let next = (at / Self::A_PAGE + 1) % self.pages();
        let mut going = None;
        for place in next * Self::A_PAGE..(next + 1) * Self::A_PAGE {
            going = self.entry(place)?.map(|(_, entry)| entry.sequence + 1).or(going);
        }
        match going {
            Some(going) if going > self.told => {
                let count = u32::try_from(going).unwrap_or(u32::MAX);
                self.write(vault, &Event { count, ..Event::of(Kind::Overflow) }, time)?;
                self.told = going;
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Gives the entries that are there from a number on, the oldest first, and the one before it, so that the desk sees what they
    /// continue; the last one in any case, so that it sees where they end.
    ///
    /// # Errors
    /// [`JournalError::Flash`]
    pub fn read(&mut self, from: u64, mut take: impl FnMut(&[u8; ENTRY]) -> bool) -> Result<(), JournalError> {
        let Some(at) = self.at else { return Ok(()) };
        let first = from.saturating_sub(1).min(self.last);
        let current = at.saturating_sub(1) / Self::A_PAGE;
        for step in 1..=self.pages() {
            let page = (current + step) % self.pages();
            // What stands in the open passes over whole pages; whoever altered it made entries missing, and no more.
            if self.number((page + 1) * Self::A_PAGE - 1)?.is_some_and(|last| last < first) {
                continue;
            }
            for place in page * Self::A_PAGE..(page + 1) * Self::A_PAGE {
                let Some((bytes, entry)) = self.entry(place)? else { continue };
                if (first..self.head.head.sequence).contains(&entry.sequence) && !take(&bytes) {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    /// Whether a person was let in after a time, as far as the entries that are there tell. Who came in under the key of another month is
    /// not found any more.
    ///
    /// # Errors
    /// [`JournalError::Flash`]
    pub fn was_admitted(&mut self, person: &Person, after: Timestamp) -> Result<bool, JournalError> {
        let alias = Some(self.persons.person(person, &RustCrypto));
        let places = u64::from(self.pages() * Self::A_PAGE);
        let mut back = LOOKED_BACK;
        loop {
            let from = self.head.head.sequence.saturating_sub(back);
            let (mut is_found, mut oldest) = (false, None);
            self.read(from, |bytes| {
                if let Some((entry, time)) = Entry::read(bytes).and_then(|entry| Some((entry, entry.time?))) {
                    oldest = oldest.or(Some(time));
                    is_found |= entry.kind == Kind::Admitted && entry.person == alias && time > after;
                }
                !is_found
            })?;
            let is_enough = from == 0 || back >= places || oldest.is_some_and(|oldest| oldest <= after);
            if is_found || is_enough {
                return Ok(is_found);
            }
            back = back.saturating_mul(8);
        }
    }

    fn pages(&self) -> u32 {
        u32::try_from(self.flash.capacity()).unwrap_or(u32::MAX) / Self::PAGE
    }

    /// Writes one entry at the end, and lets its key evolve.
    fn write<V: MultiwriteNorFlash>(
        &mut self,
        vault: &mut Vault<V>,
        event: &Event,
        time: Option<Timestamp>,
    ) -> Result<(), JournalError> {
        let sequence = self.head.head.sequence;
        if sequence >= LONGEST_JOURNAL {
            return Err(JournalError::AtItsEnd);
        }
        let entry = Entry {
            sequence,
            time,
            kind: event.kind,
            month: self.persons.month(),
            person: event.person.map(|person| self.persons.person(&person, &RustCrypto)),
            count: event.count,
            reason: event.reason,
        };
        let (bytes, head) = entry.write(&self.head.head, &self.head.key, &RustCrypto);
        let sealed = self.sealed(sequence, &bytes)?;
        let mut tries = TRIES;
        self.make_room()?;
        while !self.is_written(&sealed)? {
            tries = tries.checked_sub(1).ok_or(JournalError::Worn)?;
            self.make_room()?;
        }
        self.last = sequence;
        self.count(vault, head)?;
        self.latest = time.or(self.latest);
        Ok(())
    }

    /// The key of what was written is let go.
    fn count<V: MultiwriteNorFlash>(&mut self, vault: &mut Vault<V>, head: Head) -> Result<(), JournalError> {
        self.head.key.evolve(&RustCrypto);
        self.head.head = head;
        Ok(vault.set_journal_head(&self.head)?)
    }

    /// Puts a sealed entry in the next place, and says whether it holds.
    fn is_written(&mut self, sealed: &[u8; PLACE]) -> Result<bool, JournalError> {
        let place = self.at.ok_or(JournalError::Failed)?;
        self.at = Some(place.saturating_add(1));
        self.flash.write(offset(place), sealed).map_err(flash)?;
        Ok(self.bytes(place)? == *sealed)
    }

    /// Goes on to the next page where this one is full, and erases what is there.
    fn make_room(&mut self) -> Result<(), JournalError> {
        let page = match self.at {
            None => 0,
            Some(at) if !at.is_multiple_of(Self::A_PAGE) => return Ok(()),
            Some(at) => at / Self::A_PAGE % self.pages(),
        };
        // A page that looks blank may be one whose erasing was cut: its cells need not hold. Each is erased once in a round anyhow.
        let from = page * Self::PAGE;
        self.flash.erase(from, from + Self::PAGE).map_err(flash)?;
        self.at = Some(page * Self::A_PAGE);
        Ok(())
    }

    /// Looks for the last entry.
    fn find_end<V: MultiwriteNorFlash>(&mut self, vault: &mut Vault<V>) -> Result<(), JournalError> {
        let end = self.head.head.sequence;
        let mut newest = None;
        for page in 0..self.pages() {
            newest = newest.max(self.first_of(page)?.map(|first| (first, page)));
        }
        let Some((_, page)) = newest else {
            self.missing = end;
            return Ok(());
        };
        let mut last = None;
        for place in page * Self::A_PAGE..(page + 1) * Self::A_PAGE {
            if self.bytes(place)?.iter().any(|byte| *byte != BLANK) {
                self.at = Some(place + 1);
            }
            if let Some((bytes, entry)) = self.entry(place)? {
                self.latest = entry.time.or(self.latest);
                if entry.kind == Kind::Overflow {
                    self.told = self.told.max(entry.count.into());
                }
                last = Some((bytes, entry.sequence));
            }
        }
        if let Some((bytes, sequence)) = last {
            self.last = sequence;
            if sequence == end {
                self.take_up(&bytes, vault)?;
            }
            self.missing = end.saturating_sub(sequence.saturating_add(1));
        }
        Ok(())
    }

    /// An entry that was written and not counted: what the vault's key confirms is taken up, and nothing else.
    fn take_up<V: MultiwriteNorFlash>(&mut self, bytes: &[u8; ENTRY], vault: &mut Vault<V>) -> Result<(), JournalError> {
        match Entry::confirmed(bytes, &self.head.head, &self.head.key, &RustCrypto) {
            Some(head) => self.count(vault, head),
            None => Ok(()),
        }
    }

    /// The number of the first entry of a page that opens.
    fn first_of(&mut self, page: u32) -> Result<Option<u64>, JournalError> {
        for place in page * Self::A_PAGE..(page + 1) * Self::A_PAGE {
            if let Some((_, entry)) = self.entry(place)? {
                return Ok(Some(entry.sequence));
            }
            // Places are written in order: behind one that is blank nothing stands.
            if self.bytes(place)?.iter().all(|byte| *byte == BLANK) {
                break;
            }
        }
        Ok(None)
    }

    /// The number that stands in the open at a place where something does.
    fn number(&mut self, place: u32) -> Result<Option<u64>, JournalError> {
        let bytes = self.bytes(place)?;
        Ok(bytes.first_chunk().map(|number| u64::from_be_bytes(*number)).filter(|number| *number != u64::MAX))
    }

    /// The entry of a place, where one opens.
    fn entry(&mut self, place: u32) -> Result<Option<([u8; ENTRY], Entry)>, JournalError> {
        let bytes = self.bytes(place)?;
        Ok(self.opened(&bytes).and_then(|bytes| Some((bytes, Entry::read(&bytes)?))))
    }

    fn bytes(&mut self, place: u32) -> Result<[u8; PLACE], JournalError> {
        let mut bytes = [0; PLACE];
        self.flash.read(offset(place), &mut bytes).map_err(flash)?;
        Ok(bytes)
    }

    fn sealed(&self, sequence: u64, bytes: &[u8; ENTRY]) -> Result<[u8; PLACE], JournalError> {
        let (sequence, start) = (sequence.to_be_bytes(), self.head.start.to_be_bytes());
        let mut data = Vec::with_capacity(PLACE);
        data.extend(bytes.iter().skip(sequence.len()));
        let head = [&sequence[..], &start].concat();
        RustCrypto.ccm_seal(&self.seal, &nonce(&start, &sequence), &head, &mut data).map_err(|_| JournalError::Seal)?;
        [head, data].concat().try_into().map_err(|_| JournalError::Seal)
    }

    fn opened(&self, place: &[u8; PLACE]) -> Option<[u8; ENTRY]> {
        let (head, sealed) = place.split_first_chunk::<OPEN>()?;
        let (sequence, start) = head.split_first_chunk::<8>()?;
        // A blank place has the highest number of all; what has a number that cannot be is not worth the ciphers.
        if u64::from_be_bytes(*sequence) > self.head.head.sequence {
            return None;
        }
        let mut data = Zeroizing::new(sealed.to_vec());
        RustCrypto.ccm_open(&self.seal, &nonce(start.first_chunk()?, sequence), head, &mut data).ok()?;
        let mut bytes = [0; ENTRY];
        bytes.iter_mut().zip(sequence.iter().chain(data.iter())).for_each(|(place, byte)| *place = *byte);
        Some(bytes)
    }
}

const _: () = assert!(OPEN + ENTRY - 8 + CCM_TAG == PLACE);

fn offset(place: u32) -> u32 {
    place.saturating_mul(128)
}

fn nonce(start: &[u8; 4], sequence: &[u8; 8]) -> [u8; 13] {
    let mut nonce = [0; 13];
    nonce.iter_mut().zip(start.iter().chain(sequence)).for_each(|(place, byte)| *place = *byte);
    nonce
}

fn flash(error: impl NorFlashError) -> JournalError {
    JournalError::Flash(error.kind())
}

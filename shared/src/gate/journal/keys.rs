//! The keys of a journal, each of which follows from the one before and never the other way.

use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{CODE, LONGEST_JOURNAL};
use crate::crypto::Provider;
use crate::crypto::hmac::hmac_sha256;
use crate::gate::pack::access_list::Person;
use crate::time::{Date, Timestamp};

/// Length of each key in bytes.
pub const KEY: usize = 32;
/// The last month of the years that a person's key is followed to: December 2199.
const LAST_MONTH: u16 = 230 * 12 - 1;

type Secret = Zeroizing<[u8; KEY]>;

/// What all keys of one journal follow from. It stays at the desk.
pub struct JournalKey(Secret);

/// The key of one entry.
pub struct ChainKey(Secret);

/// The key of one month, under which people stand in entries.
pub struct PersonKey {
    key: Secret,
    month: u16,
}

opaque_debug!(JournalKey, ChainKey, PersonKey);

impl JournalKey {
    /// A key from bytes that were drawn at random.
    pub fn new(bytes: &[u8; KEY]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// The key of the first entry.
    pub fn chain(&self, provider: &dyn Provider) -> ChainKey {
        ChainKey(hmac_sha256(self.0.as_slice(), &[b"soat.journal.chain"], provider))
    }

    /// The key of January 1970.
    pub fn persons(&self, provider: &dyn Provider) -> PersonKey {
        PersonKey { key: hmac_sha256(self.0.as_slice(), &[b"soat.journal.person"], provider), month: 0 }
    }
}

fn next(key: &mut Secret, provider: &dyn Provider) {
    *key = hmac_sha256(key.as_slice(), &[b"next"], provider);
}

impl ChainKey {
    /// A key as it was kept.
    pub fn new(bytes: &[u8; KEY]) -> Self {
        Self(Zeroizing::new(*bytes))
    }

    /// Its bytes, to be kept.
    pub fn expose(&self) -> &[u8; KEY] {
        &self.0
    }

    /// Becomes the key of the next entry; the one before is wiped.
    pub fn evolve(&mut self, provider: &dyn Provider) {
        next(&mut self.0, provider);
    }

    /// Becomes the key of an entry that is so much later. Says whether it did: a journal has an end.
    pub(super) fn evolve_by(&mut self, entries: u64, provider: &dyn Provider) -> bool {
        if entries > LONGEST_JOURNAL {
            return false;
        }
        (0..entries).for_each(|_| self.evolve(provider));
        true
    }

    pub(super) fn code(&self, said: &[u8], before: &[u8; CODE], provider: &dyn Provider) -> [u8; CODE] {
        let code = hmac_sha256(self.0.as_slice(), &[said, before], provider);
        let mut first = [0; CODE];
        first.iter_mut().zip(code.iter()).for_each(|(place, byte)| *place = *byte);
        first
    }

    pub(super) fn confirms(&self, said: &[u8], before: &[u8; CODE], code: &[u8; CODE], provider: &dyn Provider) -> bool {
        self.code(said, before, provider).ct_eq(code).into()
    }
}

impl PersonKey {
    /// A key as it was kept.
    pub fn new(bytes: &[u8; KEY], month: u16) -> Self {
        Self { key: Zeroizing::new(*bytes), month }
    }

    /// Its bytes, to be kept.
    pub fn expose(&self) -> &[u8; KEY] {
        &self.key
    }

    /// Whose month it is, counted from January 1970.
    pub fn month(&self) -> u16 {
        self.month
    }

    /// Becomes the key of a later month, and says whether it is another one now; it never goes back, and not past the year 2199.
    pub fn evolve_to(&mut self, month: u16, provider: &dyn Provider) -> bool {
        let ahead = if month <= LAST_MONTH { month.saturating_sub(self.month) } else { 0 };
        (0..ahead).for_each(|_| next(&mut self.key, provider));
        self.month = self.month.saturating_add(ahead);
        ahead > 0
    }

    /// How a person stands in the entries of its month.
    pub fn person(&self, person: &Person, provider: &dyn Provider) -> [u8; 16] {
        let code = hmac_sha256(self.key.as_slice(), &[person], provider);
        let mut first = [0; 16];
        first.iter_mut().zip(code.iter()).for_each(|(place, byte)| *place = *byte);
        first
    }
}

/// The month of a moment in UTC, counted from January 1970; `None` before it and after the year 2199.
pub fn month(time: Timestamp) -> Option<u16> {
    let date: Date = time.date()?;
    let month = date.year().checked_sub(1970)?.checked_mul(12)?.checked_add(u16::from(date.month()).checked_sub(1)?)?;
    (month <= LAST_MONTH).then_some(month)
}

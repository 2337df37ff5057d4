//! A journal that was read out, verified with the key that the desk kept: what holds, what is gone, and what was tampered with.

use alloc::vec::Vec;

use super::entry::{Entry, Kind, parts};
use super::keys::{ChainKey, JournalKey};
use super::{CODE, ENTRY, Head, LONGEST_JOURNAL};
use crate::crypto::Provider;

/// From where on a journal was read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// From its first entry.
    Start,
    /// From an entry on, whatever was before it.
    Sequence(u64),
    /// From what was seen last: the entry before this head, or one before that, is read again and must be the same.
    Head(Head),
}

/// What is wrong with a journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Fault {
    /// What came is not made of whole entries.
    #[error("the journal is torn: {0} bytes are not whole entries")]
    Torn(usize),
    /// No entry of the gate, or not in this place.
    #[error("entry {0} of the journal is altered, or is another gate's")]
    Altered(u64),
    /// Entries are not there, and no entry says that they had to make room.
    #[error("entries {from} to {until} of the journal are missing")]
    Missing {
        /// The first that is missing.
        from: u64,
        /// The first that is there again.
        until: u64,
    },
    /// It has another past than the one that was seen.
    #[error("the journal does not continue what was seen of it: entry {0} is another one")]
    DoesNotContinue(u64),
    /// It ends before what was seen of it.
    #[error("the journal was cut off: it ends at entry {found}, and {seen} entries were seen")]
    CutOff {
        /// How many were seen.
        seen: u64,
        /// How many there are.
        found: u64,
    },
}

/// What a journal says, and whether that is all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// The entries that hold, in order.
    pub entries: Vec<Entry>,
    /// How many made room for later ones before they were read, as the journal itself says.
    pub lost: u64,
    /// What is wrong; nothing in a journal that is whole.
    pub faults: Vec<Fault>,
    /// Its end, to be kept for the next reading.
    pub head: Head,
}

/// Verifies entries as a gate gave them, oldest first, with the key of its provisioning.
///
/// Every entry that is returned was written by the gate under its number. Whether any is missing, [`Run::faults`] says.
pub fn verify(bytes: &[u8], key: &JournalKey, since: Since, provider: &dyn Provider) -> Run {
    let (entries, rest) = bytes.as_chunks::<ENTRY>();
    let seen = match since {
        Since::Start => Head::EMPTY,
        Since::Sequence(sequence) => Head { sequence, code: [0; CODE] },
        Since::Head(head) => head,
    };
    let mut walk = Walk {
        key: key.chain(provider),
        at: 0,
        steps: 2 * LONGEST_JOURNAL,
        head: None,
        run: Run { entries: Vec::new(), lost: 0, faults: Vec::new(), head: seen },
    };
    for bytes in entries {
        walk.step(bytes, provider);
    }
    let mut run = walk.run;
    let continues = match since {
        Since::Head(head) => follow_on(&mut run, entries, head),
        Since::Start | Since::Sequence(_) => Ok(()),
    };
    run.faults.extend(continues.err());
    account_for_the_first(&mut run, seen.sequence);
    if !rest.is_empty() {
        run.faults.push(Fault::Torn(rest.len()));
    }
    run
}

struct Walk {
    /// The key of entry [`Self::at`].
    key: ChainKey,
    at: u64,
    /// How far the key may still be led on: a reading full of false numbers ends.
    steps: u64,
    /// Behind the last entry that held; `None` where nothing is known of what comes before.
    head: Option<Head>,
    run: Run,
}

impl Walk {
    fn step(&mut self, bytes: &[u8; ENTRY], provider: &dyn Provider) {
        let expected = self.head.map(|head| head.sequence);
        let entry = Entry::read(bytes);
        let place = expected.or(entry.map(|entry| entry.sequence)).unwrap_or(self.run.head.sequence);
        match entry.and_then(|entry| Some((entry, self.authentic(&entry, bytes, provider)?))) {
            Some((entry, head)) => {
                let from = expected.unwrap_or(entry.sequence);
                let is_told =
                    from.checked_add(1) == Some(entry.sequence) && self.run.faults.last() == Some(&Fault::Altered(from));
                if from < entry.sequence && !is_told {
                    self.run.faults.push(Fault::Missing { from, until: entry.sequence });
                }
                self.head = Some(head);
                self.run.head = head;
                self.run.entries.push(entry);
            }
            None => self.run.faults.push(Fault::Altered(place)),
        }
    }

    /// The head behind an entry that its own key confirms, and that follows on the one before where that is known.
    fn authentic(&mut self, entry: &Entry, bytes: &[u8; ENTRY], provider: &dyn Provider) -> Option<Head> {
        let ahead = entry.sequence.checked_sub(self.at)?;
        if entry.sequence >= LONGEST_JOURNAL || self.head.is_some_and(|head| entry.sequence < head.sequence) {
            return None;
        }
        self.steps = self.steps.checked_sub(ahead)?;
        let (said, before, code) = parts(bytes)?;
        // The key goes on only with an entry that it confirms: an altered number must not lead it past those that follow.
        let mut key = ChainKey::new(self.key.expose());
        let confirmed = key.evolve_by(ahead, provider) && key.confirms(said, before, code, provider);
        let follows = match self.head {
            Some(head) => entry.sequence != head.sequence || *before == head.code,
            None => entry.sequence != 0 || *before == [0; CODE],
        };
        if !confirmed || !follows {
            return None;
        }
        self.key = key;
        self.at = entry.sequence;
        Some(Head { sequence: entry.sequence.checked_add(1)?, code: *code })
    }
}

/// Whether a run has the entry that was seen last, or begins right behind it.
fn follow_on(run: &mut Run, entries: &[[u8; ENTRY]], seen: Head) -> Result<(), Fault> {
    let Some(last) = seen.sequence.checked_sub(1) else { return Ok(()) };
    let code_of = |sequence: u64| {
        let is_it = |bytes: &&[u8; ENTRY]| Entry::read(bytes).is_some_and(|entry| entry.sequence == sequence);
        run.entries.iter().any(|entry| entry.sequence == sequence).then(|| entries.iter().find(is_it).and_then(parts)).flatten()
    };
    let found = match (code_of(last), code_of(seen.sequence)) {
        (Some((_, _, code)), _) => Some(code),
        (None, next) => next.map(|(_, before, _)| before),
    };
    let end = if run.entries.is_empty() { 0 } else { run.head.sequence };
    match found {
        Some(code) if *code == seen.code => Ok(()),
        Some(_) => Err(Fault::DoesNotContinue(last)),
        None if end < seen.sequence => {
            run.head = seen;
            Err(Fault::CutOff { seen: seen.sequence, found: end })
        }
        None => Ok(()),
    }
}

/// A run that begins later than was asked for has lost entries; an entry of the journal must say so.
fn account_for_the_first(run: &mut Run, asked: u64) {
    let Some(first) = run.entries.first().map(|entry| entry.sequence).filter(|first| *first > asked) else { return };
    let is_said = run.entries.iter().any(|entry| entry.kind == Kind::Overflow && u64::from(entry.count) >= first);
    if is_said {
        run.lost = first.saturating_sub(asked);
    } else if asked.checked_add(1) != Some(first) || run.faults.first() != Some(&Fault::Altered(asked)) {
        run.faults.insert(0, Fault::Missing { from: asked, until: first });
    }
}

//! What a terminal says, under its signature, about why it read a card.

use alloc::string::String;

/// Why a card was read and by what right: it stands in the signed header, so that it can be altered no more than the dossier
/// (COSE header labels of one's own may be texts, RFC 9052 §1.5). Shows nothing in `Debug`: a reference may name a person.
#[derive(Clone, PartialEq, Eq)]
pub struct Statement {
    purpose: String,
    consent: String,
}

opaque_debug!(Statement);

impl Statement {
    /// Longest purpose and longest reference, in bytes of UTF-8.
    pub const MAX_LEN: usize = 256;

    /// What the card was read for, and the reference of the holder's consent in the books of whoever read it. `None` where one is empty or
    /// longer than [`Self::MAX_LEN`].
    pub fn new(purpose: &str, consent: &str) -> Option<Self> {
        let fits = |text: &str| !text.trim().is_empty() && text.len() <= Self::MAX_LEN;
        (fits(purpose) && fits(consent)).then(|| Self { purpose: String::from(purpose), consent: String::from(consent) })
    }

    /// What the card was read for.
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// The reference of the holder's consent.
    pub fn consent(&self) -> &str {
        &self.consent
    }
}

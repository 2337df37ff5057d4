//! ICAO deviation lists (ICAO 9303-3 §7, ICAO 9303-12 §10): what an issuer knows to be wrong with documents that it issued.
//!
//! A list explains a failure and never forgives one. It counts only under a signer whose authority is an anchor, and only for documents of
//! that authority's state.

mod description;
mod documents;

use alloc::vec::Vec;

use der::asn1::ObjectIdentifier;

use super::algorithm::AlgorithmIdentifier;
use super::certificate::extensions::DEVIATION_LIST_SIGNER;
use super::signed_list::{self, ListError, ListSignature, SignerRoot};
use super::trust_store::TrustStore;
use crate::crypto::{DigestAlgorithm, Provider};
use crate::tlv::asn1::SEQUENCE;
use crate::tlv::{Cursor, Rules};

pub use description::{Description, Deviation, Place};
pub use documents::{Candidate, Documents, Match, SignerReference};

const ID_DEVIATION_LIST: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.136.1.1.7");

/// No list is longer, in bytes; a real one with 155,000 document numbers has 1.9 MB.
pub const LONGEST_LIST: usize = 64 * 1024 * 1024;

/// No list has more entries, and no entry more descriptions.
const MAX_ENTRIES: usize = 10_000;
const MAX_DESCRIPTIONS: usize = 64;

/// Documents, and what is wrong with them.
///
/// ```text
/// Deviation ::= SEQUENCE { documents DeviationDocuments, descriptions SET OF DeviationDescription }
/// ```
#[derive(Clone, Debug)]
pub struct Entry {
    /// Which documents.
    pub documents: Documents,
    /// What is wrong with them.
    pub descriptions: Vec<Description>,
}

/// A deviation list whose signature was verified up to an anchor. It cannot be made in any other way.
///
/// ```text
/// DeviationList ::= SEQUENCE { version INTEGER, digestAlgorithm AlgorithmIdentifier OPTIONAL, deviations SET OF Deviation }
/// ```
#[derive(Clone)]
pub struct DeviationList {
    content: Vec<u8>,
    digest: DigestAlgorithm,
    entries: Vec<Entry>,
    signature: ListSignature,
}

// It holds document numbers.
opaque_debug!(DeviationList);

impl DeviationList {
    /// Reads a list and verifies it as a master list is verified, with the role of a deviation list signer.
    ///
    /// # Errors
    /// The first rule that the list breaks.
    pub fn verify(bytes: &[u8], root: SignerRoot<'_>, store: &TrustStore, provider: &dyn Provider) -> Result<Self, ListError> {
        if bytes.len() > LONGEST_LIST {
            return Err(ListError::TooLong);
        }
        let message = signed_list::open(bytes, ID_DEVIATION_LIST, provider)?;
        let signature = signed_list::judge_signer(&message, DEVIATION_LIST_SIGNER, root, store, provider)?;
        let mut digest = message.digest();
        let content = message.content().to_vec();

        let mut outer = Cursor::new(&content, Rules::Ber);
        let mut fields = outer.sequence()?;
        outer.finish()?;
        fields.small_integer()?;
        if fields.peek() == Some(SEQUENCE) {
            digest = AlgorithmIdentifier::read(&mut fields)?.digest().unwrap_or(digest);
        }
        let mut entries = Vec::new();
        for deviation in fields.set()? {
            let mut deviation = deviation?.children()?;
            let documents = Documents::read(&deviation.expect(SEQUENCE)?, &content)?;
            let mut descriptions = Vec::new();
            for description in deviation.set()? {
                descriptions.push(Description::read(&description?)?);
                if descriptions.len() > MAX_DESCRIPTIONS {
                    return Err(ListError::TooLong);
                }
            }
            deviation.finish()?;
            entries.push(Entry { documents, descriptions });
            if entries.len() > MAX_ENTRIES {
                return Err(ListError::TooLong);
            }
        }
        fields.finish()?;
        Ok(Self { content, digest, entries, signature })
    }

    /// The entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Who signed it, and when.
    pub fn signature(&self) -> &ListSignature {
        &self.signature
    }

    /// The deviations of the entries that a document meets, with how surely it does.
    pub fn matching<'a>(
        &'a self,
        document: &'a Candidate<'_>,
        provider: &'a dyn Provider,
    ) -> impl Iterator<Item = (Match, &'a Description)> {
        self.entries.iter().flat_map(move |entry| {
            let found = entry.documents.meets(document, &self.content, self.digest, provider);
            let descriptions = if found == Match::No { &[] } else { entry.descriptions.as_slice() };
            descriptions.iter().map(move |description| (found, description))
        })
    }
}

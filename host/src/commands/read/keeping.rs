//! What is kept of a card that was read: its dossier, as the profile lets it be saved.

use std::borrow::Cow;
use std::path::Path;

use age::x25519::Recipient;
use soat::crypto::CryptoError;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::{DataGroup, Dossier, FileId, PrintedData};
use soat::evidence::{SavedDossier, Statement};
use soat::inspection::{Disclosure, Released, withhold, withhold_printed};

use crate::command_line::Evidence;
use crate::commands::judging::Judged;
use crate::dossier_file;
use crate::error::{Error, Result};
use crate::messages::Messages;
use crate::safe_file;
use crate::terminal_key::FileKey;

/// Who may read saved dossiers, who signs them, and what they were read for.
pub struct Keeping {
    recipient: Option<Recipient>,
    signing_key: Option<FileKey>,
    purpose: String,
    statement: Option<Statement>,
}

impl Keeping {
    /// Reads the keys that the arguments name.
    ///
    /// # Errors
    /// What is wrong with them.
    pub fn new(evidence: Evidence, purpose: Option<&str>) -> Result<Self> {
        let recipient = evidence.recipient.map(|text| text.parse().map_err(|_| Error::usage("recipient-invalid"))).transpose()?;
        let signing_key = evidence.sign.as_deref().map(FileKey::read).transpose()?;
        let mut keeping = Self { recipient, signing_key, purpose: purpose.unwrap_or_default().to_owned(), statement: None };
        if let Some(consent) = evidence.consent {
            keeping.consent(&consent)?;
        }
        Ok(keeping)
    }

    /// The reference of the holder's consent, which the signature covers.
    ///
    /// # Errors
    /// That it or the purpose is empty or too long.
    pub fn consent(&mut self, reference: &str) -> Result<()> {
        let statement = Statement::new(&self.purpose, reference);
        self.statement = Some(statement.ok_or_else(|| Error::usage("statement-invalid").with("most", Statement::MAX_LEN))?);
        Ok(())
    }

    /// Forgets the reference of a consent.
    pub fn forget_consent(&mut self) {
        self.statement = None;
    }

    /// Whether the reference of a consent is there.
    pub fn has_consent(&self) -> bool {
        self.statement.is_some()
    }

    /// Whether a profile that discloses so much lets a dossier be saved with what there is.
    ///
    /// # Errors
    /// What is missing, or that nothing may be saved.
    pub fn check(&self, disclosure: Disclosure) -> Result<()> {
        self.check_keys(disclosure)?;
        if disclosure == Disclosure::Evidence && !self.has_consent() {
            return Err(Error::usage("disclosure-evidence"));
        }
        Ok(())
    }

    /// The same, where the consent is asked for later.
    ///
    /// # Errors
    /// What is missing, or that nothing may be saved.
    pub fn check_keys(&self, disclosure: Disclosure) -> Result<()> {
        match disclosure {
            Disclosure::Decision => Err(Error::usage("disclosure-decision").with("name", "--save")),
            Disclosure::Evidence if self.recipient.is_none() || self.signing_key.is_none() || self.purpose.is_empty() => {
                Err(Error::usage("disclosure-evidence"))
            }
            _ => Ok(()),
        }
    }

    /// Writes the dossier, and tells the files that were saved as their digests alone.
    ///
    /// # Errors
    /// That it cannot be signed, encrypted or written.
    pub fn write(&self, path: &Path, judged: &Judged, released: Released) -> Result<Vec<String>> {
        let (dossier, withheld) = releasable(&judged.dossier, released, self.recipient.is_some());
        let unsigned = || SavedDossier::unsigned(&dossier).map_err(|_| CryptoError::Length);
        let signed = |key: &FileKey| SavedDossier::signed_stating(&dossier, self.statement.clone(), key);
        let saved = self.signing_key.as_ref().map_or_else(unsigned, signed);
        let saved = saved.map_err(|cause| Error::usage("dossier-not-saved").with("cause", cause.to_string()))?;
        let bytes = dossier_file::to_bytes(&saved, self.recipient.as_ref())?;
        safe_file::create(path, &bytes).map_err(|cause| Error::not_created(path, &cause))?;
        Ok(withheld)
    }
}

/// The line that tells what was withheld, where something was.
pub fn withheld(files: &[String], messages: &Messages) -> Option<String> {
    if files.is_empty() { None } else { Some(messages.format("saved-withheld", &[("files", files.join(", ").into())])) }
}

/// What of a dossier may be saved, and the files that are withheld: one that says more than the profile releases is kept whole only where
/// the dossier is encrypted (`verdicts.md`, "From a file").
fn releasable(dossier: &Dossier, released: Released, encrypted: bool) -> (Cow<'_, Dossier>, Vec<String>) {
    let is_withheld = |group: &DataGroup| !released.covers(*group) && dossier.bytes(FileId::from(*group)).is_some();
    let withheld: Vec<DataGroup> = if encrypted { Vec::new() } else { DataGroup::all().filter(is_withheld).collect() };
    let is_print_withheld = |kind: &PrintedData| !encrypted && !released.covers_printed(*kind);
    let print: Vec<PrintedData> = dossier.printed.keys().copied().filter(is_print_withheld).collect();
    if withheld.is_empty() && print.is_empty() {
        return (Cow::Borrowed(dossier), Vec::new());
    }
    let mut kept = dossier.clone();
    for group in &withheld {
        withhold(&mut kept, FileId::from(*group), &RustCrypto);
    }
    for kind in &print {
        withhold_printed(&mut kept, *kind, &RustCrypto);
    }
    let names = withheld.into_iter().map(|group| FileId::from(group).to_string()).chain(print.iter().map(ToString::to_string));
    (Cow::Owned(kept), names.collect())
}

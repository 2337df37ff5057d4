//! Judging a dossier: by which profile, which anchors, at which time; and what comes out of it for people and programs.

mod fields;
pub mod moment;

use card_fixtures::personalisation::Personalisation;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::Dossier;
use soat::evidence::{Statement, Witnesses};
use soat::inspection::{Demands, Disclosure, Inspector, Overall, Profile, PseudonymKey, Released, Report};
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;

pub use self::fields::{Field, Value};
use crate::command_line::Judging;
use crate::commands::now;
use crate::dossier_file::Loaded;
use crate::error::{Error, Exit, Result};
use crate::profile_file;
use crate::pseudonym_key;
use crate::trust_folder::TrustFolder;

/// The rules, anchors and time by which dossiers are judged.
pub struct Judge {
    store: TrustStore,
    witnesses: Witnesses,
    demands: Demands,
    /// Whether an anchor of the fixture authority is among them, which marks every report.
    demonstration: bool,
    profile: Profile,
    /// What makes pseudonyms, and for which purpose.
    pseudonyms: Option<(PseudonymKey, String)>,
    at: Timestamp,
    time_chosen: bool,
}

impl Judge {
    /// The anchors of the operator's folder.
    ///
    /// # Errors
    /// What is wrong with the folder or the time.
    pub fn new(judging: &Judging) -> Result<Self> {
        let folder = TrustFolder::open(judging.store.trust.as_deref())?;
        let (store, demonstration) = folder.store()?;
        Self::with(store, folder.witnesses()?.0, demonstration, judging)
    }

    /// The anchor of a virtual card's own issuer, for this run alone; or the operator's folder where it holds that issuer, and perhaps a
    /// revocation list of it.
    ///
    /// # Errors
    /// What is wrong with the time, or with a folder that was named.
    pub fn of_demonstration(card: &Personalisation, judging: &Judging) -> Result<Self> {
        let issuers = card.demonstration_anchors();
        // A folder that cannot be used is said where it was asked for; without one a card can still be tried.
        let own = Self::new(judging);
        if judging.store.trust.is_some() || own.is_ok() {
            let judge = own?;
            let holds = |der: &Vec<u8>| judge.store.anchors().any(|anchor| anchor.certificate.as_der() == der.as_slice());
            if issuers.iter().all(holds) {
                return Ok(judge);
            }
        }
        let mut store = TrustStore::new();
        for der in issuers {
            let certificate = Certificate::from_der(&der);
            let certificate = certificate.map_err(|cause| Error::usage("card-unsupported").with("cause", cause.to_string()))?;
            store.add(certificate, Provenance::Operator { source: card.name.clone() }, true, &RustCrypto);
        }
        Self::with(store, Witnesses::new(), true, judging)
    }

    fn with(store: TrustStore, witnesses: Witnesses, demonstration: bool, judging: &Judging) -> Result<Self> {
        let profile = profile_of(judging)?;
        let chosen = judging.now.as_deref().map(moment::parse).transpose()?;
        let demands = Demands::default();
        let purpose = judging.purpose.clone().unwrap_or_default();
        let pseudonyms = judging.pseudonym.as_deref().map(pseudonym_key::read).transpose()?.map(|key| (key, purpose));
        Ok(Self {
            store,
            witnesses,
            demands,
            demonstration,
            profile,
            pseudonyms,
            at: chosen.unwrap_or_else(now),
            time_chosen: chosen.is_some(),
        })
    }

    /// The same, asking this of every dossier.
    pub fn demanding(mut self, demands: Demands) -> Self {
        self.demands = demands;
        self
    }

    /// The fields that the profile releases.
    pub fn released(&self) -> Released {
        self.profile.released
    }

    /// What may leave this machine.
    pub fn disclosure(&self) -> Disclosure {
        self.profile.disclosure
    }

    /// The moment that counts as now.
    pub fn at(&self) -> Timestamp {
        self.at
    }

    /// An inspector for one thread.
    pub fn inspector(&self) -> Inspector<'_> {
        Inspector::new(&self.store, self.profile, &RustCrypto).believing(&self.witnesses).demanding(self.demands)
    }

    /// Judges what was just read.
    pub fn judge(&self, dossier: Dossier, source: String) -> Judged {
        let report = self.inspector().inspect(&dossier, self.at);
        self.judged(dossier, report, source)
    }

    /// Judges what was loaded, one of many perhaps.
    pub fn judge_loaded(&self, inspector: &mut Inspector<'_>, loaded: Loaded, source: String) -> Judged {
        let report = match &loaded {
            Loaded::Saved(saved) => inspector.inspect_saved(saved, self.at),
            Loaded::Raw(dossier) => inspector.inspect(dossier, self.at),
        };
        let said = match &loaded {
            // Whoever signed it must be known, or anyone may have written it.
            Loaded::Saved(saved) if report.terminal().is_some() => {
                saved.signature().and_then(|signature| signature.statement()).cloned()
            }
            _ => None,
        };
        Judged { statement: said, ..self.judged(loaded.into_dossier(), report, source) }
    }

    fn judged(&self, dossier: Dossier, report: Report, source: String) -> Judged {
        // Where the signer is not known, the card may be one.
        let is_vietnamese = report.signer().is_none_or(|signer| signer.certificate.issuer.country().as_deref() == Some("VN"));
        let pseudonym =
            self.pseudonyms.as_ref().and_then(|(key, purpose)| report.identity()?.pseudonym(key, purpose, &RustCrypto));
        Judged {
            disclosure: self.profile.disclosure,
            pseudonym: pseudonym.map(|pseudonym| hex::encode_upper(pseudonym.as_bytes())),
            statement: None,
            identity: report.identity().map(fields::of),
            demonstration: self.demonstration || report.demonstration(),
            is_vietnamese,
            at: self.at,
            time_chosen: self.time_chosen,
            source,
            dossier,
            report,
        }
    }
}

/// The profile that the arguments choose, with the fields that they release.
///
/// # Errors
/// What is wrong with either.
pub fn profile_of(judging: &Judging) -> Result<Profile> {
    let profile = profile_file::choose(&judging.profile)?;
    judging.release.iter().try_fold(profile, |profile, fields| profile_file::releasing(profile, fields))
}

/// A dossier with its report.
pub struct Judged {
    /// What was read.
    pub dossier: Dossier,
    /// What it comes to.
    pub report: Report,
    /// What of all this may be told.
    pub disclosure: Disclosure,
    /// What stands for the holder, if the card passed and a key was given.
    pub pseudonym: Option<String>,
    /// Why the card was read, where a known terminal signed that.
    pub statement: Option<Statement>,
    /// The fields of the identity, if it passed.
    pub identity: Option<Vec<Field>>,
    /// Whether anchors of the fixture authority took part.
    pub demonstration: bool,
    /// Whether the card is, or may be, Vietnamese, so that an online confirmation by the police exists.
    pub is_vietnamese: bool,
    /// The moment that it was judged at.
    pub at: Timestamp,
    /// Whether that moment was chosen and is not the clock's.
    pub time_chosen: bool,
    /// Reader, virtual card or file.
    pub source: String,
}

impl Judged {
    /// The exit code that the result ends in.
    pub fn exit(&self) -> Exit {
        match self.report.overall {
            Overall::Successful => Exit::Successful,
            Overall::Failed => Exit::Failed,
            Overall::Undetermined => Exit::Undetermined,
            Overall::Aborted => Exit::Card,
        }
    }

    /// The face out of the verified DG2, if the card passed.
    pub fn face(&self) -> Option<&[u8]> {
        Some(self.report.identity()?.face()?.bytes.as_slice())
    }
}

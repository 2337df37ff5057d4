//! Judging a dossier: by which profile, which anchors, at which time; and what comes out of it for people and programs.

mod fields;
pub mod moment;

use card_fixtures::personalisation::Personalisation;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::Dossier;
use soat::evidence::Witnesses;
use soat::inspection::{Demands, Inspector, Overall, Profile, Released, Report};
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;

pub use self::fields::{Field, Value};
use crate::command_line::Judging;
use crate::commands::now;
use crate::dossier_file::Loaded;
use crate::error::{Error, Exit, Result};
use crate::profile_file;
use crate::trust_folder::TrustFolder;

/// The rules, anchors and time by which dossiers are judged.
pub struct Judge {
    store: TrustStore,
    witnesses: Witnesses,
    demands: Demands,
    /// Whether an anchor of the fixture authority is among them, which marks every report.
    demonstration: bool,
    profile: Profile,
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

    /// The anchor of a virtual card's own issuer, for this run alone.
    ///
    /// # Errors
    /// What is wrong with the time.
    pub fn of_demonstration(card: &Personalisation, judging: &Judging) -> Result<Self> {
        let mut store = TrustStore::new();
        for der in card.demonstration_anchors() {
            let certificate = Certificate::from_der(&der);
            let certificate = certificate.map_err(|cause| Error::usage("card-unsupported").with("cause", cause.to_string()))?;
            store.add(certificate, Provenance::Operator { source: card.name.clone() }, true, &RustCrypto);
        }
        Self::with(store, Witnesses::new(), true, judging)
    }

    fn with(store: TrustStore, witnesses: Witnesses, demonstration: bool, judging: &Judging) -> Result<Self> {
        let profile = profile_file::choose(&judging.profile)?;
        let profile = judging.release.iter().try_fold(profile, |profile, fields| profile_file::releasing(profile, fields))?;
        let chosen = judging.now.as_deref().map(moment::parse).transpose()?;
        let demands = Demands::default();
        Ok(Self {
            store,
            witnesses,
            demands,
            demonstration,
            profile,
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
        self.judged(loaded.into_dossier(), report, source)
    }

    fn judged(&self, dossier: Dossier, report: Report, source: String) -> Judged {
        let is_vietnamese = report.signer().is_some_and(|signer| signer.certificate.issuer.country().as_deref() == Some("VN"));
        Judged {
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

/// A dossier with its report.
pub struct Judged {
    /// What was read.
    pub dossier: Dossier,
    /// What it comes to.
    pub report: Report,
    /// The fields of the identity, if it passed.
    pub identity: Option<Vec<Field>>,
    /// Whether anchors of the fixture authority took part.
    pub demonstration: bool,
    /// Whether the card is Vietnamese, so that an online confirmation by the police exists.
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

//! What the checks of one inspection share: the dossier, and what was proven of it so far.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use super::attestation::Attestation;
use super::card_security::ProvenCardSecurity;
use super::profile::{Profile, Weight};
use super::reason::ReasonCode;
use super::report::{Check, CheckKind, Finding, Outcome};
use super::verified::{VerifiedFile, VerifiedSod};
use crate::crypto::Provider;
use crate::dossier::{DataGroup, Dossier, FileId, Origin};
use crate::lds::{self, SecurityInfos};
use crate::mrz::MachineReadableZone;
use crate::pki::{Chain, TimeStamp, TrustStore, TrustedPath, VerifiedMessage};
use crate::time::Timestamp;

/// One inspection under way.
pub(super) struct Examination<'a> {
    pub(super) dossier: &'a Dossier,
    pub(super) profile: &'a Profile,
    pub(super) trust: &'a TrustStore,
    pub(super) provider: &'a dyn Provider,
    pub(super) time: Timestamp,
    pub(super) message: Option<VerifiedMessage>,
    pub(super) sod: Option<VerifiedSod>,
    pub(super) files: BTreeMap<DataGroup, VerifiedFile<'a>>,
    pub(super) chain: Option<Chain>,
    pub(super) card_security: ProvenCardSecurity,
    pub(super) attestation: Option<&'a Attestation>,
    pub(super) time_stamp: Option<&'a TimeStamp>,
}

impl<'a> Examination<'a> {
    /// A row that begins as successful.
    pub(super) fn row(&self, kind: CheckKind) -> Check {
        let weight = self.profile.weight(kind);
        Check { kind, weight, outcome: Outcome::Successful, reason: None, findings: Vec::new(), ran: true }
    }

    /// The bytes of a data group that has its signed hash.
    pub(super) fn file(&self, group: DataGroup) -> Option<&'a [u8]> {
        self.files.get(&group).map(|file| file.bytes())
    }

    /// Whether somebody answers for what nobody can prove again: this terminal, which has just read the card, or one whose signature
    /// counts (`verdicts.md`, "From a file").
    pub(super) fn is_attested(&self) -> bool {
        self.dossier.origin() == Origin::Chip || self.attestation.is_some()
    }

    /// The path to an anchor, where there is one.
    pub(super) fn path(&self) -> Option<&TrustedPath> {
        match &self.chain {
            Some(Chain::Trusted(path)) => Some(path),
            _ => None,
        }
    }

    /// The MRZ out of a verified DG1.
    pub(super) fn mrz(&self) -> Option<MachineReadableZone> {
        lds::dg1::parse(self.file(DataGroup::DG1)?).ok()
    }

    /// The security infos out of a verified DG14.
    pub(super) fn security_infos(&self) -> Option<SecurityInfos> {
        lds::dg14::parse(self.file(DataGroup::DG14)?).ok()
    }

    pub(super) fn provided(&self, file: FileId) -> Option<&'a [u8]> {
        self.dossier.bytes(file)
    }
}

impl Check {
    /// The same row, ended otherwise.
    pub(super) fn ended(mut self, outcome: Outcome, reason: ReasonCode) -> Self {
        (self.outcome, self.reason) = (outcome, Some(reason));
        self
    }

    pub(super) fn failed(self, reason: ReasonCode) -> Self {
        self.ended(Outcome::Failed, reason)
    }

    pub(super) fn undetermined(self, reason: ReasonCode) -> Self {
        self.ended(Outcome::Undetermined, reason)
    }

    pub(super) fn not_supported(self, reason: ReasonCode) -> Self {
        self.ended(Outcome::NotSupported, reason)
    }

    /// The same row with a finding beside it.
    pub(super) fn finding(mut self, code: ReasonCode, file: Option<FileId>) -> Self {
        self.findings.push(Finding { code, file });
        self
    }

    pub(super) fn weighing(mut self, weight: Weight) -> Self {
        self.weight = weight;
        self
    }

    /// The same row, which had nothing to run on.
    pub(super) fn not_run(mut self) -> Self {
        self.ran = false;
        self
    }

    /// Under a profile that refuses findings, the first one that it refuses fails the check.
    pub(super) fn judged_by(self, profile: &Profile) -> Self {
        let refused = self.findings.iter().map(|finding| finding.code).find(|code| code.is_refused_in_strict());
        match refused {
            Some(code) if profile.refuses_findings && self.outcome != Outcome::Failed => self.failed(code),
            _ => self,
        }
    }
}

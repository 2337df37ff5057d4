//! Profiles: how each check counts (`verdicts.md`, Checks).

use super::report::CheckKind;

/// How a check counts in a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weight {
    /// It must be successful.
    Mandatory,
    /// It counts if it ran.
    Optional,
    /// It is reported and never counted.
    Evaluatory,
}

/// A set of rules under which a dossier is judged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name on the command line.
    pub name: &'static str,
    /// How the access protocol counts.
    pub access_protocol: Weight,
    /// How validity today counts; validity at signing always counts.
    pub validity_today: Weight,
    /// How the document signer's own properties count.
    pub signer_profile: Weight,
    /// How revocation counts: optional means that it counts where a revocation list is at hand.
    pub revocation: Weight,
    /// How chip authenticity counts where the signed files do not offer it; where they do, it always counts.
    pub chip_authenticity_not_offered: Weight,
    /// How the card's own expiry counts.
    pub card_expiry: Weight,
    /// How contradictions among the data count.
    pub data_cross_checks: Weight,
    /// Whether findings that BSI TR-03105 refuses fail their check.
    pub refuses_findings: bool,
}

impl Profile {
    /// For desks: what real documents do is read through, and said.
    pub const OPERATIONAL: Self = Self {
        name: "operational",
        access_protocol: Weight::Evaluatory,
        validity_today: Weight::Evaluatory,
        signer_profile: Weight::Evaluatory,
        revocation: Weight::Optional,
        chip_authenticity_not_offered: Weight::Optional,
        card_expiry: Weight::Evaluatory,
        data_cross_checks: Weight::Evaluatory,
        refuses_findings: false,
    };

    /// For conformance tests: what BSI TR-03105 refuses is refused.
    pub const STRICT: Self = Self {
        name: "strict",
        access_protocol: Weight::Mandatory,
        validity_today: Weight::Mandatory,
        signer_profile: Weight::Mandatory,
        revocation: Weight::Mandatory,
        chip_authenticity_not_offered: Weight::Mandatory,
        refuses_findings: true,
        ..Self::OPERATIONAL
    };

    /// Every profile.
    pub const ALL: [Self; 2] = [Self::OPERATIONAL, Self::STRICT];

    /// The profile of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }

    /// How a check counts, unless the check itself says otherwise.
    pub fn weight(&self, kind: CheckKind) -> Weight {
        match kind {
            CheckKind::SodSignature
            | CheckKind::SodContent
            | CheckKind::FileHash(_)
            | CheckKind::Chain
            | CheckKind::Validity
            | CheckKind::IssuingState
            | CheckKind::ChipAuthenticity => Weight::Mandatory,
            CheckKind::AccessProtocol => self.access_protocol,
            CheckKind::ValidityToday => self.validity_today,
            CheckKind::SignerProfile => self.signer_profile,
            CheckKind::Revocation => self.revocation,
            // They are rows only where there is a signature or a time-stamp, or where somebody asked.
            CheckKind::TerminalSignature | CheckKind::TimeStamp => Weight::Optional,
            CheckKind::Challenge | CheckKind::EvidenceAge => Weight::Mandatory,
            CheckKind::CardExpiry => self.card_expiry,
            CheckKind::DataCrossChecks => self.data_cross_checks,
            // Members of a group count through it.
            CheckKind::ActiveAuthentication
            | CheckKind::ChipAuthentication
            | CheckKind::ChipAuthenticationMapping
            | CheckKind::DeviationList => Weight::Evaluatory,
        }
    }
}

//! The result of an inspection.

use alloc::vec::Vec;

use super::profile::Weight;
use super::reason::ReasonCode;
use crate::dossier::FileId;

/// How a check ended (BSI TR-03135-1 §3.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// The check ran and holds.
    Successful,
    /// The check ran and does not hold.
    Failed,
    /// The check could not be decided: an anchor, a file or a status is missing.
    Undetermined,
    /// The document does not offer what the check needs.
    NotSupported,
    /// The check broke off; it feeds no verdict.
    Aborted,
}

/// The overall result over mandatory checks and optional ones that ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Overall {
    /// Genuine under this profile.
    Successful,
    /// Not genuine, or refused by the profile.
    Failed,
    /// Neither could be shown.
    Undetermined,
    /// Reading or checking broke off.
    Aborted,
}

/// What is checked: the rows of `verdicts.md`, one check each; hashes have one check a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum CheckKind {
    /// PACE or BAC, and no downgrade.
    AccessProtocol,
    /// The CMS signature of EF.SOD.
    SodSignature,
    /// Version, signer identifier, groups; EF.COM against EF.SOD.
    SodContent,
    /// One file against its hash in the verified EF.SOD.
    FileHash(FileId),
    /// Document signer to an anchor.
    Chain,
    /// Validity at signing and today.
    Validity,
    /// Key usage, extensions, algorithm equality.
    SignerProfile,
    /// Certificate revocation.
    Revocation,
    /// The same state in DG1, document signer and CSCA.
    IssuingState,
    /// The group of active authentication, chip authentication and PACE-CAM.
    ChipAuthenticity,
    /// Active authentication, member of the group.
    ActiveAuthentication,
    /// Chip authentication, member of the group.
    ChipAuthentication,
    /// The card's own date of expiry.
    CardExpiry,
    /// MRZ check digits; DG13 against DG1.
    DataCrossChecks,
    /// ICAO deviation list.
    DeviationList,
}

impl CheckKind {
    /// Stable name in JSON: `sod_signature`; hashes are `file_hash`, with the file beside them.
    pub const fn name(self) -> &'static str {
        match self {
            Self::AccessProtocol => "access_protocol",
            Self::SodSignature => "sod_signature",
            Self::SodContent => "sod_content",
            Self::FileHash(_) => "file_hash",
            Self::Chain => "chain",
            Self::Validity => "validity",
            Self::SignerProfile => "signer_profile",
            Self::Revocation => "revocation",
            Self::IssuingState => "issuing_state",
            Self::ChipAuthenticity => "chip_authenticity",
            Self::ActiveAuthentication => "active_authentication",
            Self::ChipAuthentication => "chip_authentication",
            Self::CardExpiry => "card_expiry",
            Self::DataCrossChecks => "data_cross_checks",
            Self::DeviationList => "deviation_list",
        }
    }
}

/// A way in which the document bent the standard while the check still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Its stable code.
    pub code: ReasonCode,
    /// The file in question.
    pub file: Option<FileId>,
}

/// One row of a report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Check {
    /// What was checked.
    pub kind: CheckKind,
    /// How it counts in this profile.
    pub weight: Weight,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, unless it was plainly successful.
    pub reason: Option<ReasonCode>,
    /// Deviations that were read through.
    pub findings: Vec<Finding>,
}

/// All checks and what they come to.
#[derive(Clone, Debug)]
pub struct Report {
    /// Name of the profile.
    pub profile: &'static str,
    /// What the checks come to.
    pub overall: Overall,
    /// The checks, in the order of `verdicts.md`.
    pub checks: Vec<Check>,
}

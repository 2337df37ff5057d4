//! The result of an inspection.

use alloc::string::String;
use alloc::vec::Vec;

use super::identity::VerifiedIdentity;
use super::profile::{ProfileName, Weight};
use super::reason::ReasonCode;
use crate::crypto::Digest;
use crate::dossier::{FileId, Origin};
use crate::evidence::Terminal;
use crate::pki::certificate::Validity;
use crate::pki::{Anchor, Certificate, Provenance};
use crate::time::Timestamp;

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

/// What a failed result rests on, so that an old card is not called a forged one. The overall result is failed all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Failure {
    /// Nothing but that something has expired.
    Expired,
    /// Nothing but what the profile does not take, or that and expiry.
    Refused,
    /// That the print is another card's than the chip, and nothing against the chip but what comes before.
    OtherCard,
    /// A check that tells genuine documents from others.
    NotGenuine,
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
    /// Document signer and issuer valid when the document was signed.
    Validity,
    /// Document signer and issuer valid today.
    ValidityToday,
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
    /// PACE with chip authentication mapping, member of the group.
    ChipAuthenticationMapping,
    /// The card's own date of expiry.
    CardExpiry,
    /// MRZ check digits; DG13 against DG1; the number against both.
    DataCrossChecks,
    /// The scanned QR code and the typed MRZ against the chip.
    PrintedData,
    /// ICAO deviation list.
    DeviationList,
    /// The signature of the terminal that saved the dossier.
    TerminalSignature,
    /// The time-stamp of the dossier (RFC 3161).
    TimeStamp,
    /// Active authentication answered the challenge that the relying party asks for.
    Challenge,
    /// The reading is as recent as the relying party asks for.
    EvidenceAge,
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
            Self::ValidityToday => "validity_today",
            Self::SignerProfile => "signer_profile",
            Self::Revocation => "revocation",
            Self::IssuingState => "issuing_state",
            Self::ChipAuthenticity => "chip_authenticity",
            Self::ActiveAuthentication => "active_authentication",
            Self::ChipAuthentication => "chip_authentication",
            Self::ChipAuthenticationMapping => "chip_authentication_mapping",
            Self::CardExpiry => "card_expiry",
            Self::DataCrossChecks => "data_cross_checks",
            Self::PrintedData => "printed_data",
            Self::DeviationList => "deviation_list",
            Self::TerminalSignature => "terminal_signature",
            Self::TimeStamp => "time_stamp",
            Self::Challenge => "challenge",
            Self::EvidenceAge => "evidence_age",
        }
    }
}

/// Who can show again that a check ended as it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Provability {
    /// Whoever has the dossier: it follows from signatures alone.
    Anyone,
    /// The terminal answers for it: the one that has just read the card, or one whose signature over the dossier counts.
    Terminal,
    /// Nobody: the file says so, and could have been edited.
    Nobody,
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
    /// Whether it had anything to run on. An optional check that had not is reported and not counted.
    pub ran: bool,
}

impl Check {
    /// Whether it counts for the overall result.
    pub fn counts(&self) -> bool {
        match self.weight {
            Weight::Mandatory => true,
            Weight::Optional => self.ran,
            Weight::Evaluatory => false,
        }
    }
}

impl Overall {
    /// What checks come to (`verdicts.md`, Outcomes): over the mandatory ones and the optional ones that ran, any failed is failed; else
    /// any aborted is aborted; else any undetermined, or a mandatory one not supported, is undetermined; else successful.
    pub fn of(checks: &[Check]) -> Self {
        let any = |outcome| checks.iter().any(|check| check.counts() && check.outcome == outcome);
        let lacking = checks.iter().any(|check| check.weight == Weight::Mandatory && check.outcome == Outcome::NotSupported);
        if any(Outcome::Failed) {
            Self::Failed
        } else if any(Outcome::Aborted) {
            Self::Aborted
        } else if any(Outcome::Undetermined) || lacking {
            Self::Undetermined
        } else {
            Self::Successful
        }
    }
}

/// The gravest of the failures that count.
fn failure(checks: &[Check]) -> Option<Failure> {
    let failed = checks.iter().filter(|check| check.counts() && check.outcome == Outcome::Failed);
    failed
        .map(|check| match check.reason {
            Some(reason) if reason.is_expiry() => Failure::Expired,
            Some(reason) if reason.is_of_profile() => Failure::Refused,
            Some(reason) if reason.is_of_other_card() => Failure::OtherCard,
            _ => Failure::NotGenuine,
        })
        .max()
}

/// The certificate under which EF.SOD's signature holds.
#[derive(Clone, Debug)]
pub struct SignerDetails {
    /// The certificate.
    pub certificate: Certificate,
    /// Its SHA-256.
    pub sha256: Digest,
    /// Its key: `brainpoolP256r1`, `RSA, 2048 bits`.
    pub key: String,
    /// How EF.SOD is signed: `ECDSA with SHA-256`.
    pub scheme: String,
    /// When it says that it signed.
    pub signing_time: Option<Timestamp>,
}

impl SignerDetails {
    /// When the certificate holds.
    pub fn validity(&self) -> Validity {
        self.certificate.validity
    }
}

/// All checks and what they come to.
#[derive(Clone, Debug)]
pub struct Report {
    /// Name of the profile.
    pub profile: ProfileName,
    /// What the checks come to.
    pub overall: Overall,
    /// The checks, in the order of `verdicts.md`.
    pub checks: Vec<Check>,
    /// The moment for which it was judged.
    pub time: Timestamp,
    /// Where the dossier came from.
    pub origin: Origin,
    /// SHA-256 over the dossier's content: what was read and what ran. The same for a dossier just read and saved.
    pub evidence: Digest,
    pub(super) signer: Option<SignerDetails>,
    pub(super) anchor: Option<Anchor>,
    pub(super) identity: Option<VerifiedIdentity>,
    pub(super) terminal: Option<Terminal>,
    pub(super) time_stamped_at: Option<Timestamp>,
}

impl Report {
    /// Whose card it is: only where the overall result is successful, and only out of files whose hashes are signed.
    pub fn identity(&self) -> Option<&VerifiedIdentity> {
        self.identity.as_ref()
    }

    /// What the result rests on, where it is failed.
    pub fn failure(&self) -> Option<Failure> {
        failure(&self.checks)
    }

    /// Who signed EF.SOD, where its signature holds. Whether the signer is worth anything, the chain says.
    pub fn signer(&self) -> Option<&SignerDetails> {
        self.signer.as_ref()
    }

    /// The anchor that signed the document signer.
    pub fn anchor(&self) -> Option<&Anchor> {
        self.anchor.as_ref()
    }

    /// Where that anchor came from.
    pub fn provenance(&self) -> Option<&Provenance> {
        self.anchor.as_ref().map(|anchor| &anchor.provenance)
    }

    /// Whether the report rests on a key for demonstrations.
    pub fn demonstration(&self) -> bool {
        self.anchor.as_ref().is_some_and(|anchor| anchor.demonstration)
    }

    /// The terminal whose signature over the saved dossier counts.
    pub fn terminal(&self) -> Option<&Terminal> {
        self.terminal.as_ref()
    }

    /// The moment at which the dossier existed, by a time-stamp that counts.
    pub fn time_stamped_at(&self) -> Option<Timestamp> {
        self.time_stamped_at
    }

    /// Who can show again what a check of this report says.
    pub fn provability(&self, check: &Check) -> Provability {
        let by_signatures = match check.kind {
            CheckKind::AccessProtocol | CheckKind::ChipAuthentication | CheckKind::ChipAuthenticationMapping => false,
            // That it was printed on this card, nobody signed.
            CheckKind::PrintedData => false,
            CheckKind::EvidenceAge => self.terminal.is_none() && self.origin != Origin::Chip,
            // Only an answer over a challenge is a signature.
            CheckKind::ChipAuthenticity => self.check(CheckKind::ActiveAuthentication).is_some_and(|active| {
                active.outcome == check.outcome && matches!(active.outcome, Outcome::Successful | Outcome::Failed)
            }),
            // The digest of a file that is not there could have been copied out of EF.SOD; that a file was refused, anyone can claim.
            CheckKind::FileHash(FileId::DataGroup(group)) => {
                let is_digest = check.findings.iter().any(|finding| finding.code == ReasonCode::FILE_DIGEST_ONLY);
                (check.outcome == Outcome::Successful && !is_digest)
                    || check.reason == Some(ReasonCode::hash_mismatch(group))
                    || check.reason == Some(ReasonCode::unlisted(group))
            }
            _ => true,
        };
        match (by_signatures, self.origin, &self.terminal) {
            (true, ..) => Provability::Anyone,
            (false, Origin::Chip, _) | (false, _, Some(_)) => Provability::Terminal,
            (false, ..) => Provability::Nobody,
        }
    }

    /// The check of a kind.
    pub fn check(&self, kind: CheckKind) -> Option<&Check> {
        self.checks.iter().find(|check| check.kind == kind)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::dossier::DataGroup;
    use crate::evidence::TerminalKey;
    use crate::inspection::Profile;
    use alloc::vec;

    const OUTCOMES: [Outcome; 5] =
        [Outcome::Successful, Outcome::Failed, Outcome::Undetermined, Outcome::NotSupported, Outcome::Aborted];
    const WEIGHTS: [Weight; 3] = [Weight::Mandatory, Weight::Optional, Weight::Evaluatory];

    fn check(weight: Weight, outcome: Outcome, ran: bool) -> Check {
        Check { kind: CheckKind::Chain, weight, outcome, reason: None, findings: vec![], ran }
    }

    /// What one check alone comes to, written out from `verdicts.md`.
    fn alone(weight: Weight, outcome: Outcome, ran: bool) -> Overall {
        match (weight, outcome) {
            (Weight::Evaluatory, _) => Overall::Successful,
            (Weight::Optional, _) if !ran => Overall::Successful,
            (Weight::Optional, Outcome::NotSupported) => Overall::Successful,
            (_, Outcome::Successful) => Overall::Successful,
            (_, Outcome::Failed) => Overall::Failed,
            (_, Outcome::Aborted) => Overall::Aborted,
            (_, Outcome::Undetermined | Outcome::NotSupported) => Overall::Undetermined,
        }
    }

    /// Failed before aborted before undetermined before successful.
    fn worse(one: Overall, other: Overall) -> Overall {
        let rank = |overall| match overall {
            Overall::Failed => 3,
            Overall::Aborted => 2,
            Overall::Undetermined => 1,
            Overall::Successful => 0,
        };
        if rank(one) >= rank(other) { one } else { other }
    }

    #[test]
    fn the_overall_result_for_every_pair_of_checks() {
        let mut all = vec![];
        for weight in WEIGHTS {
            for outcome in OUTCOMES {
                for ran in [true, false] {
                    all.push((weight, outcome, ran));
                }
            }
        }
        for &(weight, outcome, ran) in &all {
            let one = check(weight, outcome, ran);
            assert_eq!(Overall::of(core::slice::from_ref(&one)), alone(weight, outcome, ran), "{one:?}");
            for &(other_weight, other_outcome, other_ran) in &all {
                let other = check(other_weight, other_outcome, other_ran);
                let expected = worse(alone(weight, outcome, ran), alone(other_weight, other_outcome, other_ran));
                assert_eq!(Overall::of(&[one.clone(), other.clone()]), expected, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn only_what_is_nothing_but_expired_is_called_so() {
        let failed = |weight, reason| Check { reason, ..check(weight, Outcome::Failed, true) };
        let expired = |weight| failed(weight, Some(ReasonCode::CARD_EXPIRED));
        let weak = failed(Weight::Mandatory, Some(ReasonCode::SOD_KEY_BELOW_FLOOR));
        let forged = failed(Weight::Mandatory, Some(ReasonCode::SOD_SIGNATURE_INVALID));
        let plain = failed(Weight::Mandatory, None);
        let other = failed(Weight::Optional, Some(ReasonCode::QR_CONTRADICTS_CHIP));
        let good = check(Weight::Mandatory, Outcome::Successful, true);
        for (checks, expected) in [
            (vec![good.clone()], None),
            (vec![good, expired(Weight::Mandatory)], Some(Failure::Expired)),
            (vec![expired(Weight::Evaluatory)], None),
            (vec![expired(Weight::Mandatory), weak.clone()], Some(Failure::Refused)),
            (vec![expired(Weight::Mandatory), other.clone(), weak.clone()], Some(Failure::OtherCard)),
            (vec![other, forged.clone()], Some(Failure::NotGenuine)),
            (vec![expired(Weight::Mandatory), weak, forged], Some(Failure::NotGenuine)),
            (vec![plain], Some(Failure::NotGenuine)),
        ] {
            assert_eq!(failure(&checks), expected, "{checks:?}");
        }
    }

    /// A report from somewhere with these checks, with a terminal that counts or without.
    fn report(origin: Origin, attested: bool, checks: Vec<Check>) -> Report {
        let digest = Digest::new(&[7; 32]).unwrap();
        let terminal = Terminal { key: TerminalKey::ed25519(&[7; 32]), sha256: digest, source: String::new() };
        Report {
            profile: Profile::OPERATIONAL.name,
            overall: Overall::of(&checks),
            checks,
            time: Timestamp(0),
            origin,
            evidence: digest,
            signer: None,
            anchor: None,
            identity: None,
            terminal: attested.then_some(terminal),
            time_stamped_at: None,
        }
    }

    /// Who can show a check again: of a card just read, of a dossier under a terminal's signature, of a dossier alone.
    fn shown_by(checks: &[Check]) -> [Provability; 3] {
        [(Origin::Chip, false), (Origin::Saved, true), (Origin::Saved, false)].map(|(origin, attested)| {
            let report = report(origin, attested, checks.to_vec());
            report.provability(checks.last().unwrap())
        })
    }

    #[test]
    fn what_only_the_terminal_saw_nobody_else_can_show() {
        use Provability::{Anyone, Nobody, Terminal};
        let of = |kind, outcome, reason| Check { kind, reason, ..check(Weight::Mandatory, outcome, true) };
        let good = |kind| of(kind, Outcome::Successful, None);
        for kind in [CheckKind::SodSignature, CheckKind::Chain, CheckKind::ActiveAuthentication, CheckKind::TimeStamp] {
            assert_eq!(shown_by(&[good(kind)]), [Anyone; 3], "{kind:?}");
        }
        for kind in [
            CheckKind::AccessProtocol,
            CheckKind::ChipAuthentication,
            CheckKind::ChipAuthenticationMapping,
            CheckKind::PrintedData,
        ] {
            assert_eq!(shown_by(&[good(kind)]), [Terminal, Terminal, Nobody], "{kind:?}");
        }
        // A time-stamp alone can show that a reading is old.
        assert_eq!(shown_by(&[good(CheckKind::EvidenceAge)]), [Terminal, Terminal, Anyone]);

        // The group stands on a signature of the chip where active authentication ended as it did.
        let (active, group) = (CheckKind::ActiveAuthentication, CheckKind::ChipAuthenticity);
        for outcome in [Outcome::Successful, Outcome::Failed] {
            assert_eq!(shown_by(&[of(active, outcome, None), of(group, outcome, None)]), [Anyone; 3], "{outcome:?}");
        }
        for (active, group) in [
            (of(active, Outcome::NotSupported, None), good(group)),
            (of(active, Outcome::Successful, None), of(group, Outcome::Failed, None)),
            (of(active, Outcome::Undetermined, None), of(group, Outcome::Undetermined, None)),
        ] {
            assert_eq!(shown_by(&[active, group]), [Terminal, Terminal, Nobody]);
        }
        assert_eq!(shown_by(&[good(group)]), [Terminal, Terminal, Nobody]);
    }

    /// The bytes of a file show their hash. Of a file that is not there, a digest may be copied, and a refusal made up.
    #[test]
    fn who_can_show_what_became_of_a_file() {
        use Provability::{Anyone, Nobody, Terminal};
        let group = DataGroup::DG2;
        let of = |outcome, reason, codes: &[ReasonCode]| {
            let findings = codes.iter().map(|&code| Finding { code, file: Some(group.into()) }).collect();
            let kind = CheckKind::FileHash(group.into());
            shown_by(&[Check { kind, reason, findings, ..check(Weight::Mandatory, outcome, true) }])
        };
        let other = ReasonCode::non_conformant(group);
        assert_eq!(of(Outcome::Successful, None, &[]), [Anyone; 3]);
        assert_eq!(of(Outcome::Successful, None, &[other]), [Anyone; 3]);
        assert_eq!(of(Outcome::Failed, Some(ReasonCode::hash_mismatch(group)), &[]), [Anyone; 3]);
        assert_eq!(of(Outcome::Failed, Some(ReasonCode::unlisted(group)), &[]), [Anyone; 3]);
        assert_eq!(of(Outcome::Successful, None, &[other, ReasonCode::FILE_DIGEST_ONLY]), [Terminal, Terminal, Nobody]);
        assert_eq!(of(Outcome::Failed, Some(ReasonCode::missing(group)), &[]), [Terminal, Terminal, Nobody]);
        assert_eq!(of(Outcome::NotSupported, Some(ReasonCode::present(group)), &[]), [Terminal, Terminal, Nobody]);
    }
}

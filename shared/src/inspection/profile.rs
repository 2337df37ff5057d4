//! Profiles: how each check counts (`verdicts.md`, Checks).

mod floors;
mod name;
mod released;

pub use self::floors::Floors;
pub use self::name::ProfileName;
pub use self::released::{IdentityField, Released};
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
    /// Its name in reports.
    pub name: ProfileName,
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
    /// How print that is not the chip's counts. A row only where something was scanned or typed.
    pub printed_data: Weight,
    /// Whether findings that BSI TR-03105 refuses fail their check.
    pub refuses_findings: bool,
    /// The weakest keys and digests of the issuer's signatures that are taken: those below fail their check.
    pub signature_floors: Floors,
    /// The weakest keys and digests of the chip's own proofs that count: those below leave the proof undetermined.
    pub chip_floors: Floors,
    /// How old a revocation list may be, in days since it was issued; `None` where its own next update alone counts.
    pub revocation_list_days: Option<u16>,
    /// The fields of the identity that are released.
    pub released: Released,
    /// The fields that are released besides, to whoever asks for them by name.
    pub on_request: Released,
    /// What may leave the machine that judges.
    pub disclosure: Disclosure,
}

/// What may leave the machine that judges, beside the fields that are released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disclosure {
    /// The report, and the dossier where it is asked for.
    Report,
    /// The report; the dossier only as evidence: signed by the terminal, with what it was read for and the holder's consent, and encrypted.
    Evidence,
    /// Allow or deny, and a pseudonym: no report, no dossier.
    Decision,
}

/// A name that is written here; one that is none stops the compiler.
const fn known_name(text: &str) -> ProfileName {
    match ProfileName::parse(text) {
        Some(name) => name,
        None => panic!("not the name of a profile"),
    }
}

impl Profile {
    /// For desks: what real documents do is read through, and said.
    pub const OPERATIONAL: Self = Self {
        name: const { known_name("operational") },
        access_protocol: Weight::Evaluatory,
        validity_today: Weight::Evaluatory,
        signer_profile: Weight::Evaluatory,
        revocation: Weight::Optional,
        chip_authenticity_not_offered: Weight::Optional,
        card_expiry: Weight::Evaluatory,
        data_cross_checks: Weight::Evaluatory,
        printed_data: Weight::Optional,
        refuses_findings: false,
        signature_floors: Floors::LOWEST,
        chip_floors: Floors::LOWEST,
        revocation_list_days: None,
        released: Released::ORDINARY,
        on_request: Released::NONE,
        disclosure: Disclosure::Report,
    };

    /// For conformance tests: what BSI TR-03105 refuses is refused.
    pub const STRICT: Self = Self {
        name: const { known_name("strict") },
        access_protocol: Weight::Mandatory,
        validity_today: Weight::Mandatory,
        signer_profile: Weight::Mandatory,
        revocation: Weight::Mandatory,
        chip_authenticity_not_offered: Weight::Mandatory,
        refuses_findings: true,
        ..Self::OPERATIONAL
    };

    /// For banks, which must know that the police issued the card and that it has not expired: every check counts, weak signatures and
    /// old revocation lists do not, and what genuine cards do wrong is read through.
    pub const BANK: Self = Self {
        name: const { known_name("bank") },
        access_protocol: Weight::Mandatory,
        validity_today: Weight::Mandatory,
        signer_profile: Weight::Mandatory,
        revocation: Weight::Mandatory,
        chip_authenticity_not_offered: Weight::Mandatory,
        card_expiry: Weight::Mandatory,
        data_cross_checks: Weight::Mandatory,
        signature_floors: Floors::BITS_112,
        // An issuer publishes one at least every 90 days (ICAO 9303-12 §4.1.5).
        revocation_list_days: Some(90),
        on_request: Released::NONE.with(IdentityField::Ethnicity).with(IdentityField::Religion),
        disclosure: Disclosure::Evidence,
        ..Self::OPERATIONAL
    };

    /// For hospitals, which need name, birth, sex and number.
    pub const HOSPITAL: Self = Self {
        name: const { known_name("hospital") },
        released: Released::NONE
            .with(IdentityField::PersonalNumber)
            .with(IdentityField::FullName)
            .with(IdentityField::Birth)
            .with(IdentityField::Sex),
        ..Self::OPERATIONAL
    };

    /// For gates, which need to know that the card is the original and has not expired, and not whose it is.
    pub const GATE: Self = Self {
        name: const { known_name("gate") },
        chip_authenticity_not_offered: Weight::Mandatory,
        card_expiry: Weight::Mandatory,
        released: Released::NONE,
        disclosure: Disclosure::Decision,
        ..Self::OPERATIONAL
    };

    /// Every profile that has a name of its own.
    pub const ALL: [Self; 5] = [Self::OPERATIONAL, Self::STRICT, Self::BANK, Self::HOSPITAL, Self::GATE];

    /// The profile of a name.
    pub fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name.as_str() == name)
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
            CheckKind::PrintedData => self.printed_data,
            // Members of a group count through it.
            CheckKind::ActiveAuthentication
            | CheckKind::ChipAuthentication
            | CheckKind::ChipAuthenticationMapping
            | CheckKind::DeviationList => Weight::Evaluatory,
        }
    }
}

//! To open or not: genuine by the profile `gate`, and allowed now. Whatever cannot be evaluated refuses.

use core::fmt;

use soat::chip::ReadError;
use soat::crypto::Provider;
use soat::gate::journal::{Event, Kind};
use soat::gate::pack::access_list::{AccessList, Credential, NotAllowed, Person};
use soat::inspection::{Outcome, Overall, PseudonymKey, ReasonCode, Report};
use soat::time::Timestamp;

/// What became of one presentation of a card.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The door opens.
    Admitted {
        /// For whom.
        person: Person,
        /// What a controller is told.
        credential: Option<Credential>,
    },
    /// The door stays shut.
    Refused(Refusal),
}

/// Why the door stays shut.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Refusal {
    /// The card failed: forged, cloned, of another person than its code.
    Failed(ReasonCode),
    /// The card, its signer or its issuer has expired.
    Expired(ReasonCode),
    /// It could not be decided whether the card is genuine.
    Undetermined(ReasonCode),
    /// The card was not read to its end.
    NotRead(ReadError),
    /// The code scanned is not that of the card.
    WrongKey,
    /// What lies there is no identity card.
    NotAnIdentityCard,
    /// No code was scanned in time.
    NoCode,
    /// The gate does not know what time it is.
    TimeUnknown,
    /// What the gate was told has ended; it needs a new pack.
    RuleEnded,
    /// The card does not give the number from which the person's pseudonym is made.
    NoPerson,
    /// Genuine, and not allowed.
    NotAllowed(Person, NotAllowed),
    /// Genuine, allowed, and let in only a moment ago.
    Passback(Person),
    /// Genuine and allowed, and nobody would know of it: the journal cannot be written.
    NotKept,
}

impl Refusal {
    /// A stable code for the journal.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Failed(reason) | Self::Expired(reason) | Self::Undetermined(reason) => reason.as_str(),
            Self::NotRead(_) => "gate.not_read",
            Self::WrongKey => "gate.wrong_key",
            Self::NotAnIdentityCard => "gate.not_an_identity_card",
            Self::NoCode => "gate.no_code",
            Self::TimeUnknown => "gate.time_unknown",
            Self::RuleEnded => "gate.pack_ended",
            Self::NoPerson => "gate.no_person",
            Self::NotAllowed(_, NotAllowed::NotListed) => "gate.not_listed",
            Self::NotAllowed(_, NotAllowed::Blocked) => "gate.blocked",
            Self::NotAllowed(_, NotAllowed::OutOfDate) => "gate.out_of_date",
            Self::NotAllowed(_, NotAllowed::OutsideSchedule) => "gate.outside_schedule",
            Self::Passback(_) => "gate.passback",
            Self::NotKept => "gate.journal_failed",
        }
    }

    /// Whether another try or another gate may have another result: nothing is known against card or person.
    pub fn is_undecided(&self) -> bool {
        match self {
            Self::Undetermined(_)
            | Self::NotRead(_)
            | Self::WrongKey
            | Self::NoCode
            | Self::TimeUnknown
            | Self::RuleEnded
            | Self::NotKept
            | Self::NotAnIdentityCard => true,
            Self::Failed(_) | Self::Expired(_) | Self::NoPerson | Self::NotAllowed(..) | Self::Passback(_) => false,
        }
    }
}

impl Decision {
    /// What the journal says of it.
    pub fn event(&self) -> Event {
        match self {
            Self::Admitted { person, .. } => Event { person: Some(*person), ..Event::of(Kind::Admitted) },
            Self::Refused(refusal) => {
                let person = match refusal {
                    Refusal::NotAllowed(person, _) | Refusal::Passback(person) => Some(*person),
                    _ => None,
                };
                Event { person, ..Event::because(Kind::Refused, refusal.code()) }
            }
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// Where a gate's rule stands: whom it lets in, and how it knows them.
pub struct Rule {
    /// Who may come in.
    pub list: AccessList<'static>,
    /// The site's key, from which pseudonyms are made.
    pub key: PseudonymKey,
    /// The purpose that is part of each pseudonym: the site's name.
    pub purpose: alloc::string::String,
    /// What local time is ahead of UTC, in minutes.
    pub zone_minutes: i16,
    /// When the rule was made: no clock is right before that.
    pub from: Timestamp,
    /// From then on it lets nobody in.
    pub until: Timestamp,
}

impl Rule {
    /// Whether it holds at a time.
    ///
    /// # Errors
    /// [`Refusal::TimeUnknown`] before it was made, [`Refusal::RuleEnded`] from its end on.
    pub fn holds(&self, time: Timestamp) -> Result<(), Refusal> {
        if time < self.from {
            Err(Refusal::TimeUnknown)
        } else if time >= self.until {
            Err(Refusal::RuleEnded)
        } else {
            Ok(())
        }
    }

    /// Decides over a report of the profile `gate`. Of who may come in by all else it is asked last whether they pass once more so soon.
    pub fn decide(
        &self,
        report: &Report,
        time: Timestamp,
        passes: impl FnOnce(&Person) -> Result<(), Refusal>,
        provider: &dyn Provider,
    ) -> Decision {
        match self.person(report, provider) {
            Err(refusal) => Decision::Refused(refusal),
            Ok(person) => match self.list.admits(&person, time, self.zone_minutes) {
                Err(why) => Decision::Refused(Refusal::NotAllowed(person, why)),
                Ok(credential) => match passes(&person) {
                    Ok(()) => Decision::Admitted { person, credential },
                    Err(refusal) => Decision::Refused(refusal),
                },
            },
        }
    }

    fn person(&self, report: &Report, provider: &dyn Provider) -> Result<Person, Refusal> {
        match report.overall {
            Overall::Successful => {
                let identity = report.identity().ok_or(Refusal::NoPerson)?;
                identity.pseudonym(&self.key, &self.purpose, provider).map(|person| *person.as_bytes()).ok_or(Refusal::NoPerson)
            }
            Overall::Failed => Err(match counted(report, Outcome::Failed) {
                // Expired alone: nothing else speaks against the card.
                reason if reason.is_expiry() => Refusal::Expired(reason),
                reason => Refusal::Failed(reason),
            }),
            Overall::Undetermined | Overall::Aborted => Err(Refusal::Undetermined(counted(report, Outcome::Undetermined))),
        }
    }
}

/// The reason of the first check that counts and ended so; an expiry only where there is no other.
fn counted(report: &Report, outcome: Outcome) -> ReasonCode {
    let ended = || report.checks.iter().filter(|check| check.counts());
    let so = || ended().filter(|check| check.outcome == outcome).filter_map(|check| check.reason);
    let any = || ended().filter(|check| check.outcome != Outcome::Successful).find_map(|check| check.reason);
    so().find(|reason| !reason.is_expiry()).or_else(|| so().next()).or_else(any).unwrap_or(ReasonCode::READING_OTHER)
}

//! Decides over a dossier: checks with outcomes and reasons, weighed by a profile into one result.
//!
//! The model is BSI TR-03135-1. Pure: no I/O, no clock, no global state. Each row of the table of checks is one file in `checks`; the
//! order in which they run is the order of trust: the signature first, then hashes from the signed object only, then data from files
//! with a right hash only, and an identity from a report that passed only.

mod attestation;
mod card_security;
mod checks;
pub mod country;
mod evidence;
mod examination;
pub mod identity;
pub mod inspector;
pub mod profile;
mod pseudonym;
pub mod reason;
pub mod report;
mod verified;

pub use attestation::Demands;
pub use evidence::{digest as evidence_digest, withhold, withhold_printed};
pub use identity::{FaceImage, VerifiedIdentity};
pub use inspector::{Inspector, inspect};
pub use profile::{Disclosure, Floors, IdentityField, Profile, ProfileName, Released, Weight};
pub use pseudonym::{Pseudonym, PseudonymKey};
pub use reason::ReasonCode;
pub use report::{Check, CheckKind, Failure, Finding, Outcome, Overall, Provability, Report, SignerDetails};

//! Decides over a dossier: checks with outcomes and reasons, weighed by a profile into one result.
//!
//! The model is BSI TR-03135-1. Pure: no I/O, no clock, no global state.

pub mod profile;
pub mod reason;
pub mod report;

pub use profile::{Profile, Weight};
pub use reason::ReasonCode;
pub use report::{Check, CheckKind, Finding, Outcome, Overall, Report};

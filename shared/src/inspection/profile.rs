//! Profiles: how each check counts.

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
}

//! What went wrong, as a message with a remedy, and the exit code that it ends in.

use fluent_bundle::FluentValue;

use crate::messages::Messages;

/// How `soat` ends (`README.md`, "Exit codes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// Genuine under the profile, or the command did what it was asked.
    Successful,
    /// Failed under the profile: forged, or expired where the profile says so.
    Failed,
    /// Usage, files or configuration.
    Usage,
    /// Neither could be shown.
    Undetermined,
    /// The card or the reader failed.
    Card,
}

impl Exit {
    /// The number that the operating system gets.
    pub fn code(self) -> u8 {
        match self {
            Self::Successful => 0,
            Self::Failed => 1,
            Self::Usage => 2,
            Self::Undetermined => 3,
            Self::Card => 4,
        }
    }

    /// The worse of two, where many cards end in one code: 1, 4, 3, 2, 0.
    pub fn worse(self, other: Self) -> Self {
        if self.rank() >= other.rank() { self } else { other }
    }

    fn rank(self) -> u8 {
        match self {
            Self::Successful => 0,
            Self::Usage => 1,
            Self::Undetermined => 2,
            Self::Card => 3,
            Self::Failed => 4,
        }
    }
}

/// A failure that a user can do something about: a message of the locales whose attribute `remedy` says what. It never carries personal
/// data: arguments are names of files, readers and fields.
#[derive(Clone, Debug)]
pub struct Error {
    id: &'static str,
    arguments: Vec<(&'static str, String)>,
    exit: Exit,
}

/// The result of everything that can end in an [`Error`].
pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    /// Wrong usage, a file that cannot be used, or a configuration that must not be.
    pub fn usage(id: &'static str) -> Self {
        Self { id, arguments: Vec::new(), exit: Exit::Usage }
    }

    /// The card or its reader failed.
    pub fn card(id: &'static str) -> Self {
        Self { id, arguments: Vec::new(), exit: Exit::Card }
    }

    /// Something that ends as a verdict would.
    #[cfg(feature = "insurance")]
    pub fn ending(id: &'static str, exit: Exit) -> Self {
        Self { id, arguments: Vec::new(), exit }
    }

    /// What was laid before this program is not what it is said to be.
    pub fn refused(id: &'static str) -> Self {
        Self { id, arguments: Vec::new(), exit: Exit::Failed }
    }

    /// A file that is there and cannot be read or written, in the words of the system; those of Windows are in its own language, so that of
    /// its errors the kind is told.
    pub fn file(id: &'static str, path: &std::path::Path, cause: &std::io::Error) -> Self {
        let is_systems = cause.raw_os_error().is_some();
        let words = if cfg!(windows) && is_systems { cause.kind().to_string() } else { cause.to_string() };
        Self::usage(id).with("path", path.display().to_string()).with("cause", words)
    }

    /// A file that cannot be made: something stands there already, or what the system says.
    pub fn not_created(path: &std::path::Path, cause: &std::io::Error) -> Self {
        match cause.kind() {
            std::io::ErrorKind::AlreadyExists => Self::usage("file-exists").with("path", path.display()),
            _ => Self::file("file-unwritable", path, cause),
        }
    }

    /// Names a fact of the message.
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.arguments.push((name, value.to_string()));
        self
    }

    /// The stable name of the failure, which the JSON document carries.
    pub fn id(&self) -> &'static str {
        self.id
    }

    /// The exit code.
    pub fn exit(&self) -> Exit {
        self.exit
    }

    /// What happened, in the user's language.
    pub fn message(&self, messages: &Messages) -> String {
        messages.format(self.id, &self.values(messages))
    }

    /// What to do about it, in the user's language.
    pub fn remedy(&self, messages: &Messages) -> String {
        messages.remedy(self.id, &self.values(messages)).unwrap_or_default()
    }

    fn values(&self, messages: &Messages) -> Vec<(&'static str, FluentValue<'static>)> {
        let told = |name, value: &str| {
            if ["cause", "step", "status"].contains(&name) { messages.cause(value) } else { value.to_owned() }
        };
        self.arguments.iter().map(|(name, value)| (*name, told(*name, value).into())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_of_many_follows_the_order_1_4_3_2_0() {
        let order = [Exit::Failed, Exit::Card, Exit::Undetermined, Exit::Usage, Exit::Successful];
        for (place, worse) in order.into_iter().enumerate() {
            for better in order.into_iter().skip(place) {
                assert_eq!(worse.worse(better), worse);
                assert_eq!(better.worse(worse), worse);
            }
        }
        assert_eq!(order.map(Exit::code), [1, 4, 3, 2, 0]);
    }
}

//! What `soat` says, in Vietnamese and English (Fluent). A remedy is the attribute `remedy` of the message it belongs to.

mod causes;

use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

use crate::printable::printable;

const VIETNAMESE: &str = include_str!("../locales/vi-VN/soat.ftl");
const ENGLISH: &str = include_str!("../locales/en/soat.ftl");

/// A language that `soat` speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// Vietnamese
    Vi,
    /// English
    En,
}

impl Language {
    /// All of them.
    #[cfg(test)]
    pub const ALL: [Self; 2] = [Self::Vi, Self::En];

    /// The language that the command line or the environment asks for. It is looked for before the command line is read, because what is
    /// said about a wrong command line is said in it.
    pub fn choose(arguments: &[std::ffi::OsString]) -> Self {
        let mut after_option = false;
        for argument in arguments.iter().filter_map(|argument| argument.to_str()) {
            let value = if after_option { Some(argument) } else { argument.strip_prefix("--lang=") };
            match value {
                Some("vi") => return Self::Vi,
                Some("en") => return Self::En,
                _ => after_option = argument == "--lang",
            }
        }
        // POSIX: the first that is set and not empty decides.
        let environment = ["LC_ALL", "LC_MESSAGES", "LANG"].into_iter().filter_map(|name| std::env::var(name).ok());
        match environment.into_iter().find(|value| !value.is_empty()).or_else(of_system) {
            Some(value) if value.starts_with("vi") => Self::Vi,
            _ => Self::En,
        }
    }

    fn identifier(self) -> LanguageIdentifier {
        let name = match self {
            Self::Vi => "vi-VN",
            Self::En => "en",
        };
        name.parse().unwrap_or_default()
    }

    fn source(self) -> &'static str {
        match self {
            Self::Vi => VIETNAMESE,
            Self::En => ENGLISH,
        }
    }
}

/// The name of the language in which Windows writes dates for this user, which is the user's own even where Windows speaks English.
#[cfg(windows)]
fn of_system() -> Option<String> {
    use windows_sys::Win32::Globalization::GetUserDefaultLocaleName;
    let mut name = [0_u16; 85]; // LOCALE_NAME_MAX_LENGTH
    let room = i32::try_from(name.len()).ok()?;
    // SAFETY: the pointer and the length are of one array, which outlives the call.
    let written = unsafe { GetUserDefaultLocaleName(name.as_mut_ptr(), room) };
    String::from_utf16(name.get(..usize::try_from(written).ok()?)?).ok()
}

#[cfg(not(windows))]
fn of_system() -> Option<String> {
    None
}

/// The messages of one language. Threads share them.
pub struct Messages {
    bundle: FluentBundle<FluentResource>,
    language: Language,
}

impl Messages {
    /// Reads the embedded messages of a language.
    pub fn new(language: Language) -> Self {
        // A test reads both files without an error; what remains of a broken file is still better than no message.
        let resource = FluentResource::try_new(language.source().to_owned()).unwrap_or_else(|(partial, _)| partial);
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        bundle.set_use_isolating(false); // marks for right-to-left text would stand in files and pipes
        bundle.add_resource_overriding(resource);
        Self { bundle, language }
    }

    /// The language, as BCP 47 names it.
    pub fn language_code(&self) -> &'static str {
        match self.language {
            Language::Vi => "vi",
            Language::En => "en",
        }
    }

    /// How far the clocks of those who speak the language are before UTC: seven hours all the year in Vietnam, unknown for English.
    pub fn seconds_east(&self) -> i64 {
        match self.language {
            Language::Vi => 7 * 3600,
            Language::En => 0,
        }
    }

    /// A message without arguments.
    pub fn text(&self, id: &str) -> String {
        self.format(id, &[])
    }

    /// A message. One that is missing shows its id, so that the rest is still said.
    pub fn format(&self, id: &str, arguments: &[(&'static str, FluentValue<'static>)]) -> String {
        self.find(id, None, arguments).unwrap_or_else(|| format!("{{{id}}}"))
    }

    /// A message, where there is one.
    pub fn optional(&self, id: &str, arguments: &[(&'static str, FluentValue<'static>)]) -> Option<String> {
        self.find(id, None, arguments)
    }

    /// What to do about what a message says.
    pub fn remedy(&self, id: &str, arguments: &[(&'static str, FluentValue<'static>)]) -> Option<String> {
        self.find(id, Some("remedy"), arguments)
    }

    /// What the library or the system gives as the cause, in the user's language.
    pub fn cause(&self, english: &str) -> String {
        match self.language {
            Language::Vi => causes::in_vietnamese(english),
            Language::En => english.to_owned(),
        }
    }

    fn find(&self, id: &str, attribute: Option<&str>, arguments: &[(&'static str, FluentValue<'static>)]) -> Option<String> {
        // A system of another kind has its own words for some: `id-windows`.
        let own = if cfg!(windows) { self.bundle.get_message(&format!("{id}-windows")) } else { None };
        let message = own.or_else(|| self.bundle.get_message(id))?;
        let pattern = match attribute {
            None => message.value()?,
            Some(name) => message.get_attribute(name)?.value(),
        };
        // What a message is told comes from outside, be it the name of a file: it may not become a line or a colour of its own.
        let told = |value: &FluentValue<'static>| match value {
            FluentValue::String(text) => FluentValue::from(printable(text)),
            other => other.clone(),
        };
        let arguments: FluentArgs<'_> = arguments.iter().map(|(name, value)| (*name, told(value))).collect();
        let mut errors = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned())
    }
}

#[cfg(test)]
mod tests;

//! The help texts of the command line, in the user's language.

use std::ffi::OsStr;

use clap::builder::Str;
use clap::{Arg, ArgAction, Command};

use crate::messages::Messages;

/// Where the arguments of every command stand: behind its own.
const LAST: usize = 1000;

/// The word of clap for options in a line of usage, which it has in English alone.
const OPTIONS: &str = "[OPTIONS]";

/// A help text in the user's language throughout.
pub fn rendered(text: &str, messages: &Messages) -> String {
    text.replace(OPTIONS, &messages.text("help-usage-options"))
}

/// The same command with its help from the locales.
pub fn localised(command: Command, messages: &Messages) -> Command {
    // The readers' protocol has no place for a pseudonym.
    #[cfg(feature = "hn212")]
    let command = command.mut_subcommand("serve", |serve| {
        serve.mut_args(|argument| {
            let is_idle = ["pseudonym", "purpose"].contains(&argument.get_id().as_str());
            if is_idle { argument.hide(true) } else { argument }
        })
    });
    let flag = |id: &'static str, short, action| {
        let text = messages.text(&format!("help-{id}"));
        let heading = heading(messages, "help-heading-options");
        Arg::new(id).short(short).long(id).action(action).help(text).help_heading(heading).display_order(LAST)
    };
    with_texts(command, "help", messages).arg(flag("help", 'h', ArgAction::Help).global(true)).arg(flag(
        "version",
        'V',
        ArgAction::Version,
    ))
}

fn with_texts(command: Command, prefix: &str, messages: &Messages) -> Command {
    let mut command = command
        .about(messages.text(prefix))
        .subcommand_help_heading(heading(messages, "help-heading-commands"))
        .subcommand_value_name(heading(messages, "help-usage-command"))
        .disable_version_flag(true)
        .help_template(format!(
            "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
            messages.text("help-heading-usage")
        ))
        .mut_args(|argument| {
            let text = messages.text(&format!("{prefix}-{}", argument.get_id().as_str().replace('_', "-")));
            let heading =
                heading(messages, if argument.is_positional() { "help-heading-arguments" } else { "help-heading-options" });
            let argument = argument.help_heading(heading);
            if argument.get_action().takes_values() { with_values(argument, text, messages) } else { argument.help(text) }
        });
    if let Some(examples) = messages.optional(&format!("{prefix}--examples"), &[]) {
        command = command.after_help(format!("\n{examples}"));
    }
    let names: Vec<String> = command.get_subcommands().map(|child| child.get_name().to_owned()).collect();
    for name in names {
        command = command.mut_subcommand(&name, |child| with_texts(child, &format!("{prefix}-{name}"), messages));
    }
    command
}

/// An argument with a value: what is to be put there, what stands there without it, and the variable that it may come from.
fn with_values(argument: Arg, mut text: String, messages: &Messages) -> Arg {
    let name = match argument.get_value_names() {
        Some([name]) => name.to_string(),
        _ => argument.get_id().as_str().to_uppercase(),
    };
    let said = |value: &OsStr| value.to_string_lossy().into_owned();
    for (id, value) in [
        ("help-default", argument.get_default_values().first().map(|value| said(value))),
        ("help-environment", argument.get_env().map(said)),
    ] {
        if let Some(value) = value {
            text = format!("{text} {}", messages.format(id, &[("value", value.into())]));
        }
    }
    argument
        .help(text)
        .value_name(Str::from(value_name(&name, messages)))
        .hide_possible_values(true)
        .hide_default_value(true)
        .hide_env(true)
}

/// The name of a value, `TEXT|@IMAGE`, its words in capitals translated.
fn value_name(name: &str, messages: &Messages) -> String {
    let is_of_word = |letter: char| letter.is_ascii_uppercase() || letter == '-';
    let mut translated = String::new();
    let mut rest = name;
    while let Some(first) = rest.chars().next() {
        let end =
            if is_of_word(first) { rest.find(|letter| !is_of_word(letter)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, after) = rest.split_at(end);
        match is_of_word(first) {
            true => translated.push_str(&messages.text(&format!("help-value-{}", word.to_ascii_lowercase()))),
            false => translated.push_str(word),
        }
        rest = after;
    }
    translated
}

fn heading(messages: &Messages, id: &str) -> Str {
    Str::from(messages.text(id))
}

//! The help texts of the command line, in the user's language.

use clap::builder::Str;
use clap::{Arg, ArgAction, Command};

use crate::messages::Messages;

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
        Arg::new(id).short(short).long(id).action(action).help(text).help_heading(heading(messages, "help-heading-options"))
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
        .disable_version_flag(true)
        .help_template(format!(
            "{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}{{after-help}}",
            messages.text("help-heading-usage")
        ))
        .mut_args(|argument| {
            let text = messages.text(&format!("{prefix}-{}", argument.get_id().as_str().replace('_', "-")));
            let heading =
                heading(messages, if argument.is_positional() { "help-heading-arguments" } else { "help-heading-options" });
            let argument = argument.help(text).help_heading(heading);
            if argument.get_action().takes_values() { argument.hide_possible_values(true) } else { argument }
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

fn heading(messages: &Messages, id: &str) -> Str {
    Str::from(messages.text(id))
}

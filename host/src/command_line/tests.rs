#![allow(clippy::unwrap_used)]

use super::*;

fn arguments(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

fn failure(line: &str) -> &'static str {
    match parse(arguments(line), &Messages::new(Language::En)) {
        Err(error) => error.id(),
        Ok(_) => "none",
    }
}

#[test]
fn the_definition_is_sound_and_every_argument_has_help_in_both_languages() {
    for language in Language::ALL {
        let mut command = help::localised(CommandLine::command(), &Messages::new(language));
        command.build();
        command.clone().debug_assert();
        check_help(&command);
    }
}

fn check_help(command: &clap::Command) {
    let about = command.get_about().unwrap().to_string();
    assert!(!about.contains('{'), "{about}");
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set() && argument.get_id() != "version") {
        let help = argument.get_help().unwrap().to_string();
        assert!(!help.contains('{') && !help.is_empty(), "{help}");
        let values = argument.get_value_names().unwrap_or_default();
        assert!(values.iter().all(|value| !value.contains('{')), "the message help-value-… is missing: {values:?}");
    }
    command.get_subcommands().for_each(check_help);
}

/// What clap says of its own stands in no Vietnamese help.
#[test]
fn the_vietnamese_help_is_vietnamese() {
    for line in ["soat --help", "soat read --help", "soat desk --help", "soat trust import --help", "soat card --help"] {
        let Ok(Request::Print(help, _)) = parse(arguments(line), &Messages::new(Language::Vi)) else { panic!("{line}") };
        for word in ["OPTIONS", "COMMAND", "[default", "[env", "FILE", "NAME", "<NUMBER", "SECONDS", "Print", "Usage"] {
            assert!(!help.contains(word), "{line}: {word} in\n{help}");
        }
        let last = help.lines().rfind(|line| line.trim_start().starts_with('-')).unwrap();
        assert!(last.contains("-h, --help") || last.contains("--version"), "{line}: {last}");
    }
}

#[test]
fn wrong_usage_is_named() {
    assert!(matches!(parse(arguments("soat"), &Messages::new(Language::En)), Ok(Request::Print(_, Exit::Usage))));
    assert_eq!(failure("soat raed"), "usage-command-unknown");
    assert_eq!(failure("soat read --cna 123456"), "usage-argument-unknown");
    assert_eq!(failure("soat read --can 123456 --number 001199000001"), "usage-argument-conflict");
    assert_eq!(failure("soat read --document-number 199000001"), "usage-argument-missing");
    assert_eq!(failure("soat verify"), "usage-argument-missing");
    assert_eq!(failure("soat read --wait soon"), "usage-value-invalid");
    assert_eq!(failure("soat read --can 123456"), "none");
}

#[test]
fn a_value_is_never_repeated() {
    let messages = Messages::new(Language::En);
    for line in ["soat read 001199000001", "soat read --cna=001199000001", "soat read --can 001199000001 --number 001199000001"] {
        let error = parse(arguments(line), &messages).err().unwrap();
        assert!(!error.message(&messages).contains("001199000001"), "{line}");
    }
}

//! Both languages say everything, and everything that the program says is there.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::*;

/// Ids of messages, and `id.attribute` of attributes, read line by line so that the test does not share Fluent's reading.
fn ids(source: &str) -> BTreeSet<String> {
    let mut message = "";
    let mut found = BTreeSet::new();
    for line in source.lines() {
        if line.starts_with(|first: char| first.is_ascii_alphabetic()) {
            message = line.split(" =").next().unwrap();
            assert!(found.insert(message.to_owned()), "{message} stands twice");
        } else if let Some(attribute) = line.trim_start().strip_prefix('.').filter(|_| line.starts_with("    ")) {
            found.insert(format!("{message}.{}", attribute.split(" =").next().unwrap()));
        }
    }
    found
}

#[test]
fn both_languages_have_the_same_messages() {
    let (vietnamese, english) = (ids(VIETNAMESE), ids(ENGLISH));
    assert!(english.len() > 100);
    assert_eq!(vietnamese.difference(&english).collect::<Vec<_>>(), Vec::<&String>::new(), "only in Vietnamese");
    assert_eq!(english.difference(&vietnamese).collect::<Vec<_>>(), Vec::<&String>::new(), "only in English");
}

#[test]
fn both_files_are_read_without_an_error() {
    for language in Language::ALL {
        FluentResource::try_new(language.source().to_owned()).map_err(|(_, errors)| errors).unwrap();
    }
}

/// Words that would be taken for something else: a fingerprint is of a finger, a profile is no dossier.
#[test]
fn vietnamese_has_one_word_for_one_thing() {
    for line in VIETNAMESE.lines().chain(include_str!("../../locales/vi-VN/causes.txt").lines()) {
        let lower = line.to_lowercase();
        assert!(!lower.contains("vân tay") || line.starts_with("reason-dg-present"), "a certificate has a mã SHA-256: {line}");
        assert!(!lower.contains("hồ sơ kiểm tra"), "a profile is a bộ quy tắc: {line}");
        assert!(!lower.contains("chíp"), "chip is written without an accent: {line}");
    }
}

/// The words between the quotation marks that follow `prefix` in a source.
fn quoted_after<'a>(source: &'a str, prefix: &str) -> Vec<&'a str> {
    source.split(prefix).skip(1).filter_map(|rest| rest.split('"').next()).filter(|id| !id.contains('{')).collect()
}

/// Whether a literal can only be meant as a message: its first word is one of theirs, and it has more than one.
fn looks_like_id(literal: &str) -> bool {
    const GROUPS: [&str; 12] =
        ["trust", "key", "card", "reader", "pcsc", "photo", "file", "dossier", "folder", "verdict", "outcome", "progress"];
    let group = literal.split('-').next().unwrap();
    literal.len() > group.len() + 1
        && GROUPS.contains(&group)
        && literal.bytes().all(|byte| byte.is_ascii_lowercase() || matches!(byte, b'-' | b'_'))
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { sources(&path) } else { vec![path] }
        })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

#[test]
fn every_message_that_the_program_names_exists_and_every_error_has_a_remedy() {
    let known = ids(ENGLISH);
    let mut seen = 0;
    for path in sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src")) {
        let source = fs::read_to_string(&path).unwrap();
        let source = source.split("#[cfg(test)]").next().unwrap();
        for prefix in ["Error::usage(\"", "Error::card(\"", "Error::file(\"", "Error::ending(\"", "undecided(\""] {
            for id in quoted_after(source, prefix) {
                assert!(known.contains(id), "{id} of {}", path.display());
                assert!(known.contains(&format!("{id}.remedy")), "remedy of {id} of {}", path.display());
                seen += 1;
            }
        }
        for prefix in [".text(\"", ".format(\""] {
            for id in quoted_after(source, prefix) {
                assert!(known.contains(id), "{id} of {}", path.display());
                seen += 1;
            }
        }
        // Ids that reach their message through a variable.
        for id in source.split('"').skip(1).step_by(2).filter(|literal| looks_like_id(literal)) {
            assert!(known.contains(id), "{id} of {}", path.display());
        }
    }
    assert!(seen > 50, "only {seen} messages found in the sources");
}

#[test]
fn a_message_that_is_missing_shows_its_id() {
    assert_eq!(Messages::new(Language::En).text("no-such-message"), "{no-such-message}");
}

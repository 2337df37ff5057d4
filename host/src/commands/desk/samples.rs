//! Counters and cards for tests.
#![allow(clippy::unwrap_used)]

use std::time::Duration;

use soat::chip::{Observer, Progress};

use super::state::{Card, Counter, Settings};
use crate::command_line::{GateKey, Judging, Store};
use crate::commands::judging::Judge;
use crate::commands::key::Given;
use crate::commands::read;
use crate::commands::read::source::Source;
use crate::messages::{Language, Messages};
use crate::render::photo;
use crate::render::progress::Watcher;

const NOW: &str = "2026-11-22T08:00:00Z";

pub fn messages() -> Messages {
    Messages::new(Language::En)
}

pub fn judging(profile: &str, now: &str) -> Judging {
    Judging {
        profile: profile.to_owned(),
        release: None,
        pseudonym: None,
        purpose: None,
        store: Store { trust: None },
        now: Some(now.to_owned()),
    }
}

struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: Progress) {}

    fn milliseconds(&mut self) -> u64 {
        0
    }
}

impl Watcher for Silent {
    fn say(&mut self, _: String) {}
}

/// The virtual card of 2024, read, and judged by these rules at this time; by no anchors where its issuer is not `known`.
pub fn card(profile: &str, now: &str, known: bool) -> Box<Card> {
    let mut source = Source::new(Some("virtual"), &GateKey::default(), Duration::ZERO).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut judging = judging(profile, now);
    judging.store.trust = Some(folder.path().join("nothing"));
    let judge = if known { source.judge(&judging).unwrap() } else { Judge::new(&judging).unwrap() };
    let given = source.own_key().unwrap().unwrap();
    let dossier = source.read(&given, &read::options(&judge, None, false), &messages(), &mut Silent).unwrap();
    let judged = judge.judge(dossier, source.name());
    let face = judged.face().and_then(|face| photo::small(face, 160));
    Box::new(Card { judged, released: judge.released(), face })
}

/// A genuine one.
pub fn genuine() -> Box<Card> {
    card("operational", NOW, true)
}

/// One of an issuer that nobody knows.
pub fn undecided() -> Box<Card> {
    card("operational", NOW, false)
}

/// One that has expired.
pub fn expired() -> Box<Card> {
    card("gate", "2043-01-01T00:00:00Z", true)
}

/// A counter whose rules are those of this card.
pub fn counter(card: &Card, own_key: Option<Given>) -> Counter {
    Counter::new(Settings {
        idle: Duration::from_secs(120),
        silent: false,
        disclosure: card.judged.disclosure,
        saves: true,
        asks_consent: false,
        own_key,
        profile: card.judged.report.profile.to_string(),
        camera: false,
    })
}

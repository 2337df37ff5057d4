//! The table of test cases, and how what is seen is held against it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::{Mutex, PoisonError};

use card_fixtures::personalisation::configuration::ConfigurationSet;
use serde_json::Value;
use soat::chip::ReadError;
use soat::chip::error::Misbehaviour;
use soat::inspection::{Outcome, Overall, Profile, Report};

use crate::document::Document;

/// Reasons for which a test case may be left out.
const EXCLUSIONS: [&str; 5] = ["TA", "DG3", "DG4", "CVCA", "deleted"];

/// Test cases of each unit of the guideline.
pub const UNITS: [(&str, usize); 18] = [
    ("ISO7816_A", 3),
    ("ISO7816_B", 10),
    ("ISO7816_C", 8),
    ("ISO7816_D", 15),
    ("ISO7816_E", 38),
    ("ISO7816_F", 9),
    ("ISO7816_G", 41),
    ("LDS_A", 10),
    ("LDS_B", 28),
    ("LDS_C", 28),
    ("LDS_D", 16),
    ("LDS_E", 14),
    ("LDS_F", 7),
    ("LDS_G", 2),
    ("LDS_H", 98),
    ("LDS_I", 3),
    ("LDS_J", 4),
    ("LDS_K", 4),
];

/// How the document of a test case comes out of a default one.
pub struct Case {
    pub id: &'static str,
    set: ConfigurationSet,
    alteration: Alteration,
}

enum Alteration {
    One(fn(&mut Document)),
    /// Several documents, of which each must come out as expected.
    Each(fn(&Document) -> Vec<Document>),
}

impl Case {
    pub const fn one(id: &'static str, set: ConfigurationSet, alter: fn(&mut Document)) -> Self {
        Self { id, set, alteration: Alteration::One(alter) }
    }

    pub const fn each(id: &'static str, set: ConfigurationSet, alter: fn(&Document) -> Vec<Document>) -> Self {
        Self { id, set, alteration: Alteration::Each(alter) }
    }

    fn documents(&self) -> Vec<Document> {
        let mut document = Document::of(self.set);
        match self.alteration {
            Alteration::One(alter) => {
                alter(&mut document);
                vec![document.signed()]
            }
            Alteration::Each(alter) => alter(&document).into_iter().map(Document::signed).collect(),
        }
    }
}

/// What came of an inspection under one profile.
enum Seen {
    Judged(Box<Report>),
    /// Reading ended without a dossier.
    Unread(ReadError),
}

/// The table in `tests/conformance/tr03105.json`.
pub struct Table {
    entries: BTreeMap<String, Value>,
    order: Vec<String>,
}

impl Table {
    pub fn read() -> Self {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/conformance/tr03105.json");
        let document: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let mut table = Self { entries: BTreeMap::new(), order: Vec::new() };
        for entry in document["cases"].as_array().unwrap() {
            let id = entry["id"].as_str().unwrap().to_owned();
            table.order.push(id.clone());
            assert!(table.entries.insert(id.clone(), entry.clone()).is_none(), "{id} stands twice");
        }
        table
    }

    /// The entries of a unit in order.
    pub fn unit<'a>(&'a self, unit: &'a str) -> impl Iterator<Item = &'a Value> {
        self.order.iter().map(|id| &self.entries[id]).filter(move |entry| entry["unit"] == unit)
    }

    /// Every number of the guideline is there once, and has one case or an allowed reason; every case has its number.
    pub fn assert_accounts_for<'a>(&self, cases: impl Iterator<Item = &'a Case>) {
        let mut numbers = BTreeSet::new();
        for (unit, count) in UNITS {
            assert_eq!(self.unit(unit).count(), count, "{unit}");
            numbers.extend((1..=count).map(|number| format!("{unit}_{number:02}")));
        }
        assert_eq!(self.entries.keys().cloned().collect::<BTreeSet<_>>(), numbers);
        let mut with_case = BTreeSet::new();
        for case in cases {
            assert!(with_case.insert(case.id), "{} has two cases", case.id);
            assert!(self.entries.contains_key(case.id), "{} is no number of the guideline", case.id);
        }
        let states = |state| self.entries.values().filter(|entry| entry["state"] == state).count();
        assert_eq!((states("native"), states("moved"), states("deleted")), (147, 183, 8));
        for (id, entry) in &self.entries {
            assert!(entry["statement"].as_str().is_some_and(|text| !text.is_empty()), "{id} says nothing");
            let excluded = entry["excluded"].as_str();
            let is_expected = !entry["expected"].is_null();
            let is_todo = entry["todo"] == true;
            assert_eq!([excluded.is_some(), is_expected, is_todo].into_iter().filter(|is| *is).count(), 1, "{id}");
            assert!(excluded.is_none_or(|reason| EXCLUSIONS.contains(&reason)), "{id}");
            assert_eq!(with_case.contains(id.as_str()), is_expected, "{id}: an expectation goes with a case");
            let ours = entry["reading"] == "ours";
            assert_eq!(ours, entry["state"] == "moved", "{id}: whose reading");
            assert_eq!(entry["state"] == "deleted", excluded == Some("deleted"), "{id}");
        }
    }

    /// Runs the cases of a unit and says of every one that came out otherwise.
    pub fn run<'a>(&self, unit: &str, cases: impl Iterator<Item = &'a Case>) {
        let mut failures = String::new();
        for case in cases.filter(|case| case.id.rsplit_once('_').is_some_and(|(of, _)| of == unit)) {
            assert_default_is_accepted(case.set);
            if let Err(failure) = self.run_case(case) {
                writeln!(failures, "{}: {failure}", case.id).unwrap();
            }
        }
        assert!(failures.is_empty(), "\n{failures}");
    }

    fn run_case(&self, case: &Case) -> Result<(), String> {
        let entry = &self.entries[case.id];
        let documents = case.documents();
        if documents.is_empty() {
            return Err("no document".into());
        }
        let met = |expected: &Value, profile: usize| -> Result<(), String> {
            documents.iter().map(inspect).try_for_each(|seen| seen[profile].meets(expected))
        };
        let strict = met(&entry["expected"], 0);
        match (&entry["known_gap"], &strict) {
            (Value::Null, _) => strict?,
            (_, Ok(())) => return Err("passes, though a known gap is recorded".into()),
            (gap, Err(_)) => met(&gap["seen"], 0).map_err(|failure| format!("known gap, and {failure}"))?,
        }
        match &entry["operational"] {
            Value::Null => Ok(()),
            expected => met(expected, 1).map_err(|failure| format!("operational: {failure}")),
        }
    }
}

/// The unaltered document must be accepted before an altered one says anything.
pub fn assert_default_is_accepted(set: ConfigurationSet) {
    static SEEN: Mutex<BTreeSet<ConfigurationSet>> = Mutex::new(BTreeSet::new());
    // A document without access protection is read, and what strict makes of it is the case ISO7816_A_01.
    if set == ConfigurationSet::Plain || SEEN.lock().unwrap_or_else(PoisonError::into_inner).contains(&set) {
        return;
    }
    for seen in inspect(&Document::of(set).signed()) {
        seen.meets(&serde_json::json!({ "outcome": "accept" })).unwrap_or_else(|failure| panic!("{}: {failure}", set.name()));
    }
    SEEN.lock().unwrap_or_else(PoisonError::into_inner).insert(set);
}

/// Under `strict` and under `operational`.
fn inspect(document: &Document) -> [Seen; 2] {
    match document.inspect([Profile::STRICT, Profile::OPERATIONAL]) {
        Ok(reports) => reports.map(|report| Seen::Judged(Box::new(report))),
        Err(error) => [Seen::Unread(error.clone()), Seen::Unread(error)],
    }
}

impl Seen {
    /// `accept`, with a `finding` where one is named; `reject` and `undetermined` by a `check` with its `reason`, or by the `reading`.
    /// What a mandatory check finds lacking leaves the verdict as open as what it cannot decide.
    fn meets(&self, expected: &Value) -> Result<(), String> {
        let outcome = expected["outcome"].as_str().unwrap();
        let met = match self {
            Self::Judged(report) => match outcome {
                "accept" => {
                    let finding = expected["finding"].as_str();
                    report.overall == Overall::Successful
                        && report.identity().is_some()
                        && finding.is_none_or(|code| has_finding(report, code))
                }
                "reject" => {
                    matches!(report.overall, Overall::Failed | Overall::Aborted)
                        && ended(report, expected, &[Outcome::Failed, Outcome::Aborted])
                }
                "undetermined" => {
                    report.overall == Overall::Undetermined
                        && ended(report, expected, &[Outcome::Undetermined, Outcome::NotSupported])
                }
                other => panic!("there is no outcome {other}"),
            },
            Self::Unread(error) => outcome == "reject" && expected["reading"] == reading_code(error),
        };
        if met { Ok(()) } else { Err(format!("expected {expected}, seen {}", self.describe())) }
    }

    fn describe(&self) -> String {
        match self {
            Self::Unread(error) => format!("reading {} ({error})", reading_code(error)),
            Self::Judged(report) => {
                let mut text = format!("{:?}", report.overall);
                for row in report.checks.iter().filter(|row| row.counts() || row.outcome == Outcome::Failed) {
                    let findings: Vec<_> = row.findings.iter().map(|finding| finding.code.as_str()).collect();
                    if row.outcome != Outcome::Successful || !findings.is_empty() {
                        let reason = row.reason.map_or("", |reason| reason.as_str());
                        write!(text, "; {} {:?} {reason} {findings:?}", row.kind.name(), row.outcome).unwrap();
                    }
                }
                text
            }
        }
    }
}

fn has_finding(report: &Report, code: &str) -> bool {
    report.checks.iter().flat_map(|row| &row.findings).any(|finding| finding.code.as_str() == code)
}

fn ended(report: &Report, expected: &Value, outcomes: &[Outcome]) -> bool {
    report.checks.iter().any(|row| {
        row.counts()
            && outcomes.contains(&row.outcome)
            && expected["check"] == row.kind.name()
            && row.reason.is_some_and(|reason| expected["reason"] == reason.as_str())
    })
}

/// A stable word for why reading ended.
fn reading_code(error: &ReadError) -> &'static str {
    match error {
        ReadError::CardMisbehaved { reason, .. } => match reason {
            Misbehaviour::Status(_) => "status",
            Misbehaviour::SecureMessaging(_) => "secure_messaging",
            Misbehaviour::Malformed(_) => "malformed_answer",
            Misbehaviour::ShortData => "short_data",
            Misbehaviour::PublicKey(_) => "public_key",
            Misbehaviour::SameKey => "same_key",
            Misbehaviour::Proof => "proof",
            _ => "misbehaviour",
        },
        ReadError::CardIncompatible(_) => "incompatible",
        ReadError::AccessDenied { .. } => "access_denied",
        ReadError::PasswordUnusable { .. } => "password_unusable",
        ReadError::Transport { .. } => "transport",
        ReadError::LimitExceeded { .. } => "limit",
        ReadError::CardChanged => "card_changed",
        _ => "other",
    }
}

//! Results for people: the verdict first, then each check with its reason, then the identity if it passed.

use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use soat::dossier::{ActiveAuthentication, ChallengeSource, FileId, Origin, StepTiming};
use soat::inspection::{Check, CheckKind, Disclosure, Failure, Outcome, Overall, Provability, Report};
use soat::vietnam::CardExpiry;

use super::moment;
use super::reasons::explain;
use crate::commands::doctor::{Probe, State};
use crate::commands::judging::{Judged, Value};
use crate::commands::trust::Description;
use crate::error::Error;
use crate::messages::Messages;
use crate::printable::printable;

const BOLD: Style = Style::new().bold();
const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();
const YELLOW: Style = AnsiColor::Yellow.on_default();
const GREY: Style = AnsiColor::BrightBlack.on_default();

/// A failure: what happened, and what to do about it.
pub fn error(error: &Error, messages: &Messages) -> String {
    let style = RED.bold();
    let head = messages.text("error");
    let message = lines(&error.message(messages));
    let remedy = lines(&error.remedy(messages));
    format!("{style}{head}{style:#} {message}\n{remedy}")
}

/// [`printable`], line by line.
fn lines(text: &str) -> String {
    text.split('\n').map(printable).collect::<Vec<_>>().join("\n")
}

/// A whole report.
pub fn report(judged: &Judged, with_timings: bool, messages: &Messages) -> String {
    if judged.disclosure == Disclosure::Decision {
        return decision(judged, messages);
    }
    let mut text = String::new();
    let style = overall_style(judged.report.overall).bold();
    let verdict = messages.text(verdict_id(&judged.report));
    let demonstration = if judged.demonstration { format!(" — {}", messages.text("demonstration")) } else { String::new() };
    let _ = writeln!(text, "{style}{verdict}{demonstration}{style:#}");
    let arguments = [("profile", judged.report.profile.to_string().into()), ("time", moment::moment(judged.at, messages).into())];
    let id = if judged.time_chosen { "report-judged-chosen" } else { "report-judged" };
    let _ = writeln!(text, "{}", messages.format(id, &arguments));
    if judged.demonstration {
        let _ = writeln!(text, "{}", messages.text("demonstration-meaning"));
    }
    if judged.is_vietnamese {
        let _ = writeln!(text, "{}", messages.text("report-offline"));
    }

    if let Some(anchor) = judged.report.anchor() {
        let subject = printable(&Description::of(anchor.certificate.as_der()).subject);
        let _ = writeln!(text, "{}", messages.format("report-issuer", &[("subject", subject.into())]));
    }

    if let Some(said) = &judged.statement {
        let arguments = [("purpose", said.purpose().to_owned().into()), ("consent", said.consent().to_owned().into())];
        let _ = writeln!(text, "{}", messages.format("report-statement", &arguments));
    }
    witnesses(&mut text, judged, messages);
    let _ = writeln!(text, "\n{BOLD}{}{BOLD:#}", messages.text("report-checks"));
    let width = judged.report.checks.iter().map(|check| shown_name(check.kind, messages).chars().count()).max().unwrap_or(0);
    for check in &judged.report.checks {
        check_row(&mut text, check, is_attested(judged, check), width, messages);
    }
    if let Some(attested) = judged.report.checks.iter().find(|check| is_attested(judged, check)) {
        let id = match judged.report.provability(attested) {
            Provability::Nobody => "report-provable-nobody",
            _ if judged.report.terminal().is_some() => "report-provable-signed",
            _ => "report-provable-terminal",
        };
        let _ = writeln!(text, "  ° {}", messages.text(id));
    }

    if let Some(fields) = &judged.identity {
        let _ = writeln!(text, "\n{BOLD}{}{BOLD:#}", messages.text("report-identity"));
        let names: Vec<String> = fields.iter().map(|field| messages.text(&format!("field-{}", field.name))).collect();
        let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0);
        for (field, name) in fields.iter().zip(names) {
            let _ = writeln!(text, "  {name:width$}  {}", value(&field.value, messages));
        }
    } else {
        let _ = writeln!(text, "\n{}", messages.text("report-no-identity"));
    }
    if with_timings {
        timings(&mut text, &judged.dossier.timings, messages);
    }
    text
}

/// Allow or deny, and nothing of the card.
fn decision(judged: &Judged, messages: &Messages) -> String {
    let style = overall_style(judged.report.overall).bold();
    let word = messages.text(decision_id(judged.report.overall));
    let mark = if judged.demonstration { format!(" — {}", messages.text("demonstration")) } else { String::new() };
    let mut text = format!("{style}{word}{style:#}{mark}\n");
    if let Some(pseudonym) = &judged.pseudonym {
        let _ = writeln!(text, "{}", messages.format("report-pseudonym", &[("pseudonym", pseudonym.clone().into())]));
    }
    if judged.is_vietnamese {
        let _ = writeln!(text, "{}", messages.text("report-offline"));
    }
    text
}

/// Allow or deny.
pub fn decision_id(overall: Overall) -> &'static str {
    if overall == Overall::Successful { "decision-allow" } else { "decision-deny" }
}

/// Who stands for the dossier, and what a relying party compares with what it has seen.
fn witnesses(text: &mut String, judged: &Judged, messages: &Messages) {
    if let Some(terminal) = judged.report.terminal() {
        let fingerprint: String = hex::encode_upper(terminal.sha256).chars().take(16).collect();
        let arguments = [("source", printable(&terminal.source).into()), ("fingerprint", fingerprint.into())];
        let _ = writeln!(text, "{}", messages.format("report-terminal", &arguments));
        if let Some(read_at) = judged.dossier.read_at {
            let _ =
                writeln!(text, "{}", messages.format("report-read-at", &[("time", moment::moment(read_at, messages).into())]));
        }
    }
    if let Some(time) = judged.report.time_stamped_at() {
        let _ = writeln!(text, "{}", messages.format("report-time-stamped", &[("time", moment::moment(time, messages).into())]));
    }
    // At the desk the reader's own challenge is fresh; whoever gets the dossier later cannot know that.
    let matters = |active: &&ActiveAuthentication| {
        judged.report.origin != Origin::Chip || active.challenge_source == ChallengeSource::RelyingParty
    };
    if let Some(active) = judged.dossier.active_authentication.as_ref().filter(matters) {
        let id = match active.challenge_source {
            ChallengeSource::Terminal => "report-challenge-terminal",
            ChallengeSource::RelyingParty => "report-challenge-relying-party",
        };
        let challenge = hex::encode_upper(active.challenge);
        let _ = writeln!(text, "{}", messages.format(id, &[("challenge", challenge.into())]));
    }
}

/// Whether a row says something that signatures alone do not show.
fn is_attested(judged: &Judged, check: &Check) -> bool {
    let says_something = matches!(check.outcome, Outcome::Successful | Outcome::Failed);
    says_something && judged.report.provability(check) != Provability::Anyone
}

fn check_row(text: &mut String, check: &Check, is_attested: bool, width: usize, messages: &Messages) {
    let style = outcome_style(check.outcome);
    let attested = if is_attested { "°" } else { "" };
    let name = shown_name(check.kind, messages);
    let outcome = messages.text(outcome_id(check.outcome));
    let not_counted = if check.weight == soat::inspection::Weight::Evaluatory && check.outcome != Outcome::Successful {
        format!(" {}", messages.text("report-not-counted"))
    } else {
        String::new()
    };
    let _ = writeln!(
        text,
        "  {style}{}{style:#} {name:width$}  {style}{outcome}{style:#}{attested}{not_counted}",
        symbol(check.outcome)
    );
    let file = file_of(check.kind);
    if let Some(reason) = check.reason {
        indented_reason(text, &explain(reason.as_str(), file, messages));
    }
    for finding in &check.findings {
        indented_reason(text, &explain(finding.code.as_str(), finding.file.or(file), messages));
    }
}

fn indented_reason(text: &mut String, reason: &super::reasons::Reason) {
    let _ = writeln!(text, "      {}", reason.cause);
    if let Some(remedy) = &reason.remedy {
        let _ = writeln!(text, "      → {remedy}");
    }
}

/// A value as people of the language write it.
pub fn value(value: &Value, messages: &Messages) -> String {
    match value {
        Value::Text(text) => printable(text),
        Value::Date(date) => moment::day(*date, messages),
        Value::NoExpiry => messages.text("value-no-expiry"),
        Value::Sex(sex) => messages.text(&format!("value-sex-{sex}")),
    }
}

/// When a card expires, for people.
pub fn expiry(expiry: CardExpiry, messages: &Messages) -> String {
    value(&Value::from(expiry), messages)
}

/// The file that a check is about.
pub fn file_of(kind: CheckKind) -> Option<FileId> {
    match kind {
        CheckKind::FileHash(file) => Some(file),
        _ => None,
    }
}

/// The name in its row: members of a group stand under it.
pub fn shown_name(kind: CheckKind, messages: &Messages) -> String {
    let is_member =
        matches!(kind, CheckKind::ActiveAuthentication | CheckKind::ChipAuthentication | CheckKind::ChipAuthenticationMapping);
    format!("{}{}", if is_member { "  " } else { "" }, check_name(kind, messages))
}

fn check_name(kind: CheckKind, messages: &Messages) -> String {
    let file = file_of(kind).map(|file| file.to_string()).unwrap_or_default();
    messages.format(&format!("check-{}", kind.name()), &[("file", file.into())])
}

fn timings(text: &mut String, steps: &[StepTiming], messages: &Messages) {
    let _ = writeln!(text, "\n{BOLD}{}{BOLD:#}", messages.text("report-timings"));
    for step in steps {
        let _ = writeln!(text, "  {:24} {:>6} {:>9} {:>8}", printable(&step.step), step.apdus, step.bytes, step.milliseconds);
    }
    let total = |count: fn(&StepTiming) -> u32| steps.iter().map(|step| u64::from(count(step))).sum::<u64>();
    let (apdus, bytes, milliseconds) = (total(|step| step.apdus), total(|step| step.bytes), total(|step| step.milliseconds));
    let _ = writeln!(text, "  {:24} {apdus:>6} {bytes:>9} {milliseconds:>8}", messages.text("report-timings-total"));
}

/// One row of many.
pub fn row(name: &str, judged: &Judged, messages: &Messages) -> String {
    let overall = judged.report.overall;
    let style = overall_style(overall).bold();
    if judged.disclosure == Disclosure::Decision {
        let pseudonym = judged.pseudonym.as_deref().map(|pseudonym| format!("  {pseudonym}")).unwrap_or_default();
        return format!("{style}{}{style:#}  {}{pseudonym}\n", messages.text(decision_id(overall)), printable(name));
    }
    let verdict = messages.text(verdict_id(&judged.report));
    let demonstration = if judged.demonstration { format!(" ({})", messages.text("demonstration")) } else { String::new() };
    let wanted = match overall {
        Overall::Successful => None,
        Overall::Failed => Some(Outcome::Failed),
        Overall::Undetermined => Some(Outcome::Undetermined),
        Overall::Aborted => Some(Outcome::Aborted),
    };
    let counted = |check: &&Check| check.weight != soat::inspection::Weight::Evaluatory && Some(check.outcome) == wanted;
    let reason = judged.report.checks.iter().find(counted).and_then(|check| {
        let reason = check.reason?;
        Some(format!("  {}", explain(reason.as_str(), file_of(check.kind), messages).cause))
    });
    format!("{style}{verdict}{style:#}{demonstration}  {}{}\n", printable(name), reason.unwrap_or_default())
}

/// One row of many that could not be judged.
pub fn error_row(name: &str, error: &Error, messages: &Messages) -> String {
    format!("{RED}{}{RED:#}  {}  {}\n", messages.text("row-error"), printable(name), lines(&error.message(messages)))
}

/// What `soat doctor` found.
pub fn doctor(probes: &[Probe], messages: &Messages) -> String {
    let mut text = String::new();
    for probe in probes {
        let (style, symbol) = match probe.state {
            State::Ok => (GREEN, '✓'),
            State::Problem => (RED, '✗'),
            State::Unknown => (GREY, '?'),
        };
        let (found, remedy) = probe.texts(messages);
        let _ = writeln!(text, "{style}{symbol}{style:#} {}", printable(&found));
        if let Some(remedy) = remedy {
            let _ = writeln!(text, "  → {}", lines(&remedy));
        }
    }
    text
}

/// The message that names the result: an old card is not called a forged one.
pub fn verdict_id(report: &Report) -> &'static str {
    match report.overall {
        Overall::Successful => "verdict-successful",
        Overall::Failed => match report.failure() {
            Some(Failure::Expired) => "verdict-expired",
            Some(Failure::Refused) => "verdict-refused",
            Some(Failure::OtherCard) => "verdict-other-card",
            Some(Failure::NotGenuine) | None => "verdict-failed",
        },
        Overall::Undetermined => "verdict-undetermined",
        Overall::Aborted => "verdict-aborted",
    }
}

fn overall_style(overall: Overall) -> Style {
    match overall {
        Overall::Successful => GREEN,
        Overall::Failed => RED,
        Overall::Undetermined => YELLOW,
        Overall::Aborted => GREY,
    }
}

/// The message that names an outcome.
pub fn outcome_id(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Successful => "outcome-successful",
        Outcome::Failed => "outcome-failed",
        Outcome::Undetermined => "outcome-undetermined",
        Outcome::NotSupported => "outcome-not_supported",
        Outcome::Aborted => "outcome-aborted",
    }
}

fn outcome_style(outcome: Outcome) -> Style {
    match outcome {
        Outcome::Successful => GREEN,
        Outcome::Failed => RED,
        Outcome::Undetermined => YELLOW,
        Outcome::NotSupported | Outcome::Aborted => GREY,
    }
}

/// What tells an outcome from the others where there is no colour.
pub fn symbol(outcome: Outcome) -> char {
    match outcome {
        Outcome::Successful => '✓',
        Outcome::Failed => '✗',
        Outcome::Undetermined => '?',
        Outcome::NotSupported | Outcome::Aborted => '–',
    }
}

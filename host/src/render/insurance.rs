//! What the insurance portal says, for people and programs. Of an answer about another person nothing is shown.

use std::fmt::Write;

use anstyle::AnsiColor;
use serde_json::{Value, json};

use crate::commands::judging::Judged;
use crate::error::Exit;
use crate::insurance::answer::{Answer, Conclusion, Standing};
use crate::insurance::person::Person;
use crate::messages::Messages;
use crate::printable::printable;

/// An answer with whom and what it is about.
pub struct Checked<'a> {
    /// Who was asked about.
    pub person: &'a Person,
    /// The verdict on the card, where there was one.
    pub judged: Option<&'a Judged>,
    /// What the portal says.
    pub answer: &'a Answer,
    /// What that is worth.
    pub conclusion: Conclusion,
    /// How the command ends.
    pub exit: Exit,
}

impl Checked<'_> {
    fn message(&self) -> &'static str {
        match self.conclusion {
            Conclusion::OtherPerson => "insurance-other-person",
            Conclusion::Nameless => "insurance-nameless",
            Conclusion::Contradiction => "insurance-contradiction",
            Conclusion::Says(standing) => match standing {
                Standing::Valid => "insurance-standing-valid",
                Standing::Army => "insurance-standing-army",
                Standing::Police => "insurance-standing-police",
                Standing::Replaced => "insurance-standing-replaced",
                Standing::Expired => "insurance-standing-expired",
                Standing::NotFound => "insurance-standing-not-found",
                Standing::OfficerUnknown => "insurance-standing-officer-unknown",
                Standing::OfficerNameDiffers => "insurance-standing-officer-name",
                Standing::Other => "insurance-standing-other",
            },
        }
    }

    /// The answer, where it is about this person.
    fn answer(&self) -> Option<&Answer> {
        Some(self.answer).filter(|_| self.conclusion != Conclusion::OtherPerson)
    }

    /// The portal's own words, where there are no better ones.
    fn text(&self) -> Option<&str> {
        self.answer()?.text.as_deref().filter(|_| self.conclusion == Conclusion::Says(Standing::Other))
    }

    fn is_demonstration(&self) -> bool {
        self.judged.is_some_and(|judged| judged.demonstration)
    }
}

/// For people.
pub fn screen(checked: &Checked<'_>, messages: &Messages) -> String {
    let (head, colour) = match checked.exit {
        Exit::Successful => ("insurance-head-valid", AnsiColor::Green),
        Exit::Failed if checked.conclusion == Conclusion::OtherPerson => ("insurance-head-other-person", AnsiColor::Red),
        Exit::Failed => ("insurance-head-refused", AnsiColor::Red),
        Exit::Usage => ("insurance-head-account", AnsiColor::Yellow),
        Exit::Undetermined | Exit::Card => ("insurance-head-undecided", AnsiColor::Yellow),
    };
    let style = colour.on_default().bold();
    let demonstration =
        if checked.is_demonstration() { format!(" — {}", messages.text("demonstration")) } else { String::new() };
    let mut text = format!("{style}{}{demonstration}{style:#}\n", messages.text(head));
    let id = checked.message();
    let _ = writeln!(text, "{}", messages.text(id));
    if let Some(remedy) = messages.remedy(id, &[]) {
        let _ = writeln!(text, "→ {remedy}");
    }
    let whose = if checked.person.verified { "insurance-verified" } else { "insurance-unverified" };
    let _ = writeln!(text, "{}", messages.text(whose));
    let code = printable(&checked.answer.code);
    let _ = writeln!(text, "{}", messages.format("insurance-code", &[("code", code.into())]));
    if let Some(words) = checked.text() {
        let _ = writeln!(text, "{}", messages.format("insurance-text", &[("text", words.to_owned().into())]));
    }
    if checked.judged.is_some_and(|judged| judged.is_vietnamese) {
        let _ = writeln!(text, "{}", messages.text("report-offline"));
    }
    let Some(answer) = checked.answer() else { return text };
    let rows = [
        ("insurance-card", &answer.card),
        ("insurance-from", &answer.valid_from),
        ("insurance-to", &answer.valid_to),
        ("insurance-facility", &answer.facility),
    ];
    for (name, value) in rows.into_iter().filter_map(|(id, value)| Some((messages.text(id), value.as_ref()?))) {
        let _ = writeln!(text, "  {name:20}  {}", printable(value));
    }
    text
}

/// For programs.
pub fn json(checked: &Checked<'_>, messages: &Messages) -> Value {
    let id = checked.message();
    let answer = checked.answer();
    let field = |pick: fn(&Answer) -> &Option<String>| answer.and_then(|answer| pick(answer).clone());
    json!({
        "version": 1,
        "insurance": {
            "conclusion": id.trim_start_matches("insurance-").trim_start_matches("standing-").replace('-', "_"),
            "message": messages.text(id),
            "remedy": messages.remedy(id, &[]),
            "portal_code": checked.answer.code,
            "portal_text": checked.text(),
            "card": field(|answer| &answer.card),
            "valid_from": field(|answer| &answer.valid_from),
            "valid_to": field(|answer| &answer.valid_to),
            "facility": field(|answer| &answer.facility),
        },
        "holder": if checked.person.verified { "verified" } else { "unverified" },
        "demonstration": checked.is_demonstration(),
        "evidence_sha256": checked.judged.map(|judged| hex::encode_upper(judged.report.evidence)),
        "online_confirmation": "not_performed",
        "exit_code": checked.exit.code(),
    })
}

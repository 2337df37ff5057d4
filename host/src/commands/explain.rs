//! `soat explain`: what a reason code means and what to do about it; all of them; the page of them.

use std::fmt::Write;

use serde_json::{Value, json};
use soat::inspection::ReasonCode;

use crate::command_line::Explain;
use crate::commands::Session;
use crate::error::{Error, Exit, Result};
use crate::messages::Messages;
use crate::render::reason_page::{self, number};
use crate::render::reasons::{Family, all, explain, explain_family, family_of};
use crate::render::tr03135::vendor_code;

/// Explains one code, or lists them.
///
/// # Errors
/// That there is no such code.
pub fn run(arguments: &Explain, session: &mut Session) -> Result<Exit> {
    if arguments.page {
        session.print(&reason_page::markdown());
        return Ok(Exit::Successful);
    }
    let Some(code) = &arguments.code else {
        list(arguments.json, session);
        return Ok(Exit::Successful);
    };
    let family = family_of(code).ok_or_else(|| Error::usage("explain-unknown"))?;
    // A code of one data group names it; the family itself names none.
    let known = ReasonCode::find(code);
    let reason = known.map_or_else(|| explain_family(&family, &session.messages), |_| explain(code, None, &session.messages));
    let error_code = known.map_or_else(|| number(&family), |known| vendor_code(known.as_str()));
    let remedy = reason.remedy.unwrap_or_default();
    if arguments.json {
        session.print_json(&document(code, &family, error_code, &reason.cause, &remedy));
    } else {
        let kind = session.messages.text(kind_id(&family));
        session.print(&format!("{code}  ({kind}; TR-03135: {error_code})\n  {}\n  → {remedy}\n", reason.cause));
    }
    Ok(Exit::Successful)
}

fn list(as_json: bool, session: &mut Session) {
    if as_json {
        let rows: Vec<Value> = all()
            .iter()
            .map(|family| {
                let reason = explain_family(family, &session.messages);
                document(&family.code, family, number(family), &reason.cause, &reason.remedy.unwrap_or_default())
            })
            .collect();
        session.print_json(&json!({ "version": 1, "reasons": rows }));
    } else {
        let text = rows(&session.messages);
        session.print(&text);
    }
}

fn document(code: &str, family: &Family, error_code: u32, cause: &str, remedy: &str) -> Value {
    json!({ "code": code, "kind": family.kind.name(), "tr03135_error_code": error_code, "cause": cause, "remedy": remedy })
}

fn rows(messages: &Messages) -> String {
    let families = all();
    let width = families.iter().map(|family| family.code.len()).max().unwrap_or(0);
    let mut text = String::new();
    for family in &families {
        let _ = writeln!(text, "{:width$}  {}", family.code, explain_family(family, messages).cause);
    }
    text
}

fn kind_id(family: &Family) -> &'static str {
    match family.kind {
        crate::render::reasons::Kind::Reason => "explain-reason",
        crate::render::reasons::Kind::Finding => "explain-finding",
        crate::render::reasons::Kind::StrictFinding => "explain-strict-finding",
    }
}

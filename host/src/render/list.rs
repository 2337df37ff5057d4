//! Many cards as a list: CSV (RFC 4180) for spreadsheets, JSON Lines for programs.

use std::fmt::Write;
use std::path::Path;

use soat::inspection::{IdentityField, Released};

use super::{json, screen};
use crate::commands::judging::{Judged, Value};
use crate::error::Error;
use crate::messages::Messages;
use crate::printable::{self, printable};

/// Without this mark spreadsheets take UTF-8 for Windows-1252 and spoil every Vietnamese name.
const BYTE_ORDER_MARK: char = '\u{FEFF}';

/// The rows so far.
pub struct List {
    fields: Vec<IdentityField>,
    csv: String,
    lines: String,
}

impl List {
    /// A list whose columns are the fields that are released; a photo is none.
    pub fn new(released: Released) -> Self {
        let fields: Vec<IdentityField> = released.fields().filter(|field| *field != IdentityField::Photo).collect();
        let mut list = Self { fields, csv: String::from(BYTE_ORDER_MARK), lines: String::new() };
        let names = ["source", "verdict", "exit_code", "profile", "judged_at", "demonstration", "reasons", "evidence_sha256"];
        let names: Vec<String> =
            names.into_iter().chain(list.fields.iter().map(|field| field.name())).map(str::to_owned).collect();
        list.row(&names);
        list
    }

    /// A card.
    pub fn add(&mut self, judged: &Judged, messages: &Messages) {
        let report = &judged.report;
        let mut seen = Vec::new();
        for reason in report.checks.iter().filter_map(|check| check.reason) {
            if !seen.contains(&reason.as_str()) {
                seen.push(reason.as_str());
            }
        }
        let mut cells = vec![
            judged.source.clone(),
            messages.text(screen::verdict_id(report)),
            judged.exit().code().to_string(),
            report.profile.to_string(),
            judged.at.to_string(),
            if judged.demonstration { "demonstration" } else { "" }.to_owned(),
            seen.join(" "),
            hex::encode_upper(report.evidence),
        ];
        let identity = judged.identity.as_deref().unwrap_or_default();
        for field in &self.fields {
            let found = identity.iter().find(|known| known.name == field.name());
            cells.push(found.map_or_else(String::new, |field| plain(&field.value)));
        }
        self.row(&cells);
        self.lines += &printable::json(&json::report(judged, false, messages).to_string());
        self.lines.push('\n');
    }

    /// What could not be judged.
    pub fn add_failure(&mut self, path: &Path, error: &Error, messages: &Messages) {
        let name = path.display().to_string();
        let mut cells = vec![name.clone(), messages.text("row-error"), error.exit().code().to_string()];
        cells.resize(8 + self.fields.len(), String::new());
        if let Some(reasons) = cells.get_mut(6) {
            error.id().clone_into(reasons);
        }
        self.row(&cells);
        self.lines += &printable::json(&json::error_of(&name, error, messages).to_string());
        self.lines.push('\n');
    }

    /// The list as CSV: lines end in CR LF, and no cell is a formula.
    pub fn csv(&self) -> &str {
        &self.csv
    }

    /// The list as JSON, a card a line.
    pub fn json_lines(&self) -> &str {
        &self.lines
    }

    fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        let _ = write!(self.csv, "{}\r\n", cells.join(","));
    }
}

/// Dates as spreadsheets of every language read them.
fn plain(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Date(day) => day.to_string(),
        Value::NoExpiry => "none".to_owned(),
        Value::Sex(sex) => (*sex).to_owned(),
    }
}

/// A cell in quotation marks (RFC 4180 §2). What a spreadsheet would take for a formula gets an apostrophe before it: a name on a card, or
/// that of a file, may not compute on the machine of whoever opens the list.
fn quoted(cell: &str) -> String {
    let text = printable(cell).replace('"', "\"\"");
    let is_formula =
        text.trim_start().starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}', '|', '%']);
    format!("\"{}{text}\"", if is_formula { "'" } else { "" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula_or_leaves_its_place() {
        for (cell, written) in [
            ("Nguyễn Thị Mẫu", "\"Nguyễn Thị Mẫu\""),
            ("a,b \"c\"", "\"a,b \"\"c\"\"\""),
            ("=HYPERLINK(\"x\")", "\"'=HYPERLINK(\"\"x\"\")\""),
            ("  +1", "\"'  +1\""),
            ("-1", "\"'-1\""),
            ("@SUM(A1)", "\"'@SUM(A1)\""),
            ("\u{FF1D}1", "\"'\u{FF1D}1\""),
            ("a\r\nb", "\"a\u{FFFD}\u{FFFD}b\""),
            ("\t=1", "\"\u{FFFD}=1\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}

//! A mutant: one small change to the sources, as cargo-mutants lists it, or one ending of a check that does not take place.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use proc_macro2::LineColumn;
use serde::{Deserialize, Serialize};

/// What is changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Genre {
    /// A function's body gives this value.
    FnValue,
    BinaryOperator,
    UnaryOperator,
    /// The arm is not there.
    MatchArm,
    MatchArmGuard,
    /// A field is left to the struct's base.
    StructField,
    /// Of `row.failed(…)` the row alone is left: a check does not end so. This one is ours.
    Ending,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    /// From 1.
    pub line: usize,
    /// In characters, from 1.
    pub column: usize,
}

impl From<LineColumn> for Position {
    fn from(place: LineColumn) -> Self {
        Self { line: place.line, column: place.column + 1 }
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Span {
    pub start: Position,
    pub end: Position,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Mutant {
    pub file: String,
    pub genre: Genre,
    pub replacement: String,
    pub span: Span,
    /// As cargo-mutants says it, with the place.
    pub name: String,
    /// The name that stays when lines are added above: the change, where in its line, and the line; which one, where a file has several.
    #[serde(default)]
    pub key: String,
}

impl Mutant {
    /// Gives the mutant its lasting name.
    pub fn named(mut self, source: &str) -> Self {
        let change = self.name.splitn(4, ':').nth(3).unwrap_or(&self.name).trim();
        let line = source.lines().nth(self.span.start.line - 1).unwrap();
        let indent = line.len() - line.trim_start().len();
        let column = self.span.start.column.saturating_sub(indent);
        self.key = format!("{}: {change} @{column} | {}", self.file, line.trim());
        self
    }
}

/// Numbers the mutants of one name, so that who lists one as a survivor does not excuse its twin.
pub fn tell_apart(mutants: &mut [Mutant]) {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for mutant in mutants {
        let count = seen.entry(mutant.key.clone()).or_default();
        *count += 1;
        if *count > 1 {
            mutant.key += &format!(" #{count}");
        }
    }
}

/// What cargo-mutants lists; the sources stand below `root`.
pub fn listed(list: &Path, root: &Path) -> Vec<Mutant> {
    let list: Vec<Mutant> = serde_json::from_str(&fs::read_to_string(list).unwrap()).unwrap();
    let mut sources: BTreeMap<String, String> = BTreeMap::new();
    list.into_iter()
        .map(|mutant| {
            let source =
                sources.entry(mutant.file.clone()).or_insert_with(|| fs::read_to_string(root.join(&mutant.file)).unwrap());
            mutant.named(source)
        })
        .collect()
}

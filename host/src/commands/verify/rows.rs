//! Many dossiers, a row each: judged on all cores, printed in their order, none of them held longer than its row takes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;

use soat::inspection::{Failure, Inspector, Overall};

use crate::command_line::Output;
use crate::commands::Session;
use crate::commands::judging::Judge;
use crate::dossier_file::{self, Identity};
use crate::error::{Error, Exit};
use crate::messages::Messages;
use crate::printable;
use crate::render::{json, screen};

/// What a row is about.
pub enum Source {
    /// Something to load.
    Found(PathBuf),
    /// A path of the command line that leads to nothing.
    Failed(PathBuf, Error),
}

/// A row, and how it counts. `overall` is `None` where the dossier could not be loaded.
struct Row {
    text: String,
    exit: Exit,
    overall: Option<Overall>,
    failure: Option<Failure>,
}

/// Judges and prints them all.
pub fn print(sources: Vec<Source>, output: &Output, judge: &Judge, identity: Option<&Identity>, session: &mut Session) -> Exit {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(sources.len().max(1));
    let next = AtomicUsize::new(0);
    let printed = Printed::default();
    let (sender, receiver) = sync_channel::<(usize, Row)>(threads * 16);
    let mut counts = Counts::default();
    thread::scope(|scope| {
        let messages = &session.messages;
        let (sources, next, printed) = (&sources, &next, &printed);
        for _ in 0..threads {
            let sender = sender.clone();
            scope.spawn(move || {
                let mut inspector = judge.inspector();
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(source) = sources.get(index) else { return };
                    printed.wait_for(index.saturating_sub(AHEAD));
                    let row = row(source, output, judge, &mut inspector, identity, messages);
                    if sender.send((index, row)).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut due = 0;
        for (index, row) in receiver {
            waiting.insert(index, row);
            while let Some(row) = waiting.remove(&due) {
                due += 1;
                counts.add(&row);
                Session::print_row(&row.text);
            }
            printed.set(due);
        }
    });
    if !output.json {
        let text = counts.text(&session.messages);
        session.note(&text);
        // Rows have no room for it.
        session.note(&session.messages.text("report-offline"));
    }
    counts.worst
}

/// How many rows are judged ahead of one that takes its time: they wait in memory.
const AHEAD: usize = 1_000;

/// How many rows stand on the screen.
#[derive(Default)]
struct Printed {
    rows: Mutex<usize>,
    changed: Condvar,
}

impl Printed {
    fn set(&self, rows: usize) {
        *self.rows.lock().unwrap_or_else(PoisonError::into_inner) = rows;
        self.changed.notify_all();
    }

    /// The thread of the row that is due never waits, so that one always goes on.
    fn wait_for(&self, rows: usize) {
        let mut printed = self.rows.lock().unwrap_or_else(PoisonError::into_inner);
        while *printed < rows {
            printed = self.changed.wait(printed).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

fn row(
    source: &Source,
    output: &Output,
    judge: &Judge,
    inspector: &mut Inspector<'_>,
    identity: Option<&Identity>,
    messages: &Messages,
) -> Row {
    let path = match source {
        Source::Found(path) => path,
        Source::Failed(path, error) => return failed(path, error, output, messages),
    };
    match dossier_file::load(path, identity) {
        Err(error) => failed(path, &error, output, messages),
        Ok(loaded) => {
            let name = path.display().to_string();
            let judged = judge.judge_loaded(inspector, loaded, name.clone());
            let text = if output.json {
                format!("{}\n", printable::json(&json::report(&judged, output.timings, messages).to_string()))
            } else {
                screen::row(&name, &judged, messages)
            };
            Row { text, exit: judged.exit(), overall: Some(judged.report.overall), failure: judged.report.failure() }
        }
    }
}

fn failed(path: &Path, error: &Error, output: &Output, messages: &Messages) -> Row {
    let name = path.display().to_string();
    let text = if output.json {
        format!("{}\n", printable::json(&json::error_of(&name, error, messages).to_string()))
    } else {
        screen::error_row(&name, error, messages)
    };
    Row { text, exit: error.exit(), overall: None, failure: None }
}

struct Counts {
    rows: usize,
    successful: usize,
    failed: usize,
    refused: usize,
    undetermined: usize,
    errors: usize,
    worst: Exit,
}

impl Default for Counts {
    fn default() -> Self {
        Self { rows: 0, successful: 0, failed: 0, refused: 0, undetermined: 0, errors: 0, worst: Exit::Successful }
    }
}

impl Counts {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        self.worst = self.worst.worse(row.exit);
        match row.overall {
            Some(Overall::Successful) => self.successful += 1,
            Some(Overall::Failed) if matches!(row.failure, Some(Failure::NotGenuine | Failure::OtherCard)) => self.failed += 1,
            Some(Overall::Failed) => self.refused += 1,
            Some(Overall::Undetermined) => self.undetermined += 1,
            Some(Overall::Aborted) | None => self.errors += 1,
        }
    }

    fn text(&self, messages: &Messages) -> String {
        let arguments = [
            ("count", self.rows.into()),
            ("successful", self.successful.into()),
            ("failed", self.failed.into()),
            ("refused", self.refused.into()),
            ("undetermined", self.undetermined.into()),
            ("errors", self.errors.into()),
        ];
        messages.format("rows-total", &arguments)
    }
}

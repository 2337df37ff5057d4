//! The result of a card: the verdict, why, and whose card it is where it passed.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::Line;
use ratatui::widgets::{Block, Paragraph};
use soat::inspection::{Check, Disclosure, Outcome, Overall, Weight};

use super::{colour, picture, push, text};
use crate::commands::desk::state::{Card, Light};
use crate::commands::judging::Judged;
use crate::messages::Messages;
use crate::render::reasons::explain;
use crate::render::screen;

/// Columns of the photo.
const PHOTO: u16 = 22;

/// Draws it. `details` are all checks, and not only those that decided.
pub fn draw(frame: &mut Frame<'_>, area: Rect, card: &Card, details: bool, scroll: usize, messages: &Messages) {
    let judged = &card.judged;
    let notes = notes(judged, usize::from(area.width), messages);
    let height = u16::try_from(notes.len()).unwrap_or(u16::MAX);
    let [band, above, body] =
        Layout::vertical([Constraint::Length(3), Constraint::Length(height), Constraint::Min(1)]).areas(area);
    verdict(frame, band, judged, messages);
    frame.render_widget(Paragraph::new(notes), above);
    let body = Rect { y: body.y + 1, height: body.height.saturating_sub(1), ..body };
    let face = card.face.as_ref().filter(|_| judged.identity.is_some() && judged.disclosure != Disclosure::Decision);
    let text = match face {
        Some(face) => {
            let [text, photo] = Layout::horizontal([Constraint::Min(1), Constraint::Length(PHOTO)]).spacing(2).areas(body);
            picture(frame, photo, face);
            text
        }
        None => body,
    };
    let lines = lines(judged, details, usize::from(text.width), messages);
    scrolled(frame, text, lines, scroll, messages);
}

/// As much as there is room for; the last row says that more follows.
fn scrolled(frame: &mut Frame<'_>, area: Rect, lines: Vec<Line<'static>>, scroll: usize, messages: &Messages) {
    let room = usize::from(area.height);
    let first = scroll.min(lines.len().saturating_sub(room));
    let more = lines.len() - first > room;
    let mut shown: Vec<Line<'_>> = lines.into_iter().skip(first).take(if more { room.saturating_sub(1) } else { room }).collect();
    if more {
        shown.push(Line::styled(messages.text("desk-more"), Style::new().dim()));
    }
    frame.render_widget(Paragraph::new(shown), area);
}

fn verdict(frame: &mut Frame<'_>, area: Rect, judged: &Judged, messages: &Messages) {
    let light = Light::of(judged.report.overall);
    let word = if judged.disclosure == Disclosure::Decision {
        screen::decision_id(judged.report.overall)
    } else {
        screen::verdict_id(&judged.report)
    };
    let symbol = match light {
        Light::Green => '✓',
        Light::Amber => '?',
        Light::Red => '✗',
    };
    let mut said = format!("{symbol}  {}", messages.text(word));
    if judged.demonstration {
        said = format!("{said} — {}", messages.text("demonstration"));
    }
    let letters = if light == Light::Red { Color::White } else { Color::Black };
    let style = Style::new().fg(letters).bg(colour(light)).add_modifier(Modifier::BOLD);
    frame.render_widget(Block::new().style(style), area);
    let middle = Rect { y: area.y + area.height / 2, height: 1, ..area };
    frame.render_widget(Line::styled(said, style).alignment(Alignment::Center), middle);
}

/// What the verdict is not.
fn notes(judged: &Judged, width: usize, messages: &Messages) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    if judged.is_vietnamese {
        push(&mut lines, &messages.text("report-offline"), width, Style::new());
    }
    if judged.demonstration && judged.disclosure != Disclosure::Decision {
        push(&mut lines, &messages.text("demonstration-meaning"), width, Style::new());
    }
    lines
}

fn lines(judged: &Judged, details: bool, width: usize, messages: &Messages) -> Vec<Line<'static>> {
    if judged.disclosure == Disclosure::Decision {
        let mut lines = Vec::new();
        if let Some(pseudonym) = &judged.pseudonym {
            push(
                &mut lines,
                &messages.format("report-pseudonym", &[("pseudonym", pseudonym.clone().into())]),
                width,
                Style::new(),
            );
        }
        return lines;
    }
    let (checks, identity) = (checks(judged, details, width, messages), identity(judged, width, messages));
    let is_identity_first = judged.report.overall == Overall::Successful && !details;
    let parts = if is_identity_first { [identity, checks] } else { [checks, identity] };
    parts.join(&Line::default())
}

fn identity(judged: &Judged, width: usize, messages: &Messages) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let Some(fields) = &judged.identity else {
        push(&mut lines, &messages.text("report-no-identity"), width, Style::new());
        return lines;
    };
    lines.push(Line::styled(messages.text("report-identity"), Style::new().bold()));
    let names: Vec<String> = fields.iter().map(|field| messages.text(&format!("field-{}", field.name))).collect();
    let column = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).min(22);
    for (field, name) in fields.iter().zip(names) {
        let style = if field.name == "full_name" || field.name == "personal_number" { Style::new().bold() } else { Style::new() };
        let rows = text::wrapped(&screen::value(&field.value, messages), width.saturating_sub(column + 2), "");
        let names = std::iter::once(name).chain(std::iter::repeat(String::new()));
        lines.extend(names.zip(rows).map(|(name, row)| Line::styled(format!("{name:column$}  {row}"), style)));
    }
    lines
}

/// The checks that decided, each with its reasons; how many passed.
fn checks(judged: &Judged, details: bool, width: usize, messages: &Messages) -> Vec<Line<'static>> {
    let mut lines = vec![Line::styled(messages.text("report-checks"), Style::new().bold())];
    let shown: Vec<&Check> = judged.report.checks.iter().filter(|check| details || decides(check)).collect();
    let passed = judged.report.checks.iter().filter(|check| check.outcome == Outcome::Successful).count();
    for check in &shown {
        row(&mut lines, check, width, messages);
    }
    if !details {
        let facts = [("passed", passed.into()), ("count", judged.report.checks.len().into())];
        push(&mut lines, &messages.format("desk-passed", &facts), width, Style::new().dim());
    }
    lines
}

/// Whether a check is one that people look at: it failed, is undecided, or is missing where it counts.
fn decides(check: &Check) -> bool {
    match check.outcome {
        Outcome::Failed | Outcome::Undetermined | Outcome::Aborted => true,
        Outcome::NotSupported => check.weight == Weight::Mandatory,
        Outcome::Successful => false,
    }
}

fn row(lines: &mut Vec<Line<'static>>, check: &Check, width: usize, messages: &Messages) {
    let style = match check.outcome {
        Outcome::Successful => Style::new().fg(Color::Green),
        Outcome::Failed => Style::new().fg(Color::Red),
        Outcome::Undetermined => Style::new().fg(Color::Yellow),
        Outcome::NotSupported | Outcome::Aborted => Style::new().fg(Color::DarkGray),
    };
    let not_counted = if check.weight == Weight::Evaluatory && check.outcome != Outcome::Successful {
        format!(" {}", messages.text("report-not-counted"))
    } else {
        String::new()
    };
    let name = screen::shown_name(check.kind, messages);
    let outcome = messages.text(screen::outcome_id(check.outcome));
    let head = format!("{} {name}: {outcome}{not_counted}", screen::symbol(check.outcome));
    lines.extend(text::wrapped(&head, width, "  ").into_iter().map(|row| Line::styled(row, style)));
    let file = screen::file_of(check.kind);
    let reasons = check.reason.map(|reason| explain(reason.as_str(), file, messages));
    let findings = check.findings.iter().map(|finding| explain(finding.code.as_str(), finding.file.or(file), messages));
    for reason in reasons.into_iter().chain(findings) {
        lines.extend(text::wrapped(&format!("  {}", reason.cause), width, "  ").into_iter().map(Line::from));
        if let Some(remedy) = reason.remedy {
            lines.extend(text::wrapped(&format!("  → {remedy}"), width, "    ").into_iter().map(Line::from));
        }
    }
}

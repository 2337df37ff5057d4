//! The screens of a counter. They show what the state says, and nothing of a card that did not pass.

mod result;
mod text;

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style, Stylize};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear, Paragraph};

use self::text::wrapped;
use super::preview;
use crate::commands::desk::entry::Entry;
use crate::commands::desk::state::{Counter, Light, Notice, Overlay, Screen, Trouble};
use crate::error::Error;
use crate::messages::Messages;
use crate::printable::printable;

/// The smallest window, which every terminal has had for fifty years.
const SMALLEST: (u16, u16) = (80, 24);

/// Draws the counter as it stands.
pub fn draw(frame: &mut Frame<'_>, counter: &Counter, messages: &Messages) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return too_small(frame, area, messages);
    }
    let [head, body, notice, foot] =
        Layout::vertical([Constraint::Length(1), Constraint::Min(1), Constraint::Length(2), Constraint::Length(1)]).areas(area);
    title(frame, head, counter, messages);
    let body = Rect { x: body.x + 1, width: body.width - 2, ..body };
    match &counter.screen {
        Screen::Waiting { entry, trouble } => waiting(frame, body, counter, entry, trouble.as_ref(), messages),
        Screen::Reading { line, percent, .. } => reading(frame, body, counter, line, *percent, messages),
        Screen::Verdict { card, details, scroll, .. } => result::draw(frame, body, card, *details, *scroll, messages),
    }
    if let Some(said) = &counter.notice {
        let (style, text) = match said {
            Notice::Done(text) => (Style::new().fg(Color::Green), text.clone()),
            Notice::Failed(error) => (Style::new().fg(Color::Yellow), both(error, messages)),
        };
        let rows = wrapped(&printable(&text), usize::from(notice.width) - 2, "");
        frame.render_widget(
            Paragraph::new(rows.into_iter().map(|row| Line::styled(format!(" {row}"), style)).collect::<Vec<_>>()),
            notice,
        );
    }
    keys(frame, foot, counter, messages);
    match &counter.overlay {
        Some(Overlay::Help) => window(frame, area, &messages.text("desk-help"), messages),
        Some(Overlay::Quit) => window(frame, area, &messages.text("desk-quit"), messages),
        Some(Overlay::Consent(entry)) => {
            window(frame, area, &format!("{}\n\n> {}▏", messages.text("desk-consent"), printable(entry.text())), messages);
        }
        None => {}
    }
}

/// Nothing of a card is shown where its verdict would not fit beside it.
fn too_small(frame: &mut Frame<'_>, area: Rect, messages: &Messages) {
    let facts = [
        ("width", SMALLEST.0.into()),
        ("height", SMALLEST.1.into()),
        ("own_width", area.width.into()),
        ("own_height", area.height.into()),
    ];
    let text = messages.format("desk-small", &facts);
    let rows = wrapped(&text, usize::from(area.width.max(1)), "");
    frame.render_widget(Paragraph::new(rows.into_iter().map(Line::from).collect::<Vec<_>>()), area);
}

fn title(frame: &mut Frame<'_>, area: Rect, counter: &Counter, messages: &Messages) {
    let style = Style::new().add_modifier(Modifier::REVERSED);
    let facts = [("profile", counter.settings.profile.clone().into()), ("count", counter.cards.into())];
    frame.render_widget(Block::new().style(style), area);
    frame.render_widget(Line::styled(format!(" {}", messages.format("desk-title", &facts)), style), area);
    let count = messages.format("desk-count", &facts);
    frame.render_widget(Line::styled(format!("{count} "), style).alignment(Alignment::Right), area);
}

fn waiting(frame: &mut Frame<'_>, area: Rect, counter: &Counter, entry: &Entry, trouble: Option<&Trouble>, messages: &Messages) {
    let width = usize::from(area.width);
    let mut lines = vec![Line::default()];
    if let Some(trouble) = trouble {
        let style = Style::new().fg(Color::Black).bg(Color::Yellow).add_modifier(Modifier::BOLD);
        lines.push(Line::styled(format!("{:width$}", format!(" {}", messages.text("desk-trouble"))), style));
        push(&mut lines, &trouble.error.message(messages), width, Style::new().bold());
        push(&mut lines, &remedy(&trouble.error, messages), width, Style::new());
        if trouble.again {
            push(&mut lines, &messages.text("desk-again"), width, Style::new().fg(Color::Cyan));
        }
        lines.push(Line::default());
    }
    lines.push(Line::styled(messages.text("desk-next"), Style::new().bold()));
    push(
        &mut lines,
        &messages.text(if counter.settings.own_key.is_some() { "desk-ask-virtual" } else { "desk-ask" }),
        width,
        Style::new(),
    );
    lines.push(Line::default());
    let length = entry.text().chars().count();
    let dots = "•".repeat(length.min(width.saturating_sub(20)));
    let count = if length == 0 { String::new() } else { messages.format("desk-typed", &[("count", length.into())]) };
    lines.push(Line::from(vec![
        Span::raw("> ").bold(),
        Span::raw(dots),
        Span::raw("▏ "),
        Span::styled(count, Style::new().dim()),
    ]));
    lines.push(Line::default());
    device(&mut lines, "desk-reader", counter.reader.as_ref(), width, messages);
    device(&mut lines, "desk-scanner", counter.scanner.as_ref(), width, messages);
    let used = u16::try_from(lines.len()).unwrap_or(u16::MAX);
    frame.render_widget(Paragraph::new(lines), area);
    if let Some(seen) = &counter.seen
        && used + 4 < area.height
    {
        let place = Rect { y: area.y + used + 1, height: area.height - used - 1, ..area };
        picture(frame, place, seen);
    }
}

/// A line about a device, and what to do where it is not there.
fn device(lines: &mut Vec<Line<'static>>, id: &str, device: Option<&Result<String, Error>>, width: usize, messages: &Messages) {
    match device {
        None => {}
        Some(Ok(name)) => {
            let text = messages.format(id, &[("name", name.clone().into())]);
            push(lines, &text, width, Style::new().fg(Color::Green));
        }
        Some(Err(error)) => {
            push(lines, &error.message(messages), width, Style::new().fg(Color::Yellow).bold());
            push(lines, &remedy(error, messages), width, Style::new());
            push(lines, &messages.text("desk-waits"), width, Style::new().dim());
        }
    }
}

fn reading(frame: &mut Frame<'_>, area: Rect, counter: &Counter, line: &str, percent: Option<u64>, messages: &Messages) {
    let width = usize::from(area.width);
    let mut lines = vec![Line::default(), Line::styled(messages.text("desk-reading"), Style::new().bold()), Line::default()];
    push(&mut lines, &printable(line), width, Style::new().fg(Color::Cyan));
    let filled = percent.map_or(0, |percent| usize::try_from(percent.min(100)).unwrap_or(0) * 40 / 100);
    let shown = percent.map_or_else(String::new, |percent| format!(" {percent} %"));
    lines.push(Line::from(format!("[{}{}]{shown}", "█".repeat(filled), " ".repeat(40 - filled))));
    lines.push(Line::default());
    push(&mut lines, &messages.text("desk-hold"), width, Style::new());
    if let Some(Err(_)) = &counter.reader {
        lines.push(Line::default());
        device(&mut lines, "desk-reader", counter.reader.as_ref(), width, messages);
    }
    frame.render_widget(Paragraph::new(lines), area);
}

fn keys(frame: &mut Frame<'_>, area: Rect, counter: &Counter, messages: &Messages) {
    let id = match (&counter.overlay, &counter.screen) {
        (Some(Overlay::Consent(_)), _) => "desk-keys-consent",
        (Some(_), _) => "desk-keys-overlay",
        (None, Screen::Waiting { .. }) => "desk-keys-waiting",
        (None, Screen::Reading { .. }) => "desk-keys-reading",
        (None, Screen::Verdict { .. }) => "desk-keys-verdict",
    };
    let style = Style::new().add_modifier(Modifier::REVERSED);
    frame.render_widget(Block::new().style(style), area);
    frame.render_widget(Line::styled(format!(" {}", messages.text(id)), style), area);
}

/// A box in the middle of the screen.
fn window(frame: &mut Frame<'_>, area: Rect, text: &str, messages: &Messages) {
    let width = area.width.min(84);
    let mut lines = Vec::new();
    for row in text.lines() {
        push(&mut lines, row, usize::from(width) - 4, Style::new());
    }
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height);
    let place = Rect { x: area.x + (area.width - width) / 2, y: area.y + (area.height - height) / 2, width, height };
    frame.render_widget(Clear, place);
    let block =
        Block::bordered().title(format!(" {} ", messages.text("desk-name"))).padding(ratatui::widgets::Padding::horizontal(1));
    frame.render_widget(Paragraph::new(lines).block(block), place);
}

/// A picture in greys, two pixels a letter.
fn picture(frame: &mut Frame<'_>, area: Rect, picture: &qr_search::Picture<'_>) {
    let letters = preview::halves(picture, area.width.into(), area.height.into());
    let letter = |(upper, lower): (u8, u8)| {
        let style = Style::new().fg(Color::Indexed(preview::grey(upper))).bg(Color::Indexed(preview::grey(lower)));
        Span::styled("▀", style)
    };
    let lines: Vec<Line<'_>> = letters.into_iter().map(|row| row.into_iter().map(letter).collect()).collect();
    frame.render_widget(Paragraph::new(lines), area);
}

/// A text as so many lines of this width as it needs; nothing where there is none.
fn push(lines: &mut Vec<Line<'static>>, text: &str, width: usize, style: Style) {
    for row in text.lines() {
        lines.extend(wrapped(row, width, "").into_iter().map(|row| Line::styled(row, style)));
    }
}

/// What happened and what to do, in one line.
fn both(error: &Error, messages: &Messages) -> String {
    format!("{} {}", error.message(messages), remedy(error, messages))
}

/// What to do. A counter runs on: where `soat read` is to be started again, its remedy is another.
fn remedy(error: &Error, messages: &Messages) -> String {
    messages.optional(&format!("desk-remedy-{}", error.id()), &[]).unwrap_or_else(|| error.remedy(messages))
}

/// The colour of a light.
fn colour(light: Light) -> Color {
    match light {
        Light::Green => Color::Green,
        Light::Amber => Color::Yellow,
        Light::Red => Color::Red,
    }
}

#[cfg(test)]
mod tests;

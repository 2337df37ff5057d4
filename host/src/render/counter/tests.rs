//! What a teller sees, compared with files in `tests/golden`, and the colours.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use super::*;
use crate::commands::desk::samples::{counter, expired, genuine, undecided};
use crate::commands::desk::state::{Card, Event};
use crate::messages::Language;

fn drawn(counter: &Counter, size: (u16, u16), messages: &Messages) -> Buffer {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    terminal.draw(|frame| draw(frame, counter, messages)).unwrap();
    terminal.backend().buffer().clone()
}

fn text(buffer: &Buffer) -> String {
    let rows = buffer.content().chunks(buffer.area.width.into());
    rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>().trim_end().to_owned() + "\n").collect()
}

fn with(card: Box<Card>) -> Counter {
    let mut counter = counter(&card, None);
    counter.cards = 1;
    counter.reader = Some(Ok("Virtual PCD 00 00".into()));
    counter.screen = Screen::Verdict { card, details: false, scroll: 0, saved: false };
    counter
}

fn waiting() -> Counter {
    let mut counter = counter(&genuine(), None);
    counter.reader = Some(Ok("Virtual PCD 00 00".into()));
    counter
}

/// Every screen, with its name.
fn screens() -> Vec<(&'static str, Counter)> {
    let mut troubled = waiting();
    troubled.screen =
        Screen::Waiting { entry: Entry::new(), trouble: Some(Trouble { error: Error::card("card-removed"), again: true }) };
    let mut typing = waiting();
    let Screen::Waiting { entry, .. } = &mut typing.screen else { panic!("a new counter waits") };
    "000001".chars().for_each(|digit| entry.push(digit, std::time::Duration::ZERO));
    typing.scanner = Some(Ok("/dev/ttyACM0".into()));
    let mut unplugged = waiting();
    unplugged.reader = Some(Err(Error::card("reader-none")));
    let mut reading = waiting();
    let line = "DG2".to_owned();
    reading.screen = Screen::Reading { number: 1, line, percent: Some(40) };
    let mut saved = with(genuine());
    saved.notice = Some(Notice::Failed(Error::usage("desk-saves-nothing")));
    let mut details = with(genuine());
    let Screen::Verdict { details: all, .. } = &mut details.screen else { panic!("a result") };
    *all = true;
    let mut help = waiting();
    help.overlay = Some(Overlay::Help);
    let mut consent = with(genuine());
    consent.overlay = Some(Overlay::Consent(Entry::new()));
    vec![
        ("waiting", waiting()),
        ("digits typed", typing),
        ("no reader", unplugged),
        ("card removed", troubled),
        ("reading", reading),
        ("genuine", with(genuine())),
        ("genuine, all checks", details),
        ("genuine, nowhere to save", saved),
        ("undecided", with(undecided())),
        ("expired, at a gate", with(expired())),
        ("help", help),
        ("consent", consent),
    ]
}

#[test]
fn every_screen_in_both_languages() {
    for language in Language::ALL {
        let messages = Messages::new(language);
        let mut told = String::new();
        for (name, counter) in screens() {
            let buffer = drawn(&counter, (80, 24), &messages);
            told += &format!("=== {name}\n{}", text(&buffer));
        }
        told += &format!("=== too small\n{}", text(&drawn(&with(genuine()), (60, 12), &messages)));
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/golden/desk-{}.txt", messages.language_code()));
        if std::env::var_os("SOAT_BLESS").is_some() {
            std::fs::write(path, told).unwrap();
            continue;
        }
        let expected = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(expected == told, "{} differs; drawn:\n{told}", path.display());
    }
}

#[test]
fn the_verdict_is_in_its_colour_from_edge_to_edge() {
    let messages = Messages::new(Language::En);
    for (card, colour) in [(genuine(), Color::Green), (undecided(), Color::Yellow), (expired(), Color::Red)] {
        let buffer = drawn(&with(card), (80, 24), &messages);
        for (column, row) in [(1, 1), (78, 1), (40, 2), (1, 3), (78, 3)] {
            assert_eq!(buffer[(column, row)].bg, colour, "column {column}, row {row}");
        }
    }
}

/// `attacks.md` 38, and 34: nothing of a card before its verdict, and nothing of it after.
#[test]
fn nothing_personal_stands_where_no_verdict_released_it() {
    let personal = ["Nguyễn", "001199000001", "000001", "Phường Mẫu", "01/01/1999", "▀"];
    let messages = Messages::new(Language::Vi);
    let shown = text(&drawn(&with(genuine()), (80, 24), &messages));
    assert!(shown.contains("Nguyễn Thị Mẫu") && shown.contains("001199000001") && shown.contains('▀'), "{shown}");
    for (name, counter) in screens().into_iter().filter(|(name, _)| !name.starts_with("genuine") && *name != "consent") {
        let shown = text(&drawn(&counter, (80, 24), &messages));
        assert!(personal.iter().all(|word| !shown.contains(word)), "{name}:\n{shown}");
    }
    let small = text(&drawn(&with(genuine()), (79, 24), &messages));
    assert!(personal.iter().all(|word| !small.contains(word)) && small.contains("80"), "{small}");
    let mut next = with(genuine());
    next.update(Event::Key(crate::commands::desk::state::Key::Letter('n')), std::time::Duration::ZERO, &messages);
    let shown = text(&drawn(&next, (80, 24), &messages));
    assert!(personal.iter().all(|word| !shown.contains(word)), "{shown}");
}

/// A remedy of a counter's own is of an error that there is.
#[test]
fn remedies_of_the_counter_belong_to_errors() {
    let messages = Messages::new(Language::En);
    let source = include_str!("../../../locales/en/soat.ftl");
    let ids: Vec<&str> = source.lines().filter_map(|line| line.strip_prefix("desk-remedy-")?.split(" =").next()).collect();
    assert!(ids.len() > 5 && ids.iter().all(|id| messages.remedy(id, &[]).is_some()), "{ids:?}");
}

#[test]
fn every_offline_verdict_says_what_it_is_not() {
    for (language, words) in [(Language::En, "not the online confirmation"), (Language::Vi, "không phải là xác nhận trực")]
    {
        let messages = Messages::new(language);
        for card in [genuine(), undecided(), expired()] {
            assert!(text(&drawn(&with(card), (80, 24), &messages)).contains(words));
        }
    }
}

#[test]
fn everything_can_be_scrolled_to_and_a_large_window_shows_it_at_once() {
    let messages = Messages::new(Language::En);
    let mut counter = with(genuine());
    let last = "checks passed";
    assert!(text(&drawn(&counter, (80, 24), &messages)).contains("↓ more"));
    let mut seen = String::new();
    for scroll in 0..40 {
        let Screen::Verdict { scroll: at, .. } = &mut counter.screen else { panic!("a result") };
        *at = scroll;
        seen += &text(&drawn(&counter, (80, 24), &messages));
    }
    assert!(seen.contains(last) && seen.contains("Nguyễn Văn Cha"));
    let Screen::Verdict { scroll: at, .. } = &mut counter.screen else { panic!("a result") };
    *at = 0;
    let large = text(&drawn(&counter, (120, 60), &messages));
    assert!(large.contains(last) && large.contains("Nguyễn Văn Cha") && !large.contains("↓ more"), "{large}");
}

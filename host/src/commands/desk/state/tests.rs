//! Every turn of a counter, without a terminal, a reader or a clock.
#![allow(clippy::unwrap_used)]

use super::super::samples::{counter, genuine, messages, undecided};
use super::*;
use soat::chip::AccessKey;

const QR: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||";

/// A counter with its clock.
struct Trial {
    counter: Counter,
    now: Duration,
    messages: Messages,
}

impl Trial {
    fn new() -> Self {
        Self { counter: counter(&genuine(), None), now: Duration::from_secs(1), messages: messages() }
    }

    fn send(&mut self, event: Event) -> Vec<Effect> {
        self.counter.update(event, self.now, &self.messages)
    }

    fn press(&mut self, key: Key) -> Vec<Effect> {
        self.send(Event::Key(key))
    }

    fn type_text(&mut self, text: &str) -> Vec<Effect> {
        text.chars().flat_map(|letter| self.press(Key::Letter(letter))).collect()
    }

    fn after(&mut self, time: Duration) -> Vec<Effect> {
        self.now += time;
        self.send(Event::Tick)
    }

    /// Types a CAN and reads.
    fn reading(&mut self) -> u32 {
        self.type_text("000001");
        match self.press(Key::Enter).as_slice() {
            [Effect::Read { number, given }] => {
                assert!(matches!(&given.key, AccessKey::Can(can) if can.digits() == "000001"));
                *number
            }
            _ => panic!("nothing is read"),
        }
    }

    fn result(&mut self, card: Box<Card>) -> Vec<Effect> {
        let number = self.reading();
        self.send(Event::Read { number, result: Ok(card) })
    }

    fn failure(&mut self, id: &'static str) -> Vec<Effect> {
        let number = self.reading();
        self.send(Event::Read { number, result: Err(Error::card(id)) })
    }

    fn trouble(&self) -> Option<(&'static str, bool)> {
        match &self.counter.screen {
            Screen::Waiting { trouble, .. } => trouble.as_ref().map(|trouble| (trouble.error.id(), trouble.again)),
            _ => None,
        }
    }

    fn entry(&self) -> Option<&str> {
        match &self.counter.screen {
            Screen::Waiting { entry, .. } => Some(entry.text()),
            _ => None,
        }
    }

    fn is_verdict(&self) -> bool {
        matches!(self.counter.screen, Screen::Verdict { .. })
    }

    fn refusal(&self) -> Option<&'static str> {
        match &self.counter.notice {
            Some(Notice::Failed(error)) => Some(error.id()),
            _ => None,
        }
    }
}

#[test]
fn a_card_from_its_digits_to_its_light() {
    for (card, light) in [(genuine(), Light::Green), (undecided(), Light::Amber)] {
        let mut trial = Trial::new();
        assert!(matches!(trial.result(card).as_slice(), [Effect::Ring(rung)] if *rung == light));
        assert!(trial.is_verdict() && trial.counter.cards == 1);
        assert!(matches!(trial.press(Key::Letter('n')).as_slice(), [Effect::Wipe]));
        assert_eq!(trial.entry(), Some(""));
    }
}

#[test]
fn every_form_of_a_key_is_taken_and_what_it_is_compared_with() {
    let zone = "IDVNM1990000014001199000001<<59901018F3901016VNM<<<<<<<<<<<2NGUYEN<<THI<MAU<<<<<<<<<<<<<<<";
    for (text, has_print) in [("000001", false), ("001199000001", false), (QR, true), (zone, true)] {
        let mut trial = Trial::new();
        trial.type_text(text);
        let effects = trial.press(Key::Enter);
        assert!(matches!(effects.as_slice(), [Effect::Read { given, .. }] if given.printed.is_some() == has_print), "{text}");
        // Pasted, no Enter is needed.
        let mut trial = Trial::new();
        assert!(matches!(trial.send(Event::Pasted(Zeroizing::new(format!("{text}\r\n")))).as_slice(), [Effect::Read { .. }]));
    }
}

#[test]
fn what_is_no_key_is_named_and_asked_for_anew() {
    for (text, id) in [
        ("12345", "key-can-length"),
        ("12345x", "key-not-a-digit"),
        ("00119900000112", "key-can-length"),
        ("https://example.vn/thẻ", "qr-not-a-card"),
        ("001199000001|012345678|Nguyễn", "qr-torn"),
    ] {
        let mut trial = Trial::new();
        trial.type_text(text);
        assert!(matches!(trial.press(Key::Enter).as_slice(), [Effect::Ring(Light::Amber)]), "{text}");
        assert_eq!(trial.trouble(), Some((id, false)));
        assert_eq!(trial.entry(), Some(""), "what was wrong is not kept");
    }
}

#[test]
fn a_scanner_that_sends_no_enter_is_understood() {
    let mut trial = Trial::new();
    trial.type_text(QR);
    assert!(trial.after(Duration::from_millis(100)).is_empty());
    assert!(matches!(trial.after(Duration::from_millis(400)).as_slice(), [Effect::Read { .. }]));
    // Six digits may be the beginning of twelve.
    let mut trial = Trial::new();
    trial.type_text("000001");
    assert!(trial.after(Duration::from_secs(5)).is_empty());
}

/// A scanner does not look at the screen: its code holds the letters of every command.
#[test]
fn a_code_that_is_typed_over_a_result_is_the_next_card() {
    for overlay in [None, Some(Overlay::Help), Some(Overlay::Quit)] {
        let mut trial = Trial::new();
        trial.result(genuine());
        trial.counter.overlay = overlay;
        let effects = trial.type_text(QR);
        assert!(matches!(effects.as_slice(), [Effect::Wipe]), "the card before is wiped and nothing else is done");
        assert_eq!(trial.entry(), Some(QR));
        assert!(matches!(trial.press(Key::Enter).as_slice(), [Effect::Read { number: 2, .. }]));
    }
}

#[test]
fn a_refused_key_is_not_tried_again_and_a_lost_card_may_be() {
    let mut trial = Trial::new();
    assert!(matches!(trial.failure("card-access-denied").as_slice(), [Effect::Ring(Light::Amber)]));
    assert_eq!(trial.trouble(), Some(("card-access-denied", false)));
    assert!(trial.after(Duration::from_secs(30)).is_empty() && trial.press(Key::Enter).is_empty());

    let mut trial = Trial::new();
    trial.failure("card-removed");
    assert_eq!(trial.trouble(), Some(("card-removed", true)));
    assert!(trial.after(Duration::from_secs(30)).is_empty(), "never by itself");
    assert!(matches!(trial.press(Key::Enter).as_slice(), [Effect::Read { number: 2, .. }]));
    // Another key is another card.
    let mut trial = Trial::new();
    trial.failure("card-removed");
    trial.press(Key::Escape);
    assert!(trial.press(Key::Enter).is_empty());
}

#[test]
fn what_was_given_up_comes_to_nothing() {
    let mut trial = Trial::new();
    let number = trial.reading();
    assert!(matches!(trial.press(Key::Escape).as_slice(), [Effect::Abandon]));
    assert!(trial.send(Event::Read { number, result: Ok(genuine()) }).is_empty());
    assert_eq!((trial.entry(), trial.counter.cards), (Some(""), 0));
    // Nor does its progress show in the read after it.
    let next = trial.reading();
    trial.send(Event::Step { number, line: "old".into(), percent: Some(1) });
    trial.send(Event::Step { number: next, line: "new".into(), percent: Some(2) });
    assert!(matches!(&trial.counter.screen, Screen::Reading { line, percent: Some(2), .. } if line == "new"));
}

#[test]
fn nobody_at_the_counter_wipes_what_is_there() {
    let mut trial = Trial::new();
    trial.result(genuine());
    assert!(trial.after(Duration::from_secs(119)).is_empty() && trial.is_verdict());
    trial.press(Key::Down);
    assert!(trial.after(Duration::from_secs(119)).is_empty() && trial.is_verdict(), "a key shows that somebody is there");
    assert!(matches!(trial.after(Duration::from_secs(1)).as_slice(), [Effect::Wipe]));
    assert_eq!(trial.entry(), Some(""));
    assert!(matches!(&trial.counter.notice, Some(Notice::Done(_))));
    trial.type_text("00000");
    trial.after(Duration::from_secs(121));
    assert_eq!(trial.entry(), Some(""), "half a key goes too");
    let number = trial.reading();
    trial.after(Duration::from_secs(119));
    trial.send(Event::Step { number, line: "DG2".into(), percent: Some(1) });
    assert!(trial.after(Duration::from_secs(119)).is_empty(), "what is read is not idle");
    assert!(matches!(trial.after(Duration::from_secs(1)).as_slice(), [Effect::Abandon]));
}

#[test]
fn saving_and_printing_are_of_the_card_on_the_screen() {
    let mut trial = Trial::new();
    trial.type_text("s");
    assert_eq!(trial.entry(), Some("s"), "without a result these are letters");
    trial.press(Key::Escape);
    trial.result(genuine());
    assert!(matches!(trial.press(Key::Letter('S')).as_slice(), [Effect::Save { consent: None }]));
    trial.send(Event::Kept { saved: true, result: Ok("there".into()) });
    assert!(trial.press(Key::Letter('s')).is_empty());
    assert_eq!(trial.refusal(), Some("desk-saved-already"));
    assert!(matches!(trial.press(Key::Letter('p')).as_slice(), [Effect::Print]));
    trial.send(Event::Kept { saved: false, result: Err(Error::usage("desk-no-printing")) });
    assert_eq!(trial.refusal(), Some("desk-no-printing"));
}

#[test]
fn evidence_asks_for_the_consent_of_each_holder() {
    let mut trial = Trial::new();
    trial.counter.settings.asks_consent = true;
    trial.result(genuine());
    assert!(trial.press(Key::Letter('s')).is_empty());
    trial.type_text("HS-2026/15 n q");
    let effects = trial.press(Key::Enter);
    assert!(matches!(effects.as_slice(), [Effect::Save { consent: Some(text) }] if text.as_str() == "HS-2026/15 n q"));
    // A code scanned into that line names the holder, and would be signed for good.
    trial.press(Key::Letter('s'));
    trial.send(Event::Pasted(Zeroizing::new(QR.into())));
    assert!(trial.is_verdict() && trial.press(Key::Enter).is_empty());
    assert_eq!(trial.refusal(), Some("desk-consent-is-code"));
    trial.press(Key::Letter('s'));
    assert!(trial.press(Key::Escape).is_empty() && trial.counter.overlay.is_none() && trial.is_verdict());
}

#[test]
fn a_gate_saves_and_prints_nothing() {
    let mut trial = Trial::new();
    trial.counter.settings.disclosure = Disclosure::Decision;
    trial.result(genuine());
    for key in ['s', 'p'] {
        assert!(trial.press(Key::Letter(key)).is_empty());
        assert_eq!(trial.refusal(), Some("disclosure-decision"));
    }
}

#[test]
fn leaving_is_asked_for_once() {
    let mut trial = Trial::new();
    assert!(trial.press(Key::Stop).is_empty());
    assert!(trial.press(Key::Escape).is_empty() && trial.counter.overlay.is_none());
    trial.press(Key::Stop);
    assert!(matches!(trial.press(Key::Enter).as_slice(), [Effect::Quit]));
    trial.result(genuine());
    trial.press(Key::Letter('q'));
    assert!(matches!(trial.press(Key::Letter('q')).as_slice(), [Effect::Quit]));
}

#[test]
fn a_counter_told_to_be_silent_is() {
    let mut trial = Trial::new();
    trial.counter.settings.silent = true;
    assert!(trial.result(genuine()).is_empty());
}

#[test]
fn a_virtual_card_brings_its_key_and_a_scanner_is_heard_where_it_may_be() {
    let mut trial = Trial::new();
    trial.counter.settings.own_key = Some(Given::from(AccessKey::from_can("000001").unwrap()));
    assert!(matches!(trial.press(Key::Enter).as_slice(), [Effect::Read { number: 1, .. }]));
    assert!(!trial.counter.wants_code());
    trial.send(Event::Read { number: 1, result: Ok(genuine()) });
    assert!(trial.counter.wants_code());
    let scan = || Scan { source: "x".into(), contents: vec![Zeroizing::new(QR.into())] };
    assert!(matches!(trial.send(Event::Scanned(scan())).as_slice(), [Effect::Wipe, Effect::Read { number: 2, .. }]));
    // A camera would see the same card again.
    trial.counter.settings.camera = true;
    trial.send(Event::Read { number: 2, result: Ok(genuine()) });
    assert!(!trial.counter.wants_code() && trial.send(Event::Scanned(scan())).is_empty() && trial.is_verdict());
}

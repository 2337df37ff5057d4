//! What the control panel asks of the gate.

use soat::gate::journal::{Event as Entry, Kind};
use soat_firmware::gate::Gate;
use soat_firmware::osdp::{Closed, Event, OutputCommand};
use soat_firmware::port::Recorded;
use soat_firmware::service::{Event as Attended, deliver};

use crate::desk::Caretaker;
use crate::serve::{Link, say};
use crate::{ThisBoard, bus, panel, time};

/// How long a panel has to ask what became of its file.
const TELLING_MS: u64 = 3000;

/// Does what the control panel asks for. Lamps and buzzer show the gate's own signals: a panel that lights green would lie.
pub fn obey(gate: &mut Gate<ThisBoard>, event: Event, now: u64, panel_opened: &mut bool, console: &mut Link) {
    match event {
        // Nor does a panel let anybody in of whom nobody would know.
        Event::Output(command) if opens(command) && gate.record(&Entry::of(Kind::PanelOpened)) == Recorded::Barred => {}
        Event::Output(OutputCommand::Set(true) | OutputCommand::SetAfterTimer(true)) => {
            *panel_opened = true;
            gate.drive_lock(Some(u64::MAX));
        }
        Event::Output(OutputCommand::For { on: true, tenths }) => {
            gate.drive_lock(Some(now.saturating_add(u64::from(tenths) * 100)));
        }
        Event::Output(OutputCommand::Set(false) | OutputCommand::SetAfterTimer(false) | OutputCommand::For { on: false, .. }) => {
            *panel_opened = false;
            gate.drive_lock(None);
        }
        Event::SessionOpened { insecure } => {
            gate.record(&Entry::of(if insecure { Kind::Insecure } else { Kind::PanelSession }));
            say(console, format_args!("panel session, insecure: {insecure}"));
        }
        Event::SessionClosed(why) => {
            gate.record(&Entry::because(Kind::PanelClosed, closed(why)));
            say(console, format_args!("panel session closed: {why:?}"));
        }
        Event::PanelRefused => {
            gate.record(&Entry::of(Kind::PanelRefused));
            say(console, format_args!("panel refused: it does not know the key"));
        }
        Event::KeySet { insecure } => {
            if insecure {
                gate.record(&Entry::because(Kind::Insecure, "panel.key_set"));
            }
            let kept = panel::key().map(|key| gate.journal().vault.set_panel_key(&key));
            say(console, format_args!("panel key set: {}", if matches!(kept, Some(Ok(()))) { "kept" } else { "not kept" }));
        }
        Event::ComSet(line) => {
            bus::set_speed(line.baud);
            let kept = gate.journal().vault.set_panel_line(line.address, line.baud).is_ok();
            say(console, format_args!("panel line set: {}", if kept { "kept" } else { "not kept" }));
        }
        Event::CardKey => {
            if let Some(key) = panel::card_key() {
                gate.take_key(key, now);
                say(console, format_args!("panel card key"));
            }
        }
        _ => {}
    }
}

/// Writes down how many notices of the bus found no room: whoever makes noise there hides nothing by it.
pub fn note_lost(gate: &mut Gate<ThisBoard>, known: &mut u32) {
    let lost = panel::lost();
    let count = lost.saturating_sub(core::mem::replace(known, lost));
    if count > 0 {
        gate.record(&Entry { count, ..Entry::because(Kind::PanelRefused, "panel.notices_lost") });
    }
}

/// Keeps what a panel sends of a file. A pack or an image that is taken over holds from the next start on, and until then nobody is let in
/// by the one before: what was its place may be written to. The start waits for the panel to know.
pub fn keep_file(caretaker: &mut Caretaker<'_>, console: &mut Link) -> Option<Attended> {
    let part = panel::part()?;
    let kept = deliver(&part, caretaker);
    panel::kept(kept.is_ok());
    match kept {
        Ok(event) => {
            if event.is_some() {
                caretaker.shut();
                let until = time::milliseconds().saturating_add(TELLING_MS);
                while !panel::was_told() && time::milliseconds() < until {
                    caretaker.rest();
                }
            }
            event
        }
        Err(refusal) => {
            say(console, format_args!("panel file refused: {refusal}"));
            None
        }
    }
}

/// Whether a command gives the lock power.
pub fn opens(command: OutputCommand) -> bool {
    use OutputCommand::{For, Set, SetAfterTimer};
    matches!(command, Set(true) | SetAfterTimer(true) | For { on: true, .. })
}

fn closed(why: Closed) -> &'static str {
    match why {
        Closed::Restarted => "panel.restarted",
        Closed::Unauthentic => "panel.unauthentic",
        Closed::Silence => "panel.silence",
        Closed::KeyChanged => "panel.key_changed",
        Closed::JumperOpened => "panel.jumper_opened",
        _ => "panel.other",
    }
}

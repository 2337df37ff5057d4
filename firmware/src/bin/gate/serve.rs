//! From a board that is set up to a gate that serves, for as long as it has power.

use alloc::string::String;
use core::fmt::Write;

use soat::gate::journal::{Event as Entry, Kind};
use soat::gate::link::message::PackStatus;
use soat_firmware::gate::decision::Decision;
use soat_firmware::gate::{Gate, Notice};
use soat_firmware::keeping::packs::{Packs, TakeError};
use soat_firmware::osdp::{Event, Status};
use soat_firmware::port::{Board, ByteLink, Clock, Ports};
use soat_firmware::service::{Event as Attended, Keeper as _, Service};
use soat_firmware::update::incoming::Last;
use soat_firmware::wiegand::Format;

use crate::desk::{Caretaker, Identity, Place};
use crate::entropy::Entropy;
use crate::images::Images;
use crate::machine::{self, Slots, Storage};
use crate::serial::{Console, Scanner};
use crate::start::{Told, Unfit};
use crate::time::BoardClock;
use crate::{BoardWires, CaseContact, Jumper, ThisBoard, bus, images, orders, panel, start, time};

/// An image on trial that does not pass its test tries again after so long.
const TRIAL_AGAIN_MS: u64 = 5000;

/// What a panel asked for longer ago than this is not done any more.
const STALE_MS: u64 = 1000;

/// The serial link, with the lines of the console between its frames.
pub type Link = Service<Console>;

/// A board that is set up, its outputs off.
pub struct Hardware<P> {
    pub reader: <ThisBoard as Board>::Reader,
    pub scanner: Scanner,
    pub lock: <ThisBoard as Board>::Lock,
    pub lamps: <ThisBoard as Board>::Lamps,
    pub clock: BoardClock,
    pub entropy: Entropy,
    pub console: Console,
    /// Lets keys in while it is set.
    pub jumper: Jumper,
    /// High while the case is open.
    pub case: CaseContact,
    pub storage: Storage,
    /// Listens on the control panel's bus, with 128 random bits.
    pub start_panel: P,
    pub wires: BoardWires,
}

/// Makes a gate of it.
pub fn run(hardware: Hardware<impl FnOnce(panel::Bus, [u8; 16])>) -> ! {
    let Hardware { reader, scanner, lock, lamps, clock, mut entropy, console, jumper, case, storage, start_panel, wires } =
        hardware;
    let mut seed = [0; 16];
    rand_core::Rng::fill_bytes(&mut entropy, &mut seed);
    let now = clock.time();
    let machine::Given { provisioning, pack } = machine::given();
    let Some(mut identity) = Identity::new(jumper, Images::new(storage.incoming), &mut entropy) else { machine::restart() };
    let mut service = Service::new(console);
    let kept = start::keep(storage.chip, storage.slots, &provisioning, now, &mut entropy);
    // Its keys stand in the vault now, or nowhere.
    drop(provisioning);
    let (mut keep, mut packs) = match kept {
        Ok(kept) => kept,
        Err(unfit) => refuse(&unfit, &mut service, &mut identity, Place::Bare(&mut entropy, &clock), scanner),
    };
    identity.learn(&mut keep);
    let refused = |error: &TakeError| say(&mut service, format_args!("pack refused: {error}"));
    let Told { header, settings, rule, trust, bus, wiegand, enrolled } =
        match start::told(&mut keep, &mut packs, pack, now, refused) {
            Ok(told) => told,
            Err(unfit) => {
                let place = Place::Keys(&mut keep, &mut packs, &mut entropy, &clock);
                refuse(&unfit, &mut service, &mut identity, place, scanner)
            }
        };
    let (version, made_at, ends_at) = (header.version, header.made_at.0, header.ends_at.0);
    identity.pack = Some(PackStatus { version, made_at, ends_at });
    if let Err(error) = keep.journal() {
        say(&mut service, format_args!("journal: {error}"));
    }
    if let Some(bus) = bus {
        start_panel(bus, seed);
    }
    let ports = Ports { reader, scanner, lock, lamps, clock, entropy, journal: keep };
    let mut gate = Gate::new(ports, settings, rule, trust);
    gate.enrol(&enrolled);
    serve(gate, &case, &mut packs, &mut identity, &mut service, wiegand.map(|format| (format, wires)))
}

/// The wires of Wiegand, and the form of what goes there; none where they are to be silent.
type Wiegand = Option<(Format, BoardWires)>;

fn serve(
    mut gate: Gate<ThisBoard>,
    case: &CaseContact,
    packs: &mut Packs<Slots>,
    identity: &mut Identity,
    console: &mut Link,
    mut wiegand: Wiegand,
) -> ! {
    say(console, format_args!("ready"));
    let mut panel_opened = false;
    let (mut next_trial, mut lost) = (0, 0);
    loop {
        let now = gate.clock().milliseconds();
        while let Some(event) = panel::event() {
            orders::obey(&mut gate, event, now, &mut panel_opened, console);
        }
        let mut caretaker = Caretaker { identity: &mut *identity, place: Place::Gate(&mut gate, packs) };
        let has_jumper = caretaker.has_jumper();
        let attended = orders::keep_file(&mut caretaker, console).or_else(|| console.poll(now, &mut caretaker));
        if let Some(event) = attended {
            attend(event, console);
        }
        let is_open = case.is_high();
        if core::mem::replace(&mut identity.is_open, is_open) != is_open {
            gate.record(&Entry::of(if is_open { Kind::CaseOpened } else { Kind::CaseShut }));
            say(console, format_args!("case {}", if is_open { "open" } else { "shut" }));
        }
        let status = Status { tamper: is_open, ..gate.status() };
        // What a panel opened for as long as it likes is shut with its session: nobody would shut it otherwise.
        if !panel::report(status, has_jumper, now) && core::mem::take(&mut panel_opened) {
            gate.drive_lock(None);
        }
        if identity.images.on_trial && now > images::TRIAL_MS {
            machine::restart();
        }
        // With a reader that answers everything was seen to work that a self-test sees.
        if identity.images.is_due && gate.has_reader() && now >= next_trial {
            next_trial = now.saturating_add(TRIAL_AGAIN_MS);
            let mut caretaker = Caretaker { identity: &mut *identity, place: Place::Gate(&mut gate, packs) };
            tell(caretaker.confirm(), console);
        }
        gate.keep_codes(has_jumper);
        if let Some(code) = gate.take_code() {
            let mut caretaker = Caretaker { identity: &mut *identity, place: Place::Gate(&mut gate, packs) };
            if let Some(event) = console.take_code(&code, &mut caretaker) {
                attend(event, console);
            }
        }
        let notice = gate.poll(now);
        let after = gate.clock().milliseconds();
        if matches!(notice, Some(Notice::Decided(_))) {
            // As a code that is scanned meanwhile, a key that came meanwhile was meant for this card.
            drop(panel::card_key());
        }
        // That the lock is to open, and was asked for while a card was read, comes too late; all else does not.
        while let Some(event) = if after.saturating_sub(now) > STALE_MS { panel::event() } else { None } {
            if !matches!(event, Event::Output(command) if orders::opens(command)) {
                orders::obey(&mut gate, event, after, &mut panel_opened, console);
            }
        }
        orders::note_lost(&mut gate, &mut lost);
        match notice {
            Some(Notice::Reading) => say(console, format_args!("reading")),
            Some(Notice::Decided(Decision::Admitted { credential, .. })) => {
                let form = wiegand.as_ref().map(|(format, _)| *format);
                let bits = credential
                    .and_then(|credential| form.map_or_else(|| Format::that_holds(credential), |form| form.encode(credential)));
                if let Some(bits) = bits {
                    panel::present(bits, after);
                    if let Some((_, wires)) = &mut wiegand {
                        bus::undisturbed(|| wires.send(bits));
                    }
                }
                say(console, format_args!("decided admitted"));
            }
            Some(Notice::Decided(Decision::Refused(refusal))) => {
                say(console, format_args!("decided refused {}", refusal.code()));
            }
            Some(Notice::ReaderFault(fault)) => say(console, format_args!("reader fault: {fault}")),
            Some(Notice::ReaderReady) => say(console, format_args!("reader ready")),
            Some(Notice::CodeRefused) => say(console, format_args!("code refused")),
            Some(Notice::CodeExpired) => say(console, format_args!("code expired")),
            Some(Notice::Door(event)) => say(console, format_args!("door {event:?}")),
            None => gate.clock().rest(),
        }
    }
}

/// Without keys and a pack nothing opens; the console says why.
fn refuse(unfit: &Unfit, console: &mut Link, identity: &mut Identity, place: Place<'_>, scanner: Scanner) -> ! {
    match unfit {
        Unfit::NotProvisioned => say(console, format_args!("no keys: this gate was not provisioned")),
        Unfit::Vault(error) => say(console, format_args!("no keys: {error}")),
        Unfit::Pack(error) => say(console, format_args!("no pack: {error}")),
    }
    let mut caretaker = Caretaker { identity, place };
    let mut scanner = soat_firmware::scanner::Scanner::new(scanner);
    let mut next_trial = 0;
    loop {
        let now = time::milliseconds();
        if caretaker.identity.images.on_trial && now > images::TRIAL_MS {
            machine::restart();
        }
        if caretaker.identity.images.is_due && now >= next_trial {
            next_trial = now.saturating_add(TRIAL_AGAIN_MS);
            tell(caretaker.confirm(), console);
        }
        let event = console.poll(now, &mut caretaker);
        let code = scanner.poll(now).filter(|_| caretaker.has_jumper());
        let event = event.or_else(|| console.take_code(&code?.into_text(), &mut caretaker));
        match event {
            Some(event) => attend(event, console),
            None => caretaker.rest(),
        }
    }
}

/// What became of the image that came last.
fn tell(last: Option<Last>, console: &mut Link) {
    match last {
        Some(Last::Stays(version)) => say(console, format_args!("image {version} confirmed")),
        Some(Last::TakenBack(version)) => say(console, format_args!("image {version} taken back")),
        Some(Last::Nothing) | None => {}
    }
}

/// What a desk did at the link. Other keys, another pack and another image hold from the next start on, which is now.
fn attend(event: Attended, console: &mut Link) {
    match event {
        Attended::Ended(error) => say(console, format_args!("desk session ended: {error}")),
        Attended::DeskEnded => say(console, format_args!("desk has gone")),
        Attended::ProvisioningRefused(refusal) => say(console, format_args!("keys refused: {refusal}")),
        Attended::Provisioned | Attended::PackTaken | Attended::ImageTaken | Attended::Restart => {
            // The last bytes of the answer are on the wire yet.
            time::pause();
            machine::restart()
        }
        Attended::Opened | Attended::DeskBegan | Attended::TimeSet => {}
    }
}

/// One line; neither names nor numbers nor pseudonyms go there.
pub fn say(console: &mut Link, what: core::fmt::Arguments<'_>) {
    let mut line = String::new();
    if let Some(wire) = console.console()
        && writeln!(line, "{what}").is_ok()
    {
        wire.send(line.as_bytes());
    }
}

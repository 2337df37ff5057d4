//! The gate on an STM32F405 (docs/gate-board.md): PN532 at USART1, scanner at USART2, the control panel's bus at
//! USART3, a console of what happens at UART4.
//!
//! With feature `qemu` the same image runs in QEMU's netduinoplus2. The two differ in [`machine`] alone: clocks, entropy and storage.
#![no_std]
#![no_main]

extern crate alloc;

mod desk;
mod entropy;
mod images;
#[cfg_attr(feature = "qemu", path = "machine_qemu.rs")]
mod machine;
mod memory;
mod orders;
mod panel;
#[cfg(not(feature = "qemu"))]
mod rtc;
mod serial;
mod start;
mod time;

use alloc::string::String;
use core::fmt::Write;
use core::panic::PanicInfo;

use soat::gate::link::message::PackStatus;
use soat_firmware::gate::decision::Decision;
use soat_firmware::gate::{Gate, Notice};
use soat_firmware::keeping::packs::{Packs, TakeError};
use soat_firmware::osdp::Event;
use soat_firmware::pins::{MonitoredRelay, Panel};
use soat_firmware::port::{Board, ByteLink, Clock, Ports};
use soat_firmware::service::{Event as Attended, Keeper as _, Service};
use soat_firmware::update::incoming::Last;
use soat_firmware::wiegand::Format;
use soat_firmware::wiegand::wires::Wires;
use stm32f4xx_hal::gpio::{Input, Output, Pin, PinState};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;

use desk::{Caretaker, Identity, Place};
use entropy::Entropy;
use images::Images;
use machine::Slots;
use serial::{Console, Reader, Scanner};
use start::{Keep, Told, Unfit};
use time::{BoardClock, Cycles};

/// An image on trial that does not pass its test tries again after so long.
const TRIAL_AGAIN_MS: u64 = 5000;

/// What a panel asked for longer ago than this is not done any more.
const STALE_MS: u64 = 1000;

/// The serial link, with the lines of the console between its frames.
type Link = Service<Console>;

/// The types of this board.
struct Stm32;

impl Board for Stm32 {
    type Reader = Reader;
    type Scanner = Scanner;
    type Lock = MonitoredRelay<Pin<'A', 5, Output>, Pin<'C', 4, Input>, Pin<'C', 5, Input>>;
    type Lamps = Panel<Pin<'C', 0, Output>, Pin<'C', 1, Output>, Pin<'C', 2, Output>, Pin<'C', 3, Output>>;
    type Clock = BoardClock;
    type Entropy = Entropy;
    type Journal = Keep;
}

#[cortex_m_rt::entry]
fn main() -> ! {
    memory::begin();
    let (Some(device), Some(core)) = (pac::Peripherals::take(), cortex_m::Peripherals::take()) else { halt() };
    run(device, core)
}

fn run(device: pac::Peripherals, mut core: cortex_m::Peripherals) -> ! {
    // Fail-secure: outputs are off before the clocks start.
    let mut rcc = device.RCC.constrain();
    let a = device.GPIOA.split(&mut rcc);
    let b = device.GPIOB.split(&mut rcc);
    let c = device.GPIOC.split(&mut rcc);
    let mut lock = MonitoredRelay {
        relay: a.pa5.into_push_pull_output(),
        contact: c.pc4.into_pull_up_input(),
        exit: c.pc5.into_pull_down_input(),
    };
    lock.relay.set_low();
    let lamps = Panel {
        red: c.pc0.into_push_pull_output(),
        green: c.pc1.into_push_pull_output(),
        blue: c.pc2.into_push_pull_output(),
        buzzer: c.pc3.into_push_pull_output(),
    };
    let reset = b.pb0.into_push_pull_output();
    // At rest both wires are high, whatever becomes of them.
    let zero = c.pc8.into_push_pull_output_in_state(PinState::High);
    let one = c.pc9.into_push_pull_output_in_state(PinState::High);

    let mut rcc = machine::start_clocks(rcc);
    time::start(&mut core.SYST);
    let reader = serial::reader(device.USART1, (a.pa9, a.pa10), reset, &mut rcc);
    let scanner = serial::scanner(device.USART2, (a.pa2, a.pa3), &mut rcc);
    let console = serial::console(device.UART4, (a.pa0, a.pa1), &mut rcc);
    let mut machine = machine::Machine::new(device.RNG, device.RTC, device.PWR, device.IWDG, &mut rcc);
    let mut entropy = Entropy(machine.entropy());
    let clock = BoardClock::new(machine);
    let mut seed = [0; 16];
    rand_core::Rng::fill_bytes(&mut entropy, &mut seed);

    let now = clock.time();
    let machine::Given { provisioning, pack } = machine::given();
    let chip_pins = (b.pb1, b.pb13, b.pb14, b.pb15);
    let Some(storage) = machine::storage(device.FLASH, device.SPI2, chip_pins, &mut rcc) else { halt() };
    let Some(mut identity) = Identity::new(c.pc6.into_pull_down_input(), Images::new(storage.incoming), &mut entropy) else {
        halt()
    };
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
        panel::start(device.USART3, (b.pb10, b.pb11), b.pb12.into_push_pull_output(), bus, seed, &mut core.NVIC, &mut rcc);
    }
    let ports = Ports { reader, scanner, lock, lamps, clock, entropy, journal: keep };
    let wires = Wires::new(zero, one, Cycles);
    let mut gate = Gate::new(ports, settings, rule, trust);
    gate.enrol(&enrolled);
    serve(gate, &mut packs, &mut identity, &mut service, wiegand.map(|format| (format, wires)))
}

/// DATA0 and DATA1, and the form of what goes there; none where the wires are to be silent.
type Wiegand = Option<(Format, Wires<Pin<'C', 8, Output>, Pin<'C', 9, Output>, Cycles>)>;

fn serve(
    mut gate: Gate<Stm32>,
    packs: &mut Packs<Slots>,
    identity: &mut Identity,
    console: &mut Link,
    mut wiegand: Wiegand,
) -> ! {
    say(console, format_args!("ready"));
    let mut panel_opened = false;
    let mut next_trial = 0;
    let mut taken = None;
    loop {
        let now = gate.clock().milliseconds();
        while let Some(event) = panel::event() {
            orders::obey(&mut gate, event, now, &mut panel_opened, console);
        }
        let mut caretaker = Caretaker { identity: &mut *identity, place: Place::Gate(&mut gate, packs) };
        let has_jumper = caretaker.has_jumper();
        let attended = orders::keep_file(&mut caretaker, now, &mut taken, console).or_else(|| console.poll(now, &mut caretaker));
        if let Some(event) = attended {
            attend(event, console);
        }
        // What a panel opened for as long as it likes is shut with its session: nobody would shut it otherwise.
        if !panel::report(gate.status(), has_jumper, now) && core::mem::take(&mut panel_opened) {
            gate.drive_lock(None);
        }
        if identity.images.on_trial && now > images::TRIAL_MS {
            halt();
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
        let is_late = gate.clock().milliseconds().saturating_sub(now) > STALE_MS;
        // What the panel asked for while a card was read comes too late for the lock, and not for the rest.
        while let Some(event) = if is_late { panel::event() } else { None } {
            if !matches!(event, Event::Output(_)) {
                orders::obey(&mut gate, event, now, &mut panel_opened, console);
            }
        }
        match notice {
            Some(Notice::Reading) => say(console, format_args!("reading")),
            Some(Notice::Decided(Decision::Admitted { credential, .. })) => {
                let form = wiegand.as_ref().map(|(format, _)| *format);
                let bits = credential
                    .and_then(|credential| form.map_or_else(|| Format::that_holds(credential), |form| form.encode(credential)));
                if let Some(bits) = bits {
                    panel::present(bits, now);
                    if let Some((_, wires)) = &mut wiegand {
                        panel::undisturbed(|| wires.send(bits));
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
            halt();
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
            cortex_m::asm::delay(machine::CORE_HZ / 100);
            halt()
        }
        Attended::Opened | Attended::DeskBegan | Attended::TimeSet => {}
    }
}

/// One line; neither names nor numbers nor pseudonyms go there.
fn say(console: &mut Link, what: core::fmt::Arguments<'_>) {
    let mut line = String::new();
    if let Some(wire) = console.console()
        && writeln!(line, "{what}").is_ok()
    {
        wire.send(line.as_bytes());
    }
}

fn halt() -> ! {
    cortex_m::peripheral::SCB::sys_reset()
}

/// Nobody is let in by a fault: the reset takes the lock's power before anything else runs.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    halt()
}

//! The gate on an STM32F405 (docs/gate-board.md): PN532 at USART1, scanner at USART2, the control panel's bus at
//! USART3, a console of what happens at UART4.
//!
//! With feature `qemu` the same image runs in QEMU's netduinoplus2. The two differ in [`machine`] alone: clocks, entropy and storage.
#![no_std]
#![no_main]

extern crate alloc;

mod entropy;
#[cfg_attr(feature = "qemu", path = "machine_qemu.rs")]
mod machine;
mod panel;
mod serial;
mod time;

use alloc::string::String;
use core::fmt::Write;
use core::panic::PanicInfo;
use core::ptr::addr_of_mut;

use embedded_alloc::LlffHeap;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::pack::{GatePack, PackError, Settings};
use soat::gate::provisioning::Provisioning;
use soat::pki::TrustStore;
use soat_firmware::gate::decision::{Decision, Rule};
use soat_firmware::gate::{Gate, Notice};
use soat_firmware::osdp::{Event, OutputCommand, Scbk};
use soat_firmware::pins::{MonitoredRelay, Panel};
use soat_firmware::port::{Board, ByteLink, Clock, Ports};
use soat_firmware::wiegand::Format;
use stm32f4xx_hal::gpio::{Input, Output, Pin};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;

use entropy::Entropy;
use serial::{Console, Reader, Scanner};
use time::BoardClock;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// EF.SOD of 16 KiB and what is made of it, twice, and the anchors.
const HEAP_BYTES: usize = 72 * 1024;

/// What a panel asked for longer ago than this is not done any more.
const STALE_MS: u64 = 1000;

/// The types of this board.
struct Stm32;

impl Board for Stm32 {
    type Reader = Reader;
    type Scanner = Scanner;
    type Lock = MonitoredRelay<Pin<'A', 5, Output>, Pin<'C', 4, Input>, Pin<'C', 5, Input>>;
    type Lamps = Panel<Pin<'C', 0, Output>, Pin<'C', 1, Output>, Pin<'C', 2, Output>, Pin<'C', 3, Output>>;
    type Clock = BoardClock;
    type Entropy = Entropy;
}

#[cortex_m_rt::entry]
fn main() -> ! {
    static mut MEMORY: [u8; HEAP_BYTES] = [0; HEAP_BYTES];
    // SAFETY: `main` runs once, and nothing else names MEMORY.
    unsafe { HEAP.init(addr_of_mut!(*MEMORY) as usize, HEAP_BYTES) }
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

    let mut rcc = machine::start_clocks(rcc);
    time::start(&mut core.SYST);
    let reader = serial::reader(device.USART1, (a.pa9, a.pa10), reset, &mut rcc);
    let scanner = serial::scanner(device.USART2, (a.pa2, a.pa3), &mut rcc);
    let mut console = serial::console(device.UART4, (a.pa0, a.pa1), &mut rcc);
    let mut machine = machine::Machine::new(device.RNG, device.RTC, device.PWR, device.IWDG, &mut rcc);
    let mut entropy = Entropy(machine.entropy());
    let clock = BoardClock::new(machine);
    let mut seed = [0; 16];
    rand_core::Rng::fill_bytes(&mut entropy, &mut seed);

    let ports = Ports { reader, scanner, lock, lamps, clock, entropy };
    match told() {
        Ok(Told { settings, rule, trust, bus }) => {
            panel::start(device.USART3, (b.pb10, b.pb11), b.pb12.into_push_pull_output(), bus, seed, &mut core.NVIC, &mut rcc);
            serve(Gate::new(ports, settings, rule, trust), &mut console)
        }
        Err(unfit) => refuse(unfit, &ports.clock, &mut console),
    }
}

/// What this gate was told, by its provisioning and its pack.
struct Told {
    settings: Settings,
    rule: Rule,
    trust: TrustStore,
    bus: panel::Bus,
}

/// Why it opens for nobody.
enum Unfit {
    NotProvisioned,
    Pack(PackError),
}

impl From<PackError> for Unfit {
    fn from(error: PackError) -> Self {
        Self::Pack(error)
    }
}

/// The pack that lies in storage, under the key that this gate was given.
fn told() -> Result<Told, Unfit> {
    let stored = machine::stored();
    let provisioning = Provisioning::parse(stored.provisioning, &RustCrypto).ok_or(Unfit::NotProvisioned)?;
    let pack = GatePack::verify(stored.pack, &provisioning.operator, &RustCrypto)?;
    if let Some(held) = provisioning.least_version.checked_sub(1) {
        pack.may_follow(Some(held), pack.header().made_at)?;
    }
    let (header, content, trust) = pack.into_parts();
    let rule = Rule {
        list: content.list,
        key: provisioning.site_key,
        purpose: content.site,
        zone_minutes: content.zone_minutes,
        from: header.made_at,
        until: header.ends_at,
    };
    let bus = panel::Bus { address: provisioning.osdp_address, key: Scbk::new(&provisioning.scbk).ok() };
    Ok(Told { settings: content.settings, rule, trust, bus })
}

fn serve(mut gate: Gate<Stm32>, console: &mut Console) -> ! {
    say(console, format_args!("ready"));
    let mut panel_opened = false;
    loop {
        let now = gate.clock().milliseconds();
        while let Some(event) = panel::event() {
            obey(&mut gate, event, now, &mut panel_opened, console);
        }
        // What a panel opened for as long as it likes is shut with its session: nobody would shut it otherwise.
        if !panel::report(gate.status(), now) && core::mem::take(&mut panel_opened) {
            gate.drive_lock(None);
        }
        let notice = gate.poll(now);
        let is_late = gate.clock().milliseconds().saturating_sub(now) > STALE_MS;
        // What the panel asked for while a card was read comes too late for the lock, and not for the rest.
        while let Some(event) = if is_late { panel::event() } else { None } {
            if !matches!(event, Event::Output(_)) {
                obey(&mut gate, event, now, &mut panel_opened, console);
            }
        }
        match notice {
            Some(Notice::Reading) => say(console, format_args!("reading")),
            Some(Notice::Decided(Decision::Admitted { credential, .. })) => {
                if let Some(bits) = credential.and_then(Format::that_holds) {
                    panel::present(bits, now);
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

/// Does what the control panel asks for. Lamps and buzzer show the gate's own signals: a panel that lights green would lie.
fn obey(gate: &mut Gate<Stm32>, event: Event, now: u64, panel_opened: &mut bool, console: &mut Console) {
    match event {
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
        Event::SessionOpened { insecure } => say(console, format_args!("panel session, insecure: {insecure}")),
        Event::SessionClosed(why) => say(console, format_args!("panel session closed: {why:?}")),
        Event::PanelRefused => say(console, format_args!("panel refused: it does not know the key")),
        _ => {}
    }
}

/// Without keys and a pack nothing opens; the console says why.
fn refuse(unfit: Unfit, clock: &BoardClock, console: &mut Console) -> ! {
    match unfit {
        Unfit::NotProvisioned => say(console, format_args!("no keys: this gate was not provisioned")),
        Unfit::Pack(error) => say(console, format_args!("no pack: {error}")),
    }
    loop {
        clock.rest();
    }
}

/// One line; neither names nor numbers nor pseudonyms go there.
fn say(console: &mut Console, what: core::fmt::Arguments<'_>) {
    let mut line = String::new();
    if writeln!(line, "{what}").is_ok() {
        console.send(line.as_bytes());
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

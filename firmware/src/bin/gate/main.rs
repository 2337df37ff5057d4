//! The gate on an STM32F405 (docs/gate-board.md): PN532 at USART1, scanner at USART2, the control panel's bus at
//! USART3, a console of what happens at UART4.
//!
//! With feature `qemu` the same image runs in QEMU's netduinoplus2. The two differ in [`machine`] alone: clocks, entropy and storage.
#![no_std]
#![no_main]

extern crate alloc;

mod bus;
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
mod serve;
mod start;
mod time;

use core::panic::PanicInfo;

use soat_firmware::pins::{MonitoredRelay, Panel};
use soat_firmware::port::Board;
use soat_firmware::wiegand::wires::Wires;
use stm32f4xx_hal::gpio::{Input, Output, Pin, PinState};
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;

use entropy::Entropy;
use serial::{Reader, Scanner};
use serve::Hardware;
use start::Keep;
use time::{BoardClock, Cycles};

/// The types of this board.
struct ThisBoard;

/// DATA0 and DATA1.
type BoardWires = Wires<Pin<'C', 8, Output>, Pin<'C', 9, Output>, Cycles>;

/// To ground while the case is shut; a wire that is cut is a case that is open.
type CaseContact = Pin<'C', 7, Input>;

/// To 3.3 V while it is set; a wire that is cut is a jumper that is not.
type Jumper = Pin<'C', 6, Input>;

impl Board for ThisBoard {
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
    let (Some(device), Some(core)) = (pac::Peripherals::take(), cortex_m::Peripherals::take()) else { machine::restart() };
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
    let entropy = Entropy(machine.entropy());
    let chip_pins = (b.pb1, b.pb13, b.pb14, b.pb15);
    let Some(storage) = machine::storage(device.FLASH, device.SPI2, chip_pins, &mut rcc) else { machine::restart() };
    let port = (device.USART3, (b.pb10, b.pb11), b.pb12.into_push_pull_output());
    serve::run(Hardware {
        reader,
        scanner,
        lock,
        lamps,
        clock: BoardClock::new(machine),
        entropy,
        console,
        jumper: c.pc6.into_pull_down_input(),
        case: c.pc7.into_pull_up_input(),
        storage,
        start_panel: |line, seed| bus::start(port, line, seed, &mut core.NVIC, &mut rcc),
        wires: Wires::new(zero, one, Cycles),
    })
}

/// Nobody is let in by a fault: the reset takes the lock's power before anything else runs.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    machine::restart()
}

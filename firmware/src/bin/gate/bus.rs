//! The control panel's bus at USART3: RS-485, half duplex, answered in the interrupt, so that a panel is never kept waiting by a curve.
//! The interrupt lasts as long as the reply is on the wire, below the others: what it holds up is the curve.

use core::cell::UnsafeCell;
use core::sync::atomic::{Ordering, compiler_fence};

use cortex_m::peripheral::NVIC;
use soat_firmware::osdp::{Inbox, Peripheral};
use stm32f4xx_hal::gpio::{Output, Pin};
use stm32f4xx_hal::pac::{USART3, interrupt};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Rcc;
use stm32f4xx_hal::serial::config::Config;
use stm32f4xx_hal::serial::{Event as Line, Serial};

use crate::panel::Bus;
use crate::serial::{received, started};
use crate::time::milliseconds;

struct Device {
    peripheral: Peripheral<Inbox>,
    /// High while this side drives the line.
    drive: Pin<'B', 12, Output>,
    /// What the port divides for its speed, in Hz.
    clock: u32,
}

/// Shared between the interrupt of USART3 and the main thread, which masks that interrupt alone: a reply takes some 70,000 instructions, and
/// meanwhile the bytes of the PN532 are still received.
struct Shared(UnsafeCell<Option<Device>>);

// SAFETY: `with` and `in_interrupt` never run at the same time.
unsafe impl Sync for Shared {}

static DEVICE: Shared = Shared(UnsafeCell::new(None));

/// Below the other interrupts.
const PRIORITY: u8 = 0x80;

/// Listens on the bus.
pub fn start(
    (port, pins, drive): (USART3, (Pin<'B', 10>, Pin<'B', 11>), Pin<'B', 12, Output>),
    bus: Bus,
    seed: [u8; 16],
    nvic: &mut NVIC,
    rcc: &mut Rcc,
) {
    let bauds = bus.line.baud;
    let clock = rcc.clocks.pclk1().raw();
    let mut device = Device { peripheral: bus.peripheral(seed), drive, clock };
    device.drive.set_low();
    let mut serial: Serial<USART3> = started(Serial::new(port, pins, Config::default().baudrate(bauds.bps()), rcc));
    serial.listen(Line::RxNotEmpty);
    // SAFETY: the interrupt is masked until here, and runs below the others from then on, which do not touch DEVICE.
    unsafe {
        *DEVICE.0.get() = Some(device);
        nvic.set_priority(interrupt::USART3, PRIORITY);
        compiler_fence(Ordering::SeqCst);
        NVIC::unmask(interrupt::USART3);
    }
}

/// From the main thread.
pub fn with<R>(run: impl FnOnce(&mut Peripheral<Inbox>) -> R) -> Option<R> {
    with_device(|device| run(&mut device.peripheral))
}

fn with_device<R>(run: impl FnOnce(&mut Device) -> R) -> Option<R> {
    NVIC::mask(interrupt::USART3);
    // The mask holds from here on, for the processor and for the compiler.
    cortex_m::asm::dsb();
    cortex_m::asm::isb();
    compiler_fence(Ordering::SeqCst);
    // SAFETY: the interrupt is masked, and the main thread is here once: `run` does not come back here.
    let device = unsafe { (*DEVICE.0.get()).as_mut() };
    let is_started = device.is_some();
    let result = device.map(run);
    compiler_fence(Ordering::SeqCst);
    if is_started {
        // SAFETY: it was unmasked before.
        unsafe { NVIC::unmask(interrupt::USART3) }
    }
    result
}

/// From the interrupt.
fn in_interrupt(run: impl FnOnce(&mut Device)) {
    // SAFETY: the main thread masks the interrupt while it is at DEVICE, and the interrupt does not interrupt itself.
    if let Some(device) = unsafe { (*DEVICE.0.get()).as_mut() } {
        run(device);
    }
}

/// Runs something that no reply to the panel may hold up: a poll or two go unanswered.
pub fn undisturbed(run: impl FnOnce()) {
    let is_open = NVIC::is_enabled(interrupt::USART3);
    NVIC::mask(interrupt::USART3);
    run();
    if is_open {
        // SAFETY: it was unmasked before.
        unsafe { NVIC::unmask(interrupt::USART3) }
    }
}

/// The panel has set this speed, and has been answered at the one before.
pub fn set_speed(bauds: u32) {
    with_device(|device| {
        // SAFETY: the interrupt that else touches USART3 is masked; every value is a divider (RM0090 §30.3.4).
        let port = unsafe { &*USART3::ptr() };
        let divider = (device.clock + bauds / 2) / bauds.max(1);
        port.brr().write(|w| unsafe { w.bits(u16::try_from(divider).unwrap_or(u16::MAX)) });
    });
}

#[interrupt]
fn USART3() {
    in_interrupt(|device| {
        // SAFETY: once it is started, only this interrupt touches USART3.
        let port = unsafe { &*USART3::ptr() };
        let Some(byte) = received(port) else { return };
        let now = milliseconds();
        device.peripheral.receive(byte, now);
        if let Some(reply) = device.peripheral.poll(now) {
            device.drive.set_high();
            for byte in reply {
                while port.sr().read().txe().bit_is_clear() {}
                // SAFETY: every byte may be sent.
                port.dr().write(|w| unsafe { w.dr().bits(u16::from(*byte)) });
            }
            while port.sr().read().tc().bit_is_clear() {}
            device.drive.set_low();
        }
    });
}

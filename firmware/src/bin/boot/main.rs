//! The boot loader of the board: it swaps in what the gate approved, takes back what did not confirm itself, and starts what was approved and
//! nothing else ([`soat_firmware::update`]).
//!
//! It leaves the clocks as a reset has them, so that the image finds them so; that makes a start a second longer.
#![no_std]
#![no_main]

extern crate alloc;

#[cfg_attr(feature = "qemu", path = "../gate/machine_qemu/flash.rs")]
#[cfg_attr(not(feature = "qemu"), path = "../gate/machine/flash.rs")]
#[allow(dead_code, reason = "the gate uses the rest")]
mod flash;

use core::panic::PanicInfo;
use core::ptr::addr_of_mut;

use embedded_alloc::LlffHeap;
use embedded_storage::nor_flash::NorFlash;
use soat_firmware::keeping::vault::Vault;
use soat_firmware::update::approval::Approvals;
use soat_firmware::update::loader::{self, Start};
use stm32f4xx_hal::gpio::PinState;
use stm32f4xx_hal::pac;
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::watchdog::IndependentWatchdog;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// As the gate has it.
const WATCHDOG_MS: u32 = 20_000;
/// Ten seconds at the 16 MHz of a reset.
const AGAIN: u32 = 160_000_000;

/// Values of the vault are read into it.
const HEAP_BYTES: usize = 8 * 1024;

#[cortex_m_rt::entry]
fn main() -> ! {
    static mut MEMORY: [u8; HEAP_BYTES] = [0; HEAP_BYTES];
    // SAFETY: `main` runs once, and nothing else names MEMORY.
    unsafe { HEAP.init(addr_of_mut!(*MEMORY) as usize, HEAP_BYTES) }
    let Some(device) = pac::Peripherals::take() else { halt() };
    let mut rcc = device.RCC.constrain();
    // Fail-secure: the lock has no power while nobody decides.
    let a = device.GPIOA.split(&mut rcc);
    a.pa5.into_push_pull_output().set_low();
    let b = device.GPIOB.split(&mut rcc);
    let c = device.GPIOC.split(&mut rcc);
    let mut red = c.pc0.into_push_pull_output();
    // At rest both wires of Wiegand are high.
    c.pc8.into_push_pull_output_in_state(PinState::High);
    c.pc9.into_push_pull_output_in_state(PinState::High);

    let storage = flash::storage(device.FLASH, device.SPI2, (b.pb1, b.pb13, b.pb14, b.pb15), &mut rcc);
    let start = match (storage, flash::state(), flash::vault()) {
        (Some(storage), Some(state), Some(vault)) => start(storage, state, &mut Vault::open(vault)),
        _ => Start::Nothing,
    };
    if start == Start::Nothing {
        // A lamp that neither blinks nor goes out is no signal of a gate.
        red.set_high();
        halt();
    }
    // What starts must take the watchdog over: an image that hangs before that is taken back too.
    IndependentWatchdog::new(device.IWDG).start(WATCHDOG_MS.millis());
    jump()
}

fn start(storage: flash::Storage, state: impl NorFlash, approvals: &mut impl Approvals) -> Start {
    match storage.incoming {
        Ok(incoming) => loader::prepare(flash::active(), incoming, state, approvals),
        // A chip that does not answer is no reason to stay dark: what was approved runs, and nothing is swapped.
        Err(_) => loader::without_incoming(flash::active(), approvals),
    }
}

/// Starts the image.
fn jump() -> ! {
    // SAFETY: what stands there was compared with what was approved, or was loaded by an engineer; no interrupt is on, and nothing of this
    // program runs any more.
    unsafe {
        (*cortex_m::peripheral::SCB::PTR).vtor.write(flash::ACTIVE_START);
        cortex_m::asm::bootload(flash::ACTIVE_START as *const u32)
    }
}

/// Nothing is started now; a flash chip that did not answer may answer later.
fn halt() -> ! {
    cortex_m::asm::delay(AGAIN);
    cortex_m::peripheral::SCB::sys_reset()
}

/// Nothing is started by a fault.
#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    halt()
}

//! Serial ports: bytes are received in the interrupt, into rings; sending waits for the wire.

use core::cell::RefCell;

use critical_section::Mutex;
use soat_firmware::port::{ByteLink, ReaderPort};
use stm32f4xx_hal::gpio::{Output, Pin};
use stm32f4xx_hal::pac::{self, UART4, USART1, USART2, interrupt};
use stm32f4xx_hal::prelude::*;
use stm32f4xx_hal::rcc::Rcc;
use stm32f4xx_hal::serial::config::Config;
use stm32f4xx_hal::serial::{Serial, Tx};

const FIRST_SPEED: u32 = 115_200;
const SCANNER_SPEED: u32 = 9600;

/// Bytes that came and were not looked at; what finds no room is lost, as on a wire.
struct Ring<const N: usize> {
    bytes: [u8; N],
    first: usize,
    len: usize,
}

impl<const N: usize> Ring<N> {
    const fn new() -> Self {
        Self { bytes: [0; N], first: 0, len: 0 }
    }

    fn push(&mut self, byte: u8) {
        if self.len < N {
            let at = (self.first + self.len) % N;
            if let Some(place) = self.bytes.get_mut(at) {
                *place = byte;
                self.len += 1;
            }
        }
    }

    fn pop(&mut self) -> Option<u8> {
        if self.len == 0 {
            return None;
        }
        let byte = self.bytes.get(self.first).copied();
        self.first = (self.first + 1) % N;
        self.len -= 1;
        byte
    }
}

/// The longest frame of a PN532, and a code with the longest address.
static FROM_READER: Mutex<RefCell<Ring<512>>> = Mutex::new(RefCell::new(Ring::new()));
static FROM_SCANNER: Mutex<RefCell<Ring<1024>>> = Mutex::new(RefCell::new(Ring::new()));
/// The longest frame of a desk, which waits for the answer to it, and what came before.
static FROM_DESK: Mutex<RefCell<Ring<1536>>> = Mutex::new(RefCell::new(Ring::new()));

fn pop<const N: usize>(ring: &Mutex<RefCell<Ring<N>>>) -> Option<u8> {
    critical_section::with(|cs| ring.borrow_ref_mut(cs).pop())
}

/// The byte that a port has received. An overrun asks for the interrupt too, and only a look at the data ends it (RM0090 §30.6.1).
pub fn received(port: &pac::usart1::RegisterBlock) -> Option<u8> {
    let status = port.sr().read();
    if !status.rxne().bit_is_set() && !status.ore().bit_is_set() {
        return None;
    }
    let [byte, _] = port.dr().read().dr().bits().to_le_bytes();
    status.rxne().bit_is_set().then_some(byte)
}

fn keep<const N: usize>(byte: Option<u8>, ring: &Mutex<RefCell<Ring<N>>>) {
    if let Some(byte) = byte {
        critical_section::with(|cs| ring.borrow_ref_mut(cs).push(byte));
    }
}

#[interrupt]
fn USART1() {
    // SAFETY: only this interrupt reads status and data of USART1.
    keep(received(unsafe { &*USART1::ptr() }), &FROM_READER);
}

#[interrupt]
fn USART2() {
    // SAFETY: only this interrupt reads status and data of USART2.
    keep(received(unsafe { &*USART2::ptr() }), &FROM_SCANNER);
}

#[interrupt]
fn UART4() {
    // SAFETY: only this interrupt reads status and data of UART4.
    let port = unsafe { &*UART4::ptr() };
    let status = port.sr().read();
    // An overrun asks for the interrupt too, as at the others.
    if status.rxne().bit_is_set() || status.ore().bit_is_set() {
        let [byte, _] = port.dr().read().dr().bits().to_le_bytes();
        keep(status.rxne().bit_is_set().then_some(byte), &FROM_DESK);
    }
}

fn listen(line: interrupt) {
    // SAFETY: the handler touches its port and its ring alone, under a critical section.
    unsafe { cortex_m::peripheral::NVIC::unmask(line) }
}

fn write_all<U: stm32f4xx_hal::serial::Instance>(tx: &mut Tx<U>, bytes: &[u8])
where
    Tx<U>: stm32f4xx_hal::hal_02::serial::Write<u8>,
{
    use stm32f4xx_hal::hal_02::serial::Write;
    for byte in bytes {
        while Write::write(tx, *byte).is_err() {}
    }
}

/// The PN532's port.
pub struct Reader {
    tx: Tx<USART1>,
    reset: Pin<'B', 0, Output>,
    clock: u32,
}

/// Sets up USART1.
pub fn reader(port: USART1, pins: (Pin<'A', 9>, Pin<'A', 10>), reset: Pin<'B', 0, Output>, rcc: &mut Rcc) -> Reader {
    let clock = rcc.clocks.pclk2().raw();
    let mut serial: Serial<USART1> = started(Serial::new(port, pins, config(FIRST_SPEED), rcc));
    serial.listen(stm32f4xx_hal::serial::Event::RxNotEmpty);
    listen(interrupt::USART1);
    Reader { tx: serial.split().0, reset, clock }
}

fn config(speed: u32) -> Config {
    Config::default().baudrate(speed.bps())
}

/// The speeds here are constants that every clock of this board carries.
pub fn started<S, E>(serial: Result<S, E>) -> S {
    match serial {
        Ok(serial) => serial,
        Err(_) => cortex_m::peripheral::SCB::sys_reset(),
    }
}

impl ByteLink for Reader {
    fn receive(&mut self) -> Option<u8> {
        pop(&FROM_READER)
    }

    fn send(&mut self, bytes: &[u8]) {
        write_all(&mut self.tx, bytes);
    }

    fn set_speed(&mut self, bauds: u32) {
        // RM0090 §30.3.4: with 16 samples a bit, USARTDIV in sixteenths is the clock by the rate. What is on the wire is sent first.
        // SAFETY: nothing else writes BRR of USART1.
        let port = unsafe { &*pac::USART1::ptr() };
        while port.sr().read().tc().bit_is_clear() {}
        let divider = (self.clock + bauds / 2) / bauds.max(1);
        // SAFETY: every value is a divider.
        port.brr().write(|w| unsafe { w.bits(u16::try_from(divider).unwrap_or(u16::MAX)) });
    }
}

impl ReaderPort for Reader {
    fn hold_in_reset(&mut self, held: bool) {
        self.reset.set_state((!held).into());
    }
}

/// The scanner's port.
pub struct Scanner {
    tx: Tx<USART2>,
}

/// Sets up USART2.
pub fn scanner(port: USART2, pins: (Pin<'A', 2>, Pin<'A', 3>), rcc: &mut Rcc) -> Scanner {
    let mut serial: Serial<USART2> = started(Serial::new(port, pins, config(SCANNER_SPEED), rcc));
    serial.listen(stm32f4xx_hal::serial::Event::RxNotEmpty);
    listen(interrupt::USART2);
    Scanner { tx: serial.split().0 }
}

impl ByteLink for Scanner {
    fn receive(&mut self) -> Option<u8> {
        pop(&FROM_SCANNER)
    }

    fn send(&mut self, bytes: &[u8]) {
        write_all(&mut self.tx, bytes);
    }

    fn set_speed(&mut self, _: u32) {}
}

/// Where the gate says what happens, and where a desk speaks to it.
pub struct Console {
    tx: Tx<UART4>,
}

/// Sets up UART4.
pub fn console(port: UART4, pins: (Pin<'A', 0>, Pin<'A', 1>), rcc: &mut Rcc) -> Console {
    let mut serial: Serial<UART4> = started(Serial::new(port, pins, config(FIRST_SPEED), rcc));
    serial.listen(stm32f4xx_hal::serial::Event::RxNotEmpty);
    listen(interrupt::UART4);
    Console { tx: serial.split().0 }
}

impl ByteLink for Console {
    fn receive(&mut self) -> Option<u8> {
        pop(&FROM_DESK)
    }

    fn send(&mut self, bytes: &[u8]) {
        write_all(&mut self.tx, bytes);
    }

    fn set_speed(&mut self, _: u32) {}
}

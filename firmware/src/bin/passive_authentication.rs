//! Verifies a saved dossier on the microcontroller: the same function as at a desk, with P-256 and RSA.
//!
//! The files `dossier.soat` and `anchor.der` come through semihosting, from the debugger or QEMU; the exit code is that of the command
//! `soat`: 0 successful, 1 failed, 3 undetermined, 4 aborted.
#![no_std]
#![no_main]

extern crate alloc;

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use core::panic::PanicInfo;
use core::ptr::addr_of_mut;

// Built beside the gate, its table of interrupts is linked here too.
#[cfg(feature = "board")]
use stm32f4xx_hal as _;

use cortex_m_semihosting::{debug, hprintln, syscall};
use embedded_alloc::LlffHeap;
use soat::crypto::rustcrypto::RustCrypto;
use soat::dossier::Dossier;
use soat::inspection::{Overall, Profile, inspect};
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();

/// The largest dossier that a gate holds: EF.SOD ≤ 16 KiB and small groups; DG2 is kept as digests.
const HEAP_BYTES: usize = 80 * 1024;

#[cortex_m_rt::entry]
fn main() -> ! {
    static mut MEMORY: [u8; HEAP_BYTES] = [0; HEAP_BYTES];
    // SAFETY: `main` runs once, and nothing else names MEMORY.
    unsafe { HEAP.init(addr_of_mut!(*MEMORY) as usize, HEAP_BYTES) }
    let code = match verify() {
        Ok(overall) => {
            hprintln!("{:?}", overall);
            match overall {
                Overall::Successful => 0,
                Overall::Failed => 1,
                Overall::Undetermined => 3,
                Overall::Aborted => 4,
            }
        }
        Err(what) => {
            hprintln!("{}", what);
            2
        }
    };
    exit(code)
}

fn verify() -> Result<Overall, &'static str> {
    let dossier = Dossier::from_cbor(&host_file(b"dossier.soat\0")?).map_err(|_| "dossier.soat is not a dossier")?;
    let certificate = Certificate::from_der(&host_file(b"anchor.der\0")?).map_err(|_| "anchor.der is not a certificate")?;
    let now = core::str::from_utf8(&host_file(b"now.txt\0")?).ok().and_then(|text| text.trim().parse().ok()).map(Timestamp);
    let mut trust = TrustStore::new();
    trust.add(certificate, Provenance::Operator { source: String::from("anchor.der") }, false, &RustCrypto);
    let report = inspect(&dossier, &trust, &Profile::OPERATIONAL, now.ok_or("now.txt holds no time")?, &RustCrypto);
    Ok(report.overall)
}

/// The whole of a file of the debugging host.
fn host_file(name: &[u8]) -> Result<Vec<u8>, &'static str> {
    const READ_BINARY: usize = 1;
    // SAFETY: the name ends with a zero and outlives the call, as SYS_OPEN asks.
    let handle = unsafe { syscall!(OPEN, name.as_ptr(), READ_BINARY, name.len() - 1) };
    if handle == usize::MAX {
        return Err("a file is missing");
    }
    // SAFETY: the handle is open.
    let length = unsafe { syscall!(FLEN, handle) };
    if length > HEAP_BYTES / 2 {
        return Err("a file is too large");
    }
    let mut bytes = vec![0; length];
    // SAFETY: the buffer is `length` bytes long.
    let unread = unsafe { syscall!(READ, handle, bytes.as_mut_ptr(), length) };
    // SAFETY: the handle is open and not used again.
    unsafe { syscall!(CLOSE, handle) };
    if unread == 0 { Ok(bytes) } else { Err("a file could not be read") }
}

fn exit(code: usize) -> ! {
    const SYS_EXIT_EXTENDED: usize = 0x20;
    const APPLICATION_EXIT: usize = 0x2_0026;
    let block = [APPLICATION_EXIT, code];
    // SAFETY: SYS_EXIT_EXTENDED takes two words.
    unsafe { cortex_m_semihosting::syscall(SYS_EXIT_EXTENDED, &block) };
    debug::exit(debug::EXIT_FAILURE);
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

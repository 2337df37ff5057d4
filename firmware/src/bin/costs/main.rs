//! What the gate's cryptography costs in instructions: QEMU with `-icount shift=0` lets one nanosecond pass for each.
#![no_std]
#![no_main]

extern crate alloc;

mod agreed;

use stm32f4xx_hal as _;

use alloc::vec;
use alloc::vec::Vec;
use core::cell::Cell;
use core::hint::black_box;
use core::panic::PanicInfo;
use core::ptr::addr_of_mut;

use agreed::Fixed;
use cortex_m::peripheral::SYST;
use cortex_m::peripheral::syst::SystClkSource;
use cortex_m_semihosting::{debug, hprintln};
use critical_section::Mutex;
use embedded_alloc::LlffHeap;
use rand_core::TryRng as _;
use soat::crypto::rustcrypto::RustCrypto;
use soat::crypto::{Cipher, DigestAlgorithm, EcPublicKey, NamedCurve, Provider, PublicKey, RsaPublicKey, SignatureScheme};

#[global_allocator]
static HEAP: LlffHeap = LlffHeap::empty();
const HEAP_BYTES: usize = 72 * 1024;

/// What SysTick counts with in QEMU.
const CORE_HZ: u32 = 168_000_000;
const TICKS_A_MS: u32 = CORE_HZ / 1000;
const INSTRUCTIONS_A_MS: u64 = 1_000_000;

static MILLISECONDS: Mutex<Cell<u64>> = Mutex::new(Cell::new(0));

#[cortex_m_rt::exception]
fn SysTick() {
    critical_section::with(|cs| {
        let passed = MILLISECONDS.borrow(cs);
        passed.set(passed.get() + 1);
    });
}

/// Instructions since the start.
fn instructions() -> u64 {
    critical_section::with(|cs| {
        let passed = MILLISECONDS.borrow(cs).get();
        let ticks = TICKS_A_MS.saturating_sub(SYST::get_current());
        passed * INSTRUCTIONS_A_MS + u64::from(ticks) * INSTRUCTIONS_A_MS / u64::from(TICKS_A_MS)
    })
}

fn cost(name: impl core::fmt::Display, run: impl FnOnce()) {
    let before = instructions();
    run();
    let after = instructions();
    hprintln!("{} {}", name, after.saturating_sub(before));
}

#[cortex_m_rt::entry]
fn main() -> ! {
    static mut MEMORY: [u8; HEAP_BYTES] = [0; HEAP_BYTES];
    // SAFETY: `main` runs once, and nothing else names MEMORY.
    unsafe { HEAP.init(addr_of_mut!(*MEMORY) as usize, HEAP_BYTES) }
    let Some(mut core) = cortex_m::Peripherals::take() else { exit(2) };
    core.SYST.set_clock_source(SystClkSource::Core);
    core.SYST.set_reload(TICKS_A_MS - 1);
    core.SYST.clear_current();
    core.SYST.enable_counter();
    core.SYST.enable_interrupt();
    signatures();
    agreement();
    symmetric();
    secret_scalars(&mut core.SYST);
    values();
    exit(0)
}

/// The signatures are wrong, and cost what right ones do: that shows in the last comparison alone.
fn signatures() {
    for (name, curve) in [
        ("verify-p256", NamedCurve::P256),
        ("verify-p384", NamedCurve::P384),
        ("verify-brainpoolP256r1", NamedCurve::BrainpoolP256r1),
        ("verify-brainpoolP384r1", NamedCurve::BrainpoolP384r1),
        ("verify-brainpoolP512r1", NamedCurve::BrainpoolP512r1),
    ] {
        let Some(generator) = generator(curve) else { exit(3) };
        let Ok(key) = EcPublicKey::from_point(curve, &generator) else { exit(4) };
        let signature = vec![0x5A; 2 * curve.field_len()];
        let scheme = SignatureScheme::EcdsaPlain { digest: DigestAlgorithm::Sha256 };
        let key = PublicKey::Ec(key);
        cost(name, || {
            let _ = black_box(RustCrypto.verify(&key, &scheme, black_box(b"message"), &signature));
        });
    }
    for (name, len) in [("rsa-2048", 256), ("rsa-4096", 512)] {
        let mut modulus = vec![0xC5; len];
        if let Some(last) = modulus.last_mut() {
            *last = 0xC7;
        }
        let Ok(key) = RsaPublicKey::new(&modulus, &[1, 0, 1]) else { exit(5) };
        let input = vec![0x5A; len];
        cost(name, || {
            let _ = black_box(RustCrypto.rsa_public_operation(&key, black_box(&input)));
        });
    }
}

/// The points of PACE and chip authentication, in constant time.
fn agreement() {
    for (name, curve) in [
        ("p256", NamedCurve::P256),
        ("p384", NamedCurve::P384),
        ("brainpoolP256r1", NamedCurve::BrainpoolP256r1),
        ("brainpoolP384r1", NamedCurve::BrainpoolP384r1),
        ("brainpoolP512r1", NamedCurve::BrainpoolP512r1),
    ] {
        let mut rng = Fixed(1);
        let mut pairs = Vec::new();
        cost(format_args!("{name}-generate"), || pairs.extend(RustCrypto.generate_key_pair(curve, &mut rng)));
        let mut rng = Fixed(2);
        pairs.extend(RustCrypto.generate_key_pair(curve, &mut rng));
        let (Some(peer), Some(own)) = (pairs.pop(), pairs.pop()) else { exit(6) };
        cost(format_args!("{name}-agree"), || {
            let _ = black_box(own.agree(peer.public_key()));
        });
        let mut mapped = None;
        cost(format_args!("{name}-map-generic"), || mapped = own.map_generic(peer.public_key(), &[0x77; 16], &mut rng).ok());
        let Some(mapped) = mapped else { exit(7) };
        cost(format_args!("{name}-agree-mapped"), || {
            let _ = black_box(mapped.agree(peer.public_key()));
        });
    }
    // Mapping key, mapping with the key on the new generator, agreement: what a terminal computes.
    let mut rng = Fixed(3);
    let Ok(chip) = RustCrypto.generate_key_pair(NamedCurve::BrainpoolP256r1, &mut rng) else { exit(8) };
    cost("brainpoolP256r1-pace", || {
        let own = RustCrypto.generate_key_pair(NamedCurve::BrainpoolP256r1, &mut rng);
        let mapped = own.and_then(|own| own.map_generic(chip.public_key(), &[0x77; 16], &mut rng));
        let _ = black_box(mapped.and_then(|mapped| mapped.agree(chip.public_key())));
    });
}

/// Products of one point with scalars of one length: `ticks-<curve>-<scalar>`, in ticks of some six instructions, counted without an
/// interrupt between. A test compares them, since a scalar must not show in its cost.
fn secret_scalars(timer: &mut SYST) {
    const LONGEST: u32 = 0x00FF_FFFF;
    timer.disable_interrupt();
    timer.set_reload(LONGEST);
    for (name, curve, times) in [
        ("p256", NamedCurve::P256, 8),
        ("brainpoolP256r1", NamedCurve::BrainpoolP256r1, 8),
        ("brainpoolP384r1", NamedCurve::BrainpoolP384r1, 3),
        ("brainpoolP512r1", NamedCurve::BrainpoolP512r1, 1),
    ] {
        let Some(generator) = generator(curve) else { exit(9) };
        let len = curve.field_len();
        let one = |octet: usize| (0..len).map(|index| u8::from(index == octet)).collect::<Vec<u8>>();
        let mut random = vec![0; len];
        let _ = Fixed(4).try_fill_bytes(&mut random);
        let scalars = [
            ("one", one(len - 1)),
            ("high", one(0)),
            ("eights", vec![0x88; len]),
            ("sevens", vec![0x77; len]),
            ("ones", vec![0xFF; len]),
            ("random", random),
        ];
        // All are kept until the end, so that the heap is the same for each.
        for (kind, scalar) in &scalars {
            timer.clear_current();
            for _ in 0..times {
                let _ = black_box(RustCrypto.multiply_point(curve, black_box(scalar), &generator));
            }
            hprintln!("ticks-{}-{} {}", name, kind, LONGEST - SYST::get_current());
        }
    }
}

/// What the host's words must come to as well.
fn values() {
    for curve in NamedCurve::ALL {
        let Some(value) = agreed::on_curve(&RustCrypto, curve) else { exit(10) };
        hprintln!("value-{} {}", curve.name(), value);
    }
    for len in [128, 129, 130, 131, 256, 384, 512] {
        let Some(value) = agreed::on_modulus(&RustCrypto, len) else { exit(11) };
        hprintln!("value-rsa-{} {}", len, value);
    }
}

fn symmetric() {
    let data = vec![0x33; 1024];
    for (name, algorithm) in [
        ("sha1-1024-bytes", DigestAlgorithm::Sha1),
        ("sha256-1024-bytes", DigestAlgorithm::Sha256),
        ("sha512-1024-bytes", DigestAlgorithm::Sha512),
    ] {
        cost(name, || {
            black_box(RustCrypto.digest(algorithm, &[black_box(&data)]));
        });
    }
    let mut block = vec![0x44; 1024];
    for (name, cipher, key) in
        [("aes128-cbc-decrypt-1024-bytes", Cipher::Aes128, 16), ("3des-cbc-decrypt-1024-bytes", Cipher::TripleDes, 16)]
    {
        let (key, iv) = (vec![0x21; key], vec![0; if cipher == Cipher::TripleDes { 8 } else { 16 }]);
        cost(name, || {
            let _ = black_box(RustCrypto.cbc_decrypt(cipher, &key, &iv, black_box(&mut block)));
        });
        cost(format_args!("mac-of-{name}"), || {
            let _ = black_box(RustCrypto.mac(cipher, &key, black_box(&data)));
        });
    }
}

/// The generator, uncompressed.
fn generator(curve: NamedCurve) -> Option<Vec<u8>> {
    let octets = |digits: &str| hex::decode(digits).ok();
    let (x, y) = match curve {
        NamedCurve::P256 => (
            "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296",
            "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5",
        ),
        NamedCurve::P384 => (
            "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a385502f25dbf55296c3a545e3872760ab7",
            "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f",
        ),
        NamedCurve::BrainpoolP256r1 => (
            "8bd2aeb9cb7e57cb2c4b482ffc81b7afb9de27e1e3bd23c23a4453bd9ace3262",
            "547ef835c3dac4fd97f8461a14611dc9c27745132ded8e545c1d54c72f046997",
        ),
        NamedCurve::BrainpoolP384r1 => (
            "1d1c64f068cf45ffa2a63a81b7c13f6b8847a3e77ef14fe3db7fcafe0cbd10e8e826e03436d646aaef87b2e247d4af1e",
            "8abe1d7520f9c2a45cb1eb8e95cfd55262b70b29feec5864e19c054ff99129280e4646217791811142820341263c5315",
        ),
        NamedCurve::BrainpoolP512r1 => (
            "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
            "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892",
        ),
        _ => return None,
    };
    let mut point = vec![0x04];
    point.extend(octets(x)?);
    point.extend(octets(y)?);
    Some(point)
}

fn exit(code: u8) -> ! {
    debug::exit(if code == 0 { debug::EXIT_SUCCESS } else { debug::EXIT_FAILURE });
    loop {
        cortex_m::asm::wfi();
    }
}

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    exit(101)
}

//! What the gate's cryptography costs in instructions, counted by QEMU: the same from run to run.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::OnceLock;

use soat::crypto::NamedCurve;
use soat::crypto::rustcrypto::RustCrypto;
use soat_tests::image::{self, Image};

use crate::agreed;

/// Thousands of instructions of the image as it is built (opt-level z, the public-key arithmetic at 3). The budgets are met:
/// P-256 verification 6,500, on brainpoolP256r1 12,000, RSA-2048 3,500, multiplication by a secret on brainpoolP256r1 10,500 (an agreement
/// is one, and its way to affine coordinates), PACE with it 55,000. Beside each what was measured of others on this target, or published:
/// RustCrypto in instructions at -O3, the rest in cycles; thousands.
const COSTS: [(&str, u64, &str); 18] = [
    ("verify-p256", 3000, "RustCrypto 6,489; wolfSSL 24,500 in C, 7,600 in assembly; P256-Cortex-M4 976, in assembly"),
    ("verify-p384", 7372, "RustCrypto 17,107; wolfSSL 27,800 in assembly"),
    ("verify-brainpoolP256r1", 3395, "RustCrypto 11,528"),
    ("verify-brainpoolP384r1", 8417, "RustCrypto 63,839"),
    ("verify-brainpoolP512r1", 25_636, ""),
    ("rsa-2048", 1409, "RustCrypto 2,996 and 460 of set-up; wolfSSL 2,200 to 3,600"),
    ("rsa-4096", 5384, "RustCrypto 11,628"),
    ("p256-agree", 6422, "RustCrypto 5,825"),
    ("p384-agree", 15_831, ""),
    ("brainpoolP256r1-generate", 6417, "RustCrypto 9,900 and 540 to affine"),
    ("brainpoolP256r1-map-generic", 15_578, ""),
    ("brainpoolP256r1-agree", 6422, "RustCrypto 9,900 and 540 to affine"),
    ("brainpoolP256r1-pace", 28_417, "RustCrypto 52,000"),
    ("brainpoolP384r1-agree", 15_633, ""),
    ("brainpoolP512r1-agree", 45_932, ""),
    ("sha256-1024-bytes", 73, "RustCrypto 38"),
    ("aes128-cbc-decrypt-1024-bytes", 245, "RustCrypto 241"),
    ("3des-cbc-decrypt-1024-bytes", 2571, "RustCrypto 854"),
];

/// One decision over a Vietnamese card of 2024, its signer's certificate on P-384: what of it is computed, and how often each.
const DECISION: [(&str, &[(&str, u64)]); 8] = [
    ("PACE, generic mapping on brainpoolP256r1", &[("brainpoolP256r1-pace", 1)]),
    ("EF.SOD, 2 KB: its signature on P-256", &[("verify-p256", 1), ("sha256-1024-bytes", 2)]),
    ("the signer's certificate on P-384", &[("verify-p384", 1), ("sha256-1024-bytes", 1)]),
    ("DG1, 95 bytes", &[("sha256-1024-bytes", 1)]),
    ("DG13, 500 bytes", &[("sha256-1024-bytes", 1)]),
    ("chip authentication on brainpoolP256r1", &[("brainpoolP256r1-generate", 1), ("brainpoolP256r1-agree", 1)]),
    ("active authentication on P-256", &[("verify-p256", 1)]),
    ("secure messaging, 4 KB, enciphered and authenticated", &[("aes128-cbc-decrypt-1024-bytes", 8)]),
];

/// Scalars of every curve that is counted, unlike each other in weight, length and digits.
const SCALARS: usize = 6;

/// What the image counted, or nothing where it cannot be built or run here.
fn counted() -> Option<&'static BTreeMap<String, u64>> {
    static COUNTED: OnceLock<Option<BTreeMap<String, u64>>> = OnceLock::new();
    let count = || {
        let image = image::in_qemu(Image::Costs)?;
        let output = Command::new("qemu-system-arm")
            .args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "none", "-no-reboot"])
            .args(["-icount", "shift=0", "-semihosting-config", "enable=on,target=native", "-kernel"])
            .arg(image)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{text}");
        let lines = text.lines().filter_map(|line| line.split_once(' '));
        Some(lines.map(|(name, count)| (name.to_owned(), count.parse().unwrap())).collect())
    };
    COUNTED.get_or_init(count).as_ref()
}

#[test]
fn gate_qemu_costs_do_not_rise_unnoticed() {
    let Some(counted) = counted() else { return };
    let counted = |name: &str| *counted.get(name).unwrap_or_else(|| panic!("{name} was not counted: {counted:?}"));
    for (name, thousands, others) in COSTS {
        let count = counted(name);
        println!("{name:30} {count:>10}  {others}");
        assert!(count <= thousands * 1050, "{name}: {count} instructions, {thousands} thousand before");
    }
    let steps = DECISION.map(|(step, parts)| (step, parts.iter().map(|(name, times)| counted(name) * times).sum::<u64>()));
    steps.iter().for_each(|(step, count)| println!("{count:>10}  {step}"));
    let whole: u64 = steps.iter().map(|(_, count)| count).sum();
    println!("{whole:>10}  a decision");
    assert!(whole <= 60_000_000, "a decision takes {whole} instructions");
}

/// No branch, no loop and no length depends on a secret scalar.
#[test]
fn gate_qemu_secret_scalars_do_not_show_in_their_cost() {
    let Some(counted) = counted() else { return };
    for curve in ["p256", "brainpoolP256r1", "brainpoolP384r1", "brainpoolP512r1"] {
        let prefix = format!("ticks-{curve}-");
        let ticks: Vec<_> = counted.iter().filter(|(name, _)| name.starts_with(&prefix)).collect();
        assert_eq!(ticks.len(), SCALARS, "{curve}: {counted:?}");
        assert!(ticks.iter().all(|(_, count)| *count == ticks[0].1 && **count > 1_000_000), "{ticks:?}");
    }
}

/// The gate's words are half as wide as the desk's: on every curve, and for moduli that fill their words and that do not, both must compute
/// the same.
#[test]
fn gate_qemu_computes_what_the_desk_does() {
    let Some(counted) = counted() else { return };
    let curves = NamedCurve::ALL.map(|curve| (curve.name().to_owned(), agreed::on_curve(&RustCrypto, curve)));
    let moduli = [128, 129, 130, 131, 256, 384, 512].map(|len| (format!("rsa-{len}"), agreed::on_modulus(&RustCrypto, len)));
    for (name, value) in curves.into_iter().chain(moduli) {
        assert_eq!(counted.get(&format!("value-{name}")), Some(&value.unwrap()), "{name}");
    }
}

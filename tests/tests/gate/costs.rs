//! What the gate's cryptography costs in instructions, counted by QEMU: the same from run to run.

use std::collections::BTreeMap;
use std::process::Command;

use soat_tests::image::{self, Image};

/// Thousands of instructions of the image as it is built (opt-level z, the curves at 3). The budgets of verification (P-256 6,500,
/// brainpoolP256r1 12,000, RSA-2048 3,500) are met; those of the constant-time multiplication on brainpoolP256r1 (10,500) and of PACE with
/// it (55,000: generate, map, agree) are not yet.
const COSTS: [(&str, u64); 12] = [
    ("verify-p256", 3386),
    ("verify-p384", 9248),
    ("verify-brainpoolP256r1", 3701),
    ("verify-brainpoolP384r1", 10_035),
    ("verify-brainpoolP512r1", 31_342),
    ("rsa-2048", 3349),
    ("rsa-4096", 12_842),
    ("p256-agree", 6250),
    ("brainpoolP256r1-generate", 14_010),
    ("brainpoolP256r1-map-generic", 40_989),
    ("brainpoolP256r1-agree", 14_025),
    ("sha256-1024-bytes", 48),
];

#[test]
fn gate_qemu_costs_do_not_rise_unnoticed() {
    let Some(image) = image::in_qemu(Image::Costs) else { return };
    let output = Command::new("qemu-system-arm")
        .args(["-M", "netduinoplus2", "-display", "none", "-monitor", "none", "-serial", "none", "-no-reboot"])
        .args(["-icount", "shift=0", "-semihosting-config", "enable=on,target=native", "-kernel"])
        .arg(image)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    let counted: BTreeMap<&str, u64> =
        text.lines().filter_map(|line| line.split_once(' ')).map(|(name, count)| (name, count.parse().unwrap())).collect();
    for (name, thousands) in COSTS {
        let count = *counted.get(name).unwrap_or_else(|| panic!("{name} was not counted: {text}"));
        println!("{name:30} {count:>10}");
        assert!(count <= thousands * 1050, "{name}: {count} instructions, {thousands} thousand before");
    }
}

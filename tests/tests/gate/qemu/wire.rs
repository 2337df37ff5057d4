//! Faults on the wire between the image and its PN532.

use soat_tests::seeded::SeededRng;

use super::*;
use soat_tests::gate_machine::wire::{Harm, Planned};

fn planned(seed: u64) -> Planned {
    let mut rng = SeededRng(seed);
    let mut random = |below: u64| rand_core::Rng::next_u64(&mut rng) % below;
    let harm = match random(3) {
        0 => Harm::Drop,
        1 => Harm::Flip(u8::try_from(random(8)).unwrap()),
        _ => Harm::Cut,
    };
    Planned { to_gate: random(3) > 0, after: usize::try_from(random(1500)).unwrap(), harm }
}

/// Twenty readings of a forged card with a fault in each: no opening. Then the genuine one opens, and nobody has started the gate anew.
#[test]
fn gate_qemu_opens_for_nobody_else_over_a_wire_with_faults() {
    let Some(image) = image::in_qemu(Image::GateInQemu) else { return };
    let mut machine = boot(&image, &Storage::of(&pack_content()));
    assert_eq!(machine.says(), "ready");
    let mut came = 0;
    for seed in 0..20 {
        let fault = planned(seed);
        machine.plan.lock().unwrap().push(fault);
        let mut forged = personalise(CARD).unwrap();
        *forged.application_files.get_mut(&0x0101).unwrap().last_mut().unwrap() ^= 1;
        machine.pn532.lock().unwrap().lay(SharedChip::new(chip(forged)), Modulation::TypeA);
        machine.scanner.write_all(CODE.as_bytes()).unwrap();
        let decision = machine.says();
        assert!(decision.starts_with("decided refused"), "{fault:?}: {decision}");
        machine.pn532.lock().unwrap().take();
        thread::sleep(Duration::from_millis(1500));
        assert_eq!(machine.openings(), 0, "{fault:?}");
        came += usize::from(machine.plan.lock().unwrap().drain(..).next().is_none());
    }
    println!("{came} of 20 faults came");
    assert!(came >= 15, "{came} of 20 faults came");
    assert_eq!(machine.present(CODE, genuine()), "decided admitted");
    assert_eq!(machine.openings(), 1);
}

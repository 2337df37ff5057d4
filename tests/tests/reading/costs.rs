//! How many commands a card costs. A count is no time: it is the part of the time that the toolkit can answer for.

use card_fixtures::chip::VirtualChip;
use soat_tests::virtual_channel::InProcessChannel;

use super::{assert_whole, can, card, read};

/// floor = 11 + Σ⌈size ÷ block⌉: EF.CardAccess 2, PACE 5, SELECT, chip authentication 2, active authentication 1, and the files.
fn floor(files: &[usize], block: usize) -> u32 {
    11 + files.iter().map(|size| size.div_ceil(block) as u32).sum::<u32>()
}

#[test]
fn the_reference_card_costs_no_more_than_its_floor_and_three() {
    for (name, block, expected) in [("reference", 223, 96), ("reference-1k", 1024, 33), ("reference-32k", 32_768, 18)] {
        let card = card(name);
        let sizes: Vec<usize> = card.application_files.values().map(Vec::len).collect();
        assert_eq!(floor(&sizes, block), expected, "{name}");
        let chip = VirtualChip::new(card.clone(), 7);
        let mut channel = if block == 223 { InProcessChannel::short(chip) } else { InProcessChannel::extended(chip) };
        let dossier = read(&mut channel, &can(&card)).unwrap();
        assert_whole(&dossier, &card);
        let commands = channel.chip.apdus();
        println!("{name}: {commands} commands, floor {expected}");
        assert!(commands <= expected + 3, "{name}: {commands}");
        assert_eq!(dossier.timings.iter().map(|timing| timing.apdus).sum::<u32>(), commands);
    }
}

#[test]
fn each_step_states_its_cost() {
    let card = card("reference");
    let mut channel = InProcessChannel::short(VirtualChip::new(card.clone(), 7));
    let dossier = read(&mut channel, &can(&card)).unwrap();
    let steps: Vec<(&str, u32)> = dossier.timings.iter().map(|timing| (timing.step.as_str(), timing.apdus)).collect();
    let expected = [
        ("card_access", 1),
        ("pace", 5),
        ("select", 1),
        ("EF.SOD", 9),
        ("DG14", 2),
        ("chip_authentication", 2),
        ("DG1", 1),
        ("EF.COM", 1),
        ("DG13", 3),
        ("DG15", 1),
        ("active_authentication", 1),
        ("DG2", 68),
    ];
    assert_eq!(steps, expected);
    assert!(dossier.timings.iter().all(|timing| timing.milliseconds > 0 && timing.bytes > 0));
}

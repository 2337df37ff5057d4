//! PIN and PUK, whose tries are counted; what chip authentication mapping sends.

use super::terminal::Terminal;
use super::*;
use crate::personalisation::personalise;

fn holder(tries: Tries) -> (Terminal, PaceOffer) {
    let card = personalise("pace-pin").unwrap();
    let offer = card.pace[0];
    let mut terminal = Terminal::new(card, Quirks::default());
    terminal.chip.set_tries(tries);
    (terminal, offer)
}

#[test]
fn a_pin_is_counted_down_suspended_and_set_back() {
    let (mut terminal, offer) = holder(Tries::default());
    assert_eq!(terminal.pace_with(offer, 3, "246811"), (0x9000, 0x63C2));
    assert_eq!(terminal.pace_with(offer, 3, "246811"), (0x63C2, 0x63C1));
    assert_eq!(terminal.pace_with(offer, 3, "246810"), (0x63C1, 0x6985), "suspended: even the right one");
    assert_eq!(terminal.chip.tries(), Tries { pin: 1, puk: 10 });
    let (mut terminal, offer) = holder(Tries { pin: 2, puk: 10 });
    assert_eq!(terminal.pace_with(offer, 3, "246810"), (0x63C2, 0x9000));
    assert_eq!(terminal.chip.tries().pin, 3);
}

#[test]
fn blocked_passwords_open_nothing_and_the_others_do() {
    let (mut terminal, offer) = holder(Tries { pin: 0, puk: 0 });
    assert_eq!(terminal.pace_with(offer, 3, "246810"), (0x63C0, 0x6983));
    assert_eq!(terminal.pace_with(offer, 4, "1357924680"), (0x63C0, 0x6983));
    assert_eq!(terminal.pace_with(offer, 2, "999999"), (0x9000, 0x6300), "a CAN is not counted");
    let can = terminal.chip.personalisation().can.clone().unwrap();
    assert_eq!(terminal.pace_with(offer, 2, &can), (0x9000, 0x9000));
    let (mut terminal, offer) = holder(Tries { pin: 0, puk: 1 });
    assert_eq!(terminal.pace_with(offer, 4, "1357924680"), (0x63C1, 0x9000), "the last try of a PUK may be made");
    assert_eq!(terminal.chip.tries().puk, 10);
}

#[test]
fn what_a_hostile_chip_sends_as_its_proof() {
    let sent = |attack| {
        let card = personalise("pace-cam-bp256-aes128").unwrap();
        let (offer, can) = (card.pace[0], card.can.clone().unwrap());
        let mut terminal = Terminal::new(card, Quirks { attack, ..Quirks::default() });
        assert_eq!(terminal.pace(offer, &can), 0x9000);
        terminal.mapping
    };
    let genuine = sent(None).unwrap().1;
    assert_eq!(genuine.len(), 32);
    assert_eq!(sent(Some(Attack::PaceChipData(BadChipData::Missing))), None);
    for bad in [BadChipData::Wrong, BadChipData::Zero, BadChipData::Short, BadChipData::Torn, BadChipData::Unpadded] {
        assert_ne!(sent(Some(Attack::PaceChipData(bad))).unwrap().1, genuine, "{bad:?}");
    }
    assert_ne!(sent(Some(Attack::Clone)).unwrap().1, genuine);
}

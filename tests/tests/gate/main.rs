//! The gate: its core on a board in this process, with a PN532 and a virtual chip behind the wire.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

extern crate alloc;

#[path = "../../../firmware/src/bin/costs/agreed.rs"]
mod agreed;
mod attacks;
mod costs;
mod faults;
mod journal;
mod keys;
mod libnfc;
mod machine;
mod people;
mod qemu;
mod simulator;

use std::rc::Rc;

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::{Personalisation, authority, personalise};
use card_fixtures::plug::pn532::Modulation;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::pack::Settings;
use soat::gate::pack::access_list::{AccessList, Credential, Entry, Person};
use soat::gate::pack::schedule::Schedule;
use soat::inspection::PseudonymKey;
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;
use soat_firmware::gate::Gate;
use soat_firmware::gate::decision::{Decision, Rule};
use soat_tests::gate_board::{Simulated, World, until_decided};

/// 2026-08-01, a Saturday, 07:00 in Vietnam.
const NOW: Timestamp = Timestamp(1_785_542_400);
/// When the gate's rule ends.
const ENDS: Timestamp = Timestamp(NOW.0 + 60 * 365 * 86_400);
const CARD: &str = "vietnam-2024";
const NUMBER: &str = "001199000001";
const CODE: &str = "001199000001|012345678|Nguyễn Thị Mẫu|01011999|Nữ|Số 1, Phường Mẫu, Ba Đình, Hà Nội|15092024||||\r\n";
/// Longer than any presentation takes.
const PATIENCE_MS: u64 = 60_000;
const CREDENTIAL: Credential = Credential { facility: 17, number: 4711 };

fn site_key() -> PseudonymKey {
    PseudonymKey::new([0x5A; 32])
}

fn person(number: &str) -> Person {
    *site_key().pseudonym("cổng bắc", number, &RustCrypto).unwrap().as_bytes()
}

/// Lets the holder of the card in at any time.
fn rule() -> Rule {
    rule_of([(person(NUMBER), Entry { credential: Some(CREDENTIAL), ..Entry::ALWAYS })], Vec::new())
}

fn rule_of(people: impl IntoIterator<Item = (Person, Entry)>, schedules: Vec<Schedule>) -> Rule {
    let list = AccessList::of(&people.into_iter().collect(), schedules);
    Rule {
        list, key: site_key(), purpose: "cổng bắc".into(), zone_minutes: 420, from: Timestamp(NOW.0 - 86_400), until: ENDS
    }
}

/// Trusts the authority of the card.
fn trust() -> TrustStore {
    let mut trust = TrustStore::new();
    let certificate = Certificate::from_der(&authority(CARD).unwrap().csca_certificate()).unwrap();
    trust.add(certificate, Provenance::Operator { source: "csca.der".into() }, false, &RustCrypto);
    trust
}

fn gate_with(settings: Settings, rule: Rule) -> (Gate<Simulated>, Rc<World>) {
    let world = World::new(Some(NOW));
    let gate = Gate::new(world.ports(1), settings, rule, trust());
    (gate, world)
}

fn gate() -> (Gate<Simulated>, Rc<World>) {
    gate_with(Settings::default(), rule())
}

fn genuine() -> VirtualChip {
    chip(personalise(CARD).unwrap())
}

fn chip(card: Personalisation) -> VirtualChip {
    VirtualChip::new(card, 1)
}

/// Scans the code, lays the card on the reader, waits for the decision and takes the card away.
fn present(gate: &mut Gate<Simulated>, world: &World, chip: VirtualChip, modulation: Modulation) -> Option<Decision> {
    world.scan(CODE);
    world.lay(chip, modulation);
    let (decision, _) = until_decided(gate, world, PATIENCE_MS);
    world.take();
    soat_tests::gate_board::wait(gate, world, 4000);
    decision
}

fn admitted() -> Decision {
    Decision::Admitted { person: person(NUMBER), credential: Some(CREDENTIAL) }
}

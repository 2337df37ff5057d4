//! How long a user waits for a whole Vietnamese card: a modelled contactless link around the virtual chip.
//!
//! The link costs 20 ms an APDU and the bits at its rate; PACE costs the card 0.4 s. The host's own computing is measured and added;
//! what the virtual chip computes is not. Prints a line for each kind of reader.
#![allow(missing_docs, clippy::unwrap_used)]

use std::time::{Duration, Instant};

use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::{authority, personalise};
use soat::chip::reading::{ReadingOptions, read_card};
use soat::chip::{AccessKey, CardChannel, ChannelLimits, TransportError};
use soat::crypto::rustcrypto::RustCrypto;
use soat::inspection::{Overall, Profile, inspect};
use soat::pki::{Certificate, Provenance, TrustStore};
use soat::time::Timestamp;
use soat_tests::seeded::{SeededRng, Watcher};
use soat_tests::virtual_channel::InProcessChannel;

const NOW: Timestamp = Timestamp(1_785_542_400);
const AN_APDU: Duration = Duration::from_millis(20);
const PACE: Duration = Duration::from_millis(400);

/// Counts what crosses a channel, and how long the chip itself took.
struct Metered<C> {
    channel: C,
    apdus: u32,
    bytes: u64,
    in_chip: Duration,
}

impl<C: CardChannel> CardChannel for Metered<C> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let start = Instant::now();
        let answer = self.channel.transmit(command)?;
        self.in_chip += start.elapsed();
        self.apdus += 1;
        self.bytes += (command.len() + answer.len()) as u64;
        Ok(answer)
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        self.channel.reset()
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        self.channel.reconnect()
    }

    fn limits(&self) -> ChannelLimits {
        self.channel.limits()
    }
}

fn main() {
    for (card, limits, kbit, what) in [
        ("reference", ChannelLimits::SHORT, 106, "Le 223, 106 kbit/s"),
        ("reference", ChannelLimits::SHORT, 424, "Le 223, 424 kbit/s"),
        ("reference-1k", ChannelLimits::EXTENDED, 424, "answers of 1 KiB, 424 kbit/s"),
        ("reference-32k", ChannelLimits::EXTENDED, 848, "answers of 32 KiB, 848 kbit/s"),
    ] {
        let chip = VirtualChip::new(personalise(card).unwrap(), 1);
        let mut channel = Metered { channel: InProcessChannel::new(chip, limits), apdus: 0, bytes: 0, in_chip: Duration::ZERO };
        let mut trust = TrustStore::new();
        let anchor = Certificate::from_der(&authority(card).unwrap().csca_certificate()).unwrap();
        trust.add(anchor, Provenance::Operator { source: "bench".into() }, true, &RustCrypto);
        let key = AccessKey::from_can("000001").unwrap();

        let start = Instant::now();
        let mut rng = SeededRng(7);
        let options = ReadingOptions { read_at: Some(NOW), ..ReadingOptions::default() };
        let dossier = read_card(&mut channel, &key, &options, &RustCrypto, &mut rng, &mut Watcher::new(0)).unwrap();
        let report = inspect(&dossier, &trust, &Profile::OPERATIONAL, NOW, &RustCrypto);
        let host = start.elapsed().saturating_sub(channel.in_chip);
        assert_eq!(report.overall, Overall::Successful);

        let air = Duration::from_secs_f64(channel.bytes as f64 * 8.0 / (f64::from(kbit) * 1000.0));
        let total = AN_APDU * channel.apdus + PACE + air + host;
        println!(
            "{what:<30} {:>3} APDUs, {:>6} bytes, host {:>5.1} ms: {:.2} s from touch to verdict",
            channel.apdus,
            channel.bytes,
            host.as_secs_f64() * 1000.0,
            total.as_secs_f64()
        );
    }
}

//! How many photographs of cards are read, by what was done to them: 1,000 of a seed that nothing was tuned on, in release.
//!
//! `cargo run --release -p soat-tests --bin qr-rates` prints the table; with `SOAT_BLESS=1` it goes into the README.

use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use qr_search::{Effort, search};
use soat_tests::card_photos::{CardPhoto, Condition};

/// The held-out seed of the table. The search was tuned on seeds below 1,000,000.
const HELD_OUT: u64 = 2_026_000_000;
const EACH: u64 = 112;

const BEGIN: &str = "<!-- qr-rates: made by `SOAT_BLESS=1 cargo run --release -p soat-tests --bin qr-rates` -->\n";
const END: &str = "<!-- /qr-rates -->\n";

fn main() {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().and_then(|seed| seed.parse().ok()).unwrap_or(HELD_OUT);
    let each = arguments.next().and_then(|each| each.parse().ok()).unwrap_or(EACH);
    let mut table = format!("{BEGIN}| {each} photographs each, seed {seed} | read | of them |\n|---|---|---|\n");
    let (mut all, mut all_read, mut longest) = (0, 0, Duration::ZERO);
    for (condition, words) in Condition::ALL {
        let (read, slowest) = rate(condition, seed, each);
        longest = longest.max(slowest);
        all += each;
        all_read += read;
        let _ = writeln!(table, "| {words} | {read} | {} |", percent(read, each));
    }
    let _ = writeln!(table, "| **together ({all})** | **{all_read}** | **{}** |\n{END}", percent(all_read, all));
    println!("{}", table.trim_end());
    eprintln!("the longest search took {longest:?}");
    if std::env::var_os("SOAT_BLESS").is_some() {
        bless(table.trim_end());
    }
}

fn percent(part: u64, whole: u64) -> String {
    let tenths = part * 1000 / whole.max(1);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn rate(condition: Condition, seed: u64, each: u64) -> (u64, Duration) {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let work = || {
            let (mut read, mut slowest) = (0, Duration::ZERO);
            while let Some(number) = u64::try_from(next.fetch_add(1, Ordering::Relaxed)).ok().filter(|number| *number < each) {
                let photo = CardPhoto::new(condition, seed + number);
                let picture = photo.picture();
                let start = Instant::now();
                let found = search(&picture, Effort::Photograph);
                slowest = slowest.max(start.elapsed());
                let is_read = found.iter().any(|code| code.content.as_slice() == photo.text.as_bytes());
                if !is_read && std::env::var_os("QR_RATES_MISSES").is_some() {
                    eprintln!("{condition:?} {}", seed + number);
                }
                read += u64::from(is_read);
            }
            (read, slowest)
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers
            .into_iter()
            .filter_map(|worker| worker.join().ok())
            .fold((0, Duration::ZERO), |sum, one| (sum.0 + one.0, sum.1.max(one.1)))
    })
}

fn bless(table: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../README.md");
    let Ok(page) = std::fs::read_to_string(&path) else { return };
    let parts = page.split_once(BEGIN).and_then(|(before, rest)| Some((before, rest.split_once(END)?.1)));
    match parts {
        Some((before, after)) => {
            if let Err(cause) = std::fs::write(&path, format!("{before}{table}\n{after}")) {
                eprintln!("{}: {cause}", path.display());
            }
        }
        None => eprintln!("the README has no place for the table"),
    }
}

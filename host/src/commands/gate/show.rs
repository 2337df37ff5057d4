//! `soat gate pack --show`: verifies a pack as a gate does, and says what it says.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use serde_json::json;
use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::image::{ImageError, ImageHeader};
use soat::gate::pack::schedule::{Schedule, Window};
use soat::gate::pack::{GatePack, LONGEST_PACK, PackError, Portrait};

use super::pack::{grouped, refused};
use crate::command_line::Pack;
use crate::commands::Session;
use crate::commands::trust::Description;
use crate::error::{Error, Exit, Result};
use crate::gate_site::Site;
use crate::printable::printable;
use crate::trust_folder::Fingerprint;

/// Verifies and shows a pack.
///
/// # Errors
/// That it cannot be read, or why a gate would not take it.
pub fn run(arguments: &Pack, session: &mut Session) -> Result<Exit> {
    let bytes = read(arguments.show.as_deref().ok_or_else(|| Error::usage("gate-operator-missing"))?)?;
    let operator = match (&arguments.operator, &arguments.site) {
        (Some(text), _) => super::operator(text)?.bytes(),
        (None, Some(site)) => Site::read(site)?.operator,
        (None, None) => return Err(Error::usage("gate-operator-missing")),
    };
    let operator = Digest::new(&operator).ok_or_else(|| Error::usage("gate-operator-invalid"))?;
    let pack = GatePack::verify(&bytes, &operator, &RustCrypto).map_err(|error| refused(&error))?;
    if arguments.json {
        session.print_json(&json(&pack, &bytes, &operator));
        return Ok(Exit::Successful);
    }
    let text = format!(
        "{}\n{}",
        session.messages.text("gate-pack-verified"),
        super::table(&rows(&pack, &bytes, &operator, None, session), session)
    );
    session.print(&text);
    Ok(Exit::Successful)
}

/// The bytes of a pack; no more of a file than a pack has.
fn read(path: &Path) -> Result<Vec<u8>> {
    let unreadable = |cause| Error::file("file-unreadable", path, &cause);
    let mut bytes = Vec::new();
    let longest = u64::try_from(LONGEST_PACK).unwrap_or(u64::MAX);
    // One more than there may be: a file that grows, or that is a device, does not end.
    File::open(path).map_err(unreadable)?.take(longest + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() <= LONGEST_PACK {
        return Ok(bytes);
    }
    // An image is no pack that is too large.
    let is_image = ImageHeader::read(&bytes, None, &RustCrypto) != Err(ImageError::NotAnImage);
    Err(refused(&if is_image { PackError::NotAPack } else { PackError::TooLarge }))
}

/// What it says, for people; and how many of its people are shut out, where somebody counted.
pub fn rows(
    pack: &GatePack<'_>,
    bytes: &[u8],
    operator: &Digest,
    blocked: Option<usize>,
    session: &Session,
) -> Vec<(&'static str, String)> {
    let (header, content) = (pack.header(), pack.content());
    let settings = &content.settings;
    let face = match settings.face {
        Portrait::Skipped => "gate-pack-face-skipped",
        Portrait::Hashed => "gate-pack-face-hashed",
    };
    let milliseconds =
        [("pulse", settings.pulse_ms), ("code", settings.code_ms), ("card", settings.card_ms), ("reading", settings.reading_ms)];
    let milliseconds = milliseconds.map(|(name, value)| format!("{name} {value} ms")).join(" · ");
    let mut rows = vec![
        ("gate-pack-site", printable(&content.site)),
        ("gate-pack-version", header.version.to_string()),
        ("gate-pack-made-at", header.made_at.to_string()),
        ("gate-pack-ends-at", header.ends_at.to_string()),
        ("gate-pack-operator", grouped(operator)),
        ("gate-pack-zone", zone(content.zone_minutes)),
        (
            "gate-pack-settings",
            format!("{milliseconds} · passback {} s · {}", settings.passback_seconds, session.messages.text(face)),
        ),
    ];
    for anchor in &content.anchors {
        let short: String = Fingerprint::of(anchor).hex().chars().take(16).collect();
        rows.push(("gate-pack-anchor", format!("{short}  {}", printable(&Description::of(anchor).subject))));
    }
    rows.push(("gate-pack-revoked", content.revoked.len().to_string()));
    for (number, schedule) in content.list.schedules.iter().enumerate() {
        rows.push(("gate-pack-schedule", format!("{number}: {}", windows(schedule))));
    }
    rows.push(("gate-pack-people", content.list.len().to_string()));
    rows.extend(blocked.map(|count| ("gate-pack-blocked", count.to_string())));
    rows.push(("gate-pack-bytes", format!("{} / {LONGEST_PACK}", bytes.len())));
    rows
}

fn zone(minutes: i16) -> String {
    let sign = if minutes < 0 { '-' } else { '+' };
    format!("UTC{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60)
}

fn windows(schedule: &Schedule) -> String {
    let windows = schedule.0.iter().map(|Window { days, from, until }| {
        let days: String =
            "MTWTFSS".chars().zip(0..).map(|(letter, day)| if days.0 >> day & 1 == 1 { letter } else { '-' }).collect();
        format!("{days} {:02}:{:02}-{:02}:{:02}", from / 60, from % 60, until / 60, until % 60)
    });
    windows.collect::<Vec<_>>().join(", ")
}

/// The same for programs.
pub fn json(pack: &GatePack<'_>, bytes: &[u8], operator: &Digest) -> serde_json::Value {
    let (header, content) = (pack.header(), pack.content());
    let settings = &content.settings;
    let schedules = content.list.schedules.iter().map(windows).collect::<Vec<_>>();
    json!({
        "version": 1,
        "pack": {
            "site": content.site,
            "version": header.version,
            "made_at": header.made_at.to_string(),
            "ends_at": header.ends_at.to_string(),
            "operator_sha256": hex::encode_upper(operator),
            "zone_minutes": content.zone_minutes,
            "settings": {
                "pulse_ms": settings.pulse_ms,
                "code_ms": settings.code_ms,
                "card_ms": settings.card_ms,
                "passback_seconds": settings.passback_seconds,
                "reading_ms": settings.reading_ms,
                "face": if settings.face == Portrait::Hashed { "hashed" } else { "skipped" },
            },
            "anchors": content.anchors.iter().map(|anchor| Fingerprint::of(anchor).hex()).collect::<Vec<_>>(),
            "revoked": content.revoked.len(),
            "schedules": schedules,
            "people": content.list.len(),
            "bytes": bytes.len(),
        },
    })
}

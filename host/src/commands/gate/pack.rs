//! `soat gate pack`: what gates trust and whom they let in, in one signed file.

use std::collections::BTreeMap;

use serde_json::json;
use soat::crypto::Digest;
use soat::crypto::rustcrypto::RustCrypto;
use soat::evidence::TerminalSigner;
use soat::gate::pack::access_list::AccessList;
use soat::gate::pack::{Content, GatePack, LONGEST_PACK, MAX_ANCHORS, PackError};
use soat::inspection::PseudonymKey;
use soat::pki::Certificate;
use soat::time::Timestamp;

use super::policy::Policy;
use super::{people, policy, revoked, show};
use crate::command_line::Pack;
use crate::commands::judging::moment;
use crate::commands::read::check_place;
use crate::commands::verify::parse_age;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::gate_site::Site;
use crate::safe_file;
use crate::terminal_key::FileKey;
use crate::trust_folder::{Anchor, Pinned, TrustFolder, fixture_authority};

/// Makes a pack.
///
/// # Errors
/// What is wrong with store, site, policy, people or key; that the file cannot be written.
pub fn run(arguments: &Pack, session: &mut Session) -> Result<Exit> {
    let missing = |name| move || Error::usage("usage-argument-missing").with("name", name);
    let output = arguments.output.as_ref().ok_or_else(missing("--output"))?;
    check_place(output)?;
    let site = Site::read(arguments.site.as_ref().ok_or_else(|| Error::usage("gate-site-missing"))?)?;
    let key = FileKey::read(arguments.signing_key.as_ref().ok_or_else(missing("--signing-key"))?)?;
    let operator = key.key().fingerprint(&RustCrypto);
    if operator.as_ref() != site.operator {
        return Err(Error::usage("gate-pack-other-operator"));
    }
    let policy = arguments.policy.as_deref().map_or_else(|| Ok(Policy::default()), policy::read)?;
    let (anchors, revoked) = trust(arguments)?;
    let list = arguments.people.as_ref().ok_or_else(missing("--people"))?;
    let pseudonyms = PseudonymKey::new(*site.pseudonym_key);
    let people = people::read(list, &pseudonyms, &site.name, &policy)?;
    let made_at = arguments.now.as_deref().map_or_else(|| Ok(now()), moment::parse)?;
    let ends_at = end(arguments.ends.as_deref().ok_or_else(missing("--ends"))?, made_at, policy.zone_minutes)?;
    let content = Content {
        site: site.name,
        zone_minutes: policy.zone_minutes,
        settings: policy.settings,
        anchors: anchors.into_iter().map(|anchor| anchor.der).collect(),
        revoked,
        list: AccessList::of(&people, policy.schedules.into_iter().map(|(_, schedule)| schedule).collect()),
    };
    let version = arguments.pack_version.ok_or_else(missing("--version"))?;
    let bytes = content.signed(version, made_at, ends_at, &key, &RustCrypto).map_err(|error| refused(&error))?;
    // As a gate will do it: what it would refuse is not handed out.
    let pack = GatePack::verify(&bytes, &operator, &RustCrypto).map_err(|error| refused(&error))?;
    safe_file::create(output, &bytes).map_err(|cause| Error::not_created(output, &cause))?;
    let blocked = people.values().filter(|entry| entry.blocked).count();
    let rows = show::rows(&pack, &bytes, &operator, Some(blocked), session);
    if arguments.json {
        let mut document = show::json(&pack, &bytes, &operator);
        if let Some(document) = document.as_object_mut() {
            document.insert("path".into(), json!(output.display().to_string()));
            document.insert("blocked".into(), json!(blocked));
        }
        session.print_json(&document);
        return Ok(Exit::Successful);
    }
    let path = [("path", output.display().to_string().into())];
    let text = format!("{}\n{}", session.messages.format("gate-pack-made", &path), super::table(&rows, session));
    session.print(&text);
    Ok(Exit::Successful)
}

/// The anchors that were chosen, and what their lists revoke.
fn trust(arguments: &Pack) -> Result<(Vec<Anchor>, Vec<[u8; 16]>)> {
    let folder = TrustFolder::open(arguments.store.trust.as_deref())?;
    let chosen: Vec<Anchor> = if arguments.anchor.is_empty() {
        folder.anchors()?
    } else {
        let mut found = BTreeMap::new();
        for digits in &arguments.anchor {
            let (kind, anchor) = folder.find_any(digits)?;
            if kind != Pinned::Anchor {
                return Err(Error::usage("gate-pack-no-anchor").with("name", digits));
            }
            found.insert(anchor.fingerprint, anchor);
        }
        found.into_values().collect()
    };
    if chosen.is_empty() {
        return Err(Error::usage("gate-pack-no-anchors").with("path", folder.path().display()));
    }
    if chosen.len() > MAX_ANCHORS {
        let error = Error::usage("gate-pack-too-many").with("what", "anchors");
        return Err(error.with("count", chosen.len()).with("most", MAX_ANCHORS));
    }
    let mut certificates = Vec::new();
    for anchor in &chosen {
        let certificate = Certificate::from_der(&anchor.der)
            .map_err(|_| Error::usage("gate-pack-no-anchor").with("name", anchor.fingerprint.hex()))?;
        if (anchor.provenance.demonstration || fixture_authority::is_named_by(&certificate)) && !arguments.demonstration {
            return Err(Error::usage("gate-pack-demonstration").with("name", anchor.fingerprint.hex()));
        }
        certificates.push(certificate);
    }
    let (store, _) = folder.store()?;
    let revoked = revoked::digests(&store, &certificates)?;
    Ok((chosen, revoked))
}

/// When a pack ends: a moment, a day at whose beginning by the gates' clocks it does, or so long from now.
fn end(text: &str, from: Timestamp, zone_minutes: i16) -> Result<Timestamp> {
    if let Some(day) = people::date(text) {
        return Ok(Timestamp(day.days_since_epoch() * 86_400 - i64::from(zone_minutes) * 60));
    }
    if let Ok(moment) = moment::parse(text) {
        return Ok(moment);
    }
    let age = parse_age(text).map_err(|_| Error::usage("gate-pack-ends-invalid"))?;
    Ok(Timestamp(from.0.saturating_add(age.into())))
}

/// What is wrong with a pack, for people.
pub fn refused(error: &PackError) -> Error {
    match error {
        PackError::TooLarge => Error::usage("gate-pack-too-large").with("most", LONGEST_PACK),
        PackError::Ended => Error::usage("gate-pack-ends-before"),
        _ => Error::refused("gate-pack-refused").with("cause", error),
    }
}

/// The fingerprint of an operator, to be compared by eye.
pub fn grouped(operator: &Digest) -> String {
    crate::trust_folder::Fingerprint::parse(&hex::encode(operator)).map(|fingerprint| fingerprint.grouped()).unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_end_is_a_day_of_the_gate_a_moment_or_a_time_from_now() {
        let from = Timestamp(1_800_000_000);
        assert_eq!(end("2027-01-31", from, 420).unwrap().to_string(), "2027-01-30T17:00:00Z");
        assert_eq!(end("31/01/2027", from, 0).unwrap().to_string(), "2027-01-31T00:00:00Z");
        assert_eq!(end("2027-01-31T08:00:00Z", from, 420).unwrap().to_string(), "2027-01-31T08:00:00Z");
        assert_eq!(end("90d", from, 420).unwrap().0, from.0 + 90 * 86_400);
        assert_eq!(end("soon", from, 420).unwrap_err().id(), "gate-pack-ends-invalid");
    }
}

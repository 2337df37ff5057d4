//! `soat card`: lays a virtual card on pcscd's virtual reader, so that any PC/SC program can read it.

use std::fmt::Write;
use std::path::Path;
use std::sync::atomic::AtomicBool;

use card_fixtures::authority::CrlOptions;
use card_fixtures::chip::VirtualChip;
use card_fixtures::personalisation::{Personalisation, authority, catalogue};
use card_fixtures::plug::{SharedChip, vpcd};
use card_fixtures::time::Time;
use qrcodegen::{QrCode, QrCodeEcc};
use soat::dossier::{DataGroup, FileId};
use soat::time::Timestamp;
use soat::vietnam::dg13::Dg13;

use crate::command_line::Card;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::readers::virtual_card::{DEFAULT, personalisation};
use crate::safe_file;
use crate::trust_folder::Fingerprint;

/// How long a synthetic issuer's revocation list lasts, in seconds: 30 days.
const LIST_LASTS: i64 = 30 * 86_400;

/// Plugs a card in until the program is ended, or lists the cards there are.
///
/// # Errors
/// That no virtual reader listens, or that it went away.
pub fn run(arguments: &Card, session: &mut Session) -> Result<Exit> {
    if arguments.list {
        let mut text = String::new();
        for entry in catalogue() {
            let _ = writeln!(text, "{:28} {}", entry.name, entry.description);
        }
        session.print(&text);
        return Ok(Exit::Successful);
    }
    let card = personalisation(arguments.name.as_deref().unwrap_or(DEFAULT))?;
    if arguments.qr {
        let text = qr_text(&card).ok_or_else(|| Error::usage("card-without-qr").with("name", card.name.clone()))?;
        session.print(&qr_code(&text)?);
        session.print(&format!("{text}\n"));
        return Ok(Exit::Successful);
    }
    if let Some(path) = &arguments.csca {
        return write_csca(&card.name, path, session);
    }
    if let Some(path) = &arguments.crl {
        return write_crl(&card.name, path, session);
    }
    plug(card, arguments, session)
}

/// Writes the certificate of a card's issuer, to be trusted with `--demonstration`.
fn write_csca(card: &str, path: &Path, session: &mut Session) -> Result<Exit> {
    let authority = authority(card).ok_or_else(|| Error::usage("card-name-unknown").with("name", card.to_owned()))?;
    let der = authority.csca_certificate();
    safe_file::create(path, &der).map_err(|cause| Error::file("file-unwritable", path, &cause))?;
    let written = [("path", path.display().to_string().into()), ("fingerprint", Fingerprint::of(&der).hex().into())];
    session.print(&format!("{}\n", session.messages.format("card-csca-written", &written)));
    Ok(Exit::Successful)
}

/// Writes a revocation list of a card's issuer, of today and with nothing on it, so that profiles that ask for one can be tried.
fn write_crl(card: &str, path: &Path, session: &mut Session) -> Result<Exit> {
    let authority = authority(card).ok_or_else(|| Error::usage("card-name-unknown").with("name", card.to_owned()))?;
    let midnight = |at: Timestamp| at.date().map(|day| Time::midnight(day.year(), day.month(), day.day()));
    let today = now();
    let (Some(this_update), next_update) = (midnight(today), midnight(Timestamp(today.0 + LIST_LASTS))) else {
        return Err(Error::usage("now-invalid"));
    };
    let der = authority.revocation_list(&CrlOptions { this_update, next_update, ..CrlOptions::default() });
    safe_file::create(path, &der).map_err(|cause| Error::file("file-unwritable", path, &cause))?;
    session.print(&format!("{}\n", session.messages.format("card-crl-written", &[("path", path.display().to_string().into())])));
    Ok(Exit::Successful)
}

fn plug(card: Personalisation, arguments: &Card, session: &mut Session) -> Result<Exit> {
    let text = [
        session.messages.format("card-plugged", &[("name", card.name.clone().into()), ("port", arguments.port.into())]),
        keys(&card, session),
        session.messages.text("card-vpcd-listens"),
        session.messages.text("card-stop"),
    ];
    let chip = SharedChip::new(VirtualChip::new(card, random_seed()?));
    session.note(&text.join("\n"));
    let address = (arguments.host.as_str(), arguments.port);
    match vpcd::serve(&chip, address, &AtomicBool::new(false)) {
        Ok(()) => Ok(Exit::Successful),
        Err(vpcd::Error::NoReader(cause)) => Err(Error::card("vpcd-absent")
            .with("host", arguments.host.clone())
            .with("port", arguments.port)
            .with("cause", cause.to_string())),
        Err(error) => Err(Error::card("vpcd-closed").with("cause", error.to_string())),
    }
}

/// What opens the card: it is synthetic, so that its keys may be shown.
fn keys(card: &Personalisation, session: &Session) -> String {
    let can = card.can.clone().unwrap_or_else(|| "–".to_owned());
    let mrz = card
        .mrz_key
        .as_ref()
        .map_or_else(|| "–".to_owned(), |key| format!("{} {} {}", key.document_number, key.birth, key.expiry));
    session.messages.format("card-keys", &[("can", can.into()), ("mrz", mrz.into())])
}

/// What the QR code of a Vietnamese card of 2024 says, out of its DG13: eleven fields, of which the last four are empty.
fn qr_text(card: &Personalisation) -> Option<String> {
    let data = Dg13::parse(card.application_files.get(&FileId::from(DataGroup::DG13).identifier())?).ok()?;
    let day = |date: &Option<String>| Some(date.as_deref()?.replace('/', ""));
    let (number, name, sex) = (data.personal_number.clone()?, data.name.clone()?, data.sex.clone()?);
    let (old, residence) = (data.old_number.clone().unwrap_or_default(), data.residence.clone().unwrap_or_default());
    Some(format!("{number}|{old}|{name}|{}|{sex}|{residence}|{}||||", day(&data.birth)?, day(&data.issue)?))
}

/// Random numbers for a chip whose own would repeat.
pub fn random_seed() -> Result<u64> {
    getrandom::u64().map_err(|_| Error::usage("no-random-numbers"))
}

/// The code in half blocks: two modules a character, with the quiet zone of four modules (ISO 18004 §6.3.8). Light modules are drawn, so
/// that it can be scanned on a dark screen.
///
/// # Errors
/// That it is longer than a code.
pub fn qr_code(text: &str) -> Result<String> {
    let code =
        QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| Error::usage("card-without-qr").with("name", String::new()))?;
    let mut drawn = String::new();
    for row in (-4..code.size() + 4).step_by(2) {
        for column in -4..code.size() + 4 {
            let light = |row| !code.get_module(column, row);
            drawn.push(match (light(row), light(row + 1)) {
                (true, true) => '█',
                (true, false) => '▀',
                (false, true) => '▄',
                (false, false) => ' ',
            });
        }
        drawn.push('\n');
    }
    Ok(drawn)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_code_of_a_vietnamese_card_opens_it_and_a_passport_has_none() {
        let card = personalisation("vietnam-2024").unwrap();
        let text = qr_text(&card).unwrap();
        assert_eq!(
            Some(soat::vietnam::qr::Qr::parse(&text).unwrap().personal_number.as_str().split_at(6).1),
            card.can.as_deref()
        );
        assert!(text.ends_with("||||"));
        assert!(qr_text(&personalisation("passport-td3").unwrap()).is_none());
    }

    #[test]
    fn the_drawn_code_has_its_quiet_zone_and_finder_pattern() {
        let drawn = qr_code("001199000001").unwrap();
        let rows: Vec<Vec<char>> = drawn.lines().map(|line| line.chars().collect()).collect();
        // Version 1 at this length: 21 modules and 4 on each side.
        assert!(rows.iter().all(|row| row.len() == 29));
        assert_eq!(rows.len(), 15);
        assert!(rows.iter().take(2).flatten().all(|&block| block == '█'));
        // A dark row of seven modules above a row that is dark at its ends, then the light separator.
        let third: String = rows.get(2).unwrap().iter().take(12).collect();
        assert_eq!(third, "████ ▄▄▄▄▄ █");
    }
}

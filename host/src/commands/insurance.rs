//! `soat insurance check`: asks the health-insurance portal about the holder of a verified card.

use std::time::Duration;

use soat::vietnam::Qr;

use crate::command_line::{Insurance, InsuranceCheck};
use crate::commands::judging::{Judge, Judged, moment};
use crate::commands::{Session, key, now, read};
use crate::dossier_file;
use crate::error::{Error, Exit, Result};
use crate::insurance as portal;
use crate::insurance::account::Account;
use crate::insurance::answer::{Conclusion, Standing};
use crate::insurance::https::Https;
use crate::insurance::person::Person;
use crate::render::insurance::{self as render, Checked};
use crate::render::screen;

/// Runs one of the commands.
///
/// # Errors
/// Why there is no answer. What can be wrong with the account is said before the card is touched.
pub fn run(command: Insurance, session: &mut Session) -> Result<Exit> {
    let Insurance::Check(arguments) = command;
    check(*arguments, session)
}

fn check(arguments: InsuranceCheck, session: &mut Session) -> Result<Exit> {
    let InsuranceCheck { account, unverified_number, name, born, json, timeout, plain_loopback, .. } = &arguments;
    let account = Account::read(account, *plain_loopback)?;
    let (json, time) = (*json, Duration::from_secs((*timeout).into()));
    let chosen = arguments.judging.now.as_deref().map(moment::parse).transpose()?;
    let (person, judged) = match unverified_number {
        Some(text) => (unverified(text, name.as_deref(), born.as_deref())?, None),
        None => {
            let judged = judge(arguments, session)?;
            (holder(&judged, json, session)?, Some(judged))
        }
    };
    let today = judged.as_ref().map_or_else(|| chosen.unwrap_or_else(now), |judged| judged.at);
    let answer = portal::ask(&Https::new(&account, time), &person)?;
    let today = today.date().ok_or_else(|| Error::usage("now-invalid"))?;
    let conclusion = answer.conclude(&person, today);
    let exit = exit(conclusion);
    let checked = Checked { person: &person, judged: judged.as_ref(), answer: &answer, conclusion, exit };
    if json {
        session.print_json(&render::json(&checked, &session.messages));
    } else {
        session.print(&render::screen(&checked, &session.messages));
    }
    Ok(exit)
}

/// Whose card it is, if it passed. Of another nothing is sent.
fn holder(judged: &Judged, json: bool, session: &mut Session) -> Result<Person> {
    let Some(identity) = judged.report.identity() else {
        if !json {
            session.print(&screen::report(judged, false, &session.messages));
        }
        return Err(Error::ending("insurance-not-verified", judged.exit()));
    };
    Person::verified(identity, &judged.report.profile.to_string())
}

/// A person whom nobody has checked: a number with name and birth, or a QR code, which has all three.
fn unverified(text: &str, name: Option<&str>, born: Option<&str>) -> Result<Person> {
    let text = key::argument(text.to_owned())?;
    if let Ok(code) = Qr::parse(&text) {
        let birth = code.birth.map(|birth| match (birth.day(), birth.month(), birth.year()) {
            (Some(day), Some(month), year) => format!("{day:02}/{month:02}/{year:04}"),
            (_, _, year) => format!("{year:04}"),
        });
        let birth = born.map(ToOwned::to_owned).or(birth).unwrap_or_default();
        return Person::unverified(code.personal_number.as_str(), name.unwrap_or(&code.name), &birth);
    }
    Person::unverified(&text, name.unwrap_or_default(), born.unwrap_or_default())
}

/// The verdict on a saved dossier, or on the card that lies on the reader.
fn judge(arguments: InsuranceCheck, session: &mut Session) -> Result<Judged> {
    let InsuranceCheck { dossier, identity, reader, gate, key, judging, wait, .. } = arguments;
    let Some(path) = dossier else { return read::judged((reader.as_deref(), &gate), key, &judging, wait, session) };
    let identity = identity.as_deref().map(dossier_file::read_identity).transpose()?;
    let judge = Judge::new(&judging)?;
    let loaded = dossier_file::load(&path, identity.as_ref())?;
    Ok(judge.judge_loaded(&mut judge.inspector(), loaded, path.display().to_string()))
}

/// 0 insured · 1 not, or the answer is about somebody else · 2 the account or its officer · 3 the portal does not decide it.
fn exit(conclusion: Conclusion) -> Exit {
    match conclusion {
        Conclusion::Says(Standing::Valid) => Exit::Successful,
        Conclusion::OtherPerson | Conclusion::Says(Standing::Expired | Standing::NotFound) => Exit::Failed,
        Conclusion::Says(Standing::OfficerUnknown | Standing::OfficerNameDiffers) => Exit::Usage,
        Conclusion::Says(Standing::Army | Standing::Police | Standing::Replaced | Standing::Other)
        | Conclusion::Nameless
        | Conclusion::Contradiction => Exit::Undetermined,
    }
}

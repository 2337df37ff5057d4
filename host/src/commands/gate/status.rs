//! `soat gate status`, `selftest` and `time`.

use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::link::Hello;
use soat::gate::link::message::{Answer, Fault, Request, Status};
use soat::time::Timestamp;

use crate::command_line::{At, Time};
use crate::commands::judging::moment;
use crate::commands::{Session, now};
use crate::error::{Exit, Result};
use crate::gate_link::GateLink;
use crate::printable::printable;
use crate::render::moment::moment;

/// Says how a gate is: what it says to everybody, and with a key the rest. It ends in 3 where something is the matter.
///
/// # Errors
/// That nobody answers, or that the gate has another key.
pub fn run(arguments: &At, session: &mut Session) -> Result<Exit> {
    let (hello, status) = if arguments.key.is_given() {
        let mut link = GateLink::open(&arguments.device)?;
        let hello = link.hello()?;
        if hello.is_provisioned {
            drop(link);
            let (mut link, hello) = GateLink::connect(&arguments.device, &arguments.key)?;
            (hello, Some(status_of(&mut link)?))
        } else {
            (hello, None)
        }
    } else {
        (GateLink::open(&arguments.device)?.hello()?, None)
    };
    let exit = match &status {
        Some(status) if status.faults != 0 => Exit::Undetermined,
        _ => Exit::Successful,
    };
    if arguments.json {
        session.print_json(&json(&hello, status.as_ref()));
        return Ok(exit);
    }
    let yes_no = |yes: bool| session.messages.text(if yes { "gate-yes" } else { "gate-no" });
    let mut rows = vec![
        ("gate-status-device", hex::encode_upper(hello.device(&RustCrypto).0)),
        ("gate-status-image", hello.image.to_string()),
        ("gate-status-provisioned", yes_no(hello.is_provisioned)),
        ("gate-status-jumper", yes_no(hello.has_jumper)),
    ];
    match &status {
        None => rows.push(("gate-status-hello", hello.to_text())),
        Some(status) => rows.extend(details(status, session)),
    }
    let text = super::table(&rows, session);
    session.print(&text);
    Ok(exit)
}

fn details(status: &Status, session: &Session) -> Vec<(&'static str, String)> {
    let none = || session.messages.text("gate-none");
    let pack = status.pack.map_or_else(none, |pack| {
        let told =
            [("version", pack.version.to_string().into()), ("ends", moment(Timestamp(pack.ends_at), &session.messages).into())];
        session.messages.format("gate-status-pack-is", &told)
    });
    let faults: Vec<_> = status.faults().map(|fault| fault_text(fault, session)).collect();
    vec![
        ("gate-status-name", printable(&status.name)),
        ("gate-status-time", status.time().map_or_else(none, |time| moment(time, &session.messages))),
        ("gate-status-since", format!("{} s", status.milliseconds / 1000)),
        ("gate-status-pack", pack),
        ("gate-status-enrolled", status.enrolled.to_string()),
        ("gate-status-journal", status.journal_next.to_string()),
        ("gate-status-faults", if faults.is_empty() { none() } else { faults.join("; ") }),
    ]
}

fn fault_text(fault: Fault, session: &Session) -> String {
    session.messages.text(match fault {
        Fault::Reader => "gate-fault-reader",
        Fault::Clock => "gate-fault-clock",
        Fault::NoPack => "gate-fault-no-pack",
        Fault::PackEnded => "gate-fault-pack-ended",
        Fault::Journal => "gate-fault-journal",
        Fault::Storage => "gate-fault-storage",
        Fault::Tamper => "gate-fault-tamper",
    })
}

fn json(hello: &Hello, status: Option<&Status>) -> serde_json::Value {
    let details = status.map(|status| {
        json!({
            "name": status.name,
            "time": status.time().map(|time| time.to_string()),
            "milliseconds": status.milliseconds,
            "pack": status.pack.map(|pack| json!({
                "version": pack.version,
                "made_at": Timestamp(pack.made_at).to_string(),
                "ends_at": Timestamp(pack.ends_at).to_string(),
            })),
            "enrolled": status.enrolled,
            "journal_next": status.journal_next,
            "memory": { "heap": status.heap, "stack": status.stack },
            "faults": status.faults().map(Fault::name).collect::<Vec<_>>(),
        })
    });
    json!({
        "version": 1,
        "device": hex::encode_upper(hello.device(&RustCrypto).0),
        "image": hello.image,
        "provisioned": hello.is_provisioned,
        "jumper": hello.has_jumper,
        "hello": hello.to_text(),
        "status": details,
    })
}

fn status_of(link: &mut GateLink) -> Result<Status> {
    link.ask_for(&Request::Status, |answer| if let Answer::Status(status) = answer { Some(status) } else { None })
}

/// Has a gate test itself. It ends in 1 where something does not work.
///
/// # Errors
/// That nobody answers, or that the gate has another key.
pub fn self_test(arguments: &At, session: &mut Session) -> Result<Exit> {
    let (mut link, _) = GateLink::connect(&arguments.device, &arguments.key)?;
    let tested =
        link.ask_for(&Request::SelfTest, |answer| if let Answer::SelfTest(tested) = answer { Some(tested) } else { None })?;
    let exit = if tested.iter().all(|tested| tested.works) { Exit::Successful } else { Exit::Failed };
    if arguments.json {
        let rows: Vec<_> = tested.iter().map(|tested| json!({ "part": tested.part.name(), "works": tested.works })).collect();
        session.print_json(&json!({ "version": 1, "works": exit == Exit::Successful, "parts": rows }));
        return Ok(exit);
    }
    let mut text = String::new();
    for tested in &tested {
        let part = session.messages.text(&format!("gate-part-{}", tested.part.name()));
        let works = session.messages.text(if tested.works { "gate-works" } else { "gate-works-not" });
        text += &format!("{part}: {works}\n");
    }
    session.print(&text);
    Ok(exit)
}

/// Sets a gate's clock, to this computer's time or another, and says what it shows then.
///
/// # Errors
/// That nobody answers, or why the clock was not set.
pub fn time(arguments: &Time, session: &mut Session) -> Result<Exit> {
    let given = arguments.now.as_deref().map(moment::parse).transpose()?;
    let (mut link, _) = GateLink::connect(&arguments.at.device, &arguments.at.key)?;
    // As late as can be: what came before took its time.
    link.order(&Request::SetTime(given.unwrap_or_else(now).0))?;
    let shows = status_of(&mut link)?.time();
    if arguments.at.json {
        session.print_json(&json!({ "version": 1, "time": shows.map(|time| time.to_string()) }));
        return Ok(Exit::Successful);
    }
    let told = [("time", shows.map(|time| moment(time, &session.messages)).unwrap_or_default().into())];
    session.print(&format!("{}\n", session.messages.format("gate-time-set", &told)));
    Ok(Exit::Successful)
}

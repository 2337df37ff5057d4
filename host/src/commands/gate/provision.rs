//! `soat gate provision`: keys for a gate, over its port or as a code for its scanner. Nothing of them is ever in the clear.

use std::path::Path;

use image::{GrayImage, ImageFormat, Luma};
use qrcodegen::{QrCode, QrCodeEcc};
use rand_core::UnwrapErr;
use serde_json::json;
use soat::crypto::rustcrypto::RustCrypto;
use soat::gate::link::Hello;
use soat::gate::link::message::Refusal;
use soat::gate::provisioning::{Given, Provisioning, Wiegand};
use soat::gate::sealing::{seal, to_text};
use zeroize::Zeroizing;

use crate::command_line::Provision;
use crate::commands::card::qr_code;
use crate::commands::read::check_place;
use crate::commands::{Session, now};
use crate::error::{Error, Exit, Result};
use crate::gate_link::GateLink;
use crate::gate_site::{Gate, Site, is_name};
use crate::{permissions, safe_file};

/// Pixels of a module, and modules of the quiet zone (ISO 18004 §6.3.8).
const MODULE: u32 = 8;
const QUIET: i32 = 4;

/// Provisions a gate.
///
/// # Errors
/// What is wrong with the site, that the gate does not answer or refuses, or that a file cannot be written.
pub fn run(arguments: &Provision, session: &mut Session) -> Result<Exit> {
    let is_terminal = arguments.qr.as_deref() == Some(Path::new("terminal"));
    if let Some(path) = arguments.qr.as_deref().filter(|_| !is_terminal) {
        check_place(path)?;
    }
    let wiegand = Wiegand::of_bits(arguments.wiegand)
        .ok_or_else(|| Error::usage("usage-value-unknown").with("name", "--wiegand").with("valid", "0, 26, 34, 37"))?;
    if !is_name(&arguments.name) {
        return Err(Error::usage("gate-name-invalid").with("name", "--name"));
    }
    let (mut site, is_new) = site(arguments)?;
    let (link, hello) = who(arguments)?;
    if link.is_some() && arguments.qr.is_none() && !hello.has_jumper {
        return Err(link.map_or_else(|| Error::card("gate-jumper-missing"), |link| link.refused(Refusal::JumperMissing)));
    }
    let gate = Gate {
        device: hello.device(&RustCrypto),
        name: arguments.name.clone(),
        provisioned_at: now().to_string(),
        link_key: random()?,
        journal_key: random()?,
        scbk: random()?,
        osdp_address: arguments.osdp_address,
        wiegand,
        least_version: arguments.least_version,
    };
    let sealed = sealed(&site, &gate, &hello)?;
    let device = hex::encode_upper(gate.device.0);
    site.gates.push(gate);
    // Before the gate has them: keys that nobody else knows would lock everybody out of it.
    if is_new {
        site.create(&arguments.site)?
    } else {
        site.replace(&arguments.site)?
    }
    match (&arguments.qr, link) {
        (Some(path), _) => {
            let text = to_text(&sealed);
            if is_terminal {
                session.print(&qr_code(&text)?);
            } else {
                write_png(path, &text)?;
            }
        }
        (None, Some(mut link)) => link.provision(sealed)?,
        (None, None) => return Err(Error::usage("usage-argument-missing").with("name", "--qr")),
    }
    if arguments.json {
        session.print_json(&json!({
            "version": 1,
            "device": device,
            "name": arguments.name,
            "site": site.name,
            "site_file": arguments.site.display().to_string(),
            "sent": arguments.qr.is_none(),
            "qr": arguments.qr.as_ref().map(|path| path.display().to_string()),
        }));
        return Ok(Exit::Successful);
    }
    let told = [
        ("name", arguments.name.clone().into()),
        ("device", device.into()),
        ("site", arguments.site.display().to_string().into()),
    ];
    let id = if arguments.qr.is_some() { "gate-provisioning-sealed" } else { "gate-provisioned" };
    session.print(&format!("{}\n", session.messages.format(id, &told)));
    Ok(Exit::Successful)
}

/// The site of the file, or a new one; and whether it is new.
fn site(arguments: &Provision) -> Result<(Site, bool)> {
    if arguments.site.symlink_metadata().is_ok() {
        let site = Site::read(&arguments.site)?;
        if let Some(operator) = &arguments.operator
            && super::operator(operator)?.bytes() != site.operator
        {
            return Err(Error::usage("gate-site-other-operator").with("path", arguments.site.display()));
        }
        return Ok((site, false));
    }
    check_place(&arguments.site)?;
    let missing = || Error::usage("gate-site-new").with("path", arguments.site.display());
    let name = arguments.site_name.clone().ok_or_else(missing)?;
    if !is_name(&name) {
        return Err(Error::usage("gate-name-invalid").with("name", "--site-name"));
    }
    let operator = super::operator(arguments.operator.as_deref().ok_or_else(missing)?)?.bytes();
    let pseudonym_key = match &arguments.pseudonym_key {
        None => random()?,
        Some(path) => {
            let text = permissions::read_private(path, "pseudonym-key-unreadable", "pseudonym-key-open")?;
            let mut bytes = Zeroizing::new([0; 32]);
            hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
                .map_err(|_| Error::usage("pseudonym-key-invalid").with("path", path.display()))?;
            bytes
        }
    };
    Ok((Site { name, operator, pseudonym_key, gates: Vec::new() }, true))
}

/// The gate, by what it says of itself: at its port, or in a line that was read there.
fn who(arguments: &Provision) -> Result<(Option<GateLink>, Hello)> {
    if let Some(text) = &arguments.hello {
        return Hello::from_text(text).map(|hello| (None, hello)).ok_or_else(|| Error::usage("gate-hello-invalid"));
    }
    let port = arguments.device.as_ref().ok_or_else(|| Error::usage("usage-argument-missing").with("name", "--device"))?;
    let mut link = GateLink::open(port)?;
    let hello = link.hello()?;
    Ok((Some(link), hello))
}

fn random<const N: usize>() -> Result<Zeroizing<[u8; N]>> {
    let mut bytes = Zeroizing::new([0; N]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|_| Error::usage("no-random-numbers"))?;
    Ok(bytes)
}

fn sealed(site: &Site, gate: &Gate, hello: &Hello) -> Result<Vec<u8>> {
    let given = Given {
        operator: &site.operator,
        site_key: &site.pseudonym_key,
        least_version: gate.least_version,
        osdp_address: gate.osdp_address,
        scbk: &gate.scbk,
        wiegand: gate.wiegand,
        link_key: &gate.link_key,
        journal_key: &gate.journal_key,
        name: &gate.name,
    };
    let record =
        Provisioning::write(&given, &RustCrypto).ok_or_else(|| Error::usage("gate-name-invalid").with("name", "--name"))?;
    getrandom::fill(&mut [0; 32]).map_err(|_| Error::usage("no-random-numbers"))?;
    let mut rng = UnwrapErr(getrandom::SysRng);
    let sealed = seal(record.as_slice(), &hello.public_key, &hello.one_time, &mut rng, &RustCrypto);
    sealed.map_err(|_| Error::usage("gate-hello-invalid"))
}

/// The code as a picture, black on white, for paper or a telephone.
fn write_png(path: &Path, text: &str) -> Result<()> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| Error::usage("gate-hello-invalid"))?;
    let modules = u32::try_from(code.size() + 2 * QUIET).unwrap_or_default();
    let picture = GrayImage::from_fn(modules * MODULE, modules * MODULE, |x, y| {
        let place = |pixel: u32| i32::try_from(pixel / MODULE).unwrap_or_default() - QUIET;
        Luma([if code.get_module(place(x), place(y)) { 0 } else { 255 }])
    });
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, ImageFormat::Png).map_err(|_| Error::usage("gate-hello-invalid"))?;
    safe_file::create(path, bytes.get_ref()).map_err(|cause| Error::not_created(path, &cause))
}

//! The command line. Its help stands in the locales: `help-read` for a command, `help-read-can` for an argument.

mod gate;
mod help;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory, FromArgMatches, Parser, Subcommand};

use crate::error::{Error, Exit, Result};
use crate::messages::{Language, Messages};

pub use gate::{At, Enrol, Flash, Gate, GateKey, Image, Load, Log, Pack, Provision, Time};

#[derive(Parser)]
#[command(name = "soat", version, disable_help_flag = true, disable_help_subcommand = true, subcommand_required = true)]
pub struct CommandLine {
    #[arg(long, global = true, value_enum)]
    pub lang: Option<Language>,
    #[command(subcommand)]
    pub command: Command,
}

#[derive(Subcommand)]
pub enum Command {
    Read(Box<Read>),
    Desk(Box<Desk>),
    Qr(Qr),
    Verify(Verify),
    #[command(subcommand)]
    Trust(Trust),
    #[command(subcommand)]
    Key(KeyCommand),
    #[command(subcommand)]
    Timestamp(Timestamp),
    Readers(Readers),
    #[command(subcommand)]
    Gate(Gate),
    Doctor(Doctor),
    Card(Card),
    Explain(Explain),
    #[cfg(feature = "hn212")]
    Serve(Box<Serve>),
    #[cfg(feature = "insurance")]
    #[command(subcommand)]
    Insurance(Insurance),
    Purge(Purge),
    Report(Report),
    Export(Export),
}

#[derive(Args)]
pub struct Read {
    #[arg(long, value_name = "NAME")]
    pub reader: Option<String>,
    #[command(flatten)]
    pub gate: GateKey,
    #[arg(long, group = "key", requires = "reader")]
    pub gate_code: bool,
    #[command(flatten)]
    pub key: Key,
    #[command(flatten)]
    pub scanner: Scanner,
    #[command(flatten)]
    pub judging: Judging,
    #[command(flatten)]
    pub output: Output,
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    pub evidence: Evidence,
    #[arg(long)]
    pub no_photo: bool,
    #[arg(long, value_name = "HEX")]
    pub challenge: Option<String>,
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u16,
    #[arg(long, value_name = "TEMPLATE", allow_hyphen_values = true)]
    pub r#type: Option<String>,
    #[arg(long, value_name = "SECONDS", default_value_t = 3, requires = "type")]
    pub type_after: u16,
}

/// How a saved dossier becomes evidence.
#[derive(Args)]
pub struct Evidence {
    #[arg(long, value_name = "AGE-KEY", requires = "save")]
    pub recipient: Option<String>,
    #[arg(long, value_name = "KEY", requires = "save")]
    pub sign: Option<PathBuf>,
    #[arg(long, value_name = "TEXT", requires = "sign", requires = "purpose")]
    pub consent: Option<String>,
}

/// Card after card, at a counter.
#[derive(Args)]
pub struct Desk {
    #[arg(long, value_name = "NAME")]
    pub reader: Option<String>,
    #[command(flatten)]
    pub gate: GateKey,
    #[command(flatten)]
    pub scanner: Scanner,
    #[command(flatten)]
    pub judging: Judging,
    #[arg(long, value_name = "FOLDER")]
    pub save: Option<PathBuf>,
    #[command(flatten)]
    pub evidence: Evidence,
    #[arg(long)]
    pub no_photo: bool,
    #[arg(long, value_name = "FOLDER", conflicts_with = "printer")]
    pub pages: Option<PathBuf>,
    #[arg(long, value_name = "NAME")]
    pub printer: Option<String>,
    #[arg(long, value_name = "SECONDS", default_value_t = 120, value_parser = clap::value_parser!(u16).range(5..=3600))]
    pub idle: u16,
    #[arg(long)]
    pub silent: bool,
}

/// The value of a secret that is to be asked for.
pub const ASKED: &str = "?";

/// The secret that opens the chip. `-` is read from standard input.
#[derive(Args)]
pub struct Key {
    #[arg(long, value_name = "DIGITS", group = "key")]
    pub can: Option<String>,
    /// Without digits it is asked for.
    #[arg(long, value_name = "DIGITS", group = "key", num_args = 0..=1, default_missing_value = ASKED)]
    pub pin: Option<String>,
    #[arg(long, value_name = "DIGITS", group = "key", num_args = 0..=1, default_missing_value = ASKED)]
    pub puk: Option<String>,
    #[arg(long, value_name = "DIGITS", group = "key")]
    pub number: Option<String>,
    #[arg(long, value_name = "TEXT|@IMAGE", group = "key")]
    pub qr: Option<String>,
    #[arg(long, value_name = "LINES", group = "key", allow_hyphen_values = true)]
    pub mrz: Option<String>,
    #[arg(long, value_name = "NUMBER", group = "key", requires = "birth", requires = "expiry")]
    pub document_number: Option<String>,
    #[arg(long, value_name = "DATE", requires = "document_number")]
    pub birth: Option<String>,
    #[arg(long, value_name = "DATE", requires = "document_number")]
    pub expiry: Option<String>,
}

/// Devices that read codes.
#[derive(Args, Default)]
pub struct Scanner {
    #[arg(long, value_name = "PORT", group = "key")]
    pub serial: Option<PathBuf>,
    #[arg(long, value_name = "DEVICE", group = "key", num_args = 0..=1, default_missing_value = "/dev/video0")]
    pub camera: Option<PathBuf>,
    #[arg(long, value_name = "DEVICE", group = "key")]
    pub hid: Option<PathBuf>,
}

/// The code of a card, without the card.
#[derive(Args)]
pub struct Qr {
    #[arg(value_name = "IMAGE", group = "key", required_unless_present_any = ["serial", "camera", "hid"])]
    pub images: Vec<PathBuf>,
    #[command(flatten)]
    pub scanner: Scanner,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u16,
}

/// By which rules, which anchors and at which time a dossier is judged.
#[derive(Args)]
pub struct Judging {
    #[arg(long, value_name = "NAME|FILE.toml", default_value = "operational")]
    pub profile: String,
    #[arg(long, value_name = "FIELDS", value_delimiter = ',')]
    pub release: Option<Vec<String>>,
    #[arg(long, value_name = "KEY", requires = "purpose")]
    pub pseudonym: Option<PathBuf>,
    /// What the card is read for.
    #[arg(long, value_name = "TEXT")]
    pub purpose: Option<String>,
    #[command(flatten)]
    pub store: Store,
    #[arg(long, value_name = "TIME", hide = true)]
    pub now: Option<String>,
}

/// The folder of anchors.
#[derive(Args)]
pub struct Store {
    #[arg(long, value_name = "DIR", env = "SOAT_TRUST", hide_env_values = true)]
    pub trust: Option<PathBuf>,
}

#[derive(Args)]
pub struct Output {
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "FILE")]
    pub photo: Option<PathBuf>,
    #[arg(long)]
    pub timings: bool,
    #[arg(long, value_name = "FILE")]
    pub tr03135: Option<PathBuf>,
}

#[derive(Args)]
pub struct Verify {
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub judging: Judging,
    #[command(flatten)]
    pub output: Output,
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
    #[arg(long, value_name = "HEX")]
    pub challenge: Option<String>,
    #[arg(long, value_name = "AGE")]
    pub max_age: Option<String>,
    #[arg(long, value_name = "HEX")]
    pub digest: Option<String>,
}

#[derive(Subcommand)]
pub enum Trust {
    Add(TrustAdd),
    AddTerminal(TrustAddWitness),
    AddTimeStamper(TrustAddWitness),
    Import(TrustImport),
    Export(TrustExport),
    List(TrustList),
    Show(TrustShow),
    Remove(TrustRemove),
    Check(TrustCheck),
}

#[derive(Args)]
pub struct TrustAdd {
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[arg(long, value_name = "HEX")]
    pub fingerprint: Vec<String>,
    #[arg(long)]
    pub demonstration: bool,
    #[command(flatten)]
    pub store: Store,
}

/// A terminal or a time-stamp authority.
#[derive(Args)]
pub struct TrustAddWitness {
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    #[arg(long, value_name = "HEX")]
    pub fingerprint: Vec<String>,
    #[command(flatten)]
    pub store: Store,
}

/// The key with which a terminal signs.
#[derive(Subcommand)]
pub enum KeyCommand {
    New {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
    Pseudonym {
        #[arg(value_name = "FILE")]
        file: PathBuf,
    },
}

#[derive(Subcommand)]
pub enum Timestamp {
    Request(TimestampRequest),
    Attach(TimestampAttach),
}

#[derive(Args)]
pub struct TimestampRequest {
    #[arg(value_name = "DOSSIER")]
    pub dossier: PathBuf,
    #[arg(value_name = "REQUEST")]
    pub request: PathBuf,
}

#[derive(Args)]
pub struct TimestampAttach {
    #[arg(value_name = "DOSSIER")]
    pub dossier: PathBuf,
    #[arg(value_name = "RESPONSE")]
    pub response: PathBuf,
    #[arg(value_name = "OUTPUT")]
    pub output: PathBuf,
    #[command(flatten)]
    pub store: Store,
}

#[derive(Args)]
pub struct TrustImport {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[arg(long, value_name = "FILE|HEX")]
    pub signer: Option<String>,
    #[arg(long, value_name = "FILE|HEX", conflicts_with = "signer")]
    pub key: Option<String>,
    #[arg(long)]
    pub demonstration: bool,
    #[command(flatten)]
    pub store: Store,
}

/// A signed snapshot of the store.
#[derive(Args)]
pub struct TrustExport {
    #[arg(long, value_name = "KEY")]
    pub sign: PathBuf,
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    #[arg(long, value_name = "NUMBER")]
    pub snapshot_version: Option<u64>,
    #[command(flatten)]
    pub store: Store,
}

#[derive(Args)]
pub struct TrustList {
    #[arg(long)]
    pub json: bool,
    #[command(flatten)]
    pub store: Store,
}

#[derive(Args)]
pub struct TrustShow {
    #[arg(value_name = "HEX")]
    pub fingerprint: String,
    #[command(flatten)]
    pub store: Store,
}

#[derive(Args)]
pub struct TrustRemove {
    #[arg(value_name = "HEX")]
    pub fingerprint: String,
    #[command(flatten)]
    pub store: Store,
}

#[derive(Args)]
pub struct TrustCheck {
    #[arg(long, value_name = "DAYS", default_value = "90d")]
    pub within: String,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "TIME", hide = true)]
    pub now: Option<String>,
    #[command(flatten)]
    pub store: Store,
}

#[derive(Args)]
pub struct Readers {
    #[arg(long, value_name = "serial:PORT")]
    pub reader: Option<String>,
    #[command(flatten)]
    pub gate: GateKey,
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Doctor {
    #[command(flatten)]
    pub store: Store,
    #[arg(long)]
    pub json: bool,
}

#[derive(Args)]
pub struct Card {
    #[arg(value_name = "NAME")]
    pub name: Option<String>,
    #[arg(long)]
    pub list: bool,
    #[arg(long)]
    pub qr: bool,
    #[arg(long, value_name = "FILE")]
    pub csca: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub crl: Option<PathBuf>,
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    #[arg(long, default_value_t = 35963)]
    pub port: u16,
}

#[derive(Args)]
pub struct Explain {
    #[arg(value_name = "CODE", conflicts_with = "page")]
    pub code: Option<String>,
    #[arg(long, conflicts_with = "page")]
    pub json: bool,
    #[arg(long)]
    pub page: bool,
}

/// A server for programs of this computer.
#[cfg(feature = "hn212")]
#[derive(Args)]
pub struct Serve {
    /// Which reader's events are spoken.
    #[arg(long, required = true)]
    pub hn212: bool,
    #[arg(long, value_name = "ADDRESS:PORT", default_value = "127.0.0.1:8000")]
    pub listen: Vec<String>,
    #[arg(long, value_name = "ORIGIN", required_unless_present = "allow_programs")]
    pub allow_origin: Vec<String>,
    #[arg(long)]
    pub allow_programs: bool,
    #[arg(long, value_name = "NAME")]
    pub reader: Option<String>,
    #[command(flatten)]
    pub gate: GateKey,
    #[command(flatten)]
    pub scanner: Scanner,
    #[command(flatten)]
    pub judging: Judging,
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u16,
}

/// The health-insurance portal.
#[cfg(feature = "insurance")]
#[derive(Subcommand)]
pub enum Insurance {
    Check(Box<InsuranceCheck>),
}

#[cfg(feature = "insurance")]
#[derive(Args)]
pub struct InsuranceCheck {
    #[arg(long, value_name = "FILE", env = "SOAT_INSURANCE", hide_env_values = true)]
    pub account: PathBuf,
    #[arg(long, value_name = "FILE", group = "holder")]
    pub dossier: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "dossier")]
    pub identity: Option<PathBuf>,
    #[arg(long, value_name = "NAME", group = "holder")]
    pub reader: Option<String>,
    #[command(flatten)]
    pub gate: GateKey,
    #[arg(long, value_name = "NUMBER|QR", group = "holder", conflicts_with = "key")]
    pub unverified_number: Option<String>,
    #[arg(long, value_name = "TEXT", requires = "unverified_number")]
    pub name: Option<String>,
    #[arg(long, value_name = "DATE", requires = "unverified_number")]
    pub born: Option<String>,
    #[command(flatten)]
    pub key: Key,
    #[command(flatten)]
    pub judging: Judging,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "SECONDS", default_value_t = 60)]
    pub wait: u16,
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    pub timeout: u16,
    #[arg(long, hide = true)]
    pub plain_loopback: bool,
}

/// A page or a list out of saved dossiers.
#[derive(Args)]
pub struct Report {
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub pdf: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    #[arg(long, value_name = "FILE")]
    pub jsonl: Option<PathBuf>,
    #[command(flatten)]
    pub judging: Judging,
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

/// A verified identity for the systems of others.
#[derive(Args)]
pub struct Export {
    #[arg(value_name = "PATH")]
    pub path: PathBuf,
    #[arg(long, value_name = "FILE", required = true)]
    pub fhir: PathBuf,
    #[command(flatten)]
    pub judging: Judging,
    #[arg(long, value_name = "FILE")]
    pub identity: Option<PathBuf>,
}

#[derive(Args)]
pub struct Purge {
    #[arg(required = true, value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[arg(long, value_name = "AGE")]
    pub older_than: String,
    #[arg(long)]
    pub yes: bool,
}

/// What the arguments ask for.
pub enum Request {
    /// Run a command.
    Run(Box<Command>),
    /// Print this, help or the version, and end so.
    Print(String, Exit),
}

/// Reads the arguments.
///
/// # Errors
/// What is wrong with them. Values are never repeated: one of them may be a card's key.
pub fn parse(arguments: Vec<OsString>, messages: &Messages) -> Result<Request> {
    let command = help::localised(CommandLine::command(), messages);
    let parsed = command.try_get_matches_from(arguments).and_then(|mut matches| CommandLine::from_arg_matches_mut(&mut matches));
    match parsed {
        Ok(line) => Ok(Request::Run(Box::new(line.command))),
        Err(error) => explain(&error, messages),
    }
}

fn explain(error: &clap::Error, messages: &Messages) -> Result<Request> {
    use clap::error::{ContextKind, ErrorKind};
    let context = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    Err(match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            return Ok(Request::Print(help::rendered(&error.render().to_string(), messages), Exit::Successful));
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            return Ok(Request::Print(help::rendered(&error.render().to_string(), messages), Exit::Usage));
        }
        ErrorKind::InvalidSubcommand => {
            Error::usage("usage-command-unknown").with("name", context(ContextKind::InvalidSubcommand))
        }
        ErrorKind::UnknownArgument => {
            Error::usage("usage-argument-unknown").with("name", option_of(&context(ContextKind::InvalidArg)))
        }
        ErrorKind::MissingRequiredArgument => {
            Error::usage("usage-argument-missing").with("name", context(ContextKind::InvalidArg))
        }
        ErrorKind::ArgumentConflict => Error::usage("usage-argument-conflict")
            .with("name", context(ContextKind::InvalidArg))
            .with("other", context(ContextKind::PriorArg)),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => match context(ContextKind::ValidValue) {
            valid if valid.is_empty() => Error::usage("usage-value-invalid").with("name", context(ContextKind::InvalidArg)),
            valid => Error::usage("usage-value-unknown").with("name", context(ContextKind::InvalidArg)).with("valid", valid),
        },
        _ => Error::usage("usage-invalid"),
    })
}

/// An unknown argument is repeated only where it is an option; another word might be a key that lost its option.
fn option_of(argument: &str) -> String {
    if argument.starts_with('-') { argument.split('=').next().unwrap_or_default().to_owned() } else { "…".to_owned() }
}

#[cfg(test)]
mod tests;

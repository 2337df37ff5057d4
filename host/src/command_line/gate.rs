//! Arguments of `soat gate`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

use super::Store;

/// The key of a gate's serial link: in a file of its own, or in that of its site.
#[derive(Args, Clone, Default)]
pub struct GateKey {
    #[arg(long, value_name = "FILE", env = "SOAT_LINK_KEY", hide_env_values = true)]
    pub link_key: Option<PathBuf>,
    #[arg(long, value_name = "FILE", env = "SOAT_SITE", hide_env_values = true)]
    pub site: Option<PathBuf>,
}

/// Gates, their images and their packs.
#[derive(Subcommand)]
pub enum Gate {
    Image(Box<Image>),
    Flash(Flash),
    Pack(Box<Pack>),
    Provision(Box<Provision>),
    Load(Load),
    Enrol(Enrol),
    Status(At),
    Log(Log),
    Selftest(At),
    Time(Time),
}

/// What a gate trusts and whom it lets in; or, with `--show`, what a pack says.
#[derive(Args)]
pub struct Pack {
    #[arg(long, value_name = "FILE", conflicts_with_all = ["signing_key", "policy", "people", "pack_version", "ends", "output", "anchor"])]
    pub show: Option<PathBuf>,
    #[arg(long, value_name = "HEX|FILE", requires = "show")]
    pub operator: Option<String>,
    #[arg(long, value_name = "FILE", env = "SOAT_SITE", hide_env_values = true)]
    pub site: Option<PathBuf>,
    #[arg(long, value_name = "KEY", required_unless_present = "show")]
    pub signing_key: Option<PathBuf>,
    #[arg(long, value_name = "FILE.toml")]
    pub policy: Option<PathBuf>,
    #[arg(long, value_name = "FILE.csv", required_unless_present = "show")]
    pub people: Option<PathBuf>,
    #[arg(long = "version", value_name = "NUMBER", required_unless_present = "show")]
    pub pack_version: Option<u64>,
    #[arg(long, value_name = "DATE|DAYS", required_unless_present = "show")]
    pub ends: Option<String>,
    #[arg(long, value_name = "FILE", required_unless_present = "show")]
    pub output: Option<PathBuf>,
    #[arg(long, value_name = "HEX")]
    pub anchor: Vec<String>,
    #[arg(long)]
    pub demonstration: bool,
    #[command(flatten)]
    pub store: Store,
    #[arg(long)]
    pub json: bool,
    #[arg(long, value_name = "TIME", hide = true)]
    pub now: Option<String>,
}

/// An image, signed; or, with `--show`, what one says.
#[derive(Args)]
pub struct Image {
    #[arg(value_name = "ELF|BIN", required_unless_present = "show")]
    pub file: Option<PathBuf>,
    #[arg(long, value_name = "FILE", conflicts_with_all = ["file", "signing_key", "image_version", "output"])]
    pub show: Option<PathBuf>,
    #[arg(long, value_name = "HEX|FILE", requires = "show")]
    pub operator: Option<String>,
    #[arg(long, value_name = "FILE", env = "SOAT_SITE", hide_env_values = true)]
    pub site: Option<PathBuf>,
    #[arg(long = "version", value_name = "NUMBER", required_unless_present = "show", value_parser = clap::value_parser!(u32).range(1..))]
    pub image_version: Option<u32>,
    #[arg(long, value_name = "KEY", required_unless_present = "show")]
    pub signing_key: Option<PathBuf>,
    #[arg(long, value_name = "FILE", required_unless_present = "show")]
    pub output: Option<PathBuf>,
    #[arg(long, value_name = "NAME", default_value = "stm32f405")]
    pub board: String,
    #[arg(long)]
    pub json: bool,
}

/// A board's first programs.
#[derive(Args)]
pub struct Flash {
    #[arg(long, value_name = "BOOT.elf")]
    pub boot: PathBuf,
    #[arg(long, value_name = "GATE.elf")]
    pub image: PathBuf,
    #[arg(long, conflicts_with = "dfu")]
    pub swd: bool,
    #[arg(long)]
    pub dfu: bool,
    #[arg(long, value_name = "NAME", default_value = "stlink", conflicts_with = "dfu")]
    pub interface: String,
    #[arg(long, conflicts_with = "dfu")]
    pub protect: bool,
    #[arg(long, requires = "protect")]
    pub yes: bool,
    #[arg(long)]
    pub dry_run: bool,
    #[arg(long)]
    pub json: bool,
}

/// A gate's keys.
#[derive(Args)]
pub struct Provision {
    #[arg(long, value_name = "FILE", env = "SOAT_SITE", hide_env_values = true, required = true)]
    pub site: PathBuf,
    #[arg(long, value_name = "TEXT")]
    pub name: String,
    #[arg(long, value_name = "PORT", required_unless_present = "hello")]
    pub device: Option<PathBuf>,
    #[arg(long, value_name = "TEXT", conflicts_with = "device", requires = "qr")]
    pub hello: Option<String>,
    #[arg(long, value_name = "FILE.png|terminal")]
    pub qr: Option<PathBuf>,
    #[arg(long, value_name = "HEX|FILE")]
    pub operator: Option<String>,
    #[arg(long, value_name = "TEXT", requires = "operator")]
    pub site_name: Option<String>,
    #[arg(long, value_name = "FILE", requires = "operator")]
    pub pseudonym_key: Option<PathBuf>,
    #[arg(long, value_name = "NUMBER", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=126))]
    pub osdp_address: u8,
    #[arg(long, value_name = "BITS", default_value_t = 0)]
    pub wiegand: u8,
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub least_version: u64,
    #[arg(long)]
    pub json: bool,
}

/// A gate at a port.
#[derive(Args)]
pub struct At {
    #[arg(long, value_name = "PORT")]
    pub device: PathBuf,
    #[command(flatten)]
    pub key: GateKey,
    #[arg(long)]
    pub json: bool,
}

/// A pack or an image for a gate.
#[derive(Args)]
pub struct Load {
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub at: At,
}

/// Cards that need no code at a gate.
#[derive(Args)]
pub struct Enrol {
    #[arg(value_name = "FILE", required_unless_present = "none")]
    pub file: Option<PathBuf>,
    #[arg(long, conflicts_with = "file")]
    pub none: bool,
    #[command(flatten)]
    pub at: At,
}

/// A gate's journal.
#[derive(Args)]
pub struct Log {
    #[arg(long, value_name = "NUMBER")]
    pub from: Option<u64>,
    #[arg(long, value_name = "FILE")]
    pub state: Option<PathBuf>,
    #[command(flatten)]
    pub at: At,
}

/// A gate's clock.
#[derive(Args)]
pub struct Time {
    #[arg(long, value_name = "TIME")]
    pub now: Option<String>,
    #[command(flatten)]
    pub at: At,
}

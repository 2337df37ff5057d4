//! Writes the seeds of the fuzz targets into a folder: `seed-corpus FOLDER [--real]`, one folder an entry.

use std::path::PathBuf;
use std::{env, fs, io};

use soat_tests::{real_data, seeds};

fn main() -> io::Result<()> {
    let mut arguments = env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| "corpus".into()));
    let mut all = seeds::synthetic();
    if arguments.next().is_some_and(|flag| flag == "--real")
        && let Some(data) = real_data::folder()
    {
        all.extend(seeds::real(&data));
    }
    for (entry, name, bytes) in &all {
        fs::create_dir_all(folder.join(entry))?;
        fs::write(folder.join(entry).join(name), bytes)?;
    }
    println!("{} seeds in {}", all.len(), folder.display());
    Ok(())
}

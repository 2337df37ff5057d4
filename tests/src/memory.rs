//! The memory of another process, searched from outside (Linux `/proc`).

use std::fs::{self, File};
use std::os::unix::fs::FileExt;

/// Where these bytes stand in what a process can write: the name of each region and the address. `None`, with a loud line, where it
/// cannot be looked at.
pub fn places(pid: u32, wanted: &[u8]) -> Option<Vec<String>> {
    let (maps, memory) = (fs::read_to_string(format!("/proc/{pid}/maps")), File::open(format!("/proc/{pid}/mem")));
    let (Ok(maps), Ok(memory)) = (maps, memory) else {
        crate::real_data::skip("the memory of another process cannot be read here");
        return None;
    };
    let mut found = Vec::new();
    for line in maps.lines() {
        let mut fields = line.split_ascii_whitespace();
        let (range, rights, name) = (fields.next()?, fields.next()?, fields.nth(3).unwrap_or("anonymous"));
        let (start, end) = range.split_once('-')?;
        let (Ok(start), Ok(end)) = (u64::from_str_radix(start, 16), u64::from_str_radix(end, 16)) else { continue };
        if !rights.starts_with("rw") || name == "[vvar]" {
            continue;
        }
        let mut bytes = vec![0; usize::try_from(end.saturating_sub(start)).ok()?];
        // Pages that were never touched may not be there.
        let read = memory.read_at(&mut bytes, start).unwrap_or(0);
        for (at, window) in bytes.get(..read).unwrap_or_default().windows(wanted.len()).enumerate() {
            if window == wanted {
                found.push(format!("{name} at {:#x}", start + u64::try_from(at).unwrap_or(0)));
            }
        }
    }
    Some(found)
}

/// How many bytes of a process lie in memory.
pub fn resident(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default();
    line.split_ascii_whitespace().next().and_then(|kilobytes| kilobytes.parse::<u64>().ok()).unwrap_or(0) * 1024
}

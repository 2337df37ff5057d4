//! A password out of the key store of the user's session: the Secret Service of freedesktop.org, through `secret-tool` of libsecret. It is
//! put there by `secret-tool store --label=soat service soat-insurance username 01001_BV`, which asks for it.

use zeroize::Zeroizing;

use crate::error::{Error, Result};

/// The password of a user name.
///
/// # Errors
/// That there is no key store, or that it has none or is not opened.
#[cfg(unix)]
pub fn password(username: &str) -> Result<Zeroizing<String>> {
    use std::io::Read;
    use std::process::{Command, Stdio};

    /// No password is longer, in bytes.
    const LONGEST: u64 = 1024;

    let none = || Error::usage("insurance-store-empty").with("username", username);
    let tool = crate::installed::find("secret-tool").ok_or_else(|| Error::usage("insurance-store-missing"))?;
    let mut command = Command::new(tool);
    // Attributes are no secrets; the password comes by the pipe, and what is said beside it is not shown.
    command.args(["lookup", "service", "soat-insurance", "username", username]);
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(|_| none())?;
    let mut password = Zeroizing::new(String::new());
    let read = child.stdout.take().map(|stdout| stdout.take(LONGEST).read_to_string(&mut password));
    let status = child.wait().map_err(|_| none())?;
    let is_there = matches!(read, Some(Ok(len)) if len > 0) && status.success();
    is_there.then(|| Zeroizing::new(password.trim_end_matches('\n').to_owned())).ok_or_else(none)
}

/// The password of a user name.
///
/// # Errors
/// That no key store is known here.
#[cfg(not(unix))]
pub fn password(_: &str) -> Result<Zeroizing<String>> {
    Err(Error::usage("insurance-store-missing"))
}

//! The facility's account at the portal, out of a file that its user alone can read (TOML):
//!
//! ```toml
//! username = "01001_BV"            # facility code, _BV
//! password = "…"                   # or password_md5 = "32 hexadecimal digits", or password_store = "secret-service"
//! officer_name = "Trần Văn Mẫu"    # who asks: the portal demands both
//! officer_number = "001090000002"
//! # url = "https://…"              # another way to the portal, such as the facility's own gateway
//! ```

use std::path::Path;

use md5::{Digest, Md5};
use toml_edit::{Document, Item};
use zeroize::Zeroizing;

use super::https::Address;
use super::key_store;
use crate::error::{Error, Result};
use crate::permissions;

/// The portal of Vietnam Social Security.
const PORTAL: &str = "https://egw.baohiemxahoi.gov.vn";
const KEYS: [&str; 7] = ["url", "username", "password", "password_md5", "password_store", "officer_name", "officer_number"];

/// An account. Secret: has no `Debug`.
pub struct Account {
    /// Where the portal is.
    pub portal: Address,
    /// Facility code and `_BV`.
    pub username: String,
    /// What the portal takes for the password: its MD5, in hexadecimal digits.
    pub password_md5: Zeroizing<String>,
    /// Full name of the officer who asks.
    pub officer_name: String,
    /// Personal number of the officer who asks.
    pub officer_number: String,
}

impl Account {
    /// Reads an account. `plain_loopback` allows http to this computer itself, for stand-ins.
    ///
    /// # Errors
    /// That others can read the file, that it cannot be read, or what is wrong in it; never what stands there.
    pub fn read(path: &Path, plain_loopback: bool) -> Result<Self> {
        let text = permissions::read_private(path, "file-unreadable", "insurance-account-open")?;
        Self::parse(&text, plain_loopback).map_err(|error| error.with("path", path.display()))
    }

    fn parse(text: &str, plain_loopback: bool) -> Result<Self> {
        let document = Document::parse(text).map_err(|error| {
            let before = text.get(..error.span().unwrap_or_default().start).unwrap_or(text);
            // The message would repeat what stands there.
            Error::usage("insurance-account-syntax").with("line", before.matches('\n').count() + 1)
        })?;
        if let Some((key, _)) = document.iter().find(|(key, _)| !KEYS.contains(key)) {
            return Err(Error::usage("insurance-account-key").with("name", key).with("valid", KEYS.join(", ")));
        }
        let optional = |key: &'static str| match document.get(key).map(Item::as_str) {
            None => Ok(None),
            Some(Some(value)) if !value.trim().is_empty() && !value.chars().any(char::is_control) => Ok(Some(value.trim())),
            Some(_) => Err(Error::usage("insurance-account-value").with("name", key)),
        };
        let needed = |key| optional(key)?.ok_or_else(|| Error::usage("insurance-account-missing").with("name", key));
        let md5 = |password: &str| Zeroizing::new(hex::encode(Md5::digest(password)));
        let wrong = |name| Err(Error::usage("insurance-account-value").with("name", name));
        let password_md5 = match (optional("password")?, optional("password_md5")?, optional("password_store")?) {
            (Some(password), None, None) => md5(password),
            (None, Some(digits), None) if hex::decode(digits).is_ok_and(|bytes| bytes.len() == 16) => {
                Zeroizing::new(digits.to_owned())
            }
            (None, Some(_), None) => return wrong("password_md5"),
            (None, None, Some("secret-service")) => md5(&key_store::password(needed("username")?)?),
            (None, None, Some(_)) => return wrong("password_store"),
            (None, None, None) => return Err(Error::usage("insurance-account-missing").with("name", "password")),
            _ => return Err(Error::usage("insurance-account-passwords")),
        };
        Ok(Self {
            portal: Address::parse(optional("url")?.unwrap_or(PORTAL), plain_loopback)?,
            username: needed("username")?.to_owned(),
            password_md5,
            officer_name: needed("officer_name")?.to_owned(),
            officer_number: needed("officer_number")?.to_owned(),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const GOOD: &str =
        "username = '01001_BV'\npassword = 'mau'\nofficer_name = 'Trần Văn Mẫu'\nofficer_number = '001090000002'\n";

    #[test]
    fn a_password_becomes_its_md5() {
        // printf mau | md5sum
        let account = Account::parse(GOOD, false).unwrap();
        assert_eq!(account.password_md5.as_str(), "e3d0cd173a3342f1d2119cc5bce5d1d4");
        let digest = "0123456789abcdef0123456789ABCDEF";
        let with_digest = GOOD.replace("password = 'mau'", &format!("password_md5 = '{digest}'"));
        assert_eq!(Account::parse(&with_digest, false).unwrap().password_md5.as_str(), digest);
    }

    #[test]
    fn what_is_wrong_is_named_and_never_repeated() {
        let cases = [
            (GOOD.replace("officer_name = 'Trần Văn Mẫu'\n", ""), "insurance-account-missing"),
            (GOOD.replace("password = 'mau'\n", ""), "insurance-account-missing"),
            (GOOD.replace("'mau'", "7"), "insurance-account-value"),
            (GOOD.replace("password =", "password_md5 ="), "insurance-account-value"),
            (format!("{GOOD}password_md5 = 'x'"), "insurance-account-passwords"),
            (format!("{GOOD}password_store = 'secret-service'"), "insurance-account-passwords"),
            (GOOD.replace("password = 'mau'", "password_store = 'drawer'"), "insurance-account-value"),
            (format!("{GOOD}pasword = 'mau'"), "insurance-account-key"),
            (format!("{GOOD}password: mau"), "insurance-account-syntax"),
            (format!("{GOOD}url = 'http://egw.example.vn'"), "insurance-url-invalid"),
        ];
        let messages = crate::messages::Messages::new(crate::messages::Language::En);
        for (text, id) in cases {
            let error = Account::parse(&text, false).err().unwrap();
            assert_eq!(error.id(), id, "{text}");
            assert!(!error.message(&messages).contains("mau"), "{}", error.message(&messages));
        }
    }
}

//! The portal over HTTPS: `POST /api/token/take`, then `POST /api/egw/KQNhanLichSuKCB2024` with the secrets in its query, as the portal
//! wants it. An address is therefore never shown, logged or put into an error.

use std::io::ErrorKind;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use ureq::Agent;
use ureq::http::Uri;
use ureq::tls::{RootCerts, TlsConfig, TlsProvider};
use zeroize::Zeroizing;

use super::account::Account;
use super::answer::Answer;
use super::failure::Failure;
use super::person::Person;
use super::{Portal, Token};
use crate::error::{Error, Result as HostResult};

/// No answer has more, in bytes.
const LONGEST_ANSWER: u64 = 256 * 1024;
/// How long one try to connect may take.
const CONNECTING: Duration = Duration::from_secs(4);

/// Where the portal is: scheme, host and perhaps a path, without secrets.
pub struct Address(String);

impl Address {
    /// Reads an address. It is https; `plain_loopback` allows http to this computer itself.
    ///
    /// # Errors
    /// That it is no such address. It is not repeated, since somebody may have put a password into it.
    pub fn parse(text: &str, plain_loopback: bool) -> HostResult<Self> {
        let invalid = || Error::usage("insurance-url-invalid");
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let authority = uri.authority().ok_or_else(invalid)?;
        let is_loopback = ["127.0.0.1", "[::1]"].contains(&authority.host());
        let scheme_holds = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => plain_loopback && is_loopback,
            _ => false,
        };
        if !scheme_holds || authority.as_str().contains('@') || uri.query().is_some() || text.contains('#') {
            return Err(invalid());
        }
        Ok(Self(text.trim_end_matches('/').to_owned()))
    }
}

/// The portal, with a time by which all is done.
pub struct Https<'a> {
    account: &'a Account,
    agent: Agent,
    deadline: Instant,
}

impl<'a> Https<'a> {
    /// Connects to nothing yet. All calls together take no longer than `time`.
    pub fn new(account: &'a Account, time: Duration) -> Self {
        let tls = TlsConfig::builder().provider(TlsProvider::NativeTls).root_certs(RootCerts::PlatformVerifier).build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(CONNECTING))
            .user_agent("soat")
            .build();
        Self { account, agent: config.new_agent(), deadline: Instant::now() + time }
    }

    /// Sends a document and gives the status and body of the answer. What never left this computer is sent once more.
    fn post(&self, path: &str, query: &[(&str, &str)], body: &Value) -> Result<(u16, Vec<u8>), Failure> {
        match self.post_once(path, query, body) {
            Err(Failure::Unreachable) => self.post_once(path, query, body),
            result => result,
        }
    }

    fn post_once(&self, path: &str, query: &[(&str, &str)], body: &Value) -> Result<(u16, Vec<u8>), Failure> {
        let left = self.deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(Failure::TimedOut);
        }
        let body = Zeroizing::new(body.to_string());
        let request = self.agent.post(format!("{}{path}", self.account.portal.0)).query_pairs(query.iter().copied());
        let request = request.content_type("application/json").config().timeout_global(Some(left)).build();
        let mut response = request.send(body.as_str()).map_err(|error| failure(&error))?;
        let status = response.status().as_u16();
        let body = response.body_mut().with_config().limit(LONGEST_ANSWER).read_to_vec();
        body.map(|body| (status, body)).map_err(|error| failure(&error))
    }
}

impl Portal for Https<'_> {
    fn take_token(&self) -> Result<Token, Failure> {
        let body = json!({ "username": self.account.username, "password": self.account.password_md5.as_str() });
        let (status, bytes) = self.post("/api/token/take", &[], &body)?;
        let bytes = Zeroizing::new(bytes);
        match status {
            200 => token(&bytes),
            401 => Err(Failure::AccountRefused),
            status => Err(Failure::Status(status)),
        }
    }

    fn look_up(&self, token: &Token, person: &Person) -> Result<Answer, Failure> {
        let query = [
            ("token", token.access.as_str()),
            ("id_token", &token.id),
            ("username", &self.account.username),
            ("password", &self.account.password_md5),
        ];
        let body = json!({
            "maThe": person.number,
            "hoTen": person.name,
            "ngaySinh": person.birth.written(),
            "hoTenCb": self.account.officer_name,
            "cccdCb": self.account.officer_number,
        });
        match self.post("/api/egw/KQNhanLichSuKCB2024", &query, &body)? {
            (200, bytes) => Answer::parse(&Zeroizing::new(bytes)),
            (401, _) => Err(Failure::TokenRefused),
            (status, _) => Err(Failure::Status(status)),
        }
    }
}

/// The tokens of an answer: `{ "maKetQua": "200", "APIKey": { "access_token": …, "id_token": … } }`, or the two without the frame.
fn token(bytes: &[u8]) -> Result<Token, Failure> {
    let document: Value = serde_json::from_slice(bytes).map_err(|_| Failure::Unreadable)?;
    let frame = document.get("APIKey").filter(|key| key.is_object()).unwrap_or(&document);
    let text =
        |key| frame.get(key).and_then(Value::as_str).filter(|text| !text.is_empty()).map(|text| Zeroizing::new(text.to_owned()));
    match (text("access_token"), text("id_token")) {
        (Some(access), Some(id)) => Ok(Token { access, id }),
        // A refusal comes with status 200 too.
        _ if document.get("maKetQua").and_then(Value::as_str) == Some("401") => Err(Failure::AccountRefused),
        _ => Err(Failure::Unreadable),
    }
}

/// What ureq says, without its words: some repeat the address.
fn failure(error: &ureq::Error) -> Failure {
    use ureq::{Error as E, Timeout};
    match error {
        E::HostNotFound | E::ConnectionFailed | E::ConnectProxyFailed(_) => Failure::Unreachable,
        E::Timeout(Timeout::Connect | Timeout::Resolve) => Failure::Unreachable,
        E::Timeout(_) => Failure::TimedOut,
        E::BodyExceedsLimit(_) | E::LargeResponseHeader(..) => Failure::TooLong,
        E::Tls(_) | E::NativeTls(_) => Failure::NotTrusted,
        E::Io(cause) => match cause.kind() {
            ErrorKind::ConnectionRefused | ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable => Failure::Unreachable,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Failure::TimedOut,
            _ => Failure::Broken,
        },
        _ => Failure::Broken,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_without_secrets() {
        for text in ["https://egw.example.vn", "https://egw.example.vn:8443/bhyt/", "https://127.0.0.1"] {
            assert!(Address::parse(text, false).is_ok(), "{text}");
        }
        for text in [
            "http://egw.example.vn",
            "http://127.0.0.1.example.vn",
            "http://127.0.0.1@example.vn",
            "http://localhost",
            "https://user:password@egw.example.vn",
            "https://egw.example.vn/?token=1",
            "https://egw.example.vn/#a",
            "ftp://egw.example.vn",
            "egw.example.vn",
            "",
        ] {
            assert!(Address::parse(text, true).is_err(), "{text}");
        }
        for text in ["http://127.0.0.1:8080", "http://[::1]:8080"] {
            assert!(Address::parse(text, true).is_ok(), "{text}");
            assert!(Address::parse(text, false).is_err(), "{text}");
        }
    }

    #[test]
    fn tokens_with_and_without_a_frame() {
        for text in [
            r#"{"maKetQua":"200","APIKey":{"access_token":"a","id_token":"b","expires_in":"2026-11-22T08:15:00Z"}}"#,
            r#"{"access_token":"a","id_token":"b"}"#,
        ] {
            assert!(token(text.as_bytes()).is_ok(), "{text}");
        }
        let failure = |text: &str| token(text.as_bytes()).err();
        assert_eq!(failure(r#"{"maKetQua":"401","APIKey":null}"#), Some(Failure::AccountRefused));
        for text in ["", "[]", "{}", r#"{"access_token":"a"}"#, r#"{"access_token":"","id_token":"b"}"#] {
            assert_eq!(failure(text), Some(Failure::Unreadable), "{text}");
        }
    }
}

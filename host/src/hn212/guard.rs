//! Who is let in. A page in a browser can reach every port of its computer, so that each request is looked at before anything answers:
//!
//! - The name in `Host` must be this computer's: a page whose own name was made to point here (DNS rebinding) brings another.
//! - `Origin` must be on the list, letter by letter. `null`, which sandboxed frames and local files have, is on no list: any page can have it.
//! - No `Origin` at all means a program, not a page, and is let in where programs are allowed; a browser that leaves it out (images,
//!   scripts, same-origin requests) says `Sec-Fetch-Site`, and is not.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::Mutex;

use hyper::header::{HOST, HeaderName, HeaderValue, ORIGIN};
use hyper::{HeaderMap, Method, Request, StatusCode, Uri};

use crate::error::{Error, Result};

/// Names of this computer in `Host`.
const NAMES: [&str; 3] = ["127.0.0.1", "[::1]", "localhost"];
/// Refused origins that are told to the operator.
const MOST_TOLD: usize = 16;
/// Longest origin that is told.
const LONGEST_TOLD: usize = 200;

/// An origin that is allowed: scheme, host and port as browsers write them (RFC 6454 §6.2).
#[derive(Clone, PartialEq, Eq)]
pub struct Origin(String);

impl Origin {
    /// Reads an origin: `https://desk.example.vn`, `http://localhost:5173`.
    ///
    /// # Errors
    /// That a browser would never send it so: with a path, capital letters or the port that its scheme has anyway, or not of the web.
    pub fn parse(text: &str) -> Result<Self> {
        let invalid = || Error::usage("serve-origin-invalid").with("origin", text);
        let uri: Uri = text.parse().map_err(|_| invalid())?;
        let (scheme, authority) = (uri.scheme_str().ok_or_else(invalid)?, uri.authority().ok_or_else(invalid)?);
        let own_port = match scheme {
            "http" => ":80",
            "https" => ":443",
            _ => return Err(invalid()),
        };
        let has_host =
            !authority.host().is_empty() && !authority.as_str().contains(['@', '*']) && !authority.as_str().ends_with(':');
        if text != format!("{scheme}://{authority}") || text != text.to_lowercase() || text.ends_with(own_port) || !has_host {
            return Err(invalid());
        }
        Ok(Self(text.to_owned()))
    }

    /// Whether anybody on the way to its server can speak in its name.
    pub fn is_open(&self) -> bool {
        let host = self.0.strip_prefix("http://").unwrap_or_default();
        !host.is_empty()
            && !NAMES.iter().any(|name| host.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(':')))
    }
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Not a method of this protocol.
    Method,
    /// The name in `Host` is not this computer's.
    Host,
    /// The origin is not on the list.
    Origin,
    /// A program, and programs are not allowed.
    Program,
}

impl Refusal {
    /// The status that says so.
    pub fn status(self) -> StatusCode {
        match self {
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::Host => StatusCode::MISDIRECTED_REQUEST,
            Self::Origin | Self::Program => StatusCode::FORBIDDEN,
        }
    }

    /// For whoever writes the program.
    pub fn text(self) -> &'static str {
        match self {
            Self::Method => "soat: GET, POST and OPTIONS only\n",
            Self::Host => "soat: Host is not a name of this computer\n",
            Self::Origin => "soat: this origin is not among --allow-origin\n",
            Self::Program => "soat: programs without an origin need --allow-programs\n",
        }
    }
}

/// Who may come in, and through which doors.
pub struct Guard {
    ports: Vec<u16>,
    origins: Vec<Origin>,
    programs: bool,
    told: Mutex<BTreeSet<String>>,
}

impl Guard {
    /// A guard at these doors.
    pub fn new(doors: &[SocketAddr], origins: Vec<Origin>, programs: bool) -> Self {
        Self { ports: doors.iter().map(SocketAddr::port).collect(), origins, programs, told: Mutex::default() }
    }

    /// Lets a request in, with the origin that it comes from: `None` for programs.
    ///
    /// # Errors
    /// Why not.
    pub fn admit<B>(&self, request: &Request<B>) -> std::result::Result<Option<HeaderValue>, Refusal> {
        if ![Method::GET, Method::POST, Method::OPTIONS].contains(request.method()) {
            return Err(Refusal::Method);
        }
        let headers = request.headers();
        // A target with a host of its own is for proxies (RFC 9112 §3.2.2).
        if request.uri().authority().is_some() || !only(headers, &HOST).is_some_and(|host| self.is_here(host)) {
            return Err(Refusal::Host);
        }
        match headers.get(ORIGIN) {
            Some(_) => match only(headers, &ORIGIN) {
                Some(origin) if self.origins.iter().any(|allowed| allowed.0.as_bytes() == origin.as_bytes()) => {
                    Ok(Some(origin.clone()))
                }
                _ => Err(Refusal::Origin),
            },
            None if headers.contains_key("sec-fetch-site") => Err(Refusal::Origin),
            None if self.programs && request.method() != Method::OPTIONS => Ok(None),
            None => Err(Refusal::Program),
        }
    }

    /// The origin of a refused page, the first time that it comes: the operator may have forgotten it.
    pub fn news(&self, headers: &HeaderMap) -> Option<String> {
        let origin = only(headers, &ORIGIN)?.to_str().ok()?;
        let mut told = self.told.lock().ok()?;
        let is_new = origin.len() <= LONGEST_TOLD && told.len() < MOST_TOLD && told.insert(origin.to_owned());
        is_new.then(|| origin.to_owned())
    }

    fn is_here(&self, host: &HeaderValue) -> bool {
        let Ok(host) = host.to_str() else { return false };
        let host = host.to_ascii_lowercase();
        let port = NAMES.iter().find_map(|name| match host.strip_prefix(name)? {
            "" => Some(80),
            rest => rest.strip_prefix(':').filter(|digits| digits.bytes().all(|digit| digit.is_ascii_digit()))?.parse().ok(),
        });
        port.is_some_and(|port| self.ports.contains(&port))
    }
}

/// A header that must stand there once.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn guard(programs: bool) -> Guard {
        let doors = ["127.0.0.1:8000".parse().unwrap(), "[::1]:8001".parse().unwrap()];
        Guard::new(&doors, vec![Origin::parse("https://desk.example.vn").unwrap()], programs)
    }

    fn admitted(programs: bool, headers: &[(&str, &str)]) -> std::result::Result<bool, Refusal> {
        let request = headers.iter().fold(Request::get("/socket.io/"), |request, (name, value)| request.header(*name, *value));
        guard(programs).admit(&request.body(()).unwrap()).map(|origin| origin.is_some())
    }

    #[test]
    fn origins_are_as_browsers_write_them() {
        for text in ["https://desk.example.vn", "http://localhost:5173", "https://desk.example.vn:8443", "http://10.0.0.5"] {
            assert!(Origin::parse(text).is_ok(), "{text}");
        }
        for text in [
            "null",
            "*",
            "",
            "https://*.example.vn/",
            "https://desk.example.vn/",
            "https://desk.example.vn/page",
            "https://Desk.example.vn",
            "HTTPS://desk.example.vn",
            "https://desk.example.vn:443",
            "http://localhost:80",
            "https://user@desk.example.vn",
            "desk.example.vn",
            "file://",
            "ftp://desk.example.vn",
            "https://desk.example.vn?x",
            "https://desk.example.vn#x",
            "https://",
            "https://:1",
            "https://a:",
        ] {
            assert!(Origin::parse(text).is_err(), "{text}");
        }
        assert!(Origin::parse("http://desk.example.vn").unwrap().is_open());
        assert!(Origin::parse("http://localhost.example.vn").unwrap().is_open());
        for text in ["https://desk.example.vn", "http://localhost:5173", "http://127.0.0.1", "http://[::1]:8000"] {
            assert!(!Origin::parse(text).unwrap().is_open(), "{text}");
        }
    }

    #[test]
    fn an_origin_is_compared_letter_by_letter() {
        let from = |origin| admitted(true, &[("host", "127.0.0.1:8000"), ("origin", origin)]);
        assert_eq!(from("https://desk.example.vn"), Ok(true));
        for origin in [
            "null",
            "",
            "http://desk.example.vn",
            "https://desk.example.vn:8443",
            "https://desk.example.vn.evil.example",
            "https://DESK.example.vn",
            "https://desk.example.vn/",
            " https://desk.example.vn x",
            "https://evil.example",
            "http://127.0.0.1:8000",
        ] {
            assert_eq!(from(origin), Err(Refusal::Origin), "{origin}");
        }
        let host = ("host", "127.0.0.1:8000");
        let twice = [host, ("origin", "https://desk.example.vn"), ("origin", "https://evil.example")];
        assert_eq!(admitted(true, &twice), Err(Refusal::Origin));
    }

    #[test]
    fn a_program_is_let_in_where_programs_are_and_a_page_that_hides_is_not() {
        let host = ("host", "localhost:8000");
        assert_eq!(admitted(true, &[host]), Ok(false));
        assert_eq!(admitted(false, &[host]), Err(Refusal::Program));
        for site in ["cross-site", "same-site", "same-origin", "none"] {
            assert_eq!(admitted(true, &[host, ("sec-fetch-site", site)]), Err(Refusal::Origin), "{site}");
        }
    }

    #[test]
    fn a_page_whose_name_points_here_brings_another_host() {
        let at = |host| admitted(true, &[("host", host)]);
        for host in ["127.0.0.1:8000", "LOCALHOST:8000", "[::1]:8001", "localhost:8001"] {
            assert_eq!(at(host), Ok(false), "{host}");
        }
        for host in [
            "evil.example:8000",
            "127.0.0.1",
            "127.0.0.1:80",
            "127.0.0.1:9000",
            "127.0.0.1.evil.example:8000",
            "localhost.evil.example:8000",
            "127.0.0.2:8000",
            "0.0.0.0:8000",
            "[::1]",
            "127.0.0.1:",
            "127.0.0.1:+8000",
            "",
            "192.168.5.1:8000",
        ] {
            assert_eq!(at(host), Err(Refusal::Host), "{host}");
        }
        assert_eq!(admitted(true, &[]), Err(Refusal::Host));
        assert_eq!(admitted(true, &[("host", "localhost:8000"), ("host", "localhost:8000")]), Err(Refusal::Host));
        let proxied = Request::get("http://localhost:8000/socket.io/").header("host", "localhost:8000").body(()).unwrap();
        assert_eq!(guard(true).admit(&proxied).err(), Some(Refusal::Host));
        let deleting = Request::delete("/socket.io/").header("host", "localhost:8000").body(()).unwrap();
        assert_eq!(guard(true).admit(&deleting).err(), Some(Refusal::Method));
    }

    #[test]
    fn a_refused_origin_is_told_once_and_not_many() {
        let guard = guard(true);
        let news = |origin: &str| {
            let mut headers = HeaderMap::new();
            headers.insert(ORIGIN, origin.parse().unwrap());
            guard.news(&headers).is_some()
        };
        assert!(news("https://a.example") && !news("https://a.example") && news("null"));
        assert!(!news(&"x".repeat(LONGEST_TOLD + 1)));
        assert_eq!((0..100).filter(|number| news(&format!("https://{number}.example"))).count(), MOST_TOLD - 2);
    }
}

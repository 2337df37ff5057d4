//! Who is let in, asked byte by byte.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::process::Stdio;
use std::time::Duration;

use super::server::{Server, command, handshake};

const ORIGIN: &str = "https://desk.example.vn";

fn refused(line: &str, language: &str) -> (Option<i32>, String) {
    let output = command(line, language).stdin(Stdio::null()).output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_page_of_the_list_is_let_in_and_no_other() {
    let server = Server::start("vietnam-2024", &format!("--allow-origin {ORIGIN} --allow-origin http://localhost:5173"));
    let host = server.address.to_string();
    let from = |origin: &str| server.knock(&[("Host", &host), ("Origin", origin)]);
    assert_eq!((from(ORIGIN), from("http://localhost:5173")), (200, 200));
    for origin in [
        "null",
        "https://evil.example",
        "https://desk.example.vn.evil.example",
        "http://desk.example.vn",
        "https://desk.example.vn:443",
    ] {
        assert_eq!(from(origin), 403, "{origin}");
    }
    assert_eq!(server.knock(&[("Host", &host)]), 403, "a program, and programs are not allowed");
    let answer = server.ask(&handshake(&[("Host", &host), ("Origin", ORIGIN)])).to_lowercase();
    assert!(
        answer.contains("access-control-allow-origin: https://desk.example.vn\r\n") && answer.contains("vary: origin"),
        "{answer}"
    );
    assert!(!answer.contains("access-control-allow-credentials"), "{answer}");
    let answer = server.ask(&handshake(&[("Host", &host), ("Origin", "https://evil.example")])).to_lowercase();
    assert!(!answer.contains("access-control"), "{answer}");
    let preflight = |origin: &str| {
        server.ask(&format!("OPTIONS /socket.io/ HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nAccess-Control-Request-Private-Network: true\r\n\r\n"))
    };
    assert!(
        preflight(ORIGIN).starts_with("HTTP/1.1 204") && preflight(ORIGIN).contains("access-control-allow-private-network: true")
    );
    assert!(preflight("https://evil.example").starts_with("HTTP/1.1 403"));
    let screen = server.end();
    assert_eq!(screen.matches("https://evil.example was refused").count(), 1, "told, and told once: {screen}");
}

#[test]
fn a_web_socket_is_no_way_around() {
    let server = Server::start("vietnam-2024", &format!("--allow-origin {ORIGIN}"));
    let upgrade = |origin: &str, host: &str| {
        server.ask(&format!(
            "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
             Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
        ))
    };
    let host = server.address.to_string();
    assert!(upgrade(ORIGIN, &host).starts_with("HTTP/1.1 101"), "{}", upgrade(ORIGIN, &host));
    assert!(upgrade("https://evil.example", &host).starts_with("HTTP/1.1 403"));
    assert!(upgrade("null", &host).starts_with("HTTP/1.1 403"));
    assert!(upgrade(ORIGIN, "evil.example:8000").starts_with("HTTP/1.1 421"));
}

#[test]
fn a_name_that_was_made_to_point_here_is_refused() {
    let server = Server::start("vietnam-2024", &format!("--allow-origin {ORIGIN} --allow-programs"));
    let port = server.address.port();
    let at = |host: &str| server.knock(&[("Host", host)]);
    assert_eq!((at(&format!("127.0.0.1:{port}")), at(&format!("localhost:{port}"))), (200, 200));
    for host in
        [format!("evil.example:{port}"), "127.0.0.1:1".to_owned(), format!("127.0.0.1.evil.example:{port}"), String::new()]
    {
        assert_eq!(at(&host), 421, "{host}");
    }
    assert_eq!(server.knock(&[("Host", &format!("evil.example:{port}")), ("Origin", ORIGIN)]), 421);
    let hidden = [("Host", &*format!("127.0.0.1:{port}")), ("Sec-Fetch-Site", "cross-site")];
    assert_eq!(server.knock(&hidden), 403, "a browser that sends no origin is no program");
    assert_eq!(server.ask(&format!("GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n")).split(' ').nth(1), Some("404"));
}

#[test]
fn other_addresses_than_the_computers_own_are_not_listened_at() {
    for address in ["0.0.0.0:0", "192.168.5.1:8000", "[::]:0", "127.0.0.2:0", "[::ffff:127.0.0.1]:0", "[fe80::1]:0"] {
        let line = format!("serve --hn212 --allow-programs --reader virtual --listen {address}");
        let (code, text) = refused(&line, "en_US.UTF-8");
        assert!(code == Some(2) && text.contains("not this computer's own address"), "{address}: {text}");
    }
    for address in ["localhost:8000", "127.0.0.1", "8000"] {
        let (code, text) = refused(&format!("serve --hn212 --allow-programs --reader virtual --listen {address}"), "vi_VN.UTF-8");
        assert!(code == Some(2) && text.contains("127.0.0.1:8000 hoặc [::1]:8000"), "{address}: {text}");
    }
    if std::net::TcpListener::bind("[::1]:0").is_err() {
        return eprintln!("SKIPPED: this computer has no IPv6");
    }
    let mut both = Server::start("vietnam-2024", "--allow-programs --listen [::1]:0");
    let line = both.wait_for("http://[::1]:");
    both.address = line.split("http://").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert_eq!(both.knock(&[("Host", &both.address.to_string())]), 200);
}

#[test]
fn what_is_wrong_is_said_before_anything_listens() {
    let server = Server::start("vietnam-2024", "--allow-programs");
    let taken = format!("serve --hn212 --allow-programs --reader virtual --listen {}", server.address);
    for (language, words) in [("en_US.UTF-8", "Another program listens at"), ("vi_VN.UTF-8", "Đã có chương trình khác dùng")]
    {
        let (code, text) = refused(&taken, language);
        assert!(code == Some(2) && text.contains(words) && text.contains("--listen 127.0.0.1:8010"), "{text}");
    }
    let here = "serve --hn212 --reader virtual --listen 127.0.0.1:0";
    for (rest, words) in [
        ("", "--allow-origin"),
        ("--allow-origin null", "any page can be them"),
        ("--allow-origin *", "any page can be them"),
        ("--allow-origin https://desk.example.vn/", "without a path"),
        ("--allow-programs --profile gate", "allow or deny"),
        ("--allow-programs --profile hospital --release photo", "does not release"),
        ("--allow-programs --pseudonym site.key --purpose x", "--pseudonym"),
    ] {
        let (code, text) = refused(&format!("{here} {rest}"), "en_US.UTF-8");
        assert!(code == Some(2) && text.contains(words), "{rest}: {text}");
    }
    let (code, text) = refused("serve --allow-programs --reader virtual", "en_US.UTF-8");
    assert!(code == Some(2) && text.contains("--hn212"), "{text}");
}

/// Connections that say nothing take the places that there are, and no more than these.
#[test]
fn connections_are_counted() {
    let server = Server::start("vietnam-2024", "--allow-programs");
    let host = server.address.to_string();
    let silent: Vec<TcpStream> = (0..40).map(|_| TcpStream::connect(server.address).unwrap()).collect();
    let is_closed = |mut stream: &TcpStream| {
        stream.set_read_timeout(Some(Duration::from_millis(5))).unwrap();
        match stream.read(&mut [0; 1]) {
            Ok(len) => len == 0,
            Err(error) => !matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut),
        }
    };
    let mut closed = 0;
    for _ in 0..30 {
        closed = silent.iter().filter(|stream| is_closed(stream)).count();
        if closed >= 8 {
            break;
        }
    }
    assert_eq!(closed, 8, "of 40 connections 32 have a place");
    drop(silent);
    let is_served = || {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let _ = stream.write_all(handshake(&[("Host", &host)]).as_bytes());
        let mut head = [0; 12];
        stream.read_exact(&mut head).is_ok() && &head == b"HTTP/1.1 200"
    };
    assert!(
        (0..100).any(|_| is_served() || {
            std::thread::sleep(Duration::from_millis(100));
            false
        }),
        "the places are not free again"
    );
}

//! A stand-in for the portal: it does one thing after the other, whatever it is asked.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};

use serde_json::Value;

/// What the stand-in does with one request after the other; the last again and again.
#[derive(Clone)]
pub enum Act {
    Answer(u16, String),
    Hang,
    HangUp,
}

/// Starts a stand-in and gives its port and the requests that it got.
pub fn stand_in(acts: Vec<Act>) -> (u16, Receiver<(String, Value)>) {
    stand_in_behind(acts, Some)
}

/// The same behind what comes between it and the wire; `None` where that refuses a caller.
pub fn stand_in_behind<S: Read + Write + Send + 'static>(
    acts: Vec<Act>,
    between: impl Fn(TcpStream) -> Option<S> + Send + 'static,
) -> (u16, Receiver<(String, Value)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (sender, requests) = channel();
    std::thread::spawn(move || {
        let mut held = Vec::new();
        for (place, mut stream) in listener.incoming().filter_map(|stream| between(stream.unwrap())).enumerate() {
            let request = request(&mut stream);
            let _ = sender.send(request);
            match acts.get(place).or(acts.last()).unwrap() {
                Act::Answer(status, body) => {
                    let length = body.len();
                    let head = format!(
                        "HTTP/1.1 {status} X\r\nLocation: http://127.0.0.1:1/\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n"
                    );
                    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes()));
                }
                Act::Hang => held.push(stream),
                Act::HangUp => drop(stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")),
            }
        }
    });
    (port, requests)
}

fn request(stream: &mut (impl Read + Write)) -> (String, Value) {
    let mut reader = BufReader::new(stream);
    let (mut first, mut length) = (String::new(), 0);
    reader.read_line(&mut first).unwrap();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        match line.to_ascii_lowercase().trim().split_once(": ") {
            Some(("content-length", value)) => length = value.parse().unwrap(),
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    (first, serde_json::from_slice(&body).unwrap())
}

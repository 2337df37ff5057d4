//! A channel that tells what passes through it, without what it carries: for a look at a card that misbehaves.
//!
//! What is told of a command is its header and its lengths; of an answer its length and its status word. Octets of data are told only
//! under [`Payload::Shown`], whose name has to be written out: they are a person's data, or would open them.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write;

use super::channel::{CardChannel, ChannelLimits, TransportError};

/// Whether payloads are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payload {
    /// Lengths only.
    Redacted,
    /// Every octet. Before secure messaging these are personal data in the clear.
    Shown,
}

/// A channel around another.
pub struct TracingChannel<'a> {
    inner: &'a mut dyn CardChannel,
    payload: Payload,
    tell: &'a mut dyn FnMut(&str),
}

impl<'a> TracingChannel<'a> {
    /// Tells each command and answer as one line: `> 0C B0 9D 00, 13 bytes` and `< 242 bytes, 9000`.
    pub fn new(inner: &'a mut dyn CardChannel, payload: Payload, tell: &'a mut dyn FnMut(&str)) -> Self {
        Self { inner, payload, tell }
    }

    fn line(&self, direction: char, head: &[u8], head_first: bool, data: &[u8]) -> String {
        let mut line = String::from(direction);
        let mut put = |part: &str| {
            line.push(' ');
            line.push_str(part);
        };
        let mut hexadecimal = String::new();
        for octet in head {
            let separator = if head_first && !hexadecimal.is_empty() { " " } else { "" };
            // Writing into a string cannot fail.
            let _ = write!(hexadecimal, "{separator}{octet:02X}");
        }
        let body = match self.payload {
            Payload::Redacted => alloc::format!("{} bytes", data.len()),
            Payload::Shown => hex::encode_upper(data),
        };
        if head_first {
            hexadecimal.push(',');
            put(&hexadecimal);
            put(&body);
        } else {
            put(&alloc::format!("{body},"));
            put(&hexadecimal);
        }
        line
    }
}

impl CardChannel for TracingChannel<'_> {
    fn transmit(&mut self, command: &[u8]) -> Result<Vec<u8>, TransportError> {
        let (header, body) = command.split_at_checked(4).unwrap_or((command, &[]));
        let line = self.line('>', header, true, body);
        (self.tell)(&line);
        let answer = self.inner.transmit(command);
        let line = match &answer {
            Ok(octets) => {
                let (data, status) = octets.split_at_checked(octets.len().saturating_sub(2)).unwrap_or_default();
                self.line('<', status, false, data)
            }
            Err(error) => alloc::format!("! {error}"),
        };
        (self.tell)(&line);
        answer
    }

    fn reset(&mut self) -> Result<(), TransportError> {
        (self.tell)("! reset");
        self.inner.reset()
    }

    fn reconnect(&mut self) -> Result<(), TransportError> {
        (self.tell)("! reconnect");
        self.inner.reconnect()
    }

    fn limits(&self) -> ChannelLimits {
        self.inner.limits()
    }
}

#[cfg(all(test, feature = "rustcrypto"))]
mod tests {
    use super::*;
    use crate::chip::scripted::{Script, octets};

    fn traced(payload: Payload) -> Vec<String> {
        let mut script = Script::new(&[("00B0000003", "AABBCC9000"), ("0082000002DDEE", "6982")]);
        let mut lines = Vec::new();
        let mut tell = |line: &str| lines.push(String::from(line));
        let mut channel = TracingChannel::new(&mut script, payload, &mut tell);
        assert_eq!(channel.transmit(&octets("00B0000003")), Ok(octets("AABBCC9000")));
        assert_eq!(channel.transmit(&octets("0082000002DDEE")), Ok(octets("6982")));
        assert_eq!((channel.reset(), channel.limits()), (Ok(()), ChannelLimits::SHORT));
        lines
    }

    #[test]
    fn payloads_are_redacted() {
        let expected = ["> 00 B0 00 00, 1 bytes", "< 3 bytes, 9000", "> 00 82 00 00, 3 bytes", "< 0 bytes, 6982", "! reset"];
        assert_eq!(traced(Payload::Redacted), expected);
    }

    #[test]
    fn payloads_are_shown_when_that_is_asked_for_in_words() {
        let expected = ["> 00 B0 00 00, 03", "< AABBCC, 9000", "> 00 82 00 00, 02DDEE", "< , 6982", "! reset"];
        assert_eq!(traced(Payload::Shown), expected);
    }
}

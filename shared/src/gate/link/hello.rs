//! What a gate says of itself to everybody.

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::{Decoder, Encoder};

use super::VERSION;
use crate::crypto::Provider;
use crate::gate::sealing::{DeviceId, ONE_TIME, PUBLIC_KEY};

const INFALLIBLE: &str = "a vector takes every write";
const TEXT: &str = "SOAT:HELLO:";

/// What a gate says of itself in the clear: all that sealing a provisioning needs, and nothing of its site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hello {
    /// To which a provisioning is sealed.
    pub public_key: [u8; PUBLIC_KEY],
    /// Under which the next provisioning is taken, and no other.
    pub one_time: [u8; ONE_TIME],
    /// The version of the image.
    pub image: u32,
    /// Whether it has a provisioning.
    pub is_provisioned: bool,
    /// Whether the jumper is set, without which it takes none.
    pub has_jumper: bool,
}

impl Hello {
    /// Which gate it is: follows from its key.
    pub fn device(&self, provider: &dyn Provider) -> DeviceId {
        DeviceId::of(&self.public_key, provider)
    }

    /// The body of its frame: `[version: 1, public-key: bstr .size 65, one-time: bstr .size 16, image: uint, provisioned: bool, jumper: bool]`
    pub fn to_cbor(&self) -> Vec<u8> {
        written(self)
    }

    /// Reads it. `None` where it is another thing, or another version.
    pub fn from_cbor(bytes: &[u8]) -> Option<Self> {
        let mut d = Decoder::new(bytes);
        if d.array().ok()? != Some(6) || d.u8().ok()? != VERSION {
            return None;
        }
        let hello = Self {
            public_key: d.bytes().ok()?.try_into().ok()?,
            one_time: d.bytes().ok()?.try_into().ok()?,
            image: d.u32().ok()?,
            is_provisioned: d.bool().ok()?,
            has_jumper: d.bool().ok()?,
        };
        (d.position() == bytes.len()).then_some(hello)
    }

    /// The same as a line that can be read out of a terminal and into another.
    pub fn to_text(&self) -> String {
        alloc::format!("{TEXT}{}", hex::encode_upper(self.to_cbor()))
    }

    /// Reads such a line.
    pub fn from_text(text: &str) -> Option<Self> {
        Self::from_cbor(&hex::decode(text.trim().strip_prefix(TEXT)?).ok()?)
    }
}

fn written(hello: &Hello) -> Vec<u8> {
    let mut e = Encoder::new(Vec::new());
    e.array(6)
        .and_then(|e| {
            e.u8(VERSION)?
                .bytes(&hello.public_key)?
                .bytes(&hello.one_time)?
                .u32(hello.image)?
                .bool(hello.is_provisioned)?
                .bool(hello.has_jumper)
        })
        .expect(INFALLIBLE);
    e.into_writer()
}

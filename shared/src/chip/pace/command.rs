//! The commands of PACE and the objects of their answers (ICAO 9303-11 §4.4.4, §4.4.5).

use alloc::vec::Vec;

use super::{PaceDomain, PaceVariant};
use crate::chip::AccessKey;
use crate::chip::apdu::{Command, Response, SHORT_MAXIMUM};
use crate::chip::channel::ChannelLimits;
use crate::chip::error::{Misbehaviour, ReadError};
use crate::chip::exchange::Exchange;
use crate::chip::secure_messaging::append;
use crate::tlv::{Cursor, Rules, Tag};

/// Dynamic authentication data.
const DYNAMIC_DATA: Tag = Tag(0x7C);
pub(super) const ENCRYPTED_NONCE: Tag = Tag(0x80);
pub(super) const MAPPING_TERMINAL: Tag = Tag(0x81);
pub(super) const MAPPING_CHIP: Tag = Tag(0x82);
pub(super) const KEY_TERMINAL: Tag = Tag(0x83);
pub(super) const KEY_CHIP: Tag = Tag(0x84);
pub(super) const TOKEN_TERMINAL: Tag = Tag(0x85);
pub(super) const TOKEN_CHIP: Tag = Tag(0x86);
/// Encrypted chip authentication data, in step 4 of chip authentication mapping.
pub(super) const CHIP_DATA: Tag = Tag(0x8A);
/// Octets around a public key in an answer: two tags and two lengths of three octets.
const HEADERS_LEN: usize = 8;

/// MSE:Set AT. Case 3: chips exist that refuse an Le here (`quirks.md` 7).
pub(super) fn set_authentication_template(variant: &PaceVariant, password: &AccessKey, with_parameter: bool) -> Command {
    let mut data = Vec::new();
    append(&mut data, Tag(0x80), &[variant.protocol.as_bytes()]);
    append(&mut data, Tag(0x83), &[&[password.reference()]]);
    if with_parameter {
        append(&mut data, Tag(0x84), &[&[variant.parameter_id]]);
    }
    Command::new(0x00, 0x22, [0xC1, 0xA4]).with_data(data)
}

/// A step that only the card can spoil: a refusal is its misbehaviour.
pub(super) fn general_authenticate(
    exchange: &mut Exchange<'_>,
    domain: PaceDomain,
    object: Option<(Tag, &[u8])>,
) -> Result<Answer, ReadError> {
    let response = send_general_authenticate(exchange, domain, true, object)?;
    if response.status.is_ok() { Answer::read(exchange, &response) } else { Err(exchange.refused(response.status)) }
}

/// GENERAL AUTHENTICATE with `7C { object }`. The steps are one chain, so that all but the last have the chaining bit (§4.4.4.3); a public
/// key of a prime field that is too long for a short command makes of its step several links.
pub(super) fn send_general_authenticate(
    exchange: &mut Exchange<'_>,
    domain: PaceDomain,
    more: bool,
    object: Option<(Tag, &[u8])>,
) -> Result<Response, ReadError> {
    let mut content = Vec::new();
    if let Some((tag, value)) = object {
        append(&mut content, tag, &[value]);
    }
    let mut data = Vec::new();
    append(&mut data, DYNAMIC_DATA, &[&content]);
    let class = if more { 0x10 } else { 0x00 };
    // The answer is as long as the command, and the reader bears it or the chip gives it in parts.
    let is_extended = exchange.channel().limits().command > ChannelLimits::SHORT.command;
    let expected = match domain {
        PaceDomain::Group(group) if is_extended && data.len() > SHORT_MAXIMUM => group.modulus_len() + HEADERS_LEN,
        _ => SHORT_MAXIMUM,
    };
    exchange.send(Command::new(class, 0x86, [0, 0]).with_data(data).with_expected(expected.max(SHORT_MAXIMUM)))
}

/// The objects of an answer's dynamic authentication data.
pub(super) struct Answer(Vec<(Tag, Vec<u8>)>);

impl Answer {
    pub(super) fn read(exchange: &Exchange<'_>, response: &Response) -> Result<Self, ReadError> {
        let malformed = |_| exchange.misbehaved(Misbehaviour::Malformed("dynamic authentication data"));
        let mut cursor = Cursor::new(&response.data, Rules::Ber);
        let template = cursor.expect(DYNAMIC_DATA).map_err(malformed)?;
        cursor.finish().map_err(malformed)?;
        let mut objects = Vec::new();
        for object in template.children().map_err(malformed)? {
            let object = object.map_err(malformed)?;
            objects.push((object.tag, object.value.to_vec()));
        }
        Ok(Self(objects))
    }

    /// The value of the first object of a tag. Others (certificate references in step 4) are left alone.
    pub(super) fn optional(&self, tag: Tag) -> Option<&[u8]> {
        self.0.iter().find(|(known, _)| *known == tag).map(|(_, value)| value.as_slice())
    }

    pub(super) fn required(&self, exchange: &Exchange<'_>, tag: Tag) -> Result<Vec<u8>, ReadError> {
        let missing = Misbehaviour::Malformed("an object is missing in the dynamic authentication data");
        self.optional(tag).map(<[u8]>::to_vec).ok_or_else(|| exchange.misbehaved(missing))
    }
}

//! The elementary files that are the same in every country (ICAO 9303-10 §3 and §4).

use super::face::SIGNATURE_JPEG;
use crate::der::{constructed, tlv};

/// The AID of the eMRTD application.
pub const APPLICATION: [u8; 7] = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];

/// EF.COM: LDS and Unicode versions and the tags of the data groups in the order given.
pub fn com(lds_version: &str, groups: &[u8]) -> Vec<u8> {
    let tags: Vec<u8> = groups.iter().filter_map(|group| template(*group)).collect();
    constructed(0x60, &[tlv(0x5F01, lds_version.as_bytes()), tlv(0x5F36, b"040000"), tlv(0x5C, &tags)])
}

/// The tag of a data group's template, 1 to 16 (9303-10 table 32).
pub fn template(group: u8) -> Option<u8> {
    let index = usize::from(group).checked_sub(1)?;
    [0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70].get(index).copied()
}

/// DG1 with a machine-readable zone.
pub fn dg1(zone: &str) -> Vec<u8> {
    constructed(0x61, &[tlv(0x5F1F, zone.as_bytes())])
}

/// DG3 without a fingerprint: no instance, and bytes that differ from card to card (9303-10 §4.7.3).
pub fn dg3(seed: u8) -> Vec<u8> {
    constructed(0x63, &[constructed(0x7F61, &[tlv(0x02, &[0]), tlv(0x53, &[seed; 8])])])
}

/// DG4 without an iris, as [`dg3`].
pub fn dg4(seed: u8) -> Vec<u8> {
    constructed(0x76, &[constructed(0x7F61, &[tlv(0x02, &[0]), tlv(0x53, &[seed; 8])])])
}

/// DG7 with one displayed signature.
pub fn dg7() -> Vec<u8> {
    constructed(0x67, &[tlv(0x02, &[1]), tlv(0x5F43, SIGNATURE_JPEG)])
}

/// DG11, DG12: a list of the tags that are there, then the fields in its order.
pub fn listed(template: u32, fields: &[(u32, Vec<u8>)]) -> Vec<u8> {
    let tags: Vec<u8> = fields.iter().flat_map(|(tag, _)| tag.to_be_bytes().into_iter().skip_while(|byte| *byte == 0)).collect();
    let mut members = vec![tlv(0x5C, &tags)];
    members.extend(fields.iter().map(|(tag, value)| tlv(*tag, value)));
    constructed(template, &members)
}

/// DG16 with one person to notify.
pub fn dg16(date: &str, name: &str, telephone: &str, address: &str) -> Vec<u8> {
    let person =
        [(0x5F50, date), (0x5F51, name), (0x5F52, telephone), (0x5F53, address)].map(|(tag, text)| tlv(tag, text.as_bytes()));
    constructed(0x70, &[tlv(0x02, &[1]), constructed(0xA1, &person)])
}

/// EF.DIR: the eMRTD application alone.
pub fn ef_dir() -> Vec<u8> {
    constructed(0x61, &[tlv(0x4F, &APPLICATION)])
}

/// EF.ATR/INFO that states extended lengths, in bytes of the longest command and the longest answer (9303-10 §3.11.3).
pub fn ef_atr_info(commands: u16, answers: u16) -> Vec<u8> {
    let card_service = tlv(0x43, &[0xB8]); // selection by AID, EF.DIR and EF.ATR/INFO, READ BINARY
    let capabilities = tlv(0x47, &[0xC4, 0x01, 0xE0]); // selection by AID and short identifier; chaining, extended length, stated here
    let lengths = constructed(0x7F66, &[tlv(0x02, &commands.to_be_bytes()), tlv(0x02, &answers.to_be_bytes())]);
    [card_service, capabilities, lengths].concat()
}

//! Which files are read, in which order. What EF.SOD and EF.COM say is not verified here and only plans the reading.

use alloc::vec::Vec;

use super::options::{Face, Files, ReadingOptions};
use crate::crypto::DigestAlgorithm;
use crate::dossier::DataGroup;
use crate::lds::com::Com;
use crate::lds::sod::{self, LdsSecurityObject};
use crate::sorting;
use crate::tlv::TlvError;
use crate::tlv::asn1::context;

/// What an unverified list says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    /// Data groups in ascending order.
    pub groups: Vec<DataGroup>,
    /// The digest with which EF.SOD compares them, if it is known.
    pub digest: Option<DigestAlgorithm>,
}

impl Listed {
    /// From EF.SOD, without a look at its signature; `None` where its content cannot be found.
    pub fn in_security_object(sod: &[u8]) -> Option<Self> {
        let object = LdsSecurityObject::parse(&encapsulated_content(sod).ok()?).ok()?;
        let mut groups: Vec<DataGroup> = object.hashes.keys().copied().collect();
        sorting::sort(&mut groups);
        Some(Self { groups, digest: Some(object.digest_algorithm) })
    }

    /// From EF.COM; the groups of an ordinary card where that cannot be read either.
    pub fn in_common_data(com: Option<&[u8]>) -> Self {
        let mut groups: Vec<DataGroup> = match com.and_then(|bytes| Com::parse(bytes).ok()) {
            Some(com) => com.data_groups().collect(),
            None => [DataGroup::DG1, DataGroup::DG2, DataGroup::DG13, DataGroup::DG14, DataGroup::DG15].to_vec(),
        };
        sorting::sort(&mut groups);
        groups.dedup();
        Self { groups, digest: None }
    }

    /// Whether a group is listed.
    pub fn has(&self, group: DataGroup) -> bool {
        self.groups.contains(&group)
    }

    /// The groups that are read after chip authentication, in order: those that people ask for first, the face last.
    pub fn order(&self, options: &ReadingOptions) -> Vec<DataGroup> {
        let first = [DataGroup::DG1, DataGroup::DG13, DataGroup::DG15];
        let last = [DataGroup::DG2, DataGroup::DG3, DataGroup::DG4];
        let middle = self.groups.iter().filter(|group| !first.contains(group) && !last.contains(group));
        first
            .iter()
            .filter(|group| self.has(**group))
            .chain(middle)
            .chain(last.iter().filter(|group| self.has(**group)))
            .copied()
            .filter(|group| is_read(*group, options))
            .collect()
    }
}

/// Whether a listed group is read at all.
pub(super) fn is_read(group: DataGroup, options: &ReadingOptions) -> bool {
    match (group, &options.files) {
        (DataGroup::DG14 | DataGroup::DG15, _) => true,
        (DataGroup::DG2, _) if options.face == Face::Skipped => false,
        (_, Files::Only(groups)) => groups.contains(&group),
        (DataGroup::DG3 | DataGroup::DG4, Files::Listed) => false,
        (_, Files::Listed) => true,
    }
}

/// The LDS security object inside the signed data: `ContentInfo { signedData, [0] SignedData { version, digestAlgorithms,
/// EncapsulatedContentInfo { eContentType, [0] OCTET STRING } … } }`. The message is found as inspection finds it: where the two saw
/// different lists, a chip could choose by EF.COM, which is unsigned, what is never read.
fn encapsulated_content(sod: &[u8]) -> Result<Vec<u8>, TlvError> {
    let mut content_info = sod::message(sod)?.children()?;
    content_info.object_identifier()?;
    let mut signed_data = content_info.expect(context(0, true))?.children()?.sequence()?;
    signed_data.small_integer()?;
    signed_data.set()?;
    let mut encapsulated = signed_data.sequence()?;
    encapsulated.object_identifier()?;
    let octets = encapsulated.expect(context(0, true))?.children()?.octet_string()?;
    Ok(octets.into_owned())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use alloc::vec;

    fn listed(numbers: &[u8]) -> Listed {
        Listed { groups: numbers.iter().map(|number| DataGroup::new(*number).unwrap()).collect(), digest: None }
    }

    fn order(listed: &Listed, options: &ReadingOptions) -> Vec<u8> {
        listed.order(options).into_iter().map(DataGroup::number).collect()
    }

    #[test]
    fn people_first_and_the_face_last() {
        let vietnam = listed(&[1, 2, 3, 13, 14, 15]);
        assert_eq!(order(&vietnam, &ReadingOptions::default()), [1, 13, 15, 14, 2]);
        let passport = listed(&[1, 2, 7, 11, 12]);
        assert_eq!(order(&passport, &ReadingOptions::default()), [1, 7, 11, 12, 2]);
    }

    #[test]
    fn what_is_not_asked_for_is_left_out_but_never_the_chips_keys() {
        let vietnam = listed(&[1, 2, 3, 13, 14, 15]);
        let no_face = ReadingOptions { face: Face::Skipped, ..ReadingOptions::default() };
        assert_eq!(order(&vietnam, &no_face), [1, 13, 15, 14]);
        let only = ReadingOptions { files: Files::Only(vec![DataGroup::DG1, DataGroup::DG3]), ..ReadingOptions::default() };
        assert_eq!(order(&vietnam, &only), [1, 15, 14, 3]);
    }

    #[test]
    fn without_lists_an_ordinary_card_is_assumed() {
        assert_eq!(order(&Listed::in_common_data(None), &ReadingOptions::default()), [1, 13, 15, 14, 2]);
        assert_eq!(Listed::in_security_object(&[0x77, 0x00]), None);
    }
}

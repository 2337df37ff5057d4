//! Updates: an image for a gate, signed by who runs the site.
//!
//! What is signed is short, stands before the image, and holds its digest, so that a gate knows what is coming before the first byte of it
//! is written, and hashes the rest where it lies:
//!
//! ```cddl
#![doc = include_str!("image/image.cddl")]
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use minicbor::data::Tag;
use minicbor::encode::Encoder;

use crate::crypto::{CryptoError, Digest, DigestAlgorithm, Provider};
use crate::evidence::cose::{self, OpenError};
use crate::evidence::{TerminalSignature, TerminalSigner};

/// No header is longer, in bytes.
pub const LONGEST_HEADER: usize = 512;
/// No image is shorter, in bytes: the stack and the entry with which the vectors begin. One of none would say nothing of what lies there.
pub const SHORTEST_IMAGE: usize = 8;
/// No name of a board is longer, in bytes.
pub const LONGEST_BOARD: usize = 32;

const SELF_DESCRIBED: u64 = 55_799;
const MAGIC: &str = "soat.image";
const FORMAT: u64 = 1;
const INFALLIBLE: &str = "a vector takes every write";

/// What is signed of an image. Where it was read from a file, its signature holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImageHeader {
    /// For which board it is built.
    pub board: String,
    /// The version, which never goes back.
    pub version: u32,
    /// Bytes of the image.
    pub length: u32,
    /// SHA-256 of the image.
    pub sha256: [u8; 32],
}

/// Why bytes are no image, or none that may be taken over.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ImageError {
    /// They do not begin as a signed image does.
    #[error("this is not a signed image of a gate")]
    NotAnImage,
    /// Broken off or altered.
    #[error("the image is torn or damaged")]
    Damaged,
    /// A later version of the format.
    #[error("the image has format {0}, and only format 1 is known here")]
    UnknownFormat(u64),
    /// It is signed with another key than the pinned one.
    #[error("the image is signed with another key than that of its site")]
    OtherKey,
    /// The signature does not hold.
    #[error("the signature of the image: {0}")]
    Signature(CryptoError),
    /// It is built for another board.
    #[error("the image is built for another board")]
    OtherBoard,
    /// It is longer than the place that it would have.
    #[error("the image is too large for its board")]
    TooLarge,
    /// A version that is not later than the one that runs.
    #[error("the image has version {found}, and version {held} was taken over before")]
    NotNewer {
        /// The version that was taken over last.
        held: u32,
        /// The version of this one.
        found: u32,
    },
}

impl From<OpenError> for ImageError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::OtherKind => Self::NotAnImage,
            OpenError::Damaged => Self::Damaged,
            OpenError::OtherKey => Self::OtherKey,
            OpenError::Signature(why) => Self::Signature(why),
        }
    }
}

impl ImageHeader {
    /// The file of an image: its signed header, and the image.
    ///
    /// # Errors
    /// That its board has no name or too long a one, that it is shorter than [`SHORTEST_IMAGE`] or too large, and what the signer says.
    pub fn sign(
        image: &[u8],
        board: &str,
        version: u32,
        signer: &dyn TerminalSigner,
        provider: &dyn Provider,
    ) -> Result<Vec<u8>, ImageError> {
        if board.is_empty() || board.len() > LONGEST_BOARD {
            return Err(ImageError::OtherBoard);
        }
        if image.len() < SHORTEST_IMAGE {
            return Err(ImageError::Damaged);
        }
        let length = u32::try_from(image.len()).map_err(|_| ImageError::TooLarge)?;
        let digest = provider.digest(DigestAlgorithm::Sha256, &[image]);
        let sha256 = *digest.as_ref().first_chunk().ok_or(ImageError::Damaged)?;
        let payload = Self { board: board.into(), version, length, sha256 }.write();
        let signature = TerminalSignature::make(&payload, None, signer).map_err(ImageError::Signature)?;
        let mut file = cose::file(&signature, &payload);
        file.extend_from_slice(image);
        Ok(file)
    }

    /// Reads the header with which a file begins, under the key with this SHA-256 (of its SubjectPublicKeyInfo) or, without one, the key that
    /// it names; and gives what stands behind it. Whether that is the whole image is said by [`Self::describes`].
    ///
    /// # Errors
    /// The first rule that it breaks.
    pub fn read<'a>(file: &'a [u8], pinned: Option<&Digest>, provider: &dyn Provider) -> Result<(Self, &'a [u8]), ImageError> {
        let opened = cose::open(file, MAGIC, pinned, provider)?;
        let damaged = |_| ImageError::Damaged;
        let mut d = cose::named(opened.payload, MAGIC).ok_or(ImageError::NotAnImage)?;
        match d.u64().map_err(damaged)? {
            FORMAT => {}
            format => return Err(ImageError::UnknownFormat(format)),
        }
        if d.array().map_err(damaged)? != Some(4) {
            return Err(ImageError::Damaged);
        }
        let board = String::from(d.str().map_err(damaged)?);
        let (version, length) = (d.u32().map_err(damaged)?, d.u32().map_err(damaged)?);
        let sha256 = <[u8; 32]>::try_from(d.bytes().map_err(damaged)?).map_err(|_| ImageError::Damaged)?;
        let header = Self { board, version, length, sha256 };
        let is_long_enough = usize::try_from(length).is_ok_and(|length| length >= SHORTEST_IMAGE);
        let fits = is_long_enough && !header.board.is_empty() && header.board.len() <= LONGEST_BOARD;
        if fits && header.write() == opened.payload { Ok((header, opened.rest)) } else { Err(ImageError::Damaged) }
    }

    /// SHA-256 (of the SubjectPublicKeyInfo) of the key that a file names and that signed it; whose it is, somebody has to know.
    ///
    /// # Errors
    /// That the file does not begin as a signed image does, is damaged, or its signature does not hold.
    pub fn signer(file: &[u8], provider: &dyn Provider) -> Result<Digest, ImageError> {
        Ok(cose::open(file, MAGIC, None, provider)?.signature.key().fingerprint(provider))
    }

    /// Whether these bytes are the image.
    pub fn describes(&self, image: &[u8], provider: &dyn Provider) -> bool {
        usize::try_from(self.length).is_ok_and(|length| length == image.len())
            && provider.digest(DigestAlgorithm::Sha256, &[image]).as_ref() == self.sha256
    }

    /// Whether it may be taken over on a board, where a version was taken over before.
    ///
    /// # Errors
    /// [`ImageError::OtherBoard`] and [`ImageError::NotNewer`].
    pub fn may_follow(&self, board: &str, held: u32) -> Result<(), ImageError> {
        match self {
            header if header.board != board => Err(ImageError::OtherBoard),
            header if header.version <= held => Err(ImageError::NotNewer { held, found: header.version }),
            _ => Ok(()),
        }
    }

    fn write(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        e.tag(Tag::new(SELF_DESCRIBED))
            .and_then(|e| {
                e.array(3)?
                    .str(MAGIC)?
                    .u64(FORMAT)?
                    .array(4)?
                    .str(&self.board)?
                    .u32(self.version)?
                    .u32(self.length)?
                    .bytes(&self.sha256)
            })
            .expect(INFALLIBLE);
        e.into_writer()
    }
}

#[cfg(all(test, feature = "ed25519"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;
    use crate::evidence::tests::{Ed25519, P256};

    const IMAGE: &[u8] = b"\x00\x00\x02\x20 vectors and code";

    #[test]
    fn a_signed_image_is_read_and_every_changed_byte_is_found() {
        for signer in [&Ed25519::new(5) as &dyn TerminalSigner, &P256::new()] {
            let pinned = signer.key().fingerprint(&RustCrypto);
            let file = ImageHeader::sign(IMAGE, "stm32f405", 7, signer, &RustCrypto).unwrap();
            let (header, image) = ImageHeader::read(&file, Some(&pinned), &RustCrypto).unwrap();
            assert_eq!((header.version, header.board.as_str(), image), (7, "stm32f405", IMAGE));
            assert!(header.describes(image, &RustCrypto) && !header.describes(&image[1..], &RustCrypto));
            assert_eq!(ImageHeader::signer(&file, &RustCrypto), Ok(pinned));
            assert!(file.len() - IMAGE.len() <= LONGEST_HEADER);
            for place in 0..file.len() {
                let mut altered = file.clone();
                altered[place] ^= 1;
                let whole = ImageHeader::read(&altered, Some(&pinned), &RustCrypto)
                    .is_ok_and(|(header, image)| header.describes(image, &RustCrypto));
                assert!(!whole, "byte {place}");
                let cut = ImageHeader::read(&file[..place], Some(&pinned), &RustCrypto);
                assert!(!cut.is_ok_and(|(header, image)| header.describes(image, &RustCrypto)), "cut at {place}");
            }
        }
    }

    #[test]
    fn another_key_another_board_and_an_older_version_are_refused() {
        let signer = Ed25519::new(5);
        let file = ImageHeader::sign(IMAGE, "stm32f405", 7, &signer, &RustCrypto).unwrap();
        let other = P256::new().key().fingerprint(&RustCrypto);
        assert_eq!(ImageHeader::read(&file, Some(&other), &RustCrypto), Err(ImageError::OtherKey));
        let (header, _) = ImageHeader::read(&file, None, &RustCrypto).unwrap();
        assert_eq!(header.may_follow("stm32f405", 6), Ok(()));
        assert_eq!(header.may_follow("stm32f405", 7), Err(ImageError::NotNewer { held: 7, found: 7 }));
        assert_eq!(header.may_follow("other", 0), Err(ImageError::OtherBoard));
        assert_eq!(ImageHeader::sign(IMAGE, "", 7, &signer, &RustCrypto), Err(ImageError::OtherBoard));
        let pack = ImageHeader::read(IMAGE, None, &RustCrypto);
        assert_eq!(pack, Err(ImageError::NotAnImage));
    }

    /// Of what is shorter than the first two vectors a signature would approve whatever lies there.
    #[test]
    fn an_image_without_vectors_is_neither_signed_nor_read() {
        let signer = Ed25519::new(5);
        for length in [0, 1, 7] {
            let image = &IMAGE[..length];
            assert_eq!(ImageHeader::sign(image, "stm32f405", 7, &signer, &RustCrypto), Err(ImageError::Damaged), "{length}");
            let sha256 = RustCrypto.digest(DigestAlgorithm::Sha256, &[image]).as_ref().try_into().unwrap();
            let header = ImageHeader { board: "stm32f405".into(), version: 7, length: length.try_into().unwrap(), sha256 };
            let payload = header.write();
            let file = cose::file(&TerminalSignature::make(&payload, None, &signer).unwrap(), &payload);
            let file = [&file, image].concat();
            assert_eq!(ImageHeader::read(&file, None, &RustCrypto), Err(ImageError::Damaged), "{length}");
        }
        let shortest = ImageHeader::sign(&IMAGE[..SHORTEST_IMAGE], "stm32f405", 7, &signer, &RustCrypto).unwrap();
        assert_eq!(ImageHeader::read(&shortest, None, &RustCrypto).map(|(header, _)| header.length), Ok(8));
    }

    proptest::proptest! {
        #[test]
        fn no_bytes_break_the_reader(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..600)) {
            proptest::prop_assert!(ImageHeader::read(&bytes, None, &RustCrypto).is_err());
        }
    }
}

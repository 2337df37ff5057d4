//! A provisioning sealed to one gate and one occasion: ECIES with P-256, HKDF-SHA-256 and AES-256-CCM (SEC 1 §5.1 in form).
//!
//! ```text
//! device 16 | one-time number 16 | ephemeral public key 65 | sealed record, and its tag 16
//! key = HKDF(salt "soat.gate.seal", ECDH(ephemeral, device)), for "soat gate provisioning" and all that stands before the sealed record
//! ```
//!
//! The curve is P-256 and not X25519, since the image of a gate has P-256 for documents anyway. A key seals one record: its nonce is
//! zero. As text, for a QR code in its alphanumeric mode, it is `SOAT:GATE:1:` and hexadecimal digits.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::convert::Infallible;

use rand_core::{CryptoRng, TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use crate::crypto::hmac::{expand, hmac_sha256};
use crate::crypto::{CCM_TAG, CryptoError, DigestAlgorithm, KeyPair, NamedCurve, Provider};

/// Length of a public key in bytes: an uncompressed point of P-256.
pub const PUBLIC_KEY: usize = 65;
/// Length of a one-time number in bytes.
pub const ONE_TIME: usize = 16;
/// Bytes before the sealed record.
const HEAD: usize = 16 + ONE_TIME + PUBLIC_KEY;
/// No record is longer, in bytes.
const LONGEST_RECORD: usize = 512;
const TEXT: &str = "SOAT:GATE:1:";
const SALT: &[u8] = b"soat.gate.seal";
const PURPOSE: &str = "soat gate provisioning";

/// Which gate: the first 16 bytes of SHA-256 over its public key, so that nobody can put another key under its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceId(pub [u8; 16]);

impl DeviceId {
    /// The name of a key.
    pub fn of(public_key: &[u8; PUBLIC_KEY], provider: &dyn Provider) -> Self {
        let digest = provider.digest(DigestAlgorithm::Sha256, &[public_key]);
        let mut id = [0; 16];
        id.iter_mut().zip(digest.as_ref()).for_each(|(place, byte)| *place = *byte);
        Self(id)
    }
}

/// The key pair of a gate, out of 32 random bytes that it keeps.
pub struct DeviceKey {
    pair: Box<dyn KeyPair>,
    public_key: [u8; PUBLIC_KEY],
    id: DeviceId,
}

opaque_debug!(DeviceKey);

impl DeviceKey {
    /// The key pair of these bytes, the same each time.
    ///
    /// # Errors
    /// What the provider lacks.
    pub fn from_seed(seed: &[u8; 32], provider: &dyn Provider) -> Result<Self, CryptoError> {
        let mut stream = Expanded { seed: Zeroizing::new(*seed), block: 0, provider };
        let pair = provider.generate_key_pair(NamedCurve::P256, &mut stream)?;
        let public_key = *pair.public_key().first_chunk().ok_or(CryptoError::Length)?;
        let id = DeviceId::of(&public_key, provider);
        Ok(Self { pair, public_key, id })
    }

    /// The public half, an uncompressed point.
    pub fn public_key(&self) -> &[u8; PUBLIC_KEY] {
        &self.public_key
    }

    /// The name of this gate.
    pub fn id(&self) -> DeviceId {
        self.id
    }
}

/// What stretches a seed to as many bytes as drawing a private key takes.
struct Expanded<'a> {
    seed: Zeroizing<[u8; 32]>,
    block: u8,
    provider: &'a dyn Provider,
}

impl TryRng for Expanded<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, target: &mut [u8]) -> Result<(), Infallible> {
        for chunk in target.chunks_mut(32) {
            let block = expand(&self.seed, "soat gate device key", &[self.block], self.provider);
            chunk.iter_mut().zip(block.iter()).for_each(|(place, byte)| *place = *byte);
            self.block = self.block.wrapping_add(1);
        }
        Ok(())
    }
}

impl TryCryptoRng for Expanded<'_> {}

/// Why a sealed record gives nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// Cut off, or nothing of the kind.
    #[error("this is no sealed provisioning")]
    NotSealed,
    /// It is meant for another gate.
    #[error("the provisioning is sealed for another gate")]
    OtherDevice,
    /// It is meant for this gate at another time: its one-time number was used, or has changed.
    #[error("the one-time number of the provisioning does not count any more")]
    UsedUp,
    /// It was altered on its way.
    #[error("the sealed provisioning was altered")]
    Altered,
}

/// Seals a record to a gate.
///
/// # Errors
/// [`CryptoError::PublicKeyInvalid`] where its key is no point, [`CryptoError::Length`] where the record is too long.
pub fn seal(
    record: &[u8],
    device: &[u8; PUBLIC_KEY],
    one_time: &[u8; ONE_TIME],
    rng: &mut dyn CryptoRng,
    provider: &dyn Provider,
) -> Result<Vec<u8>, CryptoError> {
    if record.len() > LONGEST_RECORD {
        return Err(CryptoError::Length);
    }
    let ephemeral = provider.generate_key_pair(NamedCurve::P256, rng)?;
    let shared = ephemeral.agree(device)?;
    let head = [DeviceId::of(device, provider).0.as_slice(), one_time, ephemeral.public_key()].concat();
    let mut sealed = record.to_vec();
    // In place: nothing of the record stays behind.
    provider.ccm_seal(&key(&shared, &head, provider), &[0; 13], &head, &mut sealed)?;
    Ok([head, sealed].concat())
}

/// Opens what was sealed to this gate under the number that it gave last.
///
/// # Errors
/// Why it does not count here.
pub fn open(
    sealed: &[u8],
    device: &DeviceKey,
    one_time: &[u8; ONE_TIME],
    provider: &dyn Provider,
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (head, content) = sealed.split_at_checked(HEAD).ok_or(SealError::NotSealed)?;
    let (id, rest) = head.split_first_chunk::<16>().ok_or(SealError::NotSealed)?;
    let (number, ephemeral) = rest.split_first_chunk::<ONE_TIME>().ok_or(SealError::NotSealed)?;
    if !(CCM_TAG..=LONGEST_RECORD + CCM_TAG).contains(&content.len()) {
        return Err(SealError::NotSealed);
    }
    if DeviceId(*id) != device.id {
        return Err(SealError::OtherDevice);
    }
    if number != one_time {
        return Err(SealError::UsedUp);
    }
    let shared = device.pair.agree(ephemeral).map_err(|_| SealError::Altered)?;
    let mut record = Zeroizing::new(content.to_vec());
    provider.ccm_open(&key(&shared, head, provider), &[0; 13], head, &mut record).map_err(|_| SealError::Altered)?;
    Ok(record)
}

fn key(shared: &[u8], head: &[u8], provider: &dyn Provider) -> Zeroizing<[u8; 32]> {
    expand(&hmac_sha256(SALT, &[shared], provider), PURPOSE, head, provider)
}

/// What a QR code says.
pub fn to_text(sealed: &[u8]) -> String {
    alloc::format!("{TEXT}{}", hex::encode_upper(sealed))
}

/// What a scanner read. `None` where it is no provisioning.
pub fn from_text(text: &[u8]) -> Option<Vec<u8>> {
    hex::decode(text.trim_ascii().strip_prefix(TEXT.as_bytes())?).ok()
}

#[cfg(all(test, feature = "rustcrypto"))]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;
    use alloc::vec;

    const RECORD: &[u8] = b"keys of a gate";

    fn device(seed: u8) -> DeviceKey {
        DeviceKey::from_seed(&[seed; 32], &RustCrypto).unwrap()
    }

    fn sealed(to: &DeviceKey, one_time: u8) -> Vec<u8> {
        let mut rng = Expanded { seed: Zeroizing::new([9; 32]), block: 0, provider: &RustCrypto };
        seal(RECORD, to.public_key(), &[one_time; ONE_TIME], &mut rng, &RustCrypto).unwrap()
    }

    #[test]
    fn a_seed_gives_one_key_and_the_key_its_name() {
        assert_eq!(device(1).public_key(), device(1).public_key());
        assert_ne!(device(1).id(), device(2).id());
        assert!(RustCrypto.is_on_curve(NamedCurve::P256, device(1).public_key()));
        assert_eq!(DeviceId::of(device(1).public_key(), &RustCrypto), device(1).id());
    }

    #[test]
    fn a_record_opens_at_its_gate_under_its_number_alone() {
        let sealed = sealed(&device(1), 7);
        assert_eq!(*open(&sealed, &device(1), &[7; 16], &RustCrypto).unwrap(), RECORD);
        assert_eq!(open(&sealed, &device(2), &[7; 16], &RustCrypto).unwrap_err(), SealError::OtherDevice);
        assert_eq!(open(&sealed, &device(1), &[8; 16], &RustCrypto).unwrap_err(), SealError::UsedUp);
        // Whoever puts another gate's name on it gains nothing: the name is under the seal.
        let renamed = [&device(2).id().0, &sealed[16..]].concat();
        assert_eq!(open(&renamed, &device(2), &[7; 16], &RustCrypto).unwrap_err(), SealError::Altered);
        let renumbered = [&sealed[..16], &[8; 16], &sealed[32..]].concat();
        assert_eq!(open(&renumbered, &device(1), &[8; 16], &RustCrypto).unwrap_err(), SealError::Altered);
    }

    #[test]
    fn what_was_altered_or_cut_gives_nothing() {
        let sealed = sealed(&device(1), 7);
        assert!(!sealed.windows(RECORD.len()).any(|window| window == RECORD), "nothing stands in the clear");
        for place in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[place] ^= 1;
            let refused = open(&altered, &device(1), &[7; 16], &RustCrypto).unwrap_err();
            let reason = match place {
                0..16 => SealError::OtherDevice,
                16..32 => SealError::UsedUp,
                _ => SealError::Altered,
            };
            assert_eq!(refused, reason, "byte {place}");
            assert!(open(&sealed[..place], &device(1), &[7; 16], &RustCrypto).is_err(), "cut at {place}");
        }
        let long = vec![0; LONGEST_RECORD + 1];
        let mut rng = Expanded { seed: Zeroizing::new([9; 32]), block: 0, provider: &RustCrypto };
        let refused = seal(&long, device(1).public_key(), &[7; 16], &mut rng, &RustCrypto);
        assert_eq!(refused.unwrap_err(), CryptoError::Length);
        let refused = seal(RECORD, &[4; PUBLIC_KEY], &[7; 16], &mut rng, &RustCrypto).unwrap_err();
        assert!(matches!(refused, CryptoError::PublicKeyInvalid(_)));
    }

    #[test]
    fn text_and_bytes_are_one() {
        let sealed = sealed(&device(1), 7);
        let text = to_text(&sealed);
        // ISO 18004 §7.3.4: the alphanumeric mode.
        assert!(text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b':'));
        assert_eq!(from_text(format_args!("{text}\r\n").to_string().as_bytes()), Some(sealed));
        for wrong in ["", "SOAT:GATE:2:00", "SOAT:GATE:1:0", "SOAT:GATE:1:0G", "001199000001|"] {
            assert_eq!(from_text(wrong.as_bytes()), None, "{wrong}");
        }
    }

    use alloc::string::ToString;
}

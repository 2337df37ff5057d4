//! The pseudo-random function of PACE with integrated mapping (ICAO 9303-11 §4.4.3.3.2, figure 2).

use alloc::vec;
use alloc::vec::Vec;

use zeroize::Zeroizing;

use super::{Cipher, CryptoError, Provider};

/// c0 and c1 for 3DES and AES-128.
const SHORT: [[u8; 16]; 2] =
    [0xA668_892A_7C41_E3CA_739F_40B0_57D8_5904_u128.to_be_bytes(), 0xA4E1_36AC_725F_738B_01C1_F602_17C1_88AD_u128.to_be_bytes()];
/// c0 and c1 for AES-192 and AES-256, in halves.
const LONG: [[[u8; 16]; 2]; 2] = [
    [0xD463_D652_3412_4EF7_8970_5498_6DCA_0A17_u128.to_be_bytes(), 0x4E28_DF75_8CBA_A03F_2406_1641_4D5A_1676_u128.to_be_bytes()],
    [0x54BD_7255_F0AA_F831_BEC3_423F_CF39_D69B_u128.to_be_bytes(), 0x6CBF_0666_77D0_FAAE_5AAD_D99D_F8E5_3517_u128.to_be_bytes()],
];

/// `R(s, t)` before its reduction, for [`Provider::map_integrated`]: `nonce` is the chip's decrypted nonce s, `additional_nonce` the
/// terminal's t, as long as a key of the cipher, and `field_bits` the length of the field's characteristic.
///
/// # Errors
/// [`CryptoError::Length`] where a nonce has another length than the cipher asks for.
pub fn pseudo_random(
    provider: &dyn Provider,
    cipher: Cipher,
    nonce: &[u8],
    additional_nonce: &[u8],
    field_bits: usize,
) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let [c0, c1] = match cipher {
        Cipher::TripleDes | Cipher::Aes128 => SHORT.map(|constant| constant.to_vec()),
        Cipher::Aes192 | Cipher::Aes256 => LONG.map(|halves| halves.concat()),
    };
    if nonce.len() != c0.len() {
        return Err(CryptoError::Length);
    }
    let encrypt = |key: &[u8], data: &[u8]| {
        let mut data = Zeroizing::new(data.to_vec());
        provider.cbc_encrypt(cipher, key, &vec![0; cipher.block_len()], &mut data).map(|()| data)
    };
    let mut key = encrypt(additional_nonce, nonce)?;
    let mut output = Zeroizing::new(Vec::new());
    // 64 bits more than the field has, so that reduction leaves no bias.
    while output.len() * 8 < field_bits + 64 {
        // AES-192 takes the first 24 octets of its key.
        key.truncate(cipher.key_len());
        output.extend_from_slice(&encrypt(&key, &c1)?);
        key = encrypt(&key, &c0)?;
    }
    Ok(output)
}

#[cfg(all(test, feature = "rustcrypto"))]
mod tests {
    #![allow(clippy::unwrap_used)]

    use hex::decode;

    use super::*;
    use crate::crypto::rustcrypto::RustCrypto;

    /// ICAO 9303-11 appendices H.1 (256-bit field) and H.2 (1024-bit field).
    #[test]
    fn worked_examples() {
        let examples = [
            (
                256,
                "2923BE84E16CD6AE529049F1F1BBE9EB",
                "5DD4CBFC96F5453B130D890A1CDBAE32",
                concat!("E4447E2DFB3586BAC05DDB00156B57FBB2179A3949294C9725418980", "0C517BAA8DA0FF397ED8C445D3E421E4FEB57322",),
            ),
            (
                1024,
                "FA5B7E3E49753A0DB9178B7B9BD898C8",
                "B3A6DB3C870C3E99245E0D1C06B747DE",
                concat!(
                    "EAB98D13E09052952AA729907C3C946184DEA0FE74AD2B3AF506F0A83018459C",
                    "38099CD1F7FF4EA0A078DB1FAC1365505E3DC85500EF95E20B4EEF2E88489233",
                    "BEE0546B472F994B618D168702406791DEEF3CB4810932EC278F3533FDB860EB",
                    "4835C36FA4F1BF3FA0B828A718C96BDE88FBA38A3E6C35AAA10959251EB5FC71",
                    "0FC187258995944C0F926E249373F485",
                ),
            ),
        ];
        for (field_bits, nonce, additional_nonce, expected) in examples {
            let [nonce, additional_nonce, expected] = [nonce, additional_nonce, expected].map(|hex| decode(hex).unwrap());
            let random = pseudo_random(&RustCrypto, Cipher::Aes128, &nonce, &additional_nonce, field_bits).unwrap();
            assert_eq!(*random, expected);
        }
    }

    #[test]
    fn nonces_have_the_lengths_of_their_cipher() {
        for (cipher, nonce_len) in [(Cipher::TripleDes, 16), (Cipher::Aes128, 16), (Cipher::Aes192, 32), (Cipher::Aes256, 32)] {
            let random = |nonce_len: usize, additional_len: usize| {
                pseudo_random(&RustCrypto, cipher, &vec![1; nonce_len], &vec![2; additional_len], 256).map(|random| random.len())
            };
            // Whole outputs of the nonce's length, at least 320 bits.
            assert_eq!(random(nonce_len, cipher.key_len()), Ok(40_usize.next_multiple_of(nonce_len)));
            assert_eq!(random(nonce_len - 8, cipher.key_len()), Err(CryptoError::Length));
            assert_eq!(random(nonce_len, cipher.key_len() + 8), Err(CryptoError::Length));
            assert_eq!(random(0, cipher.key_len()), Err(CryptoError::Length));
        }
    }
}

//! Key pairs, key agreement and generic mapping.

use alloc::vec;
use alloc::vec::Vec;

use hex::decode;
use num_bigint::BigUint;

use super::Fixed;
use crate::crypto::rustcrypto::RustCrypto;
use crate::crypto::{CryptoError, KeyPair, NamedCurve, Provider as _};

/// Bytes that look random enough, the same in each run.
fn seeded(seed: u8, len: usize) -> Vec<u8> {
    let mut state = u32::from(seed) | 0x100;
    let mut step = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        (state >> 8) as u8
    };
    (0..len).map(|_| step()).collect()
}

fn pair(curve: NamedCurve, seed: u8) -> alloc::boxed::Box<dyn KeyPair> {
    RustCrypto.generate_key_pair(curve, &mut Fixed::new(&seeded(seed, 20 * curve.field_len()))).unwrap()
}

/// ICAO 9303-11 appendix G.1.
#[test]
fn worked_example_of_generic_mapping() {
    let private_keys = concat!(
        "7F4EF07B9EA82FD78AD689B38D0BC78CF21F249D953BC46F4C6E19259C010F99",
        "A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595",
    );
    let mut rng = Fixed::new(&decode(private_keys).unwrap());
    let mapping = RustCrypto.generate_key_pair(NamedCurve::BrainpoolP256r1, &mut rng).unwrap();
    let public_key = concat!(
        "047ACF3EFC982EC45565A4B155129EFBC74650DCBFA6362D896FC70262E0C2CC5E",
        "544552DCB6725218799115B55C9BAA6D9F6BC3A9618E70C25AF71777A9C4922D",
    );
    assert_eq!(mapping.public_key(), decode(public_key).unwrap());

    let chip_mapping = concat!(
        "04824FBA91C9CBE26BEF53A0EBE7342A3BF178CEA9F45DE0B70AA601651FBA3F57",
        "30D8C879AAA9C9F73991E61B58F4D52EB87A0A0C709A49DC63719363CCD13C54",
    );
    let shared_h = decode("60332EF2450B5D247EF6D3868397D398852ED6E8CAF6FFEEF6BF85CA57057FD5").unwrap();
    assert_eq!(mapping.agree(&decode(chip_mapping).unwrap()).unwrap()[..], shared_h);

    let nonce = decode("3F00C4D39D153F2B2A214A078D899B22").unwrap();
    let mapped = mapping.map_generic(&decode(chip_mapping).unwrap(), &nonce, &mut rng).unwrap();
    let public_key = concat!(
        "042DB7A64C0355044EC9DF190514C625CBA2CEA48754887122F3A5EF0D5EDD301C",
        "3556F3B3B186DF10B857B58F6A7EB80F20BA5DC7BE1D43D9BF850149FBB36462",
    );
    assert_eq!(mapped.public_key(), decode(public_key).unwrap());
    let chip = concat!(
        "049E880F842905B8B3181F7AF7CAA9F0EFB743847F44A306D2D28C1D9EC65DF6DB",
        "7764B22277A2EDDC3C265A9F018F9CB852E111B768B326904B59A0193776F094",
    );
    let shared = decode("28768D20701247DAE81804C9E780EDE582A9996DB4A315020B2733197DB84925").unwrap();
    assert_eq!(mapped.agree(&decode(chip).unwrap()).unwrap()[..], shared);
}

/// ICAO 9303-11 appendix H.1.
#[test]
fn worked_example_of_integrated_mapping() {
    let random = concat!("E4447E2DFB3586BAC05DDB00156B57FBB2179A3949294C9725418980", "0C517BAA8DA0FF397ED8C445D3E421E4FEB57322",);
    let private_key = decode("A73FB703AC1436A18E0CFA5ABB3F7BEC7A070E7A6788486BEE230C4A22762595").unwrap();
    let mapped =
        RustCrypto.map_integrated(NamedCurve::BrainpoolP256r1, &decode(random).unwrap(), &mut Fixed::new(&private_key)).unwrap();
    let public_key = concat!(
        "0489CBA23FFE96AA18D824627C3E934E54A9FD0B87A95D1471DC1C0ABFDCD640D4",
        "6755DE9B7B778280B6BEBD57439ADFEB0E21FD4ED6DF42578C13418A59B34C37",
    );
    assert_eq!(mapped.public_key(), decode(public_key).unwrap());
    let chip = concat!(
        "0467F78E5F7F7686082B293E8D087E056916D0F74BC01A5F8957D0DE45691E51E8",
        "932B69A962B52A0985AD2C0A271EE6A13A8ADDDCD1A3A994B9DED257F4D22753",
    );
    let shared = decode("4F150FDE1D4F0E38E95017B891BAE17133A0DF45B0D3E18B60BA7BEAFDC2C713").unwrap();
    assert_eq!(mapped.agree(&decode(chip).unwrap()).unwrap()[..], shared);
}

/// Both branches of the encoding, on every curve that has one; the generator must be on the curve for a key pair to exist.
#[test]
fn integrated_mapping_encodes_numbers_on_every_curve() {
    const NONE: CryptoError = CryptoError::Unsupported("integrated mapping of this number to a point");
    for curve in NamedCurve::ALL {
        let map = |seed: u8, key: u8| {
            RustCrypto.map_integrated(
                curve,
                &seeded(seed, curve.field_len() + 16),
                &mut Fixed::new(&seeded(key, 20 * curve.field_len())),
            )
        };
        if curve == NamedCurve::P224 {
            assert_eq!(map(0, 1).err(), Some(NONE));
            continue;
        }
        for seed in 0..8 {
            let (terminal, chip) = (map(seed, 1).unwrap(), map(seed, 2).unwrap());
            assert!(RustCrypto.is_on_curve(curve, terminal.public_key()));
            assert_eq!(terminal.agree(chip.public_key()).unwrap(), chip.agree(terminal.public_key()).unwrap());
        }
        for number in [&[][..], &[0], &[1], curve.parameters().p] {
            let mapped = RustCrypto.map_integrated(curve, number, &mut Fixed::new(&seeded(1, 20 * curve.field_len())));
            assert_eq!(mapped.err(), Some(NONE), "{} {number:02x?}", curve.name());
        }
    }
}

#[test]
fn two_sides_agree_on_every_curve() {
    for curve in NamedCurve::ALL {
        let (terminal, chip) = (pair(curve, 1), pair(curve, 2));
        assert_eq!(terminal.public_key().len(), 1 + 2 * curve.field_len());
        assert!(RustCrypto.is_on_curve(curve, terminal.public_key()));
        let shared = terminal.agree(chip.public_key()).unwrap();
        assert_eq!(shared.len(), curve.field_len());
        assert_eq!(shared, chip.agree(terminal.public_key()).unwrap());

        let nonce = seeded(3, 32);
        let (terminal_point, chip_point) = (terminal.public_key().to_vec(), chip.public_key().to_vec());
        let fresh = |seed| Fixed::new(&seeded(seed, 20 * curve.field_len()));
        let terminal = terminal.map_generic(&chip_point, &nonce, &mut fresh(4)).unwrap();
        let chip = chip.map_generic(&terminal_point, &nonce, &mut fresh(5)).unwrap();
        assert_eq!(terminal.agree(chip.public_key()).unwrap(), chip.agree(terminal.public_key()).unwrap());
        // On the mapped generator the same private key has another point.
        assert_ne!(terminal.public_key(), pair(curve, 4).public_key(), "{}", curve.name());
    }
}

/// The same scalars on a random curve and on its twisted one give points that the isomorphism maps to each other.
#[test]
fn twisted_curves_compute_what_random_ones_do() {
    for curves in NamedCurve::ALL[5..].chunks(2) {
        let p = curves[0].field_len();
        let coordinates = |point: &[u8]| (BigUint::from_bytes_be(&point[1..=p]), BigUint::from_bytes_be(&point[p + 1..]));
        // Ratios x'/x = Z² and y'/y = Z³ are the same for every pair of points: compared by cross multiplication.
        let points: Vec<_> = (1..=4)
            .map(|seed| (coordinates(pair(curves[0], seed).public_key()), coordinates(pair(curves[1], seed).public_key())))
            .collect();
        let modulus = BigUint::from_bytes_be(&field_modulus(curves[0]));
        let ((x, y), (twisted_x, twisted_y)) = &points[0];
        for ((other_x, other_y), (other_twisted_x, other_twisted_y)) in &points[1..] {
            assert_eq!(x * other_twisted_x % &modulus, other_x * twisted_x % &modulus);
            assert_eq!(y * other_twisted_y % &modulus, other_y * twisted_y % &modulus);
        }
    }
}

fn field_modulus(curve: NamedCurve) -> Vec<u8> {
    curve.parameters().p.to_vec()
}

#[test]
fn private_keys_are_drawn_again_until_they_fit() {
    let curve = NamedCurve::P256;
    let order = curve.parameters().n;
    let mut one = vec![0; 32];
    one[31] = 1;
    let mut rng = Fixed::new(&[&[0; 32], order, &[0xFF; 32], &one].concat());
    let generator = [&[4][..], curve.parameters().x, curve.parameters().y].concat();
    assert_eq!(RustCrypto.generate_key_pair(curve, &mut rng).unwrap().public_key(), generator);
    // P-521: the seven bits beyond the order are cleared, not drawn again.
    let mut bytes = vec![0; 66];
    (bytes[0], bytes[65]) = (0xFE, 1);
    let one = RustCrypto.generate_key_pair(NamedCurve::P521, &mut Fixed::new(&bytes)).unwrap();
    assert_eq!(one.public_key()[1..67], *NamedCurve::P521.parameters().x);
}

#[test]
fn points_that_are_none_are_refused() {
    const OFF: CryptoError = CryptoError::PublicKeyInvalid("a point that is not on its curve");
    const FORM: CryptoError = CryptoError::PublicKeyInvalid("an ephemeral point that is not uncompressed");
    for curve in NamedCurve::ALL {
        let own = pair(curve, 1);
        let peer = pair(curve, 2).public_key().to_vec();
        let last = peer.len() - 1;
        let off_curve = [&peer[..last], &[peer[last] ^ 1]].concat();
        let beyond_field = [&[4][..], &vec![0xFF; 2 * curve.field_len()]].concat();
        let zero = [&[4][..], &vec![0; 2 * curve.field_len()]].concat();
        for (point, error) in [
            (&off_curve[..], OFF),
            (&beyond_field, OFF),
            (&zero, OFF),
            (&peer[..last], OFF),
            (&[4], OFF),
            (&[0], FORM),
            (&[], FORM),
            (&[&[2 | (peer[last] & 1)], &peer[1..=curve.field_len()]].concat(), FORM),
            (&[&[6 | (peer[last] & 1)], &peer[1..]].concat(), FORM),
        ] {
            assert_eq!(own.agree(point).unwrap_err(), error, "{} {point:02x?}", curve.name());
        }
        assert!(!RustCrypto.is_on_curve(curve, &off_curve));
        assert!(!RustCrypto.is_on_curve(curve, &[0]));
        assert_eq!(RustCrypto.curve_of_point(&off_curve), None);
        assert_eq!(RustCrypto.curve_of_point(&peer), Some(curve));
    }
}

#[test]
fn a_generator_mapped_to_infinity_is_refused() {
    // own = 1 and peer = n − nonce: nonce·G + 1·(−nonce·G) is infinity.
    let curve = NamedCurve::P256;
    let one = [&[0; 31][..], &[1]].concat();
    let own = RustCrypto.generate_key_pair(curve, &mut Fixed::new(&one)).unwrap();
    let nonce = [5_u8; 16];
    let order = BigUint::from_bytes_be(curve.parameters().n);
    let scalar = (order - BigUint::from_bytes_be(&nonce)).to_bytes_be();
    let peer = RustCrypto.multiply_point(curve, &scalar, own.public_key()).unwrap();
    let mapped = own.map_generic(&peer, &nonce, &mut Fixed::new(&one));
    assert_eq!(mapped.err(), Some(CryptoError::PublicKeyInvalid("a mapped generator at infinity")));
}

/// PACE with chip authentication mapping: `CA = SK⁻¹ · SK_map mod n`, and `CA · PK = PK_map`.
#[test]
fn multiplication_checks_chip_authentication_mapping() {
    let curve = NamedCurve::BrainpoolP320r1;
    let order = BigUint::from_bytes_be(curve.parameters().n);
    let (static_key, mapping_key) = (BigUint::from(0x1234_5678_u32), BigUint::from(0x00C0_FFEE_u32));
    let wide = |number: &BigUint| {
        let bytes = number.to_bytes_be();
        [&vec![0; curve.field_len() - bytes.len()], &bytes[..]].concat()
    };
    let point = |key: &BigUint| RustCrypto.generate_key_pair(curve, &mut Fixed::new(&wide(key))).unwrap().public_key().to_vec();
    let data = static_key.modinv(&order).unwrap() * &mapping_key % &order;
    let mapped = RustCrypto.multiply_point(curve, &wide(&data), &point(&static_key)).unwrap();
    assert_eq!(mapped, point(&mapping_key));
    let infinity = RustCrypto.multiply_point(curve, &wide(&order), &point(&static_key));
    assert_eq!(infinity, Err(CryptoError::PublicKeyInvalid("a shared point at infinity")));
    // Zeros in front change nothing but the work.
    let longer = [&[0][..], &wide(&data)].concat();
    assert_eq!(RustCrypto.multiply_point(curve, &longer, &point(&static_key)), Err(CryptoError::Length));
}

//! The brainpool curves that no crate has: 160, 192, 224, 320 and 512 bits, in their random (r1) and twisted (t1) form (RFC 5639).
//!
//! A twisted curve is isomorphic to its random one: it shares field and order, and its `a` is −3.

use elliptic_curve::bigint::{Odd, U192, U256, U384, U512};
use elliptic_curve::consts::{U20, U24, U28, U40, U64};
use elliptic_curve::ff::PrimeField as _;
use elliptic_curve::hazmat::FieldArithmetic;
use elliptic_curve::ops::{BatchInvert, Reduce};
use elliptic_curve::point::PointCompression;
use elliptic_curve::scalar::{FromUintUnchecked, IsHigh};
use elliptic_curve::subtle::{Choice, ConstantTimeEq, ConstantTimeGreater, CtOption};
use elliptic_curve::{Curve, CurveArithmetic, FieldBytes, PrimeCurve, PrimeCurveArithmetic, field};
use primeorder::{AffinePoint, PrimeCurveParams, ProjectivePoint, mul_backend, point_arithmetic};

/// Field, order and two curves. Numbers are hexadecimal, `p` and `n` as wide as the machine integer, the others as wide as the field;
/// the small numbers are quadratic non-residues modulo `p` and `n`, which square roots take as their starting point.
macro_rules! brainpool {
    (
        module: $module:ident, uint: $uint:ident, bytes: $bytes:ident,
        p: $p:literal, non_residue: $p_non_residue:literal, n: $n:literal, non_residue: $n_non_residue:literal,
        r1: $r1:ident { a: $r1_a:literal, b: $r1_b:literal, x: $r1_x:literal, y: $r1_y:literal },
        t1: $t1:ident { b: $t1_b:literal, x: $t1_x:literal, y: $t1_y:literal },
    ) => {
        mod $module {
            use super::*;

            primefield::monty_field_params! {
                name: FieldParams,
                modulus: $p,
                uint: $uint,
                byte_order: primefield::ByteOrder::BigEndian,
                multiplicative_generator: $p_non_residue,
                doc: "The field's characteristic."
            }
            primefield::monty_field_element! {
                name: FieldElement,
                params: FieldParams,
                uint: $uint,
                doc: "A coordinate."
            }
            primefield::monty_field_arithmetic! {
                name: FieldElement,
                params: FieldParams,
                uint: $uint
            }
            impl BatchInvert for FieldElement {}

            mod scalar {
                use super::*;

                primefield::monty_field_params! {
                    name: ScalarParams,
                    modulus: $n,
                    uint: $uint,
                    byte_order: primefield::ByteOrder::BigEndian,
                    multiplicative_generator: $n_non_residue,
                    doc: "The generator's order."
                }
                primefield::monty_field_element! {
                    name: Scalar,
                    params: ScalarParams,
                    uint: $uint,
                    doc: "A number modulo the order."
                }
                primefield::monty_field_arithmetic! {
                    name: Scalar,
                    params: ScalarParams,
                    uint: $uint
                }

                // The macro for this takes it that the machine integer is as wide as the field, which holds for two sizes only.
                impl Reduce<$uint> for Scalar {
                    fn reduce(value: &$uint) -> Self {
                        Self(primefield::MontyFieldElement::from_uint_reduced(value))
                    }
                }

                impl Reduce<FieldBytes<$r1>> for Scalar {
                    fn reduce(bytes: &FieldBytes<$r1>) -> Self {
                        Self::reduce(&field::bytes_to_uint::<$r1>(bytes))
                    }
                }

                elliptic_curve::scalar_impls!($r1, Scalar);
                elliptic_curve::scalar_impls!($t1, Scalar);
                primeorder::wnaf::impl_wnaf_size_for_scalar!(Scalar);

                impl AsRef<Scalar> for Scalar {
                    fn as_ref(&self) -> &Scalar {
                        self
                    }
                }

                impl FromUintUnchecked for Scalar {
                    type Uint = $uint;

                    fn from_uint_unchecked(uint: $uint) -> Self {
                        Self::from_uint_unchecked(uint)
                    }
                }

                impl IsHigh for Scalar {
                    fn is_high(&self) -> Choice {
                        const HALF: $uint = <$r1 as Curve>::ORDER.as_ref().shr_vartime(1);
                        self.to_canonical().ct_gt(&HALF)
                    }
                }
            }
            use scalar::Scalar;

            brainpool! { @curve $r1, $uint, $bytes, $n }
            brainpool! { @curve $t1, $uint, $bytes, $n }

            impl PrimeCurveParams for $r1 {
                type PointArithmetic = point_arithmetic::EquationAIsGeneric;
                type Backend = mul_backend::VariableOnly;

                const EQUATION_A: FieldElement = FieldElement::from_hex_vartime($r1_a);
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime($r1_b);
                const GENERATOR: (FieldElement, FieldElement) =
                    (FieldElement::from_hex_vartime($r1_x), FieldElement::from_hex_vartime($r1_y));
            }

            impl PrimeCurveParams for $t1 {
                type PointArithmetic = point_arithmetic::EquationAIsMinusThree;
                type Backend = mul_backend::VariableOnly;

                const EQUATION_A: FieldElement = FieldElement::from_u64(3).neg();
                const EQUATION_B: FieldElement = FieldElement::from_hex_vartime($t1_b);
                const GENERATOR: (FieldElement, FieldElement) =
                    (FieldElement::from_hex_vartime($t1_x), FieldElement::from_hex_vartime($t1_y));
            }
        }
        pub(super) use $module::{$r1, $t1};
    };

    (@curve $name:ident, $uint:ident, $bytes:ident, $n:literal) => {
        /// The curve of this name.
        #[derive(Copy, Clone, Debug, Default, Eq, PartialEq, PartialOrd, Ord)]
        pub struct $name;

        impl Curve for $name {
            type FieldBytesSize = $bytes;
            type Uint = $uint;

            const ORDER: Odd<$uint> = Odd::<$uint>::from_be_hex($n);
        }

        impl PrimeCurve for $name {}

        impl PointCompression for $name {
            const COMPRESS_POINTS: bool = false;
        }

        impl CurveArithmetic for $name {
            type AffinePoint = AffinePoint<$name>;
            type ProjectivePoint = ProjectivePoint<$name>;
            type Scalar = Scalar;
        }

        impl PrimeCurveArithmetic for $name {
            type CurveGroup = ProjectivePoint<$name>;
        }

        impl FieldArithmetic for $name {
            type FieldElement = FieldElement;
        }

        impl ecdsa::EcdsaCurve for $name {
            const NORMALIZE_S: bool = false;
        }
    };
}

brainpool! {
    module: p160, uint: U192, bytes: U20,
    p: "00000000e95e4a5f737059dc60dfc7ad95b3d8139515620f",
    non_residue: 3,
    n: "00000000e95e4a5f737059dc60df5991d45029409e60fc09",
    non_residue: 5,
    r1: BrainpoolP160r1 {
        a: "340e7be2a280eb74e2be61bada745d97e8f7c300",
        b: "1e589a8595423412134faa2dbdec95c8d8675e58",
        x: "bed5af16ea3f6a4f62938c4631eb5af7bdbcdbc3",
        y: "1667cb477a1a8ec338f94741669c976316da6321"
    },
    t1: BrainpoolP160t1 {
        b: "7a556b6dae535b7b51ed2c4d7daa7a0b5c55f380",
        x: "b199b13b9b34efc1397e64baeb05acc265ff2378",
        y: "add6718b7c7c1961f0991b842443772152c9e0ad"
    },
}

brainpool! {
    module: p192, uint: U192, bytes: U24,
    p: "c302f41d932a36cda7a3463093d18db78fce476de1a86297",
    non_residue: 3,
    n: "c302f41d932a36cda7a3462f9e9e916b5be8f1029ac4acc1",
    non_residue: 7,
    r1: BrainpoolP192r1 {
        a: "6a91174076b1e0e19c39c031fe8685c1cae040e5c69a28ef",
        b: "469a28ef7c28cca3dc721d044f4496bcca7ef4146fbf25c9",
        x: "c0a0647eaab6a48753b033c56cb0f0900a2f5c4853375fd6",
        y: "14b690866abd5bb88b5f4828c1490002e6773fa2fa299b8f"
    },
    t1: BrainpoolP192t1 {
        b: "13d56ffaec78681e68f9deb43b35bec2fb68542e27897b79",
        x: "3ae9e58c82f63c30282e1fe7bbf43fa72c446af6f4618129",
        y: "097e2c5667c2223a902ab5ca449d0084b7e5b3de7ccc01c9"
    },
}

brainpool! {
    module: p224, uint: U256, bytes: U28,
    p: "00000000d7c134aa264366862a18302575d1d787b09f075797da89f57ec8c0ff",
    non_residue: 3,
    n: "00000000d7c134aa264366862a18302575d0fb98d116bc4b6ddebca3a5a7939f",
    non_residue: 3,
    r1: BrainpoolP224r1 {
        a: "68a5e62ca9ce6c1c299803a6c1530b514e182ad8b0042a59cad29f43",
        b: "2580f63ccfe44138870713b1a92369e33e2135d266dbb372386c400b",
        x: "0d9029ad2c7e5cf4340823b2a87dc68c9e4ce3174c1e6efdee12c07d",
        y: "58aa56f772c0726f24c6b89e4ecdac24354b9e99caa3f6d3761402cd"
    },
    t1: BrainpoolP224t1 {
        b: "4b337d934104cd7bef271bf60ced1ed20da14c08b3bb64f18a60888d",
        x: "6ab1e344ce25ff3896424e7ffe14762ecb49f8928ac0c76029b4d580",
        y: "0374e9f5143e568cd23f3f4d7c0d4b1e41c8cc0d1c6abd5f1a46db4c"
    },
}

brainpool! {
    module: p320, uint: U384, bytes: U40,
    p: "0000000000000000d35e472036bc4fb7e13c785ed201e065f98fcfa6f6f40def4f92b9ec7893ec28fcd412b1f1b32e27",
    non_residue: 5,
    n: "0000000000000000d35e472036bc4fb7e13c785ed201e065f98fcfa5b68f12a32d482ec7ee8658e98691555b44c59311",
    non_residue: 3,
    r1: BrainpoolP320r1 {
        a: "3ee30b568fbab0f883ccebd46d3f3bb8a2a73513f5eb79da66190eb085ffa9f492f375a97d860eb4",
        b: "520883949dfdbc42d3ad198640688a6fe13f41349554b49acc31dccd884539816f5eb4ac8fb1f1a6",
        x: "43bd7e9afb53d8b85289bcc48ee5bfe6f20137d10a087eb6e7871e2a10a599c710af8d0d39e20611",
        y: "14fdd05545ec1cc8ab4093247f77275e0743ffed117182eaa9c77877aaac6ac7d35245d1692e8ee1"
    },
    t1: BrainpoolP320t1 {
        b: "a7f561e038eb1ed560b3d147db782013064c19f27ed27c6780aaf77fb8a547ceb5b4fef422340353",
        x: "925be9fb01afc6fb4d3e7d4990010f813408ab106c4f09cb7ee07868cc136fff3357f624a21bed52",
        y: "63ba3a7a27483ebf6671dbef7abb30ebee084e58a0b077ad42a5a0989d1ee71b1b9bc0455fb0d2c3"
    },
}

brainpool! {
    module: p512, uint: U512, bytes: U64,
    p: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca703308717d4d9b009bc66842aecda12ae6a380e62881ff2f2d82c68528aa6056583a48f3",
    non_residue: 2,
    n: "aadd9db8dbe9c48b3fd4e6ae33c9fc07cb308db3b3c9d20ed6639cca70330870553e5c414ca92619418661197fac10471db1d381085ddaddb58796829ca90069",
    non_residue: 7,
    r1: BrainpoolP512r1 {
        a: "7830a3318b603b89e2327145ac234cc594cbdd8d3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94ca",
        b: "3df91610a83441caea9863bc2ded5d5aa8253aa10a2ef1c98b9ac8b57f1117a72bf2c7b9e7c1ac4d77fc94cadc083e67984050b75ebae5dd2809bd638016f723",
        x: "81aee4bdd82ed9645a21322e9c4c6a9385ed9f70b5d916c1b43b62eef4d0098eff3b1f78e2d0d48d50d1687b93b97d5f7c6d5047406a5e688b352209bcb9f822",
        y: "7dde385d566332ecc0eabfa9cf7822fdf209f70024a57b1aa000c55b881f8111b2dcde494a5f485e5bca4bd88a2763aed1ca2b2fa8f0540678cd1e0f3ad80892"
    },
    t1: BrainpoolP512t1 {
        b: "7cbbbcf9441cfab76e1890e46884eae321f70c0bcb4981527897504bec3e36a62bcdfa2304976540f6450085f2dae145c22553b465763689180ea2571867423e",
        x: "640ece5c12788717b9c1ba06cbc2a6feba85842458c56dde9db1758d39c0313d82ba51735cdb3ea499aa77a7d6943a64f7a3f25fe26f06b51baa2696fa9035da",
        y: "5b534bd595f5af0fa2c892376c84ace1bb4e3019b71634c01131159cae03cee9d9932184beef216bd71df2dadf86a627306ecff96dbb8bace198b61e00f8b332"
    },
}

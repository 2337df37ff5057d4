//! `Debug` for types that bear personal data.

/// Implements `Debug` so that only the type's name is shown: personal data reach no log by way of `{:?}`.
macro_rules! opaque_debug {
    ($($type:ident $(<$life:lifetime>)?),+ $(,)?) => {
        $(impl core::fmt::Debug for $type $(<$life>)? {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str(stringify!($type))
            }
        })+
    };
}

#![no_main]
libfuzzer_sys::fuzz_target!(
    // The first call makes keys and certificates, which no input is to be blamed for.
    init: {
        let _ = soat_tests::entries::master_list(&[]);
    },
    |input: &[u8]| {
        let _ = soat_tests::entries::master_list(input);
    }
);

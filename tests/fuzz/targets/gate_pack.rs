#![no_main]
libfuzzer_sys::fuzz_target!(|input: &[u8]| {
    let _ = soat_tests::entries::gate::gate_pack(input);
});

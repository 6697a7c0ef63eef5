//! Hands libFuzzer's bytes to the target `quic_initial`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::quic_initial(bytes));

//! Hands libFuzzer's bytes to the target `record_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::record_decode(bytes));

//! Hands libFuzzer's bytes to the target `ech_config`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::ech_config(bytes));

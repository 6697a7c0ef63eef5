//! Hands libFuzzer's bytes to the target `batch_decode`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::batch_decode(bytes));

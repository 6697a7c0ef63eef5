//! Hands libFuzzer's bytes to the target `http_head`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::http_head(bytes));

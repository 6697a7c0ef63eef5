//! Hands libFuzzer's bytes to the target `lists`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::lists(bytes));

//! Hands libFuzzer's bytes to the target `ooni_read`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::ooni_read(bytes));

//! Hands libFuzzer's bytes to the target `tls_record`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::tls_record(bytes));

//! Hands libFuzzer's bytes to the target `dns_answer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| fuzz_targets::dns_answer(bytes));

#![no_main]

#[path = "../src/mod.rs"]
mod targets;

libfuzzer_sys::fuzz_target!(|input: &[u8]| targets::run("capture", input));

//! Fuzzing of `liandu_fuzz::entries`; a program only under `cargo xtask fuzz` and `cargo fuzz`.
#![cfg_attr(fuzzing, no_main)]

liandu_fuzz::target!(entries);

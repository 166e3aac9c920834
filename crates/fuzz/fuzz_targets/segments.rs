//! Fuzzing of `liandu_fuzz::segments`; a program only under `cargo xtask fuzz` and `cargo fuzz`.
#![cfg_attr(fuzzing, no_main)]

liandu_fuzz::target!(segments);

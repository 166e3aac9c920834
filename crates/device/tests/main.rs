//! The engine against a small stand-in for the office: stories of phones with bad networks, crashes
//! and colleagues. The real keeper is met in the workspace's own tests.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

mod carried;
mod crash;
mod numbers;
mod office;
mod outside;
mod phone;
mod restored;
mod shown;
mod story;
mod visits;

//! Placeholder while the workspace is laid out.
pub mod journal;
pub mod accounts;
pub mod tables;
pub mod index;
pub mod keeper;
pub mod engine;
pub mod api;
pub mod socket;
pub mod command;
pub mod config;
pub mod serve;

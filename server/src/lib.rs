//! The server: the one owner of log and index, the devices' sockets, and the office.
//!
//! Never decides what an edit is worth: `liandu_core` does. `serve` puts the parts together.

pub mod accounts;
pub mod alike;
pub mod api;
pub mod basemap;
pub mod command;
pub mod config;
pub mod engine;
pub mod files;
pub mod imports;
pub mod index;
pub mod journal;
pub mod keeper;
pub mod notices;
pub mod packs;
mod seen;
pub mod serve;
pub mod socket;
pub mod tables;
pub mod upkeep;
mod web;

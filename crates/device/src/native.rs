//! The driver for native programs: a real clock, real randomness, a folder and a socket around the
//! engine.
//!
//! Never decides anything: it performs `Output`s and feeds `Input`s. Every act of a person is
//! durable in the folder before the call returns.

mod driver;
mod folder;
mod memory;
mod pages;
mod trust;

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use liandu_core::time::Timestamp;

pub use driver::{Device, DriveError, SyncReport, Traffic, Trouble};
pub use folder::{Folder, FolderError};
pub use memory::Memory;
pub use trust::TrustError;

use crate::entropy::Entropy;
use crate::store::{Pairs, Puts};

/// Where a device keeps its pairs.
pub trait Store {
    /// Everything stored.
    fn load(&mut self) -> Result<Pairs, FolderError>;
    /// Stores all of this or nothing; durable when it returns.
    fn write(&mut self, puts: &Puts) -> Result<(), FolderError>;
    /// The file they are in, if they are in one: named when it is damaged.
    fn place(&self) -> Option<&Path> {
        None
    }
}

/// The operating system's randomness.
#[derive(Debug, Clone, Copy)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&mut self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            // Keys and actors made of anything else would be guessable or used twice.
            std::process::abort();
        }
    }
}

/// The system's clock.
pub fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    let ms = since
        .ok()
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    Timestamp(ms.unwrap_or(0))
}

/// The address of a server's device socket, from `host:8420`, the server's web address or a whole
/// socket address.
pub fn socket_address(server: &str) -> String {
    let server = server.trim_end_matches('/');
    let server = match server.split_once("://") {
        Some(("http", rest)) => format!("ws://{rest}"),
        Some(("https", rest)) => format!("wss://{rest}"),
        Some(_) | None => server.to_owned(),
    };
    let whole = if server.contains("://") {
        server
    } else {
        format!("ws://{server}")
    };
    let path = whole
        .split_once("://")
        .is_some_and(|(_, rest)| rest.contains('/'));
    if path { whole } else { format!("{whole}/sync") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn address_may_be_given_short() {
        for given in [
            "h:1",
            "http://h:1",
            "ws://h:1",
            "ws://h:1/",
            "ws://h:1/sync",
        ] {
            assert_eq!(socket_address(given), "ws://h:1/sync");
        }
        assert_eq!(socket_address("wss://h/other"), "wss://h/other");
    }
}

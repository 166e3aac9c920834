//! Entries of the log, as a journal of another time gives them.

use liandu_core::authority::Directory;
use liandu_core::id::Position;
use liandu_core::log::{LogEntry, statement_holds, statement_parts};

use crate::world::{DEPLOYMENT, key};

/// One entry: what decodes encodes to what decodes to the same, a statement holds only where the
/// authority key signed it, and the directory takes in anything.
pub fn entries(bytes: &[u8]) {
    let authority = key(3).public();
    if let Some((unsigned, _)) = statement_parts(bytes) {
        assert!(!statement_holds(&unsigned, &DEPLOYMENT, &authority));
    }
    let Ok(entry) = LogEntry::decode(bytes) else {
        return;
    };
    let again = entry.encode();
    let read = LogEntry::decode(&again).expect("what this version writes it reads");
    assert_eq!(read, entry);
    let signed = entry.encode_signed(&DEPLOYMENT, &key(3));
    assert!(statement_holds(&signed, &DEPLOYMENT, &authority));
    assert!(!statement_holds(&signed, &DEPLOYMENT, &key(1).public()));
    let mut directory = Directory::new();
    for position in 1..=2 {
        directory.apply(Position(position), &entry);
    }
    for person in directory.people().keys() {
        if let Some(principal) = directory.principal(person) {
            directory.scopes_of(&principal);
        }
    }
}

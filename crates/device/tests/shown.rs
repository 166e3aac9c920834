//! What a device shows as JSON.

use liandu_core::id::{Actor, ChangeHash, DeviceId};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::{Path, WriteId};
use liandu_core::record::value::Value;
use liandu_core::record::view::{Conflict, ConflictKind, Provenance, Written};
use liandu_core::time::Timestamp;
use liandu_device::json;

fn written(word: &str, n: u8) -> Written {
    let write = WriteId {
        actor: Actor([n; 16]),
        seq: 1,
    };
    let by = Provenance {
        write,
        hash: ChangeHash([n; 32]),
        device: DeviceId([n; 8]),
        person: None,
        behalf: None,
        device_time: Timestamp(0),
        server: None,
    };
    let value = Value::text(word);
    Written { value, by }
}

#[test]
fn states_in_conflict_have_their_names_and_other_values_that_read_the_same_have_none() {
    let between = |path| Conflict {
        path,
        kind: ConflictKind::States,
        values: vec![written("transferred", 1), written("no such state", 2)],
    };
    let shown = json::conflict(Kind::Problem, &between(Path::State));
    assert_eq!(shown["values"][0]["value"], "transferred");
    assert_eq!(shown["values"][0]["label"]["zh"], "已交办");
    assert_eq!(shown["values"][0]["label"]["en"], "transferred");
    assert!(shown["values"][1]["label"].is_null());
    let field = json::conflict(Kind::Problem, &between(Path::field("title").unwrap()));
    assert!(field["values"][0]["label"].is_null());
}

//! Facts about quarantined edits' rows.

use liandu_core::id::{Actor, ChangeHash, DeviceId, Position, RecordId};
use liandu_core::log::NumberRange;
use liandu_core::record::kind::Kind;
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

use super::{mark, visible};
use crate::tables::Held;
use crate::tables::change::Change;
use crate::tables::quarantine::{HeldFilter, quarantine, quarantined};
use crate::tables::query::Snapshot;
use crate::tables::write::Tables;

fn held(n: u8, scope: &str, verdict: Verdict) -> Held {
    Held {
        position: Position(n.into()),
        index: 0,
        record: RecordId([n; 16]),
        kind: Some(Kind::Problem),
        scope: scope.parse().unwrap(),
        person: None,
        device: DeviceId([n; 8]),
        actor: Actor([n; 16]),
        seq: 3,
        hash: ChangeHash([n; 32]),
        verdict,
        time: Timestamp(1),
        settled: None,
    }
}

#[test]
fn quarantine_shows_a_region_its_own_until_released_or_answered() {
    let mut tables = Tables::memory().unwrap();
    let all = [
        held(1, "130502/-/group", Verdict::Refused(Reason::NotAllowed)),
        held(2, "130702/-/group", Verdict::Held(Reason::NewerDefinition)),
        held(3, "130502/-/group", Verdict::Forked),
    ];
    let changes: Vec<Change> = all
        .iter()
        .map(|h| Change::Held(Box::new(h.clone())))
        .collect();
    tables.commit(&changes, &mark(3)).unwrap();
    let list = |tables: &mut Tables, region: &str, filter: &HeldFilter| -> Vec<u64> {
        let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
        let (found, total) = quarantine(&snapshot, &visible(region), filter, None, 10).unwrap();
        assert_eq!(found.len() as u64, total);
        found.iter().map(|held| held.position.0).collect()
    };
    let open = HeldFilter::default();
    assert_eq!(list(&mut tables, "130000", &open), [3, 2, 1]);
    assert_eq!(list(&mut tables, "130502", &open), [3, 1]);
    let refused = HeldFilter {
        verdict: Some("refused"),
        ..HeldFilter::default()
    };
    assert_eq!(list(&mut tables, "130000", &refused), [1]);
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    let one = quarantined(&snapshot, &visible("130502"), Position(1), 0).unwrap();
    assert_eq!(one.as_ref(), Some(&all[0]));
    assert_eq!(
        quarantined(&snapshot, &visible("130502"), Position(2), 0).unwrap(),
        None
    );
    drop(snapshot);
    let numbers = NumberRange {
        actor: Actor([1; 16]),
        from: 1,
        to: 3,
    };
    let again = held(9, "130702/-/group", Verdict::Refused(Reason::BadValue));
    let again = Held {
        record: all[1].record,
        hash: all[1].hash,
        ..again
    };
    let changes = [
        Change::Released {
            record: all[0].record,
            numbers,
            by: Position(4),
        },
        Change::Answered {
            record: all[2].record,
            hash: all[2].hash,
            by: Position(5),
            text: "不予采纳".into(),
        },
        Change::Held(Box::new(again)),
    ];
    tables.commit(&changes, &mark(9)).unwrap();
    assert_eq!(
        list(&mut tables, "130000", &open),
        [2],
        "judged again, still out, same place"
    );
    assert_eq!(list(&mut tables, "130000", &refused), [2]);
    let all_of_them = HeldFilter {
        settled_too: true,
        ..HeldFilter::default()
    };
    assert_eq!(list(&mut tables, "130000", &all_of_them), [3, 2, 1]);
}

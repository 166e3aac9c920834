//! Facts about the tables, over records made by hand from core's types.

mod agreement;
mod columns;
mod conflicts;
mod files;
mod quarantine;

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use liandu_core::id::{
    Actor, ChangeHash, DeviceId, Epoch, FieldId, PersonId, Position, RecordId, StateId, UnitId,
};
use liandu_core::policy::{Grant, Principal, Role};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::{Path, WriteId};
use liandu_core::record::scope::Scope;
use liandu_core::record::value::{Datum, GeoPosition, Value};
use liandu_core::record::view::{
    Conflict, ConflictKind, FieldView, Provenance, Record, StateView, TextView, Written,
};
use liandu_core::time::Timestamp;

use super::Mark;
use super::change::Change;
use super::count::{By, count};
use super::export::{export, places};
use super::filter::Filter;
use super::query::{Asked, Cursor, Snapshot, Sort, list};
use super::read::{ids, rows};
use super::rows::{About, Rows, project};
use super::visible::Visible;
use super::write::Tables;

fn by(n: u8, position: u64) -> Provenance {
    Provenance {
        write: WriteId {
            actor: Actor([n; 16]),
            seq: 1,
        },
        hash: ChangeHash([n; 32]),
        device: DeviceId([n; 8]),
        person: Some(PersonId::new(&format!("p{n}")).unwrap()),
        behalf: n.is_multiple_of(2).then(|| PersonId::new("old").unwrap()),
        device_time: Timestamp(i64::from(n) * 1000),
        server: Some((
            Position(position),
            Timestamp(i64::try_from(position).unwrap() * 1000),
        )),
    }
}

fn land(is: bool) -> Vec<UnitId> {
    vec![UnitId::new("land").unwrap(); usize::from(is)]
}

/// A problem with these fields; `n` is its id, position and time.
pub(super) fn rows_with(
    n: u8,
    scope: &str,
    state: &str,
    fields: &[(&str, Value)],
    text: &str,
) -> Rows {
    let view = |value: &Value| FieldView {
        value: value.clone(),
        by: by(n, n.into()),
        others: vec![],
    };
    let fields: BTreeMap<Path, FieldView> = fields
        .iter()
        .map(|(path, value)| (path.parse().unwrap(), view(value)))
        .collect();
    let text = TextView {
        content: text.to_owned(),
        by: None,
    };
    let record = Record {
        id: RecordId([n; 16]),
        kind: if n.is_multiple_of(3) {
            Kind::Inspection
        } else {
            Kind::Problem
        },
        fields,
        texts: [(FieldId::new("description").unwrap(), text)].into(),
        events: vec![],
        state: StateView {
            state: StateId::new(state).unwrap(),
            tips: vec![],
            handlers: land(n.is_multiple_of(2)),
            leads: land(n.is_multiple_of(4)),
        },
        decided: Vec::new(),
        conflicts: if n.is_multiple_of(5) {
            let values = vec![
                Written {
                    value: Value::text("一"),
                    by: by(n, n.into()),
                },
                Written {
                    value: Value::Int(2),
                    by: Provenance {
                        server: None,
                        ..by(1, 0)
                    },
                },
            ];
            vec![Conflict {
                path: "f/title".parse().unwrap(),
                kind: ConflictKind::Values,
                values,
            }]
        } else {
            vec![]
        },
        created: Some(by(n, n.into())),
        last: Some(by(n, n.into())),
        edits: 1,
    };
    let scope: Scope = scope.parse().unwrap();
    let at = (Position(n.into()), Timestamp(i64::from(n) * 1000));
    project(
        &record,
        About {
            scope,
            campaign: None,
            first: at,
            last: at,
        },
    )
}

pub(super) fn mark(position: u64) -> Mark {
    Mark {
        epoch: Epoch([1; 8]),
        position: Position(position),
        hash: vec![1, 2, 3],
    }
}

pub(super) fn tables_with(rows: &[Rows]) -> Tables {
    let mut tables = Tables::memory().unwrap();
    let changes: Vec<Change> = rows
        .iter()
        .map(|r| Change::Put(Box::new(r.clone())))
        .collect();
    tables.commit(&changes, &mark(rows.len() as u64)).unwrap();
    tables
}

pub(super) fn visible(region: &str) -> Visible {
    let region = region.parse().unwrap();
    Visible::of(&Principal {
        person: PersonId::new("wang").unwrap(),
        grants: vec![Grant {
            role: Role::CongressOffice,
            region,
            unit: None,
        }],
        groups: vec![],
        revoked: false,
    })
}

pub(super) fn filter(pairs: &[(&str, &str)]) -> Filter {
    let pairs: Vec<(String, String)> = pairs
        .iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect();
    let (filter, rest) = Filter::parse(&pairs).unwrap();
    assert!(rest.is_empty(), "{rest:?}");
    filter
}

/// Ids of what a filter finds, by list over pages of two; count and export must agree.
pub(super) fn found(tables: &mut Tables, region: &str, pairs: &[(&str, &str)]) -> Vec<u8> {
    let (visible, filter) = (visible(region), filter(pairs));
    found_by(tables, &visible, &filter, Sort::FirstUp)
}

pub(super) fn found_by(
    tables: &mut Tables,
    visible: &Visible,
    filter: &Filter,
    sort: Sort,
) -> Vec<u8> {
    let asked = Asked { visible, filter };
    let columns = tables.columns().clone();
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    let snapshot = snapshot.beside(&columns);
    let mut listed = Vec::new();
    let mut cursor: Option<Cursor> = None;
    loop {
        let page = list(&snapshot, asked, sort, cursor.as_ref(), 2).unwrap();
        listed.extend(page.lines.iter().map(|line| line.id.0[0]));
        cursor = page.next.map(|next| Cursor::parse(&next.text()).unwrap());
        if cursor.is_none() {
            break;
        }
    }
    let counts = count(&snapshot, asked, Some(&By::parse("state").unwrap())).unwrap();
    assert_eq!(counts.total, listed.len() as u64);
    assert_eq!(
        counts.groups.iter().map(|(_, n)| n).sum::<u64>() + counts.rest,
        counts.total
    );
    let mut exported = 0;
    export(&snapshot, asked, |_| {
        exported += 1;
        ControlFlow::Continue(())
    })
    .unwrap();
    assert_eq!(exported, listed.len());
    listed
}

pub(super) fn sample() -> Vec<Rows> {
    let text = |text: &str| Value::text(text);
    let spot = Value::Position(GeoPosition {
        lat_e7: 377_000_000,
        lon_e7: 1_157_000_000,
        datum: Datum::Gcj02,
        accuracy_cm: Some(480),
    });
    vec![
        rows_with(
            1,
            "130502/g-1/group",
            "found",
            &[("f/status", text("Open"))],
            "河道污染严重",
        ),
        rows_with(
            2,
            "130702/g-2/group",
            "found",
            &[("f/status", text("Closed"))],
            "违建三处",
        ),
        rows_with(
            3,
            "130502/-/office",
            "closed",
            &[("f/position", spot)],
            "采砂坑 100% 未回填",
        ),
        rows_with(
            4,
            "130503/g-1/group",
            "reported",
            &[("f/domain", text("mining"))],
            "mine WASTE",
        ),
        rows_with(
            5,
            "130502/-/contact",
            "found",
            &[("f/phone", text("138"))],
            "王某某电话",
        ),
        rows_with(
            6,
            "130502001/g-1/group",
            "found",
            &[
                ("i/people/a/role", text("leader")),
                ("i/people/b/role", text("leader")),
                (
                    "f/tags",
                    Value::Codes(["x".to_owned(), "y".to_owned()].into()),
                ),
            ],
            "污水直排",
        ),
    ]
}

#[test]
fn rows_read_back_as_they_were_projected() {
    let sample = sample();
    let mut tables = tables_with(&sample);
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    assert_eq!(ids(&snapshot).unwrap().len(), sample.len());
    for wanted in &sample {
        assert_eq!(
            rows(&snapshot, &wanted.line.id).unwrap().as_ref(),
            Some(wanted)
        );
    }
    assert_eq!(rows(&snapshot, &RecordId([99; 16])).unwrap(), None);
    assert_eq!(snapshot.mark(), &mark(6));
}

#[test]
fn a_region_finds_its_subtree_and_not_the_other_of_the_same_name() {
    let mut tables = tables_with(&sample());
    assert_eq!(
        found(&mut tables, "130000", &[]),
        [1, 2, 3, 4, 6],
        "no contacts"
    );
    assert_eq!(
        found(&mut tables, "130000", &[("region", "130502")]),
        [1, 3, 6]
    );
    assert_eq!(found(&mut tables, "130000", &[("region", "130702")]), [2]);
    assert_eq!(
        found(&mut tables, "130000", &[("region", "130500")]),
        [1, 3, 4, 6]
    );
    assert_eq!(
        found(&mut tables, "130000", &[("region", "130702,130503")]),
        [2, 4]
    );
}

#[test]
fn nobody_finds_what_lies_outside_their_grants() {
    let mut tables = tables_with(&sample());
    assert_eq!(found(&mut tables, "130502", &[]), [1, 3, 6]);
    assert_eq!(
        found(&mut tables, "130502", &[("region", "130702")]),
        [0u8; 0]
    );
    assert_eq!(found(&mut tables, "130502", &[("q", "违建三处")]), [0u8; 0]);
    let nobody = Principal {
        person: PersonId::new("li").unwrap(),
        grants: vec![],
        groups: vec![],
        revoked: false,
    };
    let none = found_by(
        &mut tables,
        &Visible::of(&nobody),
        &Filter::default(),
        Sort::LastDown,
    );
    assert_eq!(none, [0u8; 0]);
}

#[test]
fn chinese_is_found_by_one_two_three_and_more_characters() {
    let mut tables = tables_with(&sample());
    let mut search = |q: &str| found(&mut tables, "130000", &[("q", q)]);
    assert_eq!(search("污"), [1, 6]);
    assert_eq!(search("污染"), [1]);
    assert_eq!(search("道污染"), [1]);
    assert_eq!(search("河道污染严重"), [1]);
    assert_eq!(search("道染污"), [0u8; 0]);
    assert_eq!(search("污 直排"), [6], "both words");
    assert_eq!(search("waste"), [4], "letters of either case");
    assert_eq!(search("100%"), [3], "wildcards are plain characters");
    assert_eq!(search("%%%"), [0u8; 0]);
    assert_eq!(search("王某某"), [0u8; 0], "no contacts");
}

#[test]
fn fields_items_codes_and_absence_are_filtered() {
    let mut tables = tables_with(&sample());
    let mut find = |pairs: &[(&str, &str)]| found(&mut tables, "130000", pairs);
    assert_eq!(find(&[("field.status", "Open")]), [1]);
    assert_eq!(
        find(&[("field.status", "Open"), ("field.status", "Closed")]),
        [1, 2]
    );
    assert_eq!(find(&[("field.status", "")]), [3, 4, 6]);
    assert_eq!(
        find(&[("field.status", ""), ("field.status", "Open")]),
        [1, 3, 4, 6]
    );
    assert_eq!(find(&[("item.people.role", "leader")]), [6]);
    assert_eq!(find(&[("field.tags", "y")]), [6]);
    assert_eq!(find(&[("field.nosuch", "y")]), [0u8; 0]);
    assert_eq!(find(&[("handler", "land")]), [2, 4, 6]);
    assert_eq!(find(&[("lead", "land")]), [4]);
    assert_eq!(find(&[("co", "land")]), [2, 6]);
    assert_eq!(find(&[("kind", "inspection")]), [3, 6]);
    assert_eq!(
        find(&[("state", "found,closed"), ("domain", "")]),
        [1, 2, 3, 6]
    );
    assert_eq!(
        find(&[
            ("since", "1970-01-01T08:00:02"),
            ("until", "1970-01-01T00:00:04Z")
        ]),
        [2, 3]
    );
    assert_eq!(find(&[("bbox", "115.6,37.6,115.8,37.8")]), [3]);
    assert_eq!(find(&[("bbox", "115.6,37.6,115.65,37.8")]), [0u8; 0]);
    assert_eq!(find(&[("author", "p4")]), [4]);
}

#[test]
fn counts_by_field_agree_with_the_total() {
    let mut tables = tables_with(&sample());
    let (visible, filter) = (visible("130000"), Filter::default());
    let asked = Asked {
        visible: &visible,
        filter: &filter,
    };
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    let groups = |by: &str| {
        count(&snapshot, asked, Some(&By::parse(by).unwrap()))
            .unwrap()
            .groups
    };
    let named = |pairs: &[(&str, u64)]| -> Vec<(String, u64)> {
        pairs
            .iter()
            .map(|(name, n)| ((*name).to_owned(), *n))
            .collect()
    };
    assert_eq!(
        groups("field.status"),
        named(&[("", 3), ("Closed", 1), ("Open", 1)])
    );
    assert_eq!(groups("field.tags"), named(&[("", 4), ("x", 1), ("y", 1)]));
    assert_eq!(
        groups("state"),
        named(&[("found", 3), ("closed", 1), ("reported", 1)])
    );
    assert_eq!(
        groups("county"),
        named(&[("130502", 3), ("130503", 1), ("130702", 1)])
    );
    assert_eq!(groups("city"), named(&[("1305", 4), ("1307", 1)]));
    assert_eq!(By::parse("nosuch"), None);
    assert_eq!(
        places(&snapshot, asked, 2).unwrap(),
        ["f/domain", "f/position"][..1]
            .to_vec()
            .into_iter()
            .chain(["f/status"])
            .map(str::to_owned)
            .collect::<Vec<_>>()
    );
}

#[test]
fn every_order_pages_through_all_records_once() {
    let mut tables = tables_with(&sample());
    let visible = visible("130000");
    for word in ["-last", "last", "-first", "first", "-device", "title"] {
        let sort = Sort::parse(word).unwrap();
        let mut listed = found_by(&mut tables, &visible, &Filter::default(), sort);
        if word == "-last" {
            assert_eq!(listed, [6, 4, 3, 2, 1]);
        }
        listed.sort_unstable();
        assert_eq!(listed, [1, 2, 3, 4, 6], "{word}");
    }
}

#[test]
fn an_edit_replaces_rows_and_a_move_changes_who_sees_them() {
    let mut tables = tables_with(&sample());
    let edited = rows_with(
        1,
        "130702/g-9/group",
        "closed",
        &[("f/status", Value::Empty)],
        "已清理",
    );
    tables
        .commit(&[Change::Put(Box::new(edited.clone()))], &mark(7))
        .unwrap();
    assert_eq!(found(&mut tables, "130502", &[]), [3, 6]);
    assert_eq!(found(&mut tables, "130702", &[]), [1, 2]);
    assert_eq!(found(&mut tables, "130000", &[("q", "河道污染")]), [0u8; 0]);
    assert_eq!(found(&mut tables, "130000", &[("q", "已清理")]), [1]);
    assert_eq!(
        found(&mut tables, "130000", &[("field.status", "Open")]),
        [0u8; 0]
    );
    let mut fresh = tables_with(&[]);
    let mut changes: Vec<Change> = sample()
        .into_iter()
        .skip(1)
        .map(|rows| Change::Put(Box::new(rows)))
        .collect();
    changes.push(Change::Put(Box::new(edited)));
    fresh.commit(&changes, &mark(7)).unwrap();
    assert_eq!(
        everything(&mut tables),
        everything(&mut fresh),
        "as if built from the log"
    );
}

pub(super) fn everything(tables: &mut Tables) -> Vec<Rows> {
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    let all = ids(&snapshot).unwrap();
    all.iter()
        .map(|id| rows(&snapshot, id).unwrap().unwrap())
        .collect()
}

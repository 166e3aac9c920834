//! Columns in memory answer as SQL does, whatever happened to the tables before.

use std::sync::Arc;

use liandu_core::id::{CampaignId, GroupId, PersonId, Position, RecordId, UnitId};
use liandu_core::level::Level;
use liandu_core::light::{Clock, Lights, Raised};
use liandu_core::limits;
use liandu_core::policy::{Grant, Membership, Principal, Role};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Audience;
use liandu_core::record::value::{Datum, GeoPosition, Value};
use liandu_core::time::{Day, Timestamp};
use proptest::prelude::*;

use super::{mark, rows_with, visible};
use crate::tables::change::Change;
use crate::tables::columns::{Columns, Shelf};
use crate::tables::count::{By, count};
use crate::tables::filter::{Filter, View};
use crate::tables::map::map;
use crate::tables::query::{Asked, Cursor, Page, Snapshot, Sort, list};
use crate::tables::rows::{NOT_DUE, Rows};
use crate::tables::schema;
use crate::tables::visible::Visible;
use crate::tables::write::Tables;

/// What happens to the tables.
#[derive(Debug, Clone)]
enum Act {
    /// A record is like this now: its number, and what to pick of everything it may be.
    Put(u8, [usize; 12]),
    /// It is erased.
    Gone(u8),
    /// All rows are thrown away and made again.
    Rebuilt,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        12 => (1..16_u8, any::<[usize; 12]>()).prop_map(|(n, picks)| Act::Put(n, picks)),
        2 => (1..16_u8).prop_map(Act::Gone),
        1 => Just(Act::Rebuilt),
    ]
}

const SCOPES: [&str; 8] = [
    "130502/g-1/group",
    "130502/g-2/group",
    "130702/g-2/group",
    "130502001/-/office",
    "130500/-/office",
    "130000/-/office",
    "130502/-/contact",
    "130502/u-1/referral",
];
const STATES: [&str; 3] = ["found", "reported", "closed"];
const DUE: [&str; 5] = [
    NOT_DUE,
    "2026-04-01",
    "2026-05-10",
    "2026-05-12",
    "2026-06-30",
];
const TEXTS: [&str; 5] = ["河道采砂污染", "砂采", "污水 Waste", "100%_污", ""];
const WORDS: [&str; 4] = ["", "land", "mining", "public"];

fn made(n: u8, picks: [usize; 12]) -> Rows {
    let mut picks = picks.into_iter();
    let mut pick = |of: usize| picks.next().unwrap_or(0) % of;
    let status = ["", "Open", "Closed"][pick(3)];
    let fields = [("f/status", Value::text(status))];
    let mut rows = rows_with(n, SCOPES[pick(8)], STATES[pick(3)], &fields, TEXTS[pick(5)]);
    let line = &mut rows.line;
    if line.about.scope.audience == Audience::Referral {
        line.kind = Kind::Referral;
    }
    line.domain = WORDS[pick(4)].to_owned();
    line.source = WORDS[pick(4)].to_owned();
    line.clock = Clock::ALL[pick(3)];
    line.due = DUE[pick(5)].to_owned();
    line.spot = (pick(4) > 0).then(|| GeoPosition {
        lat_e7: 370_000_000 + 7_000_000 * i64::try_from(pick(4)).unwrap(),
        lon_e7: 1_140_000_000 + 9_000_000 * i64::from(n % 3),
        datum: Datum::ALL[usize::from(n) % 2],
        accuracy_cm: None,
    });
    line.about.campaign = (!n.is_multiple_of(4)).then(|| CampaignId::new("c-1").unwrap());
    // Several change in one entry now and then.
    let last = u64::try_from(pick(5)).unwrap();
    let time = Timestamp(10_000 * i64::from(n));
    line.about.last = (Position(last), time);
    line.about.first.1 = time;
    line.closed = (pick(2) > 0).then_some(Timestamp(50_000));
    rows
}

fn lights() -> Lights {
    let raised = |level, upto: &str| Raised {
        campaign: CampaignId::new("c-1").unwrap(),
        level,
        upto: Day::parse(upto).unwrap(),
    };
    Lights {
        overdue_upto: Day::parse("2026-05-10").unwrap(),
        near_upto: Day::parse("2026-05-13").unwrap(),
        raised: vec![
            raised(Level::City, "2026-04-20"),
            raised(Level::County, "2026-05-10"),
        ],
    }
}

fn conditions() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let one = proptest::sample::select(vec![
        ("region", "130500"),
        ("region", "130502,130702"),
        ("kind", "problem"),
        ("kind", "referral"),
        ("kind", "problem,referral"),
        ("state", "found"),
        ("state", "found,closed,nosuch"),
        ("domain", ""),
        ("domain", "land,mining"),
        ("source", "public"),
        ("campaign", "c-1"),
        ("group", "g-2"),
        ("author", "p3"),
        ("on_behalf_of", "old"),
        ("handler", "land"),
        ("lead", "land"),
        ("co", "land"),
        ("since", "70000"),
        ("until", "90000"),
        ("changed_since", "50000"),
        ("closed_until", "60000"),
        ("conflict", "open"),
        ("conflict", "none"),
        ("light", "red,grey"),
        ("light", "green"),
        ("raised", "county"),
        ("raised", "province,city"),
        ("field.status", "Open"),
        ("field.status", ""),
        ("q", "采砂"),
        ("q", "砂"),
        ("q", "河道采砂"),
        ("q", "waste 污"),
        ("q", "%"),
        ("q", "0%_"),
        ("bbox", "114,37,114.9,37.7"),
    ]);
    proptest::collection::vec(one, 0..4)
}

/// Everything that is asked of one filter.
fn answers(snapshot: &Snapshot<'_>, visible: &Visible, filter: &Filter) -> Vec<String> {
    let asked = Asked { visible, filter };
    let mut answers = Vec::new();
    for by in [
        "",
        "state",
        "domain",
        "kind",
        "region",
        "city",
        "county",
        "group",
        "campaign",
        "source",
        "author",
        "handler",
        "light",
        "raised",
        "flag",
        "field.status",
    ] {
        let counted = count(snapshot, asked, By::parse(by).as_ref()).unwrap();
        answers.push(format!("{by}: {counted:?}"));
    }
    for by in [
        "-last", "last", "-first", "first", "-device", "title", "due",
    ] {
        let sort = Sort::parse(by).unwrap();
        let mut cursor = None;
        loop {
            let page: Page = list(snapshot, asked, sort, cursor.as_ref(), 3).unwrap();
            let ids: Vec<_> = page.lines.iter().map(|line| line.id).collect();
            answers.push(format!("{by}: {ids:?}"));
            cursor = page.next.map(|next| Cursor::parse(&next.text()).unwrap());
            if cursor.is_none() {
                break;
            }
        }
    }
    let view = View::parse("114,37,115,38");
    for (level, view, zoom) in [
        (Level::Province, None, 0),
        (Level::City, view, 6),
        (Level::County, None, 9),
        (Level::Town, view, 18),
    ] {
        let map = map(snapshot, asked, level, view, zoom).unwrap();
        answers.push(format!("{level:?}: {map:?}"));
    }
    answers
}

/// Who asks: a province's office, a county's, a member of one group, discipline inspection.
fn who_asks() -> Vec<Visible> {
    let group = GroupId::new("g-2").unwrap();
    let member = Principal {
        person: PersonId::new("li").unwrap(),
        grants: vec![Grant {
            role: Role::Department,
            region: "130702".parse().unwrap(),
            unit: Some(UnitId::new("land").unwrap()),
        }],
        groups: vec![Membership {
            group,
            region: "130502".parse().unwrap(),
            until: None,
            lost_at: None,
        }],
        revoked: false,
    };
    let inspection = Principal {
        grants: vec![Grant {
            role: Role::DisciplineInspection,
            region: "130500".parse().unwrap(),
            unit: Some(UnitId::new("u-1").unwrap()),
        }],
        groups: Vec::new(),
        ..member.clone()
    };
    vec![
        visible("130000"),
        visible("130502"),
        Visible::of(&member),
        Visible::of(&inspection),
    ]
}

/// The same by SQL, by the columns that followed every commit, and by columns read anew.
fn all_agree(tables: &mut Tables, filter: &Filter) {
    let followed = tables.columns().clone();
    let anew = Shelf::default();
    let loaded = Columns::load(tables.connection()).unwrap();
    anew.replace(Some(Arc::new(loaded)));
    for visible in who_asks() {
        let mut snapshot = Snapshot::of(tables.connection_mut(), lights()).unwrap();
        let by_sql = answers(&snapshot, &visible, filter);
        for shelf in [&followed, &anew] {
            snapshot = snapshot.beside(shelf);
            assert!(snapshot.columns().is_some(), "columns of this position");
            assert_eq!(answers(&snapshot, &visible, filter), by_sql, "{filter:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]
    /// After any edits, moves, erasures and rebuilds, every filter has the same lists, counts,
    /// figures and squares out of the columns as by SQL.
    #[test]
    fn columns_and_sql_answer_alike_whatever_happened(
        acts in proptest::collection::vec(proptest::collection::vec(act(), 1..6), 1..6),
        filters in proptest::collection::vec(conditions(), 1..5),
    ) {
        let mut tables = Tables::memory().unwrap();
        let mut kept = std::collections::BTreeMap::new();
        for (position, acts) in (1..).zip(acts) {
            let mut changes = Vec::new();
            for act in acts {
                match act {
                    Act::Put(n, picks) => {
                        let rows = made(n, picks);
                        kept.insert(n, rows.clone());
                        changes.push(Change::Put(Box::new(rows)));
                    }
                    Act::Gone(n) => {
                        kept.remove(&n);
                        changes.push(Change::Gone(RecordId([n; 16])));
                    }
                    Act::Rebuilt => {
                        tables.clear().unwrap();
                        let all = kept.values().cloned().map(Box::new).map(Change::Put);
                        changes = all.collect();
                    }
                }
            }
            tables.commit(&changes, &mark(position)).unwrap();
            for filter in &filters {
                all_agree(&mut tables, &super::filter(filter));
            }
        }
    }
}

#[test]
fn the_first_of_many_are_the_same_page_by_page() {
    let mut tables = Tables::memory().unwrap();
    let picks = |n: u8| std::array::from_fn(|nr| usize::from(n) * (7 + nr) / 3);
    let put = |n| Change::Put(Box::new(made(n, picks(n))));
    let changes: Vec<Change> = (1..=200).map(put).collect();
    tables.commit(&changes, &mark(1)).unwrap();
    for pairs in [&[][..], &[("q", "河道采砂")], &[("state", "found")]] {
        all_agree(&mut tables, &super::filter(pairs));
    }
}

#[test]
fn who_began_to_read_before_a_commit_counts_in_the_columns_of_then() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("office.db");
    let mut tables = Tables::open(&path).unwrap();
    tables.keep_columns();
    let put = |n| Change::Put(Box::new(made(n, [1; 12])));
    tables.commit(&[put(1)], &mark(1)).unwrap();
    let mut reader = schema::open_read(&path).unwrap();
    let began = Snapshot::undated(&mut reader).unwrap();
    tables.commit(&[put(2), put(4)], &mark(2)).unwrap();
    let began = began.beside(tables.columns());
    assert!(began.columns().is_some());
    let (visible, filter) = (visible("130000"), Filter::default());
    let asked = Asked {
        visible: &visible,
        filter: &filter,
    };
    assert_eq!(count(&began, asked, None).unwrap().total, 1);
    drop(began);
    let later = Snapshot::undated(&mut reader).unwrap();
    let later = later.beside(tables.columns());
    assert!(later.columns().is_some());
    assert_eq!(count(&later, asked, None).unwrap().total, 3);
}

#[test]
fn columns_that_did_not_follow_to_a_position_are_not_asked_there() {
    let mut tables = Tables::memory().unwrap();
    let shelf = Shelf::default();
    shelf.replace(tables.columns().newest());
    let put = Change::Put(Box::new(made(1, [1; 12])));
    tables.commit(&[put], &mark(1)).unwrap();
    let snapshot = Snapshot::undated(tables.connection_mut()).unwrap();
    assert!(snapshot.beside(&shelf).columns().is_none());
}

#[test]
fn a_commit_that_fails_leaves_the_columns_where_the_rows_are() {
    let mut tables = Tables::memory().unwrap();
    let put = |n| Change::Put(Box::new(made(n, [1; 12])));
    tables.commit(&[put(1)], &mark(1)).unwrap();
    let broken = "PRAGMA foreign_keys = ON;
        CREATE TABLE wrong (one REFERENCES meta (one) DEFERRABLE INITIALLY DEFERRED);
        CREATE TRIGGER full BEFORE UPDATE ON meta BEGIN INSERT INTO wrong VALUES (99); END;";
    tables.connection().execute_batch(broken).unwrap();
    tables.commit(&[put(2), put(4)], &mark(2)).unwrap_err();
    all_agree(&mut tables, &Filter::default());
    let mended = "DROP TRIGGER full";
    tables.connection().execute_batch(mended).unwrap();
    tables.commit(&[put(5)], &mark(2)).unwrap();
    all_agree(&mut tables, &Filter::default());
}

#[test]
fn tables_beyond_the_limit_are_not_kept_in_memory() {
    let rows = made(1, [1; 12]);
    let at = |row: usize| {
        let mut columns = Columns::default();
        columns.put(i64::try_from(row).unwrap(), Some(&rows.line));
        let shelf = Shelf::default();
        shelf.add(Arc::new(columns).at(&mark(1)));
        shelf.at(&mark(1)).is_some()
    };
    assert!(at(limits::COLUMNS_RECORDS_MAX));
    assert!(!at(limits::COLUMNS_RECORDS_MAX + 1));
}

#[test]
fn words_that_nothing_has_any_more_make_room_for_others() {
    let mut tables = Tables::memory().unwrap();
    let mut rows = made(1, [1; 12]);
    let mut columns = Columns::default();
    for nr in 0..limits::COLUMNS_WORDS_MAX {
        rows.line.source = nr.to_string();
        columns.put(1, Some(&rows.line));
    }
    assert!(columns.fits(), "as many as there may be");
    tables.columns().add(Arc::new(columns.clone()).at(&mark(1)));
    rows.line.source = "one more".to_owned();
    columns.put(1, Some(&rows.line));
    assert!(!columns.fits());
    tables
        .commit(&[Change::Put(Box::new(rows))], &mark(2))
        .unwrap();
    all_agree(&mut tables, &Filter::default());
}

#[test]
fn what_was_erased_is_in_no_column_either() {
    let mut tables = Tables::memory().unwrap();
    let mut rows = made(1, [1; 12]);
    rows.line.source = "极其罕见的来源".to_owned();
    tables
        .commit(&[Change::Put(Box::new(rows))], &mark(1))
        .unwrap();
    let shelf = tables.columns().clone();
    let known = |position| format!("{:?}", shelf.at(&mark(position))).contains("极其罕见的来源");
    assert!(known(1));
    tables
        .commit(&[Change::Gone(RecordId([1; 16]))], &mark(2))
        .unwrap();
    assert!(!known(1) && !known(2));
    assert!(shelf.at(&mark(2)).is_some());
}

//! Referrals to discipline inspection: who knows of one, and what may be hidden like one.

use liandu_core::admission::{Case, Incoming, NoPast, Ruling, judge};
use liandu_core::id::{PersonId, RecordId};
use liandu_core::policy::{Grant, Principal, Role};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;
use liandu_core::record::{Author, RecordDoc};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

use crate::record::world::{Writer, definitions, official, path, representative};

const SCOPE: &str = "130123/u-discipline/referral";

fn holding(role: Role, region: &str, unit: Option<&str>) -> Principal {
    Principal {
        grants: vec![Grant {
            role,
            region: region.parse().unwrap(),
            unit: unit.map(|unit| unit.parse().unwrap()),
        }],
        ..official("somebody", role, None)
    }
}

#[test]
fn a_referral_is_known_to_the_office_that_makes_it_and_the_unit_it_goes_to_and_to_nobody_else() {
    let scope = SCOPE.parse().unwrap();
    let mut knows = Vec::new();
    for role in Role::ALL {
        for region in ["130000", "130100", "130123", "130123001", "130502"] {
            for unit in [None, Some("u-discipline"), Some("u-other")] {
                if holding(role, region, unit).may_read(&scope) {
                    knows.push((role, region, unit));
                }
            }
        }
    }
    let office = |unit| (Role::CongressOffice, "130123", unit);
    let inspection = |region| (Role::DisciplineInspection, region, Some("u-discipline"));
    let expected = [
        office(None),
        office(Some("u-discipline")),
        office(Some("u-other")),
        inspection("130000"),
        inspection("130100"),
        inspection("130123"),
    ];
    assert_eq!(knows, expected);
    let mut member = representative("rep-1");
    member.groups[0].group = "u-discipline".parse().unwrap();
    assert!(!member.may_read(&scope), "a group of that code is no unit");
}

/// What the server says of a record of that kind and scope, made by this person at the office.
fn made(kind: Kind, scope: &str, who: &Principal, edit: &Edit) -> Verdict {
    made_as(Some(who.person.clone()), (kind, scope), who, edit)
}

/// The same, by whom the change names: a device names nobody.
fn made_as(
    person: Option<PersonId>,
    (kind, scope): (Kind, &str),
    who: &Principal,
    edit: &Edit,
) -> Verdict {
    let mut writer = Writer::new(3);
    writer.doc = RecordDoc::birth(RecordId([7; 16]), kind).unwrap();
    let author = Author {
        person,
        ..writer.author()
    };
    let seen = writer.doc.heads();
    writer
        .doc
        .apply(edit, &author, &seen, Timestamp(0))
        .unwrap();
    let changes = writer.doc.raw_all();
    let incoming: Vec<Incoming<'_>> = changes
        .iter()
        .map(|change| Incoming {
            change: change.clone(),
            sealed: true,
            by: Some(who),
        })
        .collect();
    let case = Case {
        record: RecordId([7; 16]),
        kind,
        scope: &scope.parse().unwrap(),
        definitions: &definitions(),
        past: &NoPast,
        now: Timestamp(0),
        grace_ms: 0,
    };
    let judged = judge(&mut None, &case, &incoming);
    let mut edits = judged.iter().filter(|judged| !judged.birth);
    let last = edits.next_back().unwrap();
    assert!(
        matches!(last.ruling, Ruling::Judged(_)),
        "{:?}",
        last.ruling
    );
    last.ruling.verdict().unwrap()
}

fn creation() -> Edit {
    let write = |at: &str, value: &str| Write {
        path: path(at),
        value: Value::text(value),
    };
    let problem = RecordId([8; 16]).to_string();
    Edit::Create {
        writes: vec![write("f/title", "线索"), write("f/problem", &problem)],
        texts: vec![("reason".parse().unwrap(), "涉嫌失职".to_owned())],
    }
}

#[test]
fn a_referral_is_made_under_any_definition_and_only_by_an_office_for_itself() {
    let office = |region| holding(Role::CongressOffice, region, None);
    let made = |who: &Principal| made(Kind::Referral, SCOPE, who, &creation());
    assert_eq!(made(&office("130123")), Verdict::Accepted);
    let by_phone = made_as(
        None,
        (Kind::Referral, SCOPE),
        &office("130123"),
        &creation(),
    );
    assert_eq!(by_phone, Verdict::Refused(Reason::NotAllowed));
    let outside = Verdict::Refused(Reason::OutOfScope);
    for region in ["130000", "130100", "130502"] {
        assert_eq!(made(&office(region)), outside, "{region}");
    }
    for role in Role::ALL {
        let who = holding(role, "130123", Some("u-discipline"));
        let expected = if role == Role::CongressOffice {
            Verdict::Accepted
        } else if role == Role::DisciplineInspection {
            // It knows of what it gets, and makes none.
            Verdict::Refused(Reason::NotAllowed)
        } else {
            outside
        };
        assert_eq!(made(&who), expected, "{role:?}");
    }
}

#[test]
fn nothing_but_a_referral_is_hidden_like_one_and_a_referral_is_nowhere_else() {
    let office = holding(Role::CongressOffice, "130123", None);
    let wrong = Verdict::Refused(Reason::WrongScope);
    for scope in [
        "130123/g1/group",
        "130123/-/office",
        "130123/-/contact",
        "130123/-/referral",
    ] {
        assert_eq!(
            made(Kind::Referral, scope, &office, &creation()),
            wrong,
            "{scope}"
        );
    }
    let empty = Edit::Create {
        writes: Vec::new(),
        texts: vec![("notes".parse().unwrap(), "说明".to_owned())],
    };
    for kind in [Kind::Object, Kind::Task, Kind::Activity] {
        assert_eq!(made(kind, SCOPE, &office, &empty), wrong, "{kind}");
        assert_eq!(
            made(kind, "130123/-/office", &office, &empty),
            Verdict::Accepted,
            "{kind}"
        );
    }
}

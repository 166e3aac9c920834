//! What the directory makes of entries.

use super::*;
use crate::id::{CampaignId, RecordId};
use crate::log::{DefinitionSet, Erased, GroupRow, Groups, MembershipRow, People};

fn region(code: &str) -> RegionCode {
    RegionCode::new(code).unwrap()
}

fn person(code: &str) -> PersonId {
    PersonId::new(code).unwrap()
}

fn groups() -> LogEntry {
    let row = |code: &str, at: &str| GroupRow {
        code: GroupId::new(code).unwrap(),
        name: code.to_owned(),
        region: region(at),
        domain: None,
        kind: String::new(),
    };
    LogEntry::Groups(Groups {
        rows: vec![row("g-1", "130123"), row("g-2", "130502")],
        user: "admin".to_owned(),
        time: Timestamp(1),
    })
}

fn people(groups: &[&str], time: i64) -> LogEntry {
    let memberships = groups
        .iter()
        .map(|code| MembershipRow {
            group: GroupId::new(code).unwrap(),
            member_kind: "deputy".to_owned(),
            leader: false,
        })
        .collect();
    LogEntry::People(People {
        rows: vec![PersonRow {
            code: person("p-1"),
            name: "王".to_owned(),
            level: "county".to_owned(),
            region: region("130123"),
            memberships,
            roles: Vec::new(),
        }],
        user: "admin".to_owned(),
        time: Timestamp(time),
    })
}

fn enrolled(device: u8) -> LogEntry {
    LogEntry::Enrolled(Enrolled {
        device: DeviceId([device; 8]),
        key: [device; 32],
        person: person("p-1"),
        code_hash: [device; 32],
        time: Timestamp(3),
    })
}

fn revoked_person() -> LogEntry {
    LogEntry::Revoked(Revoked {
        device: None,
        person: Some(person("p-1")),
        reason: "left".to_owned(),
        user: "admin".to_owned(),
        time: Timestamp(4),
    })
}

fn invited(code: u8) -> LogEntry {
    LogEntry::Invited(Invited {
        code_hash: [code; 32],
        typed_hash: None,
        person: person("p-1"),
        expires: Timestamp(100),
        user: "admin".to_owned(),
        time: Timestamp(2),
    })
}

fn folded(entries: &[LogEntry]) -> Directory {
    let mut directory = Directory::new();
    let mut position = Position(0);
    for entry in entries {
        position = position.next();
        directory.apply(position, entry);
    }
    directory
}

#[test]
fn leaving_a_group_is_remembered_with_its_time_and_coming_back_ends_that() {
    let until = |directory: &Directory| {
        let principal = directory.principal(&person("p-1")).unwrap();
        let groups = principal.groups.iter();
        groups
            .map(|m| (m.group.as_str().to_owned(), m.until))
            .collect::<BTreeMap<_, _>>()
    };
    let gone = folded(&[groups(), people(&["g-1", "g-2"], 1), people(&["g-2"], 9)]);
    assert_eq!(until(&gone)["g-1"], Some(Timestamp(9)));
    assert_eq!(until(&gone)["g-2"], None);
    let again = folded(&[groups(), people(&["g-2"], 9), people(&["g-2"], 12)]);
    assert_eq!(until(&again).len(), 1);
    let back = folded(&[
        groups(),
        people(&["g-1"], 1),
        people(&[], 9),
        people(&["g-1"], 12),
    ]);
    assert_eq!(until(&back)["g-1"], None);
}

#[test]
fn revoked_person_may_come_back_with_a_new_device_only() {
    let before = [groups(), people(&["g-1"], 1), invited(1), enrolled(1)];
    let shut = folded(&[&before[..], &[revoked_person()]].concat());
    assert!(shut.principal_of_device(&DeviceId([1; 8])).unwrap().revoked);
    let back = folded(&[&before[..], &[revoked_person(), invited(2), enrolled(2)]].concat());
    assert!(
        back.principal_of_device(&DeviceId([1; 8])).unwrap().revoked,
        "the old device"
    );
    assert!(!back.principal_of_device(&DeviceId([2; 8])).unwrap().revoked);
    assert_eq!(
        back.invitation(&[2; 32]).unwrap().used,
        Some(DeviceId([2; 8]))
    );
}

#[test]
fn disabled_user_is_nobody_and_keeps_the_password_until_given_another() {
    let set = |password: Option<&str>, disabled| {
        LogEntry::Account(AccountSet {
            user: "li".to_owned(),
            person: person("o-1"),
            name: "李".to_owned(),
            region: region("130100"),
            password: password.map(str::to_owned),
            disabled,
            by: "admin".to_owned(),
            time: Timestamp(1),
        })
    };
    let grants = LogEntry::Grants(GrantsSet {
        person: person("o-1"),
        grants: vec![
            GrantEntry {
                role: "congress-office".to_owned(),
                region: region("130100"),
                unit: None,
            },
            GrantEntry {
                role: "of-the-future".to_owned(),
                region: region("130000"),
                unit: None,
            },
        ],
        user: "admin".to_owned(),
        time: Timestamp(2),
    });
    let directory = folded(&[set(Some("x"), false), grants, set(None, false)]);
    let principal = directory.principal_of_user("li").unwrap();
    assert_eq!(principal.grants.len(), 1, "an unknown role gives nothing");
    assert_eq!(
        directory.account("li").unwrap().password.as_deref(),
        Some("x")
    );
    let rules = directory.scopes_of(&principal);
    let gives = |text: &str| rules.iter().any(|rule| rule.gives(&text.parse().unwrap()));
    assert!(gives("130123/g-1/group") && gives("130123/-/contact"));
    assert!(!gives("130502/g-2/group"));
    assert!(
        folded(&[set(Some("x"), true)])
            .principal_of_user("li")
            .is_none()
    );
}

/// A person of that region and those groups.
fn one(code: &str, at: &str, groups: &[&str]) -> LogEntry {
    let LogEntry::People(mut people) = people(groups, 1) else {
        unreachable!("people are people");
    };
    for row in &mut people.rows {
        (row.code, row.region) = (person(code), region(at));
    }
    LogEntry::People(people)
}

#[test]
fn statements_go_to_the_region_above_and_below_and_enrolments_to_colleagues() {
    let revoked = LogEntry::Revoked(Revoked {
        device: Some(DeviceId([1; 8])),
        person: None,
        reason: String::new(),
        user: "admin".to_owned(),
        time: Timestamp(4),
    });
    let directory = folded(&[
        groups(),
        one("p-1", "130123", &["g-1"]),
        one("colleague", "130123", &["g-1"]),
        one("neighbour", "130123", &["g-2"]),
        one("office", "130000", &[]),
        one("far", "130502", &["g-1"]),
        invited(1),
        enrolled(1),
        revoked,
    ]);
    let positions = |code: &str| directory.statements(&person(code), Position(0));
    let (enrolled, revoked) = (Position(8), Position(9));
    for holds in ["p-1", "colleague", "office"] {
        assert_eq!(positions(holds), [enrolled, revoked], "{holds}");
    }
    assert_eq!(positions("neighbour"), [revoked]);
    assert!(positions("far").is_empty());
    assert_eq!(directory.statements(&person("p-1"), enrolled), [revoked]);
    assert!(positions("unknown").is_empty());
}

#[test]
fn definitions_are_held_by_all_of_few_and_by_dozens_of_many() {
    let definition = LogEntry::Definition(DefinitionSet {
        campaign: CampaignId::new("hebei-6plus1").unwrap(),
        version: 1,
        json: b"{}".to_vec(),
        user: "admin".to_owned(),
        time: Timestamp(1),
    });
    let keepers = |count: u16| {
        let mut entries = vec![groups(), definition.clone()];
        for number in 0..count {
            let code = format!("p-{number}");
            entries.push(one(&code, "130123", &["g-1"]));
            let LogEntry::Enrolled(mut enrolled) = enrolled(1) else {
                unreachable!("an enrolment is one");
            };
            let [high, low] = number.to_be_bytes();
            enrolled.device = DeviceId([high, low, 0, 0, 0, 0, 0, 0]);
            enrolled.person = person(&code);
            entries.push(LogEntry::Enrolled(enrolled));
        }
        let directory = folded(&entries);
        let holds = |number: &u16| {
            let held = directory.statements(&person(&format!("p-{number}")), Position(0));
            held.first() == Some(&Position(2))
        };
        (0..count).filter(holds).count()
    };
    assert_eq!(keepers(20), 20);
    let many = keepers(1_000);
    assert!((30..130).contains(&many), "{many} of 1,000");
}

#[test]
fn no_device_follows_a_referral_and_none_is_told_that_one_was_erased() {
    let office = ScopeRule::Subtree {
        region: region("130000"),
        contacts: true,
    };
    let referral: Scope = "130123/u-discipline/referral".parse().unwrap();
    assert!(office.gives(&"130123/-/contact".parse().unwrap()));
    assert!(!office.gives(&referral));
    let erased = |scope: &str| {
        LogEntry::Erased(Erased {
            record: RecordId([7; 16]),
            scope: scope.parse().unwrap(),
            left: Vec::new(),
            reason: String::new(),
            user: "admin".to_owned(),
            time: Timestamp(1),
            born: None,
        })
    };
    let told = |scope: &str| {
        let directory = folded(&[groups(), one("p-1", "130123", &["g-1"]), erased(scope)]);
        directory.statements(&person("p-1"), Position(0)).len()
    };
    assert_eq!(told("130123/g-1/group"), 1);
    assert_eq!(told("130123/u-discipline/referral"), 0);
}

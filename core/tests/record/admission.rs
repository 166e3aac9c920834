//! Who may write what, as one batch after another reaches the server.

use std::collections::BTreeMap;

use liandu_core::admission::{Case, Incoming, Judged, NoPast, Past, Ruling, judge};
use liandu_core::id::{Actor, ChangeHash, DeviceId, PersonId};
use liandu_core::policy::{Principal, Role};
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::value::Value;
use liandu_core::record::{RawChange, RecordDoc};
use liandu_core::time::Timestamp;
use liandu_core::verdict::{Reason, Verdict};

use crate::record::world::{
    Writer, creation, definitions, official, path, representative, scope, set, two, typing,
};

/// A server's view of one record.
pub(crate) struct Desk {
    pub(crate) doc: Option<RecordDoc>,
    pub(crate) people: BTreeMap<u8, Principal>,
    outside: BTreeMap<ChangeHash, Verdict>,
}

impl Past for Desk {
    fn verdict(&self, hash: &ChangeHash) -> Option<Verdict> {
        self.outside.get(hash).copied()
    }

    fn number(&self, _: &Actor, _: u64) -> Option<ChangeHash> {
        None
    }

    fn person_of(&self, device: &DeviceId) -> Option<PersonId> {
        self.people.get(&device.0[0]).map(|who| who.person.clone())
    }
}

impl Desk {
    pub(crate) fn new(people: &[(u8, Principal)]) -> Desk {
        Desk {
            doc: None,
            people: people.iter().cloned().collect(),
            outside: BTreeMap::new(),
        }
    }

    pub(crate) fn push(&mut self, changes: &[RawChange]) -> Vec<Judged> {
        let definitions = definitions();
        let scope = scope();
        let incoming: Vec<Incoming<'_>> = changes
            .iter()
            .map(|change| Incoming {
                change: change.clone(),
                sealed: true,
                by: self.people.get(&change.actor.device().0[0]),
            })
            .collect();
        let case = Case {
            record: liandu_core::id::RecordId([7; 16]),
            kind: Kind::Problem,
            scope: &scope,
            definitions: &definitions,
            past: self,
            now: Timestamp(0),
            grace_ms: 0,
        };
        let mut doc = self.doc.clone();
        let judged = judge(&mut doc, &case, &incoming);
        self.doc = doc;
        for one in &judged {
            if let Ruling::Judged(verdict) = one.ruling
                && verdict != Verdict::Accepted
            {
                self.outside.insert(one.change.hash, verdict);
            }
        }
        judged
    }

    pub(crate) fn arrive(&mut self, change: &RawChange) -> Verdict {
        self.push(std::slice::from_ref(change))
            .remove(0)
            .ruling
            .verdict()
            .unwrap()
    }
}

fn refused(reason: Reason) -> Verdict {
    Verdict::Refused(reason)
}

fn office() -> Principal {
    official("office-1", Role::CongressOffice, None)
}

fn people() -> Vec<(u8, Principal)> {
    vec![
        (1, representative("rep-1")),
        (2, representative("rep-2")),
        (3, office()),
        (4, official("dept-1", Role::Department, Some("u-1"))),
        (5, official("office-2", Role::CongressOffice, None)),
        (6, official("leader-1", Role::Leader, None)),
    ]
}

fn pull_from(writer: &mut Writer, desk: &Desk) {
    writer
        .doc
        .absorb(&desk.doc.as_ref().unwrap().raw_all())
        .unwrap();
}

#[test]
fn record_made_offline_is_accepted_whole() {
    let mut desk = Desk::new(&people());
    let mut one = Writer::new(1);
    one.edit(creation());
    one.edit(set("f/area", "12"));
    one.edit(typing("extra", 0, 0, "补充"));
    let judged = desk.push(&one.doc.raw_all());
    assert!(
        judged
            .iter()
            .all(|j| j.ruling == Ruling::Judged(Verdict::Accepted)),
        "{judged:?}"
    );
    assert_eq!(judged.iter().filter(|j| j.birth).count(), 2);
    assert_eq!(desk.doc.as_ref().unwrap().heads(), one.doc.heads());
    let again = desk.push(&one.doc.raw_all());
    assert!(
        again
            .iter()
            .all(|j| j.ruling == Ruling::Duplicate(Verdict::Accepted))
    );
}

#[test]
fn refused_edit_does_not_block_later_ones() {
    let mut desk = Desk::new(&people());
    let (mut one, mut two) = two();
    desk.push(&one.doc.raw_all());
    let bad = one.edit(set("f/settled_matter", "越权"));
    let good = two.edit(set("f/area", "12"));
    assert_eq!(desk.arrive(&bad), refused(Reason::NotAllowed));
    assert_eq!(desk.arrive(&good), Verdict::Accepted);
    let on_bad = one.edit(set("f/area", "13"));
    assert_eq!(desk.arrive(&on_bad), refused(Reason::OnRefused));
}

#[test]
fn edit_is_judged_against_what_its_author_saw() {
    let mut desk = Desk::new(&people());
    let (one, mut offline) = two();
    desk.push(&one.doc.raw_all());
    let mut clerk = Writer::new(3);
    pull_from(&mut clerk, &desk);
    desk.push(&settle_and_transfer(&mut clerk));
    assert_eq!(state(&desk), "transferred");
    let late = offline.edit(set("f/area", "12"));
    assert_eq!(
        desk.arrive(&late),
        Verdict::Accepted,
        "legal offline, only late"
    );
    pull_from(&mut offline, &desk);
    let knowing = offline.edit(set("f/title", "改标题"));
    assert_eq!(desk.arrive(&knowing), refused(Reason::NotAllowed));
}

fn state(desk: &Desk) -> String {
    let (record, _) = desk.doc.as_ref().unwrap().read(&Default::default());
    record.state.state.to_string()
}

fn settle_and_transfer(clerk: &mut Writer) -> Vec<RawChange> {
    let write = |at: &str, value: &str| Write {
        path: path(at),
        value: Value::text(value),
    };
    let four = Edit::Set {
        writes: vec![
            write("f/settled_person", "p-9"),
            write("f/settled_matter", "拆除"),
            write("f/settled_standard", "恢复原状"),
            write("f/settled_deadline", "2020-06-30"),
        ],
    };
    vec![
        clerk.edit(four),
        clerk.event("transfer", &[("unit", "u-1")]),
    ]
}

#[test]
fn nothing_is_transferred_while_one_of_the_four_things_is_empty() {
    let mut desk = Desk::new(&people());
    let (one, _) = two();
    desk.push(&one.doc.raw_all());
    for missing in 0..4 {
        let mut clerk = Writer::new(3);
        pull_from(&mut clerk, &desk);
        let four = ["person", "matter", "standard", "deadline"];
        for (index, thing) in four
            .iter()
            .enumerate()
            .filter(|(index, _)| *index != missing)
        {
            let value = if index == 3 { "2020-06-30" } else { "x" };
            clerk.edit(set(&format!("f/settled_{thing}"), value));
        }
        let transfer = clerk.event("transfer", &[("unit", "u-1")]);
        let mut copy = Desk::new(&people());
        let judged = copy.push(&clerk.doc.raw_all());
        let ruling = judged
            .iter()
            .find(|j| j.change.hash == transfer.hash)
            .unwrap()
            .ruling;
        assert_eq!(
            ruling,
            Ruling::Judged(refused(Reason::FourThings)),
            "{missing}"
        );
    }
}

/// Who does which event with which arguments, and what becomes of it.
type Step<'a> = (u8, &'a str, &'a [(&'a str, &'a str)], Verdict);

#[test]
fn whole_life_of_a_problem_with_each_act_by_who_may() {
    let mut desk = Desk::new(&people());
    let (one, _) = two();
    desk.push(&one.doc.raw_all());
    let mut clerk = Writer::new(3);
    pull_from(&mut clerk, &desk);
    let acts = settle_and_transfer(&mut clerk);
    assert!(
        desk.push(&acts)
            .iter()
            .all(|j| j.ruling.verdict() == Some(Verdict::Accepted))
    );
    let steps: &[Step] = &[
        (3, "receive", &[], refused(Reason::NotAllowed)),
        (4, "receive", &[], Verdict::Accepted),
        (4, "return", &[], refused(Reason::EventIncomplete)),
        (4, "plan", &[], Verdict::Accepted),
        (4, "close", &[], refused(Reason::NotAllowed)),
        (4, "report", &[], Verdict::Accepted),
        (3, "close", &[], refused(Reason::WrongState)),
        (5, "pass", &[], Verdict::Accepted),
        (6, "instruct", &[("text", "举一反三")], Verdict::Accepted),
        (5, "close", &[], Verdict::Accepted),
        (3, "reopen", &[("reason", "反弹")], Verdict::Accepted),
        (1, "verify", &[], refused(Reason::NotAllowed)),
    ];
    for (start, (who, event, args, expected)) in steps.iter().enumerate() {
        let mut writer = Writer::new(*who);
        writer.actor = crate::record::world::actor(*who, 10 + start as u8);
        pull_from(&mut writer, &desk);
        let mut id = [start as u8; 16];
        id[0] = 99;
        let args = args
            .iter()
            .map(|(n, v)| ((*n).to_owned(), Value::text(v)))
            .collect();
        let act = writer.edit(Edit::Event {
            id: liandu_core::id::EventId(id),
            event: event.parse().unwrap(),
            args,
        });
        assert_eq!(desk.arrive(&act), *expected, "{event} by {who}");
    }
    assert_eq!(state(&desk), "verified");
}

#[test]
fn nobody_reviews_their_own_work() {
    let mut desk = Desk::new(&[(1, representative("rep-1")), (3, office()), (5, office())]);
    let mut clerk = Writer::new(3);
    clerk.edit(creation());
    clerk.event("fixed_on_spot", &[]);
    desk.push(&clerk.doc.raw_all());
    let mut other_device = Writer::new(5);
    pull_from(&mut other_device, &desk);
    let review = other_device.event("pass", &[]);
    assert_eq!(
        desk.arrive(&review),
        refused(Reason::OwnReview),
        "same person, other device"
    );
}

#[test]
fn illegal_changes_are_refused_each_for_its_reason() {
    let mut desk = Desk::new(&people());
    let (mut one, mut two) = two();
    desk.push(&one.doc.raw_all());
    let unknown = one.clone().edit(set("f/no_such_field", "x"));
    assert_eq!(desk.arrive(&unknown), refused(Reason::UnknownField));
    let local = one.clone().edit(set("f/130123-own_item", "x"));
    assert_eq!(
        desk.arrive(&local),
        Verdict::Held(Reason::NewerDefinition),
        "it may come"
    );
    let bad_value = one
        .clone()
        .edit(Edit::set(path("f/area"), Value::text("很大")));
    assert_eq!(desk.arrive(&bad_value), refused(Reason::BadValue));
    let mut stranger = two.clone();
    stranger.actor = crate::record::world::actor(9, 0);
    let change = stranger.edit(set("f/area", "1"));
    assert_eq!(desk.arrive(&change), Verdict::Held(Reason::UnknownDevice));
    let mut broken = one.edit(set("f/area", "12"));
    let last = broken.bytes.len() - 1;
    broken.bytes[last] ^= 1;
    assert_eq!(desk.arrive(&broken), refused(Reason::Malformed));
    let missing = {
        two.edit(set("f/area", "14"));
        two.edit(set("f/title", "t"))
    };
    assert_eq!(desk.push(&[missing])[0].ruling, Ruling::Missing);
}

#[test]
fn revoked_person_writes_nothing() {
    let mut revoked = representative("rep-1");
    revoked.revoked = true;
    let mut desk = Desk::new(&[(1, revoked)]);
    let mut one = Writer::new(1);
    let change = one.edit(creation());
    let judged = desk.push(&one.doc.raw_all());
    let ruling = judged
        .iter()
        .find(|j| j.change.hash == change.hash)
        .unwrap()
        .ruling;
    assert_eq!(ruling, Ruling::Judged(refused(Reason::Revoked)));
}

#[test]
fn unsealed_change_is_refused() {
    let definitions = definitions();
    let scope = scope();
    let mut one = Writer::new(1);
    one.edit(creation());
    let who = representative("rep-1");
    let incoming: Vec<Incoming<'_>> = one
        .doc
        .raw_all()
        .into_iter()
        .map(|change| Incoming {
            change,
            sealed: false,
            by: Some(&who),
        })
        .collect();
    let case = Case {
        record: one.doc.id(),
        kind: Kind::Problem,
        scope: &scope,
        definitions: &definitions,
        past: &NoPast,
        now: Timestamp(0),
        grace_ms: 0,
    };
    let judged = judge(&mut None, &case, &incoming);
    assert_eq!(
        judged[0].ruling,
        Ruling::Judged(Verdict::Accepted),
        "a birth is nobody's"
    );
    assert_eq!(judged[1].ruling, Ruling::Judged(refused(Reason::NotSealed)));
}

#[test]
fn same_number_with_other_content_is_forked() {
    let mut desk = Desk::new(&people());
    let (mut one, _) = two();
    desk.push(&one.doc.raw_all());
    let mut restored = one.clone();
    let first = one.edit(set("f/area", "1"));
    let second = restored.edit(set("f/area", "2"));
    assert_eq!(desk.arrive(&first), Verdict::Accepted);
    assert_eq!(desk.arrive(&second), Verdict::Forked);
}

#[test]
fn resolution_by_a_member_of_the_group_is_accepted() {
    let mut desk = Desk::new(&people());
    let (mut one, mut two) = two();
    one.edit(set("f/area", "12"));
    two.edit(set("f/area", "18"));
    one.pull(&two);
    let decided = one.resolve("f/area", Some(Value::Int(18)));
    let judged = desk.push(&one.doc.raw_all());
    assert!(
        judged
            .iter()
            .all(|j| j.ruling.verdict() == Some(Verdict::Accepted)),
        "{judged:#?}"
    );
    assert!(judged.iter().any(|j| j.change.hash == decided.hash));
    let mut other = Writer::new(2);
    pull_from(&mut other, &desk);
    let after = other.edit(set("f/area", "19"));
    assert_eq!(desk.arrive(&after), Verdict::Accepted);
}

#[test]
fn department_enters_what_its_own_check_found() {
    let mut desk = Desk::new(&people());
    let mut own = Writer::new(4);
    own.edit(creation());
    own.edit(set("f/area", "12"));
    let judged = desk.push(&own.doc.raw_all());
    assert!(
        judged
            .iter()
            .all(|j| j.ruling.verdict() == Some(Verdict::Accepted)),
        "{judged:#?}"
    );
    let (other, _) = two();
    let mut office = Desk::new(&people());
    office.push(&other.doc.raw_all());
    let mut department = Writer::new(4);
    pull_from(&mut department, &office);
    let not_its_own = department.edit(set("f/area", "13"));
    assert_eq!(office.arrive(&not_its_own), refused(Reason::NotAllowed));
}

/// Phones that know different campaigns begin one visit: the record is no dead end for anybody.
#[test]
fn a_record_begun_under_two_campaigns_goes_on_under_either() {
    let mut desk = Desk::new(&people());
    let (mut one, mut two) = (Writer::new(1), Writer::new(2));
    two.campaign = "second";
    one.edit(creation());
    two.edit(creation());
    one.pull(&two);
    two.pull(&one);
    one.edit(set("f/area", "12"));
    two.edit(set("f/title", "改"));
    one.pull(&two);
    for judged in desk.push(&one.doc.raw_all()) {
        assert_eq!(judged.ruling.verdict(), Some(Verdict::Accepted));
    }
    let mut third = Writer::new(1);
    pull_from(&mut third, &desk);
    third.campaign = "second";
    let plain = set("f/area", "13");
    assert_eq!(desk.arrive(&third.edit(plain)), Verdict::Accepted);
}

#[test]
fn a_record_stays_in_the_campaign_it_was_begun_under() {
    let mut desk = Desk::new(&people());
    let (one, mut two) = two();
    desk.push(&one.doc.raw_all());
    two.campaign = "second";
    let strange = two.edit(set("f/area", "12"));
    assert_eq!(desk.arrive(&strange), refused(Reason::UnknownField));
}

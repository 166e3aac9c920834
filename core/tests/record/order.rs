//! Order of arrival does not matter: any edits in any order, in any batches, give equal records
//! and equal verdicts.

use std::collections::BTreeMap;

use liandu_core::admission::Ruling;
use liandu_core::id::ChangeHash;
use liandu_core::policy::Role;
use liandu_core::record::RawChange;
use liandu_core::record::edit::Edit;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::value::Value;
use liandu_core::verdict::Verdict;
use proptest::prelude::*;

use crate::record::admission::Desk;
use crate::record::world::{Writer, creation, official, representative, set, typing};

const WRITERS: usize = 4;

/// What a step does: who, what, and whom they hear from before.
#[derive(Debug, Clone)]
struct Step {
    who: usize,
    act: u8,
    value: u8,
    hears: Option<usize>,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = (
        0..WRITERS,
        0u8..11,
        0u8..4,
        proptest::option::of(0..WRITERS),
    )
        .prop_map(|(who, act, value, hears)| Step {
            who,
            act,
            value,
            hears,
        });
    proptest::collection::vec(step, 1..24)
}

pub(crate) fn desk() -> Desk {
    Desk::new(&[
        (1, representative("rep-1")),
        (2, representative("rep-2")),
        (3, official("office-1", Role::CongressOffice, None)),
        (4, official("dept-1", Role::Department, Some("u-1"))),
    ])
}

/// Plays the steps; gives every change that was made, legal or not.
fn play(steps: &[Step]) -> Vec<RawChange> {
    let mut writers: Vec<Writer> = (1..=WRITERS as u8).map(Writer::new).collect();
    writers[0].edit(creation());
    for other in 1..WRITERS {
        let first = writers[0].clone();
        writers[other].pull(&first);
    }
    for step in steps {
        if let Some(from) = step.hears.map(|from| writers[from].clone()) {
            writers[step.who].pull(&from);
        }
        act(&mut writers[step.who], step);
    }
    let mut all = writers[0].clone();
    for other in &writers[1..] {
        all.pull(other);
    }
    all.doc.raw_all()
}

fn act(writer: &mut Writer, step: &Step) {
    let value = step.value.to_string();
    let seen = writer.doc.heads();
    let edit = match step.act {
        0 => set("f/area", &value),
        1 => set("f/title", &value),
        2 => set("f/settled_matter", &value),
        3 => typing("description", 0, u64::from(step.value % 2), &value),
        4 => typing("extra", 0, 0, &value),
        5 => Edit::ClearText {
            field: "description".parse().unwrap(),
        },
        6 => {
            return drop(writer.event(
                ["verify", "withdraw", "restore", "close"][step.value as usize],
                &[],
            ));
        }
        9 => return drop(writer.undo(["f/area", "e", "t/description"][step.value as usize % 3])),
        10 => match (writer.conflict("e"), writer.conflict("t/description")) {
            (Some(open), _) => {
                let state = open.values[step.value as usize % open.values.len()]
                    .value
                    .to_string();
                return drop(writer.event("decide", &[("state", &state)]));
            }
            (None, Some(_)) => return drop(writer.resolve("t/description", None)),
            (None, None) => return,
        },
        7 => match writer.conflict("f/area") {
            Some(_) => return drop(writer.resolve("f/area", Some(Value::Int(7)))),
            None => return,
        },
        _ => set("f/progress", &value),
    };
    // "Resolve first" and "no change" are answers on the device, not changes.
    let _ = writer.try_at(&edit, &seen);
}

/// Delivers in batches until everything has a verdict.
fn deliver(
    changes: &[RawChange],
    order: &[usize],
    batch: usize,
) -> (Desk, BTreeMap<ChangeHash, Verdict>) {
    let mut desk = desk();
    let mut verdicts = BTreeMap::new();
    let mut queue: Vec<RawChange> = order.iter().map(|index| changes[*index].clone()).collect();
    for _ in 0..changes.len() + 1 {
        let mut left = Vec::new();
        for part in queue.chunks(batch) {
            for judged in desk.push(part) {
                match judged.ruling {
                    Ruling::Judged(verdict) => {
                        assert_eq!(
                            verdicts.insert(judged.change.hash, verdict),
                            None,
                            "given once"
                        );
                    }
                    Ruling::Duplicate(verdict) => {
                        assert_eq!(verdicts.get(&judged.change.hash), Some(&verdict));
                    }
                    Ruling::Missing => left.push(judged.change),
                }
            }
        }
        if left.is_empty() {
            break;
        }
        queue = left;
    }
    (desk, verdicts)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_order_gives_equal_records_and_verdicts(
        steps in steps(),
        seed in any::<u64>(),
        batch in 1usize..6,
    ) {
        let changes = play(&steps);
        let straight: Vec<usize> = (0..changes.len()).collect();
        let mut shuffled = straight.clone();
        let mut random = seed | 1;
        for index in (1..shuffled.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(index, (random >> 33) as usize % (index + 1));
        }
        let mut twice = shuffled.clone();
        twice.extend(shuffled.iter().take(3));
        let (one, first) = deliver(&changes, &straight, changes.len());
        let (two, second) = deliver(&changes, &twice, batch);
        prop_assert_eq!(first.len(), changes.len(), "everything has a verdict");
        prop_assert_eq!(&first, &second);
        let one = one.doc.unwrap();
        let two = two.doc.unwrap();
        prop_assert_eq!(one.heads(), two.heads());
        prop_assert_eq!(one.read(&Stamps::new()), two.read(&Stamps::new()));
    }
}

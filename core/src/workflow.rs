//! The life of a record as data: states with a fixed rank, and the events that lead between them,
//! with who may cause them.
//!
//! One table. Never decides by itself: `record::fold` folds states along it, `policy` asks it who
//! may. Ranks, states and event words are frozen; new ones are added.

use crate::policy::Relation::{self, Author, GroupMember, Handler, InRegion};
use crate::policy::Role::{
    self, CongressOffice, Department, Leader, Representative, ResponseCentre,
};
use crate::record::kind::Kind;

/// One state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StateRule {
    /// The word.
    pub id: &'static str,
    /// How far the record has come. Where tips differ the lowest counts.
    pub rank: u8,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
}

/// One event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventRule {
    /// The word.
    pub id: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// States it is possible in.
    pub from: &'static [&'static str],
    /// The state it leads to; none for one that leaves the state as it is.
    pub to: Option<&'static str>,
    /// Whether it settles the values that stand: later writers who did not know of it are listed,
    /// not current.
    pub settles: bool,
    /// Arguments it cannot be without.
    pub needs: &'static [&'static str],
    /// Whether the four settled things must stand in the record.
    pub four_things: bool,
    /// Whether it must be somebody other than who reported the work done.
    pub not_the_doer: bool,
    /// Who may cause it.
    pub by: &'static [(Role, Relation)],
}

/// The state machine of a kind; the first state is the one a record is born in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workflow {
    /// States by rank.
    pub states: &'static [StateRule],
    /// Events.
    pub events: &'static [EventRule],
}

impl Workflow {
    /// A state by its word.
    pub fn state(&self, id: &str) -> Option<&'static StateRule> {
        self.states.iter().find(|state| state.id == id)
    }

    /// An event by its word.
    pub fn event(&self, id: &str) -> Option<&'static EventRule> {
        self.events.iter().find(|event| event.id == id)
    }
}

/// The field ids of the four settled things: person, matter, standard, deadline. Frozen.
pub const FOUR_THINGS: [&str; 4] = [
    "settled_person",
    "settled_matter",
    "settled_standard",
    "settled_deadline",
];

/// The event that decides between differing tips; its argument `state` names the outcome.
pub const DECIDE: &str = "decide";

const fn state(id: &'static str, rank: u8, zh: &'static str, en: &'static str) -> StateRule {
    StateRule { id, rank, zh, en }
}

const fn event(
    id: &'static str,
    zh: &'static str,
    en: &'static str,
    from: &'static [&'static str],
    to: Option<&'static str>,
    by: &'static [(Role, Relation)],
) -> EventRule {
    EventRule {
        id,
        zh,
        en,
        from,
        to,
        settles: false,
        needs: &[],
        four_things: false,
        not_the_doer: false,
        by,
    }
}

const fn settles(rule: EventRule) -> EventRule {
    EventRule {
        settles: true,
        ..rule
    }
}

const fn needs(rule: EventRule, needs: &'static [&'static str]) -> EventRule {
    EventRule { needs, ..rule }
}

const fn reviews(rule: EventRule) -> EventRule {
    EventRule {
        not_the_doer: true,
        ..rule
    }
}

const OFFICES: &[(Role, Relation)] = &[(CongressOffice, InRegion), (ResponseCentre, InRegion)];
const CONGRESS: &[(Role, Relation)] = &[(CongressOffice, InRegion)];
const HANDLERS: &[(Role, Relation)] = &[(Department, Handler)];
const LEADERS: &[(Role, Relation)] = &[(Leader, InRegion), (CongressOffice, InRegion)];
const HANDLERS_AND_CONGRESS: &[(Role, Relation)] =
    &[(Department, Handler), (CongressOffice, InRegion)];
const FIELD_AND_OFFICES: &[(Role, Relation)] = &[
    (Representative, GroupMember),
    (CongressOffice, InRegion),
    (ResponseCentre, InRegion),
];
const WRITERS: &[(Role, Relation)] = &[
    (Representative, Author),
    (ResponseCentre, Author),
    (Department, Author),
    (CongressOffice, InRegion),
];

const UNDER_WAY: &[&str] = &[
    "transferred",
    "received",
    "planned",
    "rectifying",
    "reported",
];
const AT_WORK: &[&str] = &["received", "planned", "rectifying"];
const ALL_OPEN: &[&str] = &[
    "found",
    "verified",
    "returned",
    "transferred",
    "received",
    "planned",
    "rectifying",
    "reported",
    "reviewed",
];
const ALL_STATES: &[&str] = &[
    "found",
    "verified",
    "returned",
    "transferred",
    "received",
    "planned",
    "rectifying",
    "reported",
    "reviewed",
    "closed",
    "withdrawn",
];

const PROBLEM: Workflow = Workflow {
    states: &[
        state("found", 0, "已发现", "found"),
        state("verified", 10, "已核实", "verified"),
        state("returned", 15, "已退件", "returned"),
        state("transferred", 20, "已交办", "transferred"),
        state("received", 30, "已签收", "received"),
        state("planned", 40, "已定方案", "planned"),
        state("rectifying", 50, "整改中", "rectifying"),
        state("reported", 60, "已报结", "reported"),
        state("reviewed", 70, "已复核", "reviewed"),
        state("closed", 80, "已销号", "closed"),
        state("withdrawn", 90, "已撤回", "withdrawn"),
    ],
    events: &[
        event(
            "verify",
            "核实",
            "verify",
            &["found"],
            Some("verified"),
            OFFICES,
        ),
        EventRule {
            four_things: true,
            ..needs(
                settles(event(
                    "transfer",
                    "交办",
                    "transfer",
                    &["found", "verified", "returned"],
                    Some("transferred"),
                    OFFICES,
                )),
                &["unit"],
            )
        },
        event(
            "receive",
            "签收",
            "receive",
            &["transferred"],
            Some("received"),
            HANDLERS,
        ),
        needs(
            event(
                "return",
                "退件",
                "return",
                &["transferred", "received"],
                Some("returned"),
                HANDLERS,
            ),
            &["reason"],
        ),
        needs(
            event(
                "reassign",
                "改派",
                "reassign",
                UNDER_WAY,
                Some("transferred"),
                OFFICES,
            ),
            &["unit", "reason"],
        ),
        event(
            "plan",
            "制定方案",
            "plan",
            &["received"],
            Some("planned"),
            HANDLERS,
        ),
        event(
            "start",
            "开始整改",
            "start work",
            &["received", "planned"],
            Some("rectifying"),
            HANDLERS,
        ),
        event(
            "report",
            "报结",
            "report done",
            AT_WORK,
            Some("reported"),
            HANDLERS,
        ),
        event(
            "fixed_on_spot",
            "当场整改",
            "put right on the spot",
            &["found", "verified"],
            Some("reported"),
            FIELD_AND_OFFICES,
        ),
        reviews(event(
            "pass",
            "复核通过",
            "pass review",
            &["reported"],
            Some("reviewed"),
            CONGRESS,
        )),
        needs(
            reviews(event(
                "fail",
                "复核不通过",
                "fail review",
                &["reported"],
                Some("rectifying"),
                CONGRESS,
            )),
            &["reason"],
        ),
        settles(event(
            "close",
            "销号",
            "close",
            &["reviewed"],
            Some("closed"),
            CONGRESS,
        )),
        needs(
            event(
                "reopen",
                "重新交办",
                "re-open",
                &["closed"],
                Some("verified"),
                CONGRESS,
            ),
            &["reason"],
        ),
        event(
            "look_back",
            "回头看",
            "look back",
            &["closed"],
            None,
            FIELD_AND_OFFICES,
        ),
        event("remind", "催办", "remind", UNDER_WAY, None, OFFICES),
        event("supervise", "督办", "supervise", UNDER_WAY, None, LEADERS),
        needs(
            event(
                "ask_extension",
                "申请延期",
                "ask for time",
                UNDER_WAY,
                None,
                HANDLERS,
            ),
            &["until", "reason"],
        ),
        needs(
            event("extend", "批准延期", "give time", UNDER_WAY, None, CONGRESS),
            &["until"],
        ),
        event("escalate", "上报", "escalate", ALL_OPEN, None, OFFICES),
        needs(
            event("instruct", "批示", "instruct", ALL_STATES, None, LEADERS),
            &["text"],
        ),
        needs(
            event(
                "answer",
                "答复",
                "answer",
                ALL_STATES,
                None,
                HANDLERS_AND_CONGRESS,
            ),
            &["text"],
        ),
        settles(event(
            "withdraw",
            "撤回",
            "withdraw",
            &["found", "verified", "returned"],
            Some("withdrawn"),
            WRITERS,
        )),
        event(
            "restore",
            "恢复",
            "restore",
            &["withdrawn"],
            Some("found"),
            WRITERS,
        ),
        needs(
            event(
                DECIDE,
                "核定状态",
                "decide the state",
                ALL_STATES,
                None,
                CONGRESS,
            ),
            &["state"],
        ),
    ],
};

const INSPECTION_STATES: &[&str] = &["open", "submitted", "checked", "withdrawn"];

const INSPECTION: Workflow = Workflow {
    states: &[
        state("open", 0, "记录中", "open"),
        state("submitted", 10, "已提交", "submitted"),
        state("checked", 20, "已审核", "checked"),
        state("withdrawn", 30, "已撤回", "withdrawn"),
    ],
    events: &[
        event(
            "submit",
            "提交",
            "submit",
            &["open"],
            Some("submitted"),
            FIELD_AND_OFFICES,
        ),
        settles(event(
            "check",
            "审核",
            "check",
            &["submitted"],
            Some("checked"),
            CONGRESS,
        )),
        needs(
            event(
                "return",
                "退回补充",
                "return",
                &["submitted", "checked"],
                Some("open"),
                CONGRESS,
            ),
            &["reason"],
        ),
        settles(event(
            "withdraw",
            "撤回",
            "withdraw",
            &["open", "submitted"],
            Some("withdrawn"),
            WRITERS,
        )),
        event(
            "restore",
            "恢复",
            "restore",
            &["withdrawn"],
            Some("open"),
            WRITERS,
        ),
        needs(
            event(
                DECIDE,
                "核定状态",
                "decide the state",
                INSPECTION_STATES,
                None,
                CONGRESS,
            ),
            &["state"],
        ),
    ],
};

const OTHER_STATES: &[&str] = &["open", "done", "withdrawn"];

const OTHER: Workflow = Workflow {
    states: &[
        state("open", 0, "进行中", "open"),
        state("done", 10, "已办结", "done"),
        state("withdrawn", 20, "已撤回", "withdrawn"),
    ],
    events: &[
        settles(event(
            "finish",
            "办结",
            "finish",
            &["open"],
            Some("done"),
            FIELD_AND_OFFICES,
        )),
        event(
            "reopen",
            "重新办理",
            "re-open",
            &["done"],
            Some("open"),
            OFFICES,
        ),
        settles(event(
            "withdraw",
            "撤回",
            "withdraw",
            &["open"],
            Some("withdrawn"),
            WRITERS,
        )),
        event(
            "restore",
            "恢复",
            "restore",
            &["withdrawn"],
            Some("open"),
            WRITERS,
        ),
        needs(
            event(
                DECIDE,
                "核定状态",
                "decide the state",
                OTHER_STATES,
                None,
                CONGRESS,
            ),
            &["state"],
        ),
    ],
};

/// The state machine of a kind.
pub fn workflow(kind: Kind) -> &'static Workflow {
    match kind {
        Kind::Problem => &PROBLEM,
        Kind::Inspection => &INSPECTION,
        Kind::Opinion | Kind::Object | Kind::Task | Kind::Activity => &OTHER,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_event_stands_between_known_states() {
        for kind in Kind::ALL {
            let flow = workflow(kind);
            let ranks: BTreeSet<u8> = flow.states.iter().map(|state| state.rank).collect();
            assert_eq!(ranks.len(), flow.states.len(), "{kind}: ranks are distinct");
            let words: BTreeSet<&str> = flow.events.iter().map(|event| event.id).collect();
            assert_eq!(words.len(), flow.events.len(), "{kind}: words are distinct");
            for event in flow.events {
                for state in event.from.iter().chain(event.to.iter()) {
                    assert!(flow.state(state).is_some(), "{kind} {}: {state}", event.id);
                }
                assert!(!event.by.is_empty() && !event.zh.is_ascii() && event.en.is_ascii());
            }
        }
    }

    #[test]
    fn every_state_of_a_problem_can_be_reached_and_left() {
        let mut reached = BTreeSet::from(["found"]);
        for _ in PROBLEM.states {
            for event in PROBLEM.events {
                if event.from.iter().any(|from| reached.contains(from)) {
                    reached.extend(event.to);
                }
            }
        }
        for state in PROBLEM.states {
            assert!(reached.contains(state.id), "{}", state.id);
            let left = |event: &EventRule| event.to.is_some() && event.from.contains(&state.id);
            assert!(PROBLEM.events.iter().any(left), "{}", state.id);
        }
    }
}

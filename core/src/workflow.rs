//! The life of a record as data: states with a fixed rank, and the events that lead between them,
//! with who may cause them.
//!
//! One table. Never decides by itself: `record::fold` folds states along it, `policy` asks it who
//! may. Ranks, states and event words are frozen; new ones are added.

use crate::policy::{Relation, Role};
use crate::record::kind::Kind;

mod by;
mod flag;
mod look_back;
mod merge;
mod notice;
mod other;
mod problem;
mod referral;
mod share;

pub use flag::{FLAGS, FlagRule, TRANSFERS_FLAGGED, flag, flags, unanswered};
pub use look_back::look_back;
pub use merge::{INTO, MERGE, NOT_DUPLICATE, apart, merged_into, stands};
pub use notice::{NOTICED, Notice, NoticeRules, notices};
pub(crate) use share::units;
pub use share::{ASSIST, BY_UNIT, CO_UNITS, Share, UNIT, shares};

use other::{INSPECTION, OTHER};
use problem::PROBLEM;
use referral::REFERRAL;

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
    /// Whether a deadline counts down in it.
    pub runs: bool,
    /// Whose turn it is: for whom a record in this state waits. Nobody's where it rests.
    pub turn: &'static [(Role, Relation)],
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
    /// Whether it undoes: it leads back to where the record stood before it came into the state
    /// that this is possible in.
    pub back: bool,
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

impl EventRule {
    /// Whether it belongs to the line of states.
    pub fn moves(&self) -> bool {
        self.to.is_some() || self.back || self.id == DECIDE
    }
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

    /// Whether an event leads out of a state back to where the record stood before.
    pub fn undoes(&self, state: &StateRule) -> bool {
        let undoes = |event: &EventRule| event.back && event.from.contains(&state.id);
        self.events.iter().any(undoes)
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
    StateRule {
        id,
        rank,
        zh,
        en,
        runs: false,
        turn: &[],
    }
}

const fn runs(rule: StateRule) -> StateRule {
    StateRule { runs: true, ..rule }
}

const fn waits(rule: StateRule, turn: &'static [(Role, Relation)]) -> StateRule {
    StateRule { turn, ..rule }
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
        back: false,
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

/// Differing tips are decided between by the congress office, whatever they are of.
const fn decides(from: &'static [&'static str]) -> EventRule {
    let (zh, en) = ("核定状态", "decide the state");
    needs(event(DECIDE, zh, en, from, None, by::CONGRESS), &["state"])
}

const fn back(rule: EventRule) -> EventRule {
    EventRule { back: true, ..rule }
}

const fn reviews(rule: EventRule) -> EventRule {
    EventRule {
        not_the_doer: true,
        ..rule
    }
}

/// Whether a problem in this state waits for nobody: it was closed, withdrawn, or goes on in
/// another.
pub fn rests(state: &str) -> bool {
    matches!(state, "closed" | "merged" | "withdrawn")
}

/// The state machine of a kind.
pub fn workflow(kind: Kind) -> &'static Workflow {
    match kind {
        Kind::Problem => &PROBLEM,
        Kind::Inspection => &INSPECTION,
        Kind::Referral => &REFERRAL,
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
    fn whoever_a_problem_or_a_referral_waits_for_can_take_it_on() {
        for flow in [&PROBLEM, &REFERRAL] {
            for state in flow.states {
                assert_eq!(state.turn.is_empty(), rests(state.id), "{}", state.id);
                for turn in state.turn {
                    let takes_on = |event: &EventRule| {
                        let possible = event.to.is_some() && event.from.contains(&state.id);
                        possible && event.by.contains(turn)
                    };
                    assert!(flow.events.iter().any(takes_on), "{} {turn:?}", state.id);
                }
            }
        }
    }

    #[test]
    fn every_state_of_a_problem_and_of_a_referral_can_be_reached_and_left() {
        for flow in [&PROBLEM, &REFERRAL] {
            let mut reached: BTreeSet<&str> = flow.states.iter().take(1).map(|s| s.id).collect();
            for _ in flow.states {
                for event in flow.events {
                    if event.from.iter().any(|from| reached.contains(from)) {
                        reached.extend(event.to);
                    }
                }
            }
            for state in flow.states {
                assert!(reached.contains(state.id), "{}", state.id);
                let left = |event: &EventRule| event.moves() && event.from.contains(&state.id);
                assert!(flow.events.iter().any(left), "{}", state.id);
            }
        }
    }

    #[test]
    fn only_who_refers_and_discipline_inspection_take_part_in_a_referral() {
        let take_part = [Role::CongressOffice, Role::DisciplineInspection];
        for event in REFERRAL.events {
            let mut by = event.by.iter();
            assert!(by.all(|(role, _)| take_part.contains(role)), "{}", event.id);
        }
    }
}

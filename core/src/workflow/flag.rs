//! What is open beside a problem's state: flags folded from its events, each with whose turn it is.
//!
//! Never a state: a problem may have several flags at once, and none of them stops its way.

use std::collections::BTreeSet;

use super::by::{CO, CONGRESS, LEAD_AND_CONGRESS, LEADER};
use super::share::{ASSIST, Share, shares};
use super::{rests, workflow};
use crate::id::EventId;
use crate::policy::{Relation, Role};
use crate::record::kind::Kind;
use crate::record::value::Value;
use crate::record::view::{EventView, Record};

/// One flag.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FlagRule {
    /// The word.
    pub id: &'static str,
    /// Chinese name.
    pub zh: &'static str,
    /// English name.
    pub en: &'static str,
    /// For whom a problem with it waits.
    pub turn: &'static [(Role, Relation)],
    /// The events that answer it.
    pub next: &'static [&'static str],
}

/// Transfers and reassignments from which a problem goes round too long.
pub const TRANSFERS_FLAGGED: usize = 3;

/// Every flag, the most urgent first. Frozen words; new ones are added.
pub const FLAGS: &[FlagRule] = &[
    FlagRule {
        id: "third-transfer",
        zh: "三次转办",
        en: "handed over three times",
        turn: LEADER,
        next: &["instruct", "supervise"],
    },
    FlagRule {
        id: "escalated",
        zh: "上报待批",
        en: "escalated",
        turn: LEADER,
        next: &["instruct", "supervise"],
    },
    FlagRule {
        id: "instructed",
        zh: "批示待答复",
        en: "instruction to be answered",
        turn: LEAD_AND_CONGRESS,
        next: &["answer"],
    },
    FlagRule {
        id: "asks-extension",
        zh: "延期待批",
        en: "asks for time",
        turn: CONGRESS,
        next: &["extend", "refuse_extension"],
    },
    FlagRule {
        id: "co-asked",
        zh: "协办待答复",
        en: "co-department to answer",
        turn: CO,
        next: &[ASSIST],
    },
];

/// The flag of that word.
pub fn flag(word: &str) -> Option<&'static FlagRule> {
    FLAGS.iter().find(|flag| flag.id == word)
}

/// The flags a record has. An `answer` may name the instruction it answers (`instruction`, the
/// event's id); without a name it answers all before it.
pub fn flags(record: &Record) -> BTreeSet<&'static str> {
    let mut flags = BTreeSet::new();
    if record.kind != Kind::Problem {
        return flags;
    }
    let counting: Vec<&EventView> = record.events.iter().filter(|event| event.counts).collect();
    let rests = rests(record.state.state.as_str());
    let stands = |asks: &str, answers: &[&str]| {
        let mut words = counting.iter().rev().map(|event| event.kind.as_str());
        let last = words.find(|word| *word == asks || answers.contains(word));
        last == Some(asks)
    };
    let handed = |event: &&&EventView| matches!(event.kind.as_str(), "transfer" | "reassign");
    // A leader's word after the last transfer has taken the flag away.
    let heeded = counting.iter().rev().find_map(|event| {
        let word = event.kind.as_str();
        match word {
            "instruct" | "supervise" => Some(true),
            "transfer" | "reassign" => Some(false),
            _other => None,
        }
    });
    let transfers = counting.iter().filter(handed).count();
    if !rests && transfers >= TRANSFERS_FLAGGED && heeded == Some(false) {
        flags.insert("third-transfer");
    }
    if !rests && stands("escalate", &["instruct", "supervise"]) {
        flags.insert("escalated");
    }
    let answered = &[
        "extend",
        "refuse_extension",
        "transfer",
        "reassign",
        "report",
    ];
    if !rests && stands("ask_extension", answered) {
        flags.insert("asks-extension");
    }
    let assist = workflow(record.kind).event(ASSIST);
    let can = assist.is_some_and(|rule| rule.from.contains(&record.state.state.as_str()));
    if can && shares(record).values().any(|share| *share == Share::Asked) {
        flags.insert("co-asked");
    }
    if !unanswered(record).is_empty() {
        flags.insert("instructed");
    }
    flags
}

/// Instructions without an answer, by their events.
pub fn unanswered(record: &Record) -> BTreeSet<EventId> {
    let mut open = BTreeSet::new();
    for event in record.events.iter().filter(|event| event.counts) {
        match event.kind.as_str() {
            "instruct" => {
                open.insert(event.id);
            }
            "answer" => match event.args.get("instruction").and_then(Value::as_text) {
                Some(named) => open.retain(|id| id.hex() != named),
                None => open.clear(),
            },
            _other => {}
        }
    }
    open
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_a_flag_waits_for_may_answer_it() {
        for rule in FLAGS {
            assert_eq!(flag(rule.id), Some(rule));
            assert!(!rule.zh.is_ascii() && rule.en.is_ascii());
            for word in rule.next {
                let event = workflow(Kind::Problem).event(word).unwrap();
                for turn in rule.turn {
                    assert!(event.by.contains(turn), "{} {word} {turn:?}", rule.id);
                }
            }
        }
    }
}

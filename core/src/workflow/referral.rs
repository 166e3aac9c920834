//! The life of a referral to discipline inspection (移送纪检): drafted, referred, received, answered,
//! closed.
//!
//! Data only. Frozen words; new events are added. Nothing of it is ever an event of the problem.

use super::by::{CONGRESS, DISCIPLINE};
use super::{Workflow, decides, event, needs, settles, state, waits};

const ALL_STATES: &[&str] = &[
    "drafted",
    "referred",
    "received",
    "accepted",
    "no_action",
    "returned",
    "answered",
    "closed",
    "withdrawn",
];

pub(super) const REFERRAL: Workflow = Workflow {
    states: &[
        waits(state("drafted", 0, "待移送", "drafted"), CONGRESS),
        waits(state("referred", 10, "已移送", "referred"), DISCIPLINE),
        waits(state("received", 20, "已签收", "received"), DISCIPLINE),
        waits(state("accepted", 30, "已受理", "accepted"), DISCIPLINE),
        waits(state("no_action", 40, "不予受理", "no action"), CONGRESS),
        waits(state("returned", 50, "已退回", "returned"), CONGRESS),
        waits(state("answered", 60, "已反馈", "answered"), CONGRESS),
        state("closed", 70, "已办结", "closed"),
        state("withdrawn", 80, "已撤回", "withdrawn"),
    ],
    events: &[
        event(
            "refer",
            "移送",
            "refer",
            &["drafted", "returned"],
            Some("referred"),
            CONGRESS,
        ),
        settles(event(
            "receive",
            "签收",
            "receive",
            &["referred"],
            Some("received"),
            DISCIPLINE,
        )),
        event(
            "accept",
            "受理",
            "accept",
            &["received"],
            Some("accepted"),
            DISCIPLINE,
        ),
        needs(
            event(
                "decline",
                "不予受理",
                "take no action",
                &["received"],
                Some("no_action"),
                DISCIPLINE,
            ),
            &["reason"],
        ),
        needs(
            event(
                "return",
                "退回",
                "return",
                &["referred", "received"],
                Some("returned"),
                DISCIPLINE,
            ),
            &["reason"],
        ),
        needs(
            event(
                "answer",
                "反馈结果",
                "answer",
                &["accepted"],
                Some("answered"),
                DISCIPLINE,
            ),
            &["text"],
        ),
        settles(event(
            "close",
            "办结",
            "close",
            &["no_action", "returned", "answered"],
            Some("closed"),
            CONGRESS,
        )),
        settles(event(
            "withdraw",
            "撤回",
            "withdraw",
            &["drafted", "referred"],
            Some("withdrawn"),
            CONGRESS,
        )),
        decides(ALL_STATES),
    ],
};

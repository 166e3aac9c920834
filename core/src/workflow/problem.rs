//! The life of a problem (问题台账): found, handed over, put right, reviewed, closed.
//!
//! Data only. Frozen words; new events are added.

use super::by::{
    CO, CONGRESS, FIELD_AND_OFFICES, LEAD, LEAD_AND_CONGRESS, LEADERS, OFFICES, WRITERS,
};
use super::{
    ASSIST, BY_UNIT, EventRule, INTO, MERGE, NOT_DUPLICATE, UNIT, Workflow, back, decides, event,
    needs, reviews, runs, settles, state, waits,
};

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
    "merged",
    "withdrawn",
];

pub(super) const PROBLEM: Workflow = Workflow {
    states: &[
        runs(waits(state("found", 0, "已发现", "found"), OFFICES)),
        runs(waits(state("verified", 10, "已核实", "verified"), OFFICES)),
        runs(waits(state("returned", 15, "已退件", "returned"), OFFICES)),
        runs(waits(
            state("transferred", 20, "已交办", "transferred"),
            LEAD,
        )),
        runs(waits(state("received", 30, "已签收", "received"), LEAD)),
        runs(waits(state("planned", 40, "已定方案", "planned"), LEAD)),
        runs(waits(state("rectifying", 50, "整改中", "rectifying"), LEAD)),
        waits(state("reported", 60, "已报结", "reported"), CONGRESS),
        waits(state("reviewed", 70, "已复核", "reviewed"), CONGRESS),
        state("closed", 80, "已销号", "closed"),
        state("merged", 85, "已并案", "merged"),
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
                &[UNIT],
            )
        },
        event(
            "receive",
            "签收",
            "receive",
            &["transferred"],
            Some("received"),
            LEAD,
        ),
        needs(
            event(
                "return",
                "退件",
                "return",
                &["transferred", "received"],
                Some("returned"),
                LEAD,
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
            &[UNIT, "reason"],
        ),
        event(
            "plan",
            "制定方案",
            "plan",
            &["received"],
            Some("planned"),
            LEAD,
        ),
        event(
            "start",
            "开始整改",
            "start work",
            &["received", "planned"],
            Some("rectifying"),
            LEAD,
        ),
        event(
            "report",
            "报结",
            "report done",
            AT_WORK,
            Some("reported"),
            LEAD,
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
                LEAD,
            ),
            &["until", "reason"],
        ),
        needs(
            event("extend", "批准延期", "give time", UNDER_WAY, None, CONGRESS),
            &["until"],
        ),
        needs(
            event(
                "refuse_extension",
                "不准延期",
                "refuse time",
                UNDER_WAY,
                None,
                CONGRESS,
            ),
            &["reason"],
        ),
        needs(
            event(
                "pause",
                "中止计时",
                "pause the clock",
                UNDER_WAY,
                None,
                CONGRESS,
            ),
            &["reason"],
        ),
        event(
            "resume",
            "恢复计时",
            "resume the clock",
            UNDER_WAY,
            None,
            CONGRESS,
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
                LEAD_AND_CONGRESS,
            ),
            &["text"],
        ),
        needs(
            event(
                ASSIST,
                "协办答复",
                "answer as a co-department",
                UNDER_WAY,
                None,
                CO,
            ),
            &[BY_UNIT, "text"],
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
            event(MERGE, "并案", "merge", ALL_OPEN, Some("merged"), OFFICES),
            &[INTO],
        ),
        back(event(
            "unmerge",
            "撤销并案",
            "undo the merging",
            &["merged"],
            None,
            OFFICES,
        )),
        needs(
            event(
                NOT_DUPLICATE,
                "不是重复",
                "not a duplicate",
                ALL_STATES,
                None,
                OFFICES,
            ),
            &["of"],
        ),
        decides(ALL_STATES),
    ],
};

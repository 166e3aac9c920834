//! The lives of inspections and of all other kinds.
//!
//! Data only. Frozen words; new events are added.

use super::by::{CONGRESS, FIELD_AND_OFFICES, OFFICES, WRITERS};
use super::{Workflow, decides, event, needs, runs, settles, state};

const INSPECTION_STATES: &[&str] = &["open", "submitted", "checked", "withdrawn"];

pub(super) const INSPECTION: Workflow = Workflow {
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
        decides(INSPECTION_STATES),
    ],
};

const OTHER_STATES: &[&str] = &["open", "done", "withdrawn"];

pub(super) const OTHER: Workflow = Workflow {
    states: &[
        runs(state("open", 0, "进行中", "open")),
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
        decides(OTHER_STATES),
    ],
};

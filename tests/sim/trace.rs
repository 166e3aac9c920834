//! The last steps of a simulation, for whoever has to understand a failure.
//!
//! Never unbounded: only the last lines are kept.

use std::cell::RefCell;
use std::collections::VecDeque;

use liandu_core::time::Timestamp;

const LINES: usize = 120;

thread_local! {
    static TRACE: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) };
}

/// Notes what happens.
pub(crate) fn say(now: Timestamp, what: impl FnOnce() -> String) {
    let line = format!("{} {}", now.iso(), what());
    if std::env::var_os("LIANDU_SIM_TRACE").is_some() {
        eprintln!("{line}");
    }
    TRACE.with_borrow_mut(|trace| {
        if trace.len() == LINES {
            trace.pop_front();
        }
        trace.push_back(line);
    });
}

/// Every event, for whoever asks with `LIANDU_SIM_TRACE=all`.
pub(crate) fn detail(now: Timestamp, what: impl FnOnce() -> String) {
    if std::env::var_os("LIANDU_SIM_TRACE").is_some_and(|asked| asked == "all") {
        eprintln!("{} . {:.320}", now.iso(), what());
    }
}

/// Forgets and gives what was noted.
pub(crate) fn take() -> Vec<String> {
    TRACE.with_borrow_mut(|trace| trace.drain(..).collect())
}

//! Adds up what the test runners say: the summaries of nextest, vitest and Playwright,
//! libtest's result lines. It never guesses: a line it does not know counts for nothing.

use std::fmt;

/// Whose report is read. nextest shows the output of failed tests, which holds libtest's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Runner {
    Libtest,
    Nextest,
    Vitest,
    Playwright,
}

/// How many tests went well and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    /// Takes in one line of a runner's output, without colours.
    pub(crate) fn look(&mut self, runner: Runner, line: &str) {
        let line = line.trim();
        let (begin, split) = match runner {
            Runner::Libtest => ("test result:", ". "),
            Runner::Nextest => ("Summary [", "run:"),
            Runner::Vitest => ("Tests ", " "),
            // One line for each word, with nothing before it.
            Runner::Playwright => ("", ""),
        };
        if !line.starts_with(begin) {
            return;
        }
        let parts = line.split_once(split).map_or("", |(_, parts)| parts);
        let parts = without_brackets(parts);
        for part in parts.split([',', ';', '|']) {
            let Some((number, word)) = part.trim().split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed"
                | "timed out"
                | "exec failed"
                | "failed due to signal"
                | "flaky"
                | "interrupted"
                | "did not run" => {
                    self.failed += number;
                }
                _ => {}
            }
        }
    }
}

/// `7 passed (1 slow, 2 leaky), 1 failed` without what is explained in brackets.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_usize;
    text.chars()
        .filter(|letter| match letter {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

impl fmt::Display for Count {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed", self.passed, self.failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counted(runner: Runner, lines: &[&str]) -> (u64, u64) {
        let mut count = Count::default();
        for line in lines {
            count.look(runner, line);
        }
        (count.passed, count.failed)
    }

    #[test]
    fn libtest_lines_add_up() {
        let lines = [
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        ];
        assert_eq!(counted(Runner::Libtest, &lines), (5, 1));
    }

    #[test]
    fn nextest_summary_counts_every_way_to_fail() {
        let line = "     Summary [  61.2s] 9 tests run: 6 passed (1 slow, 2 leaky), 1 failed, 1 timed out, 1 exec failed, 4 skipped";
        assert_eq!(counted(Runner::Nextest, &[line]), (6, 3));
    }

    #[test]
    fn other_lines_count_for_nothing() {
        let lines = ["7 passed, 2 failed", "test a ... ok", "Summary"];
        assert_eq!(counted(Runner::Libtest, &lines), (0, 0));
        assert_eq!(counted(Runner::Nextest, &lines), (0, 0));
    }

    #[test]
    fn a_failed_test_shown_by_nextest_counts_once() {
        let lines = [
            "    test result: FAILED. 0 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
            "     Summary [   0.2s] 1 test run: 0 passed, 1 failed, 0 skipped",
        ];
        assert_eq!(counted(Runner::Nextest, &lines), (0, 1));
    }

    #[test]
    fn vitest_says_tests_after_files() {
        let mut count = Count::default();
        for line in [
            " Test Files  1 failed | 5 passed (6)",
            "      Tests  1 failed | 19 passed (20)",
        ] {
            count.look(Runner::Vitest, line);
        }
        assert_eq!(
            count,
            Count {
                passed: 19,
                failed: 1
            }
        );
    }

    #[test]
    fn playwright_says_each_word_on_a_line_of_its_own() {
        let lines = ["  2 failed", "  1 did not run", "  6 passed (1.1m)"];
        assert_eq!(counted(Runner::Playwright, &lines), (6, 3));
    }
}

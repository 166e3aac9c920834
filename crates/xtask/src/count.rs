//! Adds up what the test runners say: nextest's summary and libtest's result lines. It never
//! guesses: a line it does not know counts for nothing.

use std::fmt;

/// How many tests went well and how many did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    pub(crate) passed: u64,
    pub(crate) failed: u64,
}

impl Count {
    /// Takes in one line of a runner's output, without colours.
    pub(crate) fn look(&mut self, line: &str) {
        let line = line.trim();
        let parts = if let Some(rest) = line.strip_prefix("test result:") {
            rest.split_once(". ")
                .map_or("", |(_, parts)| parts)
                .to_owned()
        } else if line.starts_with("Summary [") {
            line.split_once("run:")
                .map_or(String::new(), |(_, parts)| without_brackets(parts))
        } else {
            return;
        };
        for part in parts.split([',', ';']) {
            let Some((number, word)) = part.trim().split_once(' ') else {
                continue;
            };
            let Ok(number) = number.parse::<u64>() else {
                continue;
            };
            match word {
                "passed" => self.passed += number,
                "failed" | "timed out" | "exec failed" | "failed due to signal" => {
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

    fn counted(lines: &[&str]) -> (u64, u64) {
        let mut count = Count::default();
        for line in lines {
            count.look(line);
        }
        (count.passed, count.failed)
    }

    #[test]
    fn libtest_lines_add_up() {
        let lines = [
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.00s",
            "test result: FAILED. 2 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out",
        ];
        assert_eq!(counted(&lines), (5, 1));
    }

    #[test]
    fn nextest_summary_counts_every_way_to_fail() {
        let line = "     Summary [  61.2s] 9 tests run: 6 passed (1 slow, 2 leaky), 1 failed, 1 timed out, 1 exec failed, 4 skipped";
        assert_eq!(counted(&[line]), (6, 3));
    }

    #[test]
    fn other_lines_count_for_nothing() {
        assert_eq!(
            counted(&["7 passed, 2 failed", "test a ... ok", "Summary"]),
            (0, 0)
        );
    }
}

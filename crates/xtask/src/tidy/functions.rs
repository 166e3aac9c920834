//! Counts the lines of function bodies by indentation, as rustfmt leaves them. It sees what
//! clippy's own lint does not: bodies inside macros and code left out by a cfg.

use super::{Finding, extension, is_made};

/// A function fits a screen.
const BODY_LINES_MAX: usize = 70;

pub(super) fn check(path: &str, text: &str, findings: &mut Vec<Finding>) {
    if extension(path) != "rs" || is_made(path) {
        return;
    }
    for (line, name, length) in bodies(text) {
        if length > BODY_LINES_MAX {
            let what = format!(
                "`{name}`: {length} 行 lines > {BODY_LINES_MAX}; 分支留在上层，枝叶另成函数 \
                 keep the branches, move the leaves out"
            );
            findings.push(Finding {
                path: path.to_owned(),
                line,
                what,
            });
        }
    }
}

/// Line number, name and length (without blank lines and comments) of every function with a body.
fn bodies(text: &str) -> Vec<(usize, &str, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    lines
        .iter()
        .enumerate()
        .filter_map(|(at, line)| {
            let name = function_name(line.trim_start())?;
            let indent = line.len() - line.trim_start().len();
            let opening = at
                + lines
                    .iter()
                    .skip(at)
                    .position(|line| ends_signature(line))?;
            if !lines.get(opening)?.trim_end().ends_with('{') {
                return None;
            }
            let length = lines
                .iter()
                .skip(opening + 1)
                .take_while(|line| !closes(line, indent))
                .filter(|line| counts(line.trim()))
                .count();
            Some((at + 1, name, length))
        })
        .collect()
}

/// The name behind `fn`, when the line begins a function.
fn function_name(line: &str) -> Option<&str> {
    let mut rest = line;
    loop {
        if let Some(name) = rest.strip_prefix("fn ") {
            let end = name.find(|letter: char| !letter.is_alphanumeric() && letter != '_')?;
            return name.get(..end);
        }
        let (word, after) = rest.split_once(' ')?;
        let known = matches!(
            word,
            "pub" | "const" | "async" | "unsafe" | "extern" | "default"
        ) || word.starts_with("pub(")
            || word.starts_with('"');
        if !known {
            return None;
        }
        rest = after;
    }
}

fn ends_signature(line: &str) -> bool {
    line.trim_end().ends_with(['{', '}', ';'])
}

fn closes(line: &str, indent: usize) -> bool {
    line.len() - line.trim_start().len() == indent && line.trim_start().starts_with('}')
}

fn counts(line: &str) -> bool {
    !line.is_empty() && !line.starts_with("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn long(lines: usize) -> String {
        let body = "        step();\n\n        // why\n".repeat(lines);
        format!(
            "impl X {{\n    pub(crate) async fn go(\n        &self,\n    ) -> u8 {{\n{body}    }}\n}}\n"
        )
    }

    #[test]
    fn the_limit_is_allowed_and_one_more_is_not() {
        for (lines, expected) in [(BODY_LINES_MAX, 0), (BODY_LINES_MAX + 1, 1)] {
            let mut findings = Vec::new();
            check("core/src/x.rs", &long(lines), &mut findings);
            assert_eq!(findings.len(), expected, "{lines}");
        }
    }

    #[test]
    fn functions_without_bodies_are_not_counted() {
        let text =
            "trait T {\n    fn a(&self);\n    fn b() {}\n}\n// fn c() {\nfn d() {\n    1;\n}\n";
        assert_eq!(bodies(text), [(6, "d", 1)]);
    }
}

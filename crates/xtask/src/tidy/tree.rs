//! Rules about where files lie and how large they are; never about what is in them.

use super::{Finding, extension, is_code};

const FILE_BYTES_MAX: usize = 1_500_000;
/// Fixed by the users of the project; everything else at the top is a dot file.
const TOP: [&str; 8] = [
    "Cargo.toml",
    "Cargo.lock",
    "README.md",
    "LICENSE",
    "crates",
    "server",
    "core",
    "tests",
];
/// Names that say nothing, and what they hide.
const NAMELESS: [&str; 7] = [
    "utils", "util", "helpers", "helper", "common", "misc", "shared",
];

pub(super) fn check(path: &str, bytes: usize, findings: &mut Vec<Finding>) {
    let mut found = |what: String| {
        findings.push(Finding {
            path: path.to_owned(),
            line: 0,
            what,
        })
    };
    let parts: Vec<&str> = path.split('/').collect();
    if let Some(top) = parts.first()
        && !top.starts_with('.')
        && !TOP.contains(top)
    {
        found(format!(
            "顶层只放 the top level holds only: {}",
            TOP.join(" ")
        ));
    }
    if bytes > FILE_BYTES_MAX {
        found(format!(
            "{bytes} 字节 bytes > {FILE_BYTES_MAX}: 取一段或压缩 take a slice or pack it"
        ));
    }
    if !is_code(path) {
        return;
    }
    if parts.last() == Some(&"mod.rs") {
        found("用 foo.rs + foo/，不用 mod.rs: use foo.rs beside foo/".to_owned());
    }
    let nameless = parts
        .iter()
        .map(|part| stem(part))
        .find(|stem| NAMELESS.contains(stem));
    if let Some(name) = nameless {
        found(format!(
            "`{name}` 没有说明内容，以其概念命名 says nothing: name the idea in it"
        ));
    }
}

fn stem(part: &str) -> &str {
    match extension(part) {
        "" => part,
        extension => part
            .strip_suffix(extension)
            .unwrap_or(part)
            .trim_end_matches('.'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, bytes: usize) -> bool {
        let mut findings = Vec::new();
        check(path, bytes, &mut findings);
        !findings.is_empty()
    }

    #[test]
    fn places_and_sizes() {
        let cases = [
            ("core/src/lib.rs", 10, false),
            (".ci/run", 10, false),
            ("server/data/regions.csv", FILE_BYTES_MAX, false),
            ("server/data/regions.csv", FILE_BYTES_MAX + 1, true),
            ("docs/design.md", 10, true),
            ("Makefile", 10, true),
            ("core/src/record/mod.rs", 10, true),
            ("core/src/utils.rs", 10, true),
            ("tests/src/common/world.rs", 10, true),
            ("crates/web/src/helpers.ts", 10, true),
            ("core/src/common_room.rs", 10, false),
        ];
        for (path, bytes, expected) in cases {
            assert_eq!(broken(path, bytes), expected, "{path} {bytes}");
        }
    }
}

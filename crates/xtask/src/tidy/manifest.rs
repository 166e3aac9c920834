//! The direction of dependencies: core's list is closed, and nobody depends on what stands above
//! it. It reads Cargo.toml files line by line and knows only the forms this project uses.

use super::Finding;

/// All that core may be built on. A new one needs a reason in its own commit, and wasm.
const CORE: [&str; 11] = [
    "automerge",
    "data-encoding",
    "ed25519-dalek",
    "flate2",
    "hpke",
    "minicbor",
    "serde",
    "serde_json",
    "sha2",
    "subtle",
    "thiserror",
];

/// Which of the project's own packages each may use, besides `liandu-core`.
const OWN: [(&str, &[&str]); 9] = [
    ("core/Cargo.toml", &[]),
    ("crates/device/Cargo.toml", &[]),
    ("crates/cli/Cargo.toml", &["liandu-device"]),
    ("crates/web/Cargo.toml", &["liandu-device"]),
    (
        "crates/bench/Cargo.toml",
        &["liandu-device", "liandu-server"],
    ),
    ("crates/fuzz/Cargo.toml", &["liandu-server"]),
    ("crates/xtask/Cargo.toml", &[]),
    ("server/Cargo.toml", &[]),
    (
        "tests/Cargo.toml",
        &["liandu-device", "liandu-server", "liandu-bench"],
    ),
];

pub(super) fn check(path: &str, text: &str, findings: &mut Vec<Finding>) {
    if !path.ends_with("Cargo.toml") {
        return;
    }
    let allowed = OWN
        .iter()
        .find(|(known, _)| *known == path)
        .map(|(_, allowed)| *allowed);
    for (line, name) in dependencies(text) {
        let mut found = |what: String| {
            findings.push(Finding {
                path: path.to_owned(),
                line,
                what,
            })
        };
        if path == "core/Cargo.toml" && !CORE.contains(&name) {
            found(format!(
                "core 的依赖是定好的 core's list is closed, `{name}` is not on it"
            ));
        }
        if let Some(allowed) = allowed
            && name.starts_with("liandu-")
            && name != "liandu-core"
            && !allowed.contains(&name)
        {
            found(format!(
                "`{name}` 在它之上 stands above it: 把共用部分移到 move what both need to core"
            ));
        }
    }
}

/// Line and name of every dependency outside `[dev-dependencies]` and the workspace's versions.
fn dependencies(text: &str) -> Vec<(usize, &str)> {
    let mut found = Vec::new();
    let mut inside = false;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(section) = line.strip_prefix('[') {
            let section = section.trim_end_matches(']');
            inside = section == "dependencies"
                || (section.starts_with("target.") && section.ends_with(".dependencies"));
            if let Some(name) = section.strip_prefix("dependencies.") {
                found.push((index + 1, name));
            }
        } else if inside && !line.is_empty() && !line.starts_with('#') {
            let end = line.find(['.', '=', ' ']).unwrap_or(line.len());
            found.push((index + 1, line.get(..end).unwrap_or(line)));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(path: &str, text: &str) -> usize {
        let mut findings = Vec::new();
        check(path, text, &mut findings);
        findings.len()
    }

    #[test]
    fn core_takes_only_what_is_on_its_list() {
        let good = "[dependencies]\nserde.workspace = true\n[dev-dependencies]\nproptest = \"1\"\n";
        assert_eq!(count("core/Cargo.toml", good), 0);
        let cases = [
            "[dependencies]\ntokio.workspace = true\n",
            "[dependencies.tokio]\nversion = \"1\"\n",
            "[target.'cfg(unix)'.dependencies]\nlibc = \"1\"\n",
            "[dependencies]\nliandu-device = { workspace = true }\n",
        ];
        for text in cases {
            assert_ne!(count("core/Cargo.toml", text), 0, "{text}");
        }
    }

    #[test]
    fn nobody_depends_on_what_stands_above() {
        let text = "[dependencies]\nliandu-core.workspace = true\nliandu-server.workspace = true\n";
        assert_eq!(count("tests/Cargo.toml", text), 0);
        assert_eq!(count("crates/device/Cargo.toml", text), 1);
        assert_eq!(
            count(
                "Cargo.toml",
                "[workspace.dependencies]\nliandu-server = 1\n"
            ),
            0
        );
    }
}

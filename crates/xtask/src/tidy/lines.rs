//! Rules about what may stand in a line and where; each names what to write instead.

use super::{Finding, extension, is_code, is_made};

const FILE_LINES_MAX: usize = 500;

/// Something that may not be written, except in some places.
struct Ban {
    /// Spelled in pieces where the rule would find itself.
    words: &'static [&'static str],
    place: Place,
    /// Path prefixes where it is right.
    except: &'static [&'static str],
    instead: &'static str,
}

/// Which part of which file a ban looks at.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Any text in git.
    Text,
    /// Source code with its comments.
    Source,
    /// Rust without comments and quoted text, below a folder ("" for all).
    Rust(&'static str),
}

const BANS: [Ban; 9] = [
    Ban {
        words: &[
            concat!("TO", "DO"),
            concat!("FIX", "ME"),
            concat!("XX", "X"),
        ],
        place: Place::Source,
        except: &[],
        instead: "做完，或写成议题 do it, or open an issue",
    },
    Ban {
        words: &[concat!("to", "do!("), concat!("unimple", "mented!")],
        place: Place::Source,
        except: &[],
        instead: "返回错误，或先不写该函数 return an error, or leave the function out",
    },
    Ban {
        words: &[concat!("/wo", "rk/"), concat!("shared", "/data")],
        place: Place::Text,
        except: &[],
        instead: "只写项目内路径与来源名称 write paths inside the project, and sources by name",
    },
    Ban {
        words: &[concat!("#[all", "ow("), concat!("#![all", "ow(")],
        place: Place::Rust(""),
        except: &[],
        instead: "#[expect(lint, reason = \"…\")]",
    },
    Ban {
        words: &["automerge::"],
        place: Place::Rust(""),
        except: &["core/"],
        instead: "liandu_core::record: 只有 core 懂 automerge, only core knows automerge",
    },
    Ban {
        words: &[concat!("automerge::", "sync")],
        place: Place::Rust(""),
        except: &["core/tests/record/foreign.rs"],
        instead: "liandu_core::protocol: automerge 的同步消息能使解码出错 its messages break its decoder",
    },
    Ban {
        words: &["ROOT, \""],
        place: Place::Rust("core/src/"),
        except: &["core/src/record/schema.rs"],
        instead: "schema.rs 的名字 the names in core/src/record/schema.rs",
    },
    Ban {
        words: &["unbounded_channel", "mpsc::unbounded", "mpsc::channel()"],
        place: Place::Rust(""),
        except: &[],
        instead: "有上限的队列 a bounded queue (channel(n), sync_channel(n)), n in limits.rs",
    },
    Ban {
        words: &["dyn Error>", "dyn std::error::Error>"],
        place: Place::Rust(""),
        except: &[],
        instead: "每个操作一个错误枚举 one error enum per operation; anyhow in programs",
    },
];

/// The index's engine is named in one file, so that it can be replaced there.
const SLED_FILE: &str = "server/src/index/sled.rs";
/// Its siblings and its parent use the module that wraps it, by that module's name.
const SLED_FOLDER: &str = "server/src/index/";
const SLED_PARENT: &str = "server/src/index.rs";

pub(super) fn check(path: &str, text: &str, findings: &mut Vec<Finding>) {
    let mut found = |line: usize, what: String| {
        findings.push(Finding {
            path: path.to_owned(),
            line,
            what,
        })
    };
    let lines = text.lines().count();
    if is_code(path) && !is_made(path) && lines > FILE_LINES_MAX {
        found(
            0,
            format!("{lines} 行 lines > {FILE_LINES_MAX}: 按主题拆开 split by idea"),
        );
    }
    if extension(path) == "rs" && !text.starts_with("//!") {
        found(
            1,
            "先用 //! 说明是什么、不做什么 begin with //!: what it is, what it never does".into(),
        );
    }
    for (index, line) in text.lines().enumerate() {
        let code = without_quotes(line);
        for ban in BANS.iter().filter(|ban| ban.covers(path)) {
            if let Some(word) = ban.word_in(line, &code) {
                found(index + 1, format!("`{word}` → {}", ban.instead));
            }
        }
        if extension(path) == "rs" && path != SLED_FILE && names_sled(path, &code) {
            found(
                index + 1,
                format!("`sled` → 只在 only in {SLED_FILE}; 别处用 Index trait elsewhere"),
            );
        }
    }
}

impl Ban {
    fn covers(&self, path: &str) -> bool {
        let inside = match self.place {
            Place::Text => true,
            Place::Source => is_code(path),
            Place::Rust(folder) => extension(path) == "rs" && path.starts_with(folder),
        };
        inside && !self.except.iter().any(|prefix| path.starts_with(prefix))
    }

    fn word_in(&self, line: &str, code: &str) -> Option<&'static str> {
        let seen = if matches!(self.place, Place::Rust(_)) {
            code
        } else {
            line
        };
        self.words.iter().copied().find(|word| seen.contains(word))
    }
}

/// Whether the line uses the engine itself rather than the module that wraps it.
fn names_sled(path: &str, code: &str) -> bool {
    code.match_indices("sled").any(|(at, word)| {
        let before = code.get(..at).unwrap_or_default();
        let after = code.get(at + word.len()..).unwrap_or_default();
        let whole = !before.ends_with(is_name) && !after.starts_with(is_name);
        let module = before.ends_with("index::")
            || (path.starts_with(SLED_FOLDER) && before.ends_with("super::"))
            || (path == SLED_PARENT && (before.ends_with("mod ") || !before.ends_with("::")));
        whole && !module
    })
}

fn is_name(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_'
}

/// The line without comments, and with nothing but the opening quote left of quoted text. A text
/// over several lines is not recognised; none of the bans needs that.
fn without_quotes(line: &str) -> String {
    let mut code = String::with_capacity(line.len());
    let mut letters = line.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '/' if letters.peek() == Some(&'/') => break,
            '\'' => {
                // A letter in quotes ('"', '\\'), not a lifetime.
                let mut ahead = letters.clone();
                let escaped = ahead.next() == Some('\\');
                if escaped {
                    ahead.next();
                }
                if ahead.next() == Some('\'') {
                    letters = ahead;
                }
            }
            '"' => {
                code.push('"');
                while let Some(inner) = letters.next() {
                    match inner {
                        '\\' => {
                            letters.next();
                        }
                        '"' => break,
                        _ => {}
                    }
                }
            }
            _ => code.push(letter),
        }
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    fn broken(path: &str, text: &str) -> bool {
        let mut findings = Vec::new();
        check(path, text, &mut findings);
        !findings.is_empty()
    }

    #[test]
    fn banned_words_and_where_they_are_right() {
        let cases = [
            ("core/src/a.rs", concat!("//! A\n// TO", "DO later\n"), true),
            ("README.md", concat!("- TO", "DO\n"), false),
            ("README.md", concat!("see /wo", "rk/x\n"), true),
            (
                "core/src/a.rs",
                concat!("//! A\n#[all", "ow(dead_code)]\n"),
                true,
            ),
            (
                "core/src/a.rs",
                "//! A\n#[expect(dead_code, reason = \"x\")]\n",
                false,
            ),
            ("server/src/a.rs", "//! A\nuse automerge::ROOT;\n", true),
            ("core/src/a.rs", "//! A\nuse automerge::ROOT;\n", false),
            ("core/src/a.rs", "//! A\ndoc.get(ROOT, \"f\")\n", true),
            (
                "core/src/record/schema.rs",
                "//! A\ndoc.get(ROOT, \"f\")\n",
                false,
            ),
            (
                "server/src/a.rs",
                "//! A\nlet (a, b) = mpsc::channel();\n",
                true,
            ),
            (
                "server/src/a.rs",
                "//! A\nlet (a, b) = mpsc::channel(8);\n",
                false,
            ),
            (
                "server/src/a.rs",
                "//! A\nlet x = \"mpsc::channel()\"; // dyn Error>\n",
                false,
            ),
        ];
        for (path, text, expected) in cases {
            assert_eq!(broken(path, text), expected, "{path}: {text}");
        }
    }

    #[test]
    fn only_one_file_names_the_engine() {
        let cases = [
            (SLED_FILE, "use sled::Db;", false),
            (SLED_PARENT, "mod sled;", false),
            (SLED_PARENT, "pub use sled::SledIndex;", false),
            (SLED_PARENT, "use ::sled::Db;", true),
            (
                "server/src/keeper.rs",
                "use crate::index::sled::SledIndex;",
                false,
            ),
            (
                "server/src/index/conformance.rs",
                "use super::sled::SledIndex;",
                false,
            ),
            ("server/src/index/conformance.rs", "use sled::Db;", true),
            ("server/src/keeper.rs", "use sled::Db;", true),
            ("server/src/keeper.rs", "use super::sled::Db;", true),
            ("server/src/keeper.rs", "// sled flushes lazily", false),
            ("server/src/keeper.rs", "let assled = 1;", false),
        ];
        for (path, line, expected) in cases {
            assert_eq!(
                broken(path, &format!("//! A\n{line}\n")),
                expected,
                "{path}: {line}"
            );
        }
    }

    #[test]
    fn files_begin_with_what_they_are_and_stay_short() {
        assert!(broken("core/src/a.rs", "fn main() {}\n"));
        let lines = |count: usize| "//! A\n".repeat(count);
        assert!(!broken("core/src/a.rs", &lines(FILE_LINES_MAX)));
        assert!(broken("core/src/a.rs", &lines(FILE_LINES_MAX + 1)));
        assert!(!broken(
            "core/tests/golden/a.rs",
            &lines(FILE_LINES_MAX + 1)
        ));
    }
}

//! What a check found, for people and as JSON.
//!
//! Never holds anything of a record but its id.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

/// Differences shown at once.
const SHOWN: usize = 20;

/// Which part is not as the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The log itself.
    Log,
    /// The index over it.
    Index,
    /// The office tables.
    Tables,
    /// Erased records that are still somewhere.
    Erased,
    /// Photos and files.
    Files,
    /// The last backup.
    Backup,
}

impl Part {
    /// Its word.
    pub fn as_str(self) -> &'static str {
        match self {
            Part::Log => "log",
            Part::Index => "index",
            Part::Tables => "tables",
            Part::Erased => "erased",
            Part::Files => "files",
            Part::Backup => "backup",
        }
    }
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Where.
    pub part: Part,
    /// What, in Chinese.
    pub zh: String,
    /// What, in English.
    pub en: String,
}

/// Everything a check found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Report {
    /// Whether log, index and tables agree and nothing is wrong.
    pub(crate) ok: bool,
    /// End of the log.
    pub(crate) position: u64,
    /// Segments of the log.
    pub(crate) segments: u64,
    /// Bytes of the log.
    pub(crate) bytes: u64,
    /// Entries read, erased ones included.
    pub(crate) entries: u64,
    /// Entries whose content was erased.
    pub(crate) entries_erased: u64,
    /// Positions lost by damage found earlier.
    pub(crate) entries_lost: u64,
    /// Records in the log.
    pub(crate) records: u64,
    /// Records erased.
    pub(crate) records_erased: u64,
    /// Edits outside of records (refused, held, forked, escrow).
    pub(crate) quarantined: u64,
    /// Rows of the index compared; none when there is no index.
    pub(crate) index_rows: Option<u64>,
    /// The index goes up to here.
    pub(crate) index_position: u64,
    /// Records compared with the tables; none when there are no tables.
    pub(crate) tables_records: Option<u64>,
    /// The tables go up to here.
    pub(crate) tables_position: u64,
    /// Photos and files, each compared with its name.
    pub(crate) files: u64,
    /// What became of the last backup, when it was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) backup: Option<String>,
    /// What is wrong.
    pub(crate) problems: Vec<Problem>,
}

impl Report {
    pub(crate) fn problem(&mut self, part: Part, zh: impl Into<String>, en: impl Into<String>) {
        self.problems.push(Problem {
            part,
            zh: zh.into(),
            en: en.into(),
        });
    }

    pub(crate) fn has(&self, part: Part) -> bool {
        self.problems.iter().any(|problem| problem.part == part)
    }

    /// What it comes to and what to do, in Chinese and English.
    pub(crate) fn conclusion(&self) -> (&'static str, &'static str) {
        let only = |part: Part| self.problems.iter().all(|problem| problem.part == part);
        if self.ok && self.index_rows.is_none() {
            ("日志与办公表一致", "log and tables agree")
        } else if self.ok {
            ("日志、索引、办公表一致", "log, index and tables agree")
        } else if self.has(Part::Log) {
            (
                "日志有损坏。请先做一次备份，再重新启动服务器：设备会补送它们还有的内容；\
                 损坏的原文件以 .damaged-n 保留。",
                "The log is damaged. Back up, then start the server again: devices send again what \
                 they have; damaged files are kept beside.",
            )
        } else if only(Part::Files) {
            (
                "日志、索引、办公表一致；把不符的文件移走，再从备份取回或请上传者重传",
                "Log, index and tables agree: move the wrong files away, bring them back from a \
                 backup or have them sent again.",
            )
        } else if only(Part::Backup) {
            (
                "日志与办公表一致；请重新备份到新目录",
                "Log and tables agree: back up again to a new folder.",
            )
        } else {
            (
                "日志完好；停下服务器，用 check --repair 重建索引和办公表",
                "The log is good: stop the server, `check --repair` makes index and tables again \
                 from it.",
            )
        }
    }

    /// For people.
    pub(crate) fn text(&self) -> String {
        let mut text = format!(
            "日志 log      {} 段 segments, {} 字节 bytes, {} 条 entries（已抹去 erased {}，已丢失 lost {}），到位置 up to {}\n",
            self.segments,
            self.bytes,
            self.entries,
            self.entries_erased,
            self.entries_lost,
            self.position
        );
        // Writing to a String cannot fail.
        let _ = writeln!(
            text,
            "记录 records  {} 条，隔离区 quarantined {} 条，已依法删除 erased {} 条",
            self.records, self.quarantined, self.records_erased
        );
        let _ = match self.index_rows {
            Some(rows) => writeln!(
                text,
                "索引 index    比对 compared {rows} 行 rows，到位置 up to {}",
                self.index_position
            ),
            None => writeln!(
                text,
                "索引 index    没有，下次启动时自动重建 (none: made at the next start)"
            ),
        };
        let _ = match self.tables_records {
            Some(records) => writeln!(
                text,
                "办公表 tables 比对 compared {records} 条记录 records，到位置 up to {}",
                self.tables_position
            ),
            None => writeln!(
                text,
                "办公表 tables 没有，下次启动时自动重建 (none: made at the next start)"
            ),
        };
        let _ = writeln!(text, "文件 files    核对 verified {} 个", self.files);
        for problem in self.problems.iter().take(SHOWN) {
            let _ = writeln!(text, "✗ {} ({})", problem.zh, problem.en);
        }
        if self.problems.len() > SHOWN {
            let more = self.problems.len().saturating_sub(SHOWN);
            let _ = writeln!(text, "… 另有 {more} 处 (and {more} more)");
        }
        let (zh, en) = self.conclusion();
        let _ = write!(text, "结论 result: {zh}\n{en}");
        text
    }
}

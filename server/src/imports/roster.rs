//! Groups and people from CSV files as offices keep them.
//!
//! Never guesses: a row that is not right is named with its line, and then nothing is imported.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use liandu_core::authority::Directory;
use liandu_core::id::{DomainId, GroupId, PersonId, RegionCode, UnitId};
use liandu_core::log::{GrantEntry, GroupRow, MembershipRow, PersonRow};
use liandu_core::policy::Role;

/// Problems shown at once.
const PROBLEMS_SHOWN: usize = 20;

/// Why nothing was read. Shown to the administrator as it is.
#[derive(Debug, thiserror::Error)]
pub enum RosterError {
    /// Name another file or allow reading it.
    #[error("不能读取 {path} (cannot read the file)")]
    Read {
        /// Which.
        path: PathBuf,
        /// What the disk said.
        source: std::io::Error,
    },
    /// Save it again as UTF-8.
    #[error(
        "{0} 不是 UTF-8 编码，请在 Excel 中另存为“CSV UTF-8” \
         (not UTF-8: save it again as \"CSV UTF-8\")"
    )]
    Encoding(PathBuf),
    /// The first line must name the columns.
    #[error("{path} 第一行应为列名：{wanted}；{wrong} (the first line names the columns)")]
    Columns {
        /// Which.
        path: PathBuf,
        /// The columns.
        wanted: String,
        /// What is missing or unknown.
        wrong: String,
    },
    /// Rows that are not right.
    #[error("{path} 有 {count} 处错误，未导入任何内容 (nothing was imported):\n{shown}")]
    Rows {
        /// Which.
        path: PathBuf,
        /// How many.
        count: usize,
        /// The first of them.
        shown: String,
    },
}

/// Columns of a file: those that it must have, and those that it may have.
struct Columns {
    needed: &'static [&'static str],
    others: &'static [&'static str],
}

const GROUPS: Columns = Columns {
    needed: &["code", "name", "region"],
    others: &["domain", "kind"],
};
const PEOPLE: Columns = Columns {
    needed: &["code", "name", "region"],
    others: &["level", "group", "member_kind", "role", "leader", "unit"],
};

/// One line of a file, by column.
struct Row<'a> {
    line: u64,
    cells: BTreeMap<&'a str, &'a str>,
}

impl Row<'_> {
    fn text(&self, column: &str) -> &str {
        self.cells.get(column).copied().unwrap_or("").trim()
    }

    /// A name: it must be there.
    fn name(&self) -> Result<String, Wrong> {
        let name = self.text("name").to_owned();
        if name.is_empty() {
            Err(self.wrong("name"))
        } else {
            Ok(name)
        }
    }

    /// A cell that must be there and right.
    fn must<T: std::str::FromStr>(&self, column: &'static str) -> Result<T, Wrong> {
        self.text(column).parse().map_err(|_| self.wrong(column))
    }

    /// A cell that may be empty.
    fn may<T: std::str::FromStr>(&self, column: &'static str) -> Result<Option<T>, Wrong> {
        if self.text(column).is_empty() {
            Ok(None)
        } else {
            self.must(column).map(Some)
        }
    }

    fn wrong(&self, column: &'static str) -> Wrong {
        Wrong {
            line: self.line,
            column,
            value: self.text(column).to_owned(),
            twice: false,
        }
    }
}

/// A cell that is not right.
struct Wrong {
    line: u64,
    column: &'static str,
    value: String,
    twice: bool,
}

impl std::fmt::Display for Wrong {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Wrong {
            line,
            column,
            value,
            twice,
        } = self;
        write!(f, "  第 {line} 行 line {line}, {column}: ")?;
        match (value.is_empty(), twice) {
            (true, _) => f.write_str("空 (empty)"),
            (false, true) => write!(f, "“{value}” 重复 (twice)"),
            (false, false) => write!(f, "“{value}”{}", wanted(column)),
        }
    }
}

/// What a column's cells look like, for whoever mends the file.
fn wanted(column: &str) -> &'static str {
    match column {
        "region" => "，应为 2 至 12 位数字的地区代码，如 130123 (a region code of 2 to 12 digits)",
        "code" | "group" | "domain" => {
            "，代码只含字母、数字和 _ - .，最多 40 个 (a code: letters, digits and _ - . only, up to 40)"
        }
        "leader" => "，应为 yes 或 no (yes or no)",
        "role" => "，没有这个角色，见 admin users add --help (no such role: see that help)",
        _ => "",
    }
}

/// The content of a file.
pub fn content(path: &Path) -> Result<Vec<u8>, RosterError> {
    std::fs::read(path).map_err(|source| RosterError::Read {
        path: path.to_owned(),
        source,
    })
}

/// Reads groups: `code,name,region,domain,kind`. `path` names the file in errors.
pub fn groups(path: &Path, bytes: &[u8]) -> Result<Vec<GroupRow>, RosterError> {
    let mut known = BTreeMap::new();
    rows(path, bytes, &GROUPS, |row| {
        let code = row.must::<GroupId>("code")?;
        if known.insert(code.clone(), row.line).is_some() {
            return Err(Wrong {
                twice: true,
                ..row.wrong("code")
            });
        }
        Ok(GroupRow {
            code,
            name: row.name()?,
            region: row.must::<RegionCode>("region")?,
            domain: row.may::<DomainId>("domain")?,
            kind: row.text("kind").to_owned(),
        })
    })
}

/// Reads people, one line for each membership:
/// `code,name,level,region,group,member_kind,role,leader`. `path` names the file in errors.
pub fn people(path: &Path, bytes: &[u8]) -> Result<Vec<PersonRow>, RosterError> {
    let mut names: BTreeMap<PersonId, String> = BTreeMap::new();
    let lines = rows(path, bytes, &PEOPLE, |row| {
        let person = person(row)?;
        let name = names
            .entry(person.code.clone())
            .or_insert_with(|| person.name.clone());
        // One code for two people: their work would be mixed up.
        if *name == person.name {
            Ok(person)
        } else {
            Err(Wrong {
                twice: true,
                ..row.wrong("code")
            })
        }
    })?;
    let mut at: BTreeMap<PersonId, usize> = BTreeMap::new();
    let mut people: Vec<PersonRow> = Vec::with_capacity(lines.len());
    for line in lines {
        let index = *at.entry(line.code.clone()).or_insert(people.len());
        let Some(known) = people.get_mut(index) else {
            people.push(line);
            continue;
        };
        known.memberships.extend(line.memberships);
        let new = line
            .roles
            .into_iter()
            .filter(|role| !known.roles.contains(role));
        let new: Vec<GrantEntry> = new.collect();
        known.roles.extend(new);
    }
    Ok(people)
}

fn person(row: &Row<'_>) -> Result<PersonRow, Wrong> {
    let region = row.must::<RegionCode>("region")?;
    let leader = match row.text("leader") {
        "" | "false" | "0" | "no" | "否" => false,
        "true" | "1" | "yes" | "是" => true,
        _other => return Err(row.wrong("leader")),
    };
    let membership = row.may::<GroupId>("group")?.map(|group| MembershipRow {
        group,
        member_kind: row.text("member_kind").to_owned(),
        leader,
    });
    let role = row.text("role");
    if !role.is_empty() && Role::parse(role).is_none() {
        return Err(row.wrong("role"));
    }
    let unit = row.may::<UnitId>("unit")?;
    let given = GrantEntry {
        role: role.to_owned(),
        region: region.clone(),
        unit,
    };
    Ok(PersonRow {
        code: row.must::<PersonId>("code")?,
        name: row.name()?,
        level: row.text("level").to_owned(),
        region,
        memberships: membership.into_iter().collect(),
        roles: if role.is_empty() {
            Vec::new()
        } else {
            vec![given]
        },
    })
}

/// The first person whose group nobody knows, and that group.
pub fn unknown_group(
    directory: &Directory,
    groups: &[GroupRow],
    people: &[PersonRow],
) -> Option<(String, String)> {
    let new: BTreeSet<&str> = groups.iter().map(|group| group.code.as_str()).collect();
    people.iter().find_map(|person| {
        let mut memberships = person.memberships.iter();
        let unknown = memberships.find(|membership| {
            directory.group(&membership.group).is_none() && !new.contains(membership.group.as_str())
        })?;
        Some((person.code.to_string(), unknown.group.to_string()))
    })
}

fn rows<T>(
    path: &Path,
    bytes: &[u8],
    columns: &Columns,
    mut read: impl FnMut(&Row<'_>) -> Result<T, Wrong>,
) -> Result<Vec<T>, RosterError> {
    let failed = |source| RosterError::Read {
        path: path.to_owned(),
        source,
    };
    // Excel writes a byte order mark.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| RosterError::Encoding(path.to_owned()))?;
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .from_reader(text.as_bytes());
    let not_csv = |error: csv::Error| failed(std::io::Error::other(error.to_string()));
    let names = reader.headers().map_err(not_csv)?.clone();
    check_columns(path, columns, &names)?;
    let (mut good, mut wrong) = (Vec::new(), Vec::new());
    for record in reader.records() {
        let record = record.map_err(not_csv)?;
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cells = names.iter().map(str::trim).zip(record.iter()).collect();
        match read(&Row { line, cells }) {
            Ok(row) => good.push(row),
            Err(problem) => wrong.push(problem),
        }
    }
    if wrong.is_empty() {
        return Ok(good);
    }
    let shown: Vec<String> = wrong
        .iter()
        .take(PROBLEMS_SHOWN)
        .map(Wrong::to_string)
        .collect();
    let (count, shown) = (wrong.len(), shown.join("\n"));
    Err(RosterError::Rows {
        path: path.to_owned(),
        count,
        shown,
    })
}

fn check_columns(
    path: &Path,
    columns: &Columns,
    names: &csv::StringRecord,
) -> Result<(), RosterError> {
    let has = |wanted: &str| names.iter().any(|name| name.trim() == wanted);
    let known = |name: &str| columns.needed.contains(&name) || columns.others.contains(&name);
    let missing = columns.needed.iter().find(|name| !has(name));
    let unknown = names.iter().map(str::trim).find(|name| !known(name));
    let wrong = match (missing, unknown) {
        (Some(name), _) => format!("缺少 {name} (missing)"),
        (None, Some(name)) => format!("不认识 {name} (unknown)"),
        (None, None) => return Ok(()),
    };
    let wanted = format!(
        "{} [{}]",
        columns.needed.join(","),
        columns.others.join(",")
    );
    Err(RosterError::Columns {
        path: path.to_owned(),
        wanted,
        wrong,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups_of(text: &str) -> Result<Vec<GroupRow>, RosterError> {
        groups(Path::new("groups.csv"), text.as_bytes())
    }

    fn people_of(text: &str) -> Result<Vec<PersonRow>, RosterError> {
        people(Path::new("people.csv"), text.as_bytes())
    }

    #[test]
    fn person_in_two_groups_is_one_person_and_columns_may_stand_in_any_order() {
        let csv = "\u{feff}name,code,region,group,role,leader\n王一,p-1,130123,g-1,representative,true\n\
             王一,p-1,130123,g-2,representative,\n\n李二,p-2,130123,,,\n";
        let people = people_of(csv).unwrap();
        assert_eq!(people.len(), 2);
        assert_eq!(people[0].memberships.len(), 2);
        assert!(people[0].memberships[0].leader && !people[0].memberships[1].leader);
        assert_eq!(people[0].roles.len(), 1);
        assert!(people[1].memberships.is_empty() && people[1].roles.is_empty());
    }

    #[test]
    fn wrong_rows_are_named_with_line_and_column_and_nothing_is_read() {
        let csv = "code,name,region\ng-1,一组,130123\ng 2,二组,130123\ng-3,三组,石家庄\n";
        let said = groups_of(csv).unwrap_err().to_string();
        assert!(said.contains("line 3, code: “g 2”"), "{said}");
        assert!(said.contains("line 4, region: “石家庄”"), "{said}");
        assert!(said.contains("a region code of 2 to 12 digits"), "{said}");
        let csv = "code,name,region,role\np-1,王,130123,chief\n";
        assert!(
            people_of(csv)
                .unwrap_err()
                .to_string()
                .contains("role: “chief”")
        );
        let csv = "code,name,region\np-1,王,130123\np-1,李,130123\n";
        assert!(people_of(csv).unwrap_err().to_string().contains("twice"));
    }

    #[test]
    fn misspelled_columns_and_other_encodings_are_explained() {
        let said = groups_of("code,nmae,region\n").unwrap_err().to_string();
        assert!(said.contains("缺少 name"), "{said}");
        let said = groups_of("code,name,region,regin\n")
            .unwrap_err()
            .to_string();
        assert!(said.contains("不认识 regin"), "{said}");
        let gbk = b"code,name,region\ng-1,\xd2\xbb\xd7\xe9,130123\n";
        let said = groups(Path::new("groups.csv"), gbk);
        assert!(matches!(said, Err(RosterError::Encoding(_))));
    }
}

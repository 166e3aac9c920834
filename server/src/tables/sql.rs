//! A `WHERE` under construction: conditions and their numbered arguments.
//!
//! Never holds a value inside its text: values are arguments.

use liandu_core::id::RegionCode;
use rusqlite::types::Value as SqlValue;

/// A `WHERE` under construction: conditions and their numbered arguments.
#[derive(Debug, Default)]
pub(crate) struct Sql {
    /// Whether to look through provinces and cities in another order than by region: SQLite
    /// would sort all of a province for the first page of it.
    wide_regions_last: bool,
    conditions: Vec<String>,
    args: Vec<SqlValue>,
}

impl Sql {
    pub(crate) fn new(wide_regions_last: bool) -> Sql {
        Sql {
            wide_regions_last,
            ..Sql::default()
        }
    }

    fn arg(&mut self, value: SqlValue) -> String {
        self.args.push(value);
        format!("?{}", self.args.len())
    }

    pub(crate) fn text(&mut self, text: &str) -> String {
        self.arg(SqlValue::Text(text.to_owned()))
    }

    pub(crate) fn int(&mut self, int: i64) -> String {
        self.arg(SqlValue::Integer(int))
    }

    pub(crate) fn blob(&mut self, bytes: &[u8]) -> String {
        self.arg(SqlValue::Blob(bytes.to_vec()))
    }

    pub(crate) fn list(&mut self, values: &[String]) -> String {
        let marks: Vec<String> = values.iter().map(|value| self.text(value)).collect();
        format!("({})", marks.join(", "))
    }

    /// A region and its subtree as a range: codes are digits, and `:` follows `9`.
    pub(crate) fn region_range(&mut self, table: &str, region: &RegionCode) -> String {
        let from = self.text(region.prefix());
        let to = self.text(&format!("{}:", region.prefix()));
        // A plus sign keeps SQLite from using the index.
        let wide = self.wide_regions_last && region.prefix().len() <= 4;
        let plus = if wide { "+" } else { "" };
        format!("({plus}{table}.region >= {from} AND {plus}{table}.region < {to})")
    }

    pub(crate) fn and(&mut self, condition: &str) {
        self.conditions.push(condition.to_owned());
    }

    /// `WHERE …`, or nothing.
    pub(crate) fn conditions(&self) -> String {
        if self.conditions.is_empty() {
            return String::new();
        }
        format!("WHERE {}", self.conditions.join(" AND "))
    }

    pub(crate) fn args(&self) -> rusqlite::ParamsFromIter<&Vec<SqlValue>> {
        rusqlite::params_from_iter(&self.args)
    }
}

//! Laws from a table: a row for each article, with the law's name, the article's number and its
//! text.
//!
//! Never guesses and never takes a part: a cell that is wrong is named, and then there is no
//! library.

use std::collections::BTreeSet;

use liandu_core::limits;
use liandu_core::time::Day;
use serde::{Deserialize, Serialize};

use super::CellError;
use super::sheet::Table;

/// An article.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Article {
    /// Its number as it is cited: 第四十四条, or the head of a part of a duty document.
    pub article: String,
    /// Its text.
    pub text: String,
}

/// A law, or a document of a unit's duties.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Law {
    /// Its name.
    pub name: String,
    /// The day of the wording, when the table says.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub as_of: Option<String>,
    /// In the table's order.
    pub articles: Vec<Article>,
}

/// A library as phones read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Library {
    /// What the office calls this version.
    pub version: String,
    /// In the table's order.
    pub laws: Vec<Law>,
}

/// Heads of the columns, by either name.
const LAW: [&str; 2] = ["law", "法规名称"];
const ARTICLE: [&str; 2] = ["article", "条款"];
const TEXT: [&str; 2] = ["text", "条文"];
const AS_OF: [&str; 2] = ["as_of", "版本日期"];
/// What surrounds names where a record cites them.
const MARKS: [char; 4] = ['《', '》', '〔', '〕'];

/// A law is cited with and without it.
const STATE: &str = "中华人民共和国";

/// The name by which a law is found, however it is called.
fn short(name: &str) -> String {
    name.replace(STATE, "")
}

/// Whether a name can be cited and found again.
pub fn is_name(text: &str, bytes_max: usize) -> bool {
    let plain = |c: char| !c.is_control() && !MARKS.contains(&c);
    !text.is_empty() && text.len() <= bytes_max && text.chars().all(plain)
}

/// Where things are in a row.
struct Columns {
    law: usize,
    article: usize,
    text: usize,
    as_of: Option<usize>,
}

struct Reading<'t> {
    table: &'t Table,
    laws: Vec<Law>,
    seen: BTreeSet<(String, String)>,
    errors: Vec<CellError>,
}

/// Reads every row; all errors at once, so that they are mended at once.
pub fn library(table: &Table, version: &str) -> Result<Library, Vec<CellError>> {
    let mut reading = Reading {
        table,
        laws: Vec::new(),
        seen: BTreeSet::new(),
        errors: Vec::new(),
    };
    let Some(((head_row, heads), rows)) = table.rows.split_first() else {
        reading.wrong(
            1,
            0,
            ("表格是空的,请先填写", "the table is empty: fill it in"),
        );
        return Err(reading.errors);
    };
    let Some(columns) = reading.columns(*head_row, heads) else {
        return Err(reading.errors);
    };
    for (number, cells) in rows {
        reading.row(*number, cells, &columns);
    }
    if rows.is_empty() {
        reading.wrong(
            2,
            0,
            ("没有条文,请先填写", "there is no article: fill it in"),
        );
    }
    if reading.errors.is_empty() {
        let version = version.to_owned();
        let laws = reading.laws;
        Ok(Library { version, laws })
    } else {
        Err(reading.errors)
    }
}

impl Reading<'_> {
    fn wrong(&mut self, row: u32, column: usize, (zh, en): (&str, &str)) {
        self.errors.push(CellError {
            sheet: self.table.sheet.clone(),
            row,
            column: u32::try_from(column).unwrap_or(u32::MAX),
            zh: zh.to_owned(),
            en: en.to_owned(),
        });
    }

    fn columns(&mut self, row: u32, heads: &[String]) -> Option<Columns> {
        let at = |names: [&str; 2]| heads.iter().position(|head| names.contains(&head.as_str()));
        let found = (at(LAW), at(ARTICLE), at(TEXT));
        if let (Some(law), Some(article), Some(text)) = found {
            let as_of = at(AS_OF);
            return Some(Columns {
                law,
                article,
                text,
                as_of,
            });
        }
        let zh = "第一行应有“法规名称”“条款”“条文”三列(law, article, text),可再有“版本日期”(as_of)";
        let en = "the first row names the columns law, article, text, and as_of if you like";
        self.wrong(row, 0, (zh, en));
        None
    }

    fn row(&mut self, row: u32, cells: &[String], columns: &Columns) {
        let cell = |at: usize| cells.get(at).map_or("", String::as_str);
        let (law, article, text) = (cell(columns.law), cell(columns.article), cell(columns.text));
        for (at, name) in [(columns.law, law), (columns.article, article)] {
            if !is_name(name, limits::LIBRARY_NAME_BYTES_MAX) {
                let zh = "应填名称,不超过 60 个汉字,不含《》〔〕";
                let en = "give a name of at most 200 bytes without 《》〔〕";
                self.wrong(row, at.saturating_add(1), (zh, en));
            }
        }
        if text.is_empty() || text.len() > limits::LIBRARY_TEXT_BYTES_MAX {
            let zh = "应填条文,不超过 6000 个汉字;过长请分款";
            let en = "give the text, at most 20,000 bytes: divide a longer one";
            self.wrong(row, columns.text.saturating_add(1), (zh, en));
        }
        if !self.seen.insert((law.to_owned(), article.to_owned())) {
            let zh = "这一条在前面已经有了,请删去一处";
            let en = "this article is above already: delete one of them";
            self.wrong(row, columns.article.saturating_add(1), (zh, en));
        }
        self.law(row, law, cells, columns);
        let article = Article {
            article: article.to_owned(),
            text: text.to_owned(),
        };
        if let Some(known) = self.laws.iter_mut().find(|known| known.name == law) {
            known.articles.push(article);
        }
    }

    /// The law of a row is known from here on, by one name and with one day.
    fn law(&mut self, row: u32, law: &str, cells: &[String], columns: &Columns) {
        let stated = columns
            .as_of
            .and_then(|at| cells.get(at).map(|day| (at, day.as_str())));
        let stated = stated.filter(|(_, day)| !day.is_empty());
        if let Some((at, day)) = stated
            && Day::parse(day).is_none()
        {
            let zh = "版本日期应是存在的日期,写成 2020-06-01";
            let en = "give a day of the calendar as 2020-06-01";
            self.wrong(row, at.saturating_add(1), (zh, en));
        }
        let stated = stated.filter(|(_, day)| Day::parse(day).is_some());
        let mut same = self.laws.iter_mut();
        let Some(known) = same.find(|known| short(&known.name) == short(law)) else {
            return self.laws.push(Law {
                name: law.to_owned(),
                as_of: stated.map(|(_, day)| day.to_owned()),
                articles: Vec::new(),
            });
        };
        let other_name = known.name != law;
        let other_day = stated.filter(|(_, day)| {
            let first = known.as_of.get_or_insert_with(|| (*day).to_owned());
            first.as_str() != *day
        });
        if other_name {
            let zh = "这部法在前面用了另一个名称(有或没有“中华人民共和国”),请统一成一个";
            let en = "this law has another name above, with or without 中华人民共和国: use one";
            self.wrong(row, columns.law.saturating_add(1), (zh, en));
        }
        if let Some((at, _)) = other_day {
            let zh = "同一部法在前面是另一个版本日期,请改成一致;另一个版本请另行发布";
            let en = "this law has another as_of above: make them the same, or publish apart";
            self.wrong(row, at.saturating_add(1), (zh, en));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::imports::sheet;

    fn read(text: &str) -> Result<Library, Vec<CellError>> {
        library(&sheet::read(text.as_bytes()).unwrap(), "2020-06")
    }

    fn cells(text: &str) -> Vec<String> {
        let errors = read(text).unwrap_err();
        errors.iter().map(CellError::cell).collect()
    }

    #[test]
    fn laws_and_articles_keep_the_tables_order_and_their_paragraphs() {
        let text = "法规名称,版本日期,条款,条文\n水法,2016-07-02,第七条,\"一款\n二款\"\n职责,,二、取水,审批\n水法,,第八条,节约\n";
        let read = read(text).unwrap();
        assert_eq!((read.version.as_str(), read.laws.len()), ("2020-06", 2));
        assert_eq!(read.laws[0].as_of.as_deref(), Some("2016-07-02"));
        assert_eq!(read.laws[0].articles.len(), 2);
        assert_eq!(read.laws[0].articles[0].text, "一款\n二款");
        assert_eq!(read.laws[1].as_of, None);
    }

    #[test]
    fn every_wrong_cell_is_named_and_then_there_is_no_library() {
        assert_eq!(cells(""), ["1"]);
        assert_eq!(cells("law,article\nx,y\n"), ["1"]);
        assert_eq!(cells("law,article,text\n"), ["2"]);
        let long = "长".repeat(limits::LIBRARY_TEXT_BYTES_MAX / 3 + 1);
        let rows = format!(
            "law,article,text\n水法,第七条,取水\n水法,第七条,取水\n,第八条,x\n《水法》,第九条,x\n水法,第十条,\n水法,第十一条,{long}\n"
        );
        assert_eq!(cells(&rows), ["B3", "A4", "A5", "C6", "C7"]);
    }

    #[test]
    fn a_law_has_one_name_and_one_day_of_the_calendar() {
        let rows = "law,as_of,article,text\n水法,2016-07-02,第七条,x\n水法,,第八条,x\n水法,2009-08-27,第九条,x\n森林法,2020-02-30,第一条,x\n森林法,去年,第二条,x\n";
        assert_eq!(cells(rows), ["B4", "B5", "B6"]);
        let rows =
            "law,article,text\n中华人民共和国水法,第七条,x\n水法,第八条,x\n水法实施细则,第一条,x\n";
        assert_eq!(cells(rows), ["A3"]);
        let later = read("law,as_of,article,text\n水法,,第七条,x\n水法,2016-07-02,第八条,x\n");
        assert_eq!(later.unwrap().laws[0].as_of.as_deref(), Some("2016-07-02"));
    }
}

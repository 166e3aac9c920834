//! Rows as problems: heads are names or ids of the definition's fields, cells are read as those
//! fields want them.
//!
//! Never guesses: a head nobody knows, a code that is in no list and a day that is none are errors
//! at their cell.

use std::collections::BTreeMap;

use liandu_core::campaign::{Campaign, FieldDef, Label, ValueType};
use liandu_core::id::{FieldId, RegionCode};
use liandu_core::record::edit::Write;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;

use super::CellError;
use super::sheet::Table;

/// A problem that a row says.
#[derive(Debug, Clone, PartialEq)]
pub struct Row {
    /// Its number in the table.
    pub number: u32,
    /// Where it belongs.
    pub region: RegionCode,
    /// Its short values.
    pub writes: Vec<Write>,
    /// Its long texts.
    pub texts: BTreeMap<FieldId, String>,
}

/// What a column holds.
#[derive(Debug, Clone, Copy)]
enum Column<'c> {
    Field(&'c FieldDef),
    Text(&'c FieldId),
    Unknown,
}

const REQUIRED: [(&str, &str); 3] = [
    ("title", "问题名称"),
    ("domain", "领域"),
    ("region", "行政区划"),
];

/// Reads every row; all errors at once, so that they are mended at once.
pub fn problems(table: &Table, campaign: &Campaign, source: &str) -> (Vec<Row>, Vec<CellError>) {
    let mut errors = Vec::new();
    let Some(((head_row, heads), lines)) = table.rows.split_first().map(|(h, l)| (h.clone(), l))
    else {
        let (zh, en) = ("表格是空的,请先填写", "the table is empty: fill it in");
        errors.push(error(table, 1, 0, zh, en));
        return (Vec::new(), errors);
    };
    let columns: Vec<Column<'_>> = heads.iter().map(|head| column(campaign, head)).collect();
    for (at, (head, column)) in (1u32..).zip(heads.iter().zip(&columns)) {
        if matches!(column, Column::Unknown) && !head.is_empty() {
            let zh = format!("没有“{head}”这一项,请改用表单里的名称,或删去这一列");
            let en =
                format!("no field is called {head}: use a name of the form, or drop the column");
            errors.push(error(table, head_row, at, &zh, &en));
        }
    }
    for (id, name) in REQUIRED {
        let there = |column: &Column<'_>| {
            if let Column::Field(field) = column {
                field.id.as_str() == id
            } else {
                false
            }
        };
        if !columns.iter().any(there) {
            let zh = format!("缺少“{name}”一列");
            errors.push(error(
                table,
                head_row,
                0,
                &zh,
                &format!("the column {id} is missing"),
            ));
        }
    }
    let mut rows = Vec::with_capacity(lines.len());
    for (number, cells) in lines {
        rows.extend(row(
            table,
            campaign,
            &columns,
            (*number, cells),
            source,
            &mut errors,
        ));
    }
    (rows, errors)
}

fn error(table: &Table, row: u32, column: u32, zh: &str, en: &str) -> CellError {
    CellError {
        sheet: table.sheet.clone(),
        row,
        column,
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

fn is_named(label: &Label, id: &str, head: &str) -> bool {
    [label.zh.as_str(), id].contains(&head) || label.en.eq_ignore_ascii_case(head)
}

fn column<'c>(campaign: &'c Campaign, head: &str) -> Column<'c> {
    let Some(kind) = campaign.kinds.get(&Kind::Problem) else {
        return Column::Unknown;
    };
    let field = kind
        .fields
        .iter()
        .find(|f| is_named(&f.label, f.id.as_str(), head));
    let text = kind
        .texts
        .iter()
        .find(|t| is_named(&t.label, t.id.as_str(), head));
    match (field, text) {
        (Some(field), _) => Column::Field(field),
        (None, Some(text)) => Column::Text(&text.id),
        (None, None) => Column::Unknown,
    }
}

fn row(
    table: &Table,
    campaign: &Campaign,
    columns: &[Column<'_>],
    (number, cells): (u32, &[String]),
    source: &str,
    errors: &mut Vec<CellError>,
) -> Option<Row> {
    let before = errors.len();
    let (mut region, mut texts) = (None, BTreeMap::new());
    let mut values: BTreeMap<FieldId, Value> = BTreeMap::new();
    for (at, (column, cell)) in (1u32..).zip(columns.iter().zip(cells)) {
        if cell.is_empty() {
            continue;
        }
        match column {
            Column::Unknown => {}
            Column::Text(id) => {
                texts.insert((*id).clone(), cell.clone());
            }
            Column::Field(field) => match value(campaign, field, cell) {
                Ok(value) => {
                    if field.id.as_str() == "region" {
                        region = RegionCode::new(cell).ok();
                    }
                    values.insert(field.id.clone(), value);
                }
                Err((zh, en)) => errors.push(error(table, number, at, &zh, &en)),
            },
        }
    }
    for (id, name) in REQUIRED {
        let column = columns
            .iter()
            .position(|column| matches!(column, Column::Field(field) if field.id.as_str() == id));
        let Some(column) = column else { continue };
        if cells.get(column).is_none_or(String::is_empty) {
            let at = u32::try_from(column).unwrap_or(0).saturating_add(1);
            let zh = format!("“{name}”不能为空,请填写");
            errors.push(error(
                table,
                number,
                at,
                &zh,
                &format!("{id} is empty: fill it in"),
            ));
        }
    }
    let has_source = values.keys().any(|id| id.as_str() == "source");
    if let Ok(id) = FieldId::new("source")
        && !has_source
    {
        values.insert(id, Value::text(source));
    }
    let writes = values.into_iter().map(|(id, value)| Write {
        path: Path::Field(id),
        value,
    });
    (errors.len() == before).then_some(())?;
    Some(Row {
        number,
        region: region?,
        writes: writes.collect(),
        texts,
    })
}

type Wrong = (String, String);

fn wrong(zh: &str, en: &str) -> Wrong {
    (zh.to_owned(), en.to_owned())
}

fn value(campaign: &Campaign, field: &FieldDef, cell: &str) -> Result<Value, Wrong> {
    match field.value {
        ValueType::Text | ValueType::Person | ValueType::Unit => Ok(Value::text(cell)),
        ValueType::Region => {
            let fits = RegionCode::new(cell).map(|_| Value::text(cell));
            fits.map_err(|_| {
                wrong(
                    "应为行政区划代码,如 130502",
                    "write a region's code, as 130502",
                )
            })
        }
        ValueType::Int => {
            let int = cell.parse().ok().filter(|int| {
                field
                    .range
                    .is_none_or(|(least, most)| (least..=most).contains(int))
            });
            int.map(Value::Int)
                .ok_or_else(|| wrong("应为范围内的整数", "write a whole number within its range"))
        }
        ValueType::Bool => match cell {
            "是" | "有" | "yes" | "true" | "TRUE" => Ok(Value::Bool(true)),
            "否" | "无" | "no" | "false" | "FALSE" => Ok(Value::Bool(false)),
            _other => Err(wrong("应为“是”或“否”", "write yes or no")),
        },
        ValueType::Date => day(cell)
            .map(Value::Text)
            .ok_or_else(|| wrong("应为日期,如 2026-11-27", "write a day, as 2026-11-27")),
        ValueType::Code => code(campaign, field, cell).map(Value::Text),
        ValueType::Codes => {
            let parts = cell.split([';', ';', '、', ',', ',']).map(str::trim);
            let codes = parts.filter(|part| !part.is_empty());
            let codes: Result<_, Wrong> = codes.map(|part| code(campaign, field, part)).collect();
            codes.map(Value::Codes)
        }
        ValueType::Time
        | ValueType::Position
        | ValueType::Quantity
        | ValueType::Record
        | ValueType::Hash
        | ValueType::Unknown => Err(wrong(
            "这一项不能从表格导入,请删去这一列,导入后再填",
            "this field is not brought in by tables: drop the column and fill it in afterwards",
        )),
    }
}

/// A code, or the name people read, of the field's list.
fn code(campaign: &Campaign, field: &FieldDef, cell: &str) -> Result<String, Wrong> {
    let list = field.code_list.as_deref().unwrap_or_default();
    let of_list = campaign
        .code_lists
        .get(list)
        .into_iter()
        .flat_map(|list| &list.codes);
    let codes = of_list.map(|code| (code.code.as_str(), &code.name));
    let domains = campaign.domains.iter().filter(|_| list == "domains");
    let domains = domains.map(|domain| (domain.id.as_str(), &domain.name));
    let all: Vec<(&str, &Label)> = codes.chain(domains).collect();
    let found = all.iter().find(|(code, name)| is_named(name, code, cell));
    found.map(|(code, _)| (*code).to_owned()).ok_or_else(|| {
        let some = |pick: fn(&Label) -> &str| {
            let names: Vec<&str> = all.iter().take(8).map(|(_, name)| pick(name)).collect();
            names.join(" / ")
        };
        (
            format!("“{cell}”不在选项中,应为:{}", some(|label| &label.zh)),
            format!(
                "{cell} is no option; write one of: {}",
                some(|label| &label.en)
            ),
        )
    })
}

/// `2026-11-27`, `2026/11/27`, `2026.11.27` or `2026年11月27日`.
fn day(cell: &str) -> Option<String> {
    let plain = cell
        .trim_end_matches('日')
        .replace(['/', '.', '年', '月'], "-");
    let mut parts = plain.split('-').map(|part| part.trim().parse::<u32>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let days = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _other => return None,
    };
    let fits = (1900..=2999).contains(&year) && (1..=days).contains(&day) && parts.next().is_none();
    fits.then(|| format!("{year:04}-{month:02}-{day:02}"))
}

#[cfg(test)]
mod tests {
    use liandu_core::campaign::hebei;

    use super::super::sheet;
    use super::*;

    fn read(csv: &str) -> (Vec<Row>, Vec<CellError>) {
        problems(
            &sheet::read(csv.as_bytes()).unwrap(),
            &hebei().unwrap(),
            "government",
        )
    }

    #[test]
    fn names_and_ids_of_fields_and_codes_are_read() {
        let (rows, errors) = read(
            "问题名称,domain,行政区划,问题描述,发现日期\n砂坑,mining,130502,未回填,2026/3/5\n",
        );
        assert_eq!(errors, []);
        let text = |id: &str| {
            let path: Path = format!("f/{id}").parse().unwrap();
            let write = rows[0].writes.iter().find(|write| write.path == path);
            write
                .map(|write| write.value.to_string())
                .unwrap_or_default()
        };
        assert_eq!(
            (text("domain").as_str(), text("found_on").as_str()),
            ("mining", "2026-03-05")
        );
        assert_eq!(
            (text("source").as_str(), rows[0].region.as_str()),
            ("government", "130502")
        );
        assert_eq!(rows[0].texts.values().next().unwrap(), "未回填");
    }

    #[test]
    fn every_wrong_cell_is_named_with_what_to_do() {
        let (rows, errors) = read(
            "问题名称,领域,行政区划,发现日期,天气预报\n,mining,130502,2026-02-30,晴\n坑,没有,邢台,2026-02-28,\n好,mining,130502,,\n",
        );
        let cells: Vec<String> = errors.iter().map(CellError::cell).collect();
        assert_eq!(cells, ["E1", "D2", "A2", "B3", "C3"]);
        assert!(
            errors
                .iter()
                .all(|error| !error.zh.is_empty() && !error.en.is_empty())
        );
        assert_eq!(rows.len(), 1, "the right row is read all the same");
        let (_, errors) = read("问题名称\n坑\n");
        assert_eq!(errors.len(), 2, "two columns are missing: {errors:?}");
    }

    #[test]
    fn days_are_days() {
        for (cell, day_) in [("2026年3月5日", "2026-03-05"), ("2024-02-29", "2024-02-29")] {
            assert_eq!(day(cell).as_deref(), Some(day_));
        }
        for none in [
            "2026-02-29",
            "2026-13-01",
            "26-1-1",
            "明天",
            "2026-1",
            "2026-1-1-1",
        ] {
            assert_eq!(day(none), None, "{none}");
        }
    }
}

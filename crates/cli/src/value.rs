//! What is typed for a value, by the type of its field; errors say what is allowed.
//!
//! Never guesses: a position needs its datum, an amount its unit.

use anyhow::{Context, bail};
use liandu_core::campaign::{Campaign, CodeList, ValueType};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::{Datum, GeoPosition, Quantity, Value};
use liandu_core::time::Timestamp;

/// The type and code list of a place.
pub(crate) fn type_of<'a>(
    campaign: &'a Campaign,
    kind: Kind,
    path: &Path,
) -> Option<(ValueType, Option<&'a str>)> {
    match path {
        Path::Field(id) => campaign
            .field(kind, id)
            .map(|def| (def.value, def.code_list.as_deref())),
        Path::Answer(id) => campaign
            .question(id)
            .map(|(_, question)| (question.answer.value, question.answer.code_list.as_deref())),
        Path::Item {
            collection, field, ..
        } => campaign
            .item_field(kind, collection, field)
            .map(|def| (def.value, def.code_list.as_deref())),
        Path::Text(_) | Path::State => None,
    }
}

/// Reads what was typed for a place. Nothing typed clears it.
pub(crate) fn read(
    campaign: &Campaign,
    kind: Kind,
    path: &Path,
    typed: &str,
) -> anyhow::Result<Value> {
    if typed.is_empty() {
        return Ok(Value::Empty);
    }
    let (value, list) = type_of(campaign, kind, path).with_context(|| {
        format!("{path}: 方案中没有这一项,见 liandu fields {kind} (no such field)")
    })?;
    let list = list.and_then(|list| campaign.code_lists.get(list));
    let value = of_type(campaign, value, list, typed).with_context(|| format!("{path}={typed}"))?;
    if let Err(error) = campaign.check(kind, path, &value) {
        bail!("{path}={typed}: {error}");
    }
    Ok(value)
}

fn of_type(
    campaign: &Campaign,
    value: ValueType,
    list: Option<&CodeList>,
    typed: &str,
) -> anyhow::Result<Value> {
    match value {
        ValueType::Int => {
            let int = typed.replace([',', ' '], "").parse();
            Ok(Value::Int(
                int.context("应为整数 (a whole number is needed)")?,
            ))
        }
        ValueType::Bool => match typed.to_lowercase().as_str() {
            "是" | "yes" | "y" | "true" | "1" => Ok(Value::Bool(true)),
            "否" | "no" | "n" | "false" | "0" => Ok(Value::Bool(false)),
            _ => bail!("应为 是/否 (yes or no is needed)"),
        },
        ValueType::Time => time(typed)
            .map(Value::Time)
            .context("时间写作 2020-04-12T08:30,北京时间 (a moment, Beijing time)"),
        ValueType::Date => Ok(Value::text(&typed.replace('/', "-"))),
        ValueType::Code => Ok(Value::Text(code(list, typed)?)),
        ValueType::Codes => {
            let words = typed
                .split([',', ',', '、'])
                .map(str::trim)
                .filter(|w| !w.is_empty());
            let codes = words.map(|word| code(list, word));
            Ok(Value::Codes(codes.collect::<anyhow::Result<_>>()?))
        }
        ValueType::Position => position(typed).map(Value::Position).context(
            "位置写作 37.7,115.7@wgs84±5;坐标系 wgs84、gcj02 或 cgcs2000,±米可省 \
             (latitude,longitude@datum±metres)",
        ),
        ValueType::Quantity => quantity(campaign, typed).map(Value::Quantity),
        ValueType::Text
        | ValueType::Person
        | ValueType::Unit
        | ValueType::Region
        | ValueType::Record
        | ValueType::Hash => Ok(Value::text(typed)),
        ValueType::Unknown => {
            bail!("应用版本过旧,不能填写此项 (the app is too old for this field)")
        }
    }
}

/// A code by itself or by its name.
fn code(list: Option<&CodeList>, typed: &str) -> anyhow::Result<String> {
    let Some(list) = list else {
        return Ok(typed.to_owned());
    };
    let is = |name: &str| name.eq_ignore_ascii_case(typed);
    let found = list
        .codes
        .iter()
        .find(|code| is(&code.code) || is(&code.name.zh) || is(&code.name.en));
    if let Some(code) = found {
        return Ok(code.code.clone());
    }
    let offered = list.codes.iter().filter(|code| !code.retired);
    let words: Vec<String> = offered
        .map(|code| format!("{} {}", code.code, code.name.zh))
        .collect();
    bail!(
        "没有这个选项 (not in the list)。可选 (allowed): {}",
        words.join("、")
    )
}

fn quantity(campaign: &Campaign, typed: &str) -> anyhow::Result<Quantity> {
    let split = typed
        .find(|c: char| !(c.is_ascii_digit() || matches!(c, '.' | '-' | '+' | ',')))
        .unwrap_or(typed.len());
    let (number, unit) = typed.split_at(split);
    let unit = unit.trim();
    let is = |name: &str| name.eq_ignore_ascii_case(unit);
    let found = campaign
        .units
        .iter()
        .find(|(code, of)| is(code) || is(&of.name.zh) || is(&of.name.en));
    let Some((code, _)) = found else {
        let words: Vec<String> = campaign
            .units
            .iter()
            .map(|(code, of)| format!("{code} {}", of.name.zh))
            .collect();
        bail!(
            "数量要带单位,如 1.2亩 (an amount needs its unit)。单位 (units): {}",
            words.join("、")
        );
    };
    let milli = thousandths(&number.replace(',', ""))
        .context("数量最多三位小数 (a number with at most three decimals)")?;
    Ok(Quantity {
        milli,
        unit: code.clone(),
    })
}

fn thousandths(number: &str) -> Option<i64> {
    scaled(number, 3)
}

/// A decimal number times 10 to the `places`; more decimals than that are no number.
fn scaled(number: &str, places: usize) -> Option<i64> {
    let (sign, number) = match number.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, number.strip_prefix('+').unwrap_or(number)),
    };
    let (whole, rest) = number.split_once('.').unwrap_or((number, ""));
    let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    if (whole.is_empty() && rest.is_empty())
        || !digits(whole)
        || !digits(rest)
        || rest.len() > places
    {
        return None;
    }
    let text = format!("{whole}{rest:0<places$}");
    text.parse::<i64>().ok().map(|value| sign * value)
}

fn position(typed: &str) -> Option<GeoPosition> {
    let (point, rest) = typed.split_once('@')?;
    let (datum, accuracy) = match rest.split_once(['±', '+']) {
        Some((datum, accuracy)) => (datum, Some(accuracy.trim_start_matches('-'))),
        None => (rest, None),
    };
    let datum = match datum.to_lowercase().replace('-', "").as_str() {
        "wgs84" => Datum::Wgs84,
        "gcj02" => Datum::Gcj02,
        "cgcs2000" => Datum::Cgcs2000,
        _ => return None,
    };
    let accuracy_cm = match accuracy {
        Some(metres) => {
            let metres = metres.trim_end_matches(['m', '米']);
            Some(u32::try_from(scaled(metres, 2)?).ok()?)
        }
        None => None,
    };
    let (lat, lon) = point.split_once([',', ','])?;
    let (lat_e7, lon_e7) = (scaled(lat.trim(), 7)?, scaled(lon.trim(), 7)?);
    Some(GeoPosition {
        lat_e7,
        lon_e7,
        datum,
        accuracy_cm,
    })
}

/// `2020-04-12T08:30[:15][Z]`; without `Z` as Beijing time.
pub(crate) fn time(typed: &str) -> Option<Timestamp> {
    let utc = typed.ends_with('Z');
    let typed = typed.trim_end_matches('Z');
    let (day, clock) = typed.split_once(['T', ' ']).unwrap_or((typed, "00:00"));
    let mut parts = day.splitn(3, '-').map(|part| part.parse::<i64>().ok());
    let (year, month, day) = (parts.next()??, parts.next()??, parts.next()??);
    let mut parts = clock.split(':').map(|part| part.parse::<f64>().ok());
    let (hour, minute) = (parts.next()??, parts.next()??);
    let second = parts.next().unwrap_or(Some(0.0))?;
    let fits = (1..=12).contains(&month) && (1..=31).contains(&day);
    if !fits || !(0.0..24.0).contains(&hour) || !(0.0..60.0).contains(&minute) {
        return None;
    }
    let seconds = hour * 3_600.0 + minute * 60.0 + second;
    let zone = if utc { 0 } else { 8 * 3_600_000 };
    // Whole milliseconds of one day: far below what f64 holds exactly.
    let ms = (seconds * 1_000.0).round() as i64;
    Some(Timestamp(days(year, month, day) * 86_400_000 + ms - zone))
}

/// Days since 1970-01-01 (Howard Hinnant, "chrono-compatible low-level date algorithms").
fn days(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let of_era = year.rem_euclid(400);
    let shifted = (month + 9) % 12;
    let of_year = (153 * shifted + 2) / 5 + day - 1;
    era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;
    use liandu_core::campaign::hebei;

    fn read_field(kind: Kind, field: &str, typed: &str) -> anyhow::Result<Value> {
        read(&hebei().unwrap(), kind, &Path::field(field).unwrap(), typed)
    }

    #[test]
    fn amounts_take_units_by_code_or_name_and_nothing_else() {
        let read = |typed| read_field(Kind::Problem, "baseline_amount", typed);
        let amount = |milli, unit: &str| {
            Value::Quantity(Quantity {
                milli,
                unit: unit.to_owned(),
            })
        };
        assert_eq!(read("1.2亩").unwrap(), amount(1_200, "mu"));
        assert_eq!(read("1.2mu").unwrap(), amount(1_200, "mu"));
        assert_eq!(read("55 m2").unwrap(), amount(55_000, "m2"));
        assert!(format!("{:#}", read("1.2").unwrap_err()).contains("亩"));
        assert!(read("1.2345亩").is_err());
        assert!(read("亩").is_err());
    }

    #[test]
    fn position_needs_its_datum() {
        let read = |typed| read_field(Kind::Inspection, "position", typed);
        let Value::Position(spot) = read("37.7,115.7@wgs84±5").unwrap() else {
            panic!()
        };
        assert_eq!((spot.lat_e7, spot.lon_e7), (377_000_000, 1_157_000_000));
        assert_eq!((spot.datum, spot.accuracy_cm), (Datum::Wgs84, Some(500)));
        assert!(matches!(
            read("37.7,115.7@GCJ-02").unwrap(),
            Value::Position(_)
        ));
        assert!(read("37.7,115.7").is_err());
        assert!(read("137.7,115.7@wgs84").is_err(), "off the globe");
    }

    #[test]
    fn codes_are_taken_by_name_and_errors_list_them() {
        let read = |typed| read_field(Kind::Problem, "domain", typed);
        assert_eq!(read("土地利用").unwrap(), Value::text("land"));
        assert_eq!(read("land").unwrap(), Value::text("land"));
        assert!(format!("{:#}", read("月球").unwrap_err()).contains("land"));
        assert_eq!(read("").unwrap(), Value::Empty);
        assert!(read_field(Kind::Problem, "no_such", "x").is_err());
    }

    #[test]
    fn moments_are_beijing_time_unless_they_say_so() {
        assert_eq!(time("2020-06-19T08:00"), Some(Timestamp(1_592_524_800_000)));
        assert_eq!(
            time("2020-06-19T00:00:00.123Z"),
            Some(Timestamp(1_592_524_800_123))
        );
        assert_eq!(time("1970-01-01T08:00"), Some(Timestamp(0)));
        assert_eq!(time("2020-13-01T00:00"), None);
        let date = read_field(Kind::Problem, "found_on", "2020/04/12").unwrap();
        assert_eq!(date, Value::text("2020-04-12"));
        assert!(read_field(Kind::Problem, "found_on", "2020-02-30").is_err());
    }
}

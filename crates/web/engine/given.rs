//! JSON from the screens into core's types: values, places, edits. The forms are those of the
//! office's API, except that moments are milliseconds.
//!
//! Never guesses: what does not fit is refused with the name of its place.

use std::collections::BTreeMap;

use liandu_core::id::{EventId, EventKind, FieldId};
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::path::Path;
use liandu_core::record::value::{GeoPosition, Quantity, Value, scaled};
use liandu_core::time::Timestamp;
use serde::Deserialize;

/// What does not fit. A mistake of the program, not of the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Unfit(pub(crate) String);

impl std::fmt::Display for Unfit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "内容不合要求,请重填 (does not fit): {}", self.0)
    }
}

impl std::error::Error for Unfit {}

/// A point, degrees and metres.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Point {
    lat: f64,
    lon: f64,
    datum: String,
    accuracy_m: Option<f64>,
}

/// An amount of units, to thousandths.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Amount {
    amount: f64,
    unit: String,
}

/// A value.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(crate) enum Given {
    Empty(()),
    Bool(bool),
    Int(i64),
    Text(String),
    Time { time_ms: i64 },
    Codes { codes: Vec<String> },
    Position { position: Point },
    Quantity { quantity: Amount },
}

impl Point {
    fn position(&self) -> Option<GeoPosition> {
        let accuracy_cm = match self.accuracy_m {
            Some(metres) => Some(u32::try_from(scaled(metres, 100.0, 4e9)?).ok()?),
            None => None,
        };
        GeoPosition::from_degrees(self.lat, self.lon, &self.datum, accuracy_cm)
    }
}

impl Given {
    fn value(self, place: &str) -> Result<Value, Unfit> {
        let unfit = || Unfit(place.to_owned());
        Ok(match self {
            Given::Empty(()) => Value::Empty,
            Given::Bool(bool) => Value::Bool(bool),
            Given::Int(int) => Value::Int(int),
            Given::Text(text) => Value::Text(text),
            Given::Time { time_ms } => Value::Time(Timestamp(time_ms)),
            Given::Codes { codes } => Value::Codes(codes.into_iter().collect()),
            Given::Position { position } => Value::Position(position.position().ok_or_else(unfit)?),
            Given::Quantity { quantity } => Value::Quantity(Quantity {
                milli: scaled(quantity.amount, 1000.0, 9e15).ok_or_else(unfit)?,
                unit: quantity.unit,
            }),
        })
    }
}

/// One value for one place.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenWrite {
    path: String,
    value: Given,
}

/// One replacement in a text.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenSplice {
    at: u64,
    delete: u64,
    insert: String,
}

/// One act on a record.
#[derive(Debug, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum GivenEdit {
    Set {
        writes: Vec<GivenWrite>,
    },
    EditText {
        field: String,
        splices: Vec<GivenSplice>,
    },
    ClearText {
        field: String,
    },
    Event {
        event: String,
        #[serde(default)]
        args: BTreeMap<String, Given>,
    },
    Resolve {
        path: String,
        value: Option<Given>,
        among: Vec<String>,
    },
}

/// Writes to fields, answers and items.
pub(crate) fn writes(given: Vec<GivenWrite>) -> Result<Vec<Write>, Unfit> {
    let write = |given: GivenWrite| {
        Ok(Write {
            path: parsed(&given.path)?,
            value: given.value.value(&given.path)?,
        })
    };
    given.into_iter().map(write).collect()
}

/// Long texts by field.
pub(crate) fn texts(given: BTreeMap<String, String>) -> Result<Vec<(FieldId, String)>, Unfit> {
    let text = |(field, text): (String, String)| Ok((text_id(&field)?, text));
    given.into_iter().map(text).collect()
}

/// Anything that is written as text.
pub(crate) fn parsed<T: std::str::FromStr>(text: &str) -> Result<T, Unfit> {
    text.parse().map_err(|_| Unfit(text.to_owned()))
}

fn text_id(field: &str) -> Result<FieldId, Unfit> {
    FieldId::new(field).map_err(|_| Unfit(field.to_owned()))
}

impl GivenEdit {
    /// The edit; `fresh` names it when it is an event.
    pub(crate) fn edit(self, fresh: EventId) -> Result<Edit, Unfit> {
        Ok(match self {
            GivenEdit::Set { writes: given } => Edit::Set {
                writes: writes(given)?,
            },
            GivenEdit::EditText { field, splices } => {
                let splices = splices.into_iter().map(|given| Splice {
                    at: given.at,
                    delete: given.delete,
                    insert: given.insert,
                });
                Edit::EditText {
                    field: text_id(&field)?,
                    splices: splices.collect(),
                }
            }
            GivenEdit::ClearText { field } => Edit::ClearText {
                field: text_id(&field)?,
            },
            GivenEdit::Event { event, args } => {
                let arg = |(name, given): (String, Given)| {
                    let value = given.value(&name)?;
                    Ok((name, value))
                };
                Edit::Event {
                    id: fresh,
                    event: EventKind::new(&event).map_err(|_| Unfit(event))?,
                    args: args.into_iter().map(arg).collect::<Result<_, Unfit>>()?,
                }
            }
            GivenEdit::Resolve { path, value, among } => {
                let among = among.iter().map(|write| parsed(write));
                let place = parsed(&path)?;
                // A text is resolved as it stands; anywhere else `null` is the empty value.
                let value = match (&place, value) {
                    (Path::Text(_), _) => None,
                    (_, None) => Some(Value::Empty),
                    (_, Some(given)) => Some(given.value(&path)?),
                };
                Edit::Resolve {
                    value,
                    path: place,
                    among: among.collect::<Result<_, _>>()?,
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(json: &str) -> Result<Value, Unfit> {
        let given: Given = serde_json::from_str(json).map_err(|e| Unfit(e.to_string()))?;
        given.value("f/x")
    }

    #[test]
    fn values_read_as_the_forms_of_the_api() {
        assert_eq!(value("null"), Ok(Value::Empty));
        assert_eq!(value("3"), Ok(Value::Int(3)));
        assert_eq!(value("\"land\""), Ok(Value::text("land")));
        assert_eq!(value("{\"time_ms\":5}"), Ok(Value::Time(Timestamp(5))));
        let amount = Value::Quantity(Quantity {
            milli: 1_200,
            unit: "mu".to_owned(),
        });
        assert_eq!(
            value("{\"quantity\":{\"amount\":1.2,\"unit\":\"mu\"}}"),
            Ok(amount)
        );
    }

    #[test]
    fn a_point_needs_a_known_datum_and_lies_on_the_globe() {
        let at = |lat: &str, datum: &str| {
            value(&format!(
                "{{\"position\":{{\"lat\":{lat},\"lon\":115.7,\"datum\":\"{datum}\",\"accuracy_m\":8}}}}"
            ))
        };
        assert!(matches!(at("37.7", "WGS-84"), Ok(Value::Position(spot))
            if spot.accuracy_cm == Some(800) && spot.lat_e7 == 377_000_000));
        assert!(at("37.7", "MARS").is_err());
        assert!(at("137.7", "WGS-84").is_err());
    }

    #[test]
    fn an_edit_that_names_no_place_is_refused_by_its_name() {
        let edit: GivenEdit =
            serde_json::from_str("{\"edit\":\"set\",\"writes\":[{\"path\":\"?\",\"value\":1}]}")
                .unwrap();
        assert_eq!(edit.edit(EventId([0; 16])), Err(Unfit("?".to_owned())));
    }
}

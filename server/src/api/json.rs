//! What travels as JSON: the one conversion from core's types to the office API's and back.
//!
//! Never decides who sees it. Only here and beside handlers does the server derive serde.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use liandu_core::campaign::Label;
use liandu_core::id::{GroupId, PersonId};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::{GeoPosition, Quantity, Value, scaled};
use liandu_core::record::view::{Conflict, Decided, Provenance, Written};
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::labels;
use crate::tables::Mark;
use crate::tables::time_text::moment;

/// The log position an answer is true for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AsOf {
    /// The life of the log, hexadecimal.
    #[schema(example = "9f86d081884c7d65")]
    pub epoch: String,
    /// Everything up to here is in the answer.
    pub position: u64,
}

impl From<&Mark> for AsOf {
    fn from(mark: &Mark) -> AsOf {
        AsOf {
            epoch: mark.epoch.hex(),
            position: mark.position.0,
        }
    }
}

/// A name in Chinese and English.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LabelJson {
    /// Chinese.
    pub zh: String,
    /// English.
    pub en: String,
}

impl From<&Label> for LabelJson {
    fn from(label: &Label) -> LabelJson {
        LabelJson {
            zh: label.zh.clone(),
            en: label.en.clone(),
        }
    }
}

/// A point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PositionJson {
    /// Latitude, degrees.
    #[schema(example = 37.7)]
    pub lat: f64,
    /// Longitude, degrees.
    #[schema(example = 115.7)]
    pub lon: f64,
    /// Coordinate system: `WGS-84`, `GCJ-02` or `CGCS2000`. Never converted by the server.
    #[schema(example = "GCJ-02")]
    pub datum: String,
    /// Radius of the fix, metres; absent when picked on a map.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_m: Option<f64>,
}

/// An amount.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuantityJson {
    /// How many units, to thousandths.
    #[schema(example = 1.2)]
    pub amount: f64,
    /// The unit's code.
    #[schema(example = "mu")]
    pub unit: String,
}

/// What a field holds: `null` (cleared), text, a whole number, true or false, or an object with
/// one key that says what it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum ValueJson {
    /// Cleared on purpose: `null`.
    Empty(()),
    /// Yes or no.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Text, a code, a date `2020-04-12`, an id.
    Text(String),
    /// A moment.
    Time {
        /// `2020-04-12T08:30:00.000Z`; other forms are read too, without zone as Beijing time.
        time: String,
    },
    /// Several codes.
    Codes {
        /// The codes.
        codes: Vec<String>,
    },
    /// A point.
    Position {
        /// The point.
        position: PositionJson,
    },
    /// An amount.
    Quantity {
        /// The amount.
        quantity: QuantityJson,
    },
    /// Written by a newer version; cannot be written here.
    Unknown {
        /// Its bytes, hexadecimal.
        unknown: String,
    },
}

impl From<&Value> for ValueJson {
    fn from(value: &Value) -> ValueJson {
        match value {
            Value::Empty => ValueJson::Empty(()),
            Value::Text(text) => ValueJson::Text(text.clone()),
            Value::Int(int) => ValueJson::Int(*int),
            Value::Bool(bool) => ValueJson::Bool(*bool),
            Value::Time(time) => ValueJson::Time { time: time.iso() },
            Value::Codes(codes) => ValueJson::Codes {
                codes: codes.iter().cloned().collect(),
            },
            Value::Position(position) => ValueJson::Position {
                position: position.into(),
            },
            Value::Quantity(quantity) => ValueJson::Quantity {
                quantity: QuantityJson {
                    amount: quantity.milli as f64 / 1000.0,
                    unit: quantity.unit.clone(),
                },
            },
            Value::Unknown(bytes) => ValueJson::Unknown {
                unknown: HEXLOWER.encode(bytes),
            },
        }
    }
}

impl From<&GeoPosition> for PositionJson {
    fn from(position: &GeoPosition) -> PositionJson {
        PositionJson {
            lat: position.lat_e7 as f64 / 1e7,
            lon: position.lon_e7 as f64 / 1e7,
            datum: position.datum.as_str().to_owned(),
            accuracy_m: position.accuracy_cm.map(|cm| f64::from(cm) / 100.0),
        }
    }
}

impl ValueJson {
    /// The value it stands for; none for what cannot be written (unknown, beyond range).
    pub fn value(&self) -> Option<Value> {
        Some(match self {
            ValueJson::Empty(()) => Value::Empty,
            ValueJson::Bool(bool) => Value::Bool(*bool),
            ValueJson::Int(int) => Value::Int(*int),
            ValueJson::Text(text) => Value::Text(text.clone()),
            ValueJson::Time { time } => Value::Time(moment(time)?),
            ValueJson::Codes { codes } => Value::Codes(codes.iter().cloned().collect()),
            ValueJson::Position { position } => Value::Position(position.value()?),
            ValueJson::Quantity { quantity } => Value::Quantity(Quantity {
                milli: scaled(quantity.amount, 1000.0, 9e15)?,
                unit: quantity.unit.clone(),
            }),
            ValueJson::Unknown { .. } => return None,
        })
    }
}

impl PositionJson {
    fn value(&self) -> Option<GeoPosition> {
        let accuracy_cm = match self.accuracy_m {
            None => None,
            Some(metres) => Some(u32::try_from(scaled(metres, 100.0, f64::from(u32::MAX))?).ok()?),
        };
        GeoPosition::from_degrees(self.lat, self.lon, &self.datum, accuracy_cm)
    }
}

/// Who wrote something and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ByJson {
    /// Names the write: `ACTOR@NUMBER`. A resolution names the writes it decides between.
    pub write: String,
    /// The person's code, when known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// For whom it was recorded (代录), when not for that person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<String>,
    /// The device.
    pub device: String,
    /// The device's clock; may be wrong.
    pub device_time: String,
    /// Where the office's log has it; absent before it arrived.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<ServerJson>,
}

/// Position and time at the office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ServerJson {
    /// Position in the log.
    pub position: u64,
    /// The server's clock.
    pub time: String,
}

impl From<&Provenance> for ByJson {
    fn from(by: &Provenance) -> ByJson {
        let server = |at: (liandu_core::id::Position, Timestamp)| ServerJson {
            position: at.0.0,
            time: at.1.iso(),
        };
        ByJson {
            write: by.write.to_string(),
            person: by.person.as_ref().map(PersonId::to_string),
            on_behalf_of: by.behalf.as_ref().map(PersonId::to_string),
            device: by.device.hex(),
            device_time: by.device_time.iso(),
            server: by.server.map(server),
        }
    }
}

/// One written value.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct WrittenJson {
    /// What.
    pub value: ValueJson,
    /// What people call it, when it is a state.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<LabelJson>,
    /// Who and when.
    pub by: ByJson,
}

impl From<&Written> for WrittenJson {
    fn from(written: &Written) -> WrittenJson {
        WrittenJson {
            value: (&written.value).into(),
            label: None,
            by: (&written.by).into(),
        }
    }
}

/// An open conflict.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ConflictJson {
    /// Where: `f/FIELD`, `a/QUESTION`, `i/COLLECTION/ITEM/FIELD`, `t/TEXT`, or `e` for the state.
    pub path: String,
    /// `values`, `late`, `cleared-while-edited`, `late-text` or `states`.
    pub kind: String,
    /// What it is between, the current one first.
    pub values: Vec<WrittenJson>,
}

impl ConflictJson {
    /// One of a record of that kind.
    pub(crate) fn of(kind: Kind, conflict: &Conflict) -> ConflictJson {
        let one = |written: &Written| at(kind, &conflict.path, written);
        ConflictJson {
            path: conflict.path.to_string(),
            kind: conflict.kind.as_str().to_owned(),
            values: conflict.values.iter().map(one).collect(),
        }
    }
}

/// A decision that can be taken back by an `undo` that names its write.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StandingJson {
    /// Where: as of a conflict.
    pub path: String,
    /// What for, by whom. Nothing for a text as it stands; for the state, the state.
    pub decision: WrittenJson,
}

impl StandingJson {
    /// One of a record of that kind.
    pub(crate) fn of(kind: Kind, decided: &Decided) -> StandingJson {
        StandingJson {
            path: decided.path.to_string(),
            decision: at(kind, &decided.path, &decided.decision),
        }
    }
}

/// What was written at a place; a state by its name.
fn at(kind: Kind, path: &Path, written: &Written) -> WrittenJson {
    let label = || {
        Some(LabelJson::from(&labels::of_state(
            kind,
            written.value.as_text()?,
        )?))
    };
    WrittenJson {
        label: (*path == Path::State).then(label).flatten(),
        ..WrittenJson::from(written)
    }
}

/// Who a record belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ScopeJson {
    /// Code of the region (GB/T 2260).
    #[schema(example = "130502")]
    pub region: String,
    /// Code of the group, absent for an office's own records.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// `group`, `office`, `contact`, or `referral`: the office `region` and the unit `group` only.
    pub audience: String,
}

impl From<&Scope> for ScopeJson {
    fn from(scope: &Scope) -> ScopeJson {
        ScopeJson {
            region: scope.region.to_string(),
            group: scope.group.as_ref().map(GroupId::to_string),
            audience: scope.audience.as_str().to_owned(),
        }
    }
}

/// Values by name.
pub(crate) type ValuesJson = BTreeMap<String, ValueJson>;

#[cfg(test)]
mod tests {
    use super::*;
    use liandu_core::record::value::Datum;

    #[test]
    fn every_value_survives_its_json() {
        let position = GeoPosition {
            lat_e7: 377_654_321,
            lon_e7: -1_157_123_457,
            datum: Datum::Cgcs2000,
            accuracy_cm: Some(481),
        };
        let values = [
            (Value::Empty, "null"),
            (Value::text("赵家圈镇"), "\"赵家圈镇\""),
            (Value::Int(-3), "-3"),
            (Value::Bool(true), "true"),
            (
                Value::Time(Timestamp(0)),
                r#"{"time":"1970-01-01T00:00:00.000Z"}"#,
            ),
            (
                Value::Codes(["a".to_owned(), "b".to_owned()].into()),
                r#"{"codes":["a","b"]}"#,
            ),
            (
                Value::Position(position),
                r#"{"position":{"lat":37.7654321,"lon":-115.7123457,"datum":"CGCS2000","accuracy_m":4.81}}"#,
            ),
            (
                Value::Quantity(Quantity {
                    milli: 1_234,
                    unit: "mu".to_owned(),
                }),
                r#"{"quantity":{"amount":1.234,"unit":"mu"}}"#,
            ),
        ];
        for (value, text) in values {
            let json = ValueJson::from(&value);
            assert_eq!(serde_json::to_string(&json).unwrap(), text);
            let back: ValueJson = serde_json::from_str(text).unwrap();
            assert_eq!(back.value(), Some(value));
        }
        assert_eq!(ValueJson::from(&Value::Unknown(vec![1])).value(), None);
        let far = r#"{"position":{"lat":91,"lon":0,"datum":"WGS-84"}}"#;
        assert_eq!(
            serde_json::from_str::<ValueJson>(far).unwrap().value(),
            None
        );
        assert!(serde_json::from_str::<ValueJson>(r#"{"posn":1}"#).is_err());
    }
}

//! The values that fields hold, and their two forms: CBOR (wire, device storage) and automerge
//! scalars (documents).
//!
//! Never loses what it does not understand: an unknown scalar reads as `Unknown` with its bytes.

use std::collections::BTreeSet;
use std::fmt;

use automerge::ScalarValue;
use data_encoding::HEXLOWER;
use minicbor::{Decode, Encode};

use crate::time::Timestamp;

/// The coordinate system a position was taken in. Mixing them up moves a point by 50 to 700 m.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Datum {
    /// Satellite receivers and browsers.
    #[n(1)]
    Wgs84,
    /// Public Chinese maps.
    #[n(2)]
    Gcj02,
    /// The national survey.
    #[n(3)]
    Cgcs2000,
}

impl Datum {
    /// Every datum.
    pub const ALL: [Datum; 3] = [Datum::Wgs84, Datum::Gcj02, Datum::Cgcs2000];

    /// The datum of that name; none for another name.
    pub fn named(name: &str) -> Option<Datum> {
        Datum::ALL.into_iter().find(|datum| datum.as_str() == name)
    }

    /// The datum that tables keep as this number; none for another number.
    pub fn numbered(number: u8) -> Option<Datum> {
        Datum::ALL.into_iter().find(|datum| *datum as u8 == number)
    }

    /// The name people know it by.
    pub fn as_str(self) -> &'static str {
        match self {
            Datum::Wgs84 => "WGS-84",
            Datum::Gcj02 => "GCJ-02",
            Datum::Cgcs2000 => "CGCS2000",
        }
    }
}

/// A point with its datum and how sure it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct GeoPosition {
    /// Latitude, degrees times 10^7.
    #[n(1)]
    pub lat_e7: i64,
    /// Longitude, degrees times 10^7.
    #[n(2)]
    pub lon_e7: i64,
    /// Coordinate system.
    #[n(3)]
    pub datum: Datum,
    /// Radius of the fix in centimetres, none when picked on a map.
    #[n(4)]
    pub accuracy_cm: Option<u32>,
}

impl GeoPosition {
    /// A point given in degrees and by its datum's name; none beyond the globe or in no datum.
    pub fn from_degrees(
        lat: f64,
        lon: f64,
        datum: &str,
        accuracy_cm: Option<u32>,
    ) -> Option<GeoPosition> {
        Some(GeoPosition {
            lat_e7: scaled(lat, 1e7, 90e7)?,
            lon_e7: scaled(lon, 1e7, 180e7)?,
            datum: Datum::named(datum)?,
            accuracy_cm,
        })
    }

    /// Latitude and longitude in degrees of its own datum.
    pub fn degrees(&self) -> (f64, f64) {
        (self.lat_e7 as f64 / 1e7, self.lon_e7 as f64 / 1e7)
    }
}

/// A decimal number as a whole number of its parts; none when it has more than `most` of them.
pub fn scaled(number: f64, parts: f64, most: f64) -> Option<i64> {
    let scaled = (number * parts).round();
    (scaled.abs() <= most).then_some(scaled as i64)
}

/// An amount with its unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(map)]
pub struct Quantity {
    /// Thousandths of the unit.
    #[n(1)]
    pub milli: i64,
    /// The unit's code: mu, m2, place, set, household.
    #[n(2)]
    pub unit: String,
}

/// What one field holds.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(flat)]
pub enum Value {
    /// Cleared on purpose. Automerge deletes are never used on fields.
    #[n(0)]
    Empty,
    /// Text, a code of a code list, a date `2020-04-12`, a person, unit, region or record id.
    #[n(1)]
    Text(#[n(0)] String),
    /// A whole number.
    #[n(2)]
    Int(#[n(0)] i64),
    /// Yes or no.
    #[n(3)]
    Bool(#[n(0)] bool),
    /// A moment.
    #[n(4)]
    Time(#[n(0)] Timestamp),
    /// Several codes of a code list.
    #[n(5)]
    Codes(#[n(0)] BTreeSet<String>),
    /// A point.
    #[n(6)]
    Position(#[n(0)] GeoPosition),
    /// An amount.
    #[n(7)]
    Quantity(#[n(0)] Quantity),
    /// Written by a newer version: its document form, kept as it is.
    #[n(8)]
    Unknown(#[cbor(n(0), with = "minicbor::bytes")] Vec<u8>),
}

impl Value {
    /// A text value.
    pub fn text(text: &str) -> Value {
        Value::Text(text.to_owned())
    }

    /// The text, when it is one.
    pub fn as_text(&self) -> Option<&str> {
        if let Value::Text(text) = self {
            Some(text)
        } else {
            None
        }
    }

    /// Roughly how many bytes it takes.
    pub fn bytes(&self) -> usize {
        match self {
            Value::Empty | Value::Int(_) | Value::Bool(_) | Value::Time(_) => 9,
            Value::Position(_) => 32,
            Value::Text(text) => text.len(),
            Value::Codes(codes) => codes.iter().map(|code| code.len() + 2).sum(),
            Value::Quantity(quantity) => quantity.unit.len() + 9,
            Value::Unknown(bytes) => bytes.len(),
        }
    }

    /// The scalar that stands for it in a document.
    pub(crate) fn to_scalar(&self) -> ScalarValue {
        match self {
            Value::Empty => ScalarValue::Null,
            Value::Text(text) => ScalarValue::Str(text.as_str().into()),
            Value::Int(int) => ScalarValue::Int(*int),
            Value::Bool(bool) => ScalarValue::Boolean(*bool),
            Value::Time(time) => ScalarValue::Timestamp(time.0),
            Value::Unknown(bytes) => ScalarValue::Bytes(bytes.clone()),
            Value::Codes(_) | Value::Position(_) | Value::Quantity(_) => {
                ScalarValue::Bytes(encoded(self))
            }
        }
    }

    /// The value that a document's scalar stands for; never fails.
    pub(crate) fn from_scalar(scalar: &ScalarValue) -> Value {
        match scalar {
            ScalarValue::Null => Value::Empty,
            ScalarValue::Str(text) => Value::Text(text.to_string()),
            ScalarValue::Int(int) => Value::Int(*int),
            ScalarValue::Uint(int) => i64::try_from(*int)
                .map_or_else(|_| Value::Unknown(int.to_be_bytes().to_vec()), Value::Int),
            ScalarValue::Boolean(bool) => Value::Bool(*bool),
            ScalarValue::Timestamp(ms) => Value::Time(Timestamp(*ms)),
            ScalarValue::Bytes(bytes) => structured(bytes),
            ScalarValue::F64(float) => Value::Unknown(float.to_be_bytes().to_vec()),
            ScalarValue::Counter(_) => Value::Unknown(Vec::new()),
            ScalarValue::Unknown { bytes, .. } => Value::Unknown(bytes.clone()),
        }
    }
}

fn encoded(value: &Value) -> Vec<u8> {
    // Writing to a Vec cannot fail; an empty value is what a reader would call unknown.
    minicbor::to_vec(value).unwrap_or_default()
}

/// Only canonical bytes count as a value, so that equal values have equal bytes.
fn structured(bytes: &[u8]) -> Value {
    match minicbor::decode::<Value>(bytes) {
        Ok(value @ (Value::Codes(_) | Value::Position(_) | Value::Quantity(_)))
            if encoded(&value) == bytes =>
        {
            value
        }
        Ok(_) | Err(_) => Value::Unknown(bytes.to_vec()),
    }
}

/// For people and plain exports; the JSON form is the API's.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Empty => Ok(()),
            Value::Text(text) => f.write_str(text),
            Value::Int(int) => write!(f, "{int}"),
            Value::Bool(bool) => write!(f, "{bool}"),
            Value::Time(time) => f.write_str(&time.iso()),
            Value::Codes(codes) => f.write_str(
                &codes
                    .iter()
                    .map(String::as_str)
                    .collect::<Vec<_>>()
                    .join(","),
            ),
            Value::Position(position) => {
                write_e7(f, position.lat_e7)?;
                f.write_str(" ")?;
                write_e7(f, position.lon_e7)?;
                write!(f, " {}", position.datum.as_str())?;
                match position.accuracy_cm {
                    Some(cm) => write!(f, " ±{}.{:02}m", cm / 100, cm % 100),
                    None => Ok(()),
                }
            }
            Value::Quantity(quantity) => {
                let sign = if quantity.milli < 0 { "-" } else { "" };
                let milli = quantity.milli.unsigned_abs();
                write!(f, "{sign}{}", milli / 1000)?;
                if milli % 1000 != 0 {
                    let rest = format!("{:03}", milli % 1000);
                    write!(f, ".{}", rest.trim_end_matches('0'))?;
                }
                write!(f, " {}", quantity.unit)
            }
            Value::Unknown(bytes) => write!(f, "?{}", HEXLOWER.encode(bytes)),
        }
    }
}

fn write_e7(f: &mut fmt::Formatter<'_>, e7: i64) -> fmt::Result {
    let sign = if e7 < 0 { "-" } else { "" };
    let e7 = e7.unsigned_abs();
    write!(f, "{sign}{}.{:07}", e7 / 10_000_000, e7 % 10_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_survives_the_document_form() {
        let values = [
            Value::Empty,
            Value::text("赵家圈镇"),
            Value::Int(-3),
            Value::Bool(true),
            Value::Time(Timestamp(1_592_524_800_000)),
            Value::Codes(["legacy".to_owned(), "key".to_owned()].into()),
            Value::Position(GeoPosition {
                lat_e7: 377_000_000,
                lon_e7: 1_157_000_000,
                datum: Datum::Gcj02,
                accuracy_cm: Some(480),
            }),
            Value::Quantity(Quantity {
                milli: 55_000,
                unit: "mu".to_owned(),
            }),
        ];
        for value in values {
            assert_eq!(Value::from_scalar(&value.to_scalar()), value);
        }
    }

    #[test]
    fn newer_value_is_kept_byte_for_byte() {
        let newer = ScalarValue::Bytes(vec![0x82, 0x18, 0x63, 0x01]);
        let value = Value::from_scalar(&newer);
        assert!(matches!(value, Value::Unknown(_)));
        assert_eq!(value.to_scalar(), newer);
    }

    #[test]
    fn amounts_read_as_people_write_them() {
        let quantity = |milli| {
            Value::Quantity(Quantity {
                milli,
                unit: "mu".to_owned(),
            })
        };
        assert_eq!(quantity(55_000).to_string(), "55 mu");
        assert_eq!(quantity(1_200).to_string(), "1.2 mu");
        assert_eq!(quantity(-50).to_string(), "-0.05 mu");
    }
}

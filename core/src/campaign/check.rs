//! Whether a value may stand in a field, and amounts in other units.
//!
//! Never asks who writes it. An empty value may stand everywhere: clearing is an edit.

use crate::campaign::{Answer, Campaign, FieldDef, UnitOfMeasure, ValueType};
use crate::id::{PersonId, RecordId, RegionCode, UnitId};
use crate::record::kind::Kind;
use crate::record::path::Path;
use crate::record::value::{Quantity, Value};

/// Why a value may not stand in a field. The caller refuses the edit, or holds it where
/// `not_yet` says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ValueError {
    /// The definition has no such place.
    #[error("the definition has no such field")]
    NoField,
    /// The field is of a newer version's type, or the value is a newer version's.
    #[error("made by a newer version")]
    Newer,
    /// Words where a number is expected, and the like.
    #[error("not the sort of value this field holds")]
    WrongType,
    /// The code list does not have it.
    #[error("a code that its list does not have")]
    NoCode,
    /// Not a day of the calendar, written 2020-04-12.
    #[error("write a day as 2020-04-12")]
    NotADay,
    /// Not an id of what the field refers to.
    #[error("not an id of what this field refers to")]
    NotAnId,
    /// A unit that the definition does not have or of another dimension.
    #[error("a unit that this field does not take")]
    NoUnit,
    /// Outside the field's range, a negative amount, a point off the globe.
    #[error("outside what this field takes")]
    Range,
}

impl ValueError {
    /// Whether a newer definition or version may understand it.
    pub fn not_yet(self) -> bool {
        match self {
            ValueError::NoField | ValueError::Newer => true,
            ValueError::WrongType
            | ValueError::NoCode
            | ValueError::NotADay
            | ValueError::NotAnId
            | ValueError::NoUnit
            | ValueError::Range => false,
        }
    }
}

pub(super) fn at(
    campaign: &Campaign,
    kind: Kind,
    path: &Path,
    value: &Value,
) -> Result<(), ValueError> {
    match path {
        Path::Field(id) => campaign
            .field(kind, id)
            .ok_or(ValueError::NoField)?
            .check(campaign, value),
        Path::Answer(id) => campaign
            .question(id)
            .ok_or(ValueError::NoField)?
            .1
            .answer
            .check(campaign, value),
        Path::Item {
            collection, field, ..
        } => {
            let def = campaign.item_field(kind, collection, field);
            def.ok_or(ValueError::NoField)?.check(campaign, value)
        }
        Path::Text(_) | Path::State => Err(ValueError::WrongType),
    }
}

impl FieldDef {
    /// Whether a value may stand here; `Empty` always may.
    pub fn check(&self, campaign: &Campaign, value: &Value) -> Result<(), ValueError> {
        fits(campaign, self.value, self.code_list.as_deref(), value)?;
        match (value, &self.dimension, self.range) {
            (Value::Quantity(quantity), Some(dimension), _) => {
                let unit = campaign
                    .units
                    .get(&quantity.unit)
                    .ok_or(ValueError::NoUnit)?;
                if unit.dimension == *dimension {
                    Ok(())
                } else {
                    Err(ValueError::NoUnit)
                }
            }
            (Value::Int(int), _, Some((min, max))) if !(min..=max).contains(int) => {
                Err(ValueError::Range)
            }
            _ => Ok(()),
        }
    }
}

impl Answer {
    /// Whether a value may answer; `Empty` always may.
    pub fn check(&self, campaign: &Campaign, value: &Value) -> Result<(), ValueError> {
        fits(campaign, self.value, self.code_list.as_deref(), value)
    }
}

fn fits(
    campaign: &Campaign,
    expected: ValueType,
    list: Option<&str>,
    value: &Value,
) -> Result<(), ValueError> {
    match (expected, value) {
        (_, Value::Empty) => Ok(()),
        (ValueType::Unknown, _) | (_, Value::Unknown(_)) => Err(ValueError::Newer),
        (ValueType::Text, Value::Text(_))
        | (ValueType::Int, Value::Int(_))
        | (ValueType::Bool, Value::Bool(_))
        | (ValueType::Time, Value::Time(_)) => Ok(()),
        (ValueType::Codes, Value::Codes(codes)) => codes
            .iter()
            .try_for_each(|code| has_code(campaign, list, code)),
        (ValueType::Position, Value::Position(spot)) => {
            let on_globe = spot.lat_e7.unsigned_abs() <= 900_000_000
                && spot.lon_e7.unsigned_abs() <= 1_800_000_000;
            if on_globe {
                Ok(())
            } else {
                Err(ValueError::Range)
            }
        }
        (ValueType::Quantity, Value::Quantity(quantity)) => {
            if !campaign.units.contains_key(&quantity.unit) {
                return Err(ValueError::NoUnit);
            }
            if quantity.milli < 0 {
                Err(ValueError::Range)
            } else {
                Ok(())
            }
        }
        (_, Value::Text(text)) => text_fits(campaign, expected, list, text),
        _ => Err(ValueError::WrongType),
    }
}

fn text_fits(
    campaign: &Campaign,
    expected: ValueType,
    list: Option<&str>,
    text: &str,
) -> Result<(), ValueError> {
    let is_id = |yes: bool| {
        if yes {
            Ok(())
        } else {
            Err(ValueError::NotAnId)
        }
    };
    match expected {
        ValueType::Text => Ok(()),
        ValueType::Code => has_code(campaign, list, text),
        ValueType::Date if is_date(text) => Ok(()),
        ValueType::Date => Err(ValueError::NotADay),
        ValueType::Person => is_id(PersonId::new(text).is_ok()),
        ValueType::Unit => is_id(UnitId::new(text).is_ok()),
        ValueType::Region => is_id(RegionCode::new(text).is_ok()),
        ValueType::Record => is_id(
            text.parse::<RecordId>()
                .is_ok_and(|id| id.to_string() == text),
        ),
        ValueType::Hash => {
            is_id(text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f')))
        }
        ValueType::Unknown => Err(ValueError::Newer),
        ValueType::Int
        | ValueType::Bool
        | ValueType::Time
        | ValueType::Codes
        | ValueType::Position
        | ValueType::Quantity => Err(ValueError::WrongType),
    }
}

fn has_code(campaign: &Campaign, list: Option<&str>, code: &str) -> Result<(), ValueError> {
    let known = list.and_then(|list| campaign.code(list, code));
    if known.is_some() {
        Ok(())
    } else {
        Err(ValueError::NoCode)
    }
}

/// Whether a text is a day of the calendar, written `2020-04-12`.
pub fn is_date(text: &str) -> bool {
    let bytes = text.as_bytes();
    let shaped = bytes.len() == 10
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            4 | 7 => *byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let mut parts = text.split('-').map(|part| part.parse::<u32>().ok());
    let (Some(Some(year)), Some(Some(month)), Some(Some(day))) =
        (parts.next(), parts.next(), parts.next())
    else {
        return false;
    };
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        1..=12 => 31,
        _ => 0,
    };
    shaped && (1..=last).contains(&day)
}

impl Campaign {
    /// An amount in another unit of the same dimension, rounded half up to a thousandth: 55 亩 is
    /// 36,666.667 m². None for unknown units, another dimension, or an amount too large.
    pub fn convert(&self, quantity: &Quantity, unit: &str) -> Option<Quantity> {
        let from = self.units.get(&quantity.unit)?;
        let to = self.units.get(unit)?;
        if from.dimension != to.dimension {
            return None;
        }
        let milli = scaled(quantity.milli, from, to)?;
        Some(Quantity {
            milli,
            unit: unit.to_owned(),
        })
    }
}

fn scaled(milli: i64, from: &UnitOfMeasure, to: &UnitOfMeasure) -> Option<i64> {
    let numerator = i128::from(milli)
        .checked_mul(i128::from(from.base_numerator))?
        .checked_mul(i128::from(to.base_denominator))?;
    let denominator =
        i128::from(from.base_denominator).checked_mul(i128::from(to.base_numerator))?;
    let doubled = numerator.checked_mul(2)?.checked_add(denominator)?;
    i64::try_from(doubled.div_euclid(denominator.checked_mul(2)?)).ok()
}

//! Which values may stand in which fields, days, and amounts in other units.

use crate::campaign::*;
use crate::record::kind::Kind;
use crate::record::value::{Datum, GeoPosition, Quantity, Value};
use crate::time::Timestamp;

fn amount(milli: i64, unit: &str) -> Quantity {
    Quantity {
        milli,
        unit: unit.to_owned(),
    }
}

fn codes(codes: &[&str]) -> Value {
    Value::Codes(codes.iter().map(|&code| code.to_owned()).collect())
}

fn spot(lat_e7: i64) -> Value {
    Value::Position(GeoPosition {
        lat_e7,
        lon_e7: 0,
        datum: Datum::Wgs84,
        accuracy_cm: None,
    })
}

/// At each place the first value may stand, and emptiness; the second is answered with `error`.
fn assert_refused<const N: usize>(error: ValueError, rows: [(&str, Value, Value); N]) {
    let campaign = hebei().unwrap();
    let check =
        |path: &str, value: Value| campaign.check(Kind::Problem, &path.parse().unwrap(), &value);
    for (path, good, bad) in rows {
        assert_eq!(check(path, good), Ok(()), "{path}");
        assert_eq!(check(path, bad), Err(error), "{path}");
        assert_eq!(check(path, Value::Empty), Ok(()), "{path}");
    }
}

#[test]
fn each_field_takes_values_of_its_type() {
    let (text, now) = (Value::text, Value::Time(Timestamp(1)));
    assert_refused(
        ValueError::WrongType,
        [
            ("f/title", text("甲"), Value::Int(1)),
            ("f/origin_year", Value::Int(2008), text("2008")),
            ("f/key", Value::Bool(true), text("yes")),
            ("i/photos/p/taken_at", now, text("2020-04-12")),
        ],
    );
    let newer = Value::Unknown(vec![1]);
    assert_refused(ValueError::Newer, [("f/title", Value::Empty, newer)]);
    let campaign = hebei().unwrap();
    let check = |path: &str, value| campaign.check(Kind::Problem, &path.parse().unwrap(), &value);
    assert_eq!(check("f/nothing", Value::Empty), Err(ValueError::NoField));
    assert_eq!(check("t/plan", text("x")), Err(ValueError::WrongType));
}

#[test]
fn numbers_and_places_stay_in_their_range() {
    let set = |milli| Value::Quantity(amount(milli, "set"));
    assert_refused(
        ValueError::Range,
        [
            ("f/exposures", Value::Int(3), Value::Int(-1)),
            ("f/position", spot(380_000_000), spot(900_000_001)),
            ("i/quantities/q/amount", set(1), set(-1)),
        ],
    );
    let area = Value::Quantity(amount(55_000, "mu"));
    assert_refused(ValueError::NoUnit, [("f/land_area", area, set(56_000))]);
}

#[test]
fn codes_are_of_their_list() {
    let text = Value::text;
    assert_refused(
        ValueError::NoCode,
        [
            ("f/domain", text("land"), text("space")),
            (
                "f/problem_type",
                text("land.greenhouse_house"),
                text("greenhouse_house"),
            ),
            ("f/tags", codes(&["key"]), codes(&["key", "nope"])),
            ("a/land-01", text("yes"), text("maybe")),
        ],
    );
}

#[test]
fn names_and_days_have_their_form() {
    let text = Value::text;
    let (id, hash) = ("0192f3a0-0000-7000-8000-000000000000", "a".repeat(64));
    assert_refused(
        ValueError::NotAnId,
        [
            ("f/region", text("130123"), text("正定")),
            ("f/object", text(id), text("x")),
            ("i/photos/p/hash", text(&hash), text("a")),
        ],
    );
    let (good, bad) = (text("2020-02-29"), text("2020-2-9"));
    assert_refused(ValueError::NotADay, [("f/found_on", good, bad)]);
}

#[test]
fn days_are_days_of_the_calendar() {
    for good in ["2020-02-29", "2000-02-29", "2020-12-31", "0001-01-01"] {
        assert!(is_date(good), "{good}");
    }
    for bad in [
        "2019-02-29",
        "1900-02-29",
        "2020-04-31",
        "2020-13-01",
        "2020-00-10",
        "2020-01-00",
        "2020-1-01",
        "20200-1-1",
        "2020-01-01T",
        "2020/01/01",
        "",
        "+020-01-01",
        "二零二零-01",
    ] {
        assert!(!is_date(bad), "{bad}");
    }
}

#[test]
fn fifty_five_mu_are_36667_square_metres() {
    let campaign = hebei().unwrap();
    let converted = campaign.convert(&amount(55_000, "mu"), "m2").unwrap();
    assert_eq!(converted.milli, 36_666_667);
    assert_eq!(
        campaign
            .convert(&amount(1_400, "wan_m2"), "m2")
            .unwrap()
            .milli,
        14_000_000
    );
    assert_eq!(
        campaign
            .convert(&amount(2_000_000, "m2"), "mu")
            .unwrap()
            .milli,
        3_000
    );
    assert_eq!(campaign.convert(&amount(1, "mu"), "set"), None);
    assert_eq!(campaign.convert(&amount(1, "li"), "m2"), None);
    assert_eq!(campaign.convert(&amount(i64::MAX, "km2"), "m2"), None);
}

//! Which values may stand in which fields, days, and amounts in other units.

use crate::campaign::*;
use crate::record::kind::Kind;
use crate::record::value::{Datum, GeoPosition, Quantity, Value};
use crate::time::Timestamp;

#[test]
fn each_sort_of_value_is_checked() {
    let campaign = hebei().unwrap();
    let check =
        |path: &str, value: Value| campaign.check(Kind::Problem, &path.parse().unwrap(), &value);
    let amount = |milli, unit: &str| {
        Value::Quantity(Quantity {
            milli,
            unit: unit.to_owned(),
        })
    };
    let spot = |lat_e7| {
        let datum = Datum::Wgs84;
        Value::Position(GeoPosition {
            lat_e7,
            lon_e7: 0,
            datum,
            accuracy_cm: None,
        })
    };
    for (path, good, bad, error) in [
        (
            "f/title",
            Value::text("甲"),
            Value::Int(1),
            ValueError::WrongType,
        ),
        (
            "f/exposures",
            Value::Int(3),
            Value::Int(-1),
            ValueError::Range,
        ),
        (
            "f/origin_year",
            Value::Int(2008),
            Value::text("2008"),
            ValueError::WrongType,
        ),
        (
            "f/key",
            Value::Bool(true),
            Value::text("yes"),
            ValueError::WrongType,
        ),
        (
            "f/domain",
            Value::text("land"),
            Value::text("space"),
            ValueError::NoCode,
        ),
        (
            "f/problem_type",
            Value::text("land.greenhouse_house"),
            Value::text("greenhouse_house"),
            ValueError::NoCode,
        ),
        (
            "f/tags",
            Value::Codes(["key".to_owned()].into()),
            Value::Codes(["key".to_owned(), "nope".to_owned()].into()),
            ValueError::NoCode,
        ),
        (
            "f/found_on",
            Value::text("2020-02-29"),
            Value::text("2020-2-9"),
            ValueError::NotADay,
        ),
        (
            "f/region",
            Value::text("130123"),
            Value::text("正定"),
            ValueError::NotAnId,
        ),
        (
            "f/object",
            Value::text("0192f3a0-0000-7000-8000-000000000000"),
            Value::text("x"),
            ValueError::NotAnId,
        ),
        (
            "f/position",
            spot(380_000_000),
            spot(900_000_001),
            ValueError::Range,
        ),
        (
            "f/land_area",
            amount(55_000, "mu"),
            amount(56_000, "set"),
            ValueError::NoUnit,
        ),
        (
            "i/quantities/q/amount",
            amount(1, "set"),
            amount(-1, "set"),
            ValueError::Range,
        ),
        (
            "i/photos/p/hash",
            Value::text(&"a".repeat(64)),
            Value::text("a"),
            ValueError::NotAnId,
        ),
        (
            "i/photos/p/taken_at",
            Value::Time(Timestamp(1)),
            Value::text("2020-04-12"),
            ValueError::WrongType,
        ),
        (
            "a/land-01",
            Value::text("yes"),
            Value::text("maybe"),
            ValueError::NoCode,
        ),
        (
            "f/title",
            Value::Empty,
            Value::Unknown(vec![1]),
            ValueError::Newer,
        ),
    ] {
        assert_eq!(check(path, good), Ok(()), "{path}");
        assert_eq!(check(path, bad), Err(error), "{path}");
        assert_eq!(check(path, Value::Empty), Ok(()), "{path}");
    }
    assert_eq!(check("f/nothing", Value::Empty), Err(ValueError::NoField));
    assert_eq!(
        check("t/plan", Value::text("x")),
        Err(ValueError::WrongType)
    );
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
    let amount = |milli, unit: &str| Quantity {
        milli,
        unit: unit.to_owned(),
    };
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

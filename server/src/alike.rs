//! Whether two reports may be one problem: near each other in the world, or of one village under a
//! similar name.
//!
//! It suggests to a person: it never merges, and no verdict depends on it.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::record::value::{Datum, GeoPosition};

/// Reports of one domain this far apart may be one, metres.
pub const NEAR_METRES_MAX: f64 = 100.0;
/// Names at least this much alike may be one problem in the same village, percent.
pub const NAMES_PERCENT_MIN: u8 = 30;
/// Whatever they are called, what is this far apart is not one, metres: phones are seldom wrong by
/// more, and few sites are larger.
const APART_METRES_MIN: f64 = 300.0;
/// What is counted, each with its number: 2号井 is not 3号井.
const COUNTED: &str = "号期栋组眼矿标楼队";
/// 村东 is not 村西.
const SIDES: &str = "东西南北";

/// A degree of latitude, metres.
const DEGREE_METRES: f64 = 111_195.0;

/// What is compared of a report. Texts may be empty: then they say nothing.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// Code of its domain.
    pub domain: &'a str,
    /// Village or community, as it was written.
    pub village: &'a str,
    /// What people call it.
    pub title: &'a str,
    /// Where it is.
    pub spot: Option<GeoPosition>,
}

/// Why two reports may be one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Likeness {
    /// How far apart in the world, metres; none unless both say where they are.
    pub metres: Option<f64>,
    /// How much their names are alike, percent.
    pub names: u8,
}

/// Whether two reports may be one problem: the same domain within [`NEAR_METRES_MAX`], or the same
/// village and similar names. None when not, and when they name different numbers or sides.
pub fn alike(one: &Report<'_>, other: &Report<'_>) -> Option<Likeness> {
    let villages = [village(one.village), village(other.village)];
    let titles = [one, other].map(|report| plain(report.title, &villages));
    let likeness = Likeness {
        metres: one.spot.zip(other.spot).map(|(a, b)| metres(&a, &b)),
        names: names(&titles),
    };
    let within = |most: f64| likeness.metres.is_some_and(|far| far <= most);
    let near = within(NEAR_METRES_MAX) && one.domain == other.domain;
    let not_far = likeness.metres.is_none() || within(APART_METRES_MIN);
    let same_village = !villages[0].is_empty() && villages[0] == villages[1];
    let called_alike = same_village && not_far && likeness.names >= NAMES_PERCENT_MIN;
    ((near || called_alike) && !differ(&titles)).then_some(likeness)
}

/// A village's name without what some write and others do not: 东康庄村 is 东康庄.
pub fn village(written: &str) -> &str {
    let name = written.trim();
    let ends = ["村委会", "居委会", "社区", "村"];
    let short = ends.iter().find_map(|end| name.strip_suffix(end));
    short.filter(|short| !short.is_empty()).unwrap_or(name)
}

/// Every way a village's name may have been written, for looking it up.
pub fn villages(written: &str) -> BTreeSet<String> {
    let name = village(written);
    let ends = ["", "村", "社区", "村委会", "居委会"];
    let all = ends.iter().map(|end| format!("{name}{end}"));
    all.chain([written.to_owned()]).collect()
}

/// The same place in WGS-84. CGCS2000 differs from it by centimetres.
pub fn in_wgs84(spot: &GeoPosition) -> GeoPosition {
    match spot.datum {
        Datum::Wgs84 | Datum::Cgcs2000 => GeoPosition {
            datum: Datum::Wgs84,
            ..*spot
        },
        Datum::Gcj02 => turned(spot, Datum::Wgs84, coordtransform::gcj02_to_wgs84),
    }
}

/// The same place in GCJ-02.
pub fn in_gcj02(spot: &GeoPosition) -> GeoPosition {
    match spot.datum {
        Datum::Gcj02 => *spot,
        Datum::Wgs84 | Datum::Cgcs2000 => {
            turned(spot, Datum::Gcj02, coordtransform::wgs84_to_gcj02)
        }
    }
}

fn turned(spot: &GeoPosition, datum: Datum, turn: fn(f64, f64) -> (f64, f64)) -> GeoPosition {
    let (lat, lon) = spot.degrees();
    let (lon, lat) = turn(lon, lat);
    // What is beyond the globe stays as it was given.
    let made = GeoPosition::from_degrees(lat, lon, datum.as_str(), spot.accuracy_cm);
    made.unwrap_or(*spot)
}

/// How far apart two places are in the world, metres. The earth is flat over such distances.
pub fn metres(one: &GeoPosition, other: &GeoPosition) -> f64 {
    let (lat, lon) = in_wgs84(one).degrees();
    let (other_lat, other_lon) = in_wgs84(other).degrees();
    let narrow = lat.to_radians().cos();
    let (north, east) = (other_lat - lat, (other_lon - lon) * narrow);
    north.hypot(east) * DEGREE_METRES
}

/// A title without the villages, which both have, and without what is not a letter or digit.
fn plain(title: &str, villages: &[&str; 2]) -> String {
    let mut title = title.to_owned();
    for village in villages.iter().filter(|village| !village.is_empty()) {
        title = title.replace(&format!("{village}村"), "");
        title = title.replace(village, "");
    }
    let kept = title.chars().filter(|c| c.is_alphanumeric());
    kept.flat_map(char::to_lowercase).map(digit).collect()
}

/// 二号井 and ２号井 are 2号井.
fn digit(c: char) -> char {
    let places = ["零一二三四五六七八九", "０１２３４５６７８９"];
    let mut rows = places.iter().flat_map(|row| row.chars().zip('0'..));
    let found = rows.find(|(written, _)| *written == c);
    found.map_or(c, |(_, digit)| digit)
}

/// How much two names are alike: the share of their characters that both have, percent.
fn names(titles: &[String; 2]) -> u8 {
    let [one, other] = titles.each_ref().map(|title| {
        let mut counts: BTreeMap<char, u64> = BTreeMap::new();
        title
            .chars()
            .for_each(|c| *counts.entry(c).or_default() += 1);
        counts
    });
    let least = |(c, count): (&char, &u64)| *other.get(c).unwrap_or(&0).min(count);
    let both: u64 = one.iter().map(least).sum();
    let all: u64 = one.values().chain(other.values()).sum();
    let percent = (200 * both).checked_div(all).unwrap_or(0);
    u8::try_from(percent).unwrap_or(100)
}

/// Whether two titles name different numbers of one thing, or different sides.
fn differ(titles: &[String; 2]) -> bool {
    let apart = |one: &BTreeSet<String>, other: &BTreeSet<String>| {
        !one.is_empty() && !other.is_empty() && one.is_disjoint(other)
    };
    let [one, other] = titles.each_ref().map(|title| numbered(title));
    let both = one.iter().filter_map(|(c, of)| Some((of, other.get(c)?)));
    let numbers = both.into_iter().any(|(of, others)| apart(of, others));
    let sides = titles.each_ref().map(|title| {
        let sides = title.chars().filter(|c| SIDES.contains(*c));
        sides.map(String::from).collect()
    });
    let [one, other] = &sides;
    numbers || apart(one, other)
}

/// The numbers before each of [`COUNTED`].
fn numbered(title: &str) -> BTreeMap<char, BTreeSet<String>> {
    let mut found: BTreeMap<char, BTreeSet<String>> = BTreeMap::new();
    let mut digits = String::new();
    for c in title.chars() {
        if c.is_ascii_digit() {
            digits.push(c);
            continue;
        }
        let number = std::mem::take(&mut digits);
        if COUNTED.contains(c) && !number.is_empty() {
            found.entry(c).or_default().insert(number);
        }
    }
    found
}

#[cfg(test)]
mod labelled;
#[cfg(test)]
mod tests {
    use super::*;

    fn at(lat: f64, lon: f64, datum: Datum) -> Option<GeoPosition> {
        GeoPosition::from_degrees(lat, lon, datum.as_str(), None)
    }

    fn report<'a>(village: &'a str, title: &'a str, spot: Option<GeoPosition>) -> Report<'a> {
        Report {
            domain: "land",
            village,
            title,
            spot,
        }
    }

    #[test]
    fn a_fix_and_a_pick_of_one_point_are_less_than_a_metre_apart() {
        // 正定 in WGS-84 and as Chinese maps draw it: some 560 m away on paper.
        let fix = at(38.146_10, 114.570_90, Datum::Wgs84).unwrap();
        let pick = in_gcj02(&fix);
        let drawn = GeoPosition {
            datum: Datum::Wgs84,
            ..pick
        };
        assert!(metres(&fix, &drawn) > 400.0);
        assert!(metres(&fix, &pick) < 1.0);
        assert_eq!(in_wgs84(&pick).datum, Datum::Wgs84);
    }

    #[test]
    fn reports_of_a_domain_up_to_100_metres_apart_may_be_one() {
        let here = report("", "垃圾", at(38.0, 114.0, Datum::Wgs84));
        let found = |metres: f64, domain| {
            let there = at(38.0 + metres / DEGREE_METRES, 114.0, Datum::Cgcs2000);
            let other = Report {
                domain,
                ..report("", "井", there)
            };
            alike(&here, &other).is_some()
        };
        assert!(found(99.0, "land") && !found(101.0, "land") && !found(10.0, "water"));
    }

    #[test]
    fn reports_of_a_village_under_similar_names_may_be_one() {
        let one = report("东康庄村", "东康庄村东二号井无证取水", None);
        let other = |village, title| alike(&one, &report(village, title, None));
        assert!(other("东康庄", "村东2号井没有取水证,无证取水").is_some());
        assert!(other("西康庄", "村东2号井没有取水证,无证取水").is_none());
        assert!(other("东康庄", "河道采砂").is_none());
        assert!(other("东康庄", "村东3号井没有取水证,无证取水").is_none());
        assert!(other("东康庄", "村西2号井没有取水证,无证取水").is_none());
        let nowhere = report("", "东康庄村东二号井无证取水", None);
        assert!(
            alike(&nowhere, &nowhere).is_none(),
            "no village is no village"
        );
    }

    #[test]
    fn a_village_is_looked_up_however_it_was_written() {
        assert_eq!(village(" 东康庄村 "), "东康庄");
        assert_eq!(village("村"), "村");
        assert!(villages("东康庄").contains("东康庄村"));
        assert!(villages("东康庄村").contains("东康庄"));
    }
}

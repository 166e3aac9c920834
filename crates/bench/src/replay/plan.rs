//! Who does what to which row: the same plan for the same seed.
//!
//! Each row is created by one device and then carried through its real status, owner and closing
//! by one to three devices of its group, partly concurrent: they touch different fields, or the
//! same field and a third step decides for the CSV's value. A stated share stays undecided, on a
//! field that is not counted. Never lets a counted field end with another value than the CSV's.

use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::path::Path;
use liandu_core::record::value::{Datum, GeoPosition, Value};
use liandu_device::entropy::{Entropy, Seeded};

use crate::replay::rows::Row;

/// Percent of rows with two values for one counted field, decided later.
pub const DECIDED_PERCENT: u64 = 20;
/// Percent of rows with two notes that nobody decides between.
pub const OPEN_PERCENT: u64 = 4;
/// Devices of one group.
pub const GROUP_DEVICES: usize = 5;

/// Random numbers from a seed.
#[derive(Debug, Clone)]
pub struct Draw(Seeded);

impl Draw {
    /// A source with this seed.
    pub fn new(seed: u64) -> Draw {
        Draw(Seeded::new(seed))
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: u64) -> u64 {
        let mut bytes = [0u8; 8];
        self.0.fill(&mut bytes);
        u64::from_le_bytes(bytes) % limit.max(1)
    }

    /// An index of a list of that length.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).unwrap_or(0)
    }
}

/// One row's way.
#[derive(Debug, Clone)]
pub struct RowPlan {
    /// Index of the creating device.
    pub creator: usize,
    /// The first edit.
    pub creation: Edit,
    /// What devices do without knowing of each other, in each device's order.
    pub carry: Vec<(usize, Edit)>,
    /// Who decides for the CSV's value afterwards, and for which field.
    pub decide: Option<(usize, Path, Value)>,
    /// Whether the note stays undecided.
    pub open: bool,
    /// Edits that their authors may not make: device, place in its own order of this row.
    pub forbidden: Vec<usize>,
}

/// The whole plan.
#[derive(Debug, Clone)]
pub struct Plan {
    /// One for each row.
    pub rows: Vec<RowPlan>,
    /// Devices.
    pub devices: usize,
}

impl Plan {
    /// The group of a row, as devices are divided into groups of `GROUP_DEVICES`.
    pub fn group_of(&self, row: usize) -> usize {
        row % groups(self.devices)
    }

    /// Forbidden edits in all.
    pub fn forbidden(&self) -> usize {
        self.rows.iter().map(|row| row.forbidden.len()).sum()
    }

    /// Rows that end with an open conflict.
    pub fn open(&self) -> usize {
        self.rows.iter().filter(|row| row.open).count()
    }
}

/// How many groups that many devices make.
pub fn groups(devices: usize) -> usize {
    devices.div_ceil(GROUP_DEVICES)
}

/// The devices of a group.
pub fn members(group: usize, devices: usize) -> Vec<usize> {
    (0..devices)
        .filter(|device| device % groups(devices) == group)
        .collect()
}

/// Plans every row. `forbidden_percent` of all edits are added that may not be made.
pub fn plan(rows: &[Row], devices: usize, seed: u64, forbidden_percent: u64) -> Plan {
    let mut draw = Draw::new(seed);
    let mut planned = Plan {
        rows: Vec::with_capacity(rows.len()),
        devices,
    };
    for (index, row) in rows.iter().enumerate() {
        let members = members(index % groups(devices), devices);
        let mut way = row_plan(row, &members, &mut draw);
        let edits = 1 + way.carry.len() + usize::from(way.decide.is_some());
        for _ in 0..edits {
            if draw.below(100) < forbidden_percent {
                way.forbidden.push(members[draw.index(members.len())]);
            }
        }
        planned.rows.push(way);
    }
    planned
}

fn row_plan(row: &Row, members: &[usize], draw: &mut Draw) -> RowPlan {
    let creator = members[draw.index(members.len())];
    let hands = 1 + draw.index(3.min(members.len()));
    let start = draw.index(members.len());
    let hand = |n: usize| members[(start + n % hands) % members.len()];
    let field = |id: &str| Path::field(id).ok();
    let mut carry = Vec::new();
    let mut set = |device: usize, id: &str, value: &str| {
        if let Some(path) = field(id) {
            carry.push((device, Edit::set(path, Value::text(value))));
        }
    };
    set(hand(0), "status", &row.status);
    set(hand(1), "owner", &row.owner);
    if !row.closeddate.is_empty() {
        set(hand(2), "closed", &row.closeddate);
    }
    let mut decide = None;
    let two_hands = members.len() > 1;
    let other = members[(start + 1) % members.len()];
    let chance = draw.below(100);
    let open = two_hands && chance < OPEN_PERCENT;
    if open {
        set(hand(0), "note", "甲记:已到现场");
        set(other, "note", "乙记:未见异常");
    } else if two_hands && chance < OPEN_PERCENT + DECIDED_PERCENT {
        // The second value is one the field may well have had on its way.
        set(
            other,
            "status",
            if row.status == "Pending" {
                "Open"
            } else {
                "Pending"
            },
        );
        decide = field("status").map(|path| (other, path, Value::text(&row.status)));
    }
    if decide.is_some() && other == hand(0) {
        // One device wrote both: the later one would stand. Write the CSV's value last.
        set(other, "status", &row.status);
        decide = None;
    }
    RowPlan {
        creator,
        creation: creation(row),
        carry,
        decide,
        open: open && other != hand(0),
        forbidden: Vec::new(),
    }
}

fn creation(row: &Row) -> Edit {
    let mut writes = Vec::new();
    let mut put = |id: &str, value: Value| {
        if let Ok(path) = Path::field(id) {
            writes.push(Write { path, value });
        }
    };
    put(
        "title",
        Value::Text(format!("{} {}", row.requesttype, row.srnumber)),
    );
    put("srnumber", Value::text(&row.srnumber));
    put("request_type", Value::text(&row.requesttype));
    put("status", Value::text("New"));
    put("channel", Value::text(&row.requestsource));
    put("owner", Value::text("Unassigned"));
    put("created", Value::text(&row.createddate));
    put("address", Value::text(&row.address));
    if let (Some(lat_e7), Some(lon_e7)) = (e7(&row.latitude), e7(&row.longitude)) {
        let position = GeoPosition {
            lat_e7,
            lon_e7,
            datum: Datum::Wgs84,
            accuracy_cm: None,
        };
        put("position", Value::Position(position));
    }
    let texts = "description"
        .parse()
        .map(|field| vec![(field, row.address.clone())]);
    Edit::Create {
        writes,
        texts: texts.unwrap_or_default(),
    }
}

/// Degrees times 10^7 of a decimal number, digits beyond the seventh cut off.
fn e7(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let rest: String = rest.chars().chain("0000000".chars()).take(7).collect();
    let whole: i64 = whole.parse().ok()?;
    Some(sign * (whole * 10_000_000 + rest.parse::<i64>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_keep_seven_digits() {
        assert_eq!(e7("34.19402846"), Some(341_940_284));
        assert_eq!(e7("-118.4994716"), Some(-1_184_994_716));
        assert_eq!(e7("-0.5"), Some(-5_000_000));
        assert_eq!(e7("n/a"), None);
    }

    #[test]
    fn every_device_is_in_one_group() {
        let all: usize = (0..groups(50)).map(|group| members(group, 50).len()).sum();
        assert_eq!(all, 50);
        assert!((0..groups(7)).all(|group| !members(group, 7).is_empty()));
    }
}

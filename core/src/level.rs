//! Levels of regions: province, city, county, town.
//!
//! Never names a region: codes say their level by their digits.

use crate::id::RegionCode;

/// A level of regions, the widest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Two digits.
    Province,
    /// Four digits.
    City,
    /// Six digits.
    County,
    /// Nine digits and more.
    Town,
}

impl Level {
    /// Every level, the widest first.
    pub const ALL: [Level; 4] = [Level::Province, Level::City, Level::County, Level::Town];

    /// The word in definitions and the API.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Province => "province",
            Level::City => "city",
            Level::County => "county",
            Level::Town => "town",
        }
    }

    /// The level of that word.
    pub fn parse(word: &str) -> Option<Level> {
        Level::ALL.into_iter().find(|level| level.as_str() == word)
    }

    /// What people call it.
    pub fn name(self) -> (&'static str, &'static str) {
        match self {
            Level::Province => ("省", "province"),
            Level::City => ("市", "city"),
            Level::County => ("县", "county"),
            Level::Town => ("乡镇", "town"),
        }
    }

    /// The level of a region.
    pub fn of(region: &RegionCode) -> Level {
        match region.prefix().len() {
            0..=2 => Level::Province,
            3..=4 => Level::City,
            5..=6 => Level::County,
            _more => Level::Town,
        }
    }

    /// The level right below, none below towns.
    pub fn below(self) -> Option<Level> {
        match self {
            Level::Province => Some(Level::City),
            Level::City => Some(Level::County),
            Level::County => Some(Level::Town),
            Level::Town => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_says_its_level() {
        for (code, level) in [
            ("130000", Level::Province),
            ("130500", Level::City),
            ("133100", Level::City),
            ("130502", Level::County),
            ("130502001", Level::Town),
            ("130502001003", Level::Town),
        ] {
            let region = RegionCode::new(code).unwrap();
            assert_eq!(Level::of(&region), level, "{code}");
            assert_eq!(Level::parse(level.as_str()), Some(level));
        }
        assert!(Level::Province < Level::County && Level::Town.below().is_none());
    }
}

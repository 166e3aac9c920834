//! Which problems have been overdue so long that they wait for the leaders of a level, as SQL.
//!
//! Never decides when: `Lights` says up to which deadline, and `Lights::raised` is the same for one
//! record.

use liandu_core::level::Level;
use liandu_core::light::{Clock, Lights};
use liandu_core::record::kind::Kind;

use crate::tables::sql::Sql;

/// Records that wait for the leaders of any of these levels.
pub(crate) fn raised(levels: &[Level], lights: &Lights, sql: &mut Sql) -> String {
    let levels: Vec<String> = levels
        .iter()
        .map(|level| one(*level, lights, sql))
        .collect();
    format!("({})", levels.join(" OR "))
}

/// The highest level whose leaders a record waits for, empty where none do.
pub(crate) fn level_of(lights: &Lights, sql: &mut Sql) -> String {
    let case = |level: Level| format!("WHEN {} THEN '{}'", one(level, lights, sql), level.as_str());
    let cases: Vec<String> = Level::ALL.into_iter().map(case).collect();
    format!("CASE {} ELSE '' END", cases.join(" "))
}

fn one(level: Level, lights: &Lights, sql: &mut Sql) -> String {
    let of_level = lights.raised.iter().filter(|raised| raised.level == level);
    let campaigns: Vec<String> = of_level
        .map(|raised| {
            let campaign = sql.text(raised.campaign.as_str());
            let upto = sql.text(&raised.upto.to_string());
            format!("(r.campaign = {campaign} AND r.due <= {upto})")
        })
        .collect();
    if campaigns.is_empty() {
        // Not a bare 0: SQLite would see that nothing can be found, and then use no index.
        return "r.row < 0".to_owned();
    }
    let (kind, runs) = (Kind::Problem.as_str(), Clock::Runs.as_str());
    format!(
        "(r.kind = '{kind}' AND r.clock = '{runs}' AND {} AND ({}))",
        reaches(level),
        campaigns.join(" OR ")
    )
}

/// Whether a record's region is of that level or below it.
fn reaches(level: Level) -> &'static str {
    match level {
        Level::Province => "1",
        Level::City => "length(r.region) > 2 AND substr(r.region, 3) <> '0000'",
        Level::County => {
            "length(r.region) > 4 AND (length(r.region) > 6 OR substr(r.region, 5) <> '00')"
        }
        Level::Town => "length(r.region) > 6",
    }
}

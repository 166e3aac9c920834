//! A made-up roster of the size of Hebei's "6+1": groups and people as CSV text, the same for the
//! same seed.
//!
//! Never holds a real person: names are drawn from common surnames and given names. Figures are
//! those of the source: 2,052 groups over 168 counties and 7 domains, 41,606 deputies; 正定 10
//! groups and 360 deputies of five levels; 迁西 1,129 deputies of four levels.

mod draw;
mod names;

use std::fmt::Write as _;

pub(crate) use draw::Draw;

/// Groups of the whole province.
pub const GROUPS: usize = 2_052;
/// Deputies of the whole province, experts not counted.
pub const DEPUTIES: usize = 41_606;
/// Deputies of 正定.
pub const ZHENGDING_DEPUTIES: usize = 360;
/// Groups of 正定.
pub const ZHENGDING_GROUPS: usize = 10;
/// Deputies of 迁西.
pub const QIANXI_DEPUTIES: usize = 1_129;

const ZHENGDING: &str = "130123";
const QIANXI: &str = "130227";
const DOMAINS: [(&str, &str); 7] = [
    ("land", "土地利用"),
    ("construction", "项目建设"),
    ("resources", "资源能源"),
    ("realestate", "房地产开发"),
    ("mining", "矿山开发"),
    ("groundwater", "地下水超采"),
    ("health", "公共卫生"),
];

/// A roster.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Roster {
    /// Groups, county by county.
    pub groups: Vec<Group>,
    /// People, group by group; the first of a group leads it.
    pub people: Vec<Person>,
}

/// A group of representatives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// `g-130123-01`.
    pub code: String,
    /// 正定县土地利用代表小组.
    pub name: String,
    /// County code.
    pub region: String,
    /// Domain id.
    pub domain: &'static str,
}

/// A member of one group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// `p-130123-0001`.
    pub code: String,
    /// Made up.
    pub name: String,
    /// national, province, city, county or township; empty for experts.
    pub level: &'static str,
    /// County code.
    pub region: String,
    /// The group's code.
    pub group: String,
    /// deputy or expert.
    pub member_kind: &'static str,
    /// Leads the group.
    pub leader: bool,
}

/// Why there is no roster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    /// The divisions are not those of Hebei with its 168 counties. The caller gives
    /// server/data/divisions.csv.
    #[error("the divisions hold {0} counties, not 168: give server/data/divisions.csv")]
    Counties(usize),
}

struct County {
    code: String,
    name: String,
    groups: usize,
    deputies: usize,
}

impl Roster {
    /// The whole province. `divisions` is the text of `server/data/divisions.csv`; `experts` are
    /// added beside the deputies, spread over all groups.
    pub fn hebei(divisions: &str, seed: u64, experts: usize) -> Result<Roster, RosterError> {
        let mut draw = Draw::new(seed);
        let mut roster = Roster {
            groups: Vec::new(),
            people: Vec::new(),
        };
        for county in counties(divisions, &mut draw)? {
            roster.add(&county, &mut draw);
        }
        roster.add_experts(experts, &mut draw);
        Ok(roster)
    }

    fn add(&mut self, county: &County, draw: &mut Draw) {
        let mut number = 0;
        let domains = DOMAINS.into_iter().cycle().take(county.groups);
        for (index, (domain, domain_name)) in domains.enumerate() {
            let round = index / DOMAINS.len();
            let ordinal = ["", "第二", "第三", "第四"]
                .get(round)
                .copied()
                .unwrap_or("");
            let code = format!("g-{}-{:02}", county.code, index + 1);
            let members = share(county.deputies, county.groups, index);
            for place in 0..members {
                number += 1;
                self.people.push(Person {
                    code: format!("p-{}-{number:04}", county.code),
                    name: draw.name(),
                    level: level(&county.code, number, draw),
                    region: county.code.clone(),
                    group: code.clone(),
                    member_kind: "deputy",
                    leader: place == 0,
                });
            }
            let name = format!("{}{domain_name}{ordinal}代表小组", county.name);
            self.groups.push(Group {
                code,
                name,
                region: county.code.clone(),
                domain,
            });
        }
    }

    fn add_experts(&mut self, experts: usize, draw: &mut Draw) {
        for (number, group) in self.groups.iter().cycle().take(experts).enumerate() {
            self.people.push(Person {
                code: format!("x-{:05}", number + 1),
                name: draw.name(),
                level: "",
                region: group.region.clone(),
                group: group.code.clone(),
                member_kind: "expert",
                leader: false,
            });
        }
    }

    /// `code,name,region,domain,kind`
    pub fn groups_csv(&self) -> String {
        let mut csv = "code,name,region,domain,kind\n".to_owned();
        for Group {
            code,
            name,
            region,
            domain,
        } in &self.groups
        {
            // Writing to a String cannot fail.
            let _ = writeln!(csv, "{code},{name},{region},{domain},deputy_group");
        }
        csv
    }

    /// `code,name,level,region,group,member_kind,role,leader`
    pub fn people_csv(&self) -> String {
        let mut csv = "code,name,level,region,group,member_kind,role,leader\n".to_owned();
        for person in &self.people {
            let Person {
                code,
                name,
                level,
                region,
                group,
                member_kind,
                leader,
            } = person;
            let _ = writeln!(
                csv,
                "{code},{name},{level},{region},{group},{member_kind},representative,{leader}"
            );
        }
        csv
    }
}

/// Counties with the sizes that the source gives and the rest shared out.
fn counties(divisions: &str, draw: &mut Draw) -> Result<Vec<County>, RosterError> {
    let rows = divisions.lines().filter_map(|line| {
        let mut cells = line.trim_end().split(',');
        let (code, name, level) = (cells.next()?, cells.next()?, cells.next()?);
        (level == "county").then(|| (code.to_owned(), name.to_owned()))
    });
    let mut counties: Vec<County> = rows
        .map(|(code, name)| match code.as_str() {
            ZHENGDING => County {
                code,
                name,
                groups: ZHENGDING_GROUPS,
                deputies: ZHENGDING_DEPUTIES,
            },
            QIANXI => County {
                code,
                name,
                groups: 12,
                deputies: QIANXI_DEPUTIES,
            },
            _ => County {
                code,
                name,
                groups: 12,
                deputies: 0,
            },
        })
        .collect();
    if counties.len() != 168 {
        return Err(RosterError::Counties(counties.len()));
    }
    let groups: usize = counties.iter().map(|county| county.groups).sum();
    let given = |county: &County| matches!(county.code.as_str(), ZHENGDING | QIANXI);
    let mut open: Vec<&mut County> = counties
        .iter_mut()
        .filter(|county| !given(county))
        .collect();
    draw.shuffle(&mut open);
    for county in open.iter_mut().take(GROUPS.saturating_sub(groups)) {
        county.groups += 1;
    }
    let (rest, parts) = (DEPUTIES - ZHENGDING_DEPUTIES - QIANXI_DEPUTIES, open.len());
    for (index, county) in open.iter_mut().enumerate() {
        county.deputies = share(rest, parts, index);
    }
    // Counties differ in size: pairs give and take, so that the sum stays.
    for pair in open.chunks_exact_mut(2) {
        let [giver, taker] = pair else { continue };
        let moved = draw.below(90);
        giver.deputies = giver.deputies.saturating_sub(moved);
        taker.deputies += moved;
    }
    Ok(counties)
}

/// The part of `whole` that the `index`-th of `parts` gets; they add up to the whole.
fn share(whole: usize, parts: usize, index: usize) -> usize {
    whole / parts + usize::from(index < whole % parts)
}

/// Every county has deputies of four levels, 迁西 none of the nation's; most are of the township.
fn level(county: &str, number: usize, draw: &mut Draw) -> &'static str {
    match number {
        1 if county != QIANXI => return "national",
        2 => return "province",
        3 => return "city",
        4 => return "county",
        _ => {}
    }
    match draw.below(100) {
        0..=2 => "province",
        3..=9 => "city",
        10..=39 => "county",
        _ => "township",
    }
}

#[cfg(test)]
mod tests;

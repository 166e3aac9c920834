//! Problems of a whole province's campaign as the office's tables hold them, made up.
//!
//! Never the same twice in one ledger, always the same for the same seed.

use std::collections::{BTreeMap, BTreeSet};

use liandu_core::workflow::Share;

use anyhow::{Context, Result};
use liandu_core::id::{CampaignId, PersonId, Position, RecordId, StateId, UnitId};
use liandu_core::light::Clock;
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;
use liandu_core::record::value::{Datum, GeoPosition};
use liandu_core::time::{Day, Timestamp};
use liandu_server::tables::change::Change;
use liandu_server::tables::rows::{About, Line, NOT_DUE, Rows};

use crate::roster::{Draw, Group, Roster};

/// The campaign that all of it belongs to.
pub(super) const CAMPAIGN: &str = "hebei-6plus1";
/// 2026-03-02 08:00 in Beijing, when the first of them came in.
const BEGAN_MS: i64 = 1_772_409_600_000;
/// Between two of them, milliseconds: 400,000 in about nine months.
const APART_MS: i64 = 60_000;

/// States with how many of a hundred problems stand in them.
const STATES: [(&str, usize); 10] = [
    ("found", 10),
    ("verified", 8),
    ("returned", 2),
    ("transferred", 8),
    ("received", 8),
    ("planned", 6),
    ("rectifying", 18),
    ("reported", 8),
    ("reviewed", 4),
    ("closed", 28),
];
/// Villages with their sound and their first letters.
pub(super) const VILLAGES: [(&str, &str, &str); 8] = [
    ("东康庄", "dongkangzhuang", "dkz"),
    ("西柏坡", "xibaipo", "xbp"),
    ("野头", "yetou", "yt"),
    ("赵家圈", "zhaojiaquan", "zjq"),
    ("南辛店", "nanxindian", "nxd"),
    ("北石槽", "beishicao", "bsc"),
    ("王家湾", "wangjiawan", "wjw"),
    ("道东堡", "daodongpu", "ddp"),
];
/// What is wrong, each beginning with a word of two characters that people search by.
pub(super) const WRONGS: [&str; 10] = [
    "采砂坑未回填,雨季积水",
    "机井无取水许可,长期抽水",
    "耕地上堆放建筑垃圾",
    "厂房未批先建,占基本农田",
    "尾矿库坝体裂缝未处置",
    "楼盘逾期交房,业主反映强烈",
    "医废暂存超时,无交接记录",
    "燃煤锅炉未淘汰,冒黑烟",
    "河道内倾倒工业废渣",
    "工程款拖欠,农民工未领到工资",
];
const DETAIL: &str =
    "代表小组现场查看并拍照,村民反映已有半年以上,曾向乡镇反映未果,建议由主管部门限期整改并报送方案";

/// Makes one after another.
pub(super) struct Maker {
    draw: Draw,
    groups: Vec<Group>,
    today: Day,
    made: u64,
}

impl Maker {
    pub(super) fn new(seed: u64, today: Day) -> Result<Maker> {
        let divisions = include_str!("../../../../server/data/divisions.csv");
        Ok(Maker {
            draw: Draw::new(seed),
            groups: Roster::hebei(divisions, seed, 0)?.groups,
            today,
            made: 0,
        })
    }

    /// The next problem: it is born, then it is as it is.
    pub(super) fn next(&mut self) -> Result<[Change; 2]> {
        let rows = self.rows()?;
        let born = Change::Born {
            record: Some(rows.line.id),
            county: rows.line.about.scope.region.clone(),
            campaign: CampaignId::new(CAMPAIGN)?,
        };
        Ok([born, Change::Put(Box::new(rows))])
    }

    fn one_of<'a, T>(&mut self, all: &'a [T]) -> Result<&'a T> {
        let at = self.draw.below(all.len());
        all.get(at).context("something to choose from")
    }

    fn state(&mut self) -> &'static str {
        let mut left = self.draw.below(100);
        for (state, share) in STATES {
            if left < share {
                return state;
            }
            left -= share;
        }
        "found"
    }

    fn spot(&mut self) -> GeoPosition {
        let mut within = |from: i64, to: i64| {
            let span = usize::try_from(to - from).unwrap_or(1);
            from + i64::try_from(self.draw.below(span)).unwrap_or(0)
        };
        GeoPosition {
            lat_e7: within(361_000_000, 425_000_000),
            lon_e7: within(1_136_000_000, 1_197_000_000),
            datum: Datum::Wgs84,
            accuracy_cm: Some(800),
        }
    }

    fn id(&mut self, time: Timestamp) -> Result<RecordId> {
        let mut random = [0u8; 10];
        for byte in &mut random {
            *byte = u8::try_from(self.draw.below(256)).unwrap_or(0);
        }
        Ok(RecordId::v7(u64::try_from(time.0)?, random))
    }

    fn rows(&mut self) -> Result<Rows> {
        self.made += 1;
        let (n, at) = (self.made, self.draw.below(self.groups.len()));
        let group = self.groups.get(at).context("a group")?.clone();
        let (village, sound, letters) = *self.one_of(&VILLAGES)?;
        let wrong = *self.one_of(&WRONGS)?;
        let title = format!("{village}村{}号点:{wrong}", self.draw.below(400));
        let state = self.state();
        let under_way = !matches!(state, "found" | "verified" | "returned" | "closed");
        let off = i64::try_from(self.draw.below(90)).unwrap_or(0) - 30;
        let due = match under_way {
            true => self.today.plus(off).to_string(),
            false => NOT_DUE.to_owned(),
        };
        let handlers: BTreeMap<UnitId, Share> = match under_way {
            true => {
                let unit = UnitId::new(&format!("u-{}-{}", group.region, group.domain))?;
                [(unit, Share::Lead)].into()
            }
            false => BTreeMap::new(),
        };
        let scope: Scope = format!("{}/{}/group", group.region, group.code).parse()?;
        let time = Timestamp(BEGAN_MS + i64::try_from(n)? * APART_MS);
        let id = self.id(time)?;
        // What is worked on changed last now and then, in no order.
        let last = n + u64::try_from(self.draw.below(400_000))?;
        let facets = [
            ("f/title", title.as_str()),
            ("f/domain", group.domain),
            ("f/village", village),
            ("f/date", "2026-04-12"),
            ("f/team_kind", "deputy"),
            ("f/settled_matter", "回填"),
        ];
        let pair = |(place, value): (&str, &str)| (place.to_owned(), value.to_owned());
        Ok(Rows {
            body: format!("{title}\n{village}\n{DETAIL}\n{sound}cun {letters}c"),
            facets: facets.into_iter().map(pair).collect(),
            handlers,
            notices: BTreeSet::new(),
            conflicts: Vec::new(),
            line: Line {
                id,
                kind: Kind::Problem,
                about: About {
                    scope,
                    campaign: Some(CampaignId::new(CAMPAIGN)?),
                    first: (Position(n), time),
                    last: (Position(last), time),
                },
                domain: group.domain.to_owned(),
                source: "group".to_owned(),
                state: StateId::new(state)?,
                title,
                author: Some(PersonId::new(&format!("p-{}-0001", group.region))?),
                device_first: time,
                device_last: time,
                edits: 6,
                conflicts: 0,
                spot: Some(self.spot()),
                due,
                clock: if under_way {
                    Clock::Runs
                } else {
                    Clock::Stopped
                },
                behalf: None,
                number: None,
                closed: (state == "closed").then_some(time),
            },
        })
    }
}

//! A record turned into rows: a pure function, so that rows can be compared with the documents
//! at any time and rebuilt from the log.
//!
//! Never reads or writes a database.

use std::collections::{BTreeMap, BTreeSet};

use crate::tables::sound::sound;
use liandu_core::id::{CampaignId, PersonId, Position, RecordId, StateId, UnitId};
use liandu_core::level::Level;
use liandu_core::light::{self, Clock, Light, Lights};
use liandu_core::limits;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::Number;
use liandu_core::record::path::Path;
use liandu_core::record::scope::Scope;
use liandu_core::record::stamp::Stamps;
use liandu_core::record::value::{GeoPosition, Value};
use liandu_core::record::view::{Conflict, EventView, Record};
use liandu_core::time::{Day, Timestamp};
use liandu_core::workflow::{
    DECIDE, Notice, Share, apart, flags, merged_into, notices, shares, workflow,
};

/// What the log knows of a record and the document does not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Who it belongs to.
    pub scope: Scope,
    /// The campaign its newest edit was made under.
    pub campaign: Option<CampaignId>,
    /// Position and server time of the first entry with an edit of it.
    pub first: (Position, Timestamp),
    /// The same of the last.
    pub last: (Position, Timestamp),
}

impl About {
    /// From the record's stamps; positions and times are 0 when there are none.
    pub fn of(scope: Scope, campaign: Option<CampaignId>, stamps: &Stamps) -> About {
        let marks = || stamps.iter().map(|stamp| (stamp.position, stamp.time));
        About {
            scope,
            campaign,
            first: marks().min().unwrap_or_default(),
            last: marks().max().unwrap_or_default(),
        }
    }
}

/// One line of the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The record.
    pub id: RecordId,
    /// Its kind.
    pub kind: Kind,
    /// Scope, campaign, positions and server times.
    pub about: About,
    /// Code of the domain, empty when it has none.
    pub domain: String,
    /// Where it came from, empty when it does not say.
    pub source: String,
    /// Where it stands.
    pub state: StateId,
    /// What people call it: field `title`, else the beginning of its first text.
    pub title: String,
    /// Who made it.
    pub author: Option<PersonId>,
    /// The device's clock at the first edit.
    pub device_first: Timestamp,
    /// The device's clock at the last edit.
    pub device_last: Timestamp,
    /// Edits in it.
    pub edits: u64,
    /// Open conflicts.
    pub conflicts: u64,
    /// Where it is.
    pub spot: Option<GeoPosition>,
    /// The day it is due, `2020-04-30`: as it was settled or last extended; `NOT_DUE` when no
    /// day was set.
    pub due: String,
    /// Whether its deadline counts down.
    pub clock: Clock,
    /// For whom it was recorded, when not for who made it.
    pub behalf: Option<PersonId>,
    /// When the server took in what closed it, none while it is not closed.
    pub closed: Option<Timestamp>,
    /// Its number, which the tables know and the document does not.
    pub number: Option<Number>,
}

impl Line {
    /// How near its deadline is.
    pub fn light(&self, lights: &Lights) -> Option<Light> {
        lights.light(self.clock, Day::parse(&self.due))
    }

    /// The highest level whose leaders it waits for because it has been overdue that long.
    pub fn raised(&self, lights: &Lights) -> Option<Level> {
        let campaign = self.about.campaign.as_ref()?;
        let of = (campaign, &self.about.scope.region);
        lights.raised(self.kind, of, self.clock, Day::parse(&self.due))
    }
}

/// Stands for the day of what has none, so that it comes after everything that is due.
pub const NOT_DUE: &str = "9999-12-31";

/// Everything the tables hold of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rows {
    /// The line.
    pub line: Line,
    /// Short values by place, for filters and counts: `f/status`, `a/land-01`,
    /// `i/people/role` (of any item).
    pub facets: BTreeSet<(String, String)>,
    /// The units it is handed to, each with its share.
    pub handlers: BTreeMap<UnitId, Share>,
    /// What they are to be told.
    pub notices: BTreeSet<Notice>,
    /// What is open.
    pub conflicts: Vec<Conflict>,
    /// Everything in it that can be searched.
    pub body: String,
}

/// A record's rows.
pub fn project(record: &Record, about: About) -> Rows {
    let line = Line {
        id: record.id,
        kind: record.kind,
        about,
        domain: short(record.text_of("domain")),
        source: short(record.text_of("source")),
        state: record.state.state.clone(),
        title: title(record),
        author: record.created.as_ref().and_then(|by| by.person.clone()),
        device_first: record
            .created
            .as_ref()
            .map(|by| by.device_time)
            .unwrap_or_default(),
        device_last: record
            .last
            .as_ref()
            .map(|by| by.device_time)
            .unwrap_or_default(),
        edits: record.edits as u64,
        conflicts: record.conflicts.len() as u64,
        spot: spot(record),
        due: light::due(record).map_or_else(|| NOT_DUE.to_owned(), |day| day.to_string()),
        clock: light::clock(record),
        behalf: record.created.as_ref().and_then(|by| by.behalf.clone()),
        closed: closed(record),
        number: None,
    };
    let handlers = shares(record);
    let conflicts = record.conflicts.clone();
    Rows {
        line,
        facets: facets(record),
        handlers,
        notices: notices(record),
        conflicts,
        body: body(record),
    }
}

/// States in which a record is closed: a problem, and what is done of another kind.
pub const CLOSED: [&str; 2] = ["closed", "done"];

fn closed(record: &Record) -> Option<Timestamp> {
    let state = record.state.state.as_str();
    if !CLOSED.contains(&state) {
        return None;
    }
    let flow = workflow(record.kind);
    let closes = |event: &&EventView| {
        let word = event.kind.as_str();
        let to = flow.event(word).and_then(|rule| rule.to);
        event.counts && (to == Some(state) || word == DECIDE)
    };
    let last = record.events.iter().rev().find(closes)?;
    last.by.server.map(|(_, time)| time)
}

/// The place that a record's flags are filtered and counted under.
pub const FLAG_PLACE: &str = "flag";
/// The place of the problem that a merged one goes on in.
pub const INTO_PLACE: &str = "into";
/// The place of the problems that somebody found it not to be.
pub const APART_PLACE: &str = "apart";

/// The place a value is filtered and counted under; an item's own id does not matter.
pub fn facet_place(path: &Path) -> String {
    match path {
        Path::Item {
            collection, field, ..
        } => format!("i/{collection}/{field}"),
        Path::Field(_) | Path::Answer(_) | Path::Text(_) | Path::State => path.to_string(),
    }
}

fn facets(record: &Record) -> BTreeSet<(String, String)> {
    let mut facets = BTreeSet::new();
    for (path, view) in &record.fields {
        let place = facet_place(path);
        match &view.value {
            Value::Codes(codes) => {
                facets.extend(codes.iter().map(|code| (place.clone(), code.clone())));
            }
            Value::Text(_)
            | Value::Int(_)
            | Value::Bool(_)
            | Value::Time(_)
            | Value::Quantity(_) => {
                facets.insert((place, view.value.to_string()));
            }
            Value::Empty | Value::Position(_) | Value::Unknown(_) => {}
        }
    }
    let open = flags(record).into_iter();
    facets.extend(open.map(|flag| (FLAG_PLACE.to_owned(), flag.to_owned())));
    let into = merged_into(record).into_iter();
    facets.extend(into.map(|id| (INTO_PLACE.to_owned(), id.to_string())));
    let apart = apart(record).into_iter();
    facets.extend(apart.map(|id| (APART_PLACE.to_owned(), id.to_string())));
    facets.retain(|(_, value)| !value.is_empty() && value.len() <= limits::FACET_BYTES_MAX);
    facets
}

/// The beginning of a text that is used as a code or a heading.
fn short(text: &str) -> String {
    text.chars().take(limits::TITLE_CHARS_MAX).collect()
}

fn title(record: &Record) -> String {
    let titled = record.text_of("title");
    let first_text = || record.texts.values().map(|view| view.content.trim());
    let from_text = first_text()
        .find(|content| !content.is_empty())
        .unwrap_or("");
    let text = if titled.is_empty() { from_text } else { titled };
    short(text.lines().next().unwrap_or(""))
}

/// Field `position`, else the first position in path order.
fn spot(record: &Record) -> Option<GeoPosition> {
    let of = |value: &Value| {
        if let Value::Position(spot) = value {
            Some(*spot)
        } else {
            None
        }
    };
    let named = Path::field("position")
        .ok()
        .and_then(|path| record.fields.get(&path));
    let named = named.and_then(|view| of(&view.value));
    named.or_else(|| record.fields.values().find_map(|view| of(&view.value)))
}

/// Fields that are also found by how they sound.
const SOUNDING: [&str; 5] = ["title", "village", "address", "party", "team"];

fn body(record: &Record) -> String {
    let fields = record
        .fields
        .values()
        .filter_map(|view| view.value.as_text());
    let texts = record.texts.values().map(|view| view.content.as_str());
    let mut lines: Vec<&str> = fields
        .chain(texts)
        .filter(|text| !text.is_empty())
        .collect();
    lines.dedup();
    let places = SOUNDING.into_iter().map(|field| record.text_of(field));
    let sounds: Vec<String> = places.filter_map(|text| sound(&short(text))).collect();
    let sounds = sounds.iter().map(String::as_str);
    lines
        .into_iter()
        .chain(sounds)
        .collect::<Vec<_>>()
        .join("\n")
}

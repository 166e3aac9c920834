//! Events of a problem that the units at it should hear of even when they do not look here.
//!
//! Never sends anything: it says who is to be told what.

use std::collections::{BTreeMap, BTreeSet};

use crate::admission::Definitions;
use crate::id::{CampaignId, EventId, UnitId};
use crate::record::kind::Kind;
use crate::record::value::Value;
use crate::record::view::{EventView, Record};
use crate::time::Timestamp;

use super::{CO_UNITS, UNIT, workflow};

/// Events that may be told. Which of them are is said by campaigns and by an office's setting.
pub const NOTICED: [&str; 5] = ["transfer", "reassign", "remind", "supervise", "instruct"];

/// Of which events units are told.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoticeRules {
    /// As the newest version of a campaign says, for records of all its versions.
    pub campaigns: BTreeMap<CampaignId, Vec<&'static str>>,
    /// Where a campaign does not say; nothing when every known one does.
    pub elsewhere: Vec<&'static str>,
}

impl NoticeRules {
    /// What the definitions say, and an office's setting elsewhere.
    pub fn known(definitions: &Definitions, setting: &[String]) -> NoticeRules {
        let ids: BTreeSet<&CampaignId> = definitions.iter().map(|(_, known)| &known.id).collect();
        let newest = ids.iter().filter_map(|id| definitions.latest(id));
        let said = newest.filter_map(|campaign| {
            let notices = campaign.notices.clone()?;
            Some((campaign.id.clone(), notices))
        });
        let campaigns: BTreeMap<CampaignId, Vec<&'static str>> = said.collect();
        let silent = campaigns.len() < ids.len();
        let set = |word: &&'static str| silent && setting.iter().any(|said| said == word);
        NoticeRules {
            campaigns,
            elsewhere: NOTICED.into_iter().filter(set).collect(),
        }
    }

    /// Every event that is told anywhere.
    pub fn words(&self) -> Vec<&'static str> {
        let told = |word: &&'static str| {
            let mut lists = self.campaigns.values();
            self.elsewhere.contains(word) || lists.any(|list| list.contains(word))
        };
        NOTICED.into_iter().filter(told).collect()
    }
}

/// One event for one unit.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Notice {
    /// The event.
    pub event: EventId,
    /// Its word.
    pub word: &'static str,
    /// Whom: a unit that was at the problem then.
    pub unit: UnitId,
    /// What the office wrote: text or reason.
    pub text: String,
    /// When the server took it in.
    pub time: Timestamp,
}

/// What the units of a record are to be told, in the order of its events. Events without a receipt
/// are told nobody.
pub fn notices(record: &Record) -> BTreeSet<Notice> {
    let mut found = BTreeSet::new();
    if record.kind != Kind::Problem {
        return found;
    }
    let mut units: BTreeSet<UnitId> = BTreeSet::new();
    for event in record.events.iter().filter(|event| event.counts) {
        let Some(rule) = workflow(record.kind).event(event.kind.as_str()) else {
            continue;
        };
        if rule.needs.contains(&UNIT) {
            let named = [UNIT, CO_UNITS].map(|name| event.args.get(name));
            units = named.into_iter().flat_map(super::units).collect();
        }
        let (true, Some((_, time))) = (NOTICED.contains(&rule.id), event.by.server) else {
            continue;
        };
        let text = ["text", "reason"].map(|name| said(event, name));
        let text = text.into_iter().find(|text| !text.is_empty());
        found.extend(units.iter().map(|unit| Notice {
            event: event.id,
            word: rule.id,
            unit: unit.clone(),
            text: text.unwrap_or_default().to_owned(),
            time,
        }));
    }
    found
}

fn said<'a>(event: &'a EventView, name: &str) -> &'a str {
    event.args.get(name).and_then(Value::as_text).unwrap_or("")
}

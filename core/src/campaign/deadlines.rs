//! From the JSON form to rules about time: how long something may take, to whom it rises then, and
//! of what units are told meanwhile.
//!
//! Never counts days: that is `calendar`'s and `light`'s.

use crate::campaign::agree;
use crate::campaign::error::{CampaignError, Unknown};
use crate::campaign::parse::label;
use crate::campaign::raw::{RawDeadline, RawRise};
use crate::campaign::{Campaign, DeadlineRule, DeadlineStep, Rise};
use crate::level::Level;
use crate::limits;
use crate::workflow::NOTICED;

pub(super) fn deadline(
    campaign: &Campaign,
    raw: RawDeadline,
    unknown: &mut Vec<Unknown>,
) -> Result<DeadlineRule, CampaignError> {
    let place = format!("deadlines/{}", raw.id);
    let step = match raw.step.as_str() {
        "receive" => DeadlineStep::Receive,
        "plan" => DeadlineStep::Plan,
        "rectify" => DeadlineStep::Rectify,
        "review" => DeadlineStep::Review,
        "look_back" => DeadlineStep::LookBack,
        "call_back" => DeadlineStep::CallBack,
        word => {
            unknown.push(Unknown {
                place: place.clone(),
                word: word.to_owned(),
            });
            DeadlineStep::Unknown
        }
    };
    if campaign.deadlines.iter().any(|rule| rule.id == raw.id) {
        return Err(CampaignError::Twice { place });
    }
    if let Some(code) = &raw.mode
        && campaign.code("rectification_modes", code).is_none()
    {
        let list = "rectification_modes".to_owned();
        return Err(CampaignError::NoCode {
            place,
            list,
            code: code.clone(),
        });
    }
    Ok(DeadlineRule {
        name: label(&place, raw.name)?,
        step,
        mode: raw.mode,
        domain: raw
            .domain
            .map(|word| agree::known_domain(campaign, &place, &word))
            .transpose()?,
        days: raw.days,
        warn_days: raw.warn_days,
        escalate_days: raw.escalate_days,
        id: raw.id,
    })
}

pub(super) fn rises(
    raw: Vec<RawRise>,
    unknown: &mut Vec<Unknown>,
) -> Result<Vec<Rise>, CampaignError> {
    let mut rises: Vec<Rise> = Vec::new();
    for RawRise { level: word, days } in raw {
        let place = format!("escalation/{word}");
        let Some(level) = Level::parse(&word) else {
            unknown.push(Unknown { place, word });
            continue;
        };
        if rises.iter().any(|rise| rise.level == level) {
            return Err(CampaignError::Twice { place });
        }
        if !(1..=limits::RISE_WORKING_DAYS_MAX).contains(&days) {
            let todo = "a problem rises after 1 to 250 working days overdue";
            return Err(CampaignError::Number { place, todo });
        }
        rises.push(Rise { level, days });
    }
    Ok(rises)
}

/// Events of which units are told; words of a newer version are told nobody here.
pub(super) fn told(words: Vec<String>, unknown: &mut Vec<Unknown>) -> Vec<&'static str> {
    let mut told = Vec::new();
    for word in words {
        match NOTICED.into_iter().find(|known| *known == word) {
            Some(known) if told.contains(&known) => {}
            Some(known) => told.push(known),
            None => unknown.push(Unknown {
                place: format!("notices/{word}"),
                word,
            }),
        }
    }
    told
}

//! What a region adds to a campaign: its own questions, fields and code lists (自选动作).
//!
//! Never changes what is there: every id it adds begins with the region's code, so provincial
//! totals stay what they were and two regions cannot collide.

use std::collections::BTreeMap;

use crate::campaign::agree::check;
use crate::campaign::error::{CampaignError, Unknown};
use crate::campaign::parse::{code_lists, fields_by_kind, label, question};
use crate::campaign::raw::RawLocal;
use crate::campaign::{Campaign, CodeList, FieldDef, Label, Question};
use crate::id::{CampaignId, DomainId, RegionCode};
use crate::record::kind::Kind;

/// What one region added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocalItems {
    /// The campaign it is for.
    pub campaign: CampaignId,
    /// The region; its whole subtree sees the items.
    pub region: RegionCode,
    /// Counts up with each change, from 1.
    pub version: u32,
    /// What people call it.
    pub name: Label,
    /// Questions, each for one domain or (none) for all.
    pub questions: Vec<(Option<DomainId>, Question)>,
    /// Fields by kind.
    pub fields: BTreeMap<Kind, Vec<FieldDef>>,
    /// Code lists.
    pub code_lists: BTreeMap<String, CodeList>,
    /// What a newer version wrote and this one does not understand.
    pub unknown: Vec<Unknown>,
}

impl LocalItems {
    /// Reads a region's items. Whether its lists and domains exist is checked when they join a
    /// campaign.
    pub fn parse(json: &[u8]) -> Result<LocalItems, CampaignError> {
        let raw: RawLocal = serde_json::from_slice(json)?;
        let region = RegionCode::new(&raw.region).map_err(|source| CampaignError::Id {
            place: "region".to_owned(),
            source,
        })?;
        let campaign = CampaignId::new(&raw.campaign).map_err(|source| CampaignError::Id {
            place: "campaign".to_owned(),
            source,
        })?;
        let mut unknown = Vec::new();
        let mut questions = Vec::new();
        for asked in raw.questions {
            let place = format!("questions/{}", asked.id);
            let domain = asked.domain.as_deref().map(DomainId::new).transpose();
            let domain = domain.map_err(|source| CampaignError::Id {
                place: place.clone(),
                source,
            })?;
            questions.push((
                domain,
                question(&place, asked, Some(region.clone()), &mut unknown)?,
            ));
        }
        let items = LocalItems {
            campaign,
            version: raw.version,
            name: label("name", raw.name)?,
            questions,
            fields: fields_by_kind("fields", raw.fields, &mut unknown)?,
            code_lists: code_lists(raw.code_lists)?,
            unknown,
            region,
        };
        items.check_ids()?;
        Ok(items)
    }

    fn check_ids(&self) -> Result<(), CampaignError> {
        let questions = self
            .questions
            .iter()
            .map(|(_, question)| question.id.as_str());
        let fields = self
            .fields
            .values()
            .flatten()
            .map(|field| field.id.as_str());
        let lists = self.code_lists.keys().map(String::as_str);
        for id in questions.chain(fields).chain(lists) {
            let rest = id.strip_prefix(self.region.as_str());
            if rest.is_none_or(|rest| !rest.starts_with('-')) {
                let region = self.region.to_string();
                return Err(CampaignError::NotLocal {
                    place: id.to_owned(),
                    region,
                });
            }
        }
        Ok(())
    }
}

/// Items of a region that joined before are replaced.
pub(super) fn join(mut campaign: Campaign, items: LocalItems) -> Result<Campaign, CampaignError> {
    if items.campaign != campaign.id {
        return Err(CampaignError::OtherCampaign {
            theirs: items.campaign.to_string(),
            ours: campaign.id.to_string(),
        });
    }
    let before = campaign
        .local
        .iter()
        .position(|other| other.region == items.region);
    if let Some(before) = before {
        let old = campaign.local.remove(before);
        campaign
            .code_lists
            .retain(|id, _| !old.code_lists.contains_key(id));
    }
    for (id, list) in &items.code_lists {
        if campaign
            .code_lists
            .insert(id.clone(), list.clone())
            .is_some()
        {
            return Err(CampaignError::Twice {
                place: format!("code_lists/{id}"),
            });
        }
    }
    campaign.local.push(items);
    check(&campaign)?;
    Ok(campaign)
}

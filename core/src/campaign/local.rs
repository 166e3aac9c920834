//! What a region adds to a campaign: its own questions, fields and code lists (自选动作).
//!
//! Never changes what is there: every id it adds begins with the region's code, so provincial
//! totals stay what they were and two regions cannot collide.

use std::collections::BTreeMap;

use crate::campaign::agree::check;
use crate::campaign::error::{CampaignError, Unknown};
use crate::campaign::parse::{code_lists, fields_by_kind, label, question};
use crate::campaign::raw::RawLocal;
use crate::campaign::{Answer, Campaign, CodeList, FieldDef, Label, Question};
use crate::id::{CampaignId, DomainId, RegionCode};
use crate::record::DefinitionRef;
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
        if raw.version == 0 {
            return Err(CampaignError::Number {
                place: "version".to_owned(),
                todo: "the first version is 1",
            });
        }
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

    /// What they are stored and sent under: `hebei-6plus1.130123@1`.
    pub fn name_of(&self) -> Result<DefinitionRef, CampaignError> {
        let place = format!("{}.{}", self.campaign, self.region);
        let campaign =
            CampaignId::new(&place).map_err(|source| CampaignError::Id { place, source })?;
        Ok(DefinitionRef {
            campaign,
            version: self.version,
        })
    }

    /// Whether what edits may rest on already is still here: every question, field and code of
    /// the version before, with what it may hold. Then an edit's verdict does not depend on which
    /// of the two versions judges it, only on whether its items are known yet.
    pub fn follows(&self, before: &LocalItems) -> Result<(), CampaignError> {
        if self.version <= before.version {
            return Err(CampaignError::NotNewer {
                version: before.version,
            });
        }
        let dropped = |place: String| {
            Err(CampaignError::Dropped {
                place,
                version: before.version,
            })
        };
        for (_, old) in &before.questions {
            let mut now = self.questions.iter().map(|(_, question)| question);
            if !now.any(|new| new.id == old.id && new.answer.holds_what(&old.answer)) {
                return dropped(format!("questions/{}", old.id));
            }
        }
        for (kind, old) in &before.fields {
            let now = self.fields.get(kind).map_or(&[][..], Vec::as_slice);
            for old in old {
                if !now
                    .iter()
                    .any(|new| new.id == old.id && new.holds_what(old))
                {
                    return dropped(format!("fields/{kind}/{}", old.id));
                }
            }
        }
        for (id, old) in &before.code_lists {
            let now = self.code_lists.get(id);
            for code in &old.codes {
                if now.and_then(|now| now.get(&code.code)).is_none() {
                    return dropped(format!("code_lists/{id}/{}", code.code));
                }
            }
        }
        Ok(())
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

impl Answer {
    /// Whether both take the same values: which of them hints at a problem may change.
    fn holds_what(&self, before: &Answer) -> bool {
        (self.value, &self.code_list) == (before.value, &before.code_list)
    }
}

impl FieldDef {
    /// Whether both take the same values from the same people.
    fn holds_what(&self, before: &FieldDef) -> bool {
        let of = |def: &FieldDef| {
            let limits = (def.code_list.clone(), def.dimension.clone(), def.range);
            (def.section, def.value, limits)
        };
        of(self) == of(before)
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
    campaign.local.sort_by(|a, b| a.region.cmp(&b.region));
    check(&campaign)?;
    Ok(campaign)
}

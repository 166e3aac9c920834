//! Every definition that is known: campaigns by version, each with what regions added to it.
//!
//! Never decides which one counts: a change names the version its author's form was made from.

use std::collections::BTreeMap;

use crate::campaign::{Calendar, Campaign, CampaignError, LocalItems};
use crate::id::{CampaignId, RegionCode};
use crate::record::DefinitionRef;

/// One published definition: the log and the devices keep both sorts under one kind of name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Definition {
    /// A version of a campaign.
    Campaign(Box<Campaign>),
    /// A version of what a region adds to a campaign.
    Local(Box<LocalItems>),
}

impl Definition {
    /// Reads either sort: a region's items name their `region`, a campaign has none.
    pub fn parse(json: &[u8]) -> Result<Definition, CampaignError> {
        #[derive(serde::Deserialize)]
        struct Sort {
            region: Option<serde_json::Value>,
        }
        let sort: Sort = serde_json::from_slice(json)?;
        Ok(match sort.region {
            Some(_) => Definition::Local(Box::new(LocalItems::parse(json)?)),
            None => Definition::Campaign(Box::new(Campaign::parse(json)?)),
        })
    }

    /// What it is stored and sent under: `hebei-6plus1@1`, `hebei-6plus1.130123@1`.
    pub fn name(&self) -> Result<DefinitionRef, CampaignError> {
        match self {
            Definition::Campaign(campaign) => Ok(DefinitionRef {
                campaign: campaign.id.clone(),
                version: campaign.version,
            }),
            Definition::Local(items) => items.name_of(),
        }
    }
}

/// Every version of every campaign that is known, with every region's items.
#[derive(Debug, Clone, Default)]
pub struct Definitions {
    campaigns: BTreeMap<DefinitionRef, Campaign>,
    local: BTreeMap<(CampaignId, RegionCode), LocalItems>,
}

impl Definitions {
    /// The calendar that counts: the highest version that any definition brings, unless the
    /// built-in one is newer.
    pub fn calendar<'c>(&'c self, built_in: &'c Calendar) -> &'c Calendar {
        let brought = self.campaigns.values().filter_map(|c| c.calendar.as_ref());
        let newest = brought.max_by_key(|calendar| calendar.version);
        newest
            .filter(|newest| newest.version >= built_in.version)
            .unwrap_or(built_in)
    }

    /// Adds a version, with what regions have added to its campaign.
    pub fn insert(&mut self, mut campaign: Campaign) {
        let of_it = |((of, _), _): &(&(CampaignId, RegionCode), &LocalItems)| *of == campaign.id;
        let local: Vec<&LocalItems> = self.local.iter().filter(of_it).map(|(_, i)| i).collect();
        for items in local {
            join(&mut campaign, items);
        }
        let name = DefinitionRef {
            campaign: campaign.id.clone(),
            version: campaign.version,
        };
        self.campaigns.insert(name, campaign);
    }

    /// Adds a region's items to every version of their campaign. Older ones than those known
    /// change nothing.
    pub fn insert_local(&mut self, items: LocalItems) {
        let key = (items.campaign.clone(), items.region.clone());
        let older = |known: &LocalItems| known.version >= items.version;
        if self.local.get(&key).is_some_and(older) {
            return;
        }
        let versions = self.campaigns.values_mut();
        for campaign in versions.filter(|campaign| campaign.id == items.campaign) {
            join(campaign, &items);
        }
        self.local.insert(key, items);
    }

    /// Adds either.
    pub fn add(&mut self, definition: Definition) {
        match definition {
            Definition::Campaign(campaign) => self.insert(*campaign),
            Definition::Local(items) => self.insert_local(*items),
        }
    }

    /// Whether a definition may be published beside those known: a region's items fit the newest
    /// version of their campaign and keep what they said before, and a new version of a campaign
    /// keeps what regions' items rest on. Verdicts given before then stay right.
    pub fn may_follow(&self, definition: &Definition) -> Result<(), CampaignError> {
        match definition {
            Definition::Campaign(campaign) => {
                let mut joined = campaign.as_ref().clone();
                for items in self.local.values().filter(|i| i.campaign == campaign.id) {
                    joined = joined.with_local(items.clone())?;
                }
                Ok(())
            }
            Definition::Local(items) => {
                if let Some(before) = self.local(&items.campaign, &items.region) {
                    items.follows(before)?;
                }
                let latest = self.latest(&items.campaign);
                let latest = latest.ok_or_else(|| CampaignError::NoCampaign {
                    campaign: items.campaign.to_string(),
                })?;
                latest.clone().with_local(items.as_ref().clone()).map(drop)
            }
        }
    }

    /// One version of a campaign.
    pub fn get(&self, name: &DefinitionRef) -> Option<&Campaign> {
        self.campaigns.get(name)
    }

    /// The newest version of a campaign.
    pub fn latest(&self, campaign: &CampaignId) -> Option<&Campaign> {
        self.campaigns.values().rfind(|known| known.id == *campaign)
    }

    /// What a region adds to a campaign, the newest version.
    pub fn local(&self, campaign: &CampaignId, region: &RegionCode) -> Option<&LocalItems> {
        self.local.get(&(campaign.clone(), region.clone()))
    }

    /// Every region's newest items.
    pub fn locals(&self) -> impl Iterator<Item = &LocalItems> {
        self.local.values()
    }

    /// All campaigns, by id and version.
    pub fn iter(&self) -> impl Iterator<Item = (&DefinitionRef, &Campaign)> {
        self.campaigns.iter()
    }
}

/// Items that an old version of a campaign has no place for (a domain came later) stay out of it.
fn join(campaign: &mut Campaign, items: &LocalItems) {
    if let Ok(joined) = campaign.clone().with_local(items.clone()) {
        *campaign = joined;
    }
}

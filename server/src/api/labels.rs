//! What people call codes: from the campaign definitions and the workflows.
//!
//! Never needed to understand an answer: codes are always there, labels where they are known.

use std::sync::Arc;

use liandu_core::admission::Definitions;
use liandu_core::campaign::{Campaign, FieldDef, Label};
use liandu_core::id::{CampaignId, CollectionId, DomainId, FieldId, QuestionId};
use liandu_core::level::Level;
use liandu_core::light::Light;
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_core::workflow::{flag, workflow};

use crate::tables::count::By;
use crate::tables::rows::FLAG_PLACE;

/// Every definition the log knows.
#[derive(Debug, Clone)]
pub(crate) struct Labels(pub(crate) Arc<Definitions>);

fn label(zh: &str, en: &str) -> Label {
    Label {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

/// A kind's name.
pub(crate) fn of_kind(kind: Kind) -> Label {
    match kind {
        Kind::Inspection => label("检查", "inspection"),
        Kind::Problem => label("问题", "problem"),
        Kind::Opinion => label("群众意见", "opinion"),
        Kind::Object => label("检查对象", "object"),
        Kind::Task => label("任务", "task"),
        Kind::Activity => label("活动", "activity"),
        Kind::Referral => label("纪检移送", "referral"),
    }
}

/// A state's name.
pub(crate) fn of_state(kind: Kind, state: &str) -> Option<Label> {
    workflow(kind)
        .state(state)
        .map(|rule| label(rule.zh, rule.en))
}

impl Labels {
    /// Newer versions first.
    fn newest(&self) -> impl Iterator<Item = &Campaign> {
        let all: Vec<&Campaign> = self.0.iter().map(|(_, campaign)| campaign).collect();
        all.into_iter().rev()
    }

    /// The definition of that campaign, none when it is not known here.
    pub(crate) fn campaign(&self, id: Option<&str>) -> Option<&Campaign> {
        self.0.latest(&CampaignId::new(id?).ok()?)
    }

    /// A value's name in a count.
    pub(crate) fn of_group(&self, by: Option<&By>, value: &str) -> Option<Label> {
        match by? {
            By::Column("kind", _) => Kind::parse(value).map(of_kind),
            By::Column("state", _) => Kind::ALL.into_iter().find_map(|kind| of_state(kind, value)),
            By::Column("domain", _) => {
                let id = DomainId::new(value).ok()?;
                self.newest()
                    .find_map(|campaign| campaign.domain(&id))
                    .map(|d| d.name.clone())
            }
            By::Column("campaign", _) => self.campaign(Some(value)).map(|c| c.name.clone()),
            By::Light => Light::parse(value).map(|light| label(light.name().0, light.name().1)),
            By::Raised => Level::parse(value).map(|level| {
                let (zh, en) = level.name();
                label(zh, en)
            }),
            By::Column(..) | By::Handler => None,
            By::Facet(place) if place == FLAG_PLACE => {
                flag(value).map(|rule| label(rule.zh, rule.en))
            }
            By::Facet(place) => self.newest().find_map(|campaign| {
                let field = Kind::ALL
                    .into_iter()
                    .find_map(|kind| field_at(campaign, kind, place));
                code(campaign, field?, value)
            }),
        }
    }
}

fn field_at<'c>(campaign: &'c Campaign, kind: Kind, place: &str) -> Option<&'c FieldDef> {
    match place.split('/').collect::<Vec<_>>().as_slice() {
        ["f", id] => campaign.field(kind, &FieldId::new(id).ok()?),
        ["i", collection, id] => {
            let collection = CollectionId::new(collection).ok()?;
            campaign.item_field(kind, &collection, &FieldId::new(id).ok()?)
        }
        _other => None,
    }
}

fn code(campaign: &Campaign, field: &FieldDef, value: &str) -> Option<Label> {
    campaign.code(field.code_list.as_deref()?, value).cloned()
}

/// What people call a place of a record.
pub(crate) fn of_path(campaign: &Campaign, kind: Kind, path: &Path) -> Option<Label> {
    match path {
        Path::Field(id) => campaign.field(kind, id).map(|field| field.label.clone()),
        Path::Answer(id) => question(campaign, id),
        Path::Item {
            collection, field, ..
        } => campaign
            .item_field(kind, collection, field)
            .map(|field| field.label.clone()),
        Path::Text(id) => campaign.text(kind, id).map(|text| text.label.clone()),
        Path::State => Some(label("状态", "state")),
    }
}

fn question(campaign: &Campaign, id: &QuestionId) -> Option<Label> {
    campaign
        .question(id)
        .map(|(_, question)| question.text.clone())
}

/// What people call a value at a place.
pub(crate) fn of_value(
    campaign: &Campaign,
    kind: Kind,
    path: &Path,
    value: &Value,
) -> Option<Label> {
    let text = value.as_text()?;
    match path {
        Path::Field(id) if id.as_str() == "domain" => campaign
            .domain(&DomainId::new(text).ok()?)
            .map(|domain| domain.name.clone()),
        Path::Field(id) => code(campaign, campaign.field(kind, id)?, text),
        Path::Item {
            collection, field, ..
        } => code(
            campaign,
            campaign.item_field(kind, collection, field)?,
            text,
        ),
        Path::Answer(_) | Path::Text(_) | Path::State => None,
    }
}

//! Whether the parts of a definition agree: lists, domains and dimensions that are named exist, and
//! ids that must differ do.
//!
//! Never mends anything.

use std::collections::BTreeSet;

use crate::campaign::{Answer, Campaign, CampaignError, FieldDef, ValueType};
use crate::id::DomainId;
use crate::record::kind::Kind;

/// Everything that one part says of another: lists, domains, dimensions, ids that must differ.
pub(super) fn check(campaign: &Campaign) -> Result<(), CampaignError> {
    let mut questions = BTreeSet::new();
    let of_domains = campaign.domains.iter().flat_map(|domain| &domain.checklist);
    let local = campaign.local.iter().flat_map(|items| &items.questions);
    for (domain, _) in local.clone() {
        if let Some(domain) = domain {
            known_domain(campaign, "questions", domain.as_str())?;
        }
    }
    for question in of_domains.chain(local.map(|(_, question)| question)) {
        let place = format!("question {}", question.id);
        if !questions.insert(&question.id) {
            return Err(CampaignError::Twice { place });
        }
        check_answer(campaign, &place, &question.answer)?;
    }
    for domain in &campaign.domains {
        let place = format!("domains/{}/problem_types", domain.id);
        check_list(campaign, &place, Some(&domain.problem_types))?;
    }
    for kind in Kind::ALL {
        check_fields(
            campaign,
            &format!("kinds/{kind}"),
            campaign.all_fields(kind),
        )?;
        for collection in campaign
            .kinds
            .get(&kind)
            .into_iter()
            .flat_map(|def| &def.collections)
        {
            let place = format!("kinds/{kind}/{}", collection.id);
            check_fields(campaign, &place, collection.fields.iter())?;
        }
    }
    Ok(())
}

fn check_fields<'a>(
    campaign: &Campaign,
    place: &str,
    fields: impl Iterator<Item = &'a FieldDef>,
) -> Result<(), CampaignError> {
    let mut ids = BTreeSet::new();
    for field in fields {
        let place = format!("{place}/{}", field.id);
        if !ids.insert(&field.id) {
            return Err(CampaignError::Twice { place });
        }
        if let Some(dimension) = &field.dimension
            && campaign
                .units
                .values()
                .all(|unit| unit.dimension != *dimension)
        {
            return Err(CampaignError::NoDimension {
                place,
                dimension: dimension.clone(),
            });
        }
        check_codes(campaign, &place, field.value, field.code_list.as_ref())?;
    }
    Ok(())
}

fn check_answer(campaign: &Campaign, place: &str, answer: &Answer) -> Result<(), CampaignError> {
    check_codes(campaign, place, answer.value, answer.code_list.as_ref())?;
    let (Some(list), Some(code)) = (&answer.code_list, &answer.problem_on) else {
        return Ok(());
    };
    match campaign.code(list, code) {
        Some(_) => Ok(()),
        None => Err(CampaignError::NoCode {
            place: place.to_owned(),
            list: list.clone(),
            code: code.clone(),
        }),
    }
}

fn check_codes(
    campaign: &Campaign,
    place: &str,
    value: ValueType,
    list: Option<&String>,
) -> Result<(), CampaignError> {
    let coded = matches!(value, ValueType::Code | ValueType::Codes);
    if coded || list.is_some() {
        check_list(campaign, place, list)
    } else {
        Ok(())
    }
}

fn check_list(
    campaign: &Campaign,
    place: &str,
    list: Option<&String>,
) -> Result<(), CampaignError> {
    match list {
        Some(list) if campaign.code_lists.contains_key(list) => Ok(()),
        _ => Err(CampaignError::NoList {
            place: place.to_owned(),
            list: list.cloned().unwrap_or_default(),
        }),
    }
}

pub(super) fn known_domain(
    campaign: &Campaign,
    place: &str,
    word: &str,
) -> Result<DomainId, CampaignError> {
    let id = DomainId::new(word).map_err(|source| CampaignError::Id {
        place: place.to_owned(),
        source,
    })?;
    match campaign.domain(&id) {
        Some(_) => Ok(id),
        None => Err(CampaignError::NoDomain {
            place: place.to_owned(),
            domain: word.to_owned(),
        }),
    }
}

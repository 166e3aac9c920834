//! From the JSON form to types that cannot be wrong.
//!
//! Never fills in what a definition forgot, except what kinds always have and the lists that follow
//! from the rest.

use std::collections::BTreeMap;

use crate::campaign::deadlines::{deadline, rises, told};
use crate::campaign::error::{CampaignError, Unknown};
use crate::campaign::raw::{
    RawCampaign, RawCode, RawCodeList, RawCollection, RawDomain, RawField, RawFields, RawKind,
    RawLabel, RawQuestion, RawText, RawUnit,
};
use crate::campaign::{
    Answer, Calendar, Campaign, Code, CodeList, CollectionDef, Domain, FieldDef, KindDef, Label,
    Question, Section, TextDef, UnitOfMeasure, ValueType,
};
use crate::campaign::{agree, always, photos};
use crate::id::{CampaignId, CollectionId, DomainId, FieldId, IdError, QuestionId, RegionCode};
use crate::record::kind::Kind;

/// The list that a checklist answer is from when it names none.
const ANSWERS: &str = "yes_no_na";

pub(super) fn campaign(json: &[u8]) -> Result<Campaign, CampaignError> {
    let raw: RawCampaign = serde_json::from_slice(json)?;
    if raw.version == 0 {
        return Err(CampaignError::Number {
            place: "version".to_owned(),
            todo: "the first version is 1",
        });
    }
    let mut unknown = Vec::new();
    let mut campaign = Campaign {
        id: id("id", &raw.id, CampaignId::new)?,
        version: raw.version,
        name: label("name", raw.name)?,
        domains: Vec::new(),
        kinds: BTreeMap::new(),
        code_lists: code_lists(raw.code_lists)?,
        units: units(raw.units)?,
        deadlines: Vec::new(),
        escalation: rises(raw.escalation, &mut unknown)?,
        notices: raw.notices.map(|words| told(words, &mut unknown)),
        calendar: raw.calendar.map(Calendar::made).transpose()?,
        photos: photos::rule(&raw.photos)?,
        local: Vec::new(),
        unknown: Vec::new(),
    };
    for raw in raw.domains {
        let place = format!("domains/{}", raw.id);
        let made = domain(raw, &mut unknown)?;
        if campaign.domain(&made.id).is_some() {
            return Err(CampaignError::Twice { place });
        }
        campaign.domains.push(made);
    }
    campaign.kinds = kinds(raw.kinds, &mut unknown)?;
    for rule in raw.deadlines {
        let made = deadline(&campaign, rule, &mut unknown)?;
        campaign.deadlines.push(made);
    }
    campaign.unknown = unknown;
    for (id, list) in made_lists(&campaign)? {
        campaign.code_lists.entry(id).or_insert(list);
    }
    agree::check(&campaign)?;
    Ok(campaign)
}

/// The lists that follow from the rest: `domains`, `problem_types` (of all domains) and
/// `deadline_rules`. One that a definition has itself stays.
fn made_lists(campaign: &Campaign) -> Result<[(String, CodeList); 3], CampaignError> {
    let code = |code: &str, name: &Label| Code {
        code: code.to_owned(),
        name: name.clone(),
        retired: false,
    };
    let domains = campaign
        .domains
        .iter()
        .map(|domain| code(domain.id.as_str(), &domain.name));
    let rules = campaign
        .deadlines
        .iter()
        .map(|rule| code(&rule.id, &rule.name));
    let mut types: Vec<Code> = Vec::new();
    for domain in &campaign.domains {
        let list = campaign.code_lists.get(&domain.problem_types);
        for entry in list.into_iter().flat_map(|list| &list.codes) {
            if types.iter().any(|other| other.code == entry.code) {
                let place = format!("code_lists/{}/{}", domain.problem_types, entry.code);
                return Err(CampaignError::Twice { place });
            }
            types.push(entry.clone());
        }
    }
    let list = |id: &str, zh: &str, en: &str, codes: Vec<Code>| {
        let name = Label {
            zh: zh.to_owned(),
            en: en.to_owned(),
        };
        (id.to_owned(), CodeList { name, codes })
    };
    Ok([
        list("domains", "领域", "domains", domains.collect()),
        list("problem_types", "问题类型", "sorts of problems", types),
        list(
            "deadline_rules",
            "时限规则",
            "deadline rules",
            rules.collect(),
        ),
    ])
}

fn id<T>(
    place: &str,
    text: &str,
    new: impl Fn(&str) -> Result<T, IdError>,
) -> Result<T, CampaignError> {
    new(text).map_err(|source| CampaignError::Id {
        place: format!("{place} \"{text}\""),
        source,
    })
}

pub(super) fn label(place: &str, raw: RawLabel) -> Result<Label, CampaignError> {
    if raw.zh.trim().is_empty() || raw.en.trim().is_empty() {
        return Err(CampaignError::EmptyLabel {
            place: place.to_owned(),
        });
    }
    Ok(Label {
        zh: raw.zh,
        en: raw.en,
    })
}

fn optional(place: &str, raw: Option<RawLabel>) -> Result<Option<Label>, CampaignError> {
    raw.map(|raw| label(place, raw)).transpose()
}

pub(super) fn code_lists(
    raw: Vec<RawCodeList>,
) -> Result<BTreeMap<String, CodeList>, CampaignError> {
    let mut lists = BTreeMap::new();
    for raw in raw {
        let place = format!("code_lists/{}", raw.id);
        let mut list = CodeList {
            name: label(&place, raw.name)?,
            codes: Vec::new(),
        };
        for RawCode {
            code,
            zh,
            en,
            retired,
        } in raw.codes
        {
            let place = format!("{place}/{code}");
            let name = label(&place, RawLabel { zh, en })?;
            if code.is_empty() || list.get(&code).is_some() {
                return Err(CampaignError::Twice { place });
            }
            list.codes.push(Code {
                code,
                name,
                retired,
            });
        }
        if lists.insert(raw.id, list).is_some() {
            return Err(CampaignError::Twice { place });
        }
    }
    Ok(lists)
}

fn units(raw: Vec<RawUnit>) -> Result<BTreeMap<String, UnitOfMeasure>, CampaignError> {
    let mut units = BTreeMap::new();
    for raw in raw {
        let place = format!("units/{}", raw.code);
        if raw.numerator < 1 || raw.denominator < 1 {
            let todo = "numerator and denominator are at least 1";
            return Err(CampaignError::Number { place, todo });
        }
        let unit = UnitOfMeasure {
            name: label(
                &place,
                RawLabel {
                    zh: raw.zh,
                    en: raw.en,
                },
            )?,
            dimension: raw.dimension,
            base_numerator: raw.numerator,
            base_denominator: raw.denominator,
        };
        if units.insert(raw.code, unit).is_some() {
            return Err(CampaignError::Twice { place });
        }
    }
    Ok(units)
}

fn domain(raw: RawDomain, unknown: &mut Vec<Unknown>) -> Result<Domain, CampaignError> {
    let place = format!("domains/{}", raw.id);
    let mut checklist = Vec::new();
    for asked in raw.checklist {
        let place = format!("{place}/checklist/{}", asked.id);
        checklist.push(question(&place, asked, None, unknown)?);
    }
    Ok(Domain {
        id: id(&place, &raw.id, DomainId::new)?,
        name: label(&place, raw.name)?,
        checklist,
        problem_types: raw.problem_types,
        fields: fields_by_kind(&place, raw.fields, unknown)?,
    })
}

pub(super) fn question(
    place: &str,
    raw: RawQuestion,
    local_to: Option<RegionCode>,
    unknown: &mut Vec<Unknown>,
) -> Result<Question, CampaignError> {
    let value = raw.answer.as_deref().unwrap_or("code");
    let value = value_type(place, value, unknown);
    let yes_or_no = value == ValueType::Code && raw.code_list.is_none();
    let code_list = if yes_or_no {
        Some(ANSWERS.to_owned())
    } else {
        raw.code_list
    };
    Ok(Question {
        id: id(place, &raw.id, QuestionId::new)?,
        text: label(place, raw.text)?,
        basis: optional(place, raw.basis)?,
        answer: Answer {
            value,
            code_list,
            problem_on: raw.problem_on,
        },
        local_to,
    })
}

pub(super) fn fields_by_kind(
    place: &str,
    raw: Vec<RawFields>,
    unknown: &mut Vec<Unknown>,
) -> Result<BTreeMap<Kind, Vec<FieldDef>>, CampaignError> {
    let mut fields: BTreeMap<Kind, Vec<FieldDef>> = BTreeMap::new();
    for RawFields { kind, fields: raw } in raw {
        let place = format!("{place}/fields/{kind}");
        let Some(kind) = Kind::parse(&kind) else {
            unknown.push(Unknown { place, word: kind });
            continue;
        };
        for raw in raw {
            let made = field(&place, raw, None, unknown)?;
            fields.entry(kind).or_default().push(made);
        }
    }
    Ok(fields)
}

fn kinds(
    raw: Vec<RawKind>,
    unknown: &mut Vec<Unknown>,
) -> Result<BTreeMap<Kind, KindDef>, CampaignError> {
    let mut kinds = BTreeMap::new();
    for raw in raw {
        let place = format!("kinds/{}", raw.id);
        let Some(kind) = Kind::parse(&raw.id) else {
            unknown.push(Unknown {
                place,
                word: raw.id,
            });
            continue;
        };
        if kinds
            .insert(kind, kind_def(&place, raw, unknown)?)
            .is_some()
        {
            return Err(CampaignError::KindTwice { place });
        }
    }
    for kind in Kind::ALL {
        always::add(kind, kinds.entry(kind).or_default())?;
    }
    Ok(kinds)
}

fn kind_def(
    place: &str,
    raw: RawKind,
    unknown: &mut Vec<Unknown>,
) -> Result<KindDef, CampaignError> {
    let mut def = KindDef::default();
    for raw in raw.fields {
        def.fields.push(field(place, raw, None, unknown)?);
    }
    for raw in raw.texts {
        let made = text(place, raw, unknown)?;
        if def.texts.iter().any(|text| text.id == made.id) {
            return Err(CampaignError::Twice {
                place: format!("{place}/texts/{}", made.id),
            });
        }
        def.texts.push(made);
    }
    for raw in raw.collections {
        let made = collection(place, raw, unknown)?;
        if def
            .collections
            .iter()
            .any(|collection| collection.id == made.id)
        {
            return Err(CampaignError::Twice {
                place: format!("{place}/{}", made.id),
            });
        }
        def.collections.push(made);
    }
    Ok(def)
}

fn text(place: &str, raw: RawText, unknown: &mut Vec<Unknown>) -> Result<TextDef, CampaignError> {
    let place = format!("{place}/texts/{}", raw.id);
    Ok(TextDef {
        id: id(&place, &raw.id, FieldId::new)?,
        label: label(&place, raw.label)?,
        section: section(&place, &raw.section, unknown),
    })
}

fn collection(
    place: &str,
    raw: RawCollection,
    unknown: &mut Vec<Unknown>,
) -> Result<CollectionDef, CampaignError> {
    let place = format!("{place}/collections/{}", raw.id);
    let section = section(&place, &raw.section, unknown);
    let mut fields = Vec::new();
    for raw in raw.fields {
        fields.push(field(&place, raw, Some(section), unknown)?);
    }
    Ok(CollectionDef {
        id: id(&place, &raw.id, CollectionId::new)?,
        name: label(&place, raw.name)?,
        section,
        fields,
    })
}

fn field(
    place: &str,
    raw: RawField,
    of_collection: Option<Section>,
    unknown: &mut Vec<Unknown>,
) -> Result<FieldDef, CampaignError> {
    let place = format!("{place}/{}", raw.id);
    let range = match (raw.min, raw.max) {
        (None, None) => None,
        (min, max) => Some((min.unwrap_or(i64::MIN), max.unwrap_or(i64::MAX))),
    };
    if range.is_some_and(|(min, max)| min > max) {
        return Err(CampaignError::Number {
            place,
            todo: "min is at most max",
        });
    }
    Ok(FieldDef {
        id: id(&place, &raw.id, FieldId::new)?,
        label: label(&place, raw.label)?,
        section: match (raw.section, of_collection) {
            (_, Some(section)) => section,
            (Some(word), None) => section(&place, &word, unknown),
            (None, None) => Section::Finding,
        },
        value: value_type(&place, &raw.value, unknown),
        required: raw.required,
        code_list: raw.code_list,
        dimension: raw.dimension,
        range,
        hint: optional(&place, raw.hint)?,
    })
}

fn section(place: &str, word: &str, unknown: &mut Vec<Unknown>) -> Section {
    let known = [
        Section::Finding,
        Section::Settled,
        Section::Rectification,
        Section::Review,
        Section::Office,
    ];
    known
        .into_iter()
        .find(|section| section.as_str() == Some(word))
        .unwrap_or_else(|| {
            unknown.push(Unknown {
                place: place.to_owned(),
                word: word.to_owned(),
            });
            Section::Unknown
        })
}

fn value_type(place: &str, word: &str, unknown: &mut Vec<Unknown>) -> ValueType {
    ValueType::KNOWN
        .into_iter()
        .find(|value| value.as_str() == Some(word))
        .unwrap_or_else(|| {
            unknown.push(Unknown {
                place: place.to_owned(),
                word: word.to_owned(),
            });
            ValueType::Unknown
        })
}

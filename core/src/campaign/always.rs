//! What records of a kind hold whatever a definition says: the texts they are born with, the places
//! that a task sends its group to, the hashes of photos before they were made smaller, and the form of
//! a referral, which no campaign need know of.
//!
//! Never replaces what a definition says of the same place.

use crate::campaign::{
    CampaignError, CollectionDef, FieldDef, KindDef, Label, Section, TextDef, ValueType,
};
use crate::id::{CollectionId, FieldId};
use crate::record::kind::Kind;
use crate::record::visit::POINTS;

/// Adds what is lacking.
pub(super) fn add(kind: Kind, def: &mut KindDef) -> Result<(), CampaignError> {
    for word in kind.built_in_texts() {
        let id = field_id(word)?;
        if def.texts.iter().all(|text| text.id != id) {
            let (zh, section) = match *word {
                "remarks" => ("备注", Section::Finding),
                "findings" => ("检查发现", Section::Finding),
                "description" => ("问题描述", Section::Finding),
                "plan" => ("整改方案", Section::Rectification),
                "result" => ("整改结果", Section::Rectification),
                "content" => ("意见内容", Section::Finding),
                "reason" => ("移送事由", Section::Finding),
                "substance" => ("移送的事实和材料", Section::Finding),
                _ => ("说明", Section::Finding),
            };
            let label = label(zh, word);
            def.texts.push(TextDef { id, label, section });
        }
    }
    match kind {
        Kind::Referral => referral(def)?,
        Kind::Task => points(def)?,
        Kind::Inspection | Kind::Problem | Kind::Opinion | Kind::Object | Kind::Activity => {}
    }
    originals(def)
}

/// Beside each photo that a phone made smaller stands the hash of the one that the camera made.
fn originals(def: &mut KindDef) -> Result<(), CampaignError> {
    for collection in &mut def.collections {
        let made = FieldDef {
            section: collection.section,
            ..field(
                "original",
                "原图校验值",
                "hash of the original",
                ValueType::Text,
            )?
        };
        let mut fields = collection.fields.iter();
        let is_photos =
            fields.any(|field| field.id.as_str() == "hash" && field.value == ValueType::Hash);
        if is_photos && collection.fields.iter().all(|field| field.id != made.id) {
            collection.fields.push(made);
        }
    }
    Ok(())
}

/// A place is an object of the inventory, or one that the office describes itself.
fn points(def: &mut KindDef) -> Result<(), CampaignError> {
    let domain = FieldDef {
        code_list: Some("domains".to_owned()),
        ..field("domain", "领域", "domain", ValueType::Code)?
    };
    let fields = vec![
        field("title", "地点", "place", ValueType::Text)?,
        field("object", "检查对象", "object inspected", ValueType::Record)?,
        domain,
        field("village", "村(社区)", "village", ValueType::Text)?,
        field("address", "地址", "address", ValueType::Text)?,
        field("position", "位置", "position", ValueType::Position)?,
    ];
    let name = label("走访点位", "places to visit");
    collection(def, "task", (POINTS, name, Section::Office), fields)
}

fn referral(def: &mut KindDef) -> Result<(), CampaignError> {
    for made in [
        field("title", "标题", "title", ValueType::Text)?,
        field(
            "problem",
            "移送的问题",
            "problem referred",
            ValueType::Record,
        )?,
    ] {
        if def.fields.iter().all(|field| field.id != made.id) {
            def.fields.push(made);
        }
    }
    let fields = vec![
        field("hash", "附件", "attachment", ValueType::Hash)?,
        field("kind", "类别", "sort", ValueType::Text)?,
        field("caption", "说明", "caption", ValueType::Text)?,
    ];
    let name = label("附件", "attachments");
    collection(def, "referral", ("photos", name, Section::Finding), fields)
}

fn collection(
    def: &mut KindDef,
    kind: &str,
    (word, name, section): (&str, Label, Section),
    fields: Vec<FieldDef>,
) -> Result<(), CampaignError> {
    let place = format!("{kind}/{word}");
    let id = CollectionId::new(word).map_err(|source| CampaignError::Id { place, source })?;
    if def.collections.iter().all(|known| known.id != id) {
        def.collections.push(CollectionDef {
            id,
            name,
            section,
            fields,
        });
    }
    Ok(())
}

fn field(id: &str, zh: &str, en: &str, value: ValueType) -> Result<FieldDef, CampaignError> {
    Ok(FieldDef {
        id: field_id(id)?,
        label: label(zh, en),
        section: Section::Finding,
        value,
        required: false,
        code_list: None,
        dimension: None,
        range: None,
        hint: None,
    })
}

fn field_id(word: &str) -> Result<FieldId, CampaignError> {
    let place = format!("always {word}");
    FieldId::new(word).map_err(|source| CampaignError::Id { place, source })
}

fn label(zh: &str, en: &str) -> Label {
    Label {
        zh: zh.to_owned(),
        en: en.to_owned(),
    }
}

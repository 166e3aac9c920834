//! What records of a kind hold whatever a definition says: the texts they are born with, and the
//! form of a referral, which no campaign need know of.
//!
//! Never replaces what a definition says of the same place.

use crate::campaign::{
    CampaignError, CollectionDef, FieldDef, KindDef, Label, Section, TextDef, ValueType,
};
use crate::id::{CollectionId, FieldId};
use crate::record::kind::Kind;

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
    if kind == Kind::Referral {
        referral(def)?;
    }
    Ok(())
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
    let place = "referral/photos".to_owned();
    let id = CollectionId::new("photos").map_err(|source| CampaignError::Id { place, source })?;
    if def.collections.iter().all(|known| known.id != id) {
        def.collections.push(CollectionDef {
            id,
            name: label("附件", "attachments"),
            section: Section::Finding,
            fields: vec![
                field("hash", "附件", "attachment", ValueType::Hash)?,
                field("kind", "类别", "sort", ValueType::Text)?,
                field("caption", "说明", "caption", ValueType::Text)?,
            ],
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

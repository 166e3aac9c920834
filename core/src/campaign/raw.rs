//! The JSON form of definitions, as it is written in files.
//!
//! Unknown keys are ignored: an older app reads newer definitions. Never leaves `campaign`:
//! `parse` turns it into types that cannot be wrong.

use serde::Deserialize;

use crate::campaign::calendar::RawCalendar;

#[derive(Deserialize)]
pub(super) struct RawCampaign {
    pub(super) id: String,
    pub(super) version: u32,
    pub(super) name: RawLabel,
    #[serde(default)]
    pub(super) domains: Vec<RawDomain>,
    #[serde(default)]
    pub(super) kinds: Vec<RawKind>,
    #[serde(default)]
    pub(super) code_lists: Vec<RawCodeList>,
    #[serde(default)]
    pub(super) units: Vec<RawUnit>,
    #[serde(default)]
    pub(super) deadlines: Vec<RawDeadline>,
    /// Definitions from before it have none: nothing rises.
    #[serde(default)]
    pub(super) escalation: Vec<RawRise>,
    /// Definitions from before it do not say.
    pub(super) notices: Option<Vec<String>>,
    pub(super) calendar: Option<RawCalendar>,
    #[serde(default)]
    pub(super) photos: RawPhotos,
}

#[derive(Default, Deserialize)]
pub(super) struct RawPhotos {
    pub(super) side_px_max: Option<u32>,
    pub(super) quality_percent: Option<u32>,
}

#[derive(Deserialize)]
pub(super) struct RawRise {
    pub(super) level: String,
    pub(super) days: u32,
}

#[derive(Deserialize)]
pub(super) struct RawLocal {
    pub(super) campaign: String,
    pub(super) region: String,
    pub(super) version: u32,
    pub(super) name: RawLabel,
    #[serde(default)]
    pub(super) questions: Vec<RawQuestion>,
    #[serde(default)]
    pub(super) fields: Vec<RawFields>,
    #[serde(default)]
    pub(super) code_lists: Vec<RawCodeList>,
}

#[derive(Deserialize)]
pub(super) struct RawLabel {
    pub(super) zh: String,
    pub(super) en: String,
}

#[derive(Deserialize)]
pub(super) struct RawDomain {
    pub(super) id: String,
    pub(super) name: RawLabel,
    pub(super) problem_types: String,
    #[serde(default)]
    pub(super) checklist: Vec<RawQuestion>,
    #[serde(default)]
    pub(super) fields: Vec<RawFields>,
}

/// The fields that a domain or region adds to a kind.
#[derive(Deserialize)]
pub(super) struct RawFields {
    pub(super) kind: String,
    pub(super) fields: Vec<RawField>,
}

#[derive(Deserialize)]
pub(super) struct RawQuestion {
    pub(super) id: String,
    pub(super) text: RawLabel,
    pub(super) basis: Option<RawLabel>,
    /// Only in a region's items: the domain, none for all.
    pub(super) domain: Option<String>,
    /// A value type's word, none for `code`.
    pub(super) answer: Option<String>,
    /// None for `yes_no_na` where the answer is a code.
    pub(super) code_list: Option<String>,
    pub(super) problem_on: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct RawKind {
    pub(super) id: String,
    #[serde(default)]
    pub(super) fields: Vec<RawField>,
    #[serde(default)]
    pub(super) texts: Vec<RawText>,
    #[serde(default)]
    pub(super) collections: Vec<RawCollection>,
}

#[derive(Deserialize)]
pub(super) struct RawField {
    pub(super) id: String,
    pub(super) label: RawLabel,
    /// None in a collection: the collection's.
    pub(super) section: Option<String>,
    pub(super) value: String,
    #[serde(default)]
    pub(super) required: bool,
    pub(super) code_list: Option<String>,
    pub(super) dimension: Option<String>,
    pub(super) min: Option<i64>,
    pub(super) max: Option<i64>,
    pub(super) hint: Option<RawLabel>,
}

#[derive(Deserialize)]
pub(super) struct RawText {
    pub(super) id: String,
    pub(super) label: RawLabel,
    pub(super) section: String,
}

#[derive(Deserialize)]
pub(super) struct RawCollection {
    pub(super) id: String,
    pub(super) name: RawLabel,
    pub(super) section: String,
    pub(super) fields: Vec<RawField>,
}

#[derive(Deserialize)]
pub(super) struct RawCodeList {
    pub(super) id: String,
    pub(super) name: RawLabel,
    pub(super) codes: Vec<RawCode>,
}

#[derive(Deserialize)]
pub(super) struct RawCode {
    pub(super) code: String,
    pub(super) zh: String,
    pub(super) en: String,
    #[serde(default)]
    pub(super) retired: bool,
}

#[derive(Deserialize)]
pub(super) struct RawUnit {
    pub(super) code: String,
    pub(super) zh: String,
    pub(super) en: String,
    pub(super) dimension: String,
    /// One of this unit is numerator / denominator base units.
    #[serde(default = "one")]
    pub(super) numerator: i64,
    #[serde(default = "one")]
    pub(super) denominator: i64,
}

#[derive(Deserialize)]
pub(super) struct RawDeadline {
    pub(super) id: String,
    pub(super) name: RawLabel,
    pub(super) step: String,
    pub(super) mode: Option<String>,
    pub(super) domain: Option<String>,
    pub(super) days: u32,
    #[serde(default)]
    pub(super) warn_days: u32,
    #[serde(default)]
    pub(super) escalate_days: u32,
}

fn one() -> i64 {
    1
}

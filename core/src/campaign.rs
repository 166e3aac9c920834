//! A campaign definition: domains, checklists, forms, code lists, units and deadline rules as
//! data, so that an office changes them without a programmer.
//!
//! Parsed once from JSON into types that cannot be wrong. Never says who may write a field
//! (`policy`) nor which states follow each other (`workflow`), and never reads a file.

mod agree;
mod always;
mod builtin;
mod calendar;
mod check;
mod deadlines;
mod error;
mod local;
mod lookup;
mod parse;
mod photos;
mod raw;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::id::{CampaignId, CollectionId, DomainId, FieldId, QuestionId, RegionCode};
use crate::level::Level;
use crate::record::kind::Kind;

pub use builtin::{HEBEI_JSON, HEBEI_V2_JSON, LANGFANG_JSON, ZHENGDING_JSON, hebei, hebei_v2};
pub use calendar::{CHINA_JSON, Calendar};
pub use check::{ValueError, is_date};
pub use error::{CampaignError, Unknown};
pub use local::LocalItems;
pub use photos::PhotoRule;

/// One version of a campaign's definition. Records name it as `hebei-6plus1@1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Campaign {
    /// The campaign.
    pub id: CampaignId,
    /// Its version, from 1.
    pub version: u32,
    /// Its name.
    pub name: Label,
    /// Domains in the order in which people list them.
    pub domains: Vec<Domain>,
    /// What records of a kind hold. Kinds the definition does not name have only their built-in
    /// texts.
    pub kinds: BTreeMap<Kind, KindDef>,
    /// Code lists by id.
    pub code_lists: BTreeMap<String, CodeList>,
    /// Units of quantities by code.
    pub units: BTreeMap<String, UnitOfMeasure>,
    /// How long things may take; more specific ones win.
    pub deadlines: Vec<DeadlineRule>,
    /// To whom what is overdue rises, and when; nothing rises when it is empty.
    pub escalation: Vec<Rise>,
    /// Of which events of a problem its units are told outside the system, of `workflow::NOTICED`;
    /// none when it does not say: the server's own setting counts.
    pub notices: Option<Vec<&'static str>>,
    /// Which days are worked, when it says so.
    pub calendar: Option<Calendar>,
    /// What phones send of a photo.
    pub photos: PhotoRule,
    /// What regions added.
    pub local: Vec<LocalItems>,
    /// What a newer version wrote and this one does not understand.
    pub unknown: Vec<Unknown>,
}

/// A name in the two languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// Chinese, never empty.
    pub zh: String,
    /// English, never empty.
    pub en: String,
}

/// One field of supervision: land use, mining.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain {
    /// Its id: what the field `domain` of a record holds.
    pub id: DomainId,
    /// Its name.
    pub name: Label,
    /// What is asked on a visit.
    pub checklist: Vec<Question>,
    /// The code list of its sorts of problems.
    pub problem_types: String,
    /// Fields that records of this domain have beside those of the kind.
    pub fields: BTreeMap<Kind, Vec<FieldDef>>,
}

/// What records of one kind hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct KindDef {
    /// Short values, in the order of the form.
    pub fields: Vec<FieldDef>,
    /// Long texts, merged character by character. The kind's built-in ones are always here.
    pub texts: Vec<TextDef>,
    /// Sets of items: people, photos, quantities.
    pub collections: Vec<CollectionDef>,
}

/// A short value of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldDef {
    /// Its id.
    pub id: FieldId,
    /// What people call it.
    pub label: Label,
    /// Who writes it.
    pub section: Section,
    /// What it holds.
    pub value: ValueType,
    /// Whether a form is incomplete without it. Incomplete records can be saved.
    pub required: bool,
    /// The list its codes are from. `Code` and `Codes` always have one.
    pub code_list: Option<String>,
    /// For quantities: the only dimension allowed, `area`. None allows every known unit.
    pub dimension: Option<String>,
    /// For whole numbers: smallest and largest.
    pub range: Option<(i64, i64)>,
    /// A word of help.
    pub hint: Option<Label>,
}

/// A long text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextDef {
    /// Its id.
    pub id: FieldId,
    /// What people call it.
    pub label: Label,
    /// Who writes it.
    pub section: Section,
}

/// A set of items with the same fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CollectionDef {
    /// Its id.
    pub id: CollectionId,
    /// What people call it.
    pub name: Label,
    /// Who writes its items.
    pub section: Section,
    /// The fields of an item.
    pub fields: Vec<FieldDef>,
}

/// Who writes a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    /// Who found it: representatives in the field, the response centre.
    Finding,
    /// The transferring office: the four settled things (person, matter, standard, deadline).
    Settled,
    /// The department.
    Rectification,
    /// The reviewer.
    Review,
    /// The office, for itself.
    Office,
    /// A newer version's: nobody of this version writes it, edits of it are held.
    Unknown,
}

impl Section {
    /// The word in definitions, none for `Unknown`.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            Section::Finding => Some("finding"),
            Section::Settled => Some("settled"),
            Section::Rectification => Some("rectification"),
            Section::Review => Some("review"),
            Section::Office => Some("office"),
            Section::Unknown => None,
        }
    }
}

/// What a field holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum ValueType {
    /// Words.
    Text,
    /// A whole number.
    Int,
    /// Yes or no.
    Bool,
    /// A day, `2020-04-12`.
    Date,
    /// A moment.
    Time,
    /// One code of a code list.
    Code,
    /// Several codes of a code list.
    Codes,
    /// A point with its datum.
    Position,
    /// An amount with its unit.
    Quantity,
    /// A person of the roster, by code.
    Person,
    /// A department or other unit, by code.
    Unit,
    /// A region, by code.
    Region,
    /// Another record, by id.
    Record,
    /// An attachment, by its SHA-256 in hexadecimal.
    Hash,
    /// A newer version's: edits of it are held.
    Unknown,
}

impl ValueType {
    /// Every type this version knows.
    pub const KNOWN: [ValueType; 14] = [
        ValueType::Text,
        ValueType::Int,
        ValueType::Bool,
        ValueType::Date,
        ValueType::Time,
        ValueType::Code,
        ValueType::Codes,
        ValueType::Position,
        ValueType::Quantity,
        ValueType::Person,
        ValueType::Unit,
        ValueType::Region,
        ValueType::Record,
        ValueType::Hash,
    ];

    /// The word in definitions, none for `Unknown`.
    pub fn as_str(self) -> Option<&'static str> {
        match self {
            ValueType::Text => Some("text"),
            ValueType::Int => Some("int"),
            ValueType::Bool => Some("bool"),
            ValueType::Date => Some("date"),
            ValueType::Time => Some("time"),
            ValueType::Code => Some("code"),
            ValueType::Codes => Some("codes"),
            ValueType::Position => Some("position"),
            ValueType::Quantity => Some("quantity"),
            ValueType::Person => Some("person"),
            ValueType::Unit => Some("unit"),
            ValueType::Region => Some("region"),
            ValueType::Record => Some("record"),
            ValueType::Hash => Some("hash"),
            ValueType::Unknown => None,
        }
    }
}

/// One question of a checklist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// Its id, unique in the campaign: `land-01`, `130123-01`.
    pub id: QuestionId,
    /// What is asked.
    pub text: Label,
    /// The law it rests on.
    pub basis: Option<Label>,
    /// What an answer is.
    pub answer: Answer,
    /// The region that added it, none for one of the whole campaign.
    pub local_to: Option<RegionCode>,
}

/// What an answer to a question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What it holds.
    pub value: ValueType,
    /// The list its codes are from.
    pub code_list: Option<String>,
    /// The code that points to a problem: the form offers to record one.
    pub problem_on: Option<String>,
}

/// A list of codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeList {
    /// What people call it.
    pub name: Label,
    /// Codes in the order in which they are offered.
    pub codes: Vec<Code>,
}

impl CodeList {
    /// A code of the list, retired ones too.
    pub fn get(&self, code: &str) -> Option<&Code> {
        self.codes.iter().find(|entry| entry.code == code)
    }
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// What is stored.
    pub code: String,
    /// What people read.
    pub name: Label,
    /// No longer offered; old values stay valid.
    pub retired: bool,
}

/// A unit of quantities.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnitOfMeasure {
    /// What people call it.
    pub name: Label,
    /// What it measures. Only units of one dimension can be converted and summed.
    pub dimension: String,
    /// One of this unit is `base_numerator / base_denominator` base units of its dimension: one
    /// 亩 is 2000/3 m². Both at least 1.
    pub base_numerator: i64,
    /// See above.
    pub base_denominator: i64,
}

/// How long something may take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeadlineRule {
    /// Its id.
    pub id: String,
    /// What people call it.
    pub name: Label,
    /// What it is about.
    pub step: DeadlineStep,
    /// Only for this code of the list `rectification_modes`.
    pub mode: Option<String>,
    /// Only for this domain.
    pub domain: Option<DomainId>,
    /// Days from the beginning of the step, the first day not counted.
    pub days: u32,
    /// Remind so many days before.
    pub warn_days: u32,
    /// Kept as it was written: when something rises is said by `Campaign::escalation`.
    pub escalate_days: u32,
}

/// When an overdue problem waits for the leaders of a level, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rise {
    /// Whose leaders.
    pub level: Level,
    /// Once it has been overdue for so many working days.
    pub days: u32,
}

/// What a deadline is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeadlineStep {
    /// From transfer to the department's receipt.
    Receive,
    /// From receipt to a plan.
    Plan,
    /// From transfer to the department's report that it is done.
    Rectify,
    /// From report to review.
    Review,
    /// From closing to looking back.
    LookBack,
    /// From an opinion to the first call back.
    CallBack,
    /// A newer version's: not applied.
    Unknown,
}

impl Campaign {
    /// Reads a definition. Unknown keys are ignored; unknown kinds, sections, value types and
    /// deadline steps are kept as unknown and listed in `unknown`.
    pub fn parse(json: &[u8]) -> Result<Campaign, CampaignError> {
        parse::campaign(json)
    }

    /// The definition with what a region added; refuses ids that exist already, so provincial
    /// totals stay what they were.
    pub fn with_local(self, items: LocalItems) -> Result<Campaign, CampaignError> {
        local::join(self, items)
    }
}

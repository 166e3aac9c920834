//! The kinds of records. A kind names a form in the campaign definition and a frozen birth.
//!
//! Never says which fields a kind has: that is the campaign definition's.

use std::fmt;

use minicbor::{Decode, Encode};

/// What a record is about. A kind this version does not know arrives as text and is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Kind {
    /// One visit.
    #[n(1)]
    Inspection,
    /// One entry of the ledger.
    #[n(2)]
    Problem,
    /// What a resident said.
    #[n(3)]
    Opinion,
    /// A thing that is inspected.
    #[n(4)]
    Object,
    /// Something somebody was told to do.
    #[n(5)]
    Task,
    /// A meeting, training, survey or other activity.
    #[n(6)]
    Activity,
    /// A problem handed to discipline inspection, known only to who refers it and who gets it.
    #[n(7)]
    Referral,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 7] = [
        Kind::Inspection,
        Kind::Problem,
        Kind::Opinion,
        Kind::Object,
        Kind::Task,
        Kind::Activity,
        Kind::Referral,
    ];

    /// The word in documents, files and addresses.
    pub fn as_str(self) -> &'static str {
        match self {
            Kind::Inspection => "inspection",
            Kind::Problem => "problem",
            Kind::Opinion => "opinion",
            Kind::Object => "object",
            Kind::Task => "task",
            Kind::Activity => "activity",
            Kind::Referral => "referral",
        }
    }

    /// The kind of that word, `None` for one that this version does not know.
    pub fn parse(word: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.as_str() == word)
    }

    /// The texts a record of this kind is born with. Frozen: a birth's bytes depend on it.
    pub fn built_in_texts(self) -> &'static [&'static str] {
        match self {
            Kind::Inspection => &["remarks", "findings"],
            Kind::Problem => &["description", "plan", "result"],
            Kind::Opinion => &["content"],
            Kind::Object | Kind::Task | Kind::Activity => &["notes"],
            Kind::Referral => &["reason", "substance"],
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

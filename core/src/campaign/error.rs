//! Why a definition is not one.
//!
//! Never names a file: the caller knows which one it read.

/// Why a campaign definition or a region's items cannot be used. Each names the place
/// (`domains/land/checklist/land-03`) and what to do there.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// Not JSON, or a part has the wrong form. The caller mends that line.
    #[error("not a definition: {0}. Mend that line; every name needs \"zh\" and \"en\"")]
    Json(#[from] serde_json::Error),
    /// An id has characters that ids cannot have.
    #[error("{place}: {source}")]
    Id {
        /// Where.
        place: String,
        /// What ids may look like.
        source: crate::id::IdError,
    },
    /// Two things of one sort have one id. The caller renames one.
    #[error("{place}: this id exists already; give one of the two another id")]
    Twice {
        /// The second of the two.
        place: String,
    },
    /// A name is empty. The caller writes it in both languages.
    #[error("{place}: the name is empty; write it in Chinese (zh) and English (en)")]
    EmptyLabel {
        /// Where.
        place: String,
    },
    /// A code list is named that does not exist, or none is named where one is needed.
    #[error("{place}: there is no code list \"{list}\"; add it to code_lists or name another")]
    NoList {
        /// Where.
        place: String,
        /// The list named there, empty when none is.
        list: String,
    },
    /// A code is named that its list does not have.
    #[error("{place}: the code list \"{list}\" has no code \"{code}\"")]
    NoCode {
        /// Where.
        place: String,
        /// The list.
        list: String,
        /// The code.
        code: String,
    },
    /// A domain is named that does not exist.
    #[error("{place}: there is no domain \"{domain}\"")]
    NoDomain {
        /// Where.
        place: String,
        /// The domain.
        domain: String,
    },
    /// A dimension is named that no unit has.
    #[error("{place}: no unit measures \"{dimension}\"; add a unit or name another dimension")]
    NoDimension {
        /// Where.
        place: String,
        /// The dimension.
        dimension: String,
    },
    /// A number cannot be: version 0, a unit of nothing, an empty range.
    #[error("{place}: this number cannot be; {todo}")]
    Number {
        /// Where.
        place: String,
        /// What to do.
        todo: &'static str,
    },
    /// A region's own id that does not begin with the region's code. The caller renames it.
    #[error("{place}: ids that a region adds begin with \"{region}-\"")]
    NotLocal {
        /// Where.
        place: String,
        /// The region.
        region: String,
    },
    /// A region's items were made for another campaign.
    #[error("these items are for the campaign \"{theirs}\", not \"{ours}\"")]
    OtherCampaign {
        /// The campaign they name.
        theirs: String,
        /// The campaign they were to join.
        ours: String,
    },
    /// A region's items are for a campaign that is not known here. The caller publishes it first.
    #[error("there is no campaign \"{campaign}\"; publish it first, or mend the name")]
    NoCampaign {
        /// The campaign they name.
        campaign: String,
    },
    /// Newer items of a region lack or change what the older ones have, on which edits rest
    /// already. The caller puts it back, and retires codes instead of removing them.
    #[error(
        "{place}: version {version} has it, and people have answered it; put it back as it was \
         (names may change, codes may be retired)"
    )]
    Dropped {
        /// What.
        place: String,
        /// The version that has it.
        version: u32,
    },
    /// What is published has no higher version. The caller counts it up.
    #[error("version {version} is known already and means something else; give this a higher one")]
    NotNewer {
        /// The newest version known.
        version: u32,
    },
    /// Two forms of one kind. The caller joins them.
    #[error("{place}: it is described twice; join the two")]
    KindTwice {
        /// The kind.
        place: String,
    },
}

/// Something of a newer version in a definition. Never an error: what it concerns is kept and
/// held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unknown {
    /// Where.
    pub place: String,
    /// The word that was not understood.
    pub word: String,
}

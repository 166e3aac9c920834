//! Where a record's number comes from: county and campaign of the first entry that holds it.
//!
//! A function of that entry alone, so that a rebuild numbers alike; an erased entry is stood for
//! by its tombstone.

use liandu_core::id::{CampaignId, RegionCode};
use liandu_core::log::Edits;
use liandu_core::record::doc::RecordDoc;
use liandu_core::record::kind::Kind;
use liandu_core::record::number::county_of;

/// County and campaign of a problem whose first accepted edits are in this entry; none for other
/// kinds and for later entries, which do not hold the record's birth.
pub(crate) fn born(edits: &Edits) -> Option<(RegionCode, CampaignId)> {
    let chunk = edits
        .chunk
        .as_ref()
        .filter(|_| !edits.accepted.is_empty())?;
    if edits.kind != Kind::Problem.as_str() {
        return None;
    }
    let doc = RecordDoc::load(edits.record, &chunk.parts()).ok()?;
    Some((county_of(&edits.scope.region), doc.definition()?.campaign))
}

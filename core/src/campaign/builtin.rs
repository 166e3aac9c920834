//! The definitions that ship with the program.
//!
//! Never the only copy: an office may give a newer version, which travels through the log.

use crate::campaign::{Campaign, CampaignError};

/// Hebei's joint supervision "6+1", version 1, as JSON.
pub const HEBEI_JSON: &[u8] = include_bytes!("../../data/hebei-6plus1.json");

/// Version 2, an example of what a department's supplementary directive changes: deadlines and a
/// code list.
pub const HEBEI_V2_JSON: &[u8] = include_bytes!("../../data/hebei-6plus1-v2.json");

/// An example of a county's own items: 正定县.
pub const ZHENGDING_JSON: &[u8] = include_bytes!("../../data/local-130123.json");

/// An example of a city's template: 廊坊市 "五必查五必看".
pub const LANGFANG_JSON: &[u8] = include_bytes!("../../data/local-131000.json");

/// Hebei's joint supervision "6+1", version 1. A test holds that it parses.
pub fn hebei() -> Result<Campaign, CampaignError> {
    Campaign::parse(HEBEI_JSON)
}

/// Version 2 of the same. A test holds that it parses.
pub fn hebei_v2() -> Result<Campaign, CampaignError> {
    Campaign::parse(HEBEI_V2_JSON)
}

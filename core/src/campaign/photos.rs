//! How phones make photos smaller before they are sent.
//!
//! Never says what an office uploads: that stays as it is.

use crate::campaign::CampaignError;
use crate::campaign::raw::RawPhotos;

/// What is sent of a photo; the phone keeps the hash of the picture as the camera made it beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoRule {
    /// Its longer side, pixels.
    pub side_px_max: u32,
    /// Of the JPEG, per cent.
    pub quality_percent: u32,
}

impl Default for PhotoRule {
    fn default() -> PhotoRule {
        PhotoRule {
            side_px_max: 2_048,
            quality_percent: 85,
        }
    }
}

/// What a definition does not say stays as usual.
pub(super) fn rule(raw: &RawPhotos) -> Result<PhotoRule, CampaignError> {
    let usual = PhotoRule::default();
    let rule = PhotoRule {
        side_px_max: raw.side_px_max.unwrap_or(usual.side_px_max),
        quality_percent: raw.quality_percent.unwrap_or(usual.quality_percent),
    };
    let wrong = |place: &str, todo| CampaignError::Number {
        place: format!("photos/{place}"),
        todo,
    };
    if !(640..=4_096).contains(&rule.side_px_max) {
        return Err(wrong(
            "side_px_max",
            "the longer side has 640 to 4096 pixels",
        ));
    }
    if !(40..=100).contains(&rule.quality_percent) {
        return Err(wrong("quality_percent", "quality is 40 to 100 per cent"));
    }
    Ok(rule)
}

#[cfg(test)]
mod tests {
    use crate::campaign::{Campaign, CampaignError, PhotoRule};
    use crate::record::kind::Kind;

    fn parsed(photos: &str) -> Result<Campaign, CampaignError> {
        let json = format!(
            r#"{{"id":"c","version":1,"name":{{"zh":"试","en":"test"}}{photos},
            "kinds":[{{"id":"problem","collections":[{{"id":"evidence","section":"rectification",
            "name":{{"zh":"照片","en":"photos"}},"fields":[{{"id":"hash","value":"hash",
            "label":{{"zh":"照片","en":"photo"}}}}]}}]}}]}}"#
        );
        Campaign::parse(json.as_bytes())
    }

    #[test]
    fn a_campaign_says_how_small_photos_are_sent_within_reason() {
        assert_eq!(parsed("").unwrap().photos, PhotoRule::default());
        let small = PhotoRule {
            side_px_max: 1_024,
            ..PhotoRule::default()
        };
        let said = parsed(r#","photos":{"side_px_max":1024}"#).unwrap();
        assert_eq!(said.photos, small);
        for wrong in [
            r#"{"side_px_max":639}"#,
            r#"{"side_px_max":4097}"#,
            r#"{"quality_percent":39}"#,
            r#"{"quality_percent":101}"#,
        ] {
            let refused = parsed(&format!(r#","photos":{wrong}"#));
            let is_said = matches!(refused, Err(CampaignError::Number { ref place, .. })
                if place.starts_with("photos/"));
            assert!(is_said, "{wrong}: {refused:?}");
        }
    }

    #[test]
    fn the_hash_of_the_original_has_its_place_beside_every_photo_whoever_may_write_that() {
        let campaign = parsed("").unwrap();
        let evidence = &campaign.kinds[&Kind::Problem].collections[0];
        let made = evidence.fields.iter().find(|f| f.id.as_str() == "original");
        assert_eq!(made.unwrap().section, evidence.section);
    }
}

//! What administrators and offices write by hand: the server's settings, campaign definitions,
//! a region's own items and working calendars.

use std::io::Write;

use liandu_core::admission::{Definition, Definitions};
use liandu_core::campaign::{Calendar, Campaign, LocalItems};
use liandu_core::time::Day;
use liandu_server::config::{Said, Settings};
use tempfile::NamedTempFile;

use crate::world::NOW;

/// Days of a calendar that are asked.
const DAYS: u32 = 40;

/// Any text as each of them: it is read, or refused with a sentence; what is read is of use.
pub fn configuration(bytes: &[u8]) {
    match bytes.first() {
        Some(b'{') => definition(bytes),
        Some(_) => settings(bytes),
        None => {}
    }
}

fn definition(json: &[u8]) {
    if let Ok(calendar) = Calendar::parse(json) {
        let today = Day::in_beijing(NOW);
        let after = calendar.working_after(today, DAYS);
        assert!(after > today && calendar.is_working(after), "a working day");
        calendar.worked_before(today);
    }
    let said = |error: &dyn std::error::Error| assert!(!error.to_string().is_empty());
    let parsed = Definition::parse(json);
    match &parsed {
        Ok(definition) => {
            let mut all = Definitions::default();
            all.add(definition.clone());
            assert!(definition.name().is_ok(), "what is read has a name");
        }
        Err(error) => said(error),
    }
    if let Ok(campaign) = Campaign::parse(json)
        && let Ok(items) = LocalItems::parse(json)
        && let Err(error) = campaign.with_local(items)
    {
        said(&error);
    }
}

fn settings(toml: &[u8]) {
    let mut file = NamedTempFile::new().expect("a file");
    file.write_all(toml).expect("room on the disk");
    let said = Said {
        config: Some(file.path().to_owned()),
        ..Said::default()
    };
    match Settings::load(&said) {
        Ok(settings) => {
            let engine = settings.engine();
            assert_ne!(engine.data, engine.authority, "key and data lie apart");
            assert_eq!(settings.is_secure(), settings.url().starts_with("https://"));
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

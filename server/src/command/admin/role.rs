//! Roles as they are typed: `role[:region[:unit]]`.
//!
//! Never gives one: it only reads the words.

use anyhow::{Context, ensure};
use liandu_core::id::{RegionCode, UnitId};
use liandu_core::log::GrantEntry;
use liandu_core::policy::Role;

/// `role[:region[:unit]]`; the region may be left out where one is given.
pub(super) fn roles(
    texts: &[String],
    region: Option<&RegionCode>,
) -> anyhow::Result<Vec<GrantEntry>> {
    texts.iter().map(|text| role(text, region)).collect()
}

fn role(text: &str, usual: Option<&RegionCode>) -> anyhow::Result<GrantEntry> {
    let mut parts = text.splitn(3, ':');
    let words: Vec<&str> = Role::ALL.iter().map(|role| role.as_str()).collect();
    let role = parts
        .next()
        .and_then(Role::parse)
        .with_context(|| format!("{text}：角色应为 {} (one of these roles)", words.join(", ")))?;
    let region = match parts.next().filter(|region| !region.is_empty()) {
        Some(region) => RegionCode::new(region)
            .with_context(|| format!("{text}：{region} 不是地区代码 (is not a region code)"))?,
        None => usual.cloned().with_context(|| {
            format!(
                "{text}：请写明地区，如 {}:130123 (say for which region)",
                role.as_str()
            )
        })?,
    };
    let unit = parts.next().map(UnitId::new).transpose();
    let unit = unit.with_context(|| format!("{text}：单位代码有误 (not a unit's code)"))?;
    ensure!(
        unit.is_some() || !role.has_unit(),
        "{text}：该角色须写明单位，如 {word}:130123:water (say which unit)",
        word = role.as_str()
    );
    Ok(GrantEntry {
        role: role.as_str().to_owned(),
        region,
        unit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn role_has_a_region_and_a_department_its_unit() {
        let home = RegionCode::new("130123").unwrap();
        let given = role("congress-office", Some(&home)).unwrap();
        assert_eq!((given.region.as_str(), given.unit), ("130123", None));
        let given = role("department:130100:water", Some(&home)).unwrap();
        assert_eq!(given.region.as_str(), "130100");
        assert_eq!(given.unit.unwrap().as_str(), "water");
        for wrong in [
            "chief:130123",
            "auditor",
            "auditor:x",
            "department:130123",
            "department:130123:水",
        ] {
            assert!(role(wrong, None).is_err(), "{wrong}");
        }
    }
}

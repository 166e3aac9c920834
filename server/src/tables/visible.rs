//! What a person may see, as a condition that every query of the tables must carry.
//!
//! Never made but from a principal or for the leaders of a region, and there is no query without
//! one. Contacts are never in it: they are read one by one, and every read is logged. Referrals are
//! asked for by themselves: they count in nobody's ledger, whoever may see them, so that no two
//! people's numbers differ by one.

use liandu_core::id::{GroupId, RegionCode, UnitId};
use liandu_core::policy::{Principal, Role};
use liandu_core::record::scope::{Audience, Scope};

use crate::tables::sql::Sql;

/// The regions and groups whose records a person may see.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Visible {
    regions: Vec<RegionCode>,
    groups: Vec<GroupId>,
    /// Of which offices the referrals.
    offices: Vec<RegionCode>,
    /// To which units the referrals, each from where.
    units: Vec<(RegionCode, UnitId)>,
}

impl Visible {
    /// What `principal` may see; nothing when it was revoked. Agrees with
    /// `Principal::may_read` for every scope that holds no contact; `refers` and
    /// `narrow_to_referrals` agree with it for referrals.
    pub fn of(principal: &Principal) -> Visible {
        if principal.revoked {
            return Visible::default();
        }
        let mut regions: Vec<RegionCode> = Vec::new();
        let mut granted: Vec<&RegionCode> = principal
            .grants
            .iter()
            .filter(|grant| reads(grant.role))
            .map(|g| &g.region)
            .collect();
        granted.sort_by_key(|region| region.prefix().len());
        for region in granted {
            if !regions.iter().any(|wider| wider.contains(region)) {
                regions.push(region.clone());
            }
        }
        let lasting = principal
            .groups
            .iter()
            .filter(|membership| membership.until.is_none());
        let all = || principal.grants.iter();
        let offices = all().filter(|grant| grant.role == Role::CongressOffice);
        let units = all().filter(|grant| grant.role == Role::DisciplineInspection);
        Visible {
            regions,
            groups: lasting.map(|membership| membership.group.clone()).collect(),
            offices: offices.map(|grant| grant.region.clone()).collect(),
            units: units
                .filter_map(|grant| Some((grant.region.clone(), grant.unit.clone()?)))
                .collect(),
        }
    }

    /// What every leader of a region sees of it: a dispatch is the same for all its readers.
    pub fn of_leaders(region: &RegionCode) -> Visible {
        Visible {
            regions: vec![region.clone()],
            ..Visible::default()
        }
    }

    /// Whether records of this scope are in it.
    pub fn holds(&self, scope: &Scope) -> bool {
        let in_region = || {
            self.regions
                .iter()
                .any(|region| region.contains(&scope.region))
        };
        let in_group = || {
            scope
                .group
                .as_ref()
                .is_some_and(|group| self.groups.contains(group))
        };
        match scope.audience {
            Audience::Group => in_region() || in_group(),
            Audience::Office => in_region(),
            Audience::Contact | Audience::Referral => false,
        }
    }

    /// The regions granted, widest first.
    pub fn regions(&self) -> &[RegionCode] {
        &self.regions
    }

    /// Narrows `sql` to what may be seen; `table` has columns `region`, `team`, `audience`.
    pub(crate) fn narrow(&self, table: &str, sql: &mut Sql) {
        let mut any = Vec::new();
        for region in &self.regions {
            let range = sql.region_range(table, region);
            any.push(format!(
                "({table}.audience IN ('group', 'office') AND {range})"
            ));
        }
        for group in &self.groups {
            let group = sql.text(group.as_str());
            any.push(format!(
                "({table}.audience = 'group' AND {table}.team = {group})"
            ));
        }
        sql.and(&if any.is_empty() {
            "0".to_owned()
        } else {
            format!("({})", any.join(" OR "))
        });
    }
}

impl Visible {
    /// Whether there can be a referral that is theirs to see.
    pub fn refers(&self) -> bool {
        !self.offices.is_empty() || !self.units.is_empty()
    }

    /// Narrows `sql` to the referrals that may be seen, and nothing else.
    pub(crate) fn narrow_to_referrals(&self, table: &str, sql: &mut Sql) {
        let mut any = Vec::new();
        for office in &self.offices {
            let office = sql.text(office.as_str());
            any.push(format!("{table}.region = {office}"));
        }
        for (region, unit) in &self.units {
            let (range, unit) = (sql.region_range(table, region), sql.text(unit.as_str()));
            any.push(format!("({table}.team = {unit} AND {range})"));
        }
        sql.and(&format!("{table}.audience = 'referral'"));
        sql.and(&if any.is_empty() {
            "0".to_owned()
        } else {
            format!("({})", any.join(" OR "))
        });
    }
}

/// Whether the role reads records of its region; the same list as core's policy, held to it by a
/// test.
fn reads(role: Role) -> bool {
    match role {
        Role::CongressOffice
        | Role::ResponseCentre
        | Role::Department
        | Role::Leader
        | Role::Auditor
        | Role::DisciplineInspection => true,
        Role::Representative | Role::Administrator => false,
    }
}

#[cfg(test)]
mod tests {
    use liandu_core::id::PersonId;
    use liandu_core::policy::{Grant, Membership};

    use super::*;

    #[test]
    fn visible_agrees_with_the_policy_for_every_role_and_scope() {
        let scopes = [
            "130502/g-1/group",
            "130502/-/office",
            "130702/g-2/group",
            "130502/g-2/group",
        ];
        let mut seen = 0;
        for role in Role::ALL {
            for region in ["130000", "130500", "130502", "130702"] {
                let region = RegionCode::new(region).unwrap();
                for member in [false, true] {
                    let group = Membership {
                        group: GroupId::new("g-2").unwrap(),
                        region: RegionCode::new("130702").unwrap(),
                        until: None,
                        lost_at: None,
                    };
                    let principal = Principal {
                        person: PersonId::new("p1").unwrap(),
                        grants: vec![Grant {
                            role,
                            region: region.clone(),
                            unit: None,
                        }],
                        groups: if member { vec![group] } else { Vec::new() },
                        revoked: false,
                    };
                    for scope in scopes {
                        let scope: Scope = scope.parse().unwrap();
                        let visible = Visible::of(&principal).holds(&scope);
                        assert_eq!(visible, principal.may_read(&scope), "{role:?} {scope}");
                        seen += usize::from(visible);
                    }
                }
            }
        }
        assert!(seen > 0);
    }

    #[test]
    fn contacts_are_in_no_list() {
        let principal = Principal {
            person: PersonId::new("p1").unwrap(),
            grants: vec![Grant {
                role: Role::ResponseCentre,
                region: RegionCode::new("130000").unwrap(),
                unit: None,
            }],
            groups: Vec::new(),
            revoked: false,
        };
        let scope: Scope = "130502/-/contact".parse().unwrap();
        assert!(principal.may_read(&scope));
        assert!(!Visible::of(&principal).holds(&scope));
    }
}

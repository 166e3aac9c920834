//! Who causes events: the columns that several rows share.
//!
//! Data only.

use crate::policy::Relation::{self, Author, Co, GroupMember, InRegion, Lead};
use crate::policy::Role::{
    self, CongressOffice, Department, DisciplineInspection, Leader, Representative, ResponseCentre,
};

pub(super) const OFFICES: &[(Role, Relation)] =
    &[(CongressOffice, InRegion), (ResponseCentre, InRegion)];
pub(super) const CONGRESS: &[(Role, Relation)] = &[(CongressOffice, InRegion)];
pub(super) const DISCIPLINE: &[(Role, Relation)] = &[(DisciplineInspection, InRegion)];
pub(super) const LEAD: &[(Role, Relation)] = &[(Department, Lead)];
pub(super) const CO: &[(Role, Relation)] = &[(Department, Co)];
pub(super) const LEADER: &[(Role, Relation)] = &[(Leader, InRegion)];
pub(super) const LEADERS: &[(Role, Relation)] = &[(Leader, InRegion), (CongressOffice, InRegion)];
pub(super) const LEAD_AND_CONGRESS: &[(Role, Relation)] =
    &[(Department, Lead), (CongressOffice, InRegion)];
pub(super) const FIELD_AND_OFFICES: &[(Role, Relation)] = &[
    (Representative, GroupMember),
    (CongressOffice, InRegion),
    (ResponseCentre, InRegion),
];
pub(super) const WRITERS: &[(Role, Relation)] = &[
    (Representative, Author),
    (ResponseCentre, Author),
    (Department, Author),
    (CongressOffice, InRegion),
];

//! Administration: who may ask for it, and its parts.
//!
//! Never judges by itself what a role may see: the region of every person, device and account is
//! asked against the grants of who is signed in.

mod accounts;
mod audit;
mod devices;
mod invitations;
mod library;
mod new_phones;
mod people;
mod publish;
mod roster;
mod upkeep;

pub use accounts::{AccountBody, AccountChange, AccountJson};
pub use audit::{AuditJson, AuditKindJson, AuditLineJson};
pub use devices::{DeviceJson, RevokeBody};
pub use invitations::{InvitationJson, InviteBody, InvitedJson};
pub use library::LibraryLookedJson;
pub use new_phones::WaitingPhoneJson;
pub use people::{PeopleJson, PersonJson, SetUpJson};
pub use publish::PublishedJson;
pub use roster::RosterJson;
pub(crate) use upkeep::warnings;
pub use upkeep::{
    BackupJson, CheckJson, FoundJson, RunningJson, UnsavedJson, UpkeepJson, WarningJson,
};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use liandu_core::authority::Directory;
use liandu_core::id::{PersonId, RegionCode};
use liandu_core::policy::Role;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::api::Office;
use crate::api::door::SignedIn;
use crate::api::problem::ApiError;

/// Every route of administration.
pub(super) fn routes() -> OpenApiRouter<Office> {
    OpenApiRouter::new()
        .routes(routes!(people::set_up))
        .routes(routes!(people::index))
        .routes(routes!(devices::index))
        .routes(routes!(devices::revoke))
        .routes(routes!(invitations::invite))
        .routes(routes!(new_phones::index))
        .routes(routes!(new_phones::approve))
        .routes(routes!(new_phones::deny))
        .routes(routes!(accounts::index, accounts::add))
        .routes(routes!(accounts::change))
        .routes(routes!(audit::index))
        .routes(routes!(publish::publish))
        .routes(routes!(upkeep::show))
        .routes(routes!(upkeep::check))
}

pub(super) use audit::__path_file as __path_audit_file;
pub(super) use audit::file as audit_file;
pub(super) use library::__path_begin as __path_bring_library;
pub(super) use library::begin as bring_library;
pub(super) use roster::__path_begin as __path_bring_roster;
pub(super) use roster::begin as bring_roster;

/// Where something done stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DoneJson {
    /// Position in the log.
    pub position: u64,
}

/// An administrator who is signed in. To anybody else there is no administration.
#[derive(Debug, Clone)]
pub(crate) struct Steward(SignedIn);

impl Steward {
    /// The regions they administer.
    fn regions(&self) -> Vec<RegionCode> {
        regions_of(&self.0, &[Role::Administrator])
    }

    /// Fails as if there were nothing when a region is not theirs.
    fn governs(&self, region: &RegionCode) -> Result<(), ApiError> {
        let mine = self.regions().iter().any(|own| own.contains(region));
        mine.then_some(()).ok_or(ApiError::NotFound)
    }
}

impl FromRequestParts<Office> for Steward {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, ApiError> {
        let steward = Steward(SignedIn::from_request_parts(parts, office).await?);
        let none = steward.regions().is_empty();
        (!none).then_some(steward).ok_or(ApiError::NotFound)
    }
}

/// The regions for which somebody has one of these roles.
pub(super) fn regions_of(who: &SignedIn, roles: &[Role]) -> Vec<RegionCode> {
    let grants = who.principal.grants.iter();
    let held = grants.filter(|grant| roles.contains(&grant.role));
    held.map(|grant| grant.region.clone()).collect()
}

fn within(regions: &[RegionCode], region: &RegionCode) -> bool {
    regions.iter().any(|own| own.contains(region))
}

/// Whether a known person's home is within the regions.
pub(super) fn is_theirs(known: &Directory, regions: &[RegionCode], person: &PersonId) -> bool {
    let home = known.person(person).map(|person| &person.region);
    home.is_some_and(|region| within(regions, region))
}

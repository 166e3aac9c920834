//! Visits that several phones write into: beginning one that others can join, showing its code,
//! joining by one.
//!
//! Never asks the server: an id is computed, and whoever computes the same writes the same record.

use std::collections::BTreeSet;

use liandu_core::id::{DomainId, RecordId};
use liandu_core::record::scope::Scope;
use liandu_core::record::visit::{self, JoinError, Joined};

use super::Engine;
use crate::entropy::draw;

impl Engine {
    /// The id of a visit that no plan names, never used before.
    pub fn fresh_visit(&mut self, scope: &Scope) -> RecordId {
        visit::begun(scope, draw(self.entropy.as_mut()))
    }

    /// The visit of a colleague's code, when it is of a group of this person.
    pub fn join(&self, code: &str) -> Result<Joined, JoinError> {
        let campaigns = self.definitions.iter().map(|(_, campaign)| campaign);
        let domains = campaigns.flat_map(|campaign| &campaign.domains);
        let domains: BTreeSet<DomainId> = domains.map(|domain| domain.id.clone()).collect();
        let domains: Vec<DomainId> = domains.into_iter().collect();
        visit::join(code, &self.place.scopes, &domains)
    }
}

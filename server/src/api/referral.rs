//! What a referral to discipline inspection (移送纪检) must name: a problem that the asker sees, and
//! a unit that somebody acts for.
//!
//! Never decides who may refer, nor who sees it: the policy does.

use liandu_core::id::{GroupId, UnitId};
use liandu_core::policy::Role;
use liandu_core::record::edit::{Edit, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::scope::Scope;

use crate::api::Office;
use crate::api::door::SignedIn;
use crate::api::problem::ApiError;
use crate::api::record::Loaded;
use crate::api::units::acting;
use crate::engine::OfficeAct;

/// The field that names the problem.
const PROBLEM: &str = "f/problem";

fn bad(field: &str) -> ApiError {
    ApiError::Body {
        field: field.to_owned(),
    }
}

/// Whether what is being made, when it is a referral, can be one.
pub(super) async fn can_refer(
    office: &Office,
    who: &SignedIn,
    act: &OfficeAct,
) -> Result<(), ApiError> {
    let (Some((Kind::Referral, scope)), Edit::Create { writes, .. }) = (&act.create, &act.edit)
    else {
        return Ok(());
    };
    let names = |write: &&Write| write.path.to_string() == PROBLEM;
    let problem = writes.iter().find(names);
    let problem = problem.and_then(|write| write.value.as_text());
    let problem = problem.ok_or_else(|| bad(PROBLEM))?;
    let loaded = Loaded::of(office, who, problem).await;
    if loaded.map_err(|_| bad(PROBLEM))?.doc.kind() != Kind::Problem {
        return Err(bad(PROBLEM));
    }
    let scope = scope.clone();
    let known = office.engine.directory(move |known| {
        acting(known).any(|(grant, _)| {
            grant.role == Role::DisciplineInspection
                && goes_to(&scope, grant.unit.as_ref())
                && grant.region.contains(&scope.region)
        })
    });
    if known.await? {
        Ok(())
    } else {
        Err(bad("scope"))
    }
}

fn goes_to(scope: &Scope, unit: Option<&UnitId>) -> bool {
    scope.group.is_some() && scope.group.as_ref().map(GroupId::as_str) == unit.map(UnitId::as_str)
}

//! What open pages ask beside records: changes after a position, units, and who may do what.

use std::time::Duration;

use liandu_core::policy::Role;

use super::life::{REGION, staff};
use super::world::World;

#[tokio::test]
async fn a_page_that_waits_is_told_of_the_change_and_of_nothing_it_may_not_see() {
    let world = World::new().await;
    let office = staff(&world, "office", Role::CongressOffice, None).await;
    world.user("far", Role::CongressOffice, "130702").await;
    let far = world.token("far").await;
    let before = world.get(&office, "/api/records").await.ok();
    let after = before["as_of"]["position"].as_u64().unwrap();
    let path = format!("/api/changes?after={after}");
    let (told, made) = tokio::join!(
        world.get(&office, &path),
        world.problem(&office, REGION, "新发现"),
    );
    let told = told.ok();
    assert_eq!(told["records"][0]["id"], made.as_str());
    assert_eq!(told["records"].as_array().unwrap().len(), 1);
    assert_eq!(told["more"], false);
    let path = format!("/api/changes?after={}", told["as_of"]["position"]);
    let quiet = tokio::time::timeout(Duration::from_secs(2), world.get(&office, &path));
    assert!(quiet.await.is_err(), "nothing is new: it waits");
    let path = format!("/api/changes?after={after}");
    let other = tokio::time::timeout(Duration::from_secs(2), world.get(&far, &path));
    assert!(other.await.is_err(), "another region's change is not told");
}

#[tokio::test]
async fn units_are_those_with_accounts_within_the_askers_regions() {
    let world = World::new().await;
    let office = staff(&world, "office", Role::CongressOffice, None).await;
    let _water = staff(&world, "water", Role::Department, Some("u-water")).await;
    world.user("far", Role::CongressOffice, "130702").await;
    let units = world.get(&office, "/api/units").await.ok();
    assert_eq!(units[0]["unit"], "u-water");
    assert_eq!(units.as_array().unwrap().len(), 1);
    let far = world.token("far").await;
    let units = world.get(&far, "/api/units").await.ok();
    assert_eq!(units.as_array().unwrap().len(), 0);
    let rules = world.get(&far, "/api/policy").await.ok();
    let rules = rules.as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["act"] == "write"
        && rule["of"][0] == "rectification"
        && rule["relation"] == "handler"));
}

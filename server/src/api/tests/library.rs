//! The library of laws through the API: published by who governs a province, read by everybody who
//! is signed in and by phones, and named in the audit.

use axum::body::Body;
use axum::http::Method;
use liandu_core::policy::Role;
use serde_json::json;

use super::files::proved;
use super::held::Phone;
use super::world::{Answer, World, request};

const TABLE: &str =
    "law,as_of,article,text\n水法,2016-07-02,第七条,取水许可\n水法,,第八条,\"节约用水\n第二款\"\n";

async fn publish(world: &World, token: &str, more: &str, table: &str) -> Answer {
    let path = format!("/api/admin/library?version={more}");
    let body = Body::from(table.to_owned());
    world
        .ask(request(Method::POST, token, &path, &[], body))
        .await
}

/// A server with an administrator of the province.
async fn world() -> (World, String) {
    let world = World::new().await;
    world.user("chief", Role::Administrator, "130000").await;
    let token = world.token("chief").await;
    (world, token)
}

#[tokio::test]
async fn a_version_is_looked_through_then_published_once_and_read_by_offices_and_phones() {
    let (world, chief) = world().await;
    let phone = Phone::new(&world).await;
    let looked = publish(&world, &chief, "2020-06", TABLE).await.ok();
    assert_eq!(
        (&looked["laws"], &looked["articles"]),
        (&json!([["水法", 2]]), &json!(2))
    );
    assert_eq!(
        world.get(&chief, "/api/library").await.ok(),
        json!([]),
        "looking publishes nothing"
    );

    let published = publish(&world, &chief, "2020-06&apply=true", TABLE)
        .await
        .ok();
    let at = published["position"].as_u64().unwrap();
    world.user("clerk", Role::CongressOffice, "130502").await;
    let clerk = world.token("clerk").await;
    let count = format!("/api/records/count?at_least={at}");
    world.get(&clerk, &count).await.ok();
    let versions = world.get(&clerk, "/api/library").await.ok();
    assert_eq!(versions[0]["version"], "2020-06");
    assert_eq!(
        (&versions[0]["user"], &versions[0]["articles"]),
        (&json!("chief"), &json!(2))
    );
    let token = proved(&world, &phone, &phone.key).await.ok();
    let who = format!("Liandu-Device {}", token["token"].as_str().unwrap());
    let texts = world.asked_by(&who, "/api/library/2020-06").await.ok();
    assert_eq!(texts["laws"][0]["name"], "水法");
    assert_eq!(
        texts["laws"][0]["articles"][1],
        json!({"article": "第八条", "text": "节约用水\n第二款"})
    );
    world.asked_by(&who, "/api/library/2019").await.code(404);
    world.get("", "/api/library").await.code(401);

    let again = publish(
        &world,
        &chief,
        "2020-06&apply=true",
        "law,article,text\n水法,第七条,别的\n",
    )
    .await;
    assert_eq!(again.code(409), "exists", "records name it");
    publish(&world, &chief, "2020-07&apply=true", TABLE)
        .await
        .ok();
    let audit = world
        .get(&chief, "/api/admin/audit?kind=library")
        .await
        .ok();
    assert_eq!(audit["lines"].as_array().unwrap().len(), 2, "{audit}");
    assert_eq!(audit["lines"][0]["user"], "chief");
    assert!(audit["lines"][0]["about"].to_string().contains("2020-07"));

    let world = world.rebuilt("again.db");
    let at = world
        .engine
        .read(|keeper| keeper.position())
        .await
        .unwrap()
        .0;
    world
        .get(&clerk, &format!("/api/records/count?at_least={at}"))
        .await
        .ok();
    let versions = world.get(&clerk, "/api/library").await.ok();
    assert_eq!(
        (&versions[0]["version"], &versions[1]["version"]),
        (&json!("2020-07"), &json!("2020-06"))
    );
}

#[tokio::test]
async fn wrong_cells_are_named_and_only_who_governs_a_province_publishes() {
    let (world, chief) = world().await;
    let wrong = publish(
        &world,
        &chief,
        "2020-06&apply=true",
        "law,article,text\n水法,第七条,\n",
    )
    .await;
    assert_eq!(wrong.status.as_u16(), 422);
    assert_eq!(wrong.json()["errors"][0]["cell"], "C2");
    let no_table = publish(&world, &chief, "2020-06", "\u{0}PK").await;
    assert_eq!(no_table.status.as_u16(), 422);
    for version in ["", &"x".repeat(41), "%E3%80%94"] {
        publish(&world, &chief, version, TABLE).await.code(422);
    }
    publish(&world, &chief, "2020-06&other=1", TABLE)
        .await
        .code(400);
    assert_eq!(world.get(&chief, "/api/library").await.ok(), json!([]));
    world.user("county", Role::Administrator, "130502").await;
    world.user("clerk", Role::CongressOffice, "130000").await;
    for user in ["county", "clerk"] {
        let token = world.token(user).await;
        publish(&world, &token, "2020-06&apply=true", TABLE)
            .await
            .code(404);
    }
    publish(&world, "", "2020-06&apply=true", TABLE)
        .await
        .code(401);
}

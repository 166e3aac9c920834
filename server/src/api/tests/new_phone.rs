//! New phones: approved by who administers the person's region, denied like never asked, and what
//! the old phone had not sent is named until it is there or the office has let the phone go.

use liandu_core::limits;
use liandu_core::policy::Role;
use serde_json::{Value, json};

use super::files::proved;
use super::held::Phone;
use super::world::{Answer, World};
use crate::accounts::invitation;
use crate::engine::now;
use crate::seen::Sighting;

const ASK: &str = "/api/device/new-phone";
const ANSWER: &str = "/api/device/new-phone/answer";
const WAITING: &str = "/api/admin/new-phones";

async fn ask(world: &World, person: &str) -> Answer {
    let body = json!({"person": person, "label": "新手机"});
    world.post("", ASK, &[], &body).await
}

async fn answer(world: &World, asked: &Value) -> Answer {
    let body = json!({"token": asked["token"]});
    world.post("", ANSWER, &[], &body).await
}

/// A server with a representative's phone, and administrators of their county and of another.
async fn world() -> (World, Phone, String, String) {
    let world = World::new().await;
    let phone = Phone::new(&world).await;
    world
        .user("admin-here", Role::Administrator, "130502")
        .await;
    world.user("admin-far", Role::Administrator, "130702").await;
    let (here, far) = (
        world.token("admin-here").await,
        world.token("admin-far").await,
    );
    (world, phone, here, far)
}

#[tokio::test]
async fn a_new_phone_gets_an_invitation_of_its_person_from_who_administers_them_and_nobody_else() {
    let (world, _, here, far) = world().await;
    let asked = ask(&world, "rep-1").await.ok();
    assert_eq!(answer(&world, &asked).await.ok(), json!({}));
    let waiting = world.get(&here, WAITING).await.ok();
    assert_eq!(waiting[0]["name"], "李代表");
    assert_eq!(waiting[0]["check"], asked["check"]);
    assert!(
        !waiting
            .to_string()
            .contains(asked["token"].as_str().unwrap())
    );
    let request = waiting[0]["request"].as_str().unwrap().to_owned();
    let approve = format!("{WAITING}/{request}/approve");

    assert_eq!(world.get(&far, WAITING).await.ok(), json!([]));
    for (token, status) in [(far.as_str(), 404), ("", 401)] {
        let refused = world.post(token, &approve, &[], &json!({})).await;
        assert_eq!(refused.status.as_u16(), status);
    }
    world.user("clerk", Role::CongressOffice, "130502").await;
    let clerk = world.token("clerk").await;
    world.get(&clerk, WAITING).await.code(404);
    assert_eq!(answer(&world, &asked).await.ok(), json!({}), "nothing yet");

    world.post(&here, &approve, &[], &json!({})).await.ok();
    let again = world.post(&here, &approve, &[], &json!({})).await;
    again.code(404);
    assert_eq!(world.get(&here, WAITING).await.ok(), json!([]));
    let code = answer(&world, &asked).await.ok()["code"].clone();
    let hash = invitation::hash(code.as_str().unwrap());
    let known = world
        .engine
        .directory(move |known| known.invitation(&hash).cloned());
    assert_eq!(known.await.unwrap().unwrap().person.as_str(), "rep-1");
    let audit = world.get(&here, "/api/admin/audit").await.ok();
    assert_eq!(audit["lines"][0]["act"]["zh"], "邀请");
    assert_eq!(audit["lines"][0]["user"], "admin-here");
}

#[tokio::test]
async fn a_request_for_nobody_and_one_that_was_denied_look_like_any_other() {
    let (world, _, here, _) = world().await;
    let nobody = ask(&world, "nobody").await.ok();
    let somebody = ask(&world, "rep-1").await.ok();
    let keys = |json: &Value| {
        json.as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert_eq!(keys(&nobody), keys(&somebody));
    assert_eq!(answer(&world, &nobody).await.ok(), json!({}));
    let waiting = world.get(&here, WAITING).await.ok();
    assert_eq!(waiting.as_array().unwrap().len(), 1, "{waiting}");
    let deny = format!("{WAITING}/{}/deny", waiting[0]["request"].as_str().unwrap());
    let denied = world.post(&here, &deny, &[], &json!({})).await;
    assert_eq!(denied.status.as_u16(), 204);
    let never = json!({"token": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
    let (denied, never) = (
        answer(&world, &somebody).await,
        answer(&world, &never).await,
    );
    assert_eq!(denied.code(404), never.code(404));
    assert_eq!(denied.text, never.text);
    let garbage = answer(&world, &json!({"token": "x"})).await;
    assert_eq!(garbage.text, never.text);
}

#[tokio::test]
async fn a_phone_withdraws_its_request_and_the_office_sees_it_no_more() {
    let (world, _, here, _) = world().await;
    let asked = ask(&world, "rep-1").await.ok();
    let waiting = world.get(&here, WAITING).await.ok();
    let request = waiting[0]["request"].as_str().unwrap().to_owned();
    let withdraw = async |token: &Value| {
        let body = json!({"token": token});
        let path = "/api/device/new-phone/withdraw";
        world.post("", path, &[], &body).await.status.as_u16()
    };
    let never = json!("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA");
    assert_eq!(withdraw(&never).await, 204, "as if there had been one");
    assert_eq!(withdraw(&json!("x")).await, 404);
    assert_eq!(withdraw(&asked["token"]).await, 204);
    assert_eq!(world.get(&here, WAITING).await.ok(), json!([]));
    answer(&world, &asked).await.code(404);
    let approve = format!("{WAITING}/{request}/approve");
    world.post(&here, &approve, &[], &json!({})).await.code(404);
}

#[tokio::test]
async fn who_asks_again_and_again_has_to_wait_whether_the_person_exists_or_not() {
    for person in ["rep-1", "nobody"] {
        let (world, _, here, _) = world().await;
        let mut refused = 0;
        for _ in 0..40 {
            refused += u32::from(ask(&world, person).await.status.as_u16() == 429);
        }
        assert!(refused > 10, "{person}: {refused}");
        let shown = world.get(&here, WAITING).await.ok();
        assert!(shown.as_array().unwrap().len() <= limits::NEW_PHONES_OF_PERSON_MAX);
    }
    let (world, ..) = world().await;
    let mut refused = 0;
    for number in 0..40 {
        refused += u32::from(ask(&world, &format!("p-{number}")).await.status.as_u16() == 429);
    }
    assert!(refused > 10, "one address cannot fill the list: {refused}");
}

#[tokio::test]
async fn what_the_old_phone_had_not_sent_is_named_until_it_came_or_the_office_lets_the_phone_go() {
    let (world, old, here, _) = world().await;
    let sighting = Sighting {
        time: now(),
        app: "liandu-field".to_owned(),
        unsent: 3,
        clock_ahead_ms: 0,
    };
    world.engine.shared().seen.came(&old.device, &sighting);
    ask(&world, "rep-1").await.ok();
    let waiting = world.get(&here, WAITING).await.ok();
    assert_eq!(waiting[0]["unsent"][0]["unsent"], 3, "{waiting}");
    assert_eq!(waiting[0]["unsent"][0]["device"], old.device.hex());

    let token = proved(&world, &old, &old.key).await.ok();
    let who = format!("Liandu-Device {}", token["token"].as_str().unwrap());
    let others = world.asked_by(&who, "/api/device/others").await;
    assert_eq!(others.ok(), json!([]), "the asking one is not another");
    world.get("", "/api/device/others").await.code(401);
    world.get(&here, "/api/device/others").await.code(401);

    let came = [(old.device, 2)].into_iter().collect();
    world.engine.shared().seen.arrived(&came);
    let waiting = world.get(&here, WAITING).await.ok();
    assert_eq!(waiting[0]["unsent"][0]["unsent"], 1);
    let revoke = format!("/api/admin/devices/{}/revoke", old.device.hex());
    let reason = json!({"reason": "换手机"});
    world.post(&here, &revoke, &[], &reason).await.ok();
    let waiting = world.get(&here, WAITING).await.ok();
    assert_eq!(waiting[0]["unsent"], json!([]), "let go");
}

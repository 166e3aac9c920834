//! Signing in, staying in, and what a stranger gets.

use axum::body::Body;
use axum::http::{Method, header};
use liandu_core::id::PersonId;
use liandu_core::limits;
use liandu_core::policy::Role;
use serde_json::json;

use super::world::{PASSWORD, World, request};

#[tokio::test]
async fn only_the_right_password_opens_and_only_until_sign_out() {
    let world = World::new().await;
    world.user("wang", Role::CongressOffice, "130500").await;
    for (user, password) in [("wang", "错误的密码错误的密码"), ("nobody", PASSWORD)] {
        let body = json!({"user": user, "password": password});
        let answer = world.post("", "/api/session", &[], &body).await;
        assert_eq!(answer.code(401), "wrong-password");
    }
    let token = world.token("wang").await;
    let shown = world.get(&token, "/api/session").await.ok();
    assert_eq!(shown["user"], "wang");
    assert_eq!(shown["grants"][0]["role"], "congress-office");
    assert!(shown.get("token").is_none());
    let out = world
        .ask(request(
            Method::DELETE,
            &token,
            "/api/session",
            &[],
            Body::empty(),
        ))
        .await;
    assert_eq!(out.status.as_u16(), 204);
    assert_eq!(
        world.get(&token, "/api/session").await.code(401),
        "not-signed-in"
    );
}

#[tokio::test]
async fn too_many_tries_have_to_wait_even_with_the_right_password() {
    let world = World::new().await;
    world.user("wang", Role::CongressOffice, "130500").await;
    let wrong = json!({"user": "wang", "password": "错误的密码错误的密码"});
    for _ in 0..4 {
        world.post("", "/api/session", &[], &wrong).await.code(401);
    }
    let right = json!({"user": "wang", "password": PASSWORD});
    let answer = world.post("", "/api/session", &[], &right).await;
    assert_eq!(answer.code(429), "too-many-tries");
    assert!(answer.headers.contains_key(header::RETRY_AFTER));
}

#[tokio::test]
async fn every_route_but_the_open_ones_asks_to_sign_in() {
    let world = World::new().await;
    for path in [
        "/api/session",
        "/api/records",
        "/api/records/count",
        "/api/records.csv",
        "/api/records.geojson",
        "/api/conflicts",
        "/api/quarantine",
        "/api/inbox",
        "/api/workflow",
        "/api/records/00000000-0000-0000-0000-000000000000",
        "/api/records/x/history?path=e",
    ] {
        assert_eq!(
            world.get("", path).await.code(401),
            "not-signed-in",
            "{path}"
        );
        assert_eq!(
            world.get("bm9uc2Vuc2U", path).await.code(401),
            "not-signed-in",
            "{path}"
        );
    }
    for path in ["/healthz", "/metrics", "/api/openapi.json"] {
        assert_eq!(world.get("", path).await.status.as_u16(), 200, "{path}");
    }
    assert_eq!(world.get("", "/api/nosuch").await.code(404), "not-found");
}

#[tokio::test]
async fn a_cookie_writes_only_from_our_own_pages() {
    let world = World::new().await;
    world.user("wang", Role::CongressOffice, "130500").await;
    let body = json!({"user": "wang", "password": PASSWORD});
    let signed_in = world.post("", "/api/session", &[], &body).await;
    let cookie = signed_in.headers[header::SET_COOKIE]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        cookie.contains("HttpOnly") && cookie.contains("SameSite=Strict"),
        "{cookie}"
    );
    let cookie = cookie.split(';').next().unwrap();
    let with = |more: &[(&'static str, &'static str)]| {
        let mut headers = vec![("cookie", cookie)];
        headers.extend(more.iter().copied());
        request(Method::POST, "", "/api/records", &headers, Body::from("{}"))
    };
    assert_eq!(world.ask(with(&[])).await.code(403), "foreign-page");
    assert_eq!(
        world
            .ask(with(&[("origin", "http://evil.example")]))
            .await
            .code(403),
        "foreign-page"
    );
    for own in [
        ("liandu-csrf", "1"),
        ("origin", "http://office.example"),
        ("sec-fetch-site", "same-origin"),
    ] {
        assert_eq!(
            world.ask(with(&[own])).await.code(400),
            "bad-body",
            "{own:?}"
        );
    }
    let get = request(
        Method::GET,
        "",
        "/api/records",
        &[("cookie", cookie)],
        Body::empty(),
    );
    world.ask(get).await.ok();
}

#[tokio::test]
async fn a_disabled_account_is_out_at_once() {
    let world = World::new().await;
    world.user("wang", Role::CongressOffice, "130500").await;
    let token = world.token("wang").await;
    world.get(&token, "/api/records").await.ok();
    let (person, region) = (PersonId::new("wang").unwrap(), "130500".parse().unwrap());
    world.account("wang", person, region, true).await;
    assert_eq!(
        world.get(&token, "/api/records").await.code(401),
        "not-signed-in"
    );
    let body = json!({"user": "wang", "password": PASSWORD});
    assert_eq!(
        world.post("", "/api/session", &[], &body).await.code(401),
        "wrong-password"
    );
}

#[tokio::test]
async fn a_body_above_the_limit_is_refused() {
    let world = World::new().await;
    let long = "x".repeat(limits::API_BODY_BYTES_MAX);
    let body = json!({"user": "wang", "password": long});
    assert_eq!(
        world.post("", "/api/session", &[], &body).await.code(413),
        "too-large"
    );
}

#[tokio::test]
async fn many_tries_sent_together_are_not_all_checked() {
    let world = World::new().await;
    world.user("wang", Role::CongressOffice, "130500").await;
    let wrong = json!({"user": "wang", "password": "错误的密码错误的密码"});
    let tries = (0..30).map(|_| world.post("", "/api/session", &[], &wrong));
    let answers = futures_util::future::join_all(tries).await;
    let checked = answers.iter().filter(|answer| answer.status == 401).count();
    let most = 3 + limits::SIGN_INS_AT_ONCE_MAX;
    assert!(checked <= most, "{checked} passwords were tried");
}

#[tokio::test]
async fn every_answer_tells_browsers_to_show_and_load_nothing() {
    let world = World::new().await;
    for path in ["/api/session", "/api/openapi.json", "/healthz", "/nosuch"] {
        let headers = world.get("", path).await.headers;
        let policy = headers[header::CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(
            !headers.contains_key(header::STRICT_TRANSPORT_SECURITY),
            "not over TLS"
        );
    }
}

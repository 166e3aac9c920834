//! The description of the API against a real server: schemathesis asks whatever the description
//! allows, and what it does not, and compares every answer with it.

use std::process::Command;

use liandu_bench::office::Office;
use liandu_tests::{REGION, World, create, edit, set, sync};

/// The same questions every time.
const SEED: &str = "1";
/// Routes that cannot be asked like this: one waits for changes, one ends the session that asks, and
/// pieces of files are no JSON (they have tests of their own).
const LEFT_OUT: [&str; 3] = ["/api/changes", "/api/session", "/api/files/{id}"];
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance";
const PASSWORD: &str = "correct-horse-battery-staple-9";

/// `LIANDU_SCHEMATHESIS` is its folder, `LIANDU_API_SECONDS` how long it asks.
#[tokio::test]
#[ignore = "`cargo xtask api-check` brings the program and runs it"]
async fn every_answer_is_of_the_described_form() {
    let folder = std::env::var("LIANDU_SCHEMATHESIS").expect("run `cargo xtask api-check`");
    let seconds = std::env::var("LIANDU_API_SECONDS").unwrap_or("60".to_owned());
    let world = World::start();
    let mut phones = world.phones(2).await;
    let record = create(&mut phones[0], "占地面积待核").record;
    sync(&mut phones[0]).await;
    sync(&mut phones[1]).await;
    for (phone, village) in phones.iter_mut().zip(["野头村", "东康庄村"]) {
        edit(phone, record, set("f/village", village)).expect("an edit");
        sync(phone).await;
    }
    let roles = ["congress-office", "administrator"].map(|role| format!("{role}:{REGION}"));
    let mut user = vec!["users", "add", "--user", "checker", "--name", "checker"];
    user.extend(["--region", REGION, "--role", &roles[0], "--role", &roles[1]]);
    world.server().admin_with(&user, PASSWORD).expect("a user");
    let url = world.server().url.as_str();
    let office = Office::sign_in(url, "checker", PASSWORD).expect("signed in");
    let known = format!("[parameters]\n\"path.id\" = \"{record}\"\n\"query.at_least\" = 0\n");
    let file = world.scratch.path().join("schemathesis.toml");
    std::fs::write(&file, known).expect("the parameters that are known");
    let mut check = Command::new(format!("{folder}/bin/schemathesis"));
    check
        .env("PYTHONPATH", &folder)
        .current_dir(world.scratch.path());
    check.arg("--config-file").arg(file);
    check.args([
        "run",
        concat!(env!("CARGO_MANIFEST_DIR"), "/../server/openapi.json"),
    ]);
    check.args([
        "--url",
        url,
        "--seed",
        SEED,
        "--checks",
        CHECKS,
        "--max-time",
        &seconds,
    ]);
    check.args([
        "--header",
        &format!("Authorization: Bearer {}", office.token()),
    ]);
    check.args([
        "--phases",
        "examples,coverage,fuzzing",
        "--request-timeout",
        "30",
    ]);
    check.args(["--continue-on-failure", "--no-color"]);
    check.args(LEFT_OUT.iter().flat_map(|path| ["--exclude-path", path]));
    assert!(check.status().expect("schemathesis runs").success());
}

//! The OpenAPI file beside the code is the one the code describes.

use std::collections::BTreeSet;

use crate::api::openapi;

/// `LIANDU_GOLDEN=add` writes the file when it is missing; changing it means deleting it first.
#[test]
fn the_description_in_the_repository_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let made = openapi().to_pretty_json().unwrap() + "\n";
    let add = std::env::var("LIANDU_GOLDEN").is_ok_and(|word| word == "add");
    if add && !std::path::Path::new(path).exists() {
        std::fs::write(path, &made).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        kept == made,
        "server/openapi.json is old: delete it and run with LIANDU_GOLDEN=add"
    );
}

#[test]
fn every_route_is_described_with_its_problems() {
    let json = serde_json::to_value(openapi()).unwrap();
    let paths: BTreeSet<&str> = json["paths"]
        .as_object()
        .unwrap()
        .keys()
        .map(String::as_str)
        .collect();
    for path in [
        "/api/session",
        "/api/records",
        "/api/records/count",
        "/api/records/{id}",
        "/api/records/{id}/history",
        "/api/records/{id}/edits",
        "/api/records/{id}/resolve",
        "/api/conflicts",
        "/api/quarantine",
        "/api/quarantine/{position}/{index}/release",
        "/api/quarantine/{position}/{index}/answer",
        "/api/records.csv",
        "/api/records.xlsx",
        "/api/records.geojson",
        "/api/map",
        "/api/inbox",
        "/api/workflow",
        "/healthz",
        "/metrics",
    ] {
        assert!(paths.contains(path), "{path}");
    }
    let methods = json["paths"].as_object().unwrap().values();
    let operations = methods.flat_map(|path| path.as_object().unwrap().values());
    let names: Vec<&str> = operations
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    let different: BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(
        names.len(),
        different.len(),
        "operations have names of their own"
    );
    assert!(different.contains("get_records_id_history"));
    assert!(json["components"]["schemas"]["Problem"].is_object());
    assert!(json["components"]["securitySchemes"]["token"].is_object());
}

#[test]
fn refusals_are_described_as_problems_and_only_null_is_a_cleared_value() {
    let json = serde_json::to_value(openapi()).unwrap();
    let mut operations = json["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap();
            methods
                .iter()
                .map(move |(method, said)| (path, method, said))
        });
    assert!(operations.all(|(path, method, said)| {
        let mut refusals = said["responses"].as_object().unwrap().iter();
        refusals.all(|(status, response)| {
            let plain = &response["content"]["application/json"]["schema"]["$ref"];
            assert_ne!(
                plain, "#/components/schemas/Problem",
                "{method} {path} {status}"
            );
            true
        })
    }));
    let list = &json["paths"]["/api/records"]["get"]["responses"];
    for status in ["400", "401", "429", "503"] {
        let form = &list[status]["content"]["application/problem+json"]["schema"];
        assert_eq!(form["$ref"], "#/components/schemas/Problem", "{status}");
    }
    let open = &json["paths"]["/healthz"]["get"]["responses"];
    assert!(open.get("401").is_none());
    let cleared = &json["components"]["schemas"]["ValueJson"]["oneOf"][0];
    assert_eq!(cleared["type"], "null");
}

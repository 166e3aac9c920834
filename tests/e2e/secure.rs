//! TLS with the server's own certificate, and secrets that never reach the log.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use liandu_bench::process::Server;
use liandu_tests::{GROUP, REGION};
use serde_json::Value;
use tempfile::TempDir;
use ureq::tls::{Certificate, RootCerts, TlsConfig};

const PASSWORD: &str = "an-office-password-that-must-not-be-logged";

/// A server with a self-made certificate, which logs everything it can.
struct Secure {
    scratch: TempDir,
    bin: PathBuf,
    server: Server,
    certificate: String,
}

impl Secure {
    fn start() -> Secure {
        let scratch = tempfile::tempdir().expect("a fresh folder");
        let bin = liandu_bench::process::bin_dir().expect("the built programs");
        let certificate = certificate(scratch.path(), "server");
        let config = scratch.path().join("liandu.toml");
        let text = "data = \"data\"\n[tls]\ncertificate = \"server.pem\"\nkey = \"server.key\"\n\
                    [log]\nfilter = \"trace\"\n";
        fs::write(&config, text).expect("a file");
        let with = [
            "--listen",
            "127.0.0.1:0",
            "--config",
            &config.to_string_lossy(),
        ];
        let server = Server::start_with(&bin, &scratch.path().join("data"), &with);
        Secure {
            server: server.expect("a server"),
            scratch,
            bin,
            certificate,
        }
    }

    fn path(&self, name: &str) -> String {
        self.scratch
            .path()
            .join(name)
            .to_string_lossy()
            .into_owned()
    }

    fn liandu(&self, phone: &str, words: &[&str]) -> (bool, String) {
        let output = Command::new(self.bin.join("liandu"))
            .args(["--json", "--dir", &self.path(phone)])
            .args(words)
            .output()
            .expect("the liandu command");
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        (output.status.success(), said)
    }

    fn ok(&self, phone: &str, words: &[&str]) {
        let (success, said) = self.liandu(phone, words);
        assert!(success, "{words:?}: {said}");
    }

    /// A browser that believes the office's certificate.
    fn browser(&self) -> ureq::Agent {
        let own = Certificate::from_pem(self.certificate.as_bytes()).expect("a certificate");
        let tls = TlsConfig::builder()
            .root_certs(RootCerts::new_with_certs(&[own]))
            .build();
        let config = ureq::Agent::config_builder().tls_config(tls);
        ureq::Agent::new_with_config(config.http_status_as_error(false).build())
    }

    fn log(&self) -> String {
        fs::read_to_string(self.path("data.log")).expect("the server's log")
    }
}

/// Makes a certificate for this machine and writes it beside its key.
fn certificate(folder: &Path, name: &str) -> String {
    let names = ["127.0.0.1".to_owned(), "localhost".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    let pem = made.cert.pem();
    fs::write(folder.join(format!("{name}.pem")), &pem).expect("a file");
    let key = made.signing_key.serialize_pem();
    fs::write(folder.join(format!("{name}.key")), key).expect("a file");
    pem
}

fn enrol_words<'a>(url: &'a str, code: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let words: &[&str] = &["enrol", "--server", url, "--code", code];
    [words, more].concat()
}

/// The code of an invitation for the one person of this world.
fn invited(world: &Secure) -> String {
    let (groups, people) = (world.path("groups.csv"), world.path("people.csv"));
    let group = format!("code,name,region,domain,kind\n{GROUP},g,{REGION},land,deputy\n");
    fs::write(&groups, group).expect("a file");
    let person = format!(
        "code,name,level,region,group,member_kind,role,leader\n\
         rep,rep,county,{REGION},{GROUP},deputy,representative,no\n"
    );
    fs::write(&people, person).expect("a file");
    let server = &world.server;
    server
        .import_people(groups.as_ref(), people.as_ref())
        .expect("imported");
    server.invite("rep").expect("invited")
}

#[test]
fn device_and_office_work_over_tls_and_no_secret_reaches_the_log() {
    let world = Secure::start();
    let code = invited(&world);
    let server = &world.server;
    let url = server.url.clone();
    assert!(url.starts_with("https://"), "{url}");

    certificate(world.scratch.path(), "stranger");
    let stranger = world.path("stranger.pem");
    let (success, said) = world.liandu("a", &enrol_words(&url, &code, &[]));
    assert!(!success, "the system does not vouch for it: {said}");
    let (success, said) = world.liandu("a", &enrol_words(&url, &code, &["--ca", &stranger]));
    assert!(
        !success,
        "another certificate does not vouch for it: {said}"
    );
    let own = world.path("server.pem");
    world.ok("a", &enrol_words(&url, &code, &["--ca", &own]));
    let scope = format!("{REGION}/{GROUP}/group");
    world.ok(
        "a",
        &[
            "new",
            "problem",
            "--scope",
            &scope,
            "title=加密送达",
            "domain=land",
        ],
    );
    world.ok("a", &["sync"]);

    let users = [
        "users", "add", "--user", "clerk", "--name", "clerk", "--role",
    ];
    let grant = ["congress-office", "--region", REGION];
    server
        .admin_with(&[&users[..], &grant].concat(), PASSWORD)
        .expect("an office user");
    let browser = world.browser();
    let body = serde_json::json!({ "user": "clerk", "password": PASSWORD }).to_string();
    let signing = browser
        .post(format!("{url}/api/session"))
        .content_type("application/json");
    let mut signed = signing.send(body).expect("an answer over TLS");
    assert_eq!(signed.status().as_u16(), 201);
    let header = |name: &str| {
        let value = signed
            .headers()
            .get(name)
            .and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    assert!(header("strict-transport-security").starts_with("max-age="));
    assert!(header("content-security-policy").starts_with("default-src 'none'"));
    let cookie = header("set-cookie");
    assert!(cookie.contains("; Secure"), "{cookie}");
    let session = signed.body_mut().read_to_string().expect("a body");
    let session: Value = serde_json::from_str(&session).expect("JSON");
    let token = session["token"].as_str().expect("a token").to_owned();
    let asking = browser.get(format!("{url}/api/records?at_least=1"));
    let mut answer = asking
        .header("authorization", format!("Bearer {token}"))
        .call()
        .expect("records");
    let records = answer.body_mut().read_to_string().expect("a body");
    assert!(records.contains("加密送达"), "{records}");

    let log = world.log();
    assert!(log.contains("TRACE"), "everything is logged in this test");
    for secret in [PASSWORD, &code, &token, "加密送达"] {
        assert!(!log.contains(secret), "{secret} stands in the log");
    }
}

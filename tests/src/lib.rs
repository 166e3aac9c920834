//! What tests share: a real server in a fresh folder, real devices, and what an office reads.
//!
//! Never sleeps: everything waits for a state, with a limit.
#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot go on must stop with the place"
)]

pub mod disk;
pub mod raw;

use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use liandu_bench::fleet::{Crew, Phone};
use liandu_bench::office::Office;
use liandu_bench::process::{Server, bin_dir};
use liandu_core::id::RecordId;
use liandu_core::record::edit::{Edit, Splice, Write};
use liandu_core::record::kind::Kind;
use liandu_core::record::path::Path;
use liandu_core::record::value::Value;
use liandu_device::native::{Memory, SyncReport};
use liandu_device::{Asked, KeepError, Kept};
use tempfile::TempDir;

/// The region of the tests: 正定县.
pub const REGION: &str = "130123";
/// Their group.
pub const GROUP: &str = "g-1";
/// How long one sync may take.
pub const SYNC: Duration = Duration::from_secs(120);

/// A server with its folder, which lives as long as this.
pub struct World {
    /// The folder that holds everything.
    pub scratch: TempDir,
    /// The built programs.
    pub bin: PathBuf,
    /// The server, none while it is stopped.
    pub server: Option<Server>,
    listen: String,
}

impl World {
    /// Starts a server in a fresh folder.
    pub fn start() -> World {
        World::with(tempfile::tempdir().expect("a fresh folder"))
    }

    /// The same below a folder that exists, on its disk.
    pub fn start_in(folder: &std::path::Path) -> World {
        World::with(tempfile::tempdir_in(folder).expect("a fresh folder"))
    }

    fn with(scratch: TempDir) -> World {
        let bin = bin_dir().expect("the built programs");
        assert!(
            bin.join("liandu-server").exists(),
            "build the programs first: cargo build --workspace, or use cargo xtask test"
        );
        let server = Server::start(&bin, &scratch.path().join("data")).expect("a server");
        let listen = server.url.trim_start_matches("http://").to_owned();
        World {
            scratch,
            bin,
            server: Some(server),
            listen,
        }
    }

    /// The running server.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }

    /// The server's folder.
    pub fn data(&self) -> PathBuf {
        self.scratch.path().join("data")
    }

    /// SIGKILL.
    pub fn kill(&mut self) {
        self.server
            .take()
            .expect("the server runs")
            .kill()
            .expect("killed");
    }

    /// SIGTERM.
    pub fn stop(&mut self) {
        self.server
            .take()
            .expect("the server runs")
            .stop()
            .expect("stopped");
    }

    /// Starts it again on the same address, as devices know it.
    pub fn start_again(&mut self) {
        let server = Server::start_at(&self.bin, &self.data(), &self.listen);
        self.server = Some(server.expect("the server starts again"));
    }

    /// Enrols that many devices of one group.
    pub async fn phones(&self, count: usize) -> Vec<Phone> {
        self.phones_in(count, |_| GROUP.to_owned()).await
    }

    /// Enrols devices, each in the group named for it.
    pub async fn phones_in(&self, count: usize, group: impl Fn(usize) -> String) -> Vec<Phone> {
        let crew = Crew::new(count, REGION, group);
        crew.enrol(self.server(), self.scratch.path())
            .await
            .expect("enrolled")
    }

    /// A congress office of the county.
    pub fn office(&self) -> Office {
        self.server()
            .office("congress-office", REGION)
            .expect("an office user")
    }
}

/// Syncs until everything is exchanged.
pub async fn sync(phone: &mut Phone) -> SyncReport {
    let report = phone.sync(SYNC).await.expect("a sync");
    assert_eq!(report.trouble, None);
    phone.disconnect().await.expect("disconnected");
    report
}

/// A problem as a representative saves it.
pub fn problem(title: &str) -> Edit {
    let write = |field: &str, value: &str| Write {
        path: place(field),
        value: Value::text(value),
    };
    Edit::Create {
        writes: vec![write("f/title", title), write("f/domain", "land")],
        texts: vec![(
            "description".parse().unwrap(),
            "村东空地堆放建筑垃圾。".to_owned(),
        )],
    }
}

/// Makes a record of the tests' group.
pub fn create(phone: &mut Phone, title: &str) -> Kept {
    let scope = format!("{REGION}/{GROUP}/group").parse().unwrap();
    phone
        .act(|engine, now| {
            let asked = Asked::default();
            engine.new_record(now, None, (Kind::Problem, scope), problem(title), &asked)
        })
        .expect("stored")
        .expect("kept")
}

/// Edits a record as it is now on the device.
pub fn edit(phone: &mut Phone, record: RecordId, edit: Edit) -> Result<Kept, KeepError> {
    phone
        .act(|engine, now| engine.edit(now, record, edit, &Asked::default()))
        .expect("stored")
}

/// Sets a text field.
pub fn set(field: &str, value: &str) -> Edit {
    Edit::set(place(field), Value::text(value))
}

/// Types at the beginning of a text.
pub fn typing(text: &str, insert: &str) -> Edit {
    let splices = vec![Splice {
        at: 0,
        delete: 0,
        insert: insert.to_owned(),
    }];
    Edit::EditText {
        field: text.parse().unwrap(),
        splices,
    }
}

/// A place.
pub fn place(text: &str) -> Path {
    text.parse().unwrap()
}

/// A record's current value on a device.
pub fn value(phone: &mut Phone, record: RecordId, field: &str) -> String {
    let view = phone.engine().record(record).expect("the record is here");
    let place = place(field);
    view.record
        .fields
        .get(&place)
        .map_or(String::new(), |field| field.value.to_string())
}

/// Somebody of a group of some region, for `World::phone_of`.
pub struct Somebody {
    /// The person's code.
    pub person: &'static str,
    /// The region.
    pub region: &'static str,
    /// The group.
    pub group: &'static str,
}

impl World {
    /// Imports a person and a group of a region of their own, and enrols a device.
    pub async fn phone_of(&self, who: &Somebody) -> Phone {
        let groups = self.scratch.path().join("some-groups.csv");
        let people = self.scratch.path().join("some-people.csv");
        let Somebody {
            person,
            region,
            group,
        } = who;
        let header = "code,name,region,domain,kind";
        std::fs::write(
            &groups,
            format!("{header}\n{group},{group},{region},land,deputy\n"),
        )
        .expect("a file");
        let header = "code,name,level,region,group,member_kind,role,leader";
        let row = format!("{person},{person},county,{region},{group},deputy,representative,no");
        std::fs::write(&people, format!("{header}\n{row}\n")).expect("a file");
        let server = self.server();
        server.import_people(&groups, &people).expect("imported");
        let code = server.invite(person).expect("invited");
        let mut phone = Phone::open(Memory::default(), "test").expect("a device");
        let url = server.sync_url();
        phone.enrol(&url, &code, person).await.expect("enrolled");
        phone
    }
}

/// Types a `liandu` command into one device's folder.
pub fn liandu(world: &World, phone: &str, words: &[&str]) -> (i32, String) {
    let output = Command::new(world.bin.join("liandu"))
        .arg("--dir")
        .arg(world.scratch.path().join(phone))
        .args(words)
        .output()
        .expect("the liandu command");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    (output.status.code().unwrap_or(-1), said + &complaint)
}

/// The same, which must succeed; gives what it prints with `--json`.
pub fn ok(world: &World, phone: &str, words: &[&str]) -> serde_json::Value {
    let (code, said) = liandu(world, phone, &[words, &["--json"]].concat());
    assert_eq!(code, 0, "{words:?}: {said}");
    serde_json::from_str(&said).expect("JSON, as asked for")
}

//! The demo: a server with Hebei's roster, records whose figures agree with the source document,
//! open conflicts and two phones; until Ctrl-C.
//!
//! Never touches anything outside its folder, and shows no figure that it did not read back
//! through the office API.

mod door;
mod figures;
mod fill;
mod head;
mod people;
pub mod plan;
pub mod seats;
mod stage;
mod words;

use std::fs::{File, TryLockError};
use std::io::Write;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use liandu_core::campaign::hebei;

use crate::demo::fill::Hands;
use crate::demo::plan::Plan;
use crate::demo::seats::{ACCOUNTS, ADMIN, Hand, PROVINCE};
use crate::demo::stage::Opened;
use crate::demo::words::Progress;
use crate::office::Office;
use crate::process::Server;

/// How the demo runs.
#[derive(Debug, clap::Args)]
pub struct Options {
    /// 演示数据目录。 Where it keeps its data.
    #[arg(long, default_value = ".demo")]
    pub dir: PathBuf,
    /// 端口,被占用时另选。 The port; another one when it is taken.
    #[arg(long, default_value_t = 8610)]
    pub port: u16,
    /// 清空后重新填入。 Begin afresh.
    #[arg(long)]
    pub fresh: bool,
    /// 核对后即停止,不等 Ctrl-C。 Stop after checking instead of waiting for Ctrl-C.
    #[arg(long)]
    pub once: bool,
}

/// Says that filling came to its end.
const READY: &str = "ready";
/// The name of these contents: browsers forget what they kept of others.
const STAGE: &str = "stage";
/// The version of what is filled in: other contents begin afresh.
const CONTENTS: &str = "4";
/// Eight laws, word for word: see `data/SOURCES.md`.
const LAWS: &[u8] = include_bytes!("../data/laws-2020.csv");
/// Everything the demo puts into its folder beside the lock.
const OWN: [&str; 8] = [
    READY,
    STAGE,
    "data",
    "data.authority",
    "data.log",
    "phone-1",
    "phone-2",
    "ACCESS.txt",
];

/// Runs it.
pub async fn run(bin: &Path, options: &Options) -> Result<()> {
    let progress = Progress::new();
    let dir = &options.dir;
    std::fs::create_dir_all(dir).with_context(|| format!("make {}", dir.display()))?;
    let _lock = lock(dir)?;
    let ready = std::fs::read_to_string(dir.join(READY)).unwrap_or_default();
    let again = ready.trim() == CONTENTS && !options.fresh;
    if !again {
        begin_afresh(dir, progress)?;
    }
    let server = start(bin, options, progress)?;
    // Ctrl-C reaches the server too: whoever it interrupts first, it was an interruption.
    let done = tokio::select! {
        biased;
        stop = tokio::signal::ctrl_c() => stop.context("wait for Ctrl-C").map(|()| false),
        done = prepared(&server, dir, again, progress) => done.map(|()| true),
    };
    match done {
        Ok(true) => {}
        Ok(false) => {
            println!();
            let (zh, en) = if again {
                ("已中断,数据保留", "interrupted; the data stays")
            } else {
                (
                    "已中断,下次重新填入",
                    "interrupted: the next start begins afresh",
                )
            };
            progress.say(zh, en);
            return server.stop();
        }
        Err(error) => {
            let log = dir.join("data.log");
            return Err(error.context(format!("演示未能完成,日志见 see {}", log.display())));
        }
    }
    let (url, owner) = (
        server.url.clone(),
        people::person(&people::roster()?, Hand::WangFang)?,
    );
    let invitation = server.invite(&owner)?;
    let name = std::fs::read_to_string(dir.join(STAGE)).context("the stage's name")?;
    let stage = Opened::open(server, (bin.to_owned(), dir.join("data")), name).await?;
    println!("{}", words::stage(stage.url(), dir)?);
    println!("{}", words::next(&url, bin, dir)?);
    println!("{}", words::field(&url, &invitation));
    if !options.once {
        let zh = "服务器运行中,按 Ctrl-C 停止。";
        println!("{zh} The server is running: Ctrl-C stops it.");
        tokio::signal::ctrl_c().await.context("wait for Ctrl-C")?;
        println!();
    }
    progress.say("停止服务器", "stop the server");
    if let Some(server) = stage.close().await {
        server.stop()?;
    }
    progress.say("已停止,数据保留", "stopped; the data stays");
    Ok(())
}

/// One demo at a time in a folder.
fn lock(dir: &Path) -> Result<File> {
    let lock = File::create(dir.join("lock")).context("the demo's lock file")?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!(
            "{} 正被另一个演示使用 (another demo is running in this folder: stop it first)",
            dir.display()
        ),
        Err(TryLockError::Error(error)) => Err(error).context("lock the demo's folder"),
    }
}

fn begin_afresh(dir: &Path, progress: Progress) -> Result<()> {
    for name in OWN {
        let path = dir.join(name);
        let removed = match std::fs::symlink_metadata(&path) {
            Err(_) => continue,
            Ok(found) if found.is_dir() => std::fs::remove_dir_all(&path),
            Ok(_) => std::fs::remove_file(&path),
        };
        removed.with_context(|| format!("remove {}", path.display()))?;
    }
    progress.say(
        "首次启动,填入演示数据(约一分钟)",
        "first start: filling takes about a minute",
    );
    Ok(())
}

fn start(bin: &Path, options: &Options, progress: Progress) -> Result<Server> {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).is_ok();
    let port = if free { options.port } else { 0 };
    if !free {
        let port = options.port;
        progress.say(
            &format!("端口 {port} 被占用,另选一个;手机仍按登记时的地址连接"),
            &format!(
                "port {port} is taken: using another; phones keep the address they enrolled at"
            ),
        );
    }
    progress.say("启动服务器", "start the server");
    Server::start_at(bin, &options.dir.join("data"), &format!("127.0.0.1:{port}"))
}

/// Fills when that was not done, and checks.
async fn prepared(server: &Server, dir: &Path, again: bool, progress: Progress) -> Result<()> {
    let access = dir.join("ACCESS.txt");
    if again {
        progress.say("数据已在,不再填入", "the data is there");
        if !check(server, &access, 0, progress)? {
            progress.say(
                "✗ 是您改动过的内容",
                "✗ marks what you changed since; --fresh begins afresh",
            );
        }
        return Ok(());
    }
    let roster = people::roster()?;
    import(server, dir, &roster, progress)?;
    accounts(server, &access, progress)?;
    laws(server, &access, progress)?;
    progress.say("登记设备", "enrol devices");
    let mut hands = Hands::enrol(server, &roster, dir).await?;
    let plan = Plan::new(&hebei()?);
    for round in 0..plan.rounds() {
        let number = round + 1;
        progress.say(
            &format!("第 {number} 轮:各设备离线填写,再同步"),
            &format!("round {number}: devices write offline, then sync"),
        );
        let edits = hands.round(&plan, round).await?;
        progress.say(&format!("  {edits} 项修改已到单位"), "edits at the office");
    }
    let position = hands.position();
    drop(hands);
    let all_as_in_source = check(server, &access, position, progress)?;
    ensure!(
        all_as_in_source,
        "数字与来源不一致 (the figures do not agree with the source)"
    );
    std::fs::write(dir.join(STAGE), password()?).context("name the stage")?;
    std::fs::write(dir.join(READY), CONTENTS).context("note that the demo is ready")?;
    let records = plan.entries.len();
    progress.say(&format!("填入完毕,{records} 条记录"), "records are in");
    print!("\n{}\n", std::fs::read_to_string(&access)?);
    Ok(())
}

fn import(
    server: &Server,
    dir: &Path,
    roster: &crate::roster::Roster,
    progress: Progress,
) -> Result<()> {
    let (groups, people) = (roster.groups.len(), roster.people.len());
    progress.say(
        &format!("导入名册:{groups} 个小组,{people} 名代表"),
        "import the roster: groups and deputies",
    );
    let scratch = tempfile::tempdir_in(dir).context("a folder for the roster")?;
    let (groups, people) = (
        scratch.path().join("groups.csv"),
        scratch.path().join("people.csv"),
    );
    std::fs::write(&groups, roster.groups_csv())?;
    std::fs::write(&people, roster.people_csv())?;
    server.import_people(&groups, &people)
}

/// Makes the accounts; passwords are shown at the end and stay in a file for the owner only.
fn accounts(server: &Server, access: &Path, progress: Progress) -> Result<()> {
    progress.say("建立办公账户", "make office accounts");
    let mut passwords = Vec::with_capacity(ACCOUNTS.len());
    for account in ACCOUNTS {
        let password = password()?;
        let mut args = vec![
            "users",
            "add",
            "--user",
            account.user,
            "--name",
            account.name,
        ];
        args.extend(["--region", account.region]);
        args.extend(account.roles.iter().flat_map(|role| ["--role", role]));
        server.admin_with(&args, &password)?;
        passwords.push((account.user.to_owned(), password));
    }
    let mut options = File::options();
    let mut file = options
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(access)?;
    file.write_all(words::access(&server.url, &passwords).as_bytes())?;
    Ok(())
}

/// Publishes the library of laws as the administrator does.
fn laws(server: &Server, access: &Path, progress: Progress) -> Result<()> {
    progress.say("发布法规库", "publish the library of laws");
    let text = std::fs::read_to_string(access)?;
    let password = words::password_of(&text, ADMIN).context("the administrator's password")?;
    let office = Office::sign_in(&server.url, ADMIN, &password)?;
    let path = "/api/admin/library?version=2020-06&apply=true";
    let (status, said) = office.post_file(path, LAWS)?;
    ensure!(
        status == 200,
        "the library was not published: {status} {said}"
    );
    Ok(())
}

/// Sixteen letters and digits that are not taken for each other.
fn password() -> Result<String> {
    const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let mut random = [0_u8; 16];
    if getrandom::fill(&mut random).is_err() {
        bail!("no random numbers for a password");
    }
    let letter = |byte: &u8| char::from(LETTERS[usize::from(byte % 32)]);
    let letters: String = random.iter().map(letter).collect();
    let parts = [
        &letters[..4],
        &letters[4..8],
        &letters[8..12],
        &letters[12..],
    ];
    Ok(parts.join("-"))
}

/// Reads the figures back and shows them; whether all are the source's.
fn check(server: &Server, access: &Path, position: u64, progress: Progress) -> Result<bool> {
    progress.say("经办公接口核对", "check through the office API");
    let text = std::fs::read_to_string(access).unwrap_or_default();
    let password = words::password_of(&text, PROVINCE).context("the province's password")?;
    let office = Office::sign_in(&server.url, PROVINCE, &password)?;
    let found = figures::read(server, &office, position)?;
    println!("\n{}", words::figures(&found));
    progress.say(
        "核对完毕",
        &format!("checked after {:.1} s", progress.seconds()),
    );
    Ok(found.iter().all(|figure| figure.source == figure.found))
}

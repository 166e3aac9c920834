//! What the demo prints: progress with elapsed time, the figures, accounts, and what to type next.
//!
//! Chinese first, English second. Never shows a path that does not exist.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result};

use crate::demo::figures::Found;
use crate::demo::plan::Plan;
use crate::demo::seats::{ACCOUNTS, Hand, PROVINCE};

/// Lines with the time since the start.
#[derive(Debug, Clone, Copy)]
pub(super) struct Progress(Instant);

impl Progress {
    pub(super) fn new() -> Progress {
        Progress(Instant::now())
    }

    pub(super) fn say(self, zh: &str, en: &str) {
        println!("[{:6.1} s] {zh} {en}", self.0.elapsed().as_secs_f64());
    }

    pub(super) fn seconds(self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}

/// A line for each figure; ✗ where the office says something else.
pub(super) fn figures(all: &[Found]) -> String {
    let mut text =
        String::from("数字核对 Figures (来源 source = 《河北日报》 · 经办公接口读回 read back)\n");
    for Found {
        what,
        source,
        found,
    } in all
    {
        let mark = if source == found { "✓" } else { "✗" };
        // Writing to a String cannot fail.
        let _ = writeln!(text, "  {mark} {source:>7} {found:>7}  {what}");
    }
    text
}

/// The accounts' file.
pub(super) fn access(url: &str, passwords: &[(String, String)]) -> String {
    let mut text = format!(
        "演示账户 Demo accounts ({url}, 仅限本机 this machine only)\n\
         以下为演示数据 everything in it is demo data\n\n"
    );
    for (user, password) in passwords {
        let account = ACCOUNTS.iter().find(|account| account.user == user);
        let (name, name_en) = account.map_or(("", ""), |account| (account.name, account.name_en));
        let _ = writeln!(text, "{user:<17} {password}  {name} {name_en}");
    }
    text
}

/// The password of a user in the accounts' file.
pub(super) fn password_of(access: &str, user: &str) -> Option<String> {
    let mut lines = access.lines().map(str::split_whitespace);
    lines.find_map(|mut words| {
        (words.next() == Some(user))
            .then(|| words.next())
            .flatten()
            .map(str::to_owned)
    })
}

/// The address that is signed in already. What is behind `#` stays in the browser: the page signs
/// in with it as anybody would, and offers the others to switch to.
fn signed_in(url: &str, access: &str) -> String {
    let known = ACCOUNTS.iter().filter_map(|account| {
        let password = password_of(access, account.user)?;
        Some(format!("{}:{password}", account.user))
    });
    let known: Vec<String> = known.collect();
    format!("{url}/demo#{}", known.join(","))
}

/// The one page to open: the console with two phones beside it.
pub(super) fn stage(url: &str, dir: &Path) -> Result<String> {
    let access = std::fs::read_to_string(dir.join("ACCESS.txt")).context("the accounts")?;
    Ok(format!(
        "打开演示台(已登录,左右各一部手机,可断网、可断电)\n\
         Open the stage: signed in already, a phone on each side, lines to cut, a server to kill\n  \
           {}\n",
        signed_in(url, &access)
    ))
}

/// A path as one types it: relative to where the person is, where that is possible.
pub(super) fn typed(path: &Path) -> Result<PathBuf> {
    let path = std::path::absolute(path).context("the path of a program")?;
    let here = std::env::current_dir().context("the current folder")?;
    Ok(path
        .strip_prefix(&here)
        .map_or(path.clone(), Path::to_owned))
}

/// What to open and what to type next.
pub(super) fn next(url: &str, bin: &Path, dir: &Path) -> Result<String> {
    let liandu = typed(&bin.join("liandu"))?;
    let server = typed(&bin.join("liandu-server"))?;
    let dir = typed(dir)?;
    let accounts = dir.join("ACCESS.txt");
    let (liandu, server, dir) = (liandu.display(), server.display(), dir.display());
    let phones: Vec<(&str, &str)> = Hand::ALL.into_iter().filter_map(Hand::phone).collect();
    let (one, two) = (phones[0], phones[1]);
    let record = Plan::area_record();
    let short = record.to_string();
    let short = &short[short.len() - 6..];
    let access = std::fs::read_to_string(accounts).unwrap_or_default();
    let open = signed_in(url, &access);
    Ok(format!(
        "只看办公网页(右上角换角色) Only the office's pages: switch roles at the top right\n  \
           {open}\n  \
           {url}/api/openapi.json   接口说明 what the office API can do\n  \
           {url}/healthz            运行状况 how the server is\n\
         账户和密码 Accounts: {dir}/ACCESS.txt\n\n\
         接着输入(另开一个终端,在本目录) Type next (in another terminal, in this folder)\n\n\
         1. 两部手机,{}和{} · two phones\n  \
           {liandu} --dir {dir}/{} list --conflict\n  \
           {liandu} --dir {dir}/{} show {short}\n  \
           {liandu} --dir {dir}/{} conflicts\n\n\
         2. 登录人大办,看有分歧的记录 · sign in as the office, see what is in conflict\n  \
           PASSWORD=$(awk '$1==\"{PROVINCE}\"{{print $2}}' {dir}/ACCESS.txt)\n  \
           TOKEN=$(curl -s {url}/api/session -H 'content-type: application/json' -d \"{{\\\"user\\\":\\\"{PROVINCE}\\\",\\\"password\\\":\\\"$PASSWORD\\\"}}\" | sed 's/.*\"token\":\"\\([^\"]*\\)\".*/\\1/')\n  \
           curl -s -H \"authorization: Bearer $TOKEN\" \"{url}/api/conflicts\"\n  \
           curl -s -H \"authorization: Bearer $TOKEN\" \"{url}/api/records/count?region=130402&kind=problem&by=state\"\n  \
           curl -s -H \"authorization: Bearer $TOKEN\" \"{url}/api/records.csv?region=130227\" -o qianxi.csv\n\n\
         3. 核定面积,手机随后看到 · decide the area; the phone sees it after a sync\n  \
           SEEN=$(curl -s -H \"authorization: Bearer $TOKEN\" {url}/api/records/{record} | sed 's/.*\"seen\":\"\\([^\"]*\\)\".*/\\1/')\n  \
           curl -s {url}/api/records/{record}/resolve -H \"authorization: Bearer $TOKEN\" -H 'content-type: application/json' -H \"if-match: \\\"$SEEN\\\"\" -d '{{\"path\":\"i/quantities/q1/amount\",\"value\":{{\"quantity\":{{\"amount\":1.8,\"unit\":\"mu\"}}}}}}'\n  \
           {liandu} --dir {dir}/{} sync\n  \
           {liandu} --dir {dir}/{} history {short} i/quantities/q1/amount\n\n\
         4. 自己制造一个分歧:各改一次,再各同步 · make a conflict: edit on both, then sync both\n  \
           {liandu} --dir {dir}/{} edit {short} address=村东\n  \
           {liandu} --dir {dir}/{} edit {short} address=村西\n  \
           {liandu} --dir {dir}/{} sync; {liandu} --dir {dir}/{} sync; {liandu} --dir {dir}/{} sync\n  \
           {liandu} --dir {dir}/{} conflicts\n\n\
         5. 管理 · administration\n  \
           {server} admin status --data {dir}/data\n  \
           {server} backup --to {dir}/backup-1 --data {dir}/data\n",
        one.1, two.1, one.0, one.0, two.0, one.0, one.0, one.0, two.0, one.0, two.0, one.0, one.0,
    ))
}

/// The field app with an invitation that nobody has used.
pub(super) fn field(url: &str, code: &str) -> String {
    let port = url.rsplit(':').next().unwrap_or_default();
    format!(
        "现场应用,登记为王芳的另一部手机(码只能用一次) The field app, as another phone of 王芳 (the code works once)\n  \
           {url}/m/#{code}\n  \
           在手机上 on a phone, by USB: adb reverse tcp:{port} tcp:{port}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_file_gives_the_password_back() {
        let passwords = [
            ("province".to_owned(), "aa-bb".to_owned()),
            ("leader".to_owned(), "cc".to_owned()),
        ];
        let text = access("http://127.0.0.1:8610", &passwords);
        assert_eq!(password_of(&text, "province").as_deref(), Some("aa-bb"));
        assert_eq!(password_of(&text, "leader").as_deref(), Some("cc"));
        assert_eq!(password_of(&text, "nobody"), None);
    }

    #[test]
    fn field_app_is_named_with_its_code_and_the_way_onto_a_phone() {
        let text = field("http://127.0.0.1:8610", "ABCD-EFGH");
        assert!(text.contains("http://127.0.0.1:8610/m/#ABCD-EFGH"));
        assert!(text.contains("adb reverse tcp:8610 tcp:8610"));
    }

    #[test]
    fn figure_that_differs_is_marked() {
        let found = |found| Found {
            what: "意见 opinions".to_owned(),
            source: 353,
            found,
        };
        let text = figures(&[found(353), found(352)]);
        assert_eq!(
            (text.matches('✓').count(), text.matches('✗').count()),
            (1, 1)
        );
    }

    #[test]
    fn stage_is_signed_in_by_the_accounts_of_the_file() {
        let dir = tempfile::tempdir().unwrap();
        let passwords = [("province".to_owned(), "aa-bb".to_owned())];
        let text = access("http://127.0.0.1:8610", &passwords);
        std::fs::write(dir.path().join("ACCESS.txt"), text).unwrap();
        let said = stage("http://127.0.0.1:8620", dir.path()).unwrap();
        assert!(said.contains("http://127.0.0.1:8620/demo#province:aa-bb\n"));
    }

    #[test]
    fn next_steps_name_both_phones_and_the_record() {
        let text = next(
            "http://127.0.0.1:8610",
            Path::new("target/debug"),
            Path::new(".demo"),
        )
        .unwrap();
        for word in [
            "target/debug/liandu --dir .demo/phone-1",
            ".demo/phone-2",
            "王芳",
            "李强",
        ] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
        assert!(text.contains(&Plan::area_record().to_string()));
    }
}

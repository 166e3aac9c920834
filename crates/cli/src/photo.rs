//! `photo add`: a photo of a record, kept in the device's folder until the office has it, and after.
//!
//! Never needs a network: `sync` sends what is kept. Never loses a photo to a connection that
//! breaks: what is not wholly there is sent on the next time.

mod picture;
pub(crate) mod send;

use std::fs::{self, File};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use data_encoding::HEXLOWER;
use liandu_core::limits;
use liandu_core::record::view::Record;
use serde::{Deserialize, Serialize};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::args::{Edit, How, Photo, PhotoCommand};
use crate::{Here, Said, acts, form};
use picture::Picture;

const FOLDER: &str = "photos";
/// Hexadecimal digits of an item's name.
const ITEM_CHARS: usize = 12;

/// What is noted of a photo here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Noted {
    /// SHA-256 of the file it was made from.
    original: String,
    /// The life of the office's log in which the office took it; none: it has not. A restored
    /// office has the records, not their photos.
    #[serde(default)]
    sent_in: Option<String>,
}

/// Whether the office has a photo, as far as is known here.
pub(crate) fn is_sent(here: &mut Here, hash: &str) -> bool {
    let sent_in = noted(here, hash).and_then(|noted| noted.sent_in);
    sent_in.is_some() && sent_in == life(here)
}

fn life(here: &mut Here) -> Option<String> {
    here.engine().life().map(|life| life.to_string())
}

fn note(hash: &str) -> String {
    format!("photo/{hash}")
}

/// What is known here of the photo with this hash; none when it was not added here.
pub(crate) fn noted(here: &mut Here, hash: &str) -> Option<Noted> {
    serde_json::from_slice(here.engine().note(&note(hash))?).ok()
}

pub(crate) fn set_noted(here: &mut Here, hash: &str, noted: &Noted) -> anyhow::Result<()> {
    let (name, bytes) = (note(hash), serde_json::to_vec(noted)?);
    here.act(|engine, _| engine.set_note(&name, Some(bytes)))?;
    Ok(())
}

/// The file of a photo in the device's folder.
pub(crate) fn file_of(dir: &Path, hash: &str) -> PathBuf {
    dir.join(FOLDER).join(hash)
}

/// Photos in the folder that the office does not have, as far as is known.
pub(crate) fn waiting(here: &mut Here, dir: &Path) -> anyhow::Result<Vec<String>> {
    let files = match fs::read_dir(dir.join(FOLDER)) {
        Ok(files) => files,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error).context(FOLDER),
    };
    let mut waiting = Vec::new();
    for file in files {
        let name = file?.file_name().to_string_lossy().into_owned();
        let is_hash = name.len() == 64 && HEXLOWER.decode(name.as_bytes()).is_ok();
        if is_hash && !is_sent(here, &name) {
            waiting.push(name);
        }
    }
    waiting.sort();
    Ok(waiting)
}

pub(crate) fn run(here: &mut Here, dir: &Path, asked: &Photo) -> anyhow::Result<Said> {
    match &asked.command {
        PhotoCommand::Add {
            file,
            record,
            kind,
            caption,
            how,
        } => add(here, dir, file, (record, kind, caption.as_deref()), how),
    }
}

fn add(
    here: &mut Here,
    dir: &Path,
    file: &Path,
    (typed, kind, caption): (&str, &str, Option<&str>),
    how: &How,
) -> anyhow::Result<Said> {
    let record = form::record(here.engine(), typed)?;
    let shown = here.engine().record(record)?.record;
    let campaign = form::campaign_of(here.engine(), record)?;
    if campaign
        .collection(shown.kind, &"photos".parse()?)
        .is_none()
    {
        bail!(
            "{} 没有照片这一项 (the form of this kind of record has no photos)",
            crate::words::kind(shown.kind)
        );
    }
    let (bytes, original, picture) = taken(file)?;
    let hash = HEXLOWER.encode(&Sha256::digest(&bytes));
    if let Some(item) = items(&shown).find(|(_, known)| *known == hash) {
        bail!(
            "这张照片已在这条记录里(i/photos/{}) (the photo is in this record already)",
            item.0
        );
    }
    keep(dir, &hash, &bytes)?;
    let sent_in = noted(here, &hash).and_then(|noted| noted.sent_in);
    set_noted(here, &hash, &Noted { original, sent_in })?;
    let item: String = hash.chars().take(ITEM_CHARS).collect();
    let mut values = vec![
        format!("i/photos/{item}/hash={hash}"),
        format!("i/photos/{item}/kind={kind}"),
        format!("i/photos/{item}/taken_at={}", picture.taken),
    ];
    values.extend(caption.map(|caption| format!("i/photos/{item}/caption={caption}")));
    let edit = Edit {
        record: record.to_string(),
        values,
        how: how.clone(),
    };
    let mut said = acts::edit(here, &edit)?;
    let size = bytes.len().div_ceil(1_000);
    said.human.push_str(&format!(
        "\n照片 photo {item}: {size} kB, {};拍摄时间 taken {}({})\n已存本机,下次 liandu sync 送达 \
         (kept here; the next sync sends it)",
        picture.sides(),
        picture.taken,
        picture.taken_from()
    ));
    if let Some(map) = said.json.as_object_mut() {
        let photo = json!({"hash": hash, "item": item, "bytes": bytes.len(),
            "taken_at": picture.taken, "taken_from": picture.taken_from()});
        map.insert("photo".to_owned(), photo);
    }
    Ok(said)
}

/// What is to be sent of a file, the hash of the file itself, and what is known of the picture.
fn taken(file: &Path) -> anyhow::Result<(Vec<u8>, String, Picture)> {
    let unreadable = || format!("{} 读不到 (cannot be read)", file.display());
    let length = fs::metadata(file).with_context(unreadable)?.len();
    if length > limits::PICTURE_BYTES_MAX {
        bail!(
            "{} 太大:{} MB,最多 {} MB (too large: make it smaller first)",
            file.display(),
            length >> 20,
            limits::PICTURE_BYTES_MAX >> 20
        );
    }
    let bytes = fs::read(file).with_context(unreadable)?;
    let modified = fs::metadata(file).and_then(|known| known.modified()).ok();
    let original = HEXLOWER.encode(&Sha256::digest(&bytes));
    let (small, picture) = picture::made(bytes, modified)
        .with_context(|| format!("{} 不能用 (cannot be used)", file.display()))?;
    Ok((small, original, picture))
}

/// Durable before the edit that names it.
fn keep(dir: &Path, hash: &str, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = dir.join(FOLDER);
    fs::create_dir_all(&folder)?;
    let new = folder.join("photo.new");
    let mut file = File::create(&new)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&new, file_of(dir, hash))?;
    Ok(File::open(&folder)?.sync_all()?)
}

/// Items and hashes of a record's photos and evidence.
fn items(record: &Record) -> impl Iterator<Item = (String, String)> {
    record.fields.iter().filter_map(|(path, view)| {
        let path = path.to_string();
        let rest = path.strip_prefix("i/photos/")?;
        let item = rest.strip_suffix("/hash")?;
        Some((item.to_owned(), view.value.as_text()?.to_owned()))
    })
}

/// A record's photos and where each is: `(item, hash, words)`.
pub(crate) fn shown(
    here: &mut Here,
    record: &Record,
) -> Vec<(String, String, &'static str, &'static str)> {
    let all: Vec<(String, String)> = items(record).collect();
    let state = |here: &mut Here, hash: &str| match noted(here, hash) {
        Some(_) if is_sent(here, hash) => ("at-office", "已到人大办 at the office"),
        Some(_) => ("here", "在本机,待送 on this device, to be sent"),
        None => ("elsewhere", "不在本机 not on this device"),
    };
    let all = all.into_iter().map(|(item, hash)| {
        let (word, words) = state(here, &hash);
        (item, hash, word, words)
    });
    all.collect()
}

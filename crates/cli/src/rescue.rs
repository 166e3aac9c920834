//! `rescue`: what is whole of a damaged folder goes into a fresh file.
//!
//! Never touches a folder that is not damaged, and never destroys the damaged file.

use std::path::Path;

use liandu_device::native::{Device, DriveError, Folder, FolderError};
use liandu_device::{OpenError, Rescued};
use serde_json::json;

use crate::{APP, Said, words};

/// What to do about an error that is about damage.
pub(crate) fn advice(error: &anyhow::Error) -> Option<&'static str> {
    let folder = match error.downcast_ref::<DriveError>() {
        Some(DriveError::Folder(error)) => Some(error),
        Some(_) => None,
        None => error.downcast_ref::<FolderError>(),
    };
    matches!(folder, Some(FolderError::Damaged { .. })).then_some(
        "运行 liandu rescue:完好的内容都留下,其余从人大办取回 (run `liandu rescue`: it keeps what is \
         whole, the rest comes again from the office)",
    )
}

pub(crate) fn run(dir: &Path) -> anyhow::Result<Said> {
    if is_whole(dir)? {
        anyhow::bail!("{} 没有损坏 (is not damaged)", dir.display());
    }
    let (rescued, aside) = Folder::rescue(dir)?;
    let mut human = format!(
        "已救出 (rescued): {} 条记录,其中本机 {} 项修改尚未送达\n({} records; {} edits of this device \
         are not at the office yet)\n损坏的文件留在 the damaged file is kept: {}\n",
        rescued.records,
        rescued.unsent,
        rescued.records,
        rescued.unsent,
        aside.display(),
    );
    lost(&rescued, &mut human);
    human.push_str(if rescued.enrolled {
        "接下来 next: liandu sync"
    } else {
        "本机的密钥没有救出:请用新的邀请码登记,再同步;尚未送达的修改会照原样送出\n\
         (this device's key is lost: enrol with a new invitation, then sync; edits that are not at \
         the office go out as they are)\n\
         接下来 next: liandu enrol --server … --code …"
    });
    let homeless = rescued.homeless.iter();
    let homeless: Vec<_> = homeless
        .map(|(record, edit)| json!({ "record": record.to_string(), "edit": words::edit(edit) }))
        .collect();
    let json = json!({
        "records": rescued.records, "unsent": rescued.unsent, "enrolled": rescued.enrolled,
        "damaged": rescued.damaged, "write_again": homeless,
        "kept": aside.display().to_string(),
    });
    Ok(Said {
        human,
        json,
        needs_a_person: !rescued.enrolled || !rescued.homeless.is_empty(),
    })
}

fn lost(rescued: &Rescued, human: &mut String) {
    if rescued.damaged > 0 {
        human.push_str(&format!(
            "{} 处读不出 (places could not be read)\n",
            rescued.damaged
        ));
    }
    if !rescued.homeless.is_empty() {
        human.push_str(
            "以下修改的记录没有救出,请重新填写 (their record is lost, write them again):\n",
        );
    }
    for (record, edit) in &rescued.homeless {
        let short = words::short(record);
        human.push_str(&format!("  {short}: {}\n", words::edit(edit)));
    }
}

fn is_whole(dir: &Path) -> anyhow::Result<bool> {
    let opened = Folder::open(dir).map_err(DriveError::Folder);
    match opened.and_then(|folder| Device::open(folder, APP)) {
        Ok(_) => Ok(true),
        Err(
            DriveError::Folder(FolderError::Damaged { .. })
            | DriveError::Open(OpenError::Damaged { .. }),
        ) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

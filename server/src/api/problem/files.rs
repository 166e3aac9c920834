//! What goes wrong with files, in words and status codes of the tus protocol.
//!
//! Never tells whose an upload is.

use super::{Words, words};
use crate::files::FilesError;

/// Why a file was not taken or given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum FileFault {
    /// Not tus 1.0.0.
    Version,
    /// A header of the protocol is missing or wrong.
    Header(&'static str),
    /// The piece does not begin where the file ends.
    Offset,
    /// Another request is writing.
    Writing,
    /// Longer than such a file may be.
    TooLarge,
    /// Too much in a day.
    Quota,
    /// The disk is nearly full.
    NoRoom,
    /// The piece arrived damaged.
    Checksum,
    /// The whole is not what its name says.
    Mismatch,
    /// Not a kind that is kept.
    Kind,
}

impl FileFault {
    pub(super) fn words(self) -> Words {
        match self {
            FileFault::Version => words(
                412,
                "tus-version",
                "上传协议应为 tus 1.0.0",
                "send Tus-Resumable: 1.0.0",
            ),
            FileFault::Header(_) => words(
                400,
                "bad-upload",
                "上传请求的标头不正确",
                "a header of the upload is missing or wrong",
            ),
            FileFault::Offset => words(
                409,
                "upload-offset",
                "续传位置不符,请先查询已收到的长度",
                "the upload stands elsewhere: ask with HEAD",
            ),
            FileFault::Writing => words(
                423,
                "upload-busy",
                "该文件正在由另一请求上传",
                "another request writes to this upload: wait",
            ),
            FileFault::TooLarge => words(
                413,
                "file-too-large",
                "文件超过大小上限",
                "the file is longer than its kind may be",
            ),
            FileFault::Quota => words(
                429,
                "file-quota",
                "今日上传量已达上限,请明日再传",
                "too much sent today: send the rest tomorrow",
            ),
            FileFault::NoRoom => words(
                507,
                "no-room",
                "服务器存储空间不足,请联系管理员",
                "no room for files: tell the administrator",
            ),
            FileFault::Checksum => words(
                460,
                "piece-damaged",
                "这一段传输有误,请重传",
                "the piece arrived damaged: send it again",
            ),
            FileFault::Mismatch => words(
                422,
                "file-mismatch",
                "文件内容与其校验值不符,请重新上传",
                "the content's SHA-256 is not its name: begin again",
            ),
            FileFault::Kind => words(
                415,
                "file-kind",
                "不支持这种文件:只收 JPEG、PNG、WebP、HEIC、PDF、MP4",
                "only JPEG, PNG, WebP, HEIC, PDF and MP4 are kept",
            ),
        }
    }

    pub(super) fn field(self) -> Option<String> {
        if let FileFault::Header(name) = self {
            Some(name.to_owned())
        } else {
            None
        }
    }
}

impl From<FilesError> for super::ApiError {
    fn from(error: FilesError) -> Self {
        let fault = match error {
            FilesError::Unknown => return super::ApiError::NotFound,
            FilesError::Offset(_) => FileFault::Offset,
            FilesError::Writing => FileFault::Writing,
            FilesError::TooLarge => FileFault::TooLarge,
            FilesError::Quota => FileFault::Quota,
            FilesError::NoRoom => FileFault::NoRoom,
            FilesError::Checksum => FileFault::Checksum,
            FilesError::Mismatch => FileFault::Mismatch,
            FilesError::Kind => FileFault::Kind,
            FilesError::Disk(_) | FilesError::Store(_) => {
                tracing::error!(%error, "files");
                return super::ApiError::Internal;
            }
        };
        super::ApiError::File(fault)
    }
}

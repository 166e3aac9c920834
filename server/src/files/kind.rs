//! What is kept: a few kinds of pictures and documents, told by their bytes.
//!
//! Never believes a name or what a client says.

use liandu_core::limits;

/// A kind of file that is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// A photo.
    Jpeg,
    /// A screen or drawing.
    Png,
    /// A photo.
    Webp,
    /// A photo of some phones; kept, not drawn.
    Heic,
    /// A document.
    Pdf,
    /// A film.
    Mp4,
}

impl FileKind {
    /// Told by a file's first bytes, none for what is not kept.
    pub fn sniff(first: &[u8]) -> Option<FileKind> {
        Some(match infer::get(first)?.mime_type() {
            "image/jpeg" => FileKind::Jpeg,
            "image/png" => FileKind::Png,
            "image/webp" => FileKind::Webp,
            "image/heif" | "image/heic" => FileKind::Heic,
            "application/pdf" => FileKind::Pdf,
            "video/mp4" => FileKind::Mp4,
            _other => return None,
        })
    }

    /// The media type.
    pub fn mime(self) -> &'static str {
        match self {
            FileKind::Jpeg => "image/jpeg",
            FileKind::Png => "image/png",
            FileKind::Webp => "image/webp",
            FileKind::Heic => "image/heic",
            FileKind::Pdf => "application/pdf",
            FileKind::Mp4 => "video/mp4",
        }
    }

    /// How a file's name ends.
    pub fn end(self) -> &'static str {
        match self {
            FileKind::Jpeg => "jpg",
            FileKind::Png => "png",
            FileKind::Webp => "webp",
            FileKind::Heic => "heic",
            FileKind::Pdf => "pdf",
            FileKind::Mp4 => "mp4",
        }
    }

    /// Longest such file.
    pub fn bytes_max(self) -> u64 {
        match self {
            FileKind::Jpeg | FileKind::Png | FileKind::Webp | FileKind::Heic => {
                limits::PICTURE_BYTES_MAX
            }
            FileKind::Pdf => limits::DOCUMENT_BYTES_MAX,
            FileKind::Mp4 => limits::FILE_BYTES_MAX,
        }
    }

    /// Whether a thumbnail can be made of it.
    pub fn is_drawn(self) -> bool {
        match self {
            FileKind::Jpeg | FileKind::Png | FileKind::Webp => true,
            FileKind::Heic | FileKind::Pdf | FileKind::Mp4 => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_told_by_bytes_and_anything_else_is_not_kept() {
        let cases: [(&[u8], Option<FileKind>); 9] = [
            (&[0xff, 0xd8, 0xff, 0xe0, 0, 16], Some(FileKind::Jpeg)),
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(FileKind::Png)),
            (b"RIFF\x24\0\0\0WEBPVP8 ", Some(FileKind::Webp)),
            (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Some(FileKind::Heic)),
            (b"%PDF-1.7\n", Some(FileKind::Pdf)),
            (b"\0\0\0\x18ftypisom\0\0\0\0isomiso2", Some(FileKind::Mp4)),
            (b"<svg onload=alert(1)>", None),
            (b"MZ\x90\0\x03\0\0\0", None),
            (b"", None),
        ];
        for (bytes, kind) in cases {
            assert_eq!(FileKind::sniff(bytes), kind, "{bytes:?}");
        }
    }
}

//! A picture made small.
//!
//! Never trusts a picture: pixels and memory are bounded before anything is decoded, and what
//! cannot be read has no thumbnail. Never in the async threads.

use std::io::Cursor;
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use liandu_core::limits;

use super::kind::FileKind;

/// The JPEG's longer side, pixels.
const SIDE: u32 = 512;

/// A small JPEG of the picture in a file, turned as the camera was held; none when it cannot be
/// read within bounds.
pub fn of(path: &Path, kind: FileKind) -> Option<Vec<u8>> {
    let drawn = std::panic::catch_unwind(|| draw(path, kind));
    drawn
        .ok()?
        .inspect_err(|error| tracing::info!(%error, "no thumbnail"))
        .ok()
}

fn draw(path: &Path, kind: FileKind) -> Result<Vec<u8>, image::ImageError> {
    let format = match kind {
        FileKind::Jpeg => ImageFormat::Jpeg,
        FileKind::Png => ImageFormat::Png,
        FileKind::Webp => ImageFormat::WebP,
        FileKind::Heic | FileKind::Pdf | FileKind::Mp4 => {
            return Err(image::ImageError::IoError(
                std::io::ErrorKind::Unsupported.into(),
            ));
        }
    };
    let mut reader = ImageReader::open(path)?;
    reader.set_format(format);
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(limits::PICTURE_SIDE_PIXELS_MAX);
    bounds.max_image_height = Some(limits::PICTURE_SIDE_PIXELS_MAX);
    bounds.max_alloc = Some(limits::PICTURE_DECODED_BYTES_MAX);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder()?;
    if decoder.total_bytes() > limits::PICTURE_DECODED_BYTES_MAX {
        let error =
            image::error::LimitError::from_kind(image::error::LimitErrorKind::InsufficientMemory);
        return Err(image::ImageError::Limits(error));
    }
    let turned = decoder.orientation()?;
    let mut picture = DynamicImage::from_decoder(decoder)?.thumbnail(SIDE, SIDE);
    picture.apply_orientation(turned);
    let mut small = Cursor::new(Vec::new());
    DynamicImage::from(picture.to_rgb8()).write_to(&mut small, ImageFormat::Jpeg)?;
    Ok(small.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let picture = DynamicImage::new_rgb8(width, height);
        picture
            .save_with_format(file.path(), ImageFormat::Png)
            .unwrap();
        file
    }

    #[test]
    fn a_large_picture_becomes_small_and_a_small_one_is_read_too() {
        let small = of(png(2_000, 1_000).path(), FileKind::Png).unwrap();
        let drawn = image::load_from_memory_with_format(&small, ImageFormat::Jpeg).unwrap();
        assert_eq!((drawn.width(), drawn.height()), (512, 256));
        assert!(of(png(3, 2).path(), FileKind::Png).is_some());
    }

    #[test]
    fn more_pixels_than_allowed_and_nonsense_have_no_thumbnail() {
        let side = limits::PICTURE_SIDE_PIXELS_MAX;
        assert!(of(png(side, 1).path(), FileKind::Png).is_some());
        assert!(of(png(side + 1, 1).path(), FileKind::Png).is_none());
        let nonsense = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(nonsense.path(), [0xff, 0xd8, 0xff, 0xe0, 1, 2, 3]).unwrap();
        assert!(of(nonsense.path(), FileKind::Jpeg).is_none());
    }
}

//! A photo as it is sent: turned upright, at most 2048 pixels, without what the camera wrote into it.
//!
//! Never trusts a file: pixels and memory are bounded before anything is decoded. A position in the
//! file is not taken over, and is not sent on.

use std::io::Cursor;
use std::time::SystemTime;

use anyhow::{Context, bail};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use liandu_core::limits;
use liandu_core::time::Timestamp;

/// Longest side of what is sent, pixels; and how much is lost: as the field app does.
const SIDE_MAX: u32 = 2048;
const QUALITY: u8 = 85;

/// Where a photo's time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    Camera,
    File,
}

/// What is known of a photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Picture {
    width: u32,
    height: u32,
    /// When it was taken, as a value is typed.
    pub(super) taken: String,
    from: From,
}

impl Picture {
    pub(super) fn sides(&self) -> String {
        format!("{} × {}", self.width, self.height)
    }

    pub(super) fn taken_from(&self) -> &'static str {
        match self.from {
            From::Camera => "相机所记 as the camera wrote",
            From::File => "文件时间 the file's time",
        }
    }
}

/// The JPEG to be sent.
pub(super) fn made(
    bytes: Vec<u8>,
    modified: Option<SystemTime>,
) -> anyhow::Result<(Vec<u8>, Picture)> {
    let format = image::guess_format(&bytes).ok();
    let known = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];
    let Some(format) = format.filter(|format| known.contains(format)) else {
        bail!("照片应为 JPEG、PNG 或 WebP,请先转换 (convert it to JPEG, PNG or WebP first)");
    };
    let (taken, from) = time(&bytes, modified);
    let mut reader = ImageReader::with_format(Cursor::new(&bytes), format);
    let mut bounds = Limits::default();
    bounds.max_image_width = Some(limits::PICTURE_SIDE_PIXELS_MAX);
    bounds.max_image_height = Some(limits::PICTURE_SIDE_PIXELS_MAX);
    bounds.max_alloc = Some(limits::PICTURE_DECODED_BYTES_MAX);
    reader.limits(bounds);
    let mut decoder = reader.into_decoder().context(BROKEN)?;
    if decoder.total_bytes() > limits::PICTURE_DECODED_BYTES_MAX {
        bail!("像素太多,请先缩小 (too many pixels: make it smaller first)");
    }
    let turned = decoder.orientation().context(BROKEN)?;
    let mut picture = DynamicImage::from_decoder(decoder).context(BROKEN)?;
    picture.apply_orientation(turned);
    if picture.width().max(picture.height()) > SIDE_MAX {
        picture = picture.resize(SIDE_MAX, SIDE_MAX, image::imageops::FilterType::Triangle);
    }
    let (width, height) = (picture.width(), picture.height());
    let mut small = Vec::new();
    let encoder = JpegEncoder::new_with_quality(&mut small, QUALITY);
    DynamicImage::from(picture.to_rgb8()).write_with_encoder(encoder)?;
    let picture = Picture {
        width,
        height,
        taken,
        from,
    };
    Ok((small, picture))
}

const BROKEN: &str = "照片已损坏 (the picture is damaged)";

/// When the camera says it was taken, else when the file was written last.
fn time(bytes: &[u8], modified: Option<SystemTime>) -> (String, From) {
    if let Some(taken) = camera_time(bytes) {
        return (taken, From::Camera);
    }
    let since = modified.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
    let ms = since.and_then(|since| i64::try_from(since.as_millis()).ok());
    (Timestamp(ms.unwrap_or(0)).iso(), From::File)
}

/// The camera's clock is Beijing's unless the file says how far it is from UTC.
fn camera_time(bytes: &[u8]) -> Option<String> {
    let read = exif::Reader::new().read_from_container(&mut Cursor::new(bytes));
    let read = read.ok()?;
    let text = |tag| {
        let field = read.get_field(tag, exif::In::PRIMARY)?;
        if let exif::Value::Ascii(texts) = &field.value {
            texts.first().cloned()
        } else {
            None
        }
    };
    let said = text(exif::Tag::DateTimeOriginal)?;
    let mut time = exif::DateTime::from_ascii(&said).ok()?;
    if let Some(offset) = text(exif::Tag::OffsetTimeOriginal) {
        // Without a legible one it is Beijing time.
        let _read = time.parse_offset(&offset);
    }
    let (hour, minute, second) = (time.hour, time.minute, time.second);
    let local = format!(
        "{:04}-{:02}-{:02}T{hour:02}:{minute:02}:{second:02}",
        time.year, time.month, time.day
    );
    let beijing = crate::value::time(&local)?;
    let offset_min = i64::from(time.offset.unwrap_or(8 * 60));
    Some(beijing.plus_ms((8 * 60 - offset_min) * 60_000).iso())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jpeg(width: u32, height: u32) -> Vec<u8> {
        let mut bytes = Vec::new();
        let picture = DynamicImage::new_rgb8(width, height);
        picture
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Jpeg)
            .unwrap();
        bytes
    }

    /// A JPEG that says when it was taken, how it was held, and where.
    pub(crate) fn with_exif(picture: &[u8], taken: &str, offset: &str) -> Vec<u8> {
        let mut writer = exif::experimental::Writer::new();
        let ascii = |tag, text: &str| exif::Field {
            tag,
            ifd_num: exif::In::PRIMARY,
            value: exif::Value::Ascii(vec![text.as_bytes().to_vec()]),
        };
        let turned = exif::Field {
            tag: exif::Tag::Orientation,
            ifd_num: exif::In::PRIMARY,
            value: exif::Value::Short(vec![6]),
        };
        let fields = [
            turned,
            ascii(exif::Tag::DateTimeOriginal, taken),
            ascii(exif::Tag::OffsetTimeOriginal, offset),
            ascii(exif::Tag::GPSLatitudeRef, "N"),
        ];
        fields.iter().for_each(|field| writer.push_field(field));
        let mut tiff = Cursor::new(Vec::new());
        writer.write(&mut tiff, false).unwrap();
        let body = [b"Exif\0\0".as_slice(), tiff.get_ref()].concat();
        let length = u16::try_from(body.len() + 2).unwrap().to_be_bytes();
        let segment = [&[0xff, 0xe1], length.as_slice(), &body].concat();
        [&picture[..2], &segment, &picture[2..]].concat()
    }

    #[test]
    fn what_is_sent_is_upright_small_and_says_nothing_of_where_it_was_taken() {
        let file = with_exif(&jpeg(3_000, 1_500), "2020:04:12 08:30:15", "+08:00");
        let (sent, picture) = made(file, None).unwrap();
        assert_eq!(picture.sides(), "1024 × 2048");
        assert_eq!(
            (picture.taken.as_str(), picture.from),
            ("2020-04-12T00:30:15.000Z", From::Camera)
        );
        let read = exif::Reader::new().read_from_container(&mut Cursor::new(&sent));
        assert!(read.is_err(), "nothing of the camera's is left");
        let again = made(sent.clone(), None).unwrap().1;
        assert_eq!(again.sides(), picture.sides());
    }

    #[test]
    fn time_is_the_cameras_in_its_zone_else_the_files() {
        let taken = |said: &str, offset: &str| {
            let file = with_exif(&jpeg(8, 8), said, offset);
            let at = SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(5);
            let picture = made(file, Some(at)).unwrap().1;
            (picture.taken, picture.from)
        };
        let at = |iso: &str, from| (iso.to_owned(), from);
        let camera = taken("2020:04:12 08:30:15", "+00:00");
        assert_eq!(camera, at("2020-04-12T08:30:15.000Z", From::Camera));
        let beijing = taken("2020:04:12 08:30:15", "?");
        assert_eq!(beijing, at("2020-04-12T00:30:15.000Z", From::Camera));
        let file = taken("0000:00:00 00:00:00", "+00:00");
        assert_eq!(file, at("1970-01-01T00:00:05.000Z", From::File));
    }

    #[test]
    fn what_is_no_picture_is_refused_with_words() {
        for (bytes, words) in [
            (b"hello".to_vec(), "JPEG"),
            (jpeg(8, 8)[..30].to_vec(), "damaged"),
        ] {
            let error = made(bytes, None).unwrap_err();
            assert!(format!("{error:#}").contains(words), "{error:#}");
        }
    }
}

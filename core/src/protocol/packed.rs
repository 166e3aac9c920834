//! Bulk content of a frame: a CBOR list, deflated when that is smaller.
//!
//! Never inflates more than was announced, and never believes an announcement that the deflated
//! bytes cannot hold.

use flate2::{Compress, Compression, Decompress, FlushCompress, FlushDecompress, Status};
use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::limits::{FRAME_BYTES_MAX, FRAME_INFLATED_BYTES_MAX};

const STORED: u8 = 0;
const DEFLATED: u8 = 1;
/// Shorter contents are not worth deflating.
const WORTH_DEFLATING_BYTES: usize = 128;
/// Deflate cannot shrink more than about 1,032 times.
const DEFLATE_RATIO_MAX: usize = 1_040;

/// A list of `T`s as it travels: CBOR array `[method, length, bytes]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Packed {
    method: u8,
    inflated: u32,
    bytes: Vec<u8>,
}

/// Why packed content cannot be read. The frame it came in is dropped whole.
#[derive(Debug, thiserror::Error)]
pub enum UnpackError {
    /// A packing this version does not know.
    #[error("packed by method {0}, which this version does not know")]
    UnknownMethod(u8),
    /// Announces more than a frame may hold, or more than the bytes could inflate to.
    #[error("announces {inflated} bytes, more than allowed or possible")]
    TooBig {
        /// What it announced.
        inflated: u32,
    },
    /// More items than allowed.
    #[error("{items} items are more than allowed")]
    TooMany {
        /// How many.
        items: u64,
    },
    /// The bytes are not what was announced.
    #[error("the content does not inflate to what was announced")]
    Damaged,
    /// The content is not the list it should be.
    #[error("the content is not a legal list")]
    Content(#[from] minicbor::decode::Error),
}

/// Why a list cannot travel in one frame. The caller puts less into it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{bytes} bytes are too much for one frame")]
pub struct TooBigToPack {
    /// How many there would have been, packed.
    pub bytes: usize,
}

impl Packed {
    /// Packs a list.
    pub fn pack<T: Encode<()>>(items: &[T]) -> Result<Packed, TooBigToPack> {
        // Writing to a Vec cannot fail.
        let content = minicbor::to_vec(items).unwrap_or_default();
        Packed::pack_bytes(content)
    }

    /// Packs content that is a CBOR list already, for those who keep encoded parts.
    pub fn pack_bytes(content: Vec<u8>) -> Result<Packed, TooBigToPack> {
        let too_big = |bytes| TooBigToPack { bytes };
        if content.len() > FRAME_INFLATED_BYTES_MAX {
            return Err(too_big(content.len()));
        }
        let inflated = u32::try_from(content.len()).map_err(|_| too_big(content.len()))?;
        let smaller = deflate(&content).filter(|deflated| deflated.len() < content.len());
        let (method, bytes) = match smaller {
            Some(deflated) => (DEFLATED, deflated),
            None => (STORED, content),
        };
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(too_big(bytes.len()));
        }
        Ok(Packed {
            method,
            inflated,
            bytes,
        })
    }

    /// The content, a CBOR list.
    pub fn unpack_bytes(&self) -> Result<Vec<u8>, UnpackError> {
        let too_big = UnpackError::TooBig {
            inflated: self.inflated,
        };
        let length = usize::try_from(self.inflated).unwrap_or(usize::MAX);
        if length > FRAME_INFLATED_BYTES_MAX {
            return Err(too_big);
        }
        match self.method {
            STORED if self.bytes.len() == length => Ok(self.bytes.clone()),
            STORED => Err(UnpackError::Damaged),
            DEFLATED if length > self.bytes.len().saturating_mul(DEFLATE_RATIO_MAX) => Err(too_big),
            DEFLATED => inflate(&self.bytes, length).ok_or(UnpackError::Damaged),
            other => Err(UnpackError::UnknownMethod(other)),
        }
    }

    /// The list.
    pub fn unpack<T, const MAX: usize>(&self) -> Result<Vec<T>, UnpackError>
    where
        T: for<'b> Decode<'b, ()>,
    {
        let content = self.unpack_bytes()?;
        let mut decoder = Decoder::new(&content);
        let items = super::codec::list::<(), T, MAX>(&mut decoder, &mut ())?;
        if decoder.position() == content.len() {
            Ok(items)
        } else {
            Err(UnpackError::Damaged)
        }
    }

    /// The list without the items that cannot be read, and how many those were: one bad item does
    /// not stop the others. What is not even CBOR is an error.
    pub fn unpack_lenient<T, const MAX: usize>(&self) -> Result<(Vec<T>, usize), UnpackError>
    where
        T: for<'b> Decode<'b, ()>,
    {
        let content = self.unpack_bytes()?;
        let mut decoder = Decoder::new(&content);
        let count = decoder.array()?.ok_or(UnpackError::Damaged)?;
        if count > MAX as u64 {
            return Err(UnpackError::TooMany { items: count });
        }
        let (mut items, mut odd) = (Vec::new(), 0);
        for _ in 0..count {
            let at = decoder.position();
            match decoder.decode::<T>() {
                Ok(item) => items.push(item),
                Err(_) => {
                    decoder.set_position(at);
                    decoder.skip()?;
                    odd += 1;
                }
            }
        }
        if decoder.position() == content.len() {
            Ok((items, odd))
        } else {
            Err(UnpackError::Damaged)
        }
    }

    /// Bytes as it travels.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether there is no content at all (not even an empty list).
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }
}

fn deflate(content: &[u8]) -> Option<Vec<u8>> {
    if content.len() < WORTH_DEFLATING_BYTES {
        return None;
    }
    let mut out = Vec::with_capacity(content.len());
    let mut compress = Compress::new(Compression::default(), false);
    // The output has no room to grow: what does not end in it is not smaller.
    match compress.compress_vec(content, &mut out, FlushCompress::Finish) {
        Ok(Status::StreamEnd) => Some(out),
        Ok(Status::Ok | Status::BufError) | Err(_) => None,
    }
}

fn inflate(bytes: &[u8], length: usize) -> Option<Vec<u8>> {
    // One byte more than announced shows content that is longer.
    let mut out = Vec::with_capacity(length + 1);
    let mut decompress = Decompress::new(false);
    let status = decompress
        .decompress_vec(bytes, &mut out, FlushDecompress::Finish)
        .ok()?;
    let whole = decompress.total_in() == bytes.len() as u64 && out.len() == length;
    (whole && status == Status::StreamEnd).then_some(out)
}

impl<C> Encode<C> for Packed {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(3)?
            .u8(self.method)?
            .u32(self.inflated)?
            .bytes(&self.bytes)?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for Packed {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        let at = d.position();
        if d.array()? != Some(3) {
            return Err(minicbor::decode::Error::message("packed content has 3 parts").at(at));
        }
        Ok(Packed {
            method: d.u8()?,
            inflated: d.u32()?,
            bytes: d.bytes()?.to_vec(),
        })
    }
}

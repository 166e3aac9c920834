//! CBOR pieces that the derive does not give: lists and texts with a limit, lists of byte strings.
//!
//! Never reserves memory for a length that a peer merely claims.

use minicbor::bytes::ByteSlice;
use minicbor::decode::Error;
use minicbor::{Decode, Decoder, Encoder};

/// A list of at most `MAX` items.
pub(crate) fn list<'b, C, T, const MAX: usize>(
    d: &mut Decoder<'b>,
    ctx: &mut C,
) -> Result<Vec<T>, Error>
where
    T: Decode<'b, C>,
{
    let at = d.position();
    let mut items = Vec::new();
    for item in d.array_iter_with::<C, T>(ctx)? {
        if items.len() == MAX {
            return Err(Error::message("a list is longer than allowed").at(at));
        }
        items.push(item?);
    }
    Ok(items)
}

/// A text of at most `MAX` bytes.
pub(crate) fn text<const MAX: usize>(d: &mut Decoder<'_>) -> Result<String, Error> {
    let at = d.position();
    let text = d.str()?;
    if text.len() > MAX {
        return Err(Error::message("a text is longer than allowed").at(at));
    }
    Ok(text.to_owned())
}

/// A short text of the protocol.
pub(crate) fn short_text<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<String, Error> {
    text::<{ crate::limits::LABEL_BYTES_MAX }>(d)
}

/// What an office answers.
pub(crate) fn answer_text<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<String, Error> {
    text::<{ crate::limits::ANSWER_BYTES_MAX }>(d)
}

/// Lists of byte strings, at most `PUSH_CHANGES_MAX` of them.
pub(crate) mod blobs {
    use super::{ByteSlice, Decoder, Encoder, Error};
    use crate::limits::PUSH_CHANGES_MAX;

    pub(crate) fn encode<C, W: minicbor::encode::Write>(
        blobs: &[Vec<u8>],
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(blobs.len() as u64)?;
        for blob in blobs {
            e.bytes(blob)?;
        }
        Ok(())
    }

    pub(crate) fn decode<C>(d: &mut Decoder<'_>, _: &mut C) -> Result<Vec<Vec<u8>>, Error> {
        let at = d.position();
        let mut blobs = Vec::new();
        for blob in d.array_iter::<&ByteSlice>()? {
            if blobs.len() == PUSH_CHANGES_MAX {
                return Err(Error::message("a list is longer than allowed").at(at));
            }
            blobs.push(blob?.to_vec());
        }
        Ok(blobs)
    }
}

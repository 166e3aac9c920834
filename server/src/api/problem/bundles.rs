//! What goes wrong with a bundle file that a clerk takes in, in words that say what to do.
//!
//! Never tells what is in a file that is not for this office.

use liandu_core::protocol::bundle::BundleError;
use liandu_core::protocol::envelope::EnvelopeError;

use super::{Words, words};

/// Why a file was not taken in. Nothing of it was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum BundleFault {
    /// Another file.
    NotABundle,
    /// Not closed: receipts on their way back to a phone, or what no phone makes.
    NotClosed,
    /// Cut off or changed on its way.
    Damaged,
    /// Larger than one file may be.
    TooLarge,
    /// Closed to a colleague.
    ForAColleague,
    /// For another installation.
    Elsewhere,
    /// Made by a newer app.
    Newer,
}

impl BundleFault {
    pub(super) fn words(self) -> Words {
        match self {
            BundleFault::NotABundle => words(
                422,
                "not-a-bundle",
                "这不是联督的转交文件,请选择手机“携带”里导出的 .ldbundle 文件",
                "not a bundle: choose the .ldbundle file that the phone exported",
            ),
            BundleFault::NotClosed => words(
                422,
                "bundle-not-closed",
                "这份文件不是交给人大办的(可能是带回手机的回执),请选择手机“携带”里给单位的文件",
                "not made for the office (perhaps receipts for a phone): choose the one that the \
                 phone made for the office",
            ),
            BundleFault::Damaged => words(
                422,
                "bundle-damaged",
                "文件不完整或在途中被改动,请从手机或U盘重新拷贝;手机上的内容没有丢失",
                "the file is cut off or changed: copy it again; the phone still has everything",
            ),
            BundleFault::TooLarge => words(
                413,
                "bundle-too-large",
                "文件超过 32 MB,请在手机上联网送出,或分几次导出",
                "more than 32 MB: send it from the phone over the network, or export in parts",
            ),
            BundleFault::ForAColleague => words(
                422,
                "bundle-for-a-colleague",
                "这份文件是给同事的,只有那位同事的设备能打开;请在手机“携带”里选“单位”重新导出",
                "closed to a colleague's device: export it again on the phone, for the office",
            ),
            BundleFault::Elsewhere => words(
                422,
                "bundle-elsewhere",
                "这份文件属于另一套系统,请交给登记这部手机的人大办",
                "for another installation: hand it to the office that enrolled the phone",
            ),
            BundleFault::Newer => words(
                422,
                "bundle-newer",
                "文件由更新的手机应用导出,请先升级服务器;请保留文件",
                "made by a newer app: update the server first, and keep the file",
            ),
        }
    }
}

impl From<EnvelopeError> for BundleFault {
    fn from(error: EnvelopeError) -> BundleFault {
        match error {
            EnvelopeError::NotAnEnvelope | EnvelopeError::Bundle(BundleError::NotABundle) => {
                BundleFault::NotABundle
            }
            EnvelopeError::TooBig | EnvelopeError::Bundle(BundleError::TooBig) => {
                BundleFault::TooLarge
            }
            EnvelopeError::NotOurs => BundleFault::Elsewhere,
            EnvelopeError::UnknownAlgorithm(_)
            | EnvelopeError::Malformed(_)
            | EnvelopeError::Bundle(BundleError::Malformed(_) | BundleError::Unpack(_)) => {
                BundleFault::Newer
            }
            EnvelopeError::Damaged
            | EnvelopeError::Forged
            | EnvelopeError::NotAgreed
            | EnvelopeError::NotAKey
            | EnvelopeError::Random
            | EnvelopeError::Bundle(BundleError::Damaged | BundleError::Signature(_)) => {
                BundleFault::Damaged
            }
        }
    }
}

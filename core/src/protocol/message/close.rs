//! The server's last word on a connection, and every reason there is for it.
//!
//! Never carries anything about other people or about what exists.

use minicbor::{Decode, Decoder, Encode, Encoder};

use crate::protocol::codec::short_text;

macro_rules! close_codes {
    ($($(#[$doc:meta])* $n:literal $name:ident $zh:literal $en:literal;)*) => {
        /// Why a server closes a connection. Numbers are frozen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub enum CloseCode {
            $($(#[$doc])* $name,)*
            /// From a newer server: wait and try again.
            Newer(u16),
        }

        impl CloseCode {
            /// Every code this version knows.
            pub const ALL: &'static [CloseCode] = &[$(CloseCode::$name),*];

            /// Its number on the wire.
            pub fn code(self) -> u16 {
                match self { $(CloseCode::$name => $n,)* CloseCode::Newer(code) => code }
            }

            /// The code with that number.
            pub fn from_code(code: u16) -> CloseCode {
                match code { $($n => CloseCode::$name,)* other => CloseCode::Newer(other) }
            }

            /// What to tell the person, in Chinese.
            pub fn zh(self) -> &'static str {
                match self { $(CloseCode::$name => $zh,)* CloseCode::Newer(_) => "服务器已断开" }
            }

            /// What to tell the person, in English.
            pub fn en(self) -> &'static str {
                match self {
                    $(CloseCode::$name => $en,)*
                    CloseCode::Newer(_) => "the server hung up",
                }
            }
        }
    };
}

close_codes! {
    /// The device was revoked: stop, tell the person. Edits stay on the device.
    1 Revoked "设备已停用,请联系人大办" "this device was revoked: ask the office";
    /// The signature does not fit the device's key: stop, tell the person.
    2 BadSignature "设备签名不正确" "the device's signature is wrong";
    /// The server does not know the device: present the certificate, else enrol again.
    3 UnknownDevice "服务器不认识此设备" "the server does not know this device";
    /// No common protocol version: update the app (or the server).
    4 VersionTooOld "应用版本过旧,请更新" "the app is too old: update it";
    /// Too much to do: come back.
    5 Overloaded "服务器繁忙,稍后自动重试" "the server is busy; trying again later";
    /// The device broke the protocol.
    6 ProtocolError "通信格式错误" "protocol error";
    /// The server stops or restarts: come back.
    7 ShuttingDown "服务器正在重启" "the server is restarting";
    /// Nothing was said in time.
    8 TooSlow "连接超时" "timed out";
    /// The invitation is used up, expired or unknown.
    9 InvitationRefused "邀请码无效、已使用或已过期" "the invitation is wrong, used or expired";
    /// The same device opened another connection, which took over.
    10 Superseded "本设备已在另一连接上登录" "another connection of this device took over";
    /// The device is enrolled: connect again with a hello.
    11 Done "已完成,请重新连接" "done: connect again";
}

impl<C> Encode<C> for CloseCode {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u16(self.code())?;
        Ok(())
    }
}

impl<'b, C> Decode<'b, C> for CloseCode {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, minicbor::decode::Error> {
        Ok(CloseCode::from_code(d.u16()?))
    }
}

/// The server's last word before it hangs up.
#[derive(Debug, Clone, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Close {
    /// Why, for the program.
    #[n(1)]
    pub code: CloseCode,
    /// Why, for the person, in Chinese.
    #[cbor(n(2), decode_with = "short_text")]
    pub zh: String,
    /// Why, for the person, in English.
    #[cbor(n(3), decode_with = "short_text")]
    pub en: String,
    /// Come back after this, ms; none: when it suits.
    #[n(4)]
    pub retry_after_ms: Option<u64>,
}

impl Close {
    /// With the code's own texts.
    pub fn new(code: CloseCode, retry_after_ms: Option<u64>) -> Close {
        Close {
            code,
            zh: code.zh().to_owned(),
            en: code.en().to_owned(),
            retry_after_ms,
        }
    }
}

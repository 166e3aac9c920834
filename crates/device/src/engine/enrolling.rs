//! Being enrolled: an invitation, one connection, one answer.
//!
//! Never uses an invitation before the key it registers is durable, so a crash in between cannot
//! burn it.

use liandu_core::protocol::enrol::{self, Enroller, Enrolment, Failure};
use liandu_core::protocol::message::{Close, CloseCode, Enrolled};
use liandu_core::seal::SecretKey;
use liandu_core::time::Timestamp;

use super::signing::For;
use super::{Engine, Event, Output, Then};
use crate::entropy::{device_id, draw};
use crate::identity::{Identity, Key, StoredIdentity};
use crate::store::{Batch, Slot};

/// Why an enrolment cannot begin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnrolError {
    /// It is enrolled: use another folder for another person.
    #[error("本设备已登记 (this device is enrolled already)")]
    Already,
    /// Another enrolment is on its way: wait for its end.
    #[error("登记正在进行 (an enrolment is on its way)")]
    OnItsWay,
    /// The store failed: open the engine again.
    #[error("本机无法保存 (nothing can be stored)")]
    Halted,
}

/// Why an enrolment did not work, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EnrolFailure {
    /// For the person, in Chinese.
    pub zh: String,
    /// For the person, in English.
    pub en: String,
    /// Whether the same invitation may be tried again.
    pub again: bool,
}

impl Engine {
    /// Enrols this device with the code of an invitation. `address` is where the server is, kept
    /// as it is; `label` what the person calls this device.
    pub fn enrol(
        &mut self,
        now: Timestamp,
        address: &str,
        code: &str,
        label: &str,
    ) -> Result<(), EnrolError> {
        if self.halted {
            return Err(EnrolError::Halted);
        }
        if self.enroller.is_some() {
            return Err(EnrolError::OnItsWay);
        }
        if self.device().is_some() {
            return Err(EnrolError::Already);
        }
        // After an enrolment without an answer the same key is used again, unless it was kept outside
        // and is gone: another key is another device.
        let before = self.identity.take();
        let mut identity = match before.filter(|me| self.may_sign(&me.key)) {
            Some(before) => before,
            None => Identity {
                device: device_id(self.entropy.as_mut()),
                key: self.new_key(),
                address: String::new(),
                label: String::new(),
                enrolled: None,
            },
        };
        address.clone_into(&mut identity.address);
        label.clone_into(&mut identity.label);
        let enrolment = Enrolment {
            invitation: code.to_owned(),
            device: identity.device,
            key: identity.key.public(),
            label: label.to_owned(),
        };
        let mut batch = Batch::default();
        batch.put(&Slot::Identity, &StoredIdentity::from(&identity));
        self.identity = Some(identity);
        self.enroller = Some((Enroller::new(enrolment), false));
        self.commit(batch, vec![Then::KeyStored]);
        self.pump(now);
        Ok(())
    }

    fn may_sign(&self, key: &Key) -> bool {
        match key {
            Key::Here(_) => true,
            Key::Outside(key) => self.outside.is_none_or(|outside| outside == *key),
        }
    }

    fn new_key(&mut self) -> Key {
        match self.outside {
            Some(key) => Key::Outside(key),
            None => Key::Here(SecretKey::from_bytes(&draw(self.entropy.as_mut()))),
        }
    }

    pub(super) fn event_connect(&mut self) {
        if let Some((_, asked @ false)) = &mut self.enroller {
            *asked = true;
            self.outputs.push_back(Output::Connect);
        }
    }

    pub(super) fn tell_enroller(&mut self, now: Timestamp, input: enrol::Input) {
        if self.halted {
            return;
        }
        if let Some((enroller, _)) = &mut self.enroller {
            enroller.handle(now, input);
        }
        while let Some(output) = self
            .enroller
            .as_mut()
            .and_then(|(enroller, _)| enroller.poll())
        {
            match output {
                enrol::Output::Send(frame) => self.outputs.push_back(Output::Send(frame)),
                enrol::Output::Sign(words) => self.sign(now, words, For::Enrolment),
                enrol::Output::Disconnect => self.outputs.push_back(Output::Disconnect),
                enrol::Output::Enrolled(enrolled) => self.enrolled(*enrolled),
                enrol::Output::Failed(failure) => {
                    self.enroller = None;
                    self.event(Event::EnrolFailed(in_words(&failure)));
                }
            }
        }
    }

    fn enrolled(&mut self, enrolled: Enrolled) {
        self.enroller = None;
        let Some(me) = &mut self.identity else { return };
        self.place.scopes.clone_from(&enrolled.scopes);
        me.enrolled = Some(enrolled);
        let mut batch = Batch::default();
        batch.put(&Slot::Identity, &StoredIdentity::from(&*me));
        batch.put(&Slot::Place, &self.place);
        self.start_client();
        self.commit(batch, vec![Then::EnrolmentStored]);
    }
}

fn in_words(failure: &Failure) -> EnrolFailure {
    let words = |zh: &str, en: &str, again| EnrolFailure {
        zh: zh.to_owned(),
        en: en.to_owned(),
        again,
    };
    match failure {
        Failure::Closed(Close {
            code: CloseCode::InvitationRefused,
            retry_after_ms: Some(ms),
            ..
        }) => {
            let minutes = ms.div_ceil(60_000);
            words(
                &format!("输错的邀请码太多,请扫二维码,或过 {minutes} 分钟再输入"),
                &format!("too many wrong codes: scan the picture, or type again in {minutes} min"),
                true,
            )
        }
        Failure::Closed(close) => words(&close.zh, &close.en, close.retry_after_ms.is_some()),
        Failure::NoAnswer => words(
            "服务器没有应答,请稍后用同一邀请码再试",
            "no answer: try again with the same code",
            true,
        ),
        Failure::NoCommonVersion => words(
            "应用版本与服务器不符,请更新",
            "the app's version does not fit the server: update",
            false,
        ),
        Failure::WrongAnswer => words(
            "该地址不是联督服务器",
            "not a Liandu server at this address",
            false,
        ),
        Failure::NotSigned => words(
            "浏览器没有用本机的密钥签名,请关掉应用再试",
            "the browser did not sign with this phone's key: close the app and try again",
            true,
        ),
        Failure::TooLong => words(
            "邀请码或设备名过长",
            "the code or the name is too long",
            false,
        ),
    }
}

//! How a device is known over HTTP: it signs a challenge with its key and gets a token for an
//! hour.
//!
//! Never remembers challenges or tokens: both carry a code that only this process can make, so a
//! restart makes devices prove their key again. Whether the device may still do anything is asked
//! of the directory on every request.

use std::fmt;

use axum::Json;
use axum::extract::{FromRequestParts, State};
use axum::http::header;
use axum::http::request::Parts;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use liandu_core::id::DeviceId;
use liandu_core::limits;
use liandu_core::policy::Principal;
use liandu_core::seal::{DoorProof, PublicKey, SignatureBytes};
use liandu_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use crate::api::Office;
use crate::api::body::JsonBody;
use crate::api::door::SignedIn;
use crate::api::problem::{ApiError, Problem};

const SCHEME: &str = "Liandu-Device ";

/// The process's secret, which vouches for challenges and tokens.
pub(crate) struct Stamp([u8; 32]);

impl fmt::Debug for Stamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Stamp(…)")
    }
}

/// What a stamp is for; a token is no challenge.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum For {
    Challenge = 1,
    Token = 2,
}

impl Stamp {
    pub(crate) fn new(random: [u8; 32]) -> Stamp {
        Stamp(random)
    }

    /// Eight bytes, until when, and the code over both.
    fn make(&self, what: For, of: [u8; 8], until: Timestamp) -> [u8; 32] {
        let mut stamped = [0; 32];
        let (head, code) = stamped.split_at_mut(16);
        let (name, time) = head.split_at_mut(8);
        name.copy_from_slice(&of);
        time.copy_from_slice(&until.0.to_be_bytes());
        let mut hash = Sha256::new();
        hash.update(self.0);
        hash.update([what as u8]);
        hash.update(&*head);
        let hash = hash.finalize();
        code.copy_from_slice(hash.get(..16).unwrap_or(&[0; 16]));
        stamped
    }

    /// The eight bytes, when the code is ours and the time has not come.
    fn read(&self, what: For, stamped: &[u8; 32], now: Timestamp) -> Option<[u8; 8]> {
        let of: [u8; 8] = *stamped.first_chunk()?;
        let until = Timestamp(i64::from_be_bytes(stamped.get(8..16)?.try_into().ok()?));
        let ours = self.make(what, of, until);
        // Compared in whole: how many bytes fit must not show in the time it takes.
        let differ = ours
            .iter()
            .zip(stamped)
            .fold(0, |all, (a, b)| all | (a ^ b));
        (differ == 0 && now < until).then_some(of)
    }
}

/// What a device is to sign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ChallengeJson {
    /// The installation, hexadecimal.
    pub deployment: String,
    /// 32 bytes, hexadecimal; to be answered within a minute.
    pub nonce: String,
}

/// A device's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProofBody {
    /// The device, hexadecimal.
    pub device: String,
    /// `nonce` of the challenge.
    pub nonce: String,
    /// Ed25519 by the device's key over `liandu-door-1`, zero, 1, deployment, device and nonce;
    /// 64 bytes, hexadecimal.
    pub signature: String,
}

/// What the device sends with its requests for files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DeviceTokenJson {
    /// As `Authorization: Liandu-Device TOKEN`.
    pub token: String,
    /// Seconds until the device must prove its key again; also after a 401.
    pub expires_s: i64,
}

/// A challenge for a device's key.
#[utoipa::path(get, path = "/api/device/challenge", tag = "files", security(()),
    responses((status = 200, body = ChallengeJson)))]
pub(crate) async fn challenge(
    State(office): State<Office>,
) -> Result<Json<ChallengeJson>, ApiError> {
    let random = (office.door.edge.random)().ok_or(ApiError::Internal)?;
    let until = office.door.now().plus_ms(limits::DEVICE_CHALLENGE_MS_MAX);
    let of = *random.first_chunk::<8>().ok_or(ApiError::Internal)?;
    Ok(Json(ChallengeJson {
        deployment: HEXLOWER.encode(&office.engine.deployment().0),
        nonce: HEXLOWER.encode(&office.stamp.make(For::Challenge, of, until)),
    }))
}

fn bytes<const N: usize>(field: &str, text: &str) -> Result<[u8; N], ApiError> {
    let bad = || ApiError::Body {
        field: field.to_owned(),
    };
    let bytes = HEXLOWER.decode(text.as_bytes()).map_err(|_| bad())?;
    bytes.try_into().map_err(|_| bad())
}

/// A token for a device that has signed a challenge. A device that is unknown or shut out, and a
/// signature that does not fit, look the same.
#[utoipa::path(post, path = "/api/device/session", tag = "files", security(()),
    request_body = ProofBody,
    responses((status = 200, body = DeviceTokenJson), (status = 401, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn begin(
    State(office): State<Office>,
    JsonBody(body): JsonBody<ProofBody>,
) -> Result<Json<DeviceTokenJson>, ApiError> {
    let device = DeviceId(bytes("device", &body.device)?);
    let nonce: [u8; 32] = bytes("nonce", &body.nonce)?;
    let signature = SignatureBytes(bytes("signature", &body.signature)?);
    let now = office.door.now();
    let ours = office.stamp.read(For::Challenge, &nonce, now);
    let known = office.engine.directory(move |known| {
        let key = known.device(&device).map(|device| PublicKey(device.key));
        let principal = known.principal_of_device(&device);
        key.filter(|_| principal.is_some_and(|principal| !principal.revoked))
    });
    let key = known.await?.filter(|_| ours.is_some());
    let key = key.ok_or(ApiError::NotSignedIn)?;
    let proof = DoorProof {
        deployment: &office.engine.deployment(),
        device: &device,
        nonce: &nonce,
    };
    proof
        .verify(&key, &signature)
        .map_err(|_| ApiError::NotSignedIn)?;
    let until = now.plus_ms(limits::DEVICE_TOKEN_MS_MAX);
    let token = office.stamp.make(For::Token, device.0, until);
    Ok(Json(DeviceTokenJson {
        token: BASE64URL_NOPAD.encode(&token),
        expires_s: limits::DEVICE_TOKEN_MS_MAX / 1000,
    }))
}

/// Who sends or reads a file: a device, or an office user.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// Whose uploads they are: `device:…` or `user:…`.
    pub(crate) owner: String,
    /// As the directory knows them now.
    pub(crate) principal: Principal,
}

impl FromRequestParts<Office> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, ApiError> {
        let said = parts.headers.get(header::AUTHORIZATION);
        let said = said.and_then(|said| said.to_str().ok());
        let Some(token) = said.and_then(|said| said.strip_prefix(SCHEME)) else {
            let who = SignedIn::from_request_parts(parts, office).await?;
            return Ok(Caller {
                owner: format!("user:{}", who.session.user),
                principal: who.principal,
            });
        };
        let (device, principal) = device_of(token, office).await?;
        Ok(Caller {
            owner: format!("device:{}", device.hex()),
            principal,
        })
    }
}

/// The device that a token was given to, and whose it is, when it may still be here.
async fn device_of(token: &str, office: &Office) -> Result<(DeviceId, Principal), ApiError> {
    let token = BASE64URL_NOPAD.decode(token.trim().as_bytes()).ok();
    let token: Option<[u8; 32]> = token.and_then(|token| token.try_into().ok());
    let device = token.and_then(|t| office.stamp.read(For::Token, &t, office.door.now()));
    let device = DeviceId(device.ok_or(ApiError::NotSignedIn)?);
    let principal = office
        .engine
        .directory(move |known| known.principal_of_device(&device));
    let principal = principal.await?.filter(|principal| !principal.revoked);
    Ok((device, principal.ok_or(ApiError::NotSignedIn)?))
}

/// A device that asks about its own person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct DeviceCaller(pub(crate) DeviceId);

impl FromRequestParts<Office> for DeviceCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, office: &Office) -> Result<Self, ApiError> {
        let said = parts.headers.get(header::AUTHORIZATION);
        let said = said.and_then(|said| said.to_str().ok());
        let token = said.and_then(|said| said.strip_prefix(SCHEME));
        let (device, _) = device_of(token.ok_or(ApiError::NotSignedIn)?, office).await?;
        Ok(DeviceCaller(device))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_until_its_time_for_its_purpose_and_its_process() {
        let stamp = Stamp::new([1; 32]);
        let made = stamp.make(For::Token, [7; 8], Timestamp(10));
        assert_eq!(stamp.read(For::Token, &made, Timestamp(9)), Some([7; 8]));
        assert_eq!(stamp.read(For::Token, &made, Timestamp(10)), None);
        assert_eq!(stamp.read(For::Challenge, &made, Timestamp(9)), None);
        let other = Stamp::new([2; 32]);
        assert_eq!(other.read(For::Token, &made, Timestamp(9)), None);
        for at in 0..32 {
            let mut forged = made;
            forged[at] ^= 1;
            assert_eq!(stamp.read(For::Token, &forged, Timestamp(9)), None, "{at}");
        }
    }
}

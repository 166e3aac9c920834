//! Argon2id hashing of office passwords; the parameters stand here and nowhere else.
//!
//! Never keeps or shows a password. Salts are given from outside.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use liandu_core::limits;

/// Memory of one hash, KiB (OWASP's second choice: 19 MiB, two passes, one lane).
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Why a password cannot be set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Choose a longer one.
    #[error("密码至少 {min} 个字符 (use at least {min} characters)", min = limits::PASSWORD_CHARS_MIN)]
    TooShort,
    /// Choose a shorter one.
    #[error("密码过长 (the password is too long)")]
    TooLong,
    /// Contains the user's name: choose another.
    #[error("密码不能包含用户名 (the password must not contain the user's name)")]
    ContainsUser,
    /// The hasher failed: a fault of the server.
    #[error("密码无法保存 (the password could not be hashed)")]
    Hash,
}

fn hasher() -> Result<Argon2<'static>, PasswordError> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| PasswordError::Hash)?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

/// The argon2id string of a new password of `user`; `salt` is random.
pub fn hash(user: &str, password: &str, salt: [u8; 16]) -> Result<String, PasswordError> {
    if password.chars().count() < limits::PASSWORD_CHARS_MIN {
        return Err(PasswordError::TooShort);
    }
    if password.len() > limits::PASSWORD_BYTES_MAX {
        return Err(PasswordError::TooLong);
    }
    if !user.is_empty() && password.to_lowercase().contains(&user.to_lowercase()) {
        return Err(PasswordError::ContainsUser);
    }
    let hash = hasher()?.hash_password_with_salt(password.as_bytes(), &salt);
    hash.map(|hash| hash.to_string())
        .map_err(|_| PasswordError::Hash)
}

/// Whether a password fits its hash. Without one (an unknown or disabled user) it works as long
/// and says no, so that the time does not tell who exists.
pub fn verify(password: &str, hash: Option<&str>) -> bool {
    if password.len() > limits::PASSWORD_BYTES_MAX {
        return false;
    }
    let Ok(hasher) = hasher() else { return false };
    let known = hash.and_then(|hash| PasswordHash::new(hash).ok());
    match known {
        Some(known) => hasher.verify_password(password.as_bytes(), &known).is_ok(),
        None => {
            let _made = hasher.hash_password_with_salt(password.as_bytes(), &[7; 16]);
            false
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_fits() {
        let made = hash("wang", "石家庄市人大办公室-2020", [3; 16]).unwrap();
        assert!(
            made.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"),
            "{made}"
        );
        assert!(verify("石家庄市人大办公室-2020", Some(&made)));
        assert!(!verify("石家庄市人大办公室-2021", Some(&made)));
        assert!(!verify("石家庄市人大办公室-2020", None));
        assert!(!verify("x", Some("not a hash")));
    }

    #[test]
    fn poor_passwords_are_refused() {
        assert_eq!(hash("wang", "short", [0; 16]), Err(PasswordError::TooShort));
        assert_eq!(
            hash("wang", "Wang1234567", [0; 16]),
            Err(PasswordError::ContainsUser)
        );
        let long = "x".repeat(limits::PASSWORD_BYTES_MAX + 1);
        assert_eq!(hash("wang", &long, [0; 16]), Err(PasswordError::TooLong));
    }
}

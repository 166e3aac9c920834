//! Office sessions: a random token given to the browser, its hash kept here.
//!
//! Never kept beyond the process: after a restart people sign in again. Never holds a token.

use std::collections::BTreeMap;

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use liandu_core::authority::Account;
use liandu_core::id::PersonId;
use liandu_core::limits;
use liandu_core::time::Timestamp;
use sha2::{Digest, Sha256};

/// A session's secret: 32 random bytes given from outside.
#[derive(Clone, PartialEq, Eq)]
pub struct Token([u8; 32]);

impl Token {
    /// From random bytes.
    pub fn new(random: [u8; 32]) -> Token {
        Token(random)
    }

    /// The text for a cookie or a header.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Reads such a text; none when it is not one.
    pub fn parse(text: &str) -> Option<Token> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
        <[u8; 32]>::try_from(bytes).ok().map(Token)
    }

    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        hash.update(b"liandu-session-1\0");
        hash.update(self.0);
        hash.finalize().into()
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The user's name.
    pub user: String,
    /// Whose account it is.
    pub person: PersonId,
    /// The session's public part: stands in the log beside what was done in it.
    pub public: String,
    /// When it began.
    pub began: Timestamp,
    /// The last request.
    pub used: Timestamp,
    /// Of the account's password string at sign-in: a new password ends the session.
    password: [u8; 32],
}

fn hash_of(password: Option<&str>) -> [u8; 32] {
    Sha256::digest(password.unwrap_or("").as_bytes()).into()
}

impl Session {
    /// Whether the account still has the password it had at sign-in; `password` is its argon2id
    /// string.
    pub fn is_of(&self, password: Option<&str>) -> bool {
        self.password == hash_of(password)
    }

    /// When it ends if nothing more is asked.
    pub fn ends(&self) -> Timestamp {
        let most = self.began.plus_ms(ms(limits::SESSION_MS_MAX));
        most.min(self.used.plus_ms(ms(limits::SESSION_IDLE_MS_MAX)))
    }
}

fn ms(limit: u64) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Sessions alive, bounded in number.
#[derive(Debug, Default)]
pub struct Sessions {
    alive: BTreeMap<[u8; 32], Session>,
}

impl Sessions {
    /// Begins a session. When there are too many, the one longest unused ends.
    pub fn begin(
        &mut self,
        token: &Token,
        user: &str,
        account: &Account,
        now: Timestamp,
    ) -> Session {
        if self.alive.len() >= limits::SESSIONS_MAX {
            self.alive.retain(|_, session| session.ends() > now);
        }
        while self.alive.len() >= limits::SESSIONS_MAX {
            let unused = self.alive.iter().min_by_key(|(_, session)| session.used);
            let Some(hash) = unused.map(|(hash, _)| *hash) else {
                break;
            };
            self.alive.remove(&hash);
        }
        let hash = token.hash();
        let public = HEXLOWER.encode(hash.get(..6).unwrap_or_default());
        let session = Session {
            user: user.to_owned(),
            person: account.person.clone(),
            public,
            began: now,
            used: now,
            password: hash_of(account.password.as_deref()),
        };
        self.alive.insert(hash, session.clone());
        session
    }

    /// The session of a token, used now; none when there is none or it has ended.
    pub fn find(&mut self, token: &Token, now: Timestamp) -> Option<Session> {
        let hash = token.hash();
        if self.alive.get(&hash)?.ends() <= now {
            self.alive.remove(&hash);
            return None;
        }
        let session = self.alive.get_mut(&hash)?;
        session.used = session.used.max(now);
        Some(session.clone())
    }

    /// Ends a session.
    pub fn end(&mut self, token: &Token) {
        self.alive.remove(&token.hash());
    }

    /// How many are alive or not yet cleared away.
    pub fn count(&self) -> usize {
        self.alive.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn account(password: &str) -> Account {
        Account {
            person: PersonId::new("p1").unwrap(),
            name: "王".to_owned(),
            password: Some(password.to_owned()),
            disabled: false,
        }
    }

    #[test]
    fn a_new_password_ends_the_session() {
        let (mut sessions, token) = begun(0);
        let session = sessions.find(&token, Timestamp(1)).unwrap();
        assert!(session.is_of(Some("$argon2id$1")));
        assert!(!session.is_of(Some("$argon2id$2")));
        assert!(!session.is_of(None));
    }

    fn begun(at: i64) -> (Sessions, Token) {
        let mut sessions = Sessions::default();
        let token = Token::new([9; 32]);
        sessions.begin(&token, "wang", &account("$argon2id$1"), Timestamp(at));
        (sessions, token)
    }

    #[test]
    fn an_unused_session_ends_and_a_used_one_ends_later() {
        let idle = ms(limits::SESSION_IDLE_MS_MAX);
        let (mut sessions, token) = begun(0);
        assert!(sessions.find(&token, Timestamp(idle - 1)).is_some());
        assert!(sessions.find(&token, Timestamp(2 * idle - 2)).is_some());
        assert!(sessions.find(&token, Timestamp(3 * idle - 2)).is_none());
        assert!(
            sessions.find(&token, Timestamp(0)).is_none(),
            "gone for good"
        );
        let (mut sessions, token) = begun(0);
        let mut now = 0;
        while now < ms(limits::SESSION_MS_MAX) {
            assert!(sessions.find(&token, Timestamp(now)).is_some());
            now += idle / 2;
        }
        assert!(
            sessions.find(&token, Timestamp(now)).is_none(),
            "also a busy one"
        );
    }

    #[test]
    fn only_its_own_token_opens_a_session_until_it_is_ended() {
        let (mut sessions, token) = begun(0);
        assert_eq!(Token::parse(&token.text()), Some(token.clone()));
        assert!(sessions.find(&Token::new([8; 32]), Timestamp(1)).is_none());
        assert!(sessions.find(&token, Timestamp(1)).is_some());
        sessions.end(&token);
        assert!(sessions.find(&token, Timestamp(1)).is_none());
        assert!(!format!("{token:?}").contains(&token.text()));
    }
}

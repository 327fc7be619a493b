//! A share of all users, the same ones on every board and in every build.
//!
//! Each user has a place from 0 to 9999: the first eight bytes of SHA-256 over the user's name, a zero byte
//! and the salt, read as a big-endian number, modulo 10 000. Who has a place below a hundred times the
//! percentage is in. docs/announcements.md documents it for other implementations.

use sha2::{Digest, Sha256};

use super::number::Number;
use crate::{Bilingual, Error, Result};

const PLACES: u32 = 10_000;

/// A share of all users.
#[derive(Debug, Clone)]
pub(super) struct Percent {
    /// Places that are in: those below.
    below: u32,
    salt: Box<str>,
}

impl Percent {
    /// Reads `[percentage]` or `[percentage, salt]`; without a salt, `seed` takes its place.
    ///
    /// # Errors
    /// `invalid_field` with a path such as `values[0]`.
    pub(super) fn read(values: &[String], seed: &str) -> Result<Self> {
        let (percentage, salt) = match values {
            [percentage] => (percentage, seed),
            [percentage, salt] => (percentage, salt.as_str()),
            _ => {
                let reason = Bilingual::new(
                    "percent has a percentage, and after it at most a salt",
                    "percent 的值为一个百分数，其后最多再带一个盐值",
                );
                return Err(Error::invalid("values", &values.len().to_string(), reason));
            }
        };
        let below = Number::parse(percentage).and_then(|number| number.hundredths(100));
        let below = below.ok_or_else(|| {
            let reason = Bilingual::new(
                "must be a number from 0 to 100 with at most two decimals",
                "必须是 0 到 100 之间的数，最多两位小数",
            );
            Error::invalid("values[0]", percentage, reason)
        })?;
        Ok(Self {
            below,
            salt: salt.into(),
        })
    }

    /// Reports whether everybody is in, anonymous viewers too.
    pub(super) fn is_everybody(&self) -> bool {
        self.below == PLACES
    }

    /// Reports whether a user is in.
    pub(super) fn has(&self, user: &str) -> bool {
        place(user, &self.salt) < self.below
    }
}

/// Returns the place of a user, from 0 to 9999.
fn place(user: &str, salt: &str) -> u32 {
    let mut hash = Sha256::new();
    hash.update(user.as_bytes());
    hash.update([0]);
    hash.update(salt.as_bytes());
    let hash = hash.finalize();
    let first = hash.iter().take(8);
    let number = first.fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
    // Less than 10 000.
    (number % u64::from(PLACES)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn percent(values: &[&str], seed: &str) -> Percent {
        let values: Vec<String> = values.iter().map(|one| (*one).to_owned()).collect();
        Percent::read(&values, seed).unwrap()
    }

    #[test]
    fn places_are_those_of_the_documentation() {
        // printf 'li.na\0spring' | sha256sum, and so on.
        for (user, salt, expected) in VECTORS {
            assert_eq!(place(user, salt), expected, "{user} {salt}");
        }
    }

    const VECTORS: [(&str, &str, u32); 6] = [
        ("li.na", "spring", 5153),
        ("alice", "1", 8590),
        ("alice", "2", 9363),
        ("bob", "rollout-7", 8445),
        ("王芳", "灰度", 5307),
        ("u", "", 7171),
    ];

    #[test]
    fn a_share_is_about_as_large_as_it_says() {
        for (text, least, most) in [("10", 900, 1100), ("0.5", 25, 75), ("50", 4800, 5200)] {
            let share = percent(&[text, "salt"], "");
            let count = (0..10_000)
                .filter(|n| share.has(&format!("user-{n}")))
                .count();
            assert!((least..most).contains(&count), "{text}: {count}");
        }
    }

    proptest! {
        #[test]
        fn whoever_is_in_stays_in_when_the_share_grows(
            user in any::<String>(),
            salt in any::<String>(),
            shares in prop::collection::btree_set(0u32..=10_000, 2..9),
        ) {
            let shares: Vec<bool> = shares
                .iter()
                .map(|n| percent(&[&format!("{}.{:02}", n / 100, n % 100)], &salt).has(&user))
                .collect();
            prop_assert!(shares.is_sorted(), "{:?}", shares);
            prop_assert!(!percent(&["0"], &salt).has(&user));
            prop_assert!(percent(&["100"], &salt).has(&user));
        }
    }

    #[test]
    fn a_salt_takes_the_place_of_the_seed() {
        let alike = |left: &Percent, right: &Percent| {
            (0..100).all(|n| left.has(&n.to_string()) == right.has(&n.to_string()))
        };
        assert!(alike(
            &percent(&["50", "s"], "a"),
            &percent(&["50", "s"], "b")
        ));
        assert!(alike(&percent(&["50", "s"], "a"), &percent(&["50"], "s")));
        assert!(!alike(&percent(&["50"], "a"), &percent(&["50"], "b")));
    }

    #[test]
    fn anything_but_a_percentage_is_refused() {
        for values in [
            &["-1"][..],
            &["100.01"],
            &["0.001"],
            &["x"],
            &[""],
            &["25%"],
            &["1", "a", "b"],
            &[],
        ] {
            let values: Vec<String> = values.iter().map(|one| (*one).to_owned()).collect();
            assert!(Percent::read(&values, "").is_err(), "{values:?}");
        }
    }
}

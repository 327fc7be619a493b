//! What was asked for on the command line.

use crate::Result;

/// How the program is called.
pub(crate) const USAGE: &str = "\
usage: cargo xtask bench [--only NAME]... [--quick | --check] [--seed N] [--json]

  --only NAME  only rows whose names begin so; may be repeated
  --quick      smaller boards and fewer rounds, under two minutes
  --check      small boards, compare the answers only, time nothing
  --seed N     other announcements and other words
  --json       a line of JSON for each row";

/// How much is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Extent {
    Full,
    Quick,
    Check,
}

/// What was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Arguments {
    pub(crate) only: Vec<String>,
    pub(crate) extent: Extent,
    pub(crate) seed: u64,
    pub(crate) is_json: bool,
}

impl Arguments {
    /// Reads what stands behind the program's name.
    pub(crate) fn read(words: impl IntoIterator<Item = String>) -> Result<Self> {
        let mut arguments = Self {
            only: Vec::new(),
            extent: Extent::Full,
            seed: 1,
            is_json: false,
        };
        let mut words = words.into_iter();
        while let Some(word) = words.next() {
            let mut value = || words.next().ok_or(format!("{word} needs a value\n{USAGE}"));
            match word.as_str() {
                "--only" => arguments.only.push(value()?),
                "--quick" => arguments.extent = Extent::Quick,
                "--check" => arguments.extent = Extent::Check,
                "--json" => arguments.is_json = true,
                "--seed" => {
                    let text = value()?;
                    let no_number = |error| format!("--seed {text}: {error}");
                    arguments.seed = text.parse().map_err(no_number)?;
                }
                _ => return Err(format!("unexpected {word}\n{USAGE}")),
            }
        }
        Ok(arguments)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Arguments> {
        Arguments::read(text.split_whitespace().map(str::to_owned))
    }

    #[test]
    fn only_may_be_repeated() {
        let arguments = read("--only top-20 --quick --only search --seed 7 --json").unwrap();
        assert_eq!(arguments.only, ["top-20", "search"]);
        assert_eq!(arguments.extent, Extent::Quick);
        assert_eq!(arguments.seed, 7);
        assert!(arguments.is_json);
    }

    #[test]
    fn what_is_not_understood_is_refused_with_the_usage() {
        assert!(
            read("--fast")
                .unwrap_err()
                .starts_with("unexpected --fast\nusage:")
        );
        assert!(
            read("--only")
                .unwrap_err()
                .starts_with("--only needs a value")
        );
        assert_eq!(
            read("--seed x").unwrap_err(),
            "--seed x: invalid digit found in string"
        );
    }
}

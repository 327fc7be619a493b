//! Searching for one word.

use crate::Result;
use crate::data::NOW;
use crate::data::frequency::{Frequency, LENGTHS, Script, Words};
use crate::data::numbers::Numbers;
use crate::measure::{Times, best, once};
use crate::notice::{Board, Query};
use crate::report::{Goal, Row};
use crate::session::Session;
use crate::sqlite::{self, Search};

/// Other searches between two of the same word: more than libnotice remembers the answers of.
const FORGETTING: usize = 100;

/// A length and a frequency of words, in a script.
type Kind = (Script, usize, Frequency);

/// What is searched for before anything is timed: a word of three characters that no made-up text has.
const WARM_UP: &str = "甪甪甪";

/// A contestant.
#[derive(Clone, Copy)]
enum Searcher {
    Notice,
    Like,
    Trigram,
}

/// The times of libnotice at a first and at a second search, of LIKE, and of trigrams, if those can find words
/// of that length.
#[derive(Default)]
struct Cell {
    words: Vec<String>,
    first: Times,
    again: Times,
    like: Times,
    trigram: Times,
}

/// Measures `search` and `search-again`.
pub(crate) fn run(session: &mut Session) -> Result {
    if session.wants("search/") || session.wants("search-") {
        measure(session)?;
    }
    session.step();
    Ok(())
}

fn kinds() -> impl Iterator<Item = Kind> {
    let scripts = [Script::Chinese, Script::English].into_iter();
    let frequencies = [Frequency::Common, Frequency::Rare, Frequency::Absent];
    scripts.flat_map(move |script| {
        LENGTHS.into_iter().flat_map(move |length| {
            frequencies
                .into_iter()
                .map(move |frequency| (script, length, frequency))
        })
    })
}

fn name(kind: Kind) -> String {
    let (script, length, frequency) = kind;
    format!("{}/{length}/{}", script.name(), frequency.name())
}

fn measure(session: &mut Session) -> Result {
    let (count, wanted) = (session.scale.search, session.scale.words);
    session.now(format!("loading {count} announcements to search in"));
    let board = Board::in_memory(&session.data, count)?;
    session.now(format!(
        "building SQLite's index of trigrams of {count} announcements"
    ));
    let database = Search::in_memory(&session.data, count)?;
    session.now("choosing words");
    let words = Words::count(&session.data, count);
    let mut numbers = Numbers::new(session.seed());
    let mut cells: Vec<(Kind, Cell)> = Vec::new();
    for kind in kinds() {
        let words = words.draw(&mut numbers, kind, wanted);
        // The summaries are those of all cells.
        if session.wants("search-") || session.wants(&format!("search/{}", name(kind))) {
            cells.push((
                kind,
                Cell {
                    words,
                    ..Cell::default()
                },
            ));
        }
    }
    let mut contestants = Contestants {
        board,
        database,
        buffer: vec![1; 1024 * 1024],
        rows: sqlite::Buffer::default(),
    };
    for (_, cell) in &cells {
        contestants.check(cell)?;
    }
    if !session.is_check() {
        let forgetting = forgetting(&words, &mut numbers);
        for round in 0..wanted {
            session.now(format!("searching, round {} of {wanted}", round + 1));
            for other in &forgetting {
                contestants.board.query(other)?;
            }
            for searcher in turns(round) {
                contestants.warm_up(searcher)?;
                for (_, cell) in &mut cells {
                    contestants.time(searcher, cell, round)?;
                }
            }
        }
    }
    report(session, &cells);
    Ok(())
}

/// Who searches, and where to.
struct Contestants {
    board: Board,
    database: Search,
    buffer: Vec<u8>,
    rows: sqlite::Buffer,
}

impl Contestants {
    /// Compares the answers for each word.
    fn check(&mut self, cell: &Cell) -> Result {
        for word in &cell.words {
            let query = Query::top(20).search(word);
            let ours = self.board.query_into(&query, &mut self.buffer)?.answer();
            self.database.like(NOW, word, &mut self.rows)?;
            ours.must_be(&self.rows.answer(), &format!("search for {word}, LIKE"))?;
            if Search::has_trigram(word) {
                self.database.trigram(NOW, word, &mut self.rows)?;
                ours.must_be(&self.rows.answer(), &format!("search for {word}, trigrams"))?;
            }
        }
        Ok(())
    }

    /// Makes a search that is not timed: whoever searches all day finds his code in the processor's caches.
    fn warm_up(&mut self, searcher: Searcher) -> Result {
        self.search(searcher, WARM_UP)
    }

    /// Times one contestant's search for the word of one round.
    fn time(&mut self, searcher: Searcher, cell: &mut Cell, round: usize) -> Result {
        let Some(word) = cell.words.get(round) else {
            return Ok(());
        };
        let times: &mut [&mut Times] = match searcher {
            Searcher::Notice => &mut [&mut cell.first, &mut cell.again],
            Searcher::Like => &mut [&mut cell.like],
            Searcher::Trigram if Search::has_trigram(word) => &mut [&mut cell.trigram],
            Searcher::Trigram => &mut [],
        };
        for times in times {
            times.push(once(|| self.search(searcher, word))?);
        }
        Ok(())
    }

    fn search(&mut self, searcher: Searcher, word: &str) -> Result {
        match searcher {
            Searcher::Notice => {
                let query = Query::top(20).search(word);
                self.board.query_into(&query, &mut self.buffer).map(|_| ())
            }
            Searcher::Like => self.database.like(NOW, word, &mut self.rows),
            Searcher::Trigram => self.database.trigram(NOW, word, &mut self.rows),
        }
    }
}

/// Who comes after whom in a round. Each searches for all its words in a row, for SQLite's LIKE reads so much
/// that whoever came after it would find nothing of his own in the processor's caches.
fn turns(round: usize) -> [Searcher; 3] {
    let mut turns = [Searcher::Notice, Searcher::Trigram, Searcher::Like];
    if !round.is_multiple_of(2) {
        turns.reverse();
    }
    turns
}

/// Searches whose words must be looked for in many texts: pairs of frequent words that may stand nowhere.
fn forgetting(words: &Words, numbers: &mut Numbers) -> Vec<Query> {
    let frequent = words.draw(numbers, (Script::Chinese, 2, Frequency::Common), 40);
    let mut one = || numbers.of(&frequent).cloned().unwrap_or_default();
    let pairs = (0..FORGETTING).map(|_| one() + &one());
    pairs.map(|pair| Query::top(20).search(&pair)).collect()
}

fn report(session: &mut Session, cells: &[(Kind, Cell)]) {
    for (group, is_again) in [("search", false), ("search-again", true)] {
        for (kind, cell) in cells {
            let peers = match cell.trigram.is_empty() {
                true => vec![cell.like.clone()],
                false => vec![cell.like.clone(), cell.trigram.clone()],
            };
            let Some((place, theirs)) = best(&peers) else {
                continue;
            };
            let peer = ["SQLite LIKE", "SQLite FTS5 trigram"]
                .get(place)
                .copied()
                .unwrap_or_default();
            let ours = if is_again { &cell.again } else { &cell.first };
            let goal = if is_again {
                Goal::Shown
            } else {
                Goal::TimesFaster(20.0)
            };
            session.add(Row::of_times(
                format!("{group}/{}", name(*kind)),
                peer,
                goal,
                ours,
                theirs,
            ));
        }
        let (worst, middle) = match is_again {
            true => (Goal::Shown, Goal::Shown),
            false => (Goal::TimesFaster(20.0), Goal::TimesFaster(100.0)),
        };
        let mut rows = session.ratios(&format!("{group}/"));
        rows.sort_by(|a, b| {
            a.ratio()
                .unwrap_or_default()
                .total_cmp(&b.ratio().unwrap_or_default())
        });
        let lowest = rows
            .first()
            .map(|row| row.summary(format!("{group}-worst"), worst));
        // Of an even number of cells the lower one of the middle.
        let median = rows.get(rows.len().saturating_sub(1) / 2);
        let median = median.map(|row| row.summary(format!("{group}-median"), middle));
        for row in lowest.into_iter().chain(median) {
            session.add(row);
        }
    }
}

//! Tables that fit the terminal.

use comfy_table::presets::NOTHING;
use comfy_table::{Attribute, CellAlignment, Color, ColumnConstraint, ContentArrangement};
use unicode_width::UnicodeWidthStr as _;

use super::{Look, Paint};

/// Columns that a text needs at least to be readable when it wraps.
const NARROWEST: usize = 16;
/// The share of the width that a text has at least: one third.
const TEXT_SHARE: usize = 3;
/// Most lines of a row. What is behind is for `notice show`.
const LINES: usize = 2;
/// Blanks between two columns.
const GAP: u16 = 2;

/// A column.
#[derive(Debug, Clone)]
pub(crate) struct Column {
    title: String,
    /// Columns with higher numbers give way first; 0 always stays.
    rank: u8,
    is_flexible: bool,
    is_number: bool,
}

impl Column {
    /// A column that is as wide as its widest cell.
    pub(crate) fn new(title: impl Into<String>, rank: u8) -> Self {
        Self {
            title: title.into(),
            rank,
            is_flexible: false,
            is_number: false,
        }
    }

    /// The same with its cells at the right.
    pub(crate) fn number(title: impl Into<String>, rank: u8) -> Self {
        Self {
            is_number: true,
            ..Self::new(title, rank)
        }
    }

    /// A column of texts, which wrap.
    pub(crate) fn text(title: impl Into<String>) -> Self {
        Self {
            is_flexible: true,
            ..Self::new(title, 0)
        }
    }

    fn set(&self, drawn: &mut comfy_table::Column, gap: u16, is_narrow: bool) {
        drawn.set_padding((0, gap));
        if self.is_number {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
        if !self.is_flexible && is_narrow {
            drawn.set_constraint(ColumnConstraint::ContentWidth);
        }
    }
}

/// A cell: its text, and how it looks.
#[derive(Debug, Clone)]
pub(crate) struct Cell {
    text: String,
    look: Look,
}

impl Cell {
    pub(crate) fn new(text: impl Into<String>, look: Look) -> Self {
        Self {
            text: one_line(&text.into()),
            look,
        }
    }

    fn drawn(&self) -> comfy_table::Cell {
        let cell = comfy_table::Cell::new(&self.text);
        match self.look {
            Look::Plain => cell,
            Look::Bold => cell.add_attribute(Attribute::Bold),
            Look::Dim => cell.add_attribute(Attribute::Dim),
            Look::Good => cell.fg(Color::DarkGreen),
            Look::Warn => cell.fg(Color::DarkYellow),
            Look::Bad => cell.fg(Color::DarkRed).add_attribute(Attribute::Bold),
        }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::new(text, Look::Plain)
    }
}

/// Rows under columns.
#[derive(Debug, Clone)]
pub(crate) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
}

impl Table {
    pub(crate) fn new(columns: impl IntoIterator<Item = Column>) -> Self {
        Self {
            columns: columns.into_iter().collect(),
            rows: Vec::new(),
        }
    }

    /// Adds a row with a cell for each column.
    pub(crate) fn row(&mut self, cells: impl IntoIterator<Item = Cell>) {
        self.rows.push(cells.into_iter().collect());
    }

    /// Draws it into so many columns of a terminal, or at its full width.
    pub(crate) fn render(&self, width: Option<usize>, paint: &Paint) -> String {
        let shown = self.shown(width);
        let mut table = comfy_table::Table::new();
        table.load_style(NOTHING);
        match paint.is_coloured {
            true => table.enforce_styling(),
            false => table.force_no_tty(),
        };
        if let Some(width) = width {
            table.set_width(u16::try_from(width).unwrap_or(u16::MAX));
            table.set_content_arrangement(ContentArrangement::Dynamic);
        }
        let titles = shown.iter().filter_map(|index| self.columns.get(*index));
        table.set_header(titles.map(|column| Cell::new(&column.title, Look::Dim).drawn()));
        for cells in &self.rows {
            let cells = shown.iter().filter_map(|index| cells.get(*index));
            let mut row = comfy_table::Row::from(cells.map(Cell::drawn));
            row.max_height(LINES);
            table.add_row(row);
        }
        for (place, index) in shown.iter().enumerate() {
            if let (Some(column), Some(drawn)) = (self.columns.get(*index), table.column_mut(place))
            {
                let gap = if place + 1 == shown.len() { 0 } else { GAP };
                column.set(drawn, gap, width.is_some());
            }
        }
        table.trim_fmt()
    }

    /// The columns that fit, by their places.
    fn shown(&self, width: Option<usize>) -> Vec<usize> {
        let mut shown: Vec<usize> = (0..self.columns.len())
            .filter(|index| !self.is_empty(*index))
            .collect();
        let Some(width) = width else {
            return shown;
        };
        while self.needed(&shown, width) > width {
            let ranked = shown
                .iter()
                .filter_map(|index| Some((self.columns.get(*index)?.rank, *index)));
            match ranked.max() {
                Some((rank, index)) if rank > 0 => shown.retain(|one| *one != index),
                _ => break,
            }
        }
        shown
    }

    /// Whether a column that may give way has nothing in it.
    fn is_empty(&self, index: usize) -> bool {
        let may_go = self
            .columns
            .get(index)
            .is_some_and(|column| column.rank > 0);
        may_go && self.cells(index).all(|cell| cell.text.is_empty())
    }

    /// Columns that these need at least. A text may wrap, but has its share of the width before others have anything.
    fn needed(&self, shown: &[usize], width: usize) -> usize {
        let widths = shown.iter().map(|index| {
            let column = self.columns.get(*index);
            let title = column.map_or(0, |column| column.title.width());
            let widest = self.cells(*index).map(|cell| cell.text.width()).max();
            let natural = widest.unwrap_or(0).max(title);
            match column.is_some_and(|column| column.is_flexible) {
                true => natural.min(NARROWEST.max(width / TEXT_SHARE)),
                false => natural,
            }
        });
        widths.sum::<usize>() + usize::from(GAP) * shown.len().saturating_sub(1)
    }

    fn cells(&self, index: usize) -> impl Iterator<Item = &Cell> {
        self.rows.iter().filter_map(move |row| row.get(index))
    }
}

/// A cell is one text; a line end in it would begin a row.
fn one_line(text: &str) -> String {
    match text.contains(|c: char| c.is_control()) {
        true => text
            .split(|c: char| c.is_control())
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join(" "),
        false => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Colour;
    use super::*;

    fn example() -> Table {
        let mut table = Table::new([
            Column::number("id", 0),
            Column::new("severity", 2),
            Column::text("title"),
            Column::new("until", 1),
        ]);
        for (id, severity, title, until) in [
            (
                "7",
                "warning",
                "今晚十点至十二点数据库维护，期间无法登录，请提前保存",
                "2026-06-20 24:00 +08:00",
            ),
            ("12", "info", "Café menu", ""),
        ] {
            table.row([
                id.into(),
                Cell::new(severity, Look::Warn),
                title.into(),
                until.into(),
            ]);
        }
        table
    }

    #[test]
    fn a_table_fits_the_terminal_also_in_chinese() {
        let plain = Paint::new(Colour::Never, false);
        for width in [40, 60, 80, 120] {
            let drawn = example().render(Some(width), &plain);
            for line in drawn.lines() {
                assert!(line.width() <= width, "{width}:\n{drawn}");
            }
            assert!(drawn.contains("Café menu"), "{drawn}");
            assert_eq!(drawn.contains("severity"), width >= 60, "{drawn}");
        }
        let wide = example().render(None, &plain);
        assert_eq!(wide.lines().count(), 3, "{wide}");
    }

    #[test]
    fn colours_do_not_change_what_is_drawn() {
        for width in [None, Some(40), Some(80)] {
            let plain = example().render(width, &Paint::new(Colour::Never, false));
            let painted = example().render(width, &Paint::new(Colour::Always, false));
            let painted = anstream::adapter::strip_str(&painted).to_string();
            let trimmed = |text: &str| -> Vec<String> {
                text.lines()
                    .map(|line| line.trim_end().to_owned())
                    .collect()
            };
            assert_eq!(trimmed(&painted), trimmed(&plain));
        }
        let painted = example().render(Some(120), &Paint::new(Colour::Always, false));
        assert!(painted.contains("\u{1b}[38;5;3m"), "{painted:?}");
    }
}

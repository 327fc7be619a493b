//! A terminal as SVG.
//!
//! Each word, and each Chinese letter, is put at its column, so that tables stay aligned whatever fonts the reader has: those
//! rarely have Chinese exactly twice as wide as Latin.

use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar as _;

/// Size of a cell, of the letters and of the frame, in pixels.
const CELL: f64 = 8.4;
const LINE: usize = 20;
const SIZE: usize = 14;
const MARGIN: usize = 20;
const BAR: usize = 36;

const FONTS: &str = "ui-monospace, 'SF Mono', 'Cascadia Mono', 'DejaVu Sans Mono', 'Noto Sans Mono CJK SC', \
                     'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei', monospace";

/// How letters look.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Style {
    colour: Option<u8>,
    is_bold: bool,
    is_dim: bool,
}

/// A word or a wide letter, its look and its place.
struct Run {
    line: usize,
    column: usize,
    columns: usize,
    style: Style,
    text: String,
}

/// Draws what a program has written, with its colours, on a terminal of so many columns.
pub(super) fn draw(ansi: &str, columns: usize, title: &str) -> String {
    let runs = runs(ansi, columns);
    let lines = runs.iter().map(|run| run.line + 1).max().unwrap_or(0);
    let width = (columns as f64 * CELL).ceil() as usize + 2 * MARGIN;
    let height = BAR + lines * LINE + MARGIN;
    let mut svg = String::new();
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="img" aria-label="{title}">
<title>{title}</title>
<style>
text {{ font: {SIZE}px {FONTS}; fill: #d5d8df; white-space: pre; }}
.b {{ font-weight: bold; fill: #ffffff; }}
.d {{ fill: #8b93a3; }}
.c1 {{ fill: #ff7b86; }}
.c2 {{ fill: #7fd88f; }}
.c3 {{ fill: #f2c66d; }}
.c4 {{ fill: #7fb4ff; }}
.c6 {{ fill: #6fd3d6; }}
</style>
<rect width="{width}" height="{height}" rx="10" fill="#171a21"/>
<circle cx="20" cy="18" r="6" fill="#ff5f57"/><circle cx="40" cy="18" r="6" fill="#febc2e"/><circle cx="60" cy="18" r="6" fill="#28c840"/>
"##,
        title = escaped(title),
    );
    runs.iter().for_each(|run| run.write(&mut svg));
    svg + "</svg>\n"
}

impl Run {
    fn write(&self, svg: &mut String) {
        let y = BAR + self.line * LINE + SIZE;
        let x = MARGIN as f64 + self.column as f64 * CELL;
        let length = self.columns as f64 * CELL;
        let class = self.style.class();
        let text = escaped(&self.text);
        let _ = writeln!(
            svg,
            r#"<text{class} x="{x:.1}" y="{y}" textLength="{length:.1}">{text}</text>"#
        );
    }
}

impl Style {
    fn class(self) -> String {
        let mut names = Vec::new();
        if self.is_bold {
            names.push("b".to_owned());
        }
        if self.is_dim {
            names.push("d".to_owned());
        }
        names.extend(self.colour.map(|colour| format!("c{colour}")));
        match names.is_empty() {
            true => String::new(),
            false => format!(r#" class="{}""#, names.join(" ")),
        }
    }

    /// Follows the numbers of an escape sequence.
    fn apply(&mut self, numbers: &str) {
        let mut numbers = numbers.split(';').map(|one| one.parse::<u8>().unwrap_or(0));
        while let Some(number) = numbers.next() {
            match number {
                0 => *self = Self::default(),
                1 => self.is_bold = true,
                2 => self.is_dim = true,
                22 => (self.is_bold, self.is_dim) = (false, false),
                30..=37 => self.colour = Some(number - 30),
                90..=97 => self.colour = Some(number - 90),
                39 => self.colour = None,
                // Of 256 colours the first 16 are the same as above.
                38 if numbers.next() == Some(5) => {
                    self.colour = numbers.next().map(|colour| colour % 8);
                }
                _ => {}
            }
        }
    }
}

/// Splits a text into runs, as a terminal of so many columns shows it.
fn runs(ansi: &str, columns: usize) -> Vec<Run> {
    let mut style = Style::default();
    let mut runs: Vec<Run> = Vec::new();
    let (mut line, mut column) = (0, 0);
    // Whether the next letter belongs to the word before it.
    let mut is_word = false;
    let mut rest = ansi;
    while let Some(first) = rest.chars().next() {
        if let Some((numbers, behind)) = rest
            .strip_prefix("\u{1b}[")
            .and_then(|sequence| sequence.split_once('m'))
        {
            style.apply(numbers);
            is_word = false;
            rest = behind;
            continue;
        }
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
        let width = first.width().unwrap_or(0);
        if first == '\n' || column + width > columns {
            (line, column, is_word) = (line + 1, 0, false);
        }
        if first == ' ' || first == '\n' {
            column += width;
            is_word = false;
            continue;
        }
        match runs.last_mut().filter(|_| is_word && width == 1) {
            Some(run) => {
                run.text.push(first);
                run.columns += width;
            }
            None => runs.push(Run {
                line,
                column,
                columns: width,
                style,
                text: first.to_string(),
            }),
        }
        is_word = width == 1;
        column += width;
    }
    runs
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

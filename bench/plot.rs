//! Drawings of how something grows: lines over logarithmic axes, as SVG.

use std::fmt::Write;

/// One line.
#[derive(Debug, Clone)]
pub(crate) struct Series {
    pub(crate) name: &'static str,
    /// From left to right; all positive.
    pub(crate) points: Vec<(f64, f64)>,
}

/// One pair of axes.
pub(crate) struct Panel {
    pub(crate) title: &'static str,
    /// How a value of the vertical axis is written.
    pub(crate) label: fn(f64) -> String,
    pub(crate) series: Vec<Series>,
}

const COLOURS: [&str; 5] = ["#1b6ca8", "#d1495b", "#3a7d44", "#8a5a9e", "#b8860b"];
const WIDTH: f64 = 360.0;
const HEIGHT: f64 = 260.0;
const LEFT: f64 = 74.0;
const TOP: f64 = 30.0;
const RIGHT: f64 = 130.0;
const BOTTOM: f64 = 30.0;

/// The panels side by side, without those that have nothing to show.
pub(crate) fn drawing(panels: &[Panel]) -> String {
    let panels: Vec<&Panel> = panels
        .iter()
        .filter(|panel| panel.series.iter().any(|series| !series.points.is_empty()))
        .collect();
    let (width, height) = (LEFT + WIDTH + RIGHT, TOP + HEIGHT + BOTTOM);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n",
        width * panels.len() as f64
    );
    for (place, panel) in panels.into_iter().enumerate() {
        let x = width * place as f64 + LEFT;
        let _ = writeln!(svg, "<g transform=\"translate({x} {TOP})\">");
        draw(&mut svg, panel);
        svg.push_str("</g>\n");
    }
    svg.push_str("</svg>\n");
    svg
}

/// Powers of ten that enclose all values.
struct Axis {
    first: i32,
    last: i32,
    length: f64,
}

impl Axis {
    fn around(values: impl Iterator<Item = f64> + Clone, length: f64) -> Self {
        let lowest = values.clone().fold(f64::MAX, f64::min).log10().floor() as i32;
        let highest = values.fold(f64::MIN_POSITIVE, f64::max).log10().ceil() as i32;
        Self {
            first: lowest,
            last: highest.max(lowest + 1),
            length,
        }
    }

    /// How far along the axis a value is.
    fn at(&self, value: f64) -> f64 {
        (value.log10() - f64::from(self.first)) / f64::from(self.last - self.first) * self.length
    }

    fn ticks(&self) -> impl Iterator<Item = f64> {
        (self.first..=self.last).map(|power| 10_f64.powi(power))
    }
}

fn draw(svg: &mut String, panel: &Panel) {
    let points = panel.series.iter().flat_map(|series| &series.points);
    let across = Axis::around(points.clone().map(|(x, _)| *x), WIDTH);
    let up = Axis::around(points.map(|(_, y)| *y), HEIGHT);
    let _ = writeln!(
        svg,
        "<text x=\"0\" y=\"-12\" font-weight=\"bold\">{}</text>",
        panel.title
    );
    for value in up.ticks() {
        let y = HEIGHT - up.at(value);
        let label = (panel.label)(value);
        let _ = writeln!(
            svg,
            "<path d=\"M0 {y:.1}H{WIDTH}\" stroke=\"#ddd\"/>\
             <text x=\"-6\" y=\"{:.1}\" text-anchor=\"end\">{label}</text>",
            y + 4.0
        );
    }
    for value in across.ticks() {
        let x = across.at(value);
        let _ = writeln!(
            svg,
            "<path d=\"M{x:.1} 0V{HEIGHT}\" stroke=\"#ddd\"/>\
             <text x=\"{x:.1}\" y=\"{}\" text-anchor=\"middle\">{value}</text>",
            HEIGHT + 16.0
        );
    }
    for (place, (series, colour)) in panel.series.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let at = |(x, y): &(f64, f64)| format!("{:.1},{:.1}", across.at(*x), HEIGHT - up.at(*y));
        let line: Vec<String> = series.points.iter().map(at).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
             <text x=\"{}\" y=\"{}\" fill=\"{colour}\">{}</text>",
            line.join(" "),
            WIDTH + 8.0,
            12 + place * 16,
            series.name
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_through_its_points_and_empty_panels_are_left_out() {
        let panel = |points| Panel {
            title: "a",
            label: |value| value.to_string(),
            series: vec![Series {
                name: "line",
                points,
            }],
        };
        let svg = drawing(&[panel(vec![(1e3, 1.0), (1e5, 100.0)]), panel(vec![])]);
        assert!(svg.contains("points=\"0.0,260.0 360.0,0.0\""), "{svg}");
        assert_eq!(svg.matches("<polyline").count(), 1);
    }
}

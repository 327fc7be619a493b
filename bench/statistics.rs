//! Medians and quartiles.

/// The middle of some numbers, and how far they are spread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Quartiles {
    pub(crate) lower: f64,
    pub(crate) median: f64,
    pub(crate) upper: f64,
}

/// The quartiles of `values`; those between two values are in proportion. Nothing of no values.
pub(crate) fn quartiles(values: &[f64]) -> Option<Quartiles> {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| {
        let place = part * (sorted.len().checked_sub(1)?) as f64;
        let below = *sorted.get(place.floor() as usize)?;
        let above = *sorted.get(place.ceil() as usize)?;
        Some(below + (above - below) * place.fract())
    };
    Some(Quartiles {
        lower: at(0.25)?,
        median: at(0.5)?,
        upper: at(0.75)?,
    })
}

/// The middle of `values`; 0 of no values.
pub(crate) fn median(values: &[f64]) -> f64 {
    quartiles(values).map_or(0.0, |quartiles| quartiles.median)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_lie_between_the_values() {
        let found = quartiles(&[4.0, 1.0, 3.0, 2.0, 5.0]).unwrap();
        assert_eq!((found.lower, found.median, found.upper), (2.0, 3.0, 4.0));
        let found = quartiles(&[1.0, 2.0]).unwrap();
        assert_eq!((found.lower, found.median, found.upper), (1.25, 1.5, 1.75));
    }

    #[test]
    fn one_value_is_all_of_its_quartiles_and_none_has_none() {
        let found = quartiles(&[7.0]).unwrap();
        assert_eq!((found.lower, found.median, found.upper), (7.0, 7.0, 7.0));
        assert_eq!(quartiles(&[]), None);
        assert_eq!(median(&[]), 0.0);
    }
}

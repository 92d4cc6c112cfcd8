//! Correlations as pictures, and the order of units in which the matching is a diagonal.

use consilience_linalg::Mat;

use crate::layer::Layer;
use crate::{Correlations, Quantised};

/// The correlations of a pair, quantised, with the order in which the cycles of the matching are followed.
pub(crate) fn correlations(layer: &Layer, [x, y]: [usize; 2]) -> Correlations {
    let sides = [&layer.networks[x], &layer.networks[y]];
    let matched = layer.matched(x, y);
    let widths = sides.map(|side| side.representation.n_units);
    let places = sides.map(|side| places(&side.varying, side.representation.n_units));
    let picture = |r: &Mat<f64>, rows: usize, columns: usize| {
        let value = |i: usize, j: usize| match (places[rows][i], places[columns][j]) {
            (Some(i), Some(j)) => r[(i, j)],
            _ => 0.0,
        };
        Quantised::of((widths[rows], widths[columns]), (-1.0, 1.0), value)
    };
    let between = layer.between(x, y);
    let by_partner = |unit: usize| {
        let partner = matched[unit].expect("a matched unit");
        match (places[0][unit], places[1][partner]) {
            (Some(i), Some(j)) => between.correlation[(i, j)],
            _ => 0.0,
        }
    };
    let Order { x: order_x, cycles } = if widths[0] == widths[1] {
        follow(&matched)
    } else {
        let mut order: Vec<usize> = (0..widths[0]).filter(|&u| matched[u].is_some()).collect();
        order.sort_by(|&a, &b| by_partner(b).total_cmp(&by_partner(a)).then(a.cmp(&b)));
        order.extend((0..widths[0]).filter(|&u| matched[u].is_none()));
        Order { x: order, cycles: Vec::new() }
    };
    let mut order_y: Vec<usize> = order_x.iter().filter_map(|&unit| matched[unit]).collect();
    let has_partner = places_of(&order_y, widths[1]);
    order_y.extend((0..widths[1]).filter(|&unit| !has_partner[unit]));
    Correlations {
        x: picture(&sides[0].within, 0, 0),
        y: picture(&sides[1].within, 1, 1),
        between: picture(&between.correlation, 0, 1),
        order_x: numbers(&order_x),
        order_y: numbers(&order_y),
        cycles: cycles.iter().map(|cycle| numbers(cycle)).collect(),
    }
}

/// Where each recorded unit stands among the varying ones.
fn places(varying: &[usize], n_units: usize) -> Vec<Option<usize>> {
    let mut places = vec![None; n_units];
    varying.iter().enumerate().for_each(|(place, &unit)| places[unit] = Some(place));
    places
}

fn places_of(units: &[usize], n_units: usize) -> Vec<bool> {
    let mut there = vec![false; n_units];
    units.iter().for_each(|&unit| there[unit] = true);
    there
}

fn numbers(units: &[usize]) -> Vec<u32> {
    units.iter().map(|&unit| unit as u32).collect()
}

/// Units of x in order, and the closed cycles among them.
struct Order {
    x: Vec<usize>,
    cycles: Vec<Vec<usize>>,
}

/// Follows the matching from unit to unit of equal index: closed cycles first, each from its lowest unit; then chains, which
/// begin where no partner leads to; units without a partner last.
fn follow(matched: &[Option<usize>]) -> Order {
    let n = matched.len();
    let led_to = places_of(&matched.iter().copied().flatten().collect::<Vec<_>>(), n);
    let chain = |start: usize| {
        let mut chain = vec![start];
        let mut unit = matched[start];
        while let Some(next) = unit.filter(|&next| next != start) {
            chain.push(next);
            unit = matched[next];
        }
        chain
    };
    let chains: Vec<Vec<usize>> = (0..n).filter(|&u| !led_to[u]).map(chain).collect();
    let mut taken = places_of(&chains.concat(), n);
    let mut cycles = Vec::new();
    for start in 0..n {
        if !taken[start] {
            let cycle = chain(start);
            cycle.iter().for_each(|&unit| taken[unit] = true);
            cycles.push(cycle);
        }
    }
    let mut x = cycles.concat();
    let open = chains.concat();
    x.extend(open.iter().filter(|&&unit| matched[unit].is_some()));
    let mut alone: Vec<usize> = open.into_iter().filter(|&unit| matched[unit].is_none()).collect();
    alone.sort_unstable();
    x.extend(alone);
    Order { x, cycles }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cycles_are_followed_and_chains_come_after_them() {
        // 0 → 2 → 0, 1 → 1, 3 → 4 → 5 (which has no partner), 6 has none and nobody leads to it.
        let matched = [Some(2), Some(1), Some(0), Some(4), Some(5), None, None];
        let Order { x, cycles } = follow(&matched);
        assert_eq!(cycles, [vec![0, 2], vec![1]]);
        assert_eq!(x, [0, 2, 1, 3, 4, 5, 6]);
    }

    #[test]
    fn a_layer_without_partners_keeps_its_order() {
        let Order { x, cycles } = follow(&[None, None, None]);
        assert_eq!((x, cycles.len()), (vec![0, 1, 2], 0));
    }
}

//! Factors: which level of each a network has, and what two networks have in common.

use std::collections::BTreeMap;

use consilience_inference::factor_shares;
use rand::Rng;
use rand::seq::SliceRandom;

use super::KIND;
use crate::{Error, Result};

/// Networks with their level of each factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Factors {
    /// Names of the factors, in alphabetical order.
    pub(super) names: Vec<String>,
    /// Names of the levels of each factor, in alphabetical order.
    level_names: Vec<Vec<String>>,
    /// Names of the networks, as in the catalogue.
    networks: Vec<String>,
    /// `levels[factor][network]`, by index into the levels of the factor.
    levels: Vec<Vec<usize>>,
}

fn problem(problem: String) -> Error {
    Error::Spec { place: format!("study `{KIND}`"), problem }
}

/// Whether a name is what a pattern says; `*` stands for any part of it.
fn matches(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == name,
        Some((start, rest)) => name.strip_prefix(start).is_some_and(|name| {
            (0..=name.len())
                .filter(|&i| name.is_char_boundary(i))
                .any(|i| matches(rest, &name[i..]))
        }),
    }
}

impl Factors {
    /// Each network's level of each factor.
    ///
    /// # Errors
    /// [`Error::Spec`] without factors, for a network that is of no level of a factor or of several, and for a pattern that
    /// no network has.
    pub(super) fn resolve(
        spec: &BTreeMap<String, BTreeMap<String, Vec<String>>>,
        networks: &[&str],
    ) -> Result<Self> {
        if spec.is_empty() {
            return Err(problem(
                "no factors; give factors = { width = { narrow = [\"w8-*\"], wide = [\"w16-*\"] } }, for example".into(),
            ));
        }
        let mut levels = Vec::new();
        for (factor, patterns) in spec {
            for pattern in patterns.values().flatten() {
                if !networks.iter().any(|network| matches(pattern, network)) {
                    return Err(problem(format!(
                        "factor {factor} names `{pattern}`, which no network is called; there are {}",
                        networks.join(", ")
                    )));
                }
            }
            let level = |network: &&str| {
                let of = |p: &&Vec<String>| p.iter().any(|pattern| matches(pattern, network));
                let found: Vec<usize> =
                    patterns.values().enumerate().filter(|(_, p)| of(p)).map(|(i, _)| i).collect();
                match found.as_slice() {
                    [one] => Ok(*one),
                    several => Err(problem(format!(
                        "network {network} has {} levels of factor {factor} (of {}); expected one",
                        several.len(),
                        patterns.keys().cloned().collect::<Vec<_>>().join(", ")
                    ))),
                }
            };
            levels.push(networks.iter().map(level).collect::<Result<Vec<usize>>>()?);
        }
        let networks = networks.iter().map(|n| (*n).to_owned()).collect();
        let level_names = spec.values().map(|levels| levels.keys().cloned().collect()).collect();
        Ok(Self { names: spec.keys().cloned().collect(), level_names, networks, levels })
    }

    fn index(&self, network: &str) -> usize {
        self.networks
            .iter()
            .position(|n| n == network)
            .expect("networks are those of the catalogue")
    }

    /// For each factor 1 for the pairs whose networks have the same level, 0 for all others.
    pub(super) fn same(&self, pairs: &[(&str, &str)]) -> Vec<Vec<f64>> {
        self.levels.iter().map(|levels| self.same_of(levels, pairs)).collect()
    }

    /// Levels of a factor that two networks of a pair have in common, by index and name. At least one pair is of none of
    /// them: what its networks have in common is no level.
    pub(super) fn shared_levels(
        &self,
        factor: usize,
        pairs: &[(&str, &str)],
    ) -> Vec<(usize, &str)> {
        let levels = &self.levels[factor];
        let both = |level: usize| {
            let has = |name: &str| levels[self.index(name)] == level;
            pairs.iter().any(|(a, b)| has(a) && has(b))
        };
        let names = self.level_names[factor].iter().map(String::as_str);
        names.enumerate().filter(|(level, _)| both(*level)).collect()
    }

    /// For each of some levels of a factor 1 for the pairs whose networks both have it, 0 for all others.
    pub(super) fn within(
        &self,
        (factor, dealt): (usize, Option<&[usize]>),
        levels: &[(usize, &str)],
        pairs: &[(&str, &str)],
    ) -> Vec<Vec<f64>> {
        let own = dealt.unwrap_or(&self.levels[factor]);
        let both = |level: usize, (a, b): &(&str, &str)| {
            own[self.index(a)] == level && own[self.index(b)] == level
        };
        let column = |&(level, _): &(usize, &str)| {
            pairs.iter().map(|pair| f64::from(u8::from(both(level, pair)))).collect()
        };
        levels.iter().map(column).collect()
    }

    /// Checks that the pairs tell every factor from the others.
    ///
    /// # Errors
    /// [`Error::Spec`] with the factors that cannot be told apart.
    pub(super) fn check(&self, pairs: &[(&str, &str)]) -> Result<()> {
        let same = self.same(pairs);
        for (name, column) in self.names.iter().zip(&same) {
            let all = ["have different levels", "have the same level"];
            if let Some(how) =
                [0.0, 1.0].iter().position(|v| column.iter().all(|c| c == v)).map(|i| all[i])
            {
                return Err(problem(format!(
                    "all pairs {how} of factor {name}, so that it moves nothing; expected pairs of both kinds; leave it out, or add networks"
                )));
            }
        }
        let confounded = self.confounded(&same);
        if confounded.is_empty() {
            return Ok(());
        }
        Err(problem(format!(
            "factors {} are confounded: of a pair of these networks one of them follows from the others; leave one of them out, or add networks that differ in one only",
            confounded.join(", ")
        )))
    }

    /// The factors of the smallest set (of those after one another) that has no unique solution.
    fn confounded(&self, same: &[Vec<f64>]) -> Vec<&str> {
        let n = same.first().map_or(0, Vec::len);
        // Any values that vary serve: whether there is a unique solution depends on the columns alone.
        let values: Vec<f64> = (0..n).map(|i| i as f64).collect();
        let unique = |of: &[usize]| {
            let columns: Vec<Vec<f64>> = of.iter().map(|&f| same[f].clone()).collect();
            n < 2 || factor_shares(&values, &vec![1.0; n], &columns).is_some()
        };
        let mut left: Vec<usize> = (0..same.len()).collect();
        if unique(&left) {
            return Vec::new();
        }
        // What is not needed for the trouble is left out.
        for f in 0..same.len() {
            let without: Vec<usize> = left.iter().copied().filter(|l| *l != f).collect();
            if !without.is_empty() && !unique(&without) {
                left = without;
            }
        }
        left.into_iter().map(|f| self.names[f].as_str()).collect()
    }

    /// Networks that agree in every factor but one, set by set: among them its levels can be dealt anew. Empty where nothing
    /// would change.
    pub(super) fn strata(&self, factor: usize) -> Vec<Vec<usize>> {
        let others = |n: usize| -> Vec<usize> {
            let others = (0..self.levels.len()).filter(|f| *f != factor);
            others.map(|f| self.levels[f][n]).collect()
        };
        let mut strata: BTreeMap<Vec<usize>, Vec<usize>> = BTreeMap::new();
        for n in 0..self.networks.len() {
            strata.entry(others(n)).or_default().push(n);
        }
        let varies =
            |s: &Vec<usize>| s.iter().any(|&n| self.levels[factor][n] != self.levels[factor][s[0]]);
        strata.into_values().filter(varies).collect()
    }

    /// The smallest p-value that dealing the levels of a factor anew can give: the share of deals under which the same networks
    /// have the same level as in truth.
    pub(super) fn least_p_value(&self, factor: usize, strata: &[Vec<usize>]) -> f64 {
        let levels = &self.levels[factor];
        let n_levels = levels.iter().max().map_or(0, |last| last + 1);
        let counts: Vec<Vec<usize>> = strata
            .iter()
            .map(|s| (0..n_levels).map(|l| s.iter().filter(|&&n| levels[n] == l).count()).collect())
            .collect();
        let factorial = |n: usize| (1..=n).map(|i| i as f64).product::<f64>();
        let deals: f64 = counts
            .iter()
            .map(|c| factorial(c.iter().sum()) / c.iter().map(|&n| factorial(n)).product::<f64>())
            .product();
        // A deal that only exchanges the names of levels is the truth again. Networks outside the strata keep theirs.
        let moved: Vec<usize> = strata.iter().flatten().copied().collect();
        let is_fixed = |l: usize| (0..levels.len()).any(|n| levels[n] == l && !moved.contains(&n));
        let fits = |from: usize, to: usize| {
            (from == to || (!is_fixed(from) && !is_fixed(to)))
                && counts.iter().all(|c| c[from] == c[to])
        };
        // Which levels may be exchanged is an equivalence: the exchanges are the permutations within its classes.
        let mut left: Vec<usize> = (0..n_levels).collect();
        let mut exchanges = 1.0;
        while let Some(&first) = left.first() {
            let (class, rest): (Vec<usize>, Vec<usize>) =
                left.into_iter().partition(|&l| fits(first, l));
            exchanges *= factorial(class.len());
            left = rest;
        }
        exchanges / deals
    }

    /// The levels of one factor, dealt anew within [`Self::strata`].
    pub(super) fn dealt_anew(
        &self,
        factor: usize,
        strata: &[Vec<usize>],
        rng: &mut impl Rng,
    ) -> Vec<usize> {
        let mut levels = self.levels[factor].clone();
        for stratum in strata {
            let mut own: Vec<usize> = stratum.iter().map(|&n| levels[n]).collect();
            own.shuffle(rng);
            stratum.iter().zip(own).for_each(|(&n, level)| levels[n] = level);
        }
        levels
    }

    /// 1 for the pairs whose networks have the same of these levels, 0 for all others.
    pub(super) fn same_of(&self, levels: &[usize], pairs: &[(&str, &str)]) -> Vec<f64> {
        let same = |(a, b): &(&str, &str)| levels[self.index(a)] == levels[self.index(b)];
        pairs.iter().map(|pair| f64::from(u8::from(same(pair)))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;
    use rand_chacha::ChaCha8Rng;

    const NETWORKS: [&str; 8] = [
        "w8-true-seed1",
        "w8-true-seed2",
        "w8-shuffled-seed1",
        "w8-shuffled-seed2",
        "w16-true-seed1",
        "w16-true-seed2",
        "w16-shuffled-seed1",
        "w16-shuffled-seed2",
    ];

    fn resolve(text: &str, networks: &[&str]) -> Result<Factors> {
        Factors::resolve(&toml::from_str(text).expect("a table"), networks)
    }

    const CROSSED: &str = "
        width = { narrow = ['w8-*'], wide = ['w16-*'] }
        labels = { true = ['*-true-*'], shuffled = ['*-shuffled-*'] }
        seed = { 1 = ['*-seed1'], 2 = ['*-seed2'] }
    ";

    fn all_pairs<'a>(networks: &[&'a str]) -> Vec<(&'a str, &'a str)> {
        let after = |i: usize| networks[i + 1..].iter().map(move |b| (networks[i], *b));
        (0..networks.len()).flat_map(after).collect()
    }

    #[test]
    fn patterns_tell_levels_and_a_crossed_design_passes() {
        let factors = resolve(CROSSED, &NETWORKS).expect("crossed");
        assert_eq!(factors.names, ["labels", "seed", "width"]);
        let pairs = [("w8-true-seed1", "w8-true-seed2"), ("w8-true-seed1", "w16-shuffled-seed1")];
        assert_eq!(factors.same(&pairs), [vec![1.0, 0.0], vec![0.0, 1.0], vec![1.0, 0.0]]);
        factors.check(&all_pairs(&NETWORKS)).expect("can be told apart");
        assert!(matches("*a*b", "xaxxb") && matches("*", "") && !matches("a*b", "ab-c"));
    }

    #[test]
    fn what_cannot_be_told_apart_is_named() {
        let check = |text: &str, networks: &[&str]| {
            let factors = resolve(text, networks).expect("levels");
            factors.check(&all_pairs(networks)).expect_err("refused").to_string()
        };
        // Every wide network has shuffled labels.
        let nested = ["w8-true-seed1", "w8-true-seed2", "w16-shuffled-seed1", "w16-shuffled-seed2"];
        let message = check(CROSSED, &nested);
        assert!(message.contains("factors labels, width are confounded"), "{message}");
        let message = check("seed = { 1 = ['*seed1'], 2 = ['*seed2'] }", &NETWORKS[..2]);
        assert!(message.contains("all pairs have different levels of factor seed"), "{message}");
        let message = check("width = { narrow = ['w8*'] }", &NETWORKS[..4]);
        assert!(message.contains("all pairs have the same level of factor width"), "{message}");
    }

    #[test]
    fn every_network_has_one_level() {
        let message = |text: &str| resolve(text, &NETWORKS).expect_err(text).to_string();
        assert!(message("").contains("no factors"));
        let found = message("width = { narrow = ['w8-*'] }");
        assert!(found.contains("network w16-true-seed1 has 0 levels of factor width (of narrow)"));
        let found = message("width = { narrow = ['w*'], wide = ['w16-*'] }");
        assert!(found.contains("network w16-true-seed1 has 2 levels of factor width"));
        assert!(
            message("width = { a = ['x*'], b = ['*'] }").contains("names `x*`, which no network")
        );
    }

    #[test]
    fn levels_are_dealt_among_networks_that_agree_in_all_else() {
        let factors = resolve(CROSSED, &NETWORKS).expect("crossed");
        let strata = factors.strata(2);
        assert_eq!(strata.len(), 4);
        assert!(strata.iter().all(|s| s.len() == 2 && s[1] == s[0] + 4));
        let pairs = all_pairs(&NETWORKS);
        let rng = &mut ChaCha8Rng::seed_from_u64(1);
        let mut seen = std::collections::BTreeSet::new();
        for _ in 0..200 {
            let same = factors.same_of(&factors.dealt_anew(2, &strata, rng), &pairs);
            // As many pairs are alike whatever the deal.
            assert_eq!(same.iter().sum::<f64>(), 12.0);
            seen.insert(same.iter().map(|v| *v as u8).collect::<Vec<u8>>());
        }
        // Two ways in each of four strata, of which an exchange of the two names is none.
        assert_eq!(seen.len(), 8);
        assert_eq!(factors.least_p_value(2, &strata), 1.0 / 8.0);
        let alone = resolve(
            "seed = { 1 = ['*seed1'], 2 = ['*seed2'] }\nwidth = { 8 = ['w8*'], 16 = ['w16*'] }",
            &[NETWORKS[0], NETWORKS[5]],
        );
        assert!(alone.expect("levels").strata(0).is_empty());
    }
}

//! Li, Yosinski, Clune, Lipson & Hopcroft 2016: which units several networks have in common.
//!
//! Their numbers are of four AlexNets on ImageNet. Those by layer are from the notebook and the logs that the authors published;
//! means of mutual information, the threshold and the number of their clusters were not found.

mod clusters;
mod information;
mod layers;
mod matching;
mod prediction;
mod spectra;

use crate::{Claim, Paper, Results, Specs};
use layers::Layer;

macro_rules! spec {
    ($name:literal) => {
        include_str!(concat!("../../../../examples/reproduce/li-2016/", $name))
    };
}

/// The paper.
pub(super) const PAPER: Paper = Paper {
    name: "li-2016",
    title: "Convergent Learning: Do different neural networks learn the same representations?",
    reference: "Li, Yosinski, Clune, Lipson & Hopcroft 2016, ICLR, arXiv 1511.07543",
    setting: "four AlexNets that differ in their seeds, conv1 to conv5, on the validation images of ImageNet",
    full: Specs { networks: &[spec!("networks.toml")], study: spec!("study.toml") },
    quick: Specs { networks: &[spec!("networks-quick.toml")], study: spec!("study-quick.toml") },
    claims,
};

fn claims(results: &Results<'_>) -> Vec<Claim> {
    let layers = layers::layers(results.table);
    let judges: [fn(&[Layer<'_>]) -> Claim; 9] = [
        matching::some_converge,
        matching::below_semi_matching,
        matching::over_depth,
        information::agrees,
        prediction::few_units,
        prediction::between_local_and_distributed,
        spectra::spread,
        spectra::agree,
        clusters::shared,
    ];
    judges.into_iter().map(|judge| judge(&layers)).collect()
}

#[cfg(test)]
mod tests {
    use consilience_data::{ActivationSource, Activations, ArraySource, Precision, StimulusSet};
    use consilience_testkit::evaluate::{Protocol, Recording};
    use consilience_testkit::synthetic::{generator, permuted_copy, rectified_laplace, with_noise};
    use consilience_units::{
        Findings, LayerFindings, Parameters, Request, analyse_layer, analyse_pair, gather,
    };

    use super::layers::Pair;
    use super::*;
    use crate::Judgement::{self, CannotBeJudged, NotReproduced, Reproduced};

    #[test]
    fn without_rows_nothing_can_be_judged() {
        let judged = [matching::some_converge(&[]), matching::over_depth(&[]), spectra::agree(&[])];
        assert!(judged.iter().all(|claim| claim.judgement == CannotBeJudged));
        assert_eq!(information::agrees(&[]).judgement, CannotBeJudged);
        assert_eq!(prediction::few_units(&[]).judgement, CannotBeJudged);
        assert_eq!(clusters::shared(&[]).judgement, CannotBeJudged);
    }

    /// Findings of a layer and of its copy with units in another order and some noise.
    fn copied(seed: u64) -> (Findings, LayerFindings) {
        let rng = &mut generator(seed);
        let x = rectified_laplace(400, 12, rng);
        let y = with_noise(permuted_copy(x.as_ref(), rng).0.as_ref(), 0.2, rng);
        let parameters = Parameters { half_splits: 2, ..Parameters::default() };
        found([&x, &y].map(Recording::new), &parameters)
    }

    fn found(sides: [Recording; 2], parameters: &Parameters) -> (Findings, LayerFindings) {
        let stimuli: Vec<usize> = (0..400).collect();
        let mut source = ArraySource::new(StimulusSet::indexed("copies", stimuli.len()));
        for (name, side) in ["net-1", "net-2"].into_iter().zip(sides) {
            let alone = side.source(name).expect("finite");
            let mut array = Activations::empty(Precision::F64, 12);
            alone.read(0, &stimuli, &mut array).expect("in memory");
            source.push(alone.representations()[0].clone(), array).expect("finite");
        }
        let blocks = Protocol::in_sample(&source.stimuli().ids, 10).expect("blocks").blocks;
        let request = Request {
            source: &source,
            representations: &[0, 1],
            earlier: &[],
            receptive_fields: &[],
            blocks: &blocks,
            parameters,
        };
        let layer = gather(&request).expect("good data");
        let findings = analyse_pair(&layer, 0, 1).expect("good data");
        (findings, analyse_layer(&layer).expect("good data"))
    }

    fn layers(found: &[(Findings, LayerFindings)]) -> Vec<Layer<'_>> {
        let names = ["conv1", "conv2", "conv3"];
        found
            .iter()
            .zip(names)
            .enumerate()
            .map(|(depth, ((findings, together), name))| Layer {
                name,
                depth,
                pairs: vec![Pair { networks: ["net-1", "net-2"], findings }],
                together: Some(together),
            })
            .collect()
    }

    /// Four groups of units that have a source in common, each with noise of its own, in an order of their own.
    #[test]
    fn clusters_are_shared_where_networks_share_the_sources_of_groups() {
        let judged = |common: bool, share: Option<f64>| {
            let rng = &mut generator(4);
            let sources = [rectified_laplace(400, 4, rng), rectified_laplace(400, 4, rng)];
            let sides = [0, usize::from(!common)].map(|of| {
                let mut units = rectified_laplace(400, 12, rng);
                for (row, unit) in (0..400).flat_map(|row| (0..12).map(move |unit| (row, unit))) {
                    let common = sources[of][(row, unit / 3)];
                    units[(row, unit)] = common + 0.5 * units[(row, unit)];
                }
                Recording::new(&permuted_copy(units.as_ref(), rng).0)
            });
            let mut parameters = Parameters { half_splits: 2, ..Parameters::default() };
            parameters.clusters.share = share;
            parameters.clusters.null_draws = 9;
            clusters::shared(&layers(&[found(sides, &parameters)]))
        };
        let shared = judged(true, Some(0.2));
        assert_eq!(shared.judgement, Reproduced, "{}", shared.here);
        let apart = judged(false, Some(0.2));
        assert_eq!(apart.judgement, NotReproduced, "{}", apart.here);
        // Their number was found at a gap: the claim is about another.
        let by_gap = judged(true, None);
        assert_eq!(by_gap.judgement, CannotBeJudged, "{}", by_gap.here);
    }

    #[test]
    fn copies_are_judged_by_what_they_are() {
        let found = [copied(1), copied(2), copied(3)];
        let layers = layers(&found);
        let expected: [(fn(&[Layer<'_>]) -> Claim, Judgement); 5] = [
            // Every unit has its copy: none is left without, and no two want the same.
            (matching::some_converge, NotReproduced),
            (matching::below_semi_matching, NotReproduced),
            (information::agrees, Reproduced),
            (prediction::few_units, Reproduced),
            // Independent sources of one distribution: means do not spread.
            (spectra::spread, NotReproduced),
        ];
        for (judge, judgement) in expected {
            let claim = judge(&layers);
            assert_eq!(claim.judgement, judgement, "{}: {}", claim.claim, claim.here);
            assert!(!claim.values.is_empty());
        }
    }
}

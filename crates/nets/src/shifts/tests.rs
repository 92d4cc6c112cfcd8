//! What holds for every shift, and what each one promises.

use super::fourier::tests::of_size;
use super::*;
use crate::datasets::{Pictures, fashion_mnist_small};

/// The first test images of clothes.
fn clothes(n: usize) -> Pictures {
    let mut test = fashion_mnist_small().unwrap().test;
    test.ids.truncate(n);
    test.labels.truncate(n);
    test.pixels.truncate(n * 28 * 28);
    Pictures::from(&test)
}

/// The same in colour and not square: red is the picture, green its middle brightened, blue the next picture.
fn coloured(n: usize) -> Pictures {
    let grey = clothes(n + 1);
    let (height, width) = (20, 28);
    let mut values = Vec::new();
    for i in 0..n {
        let (own, next) = (grey.image(i), grey.image(i + 1));
        for k in 0..height * width {
            values.extend([own[k], 0.2 + 0.6 * own[k], next[k]]);
        }
    }
    let (ids, labels) = (grey.ids[..n].to_vec(), grey.labels[..n].to_vec());
    Pictures { ids, values, channels: 3, height, width, labels }
}

/// Grey clothes of low contrast about mid-grey: nothing is clipped by what a shift does to them.
fn faint(n: usize) -> Pictures {
    let mut set = clothes(n);
    set.values.iter_mut().for_each(|v| *v = 0.5 + 0.05 * (*v - 0.3));
    set
}

/// Every shift with the sets that it can be applied to.
fn cases() -> Vec<(&'static Entry, Pictures)> {
    let (grey, colour) = (clothes(40), coloured(24));
    let both = |entry: &'static Entry| [(entry, grey.clone()), (entry, colour.clone())];
    let fits = |(entry, set): &(&Entry, Pictures)| entry.info.needs.are_met(set.channels);
    SHIFTS.iter().flat_map(both).filter(fits).collect()
}

fn shifted(id: &str, severity: u8, set: &Pictures) -> Pictures {
    apply(find(id).unwrap(), severity, set, 1, 1).unwrap()
}

fn displacement(a: &Pictures, b: &Pictures) -> f64 {
    let sum: f64 = a.values.iter().zip(&b.values).map(|(a, b)| f64::from((a - b).abs())).sum();
    sum / a.values.len() as f64
}

/// Amplitudes of the only channel of a picture.
fn amplitudes(set: &Pictures, i: usize) -> Vec<f64> {
    let fourier = of_size(set.height, set.width);
    fourier.forward(&Picture::of(set, i).plane(0)).iter().map(|value| value.norm()).collect()
}

#[test]
fn ids_are_unique_and_strengths_grow() {
    for (i, entry) in SHIFTS.iter().enumerate() {
        let info = entry.info;
        assert!(SHIFTS[..i].iter().all(|other| other.info.id != info.id), "{}", info.id);
        assert!(info.strengths[0] > 0.0, "{}", info.id);
        assert!(info.strengths.windows(2).all(|pair| pair[0] < pair[1]), "{}", info.id);
        assert!(find(info.id).is_ok());
    }
    let e = find("fog").unwrap_err().to_string();
    assert!(e.contains("shift: fog; expected one of: grey, colour-opponent, contrast"), "{e}");
}

#[test]
fn severity_zero_is_the_identity() {
    for (entry, set) in cases() {
        assert_eq!(apply(entry, 0, &set, 1, 2).unwrap(), set, "{}", entry.info.id);
    }
}

#[test]
fn values_stay_in_range_and_move_further_with_severity() {
    for (entry, set) in cases() {
        let id = entry.info.id;
        let mut before = 0.0;
        for severity in 1..=MOST_SEVERE {
            let found = apply(entry, severity, &set, 1, 1).unwrap();
            assert!(found.values.iter().all(|v| (0.0..=1.0).contains(v)), "{id} {severity}");
            assert_eq!((&found.ids, &found.labels), (&set.ids, &set.labels));
            let moved = displacement(&found, &set);
            assert!(moved > before, "{id} {severity}: {moved} after {before}");
            before = moved;
        }
    }
}

#[test]
fn pictures_are_functions_of_seed_and_id_for_any_number_of_threads() {
    for (entry, set) in cases() {
        let info = entry.info;
        let run = |seed, threads| apply(entry, 3, &set, seed, threads).unwrap();
        let alone = run(1, 1);
        assert_eq!(alone, run(1, 1), "{}", info.id);
        assert_eq!(alone, run(1, 3), "{}", info.id);
        assert_eq!(alone != run(2, 1), info.is_random, "{}", info.id);
        // The last picture alone: the same, unless the others matter.
        let last = set.len() - 1;
        let only = Pictures {
            ids: vec![set.ids[last].clone()],
            values: set.image(last).to_vec(),
            labels: vec![set.labels[last]],
            ..set
        };
        let only = apply(entry, 3, &only, 1, 1).unwrap();
        assert_eq!(only.values != alone.image(last), info.reads_set, "{}", info.id);
    }
}

#[test]
fn what_cannot_be_shifted_is_refused() {
    let message = |id, severity| {
        apply(find(id).unwrap(), severity, &clothes(2), 1, 1).unwrap_err().to_string()
    };
    assert!(message("blur", 6).contains("severity of blur: 6; expected 0 (no shift) to 5"));
    assert!(
        message("grey", 1).contains("grey of pictures with 1 channel; expected pictures of three")
    );
}

#[test]
fn grey_ends_at_luminance_and_opponents_keep_it() {
    let set = coloured(4);
    let grey = shifted("grey", 5, &set);
    for (pixel, before) in grey.values.chunks(3).zip(set.values.chunks(3)) {
        let luminance = 0.299 * before[0] + 0.587 * before[1] + 0.114 * before[2];
        assert!(pixel.iter().all(|v| (v - luminance).abs() < 1e-6), "{before:?} {pixel:?}");
    }
    // Colours near grey, so that nothing is clipped: twice the opponent is where it began.
    let mut pale = set.clone();
    pale.values.iter_mut().for_each(|v| *v = 0.4 + 0.2 * *v);
    let opponent = shifted("colour-opponent", 5, &pale);
    assert!(displacement(&opponent, &pale) > 0.01);
    assert!(displacement(&shifted("colour-opponent", 5, &opponent), &pale) < 1e-6);
    let (a, b) = (shifted("grey", 5, &opponent), shifted("grey", 5, &pale));
    assert!(displacement(&a, &b) < 1e-6, "luminance stays");
}

#[test]
fn opponents_of_grey_and_inversion_end_at_the_negative() {
    let set = clothes(4);
    for id in ["colour-opponent", "inversion"] {
        let negative = shifted(id, 5, &set);
        let off = set.values.iter().zip(&negative.values).map(|(a, b)| (a + b - 1.0).abs());
        assert!(off.fold(0.0, f32::max) < 1e-6, "{id}");
    }
    let first = shifted("inversion", 1, &set);
    let unchanged = set.values.iter().zip(&first.values).all(|(a, b)| (a == b) == (*a < 0.8));
    assert!(unchanged, "only what is brighter than 0.8 changes");
}

#[test]
fn contrast_scales_about_mid_grey() {
    let set = clothes(3);
    let found = shifted("contrast", 4, &set);
    for (a, b) in set.values.iter().zip(&found.values) {
        assert!((b - 0.5 - 0.1 * (a - 0.5)).abs() < 1e-6);
    }
}

#[test]
fn noise_has_its_size_and_is_nested_over_severities() {
    let set = faint(40);
    let n = set.values.len() as f64;
    let noise = |id, severity| -> Vec<f64> {
        let found = shifted(id, severity, &set);
        found.values.iter().zip(&set.values).map(|(a, b)| f64::from(a - b)).collect()
    };
    // Strengths 0.35 / √3 and 0.12; of 31,360 values the deviation is known to 0.4 %.
    for (id, severity, deviation) in
        [("uniform-noise", 3, 0.35 / 3_f64.sqrt()), ("gaussian-noise", 2, 0.12)]
    {
        let found = noise(id, severity);
        let mean = found.iter().sum::<f64>() / n;
        let spread = (found.iter().map(|v| v * v).sum::<f64>() / n).sqrt();
        assert!(mean.abs() < 4.0 * deviation / n.sqrt(), "{id} {mean}");
        assert!((spread / deviation - 1.0).abs() < 0.02, "{id} {spread}");
    }
    let (low, high) = (noise("uniform-noise", 1), noise("uniform-noise", 2));
    assert!(low.iter().zip(&high).all(|(a, b)| (2.0 * a - b).abs() < 1e-6));
}

#[test]
fn low_pass_keeps_what_is_below_its_limit_and_nothing_above() {
    let set = faint(5);
    let fourier = of_size(28, 28);
    for (severity, limit) in [(1, 0.6), (5, 0.1)] {
        let found = shifted("low-pass", severity, &set);
        for i in 0..set.len() {
            let (before, after) = (amplitudes(&set, i), amplitudes(&found, i));
            for k in 0..before.len() {
                let expected = if fourier.frequency(k) > limit { 0.0 } else { before[k] };
                assert!((after[k] - expected).abs() < 1e-4, "{k}: {} {}", before[k], after[k]);
            }
        }
    }
}

#[test]
fn high_pass_keeps_what_is_above_its_limit_and_the_mean_is_mid_grey() {
    let set = faint(5);
    let fourier = of_size(28, 28);
    let found = shifted("high-pass", 3, &set);
    for i in 0..set.len() {
        let (before, after) = (amplitudes(&set, i), amplitudes(&found, i));
        assert!((after[0] - 0.5 * 784.0).abs() < 1e-3);
        for k in 1..before.len() {
            let expected = if fourier.frequency(k) < 0.3 { 0.0 } else { before[k] };
            assert!((after[k] - expected).abs() < 1e-4, "{k}");
        }
    }
}

#[test]
fn phase_scrambling_keeps_every_amplitude() {
    let set = faint(5);
    let found = shifted("phase-scrambling", 5, &set);
    assert!(displacement(&set, &found) > 0.005);
    for i in 0..set.len() {
        let (before, after) = (amplitudes(&set, i), amplitudes(&found, i));
        assert!(before.iter().zip(&after).all(|(a, b)| (a - b).abs() < 1e-4), "{i}");
    }
}

#[test]
fn power_equalisation_gives_every_picture_the_mean_amplitude_and_its_own_phases() {
    let set = faint(8);
    let found = shifted("power-equalisation", 5, &set);
    let all: Vec<Vec<f64>> = (0..8).map(|i| amplitudes(&set, i)).collect();
    let fourier = of_size(28, 28);
    for i in 0..8 {
        let after = amplitudes(&found, i);
        let spectra = [&set, &found].map(|set| fourier.forward(&Picture::of(set, i).plane(0)));
        for k in 0..after.len() {
            let mean = all.iter().map(|amplitudes| amplitudes[k]).sum::<f64>() / 8.0;
            assert!((after[k] - mean).abs() < 1e-4, "{k}: {} {mean}", after[k]);
            // What is nearly nothing has no phase worth comparing.
            if all[i][k] > 0.01 && mean > 0.01 {
                let turn = (spectra[1][k] / spectra[0][k]).arg();
                assert!(turn.abs() < 0.02, "{i} {k}: {turn}");
            }
        }
    }
}

/// A cosine that goes on mirrored stays one, and is attenuated by exp(-(angle per pixel · σ)² / 2).
#[test]
fn blur_keeps_the_mean_and_attenuates_a_wave_as_a_gaussian_does() {
    let wave = |k: usize, height: f64| -> Vec<f32> {
        let angle = |x: usize| std::f64::consts::PI * k as f64 * (x as f64 + 0.5) / 28.0;
        (0..784).map(|i| (0.5 + height * angle(i % 28).cos()) as f32).collect()
    };
    let mut set = clothes(1);
    for (k, severity, share) in [(4, 3, 0.05), (10, 2, 0.03)] {
        set.values = wave(k, 0.3);
        let found = shifted("blur", severity, &set);
        let turn = std::f64::consts::PI * k as f64 / 28.0 * share * 28.0;
        let expected = wave(k, 0.3 * (-0.5 * turn * turn).exp());
        let off = found.values.iter().zip(&expected).map(|(a, b)| (a - b).abs());
        // The kernel ends at three standard deviations.
        assert!(off.fold(0.0, f32::max) < 0.003, "{k}");
    }
}

#[test]
fn rotation_by_a_right_angle_moves_every_pixel_to_its_place() {
    let set = clothes(12);
    let found = shifted("rotation", 5, &set);
    let turned = |i: usize, left: bool| -> f64 {
        let at = |y: usize, x: usize| set.image(i)[y * 28 + x];
        let expected = |y: usize, x: usize| if left { at(x, 27 - y) } else { at(27 - x, y) };
        let off = (0..784).map(|k| (found.image(i)[k] - expected(k / 28, k % 28)).abs());
        f64::from(off.fold(0.0, f32::max))
    };
    let directions: Vec<bool> = (0..12)
        .map(|i| {
            assert!(turned(i, true).min(turned(i, false)) < 1e-5, "{i}");
            turned(i, true) < 1e-5
        })
        .collect();
    assert!(directions.contains(&true) && directions.contains(&false), "{directions:?}");
}

#[test]
fn translation_moves_by_whole_pixels() {
    let set = clothes(10);
    let found = shifted("translation", 4, &set);
    for i in 0..10 {
        let (before, after) = (set.image(i), found.image(i));
        let fits = |dy: i64, dx: i64| {
            (6..22).all(|y| {
                (6..22).all(|x| {
                    let from = ((y - dy) * 28 + x - dx) as usize;
                    (after[(y * 28 + x) as usize] - before[from]).abs() < 1e-6
                })
            })
        };
        // 0.2 of 28 pixels, rounded along each axis.
        let distance = |dy: i64, dx: i64| ((dy * dy + dx * dx) as f64).sqrt();
        let moves = (-6..=6).flat_map(|dy| (-6..=6).map(move |dx| (dy, dx)));
        let moved = moves
            .filter(|&(dy, dx)| fits(dy, dx))
            .any(|(dy, dx)| (distance(dy, dx) - 5.6).abs() < 0.8);
        assert!(moved, "{i}");
    }
}

#[test]
fn an_eidolon_only_moves_what_is_there() {
    let set = clothes(6);
    let found = shifted("eidolon", 5, &set);
    for i in 0..6 {
        let range = |set: &Pictures| {
            let image = set.image(i);
            (image.iter().copied().fold(1.0, f32::min), image.iter().copied().fold(0.0, f32::max))
        };
        let (before, after) = (range(&set), range(&found));
        assert!(after.0 >= before.0 && after.1 <= before.1 + 1e-6, "{before:?} {after:?}");
    }
    let mut flat = clothes(1);
    flat.values.fill(0.3);
    assert!(displacement(&shifted("eidolon", 5, &flat), &flat) < 1e-6);
}

#[test]
fn pixelation_has_as_many_values_as_cells() {
    let set = clothes(6);
    let found = shifted("pixelation", 5, &set);
    for i in 0..6 {
        let image = found.image(i);
        // 10 % of 28, rounded up: 3 × 3 cells, each the mean of its pixels.
        let mut distinct = image.to_vec();
        distinct.sort_by(f32::total_cmp);
        distinct.dedup();
        assert!(distinct.len() <= 9, "{}", distinct.len());
        let corner: f32 = (0..10)
            .flat_map(|y| (0..10).map(move |x| (y, x)))
            .map(|(y, x)| set.image(i)[y * 28 + x])
            .sum();
        assert!((image[0] - corner / 100.0).abs() < 1e-5);
    }
}

#[test]
fn occlusion_covers_its_share_and_nothing_else() {
    let set = clothes(20);
    let found = shifted("occlusion", 2, &set);
    for i in 0..20 {
        let pairs: Vec<_> = set.image(i).iter().zip(found.image(i)).collect();
        assert!(pairs.iter().all(|(a, b)| a == b || **b == 0.5));
        let covered = pairs.iter().filter(|(_, b)| **b == 0.5).count() as f64 / 784.0;
        // Four stripes of 30 % of 7 pixels: 2 or 3 each.
        assert!((0.2..=0.45).contains(&covered), "{covered}");
    }
}

#[test]
fn a_square_becomes_its_outline_and_its_silhouette() {
    let inside = |k: usize| (4..12).contains(&(k / 16)) && (4..12).contains(&(k % 16));
    let values = (0..256).map(|k| if inside(k) { 0.7 } else { 0.1 }).collect();
    let ids = vec!["square".to_owned()];
    let square = Pictures { ids, values, channels: 1, height: 16, width: 16, labels: vec![0] };
    let drawing = shifted("edges", 5, &square);
    for (place, expected) in [(0, 1.0), (7 * 16 + 7, 1.0), (7 * 16 + 4, 0.0), (7 * 16 + 3, 0.0)] {
        // The gradient is largest at the corners: 3·√2 against 4 along the sides.
        let found = drawing.values[place];
        assert!((found - expected).abs() < 0.06, "{place}: {found}");
    }
    let shape = shifted("silhouettes", 5, &square);
    assert!((0..256).all(|k| shape.values[k] == if inside(k) { 0.0 } else { 1.0 }));
}

#[test]
fn cue_conflict_joins_low_and_high_frequencies_of_two_classes() {
    let set = faint(12);
    let fourier = of_size(28, 28);
    let found = shifted("cue-conflict", 3, &set);
    let spectrum = |set: &Pictures, i| fourier.forward(&Picture::of(set, i).plane(0));
    let spectra: Vec<_> = (0..12).map(|i| spectrum(&set, i)).collect();
    for i in 0..12 {
        let joined = spectrum(&found, i);
        let like = |j: usize, high: bool| {
            (0..784)
                .filter(|&k| (fourier.frequency(k) > 0.3) == high)
                .all(|k| (joined[k] - spectra[j][k]).norm() < 1e-4)
        };
        assert!(like(i, false), "{i}: the shape is its own");
        let textures: Vec<usize> = (0..12).filter(|&j| like(j, true)).collect();
        assert_eq!(textures.len(), 1, "{i}");
        assert_ne!(set.labels[textures[0]], set.labels[i], "{i}");
    }
}

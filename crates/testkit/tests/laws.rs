//! The laws over the registry of measures, one test a law.

use consilience_testkit::{assert_none, laws};

#[test]
fn a_representation_is_most_like_itself() {
    assert_none(&laws::identity());
}

#[test]
fn every_measure_has_data_among_those_of_the_laws() {
    assert_none(&laws::data_for_all());
}

#[test]
fn scores_are_within_the_declared_range() {
    assert_none(&laws::range());
}

#[test]
fn symmetry_is_as_declared() {
    assert_none(&laws::symmetry());
}

#[test]
fn invariances_are_those_declared_and_no_others() {
    assert_none(&laws::invariances());
}

#[test]
fn metrics_obey_the_triangle_inequality() {
    assert_none(&laws::triangle());
}

#[test]
fn the_plain_references_agree() {
    assert_none(&laws::oracle());
}

#[test]
fn chunks_play_no_part() {
    assert_none(&laws::chunking());
}

#[test]
fn merge_order_plays_no_part() {
    assert_none(&laws::merge_order());
}

#[test]
fn order_of_stimuli_plays_no_part() {
    assert_none(&laws::joint_permutation());
}

#[test]
fn principal_coordinates_are_exact() {
    assert_none(&laws::principal_coordinates());
}

#[test]
fn f32_is_close_to_f64() {
    assert_none(&laws::precision());
}

#[test]
fn threads_leave_the_bytes() {
    assert_none(&laws::threads());
}

#[test]
fn hostile_data_is_refused_by_name() {
    assert_none(&laws::hostile_data());
}

#[test]
fn data_at_the_edge_never_gives_nan() {
    assert_none(&laws::tiny_data());
}

#[test]
fn hostile_specs_are_refused_by_name() {
    assert_none(&laws::hostile_specs());
}

#[test]
fn documented_parameters_are_the_default() {
    assert_none(&laws::parameters());
}

#[test]
fn an_order_of_the_stimuli_does_what_is_declared() {
    assert_none(&laws::pairing());
}

#[test]
fn chance_levels_in_closed_form_are_those_of_random_orders() {
    assert_none(&laws::expected_by_chance());
}

#[test]
fn names_agree_with_what_is_declared() {
    assert_none(&laws::names());
}

#[test]
fn examples_are_canonical() {
    assert_none(&laws::examples());
}

#[test]
fn every_file_has_an_entry_and_every_entry_its_files() {
    assert_none(&laws::files());
}

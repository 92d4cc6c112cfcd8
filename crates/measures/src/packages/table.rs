//! The table: one entry a package, one line a quantity. The facts are of the version that is named.

use super::{Package, Protocol, Quantity, Transform};

/// A quantity that a spec reproduces as it is.
const fn same(
    name: &'static str,
    spec: &'static str,
    note: &'static str,
    oracle: &'static [&'static str],
) -> Quantity {
    Quantity { name, spec, transform: Transform::Identity, note, oracle }
}

/// Packages in alphabetical order.
pub static PACKAGES: &[Package] = &[
    Package {
        name: "netrep",
        version: "0186b8a",
        link: "https://github.com/ahwillia/netrep",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[Quantity {
            name: "LinearCKA",
            spec: "linear-cka",
            transform: Transform::ArcCosine,
            note: "an angle, in spite of its name",
            oracle: &["measure/netrep/cka-kernel=linear-hsic=gretton-distance=angular"],
        }],
    },
    Package {
        name: "resi",
        version: "24ab9e5",
        link: "https://github.com/mklabunde/resi",
        protocol: Protocol::InSample,
        shuffles: 0,
        quantities: &[
            same(
                "HardCorrelationMatch",
                "permutation",
                "",
                &["measure/resi/hard_correlation_match"],
            ),
            same(
                "SoftCorrelationMatch",
                "semi-matching",
                "best partners, both ways; not the optimal transport of the same name elsewhere",
                &["measure/resi/soft_correlation_match"],
            ),
            same("CKA", "linear-cka", "", &["measure/resi/cka-kernel=linear-hsic=gretton-score"]),
        ],
    },
];

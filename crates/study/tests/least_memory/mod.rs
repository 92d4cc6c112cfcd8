//! The least limit to memory that a study can keep within.

use consilience_data::ActivationSource;
use consilience_study::{StudySpec, plan};

/// Bytes that the first study of a spec holds without a limit, the greatest limit that is refused, and the least that is not.
pub(crate) fn least_memory(spec: &StudySpec, source: &dyn ActivationSource) -> (u64, u64, u64) {
    let peak = |memory| plan(spec, source, memory).map(|plan| plan.studies[0].peak_bytes);
    let whole = peak(None).expect("a plan");
    let (mut refused, mut enough) = (0, whole);
    while enough - refused > 1 {
        let middle = u64::midpoint(refused, enough);
        if peak(Some(middle)).is_ok() { enough = middle } else { refused = middle }
    }
    assert!(peak(Some(enough)).expect("enough") <= enough);
    (whole, refused, enough)
}

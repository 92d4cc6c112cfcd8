//! Pure algorithms with certificates: assignment, optimal transport.

mod assignment;
mod candidates;
mod certificate;
mod cost;
mod dense_search;
mod error;
mod lazy_search;
mod matching;
mod scan;
mod simplex;
mod transport;

pub use assignment::{
    Assignment, AssignmentWorkspace, assignment, assignment_with, maximum_assignment,
    maximum_assignment_with,
};
pub use cost::Objective;
pub use error::{Error, Result, Side};
pub use transport::{
    Plan, TransportWorkspace, transport, transport_with, uniform_transport, uniform_transport_with,
};

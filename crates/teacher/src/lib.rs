//! Ensembles of linear students of one teacher, whose alignment and error are known in closed form.
//!
//! Students learn the linear function of one teacher from samples with noise of their own. How alike they become, and how
//! wrong they stay, follows from the signal-to-noise ratio and the number of samples (Umar & Laio 2026): [`draw`] draws
//! ensembles, [`expected`] says what their means are. No framework and no steps of training: a linear student is the end
//! point (or any point on the way) of its training in closed form, by the singular values of its inputs.
//!
//! What a measure of similarity makes of the students is the business of others; [`Stimuli::hidden_layer`] is what it may read.

mod ensemble;
mod expectation;
mod network;
mod spectrum;
mod student;

pub use ensemble::{Ensemble, Inputs, Learnt, Setting, draw};
pub use expectation::{Expectation, expected};
pub use network::Stimuli;
pub use student::Student;

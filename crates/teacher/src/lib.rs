//! Ensembles of students that learn the same with noise of their own: how alike do they become?
//!
//! How alike, and how wrong they stay, follows from the signal-to-noise ratio and the number of samples (Umar & Laio 2026).
//!
//! Linear students of a linear teacher are known in closed form: [`draw`] draws ensembles, [`expected`] says what their means
//! are. No steps of training: such a student is the end point (or any point on the way) of its training, by the singular
//! values of its inputs. Two-layer ReLU students are trained, by the gradient of their squared loss written out: a [`Lesson`]
//! of a ReLU teacher, or of the classes of real data, is learnt with noise on the values or flipped labels.
//!
//! Real data are rows of an array with classes, or with what a linear teacher says of them: a [`Pool`] deals lessons in them. Linear
//! students learn these in closed form too, as a [`LinearLesson`]; [`expected_of_lessons`] says what their means over the noise are,
//! given the inputs and what is true of them.
//!
//! What a measure of similarity makes of the students is the business of others; [`Stimuli::hidden_layer`] and
//! [`Taught::hidden`] are what it may read.

mod descent;
mod ensemble;
mod expectation;
mod lesson;
mod linear;
mod network;
mod pool;
mod relu;
mod spectrum;
mod student;

pub use descent::{Descent, Trained, train};
pub use ensemble::{Ensemble, Inputs, Learnt, Setting, draw};
pub use expectation::{Expectation, expected};
pub use lesson::{Learner, Lesson, Taught, flip_probability};
pub use linear::{LinearLesson, LinearlyTaught, Parts, expected_of_lessons, mean_over_pairs};
pub use network::Stimuli;
pub use pool::Pool;
pub use relu::{ReluNetwork, Size};
pub use student::Student;

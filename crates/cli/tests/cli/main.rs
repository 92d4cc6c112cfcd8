//! The binary, as it is typed.

mod bad_input;
mod binary;
mod compare;
mod demo;

//! Tests of the wire format.

mod any;
mod documented;
mod frames;
mod golden;
mod hostile;
mod identities;
mod refusals;
mod serde_impls;

//! What the project's tasks share with the tests of the C library: building it, and compiling C against it.

pub mod library;

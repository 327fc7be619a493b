//! docs/json.md, whose tables and examples are those of the code.

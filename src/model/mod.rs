//! What an announcement is: its fields, limits and texts.

//! The model as JSON, for other people's programs.

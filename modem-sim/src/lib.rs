//! Simulator of cellular modems.

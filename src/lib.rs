#![no_std]
//! Cellular modems behind the embedded-nal traits.

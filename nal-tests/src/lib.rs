#![no_std]
#![forbid(unsafe_code)]
//! Conformance cases for stacks behind the embedded-nal traits.
//!
//! A case knows the traits and a peer, nothing of the stack under test. It says which sentence it
//! checks, and what came instead when the stack does otherwise. This is the beginning: the cases of
//! a TCP client over `embedded_nal_async`.

pub mod asynch;

use core::fmt;

/// How binding the sentence behind a case is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Level {
    /// The documentation of the trait demands it.
    Must,
    /// The documentation recommends it.
    Should,
    /// Published clients break without it.
    Clients,
}

/// What a case is about.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Case {
    /// Short name that does not change.
    pub id: &'static str,
    /// How binding it is.
    pub level: Level,
    /// The sentence that it checks, and where it stands.
    pub sentence: &'static str,
}

/// Why a case failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Failure {
    /// The stack gave an error where none belongs.
    Error(&'static str),
    /// Something else came than what the sentence says.
    Unexpected(&'static str),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Error(operation) => write!(f, "{operation} gave an error"),
            Failure::Unexpected(what) => f.write_str(what),
        }
    }
}

impl core::error::Error for Failure {}

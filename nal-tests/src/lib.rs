//! Conformance cases for NAL stacks.

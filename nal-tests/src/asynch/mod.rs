//! Cases of the async traits.
//!
//! They are written once for the traits of [`stack`], and run on a stack of `embedded-nal-async` by
//! [`Nal`], on one of `edge-nal` by [`Edge`].

mod edge;
mod nal;
pub mod stack;
pub mod stream;

#[cfg(feature = "edge-nal")]
pub use edge::Edge;
#[cfg(feature = "async")]
pub use nal::Nal;

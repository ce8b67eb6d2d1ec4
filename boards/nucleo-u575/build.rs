//! Links the table of the log, without an option of its own for the compiler: so other boards have the same builds.

fn main() {
    println!("cargo::rustc-link-arg-bins=-Tdefmt.x");
    println!("cargo::rerun-if-changed=build.rs");
}

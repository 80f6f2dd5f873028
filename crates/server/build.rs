//! Notices that the page was built; it is compiled into the program.

fn main() {
    // Only this: npm belongs to `cargo xtask build`. While there is no page, cargo takes the
    // missing folder for changed and compiles this crate anew each time.
    println!("cargo::rerun-if-changed=../../web/dist");
}

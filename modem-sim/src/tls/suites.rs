//! Cipher suites by number.

/// IANA numbers of the legacy numbers of `+USECPRF=<profile>,2,<n>`. SARA/LEXI internet applications
/// §3.2 show 3 and leave the list to a manual that is not at hand: this one is that of shipping drivers.
const LEGACY: [u16; 33] = [
    0x002f, 0x003c, 0x0035, 0x003d, 0x000a, 0x008c, 0x008d, 0x00ae, 0x00af, 0x00a8, 0x00a9, 0x008b, 0x0094,
    0x0095, 0x00b6, 0x00b7, 0x00ac, 0x00ad, 0x0093, 0xc009, 0xc00a, 0xc008, 0xc013, 0xc014, 0xc012, 0xc023,
    0xc024, 0xc027, 0xc028, 0xc02b, 0xc02c, 0xc02f, 0xc030,
];

/// The IANA number of a legacy number, 1 to 33.
pub(crate) fn legacy(number: u32) -> Option<u16> {
    LEGACY.get((number as usize).checked_sub(1)?).copied()
}

/// The text of numbers for a message.
pub(super) fn list(suites: &[u16]) -> String {
    let all: Vec<_> = suites.iter().map(|suite| format!("0x{suite:04X}")).collect();
    all.join(", ")
}

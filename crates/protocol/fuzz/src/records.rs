//! Octets as a row of steps: one octet for the kind, two for a length, then so many octets of
//! data. What is left of a cut record belongs to it.

/// The steps in `input`, at most [`MAX_STEPS`].
pub fn read(input: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    let mut rest = input;
    std::iter::from_fn(move || {
        let [kind, high, low, behind @ ..] = rest else { return None };
        let length = usize::from(u16::from_be_bytes([*high, *low])).min(behind.len());
        let (data, next) = behind.split_at(length);
        rest = next;
        Some((*kind, data))
    })
    .take(MAX_STEPS)
}

/// The most steps that are taken.
pub const MAX_STEPS: usize = 64;

/// Steps as octets: what [`read`] reads. The corpus' seeds are made with it.
#[allow(dead_code, reason = "fuzzing itself does not write")]
pub fn write(steps: &[(u8, &[u8])]) -> Vec<u8> {
    let mut octets = Vec::new();
    for (kind, data) in steps {
        octets.push(*kind);
        octets.extend((data.len() as u16).to_be_bytes());
        octets.extend(*data);
    }
    octets
}

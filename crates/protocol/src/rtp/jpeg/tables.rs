//! The tables that both sides know: T.81 annex K, and RFC 2435 appendix A.

/// One quantisation table: 64 elements of 8 bits in zig-zag order (T.81 figure A.6).
pub type QuantTable = [u8; 64];

/// Luminance quantisation, T.81 table K.1, in zig-zag order.
pub const LUMA_QUANT: QuantTable = [
    16, 11, 12, 14, 12, 10, 16, 14, 13, 14, 18, 17, 16, 19, 24, 40, 26, 24, 22, 22, 24, 49, 35, 37, 29, 40,
    58, 51, 61, 60, 57, 51, 56, 55, 64, 72, 92, 78, 64, 68, 87, 69, 55, 56, 80, 109, 81, 87, 95, 98, 103,
    104, 103, 62, 77, 113, 121, 112, 100, 120, 92, 101, 103, 99,
];

/// Chrominance quantisation, T.81 table K.2, in zig-zag order.
pub const CHROMA_QUANT: QuantTable = [
    17, 18, 18, 24, 21, 24, 47, 26, 26, 47, 99, 66, 56, 66, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
];

/// The luminance and chrominance tables that Q = 1 to 99 stands for (RFC 2435 section 4.2 and
/// appendix A); `None` for any other Q.
pub fn computed(q: u8) -> Option<[QuantTable; 2]> {
    let factor = match q {
        1..=49 => 5000 / u32::from(q),
        50..=99 => 200 - 2 * u32::from(q),
        _ => return None,
    };
    let scale = |table: &QuantTable| table.map(|v| ((u32::from(v) * factor + 50) / 100).clamp(1, 255) as u8);
    Some([scale(&LUMA_QUANT), scale(&CHROMA_QUANT)])
}

/// A Huffman table as a DHT segment carries it (T.81 section B.2.4.2).
#[derive(Debug)]
pub struct HuffmanTable {
    /// Number of codes of each length, 1 to 16 bits.
    pub counts: [u8; 16],
    /// The symbols, by code.
    pub symbols: &'static [u8],
    /// What it codes.
    pub name: &'static str,
    /// Its place in T.81.
    pub annex: &'static str,
}

/// DC differences of luminance, T.81 table K.3.
pub const LUMA_DC: HuffmanTable = HuffmanTable {
    counts: [0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    name: "luminance DC",
    annex: "table K.3",
};

/// DC differences of chrominance, T.81 table K.4.
pub const CHROMA_DC: HuffmanTable = HuffmanTable {
    counts: [0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0],
    symbols: &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11],
    name: "chrominance DC",
    annex: "table K.4",
};

/// AC coefficients of luminance, T.81 table K.5.
pub const LUMA_AC: HuffmanTable = HuffmanTable {
    counts: [0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 0x7d],
    symbols: &[
        0x01, 0x02, 0x03, 0x00, 0x04, 0x11, 0x05, 0x12, 0x21, 0x31, 0x41, 0x06, 0x13, 0x51, 0x61, 0x07, 0x22,
        0x71, 0x14, 0x32, 0x81, 0x91, 0xa1, 0x08, 0x23, 0x42, 0xb1, 0xc1, 0x15, 0x52, 0xd1, 0xf0, 0x24, 0x33,
        0x62, 0x72, 0x82, 0x09, 0x0a, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x34,
        0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54, 0x55,
        0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75, 0x76,
        0x77, 0x78, 0x79, 0x7a, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94, 0x95, 0x96,
        0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3, 0xb4, 0xb5,
        0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2, 0xd3, 0xd4,
        0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xf1,
        0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ],
    name: "luminance AC",
    annex: "table K.5",
};

/// AC coefficients of chrominance, T.81 table K.6.
pub const CHROMA_AC: HuffmanTable = HuffmanTable {
    counts: [0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 0x77],
    symbols: &[
        0x00, 0x01, 0x02, 0x03, 0x11, 0x04, 0x05, 0x21, 0x31, 0x06, 0x12, 0x41, 0x51, 0x07, 0x61, 0x71, 0x13,
        0x22, 0x32, 0x81, 0x08, 0x14, 0x42, 0x91, 0xa1, 0xb1, 0xc1, 0x09, 0x23, 0x33, 0x52, 0xf0, 0x15, 0x62,
        0x72, 0xd1, 0x0a, 0x16, 0x24, 0x34, 0xe1, 0x25, 0xf1, 0x17, 0x18, 0x19, 0x1a, 0x26, 0x27, 0x28, 0x29,
        0x2a, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x53, 0x54,
        0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x73, 0x74, 0x75,
        0x76, 0x77, 0x78, 0x79, 0x7a, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x92, 0x93, 0x94,
        0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xb2, 0xb3,
        0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xd2,
        0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea,
        0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa,
    ],
    name: "chrominance AC",
    annex: "table K.6",
};

#[cfg(test)]
mod tests {
    use super::*;

    /// The order of a block's coefficients on the wire (T.81 figure A.6): natural index by
    /// zig-zag position.
    const ZIGZAG: [u8; 64] = [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13,
        6, 7, 14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38,
        31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    ];

    #[test]
    fn every_huffman_table_has_as_many_symbols_as_codes() {
        for table in [&LUMA_DC, &CHROMA_DC, &LUMA_AC, &CHROMA_AC] {
            let codes: usize = table.counts.iter().map(|&n| usize::from(n)).sum();
            assert_eq!(codes, table.symbols.len(), "{}", table.name);
        }
    }

    #[test]
    fn computed_tables_follow_appendix_a() {
        // Q = 50 has the factor 100: the tables of annex K themselves.
        assert_eq!(computed(50), Some([LUMA_QUANT, CHROMA_QUANT]));
        // Q = 1 has the factor 5000: 16 * 50 = 800 is held to 255.
        assert_eq!(computed(1).unwrap()[0], [255; 64]);
        // Q = 99 has the factor 2: (16 * 2 + 50) / 100 = 0 is held to 1; (121 * 2 + 50) / 100 = 2.
        let [luma, chroma] = computed(99).unwrap();
        let of_121 = LUMA_QUANT.iter().position(|&v| v == 121).unwrap();
        assert_eq!((luma[0], luma[of_121], chroma[10]), (1, 2, 2));
        // Q = 25 has the factor 200.
        assert_eq!(computed(25).unwrap()[1][0], 34);
        for reserved in [0, 100, 127, 128, 255] {
            assert_eq!(computed(reserved), None);
        }
    }

    #[test]
    fn annex_k_is_in_zigzag_order() {
        let natural = |row: usize, column: usize| {
            LUMA_QUANT[ZIGZAG.iter().position(|&n| usize::from(n) == row * 8 + column).unwrap()]
        };
        let rows: [[u8; 8]; 8] = [
            [16, 11, 10, 16, 24, 40, 51, 61],
            [12, 12, 14, 19, 26, 58, 60, 55],
            [14, 13, 16, 24, 40, 57, 69, 56],
            [14, 17, 22, 29, 51, 87, 80, 62],
            [18, 22, 37, 56, 68, 109, 103, 77],
            [24, 35, 55, 64, 81, 104, 113, 92],
            [49, 64, 78, 87, 103, 121, 120, 101],
            [72, 92, 95, 98, 112, 100, 103, 99],
        ];
        for (r, row) in rows.iter().enumerate() {
            for (c, &value) in row.iter().enumerate() {
                assert_eq!(natural(r, c), value, "row {r}, column {c}");
            }
        }
    }
}

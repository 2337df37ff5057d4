//! The machine-readable zone: TD1, TD2 and TD3 (ICAO 9303-3 to -6).

//! What the files of a card say (ICAO 9303-10).

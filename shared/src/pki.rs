//! Who signed: certificates, CMS, master lists, anchors and the path to them (ICAO 9303-12).

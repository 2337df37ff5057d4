//! Reads ICAO 9303 chip ID cards and decides whether they are genuine.
#![no_std]
#![forbid(unsafe_code)]

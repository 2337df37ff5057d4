//! What only Vietnamese cards have.

//! What a search may spend on patterns. A picture of a carpet, or one made for it, has thousands of what looks like the corners of codes, and
//! each look at it would try them anew. It is counted and not timed, so that a slow machine finds what a fast one does.

use crate::Effort;

/// What is left of it.
pub struct Budget {
    corners: usize,
    triples: usize,
}

impl Budget {
    /// For one search.
    pub fn new(effort: Effort) -> Self {
        match effort {
            Effort::Frame => Self { corners: 1000, triples: 200 },
            Effort::Photograph => Self { corners: 4000, triples: 1000 },
        }
    }

    /// Corners were seen in one look.
    pub fn saw(&mut self, corners: usize) {
        self.corners = self.corners.saturating_sub(corners);
    }

    /// Takes one try at three corners, if there is one left.
    pub fn tries(&mut self) -> bool {
        let left = self.triples.checked_sub(1);
        self.triples = left.unwrap_or(0);
        left.is_some()
    }

    /// Whether nothing is left for a further look.
    pub fn is_spent(&self) -> bool {
        self.corners == 0 || self.triples == 0
    }
}

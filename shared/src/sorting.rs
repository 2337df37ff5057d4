//! Sorting in place, in a few instructions: the standard library's sorts are faster, and take two kilobytes of a gate's flash for each type
//! that is sorted.

/// Sorts by heap (Williams and Floyd, 1964): never slower than n · log n, whoever chose the order. Equal items may change places.
pub(crate) fn sort_by<T>(items: &mut [T], is_less: impl Fn(&T, &T) -> bool) {
    for root in (0..items.len() / 2).rev() {
        sift_down(items, root, &is_less);
    }
    for end in (1..items.len()).rev() {
        items.swap(0, end);
        if let Some(heap) = items.get_mut(..end) {
            sift_down(heap, 0, &is_less);
        }
    }
}

/// Sorts in ascending order.
pub(crate) fn sort<T: Ord>(items: &mut [T]) {
    sort_by(items, T::lt);
}

/// Moves an item down until neither of its children is larger.
fn sift_down<T>(heap: &mut [T], mut root: usize, is_less: &impl Fn(&T, &T) -> bool) {
    loop {
        let (left, right) = (2 * root + 1, 2 * root + 2);
        let larger = match (heap.get(left), heap.get(right)) {
            (Some(left_child), Some(right_child)) if is_less(left_child, right_child) => right,
            (Some(_), _) => left,
            (None, _) => return,
        };
        let (Some(parent), Some(child)) = (heap.get(root), heap.get(larger)) else { return };
        if !is_less(parent, child) {
            return;
        }
        heap.swap(root, larger);
        root = larger;
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig {
            rng_seed: proptest::test_runner::RngSeed::Fixed(9303),
            failure_persistence: None,
            ..ProptestConfig::default()
        })]

        #[test]
        fn items_come_in_order(items in vec(any::<u8>(), 0..40)) {
            let (mut sorted, mut expected) = (items.clone(), items);
            sort(&mut sorted);
            expected.sort_unstable();
            prop_assert_eq!(&sorted, &expected);
            sort_by(&mut sorted, |one, other| other < one);
            prop_assert_eq!(sorted, expected.into_iter().rev().collect::<Vec<_>>());
        }
    }
}

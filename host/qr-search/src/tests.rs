use super::*;

fn noise(len: usize, mut state: u64) -> Vec<u8> {
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 56).to_le_bytes()[0]
    };
    (0..len).map(|_| next()).collect()
}

#[test]
fn pictures_of_any_size_and_content_are_searched() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (20, 20), (21, 21), (22, 37), (64, 64), (333, 211)] {
        for fill in [0, 255] {
            assert!(
                search(&Picture::new(vec![fill; width * height], width, height).unwrap_or_else(|| panic!()), Effort::Photograph)
                    .is_empty()
            );
        }
        for seed in 0..4 {
            let picture = Picture::new(noise(width * height, seed), width, height).unwrap_or_else(|| panic!());
            for effort in [Effort::Frame, Effort::Photograph] {
                assert!(search(&picture, effort).is_empty());
            }
        }
    }
    assert!(Picture::new(vec![0; 3], 2, 2).is_none() && Picture::new(vec![], 0, 0).is_none());
    assert!(Picture::new(vec![0; 4], usize::MAX, 2).is_none());
}

#[test]
fn scales_keep_what_they_should() {
    let picture = Picture::new(vec![0, 2, 10, 12, 4, 6, 14, 16, 99], 3, 3).unwrap_or_else(|| panic!());
    assert_eq!(picture.reduced(1).luma(), picture.luma());
    assert_eq!(picture.cropped(1, 1, 9, 9).map(|part| part.luma().to_vec()), Some(vec![4, 6, 16, 99]));
    assert!(picture.cropped(3, 0, 1, 1).is_none());
    let square = Picture::new(vec![0, 2, 4, 6], 2, 2).unwrap_or_else(|| panic!());
    assert_eq!(square.reduced(2).luma(), [3]);
    assert_eq!(square.doubled().luma(), [0, 1, 2, 2, 2, 3, 4, 4, 4, 5, 6, 6, 4, 5, 6, 6]);
    assert_eq!(Picture::new(vec![10, 10, 20, 20], 2, 2).map(|dim| dim.stretched().luma().to_vec()), Some(vec![0, 0, 255, 255]));
}

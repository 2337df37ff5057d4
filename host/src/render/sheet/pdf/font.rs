//! The embedded letters: DejaVu Sans Condensed, cut to Latin with all of Vietnamese (`fonts/LICENSE.txt`).

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use ttf_parser::{Face, GlyphId};

const SYSTEM: SystemInfo<'static> = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };

/// A font and its bytes.
pub struct Font {
    name: &'static [u8],
    bytes: &'static [u8],
    face: Face<'static>,
}

impl Font {
    /// Ordinary letters.
    pub fn regular() -> Self {
        Self::of(b"SOATRG+DejaVuSansCondensed", include_bytes!("../../../../fonts/DejaVuSansCondensed.ttf"))
    }

    /// Bold letters.
    pub fn bold() -> Self {
        Self::of(b"SOATBD+DejaVuSansCondensed-Bold", include_bytes!("../../../../fonts/DejaVuSansCondensed-Bold.ttf"))
    }

    fn of(name: &'static [u8], bytes: &'static [u8]) -> Self {
        let face = Face::parse(bytes, 0).expect("the font is part of the program, and a test reads it");
        Self { name, bytes, face }
    }

    /// The glyph of a letter; that of U+FFFD where the font has none.
    fn glyph(&self, letter: char) -> GlyphId {
        self.face.glyph_index(letter).or_else(|| self.face.glyph_index('\u{FFFD}')).unwrap_or(GlyphId(0))
    }

    /// In thousandths of the letters' size.
    fn advance(&self, glyph: GlyphId) -> f32 {
        let units = f32::from(self.face.units_per_em());
        f32::from(self.face.glyph_hor_advance(glyph).unwrap_or(0)) * 1000.0 / units
    }

    /// The width of a text in points.
    pub fn width(&self, text: &str, size: f32) -> f32 {
        text.chars().map(|letter| self.advance(self.glyph(letter))).sum::<f32>() * size / 1000.0
    }

    /// A text as the numbers of its glyphs.
    pub fn encode(&self, text: &str) -> Vec<u8> {
        text.chars().flat_map(|letter| self.glyph(letter).0.to_be_bytes()).collect()
    }

    /// A text in lines of a width: broken at spaces, and within a word that is wider.
    pub fn wrapped(&self, text: &str, size: f32, width: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        for word in text.split_whitespace() {
            let line = lines.last_mut().expect("there is one from the start");
            let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
            if self.width(&joined, size) <= width {
                *line = joined;
                continue;
            }
            if !line.is_empty() {
                lines.push(String::new());
            }
            for letter in word.chars() {
                let line = lines.last_mut().expect("there is one from the start");
                line.push(letter);
                if self.width(line, size) > width && line.chars().count() > 1 {
                    line.pop();
                    lines.push(letter.to_string());
                }
            }
        }
        lines
    }

    /// Writes the font into a file (ISO 32000-1 §9.7), with what each glyph means, so that text can be searched and copied.
    pub fn embed(&self, pdf: &mut Pdf, [font, descendant, descriptor, meaning, data]: [Ref; 5]) {
        let units = f32::from(self.face.units_per_em());
        let scaled = |value: i16| f32::from(value) * 1000.0 / units;
        pdf.type0_font(font)
            .base_font(Name(self.name))
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(meaning);
        let mut cid = pdf.cid_font(descendant);
        cid.subtype(CidFontType::Type2).base_font(Name(self.name)).system_info(SYSTEM).font_descriptor(descriptor);
        cid.cid_to_gid_map_predefined(Name(b"Identity"));
        let advances = (0..self.face.number_of_glyphs()).map(|number| self.advance(GlyphId(number)));
        cid.widths().consecutive(0, advances);
        cid.finish();
        let bounds = self.face.global_bounding_box();
        pdf.font_descriptor(descriptor)
            .name(Name(self.name))
            .flags(FontFlags::SYMBOLIC)
            .bbox(Rect::new(scaled(bounds.x_min), scaled(bounds.y_min), scaled(bounds.x_max), scaled(bounds.y_max)))
            .italic_angle(0.0)
            .ascent(scaled(self.face.ascender()))
            .descent(scaled(self.face.descender()))
            .cap_height(scaled(self.face.capital_height().unwrap_or(0)))
            .stem_v(80.0)
            .font_file2(data);
        let mut map = UnicodeCmap::new(Name(b"Custom"), SYSTEM);
        for letter in (' '..='\u{2FFF}').filter(|letter| self.face.glyph_index(*letter).is_some()) {
            map.pair(self.glyph(letter).0, letter);
        }
        pdf.cmap(meaning, &map.finish());
        let length = i32::try_from(self.bytes.len()).unwrap_or(i32::MAX);
        pdf.stream(data, &deflated(self.bytes)).filter(Filter::FlateDecode).pair(Name(b"Length1"), length);
    }
}

/// Compressed as FlateDecode undoes it (RFC 1950).
pub fn deflated(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every letter with every mark that Vietnamese has.
    #[test]
    fn vietnamese_is_whole_in_both_fonts() {
        let letters = "aàáảãạăằắẳẵặâầấẩẫậeèéẻẽẹêềếểễệiìíỉĩịoòóỏõọôồốổỗộơờớởỡợuùúủũụưừứửữựyỳýỷỹỵđ";
        for font in [Font::regular(), Font::bold()] {
            for letter in letters.chars().chain(letters.to_uppercase().chars()).chain("✓✗?–—→…°“”".chars()) {
                assert!(font.face.glyph_index(letter).is_some(), "{letter}");
            }
        }
    }

    #[test]
    fn long_text_is_broken_and_nothing_is_lost() {
        let font = Font::regular();
        let text = format!("Nguyễn Thị {} Mẫu", "A".repeat(300));
        let lines = font.wrapped(&text, 10.0, 120.0);
        assert!(lines.iter().all(|line| font.width(line, 10.0) <= 120.0));
        assert_eq!(lines.concat().replace(' ', ""), text.replace(' ', ""));
    }
}

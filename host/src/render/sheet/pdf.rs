//! The page as PDF (ISO 32000-1): A4, its letters set smaller until all of it fits.

mod font;

use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, TextStr};
use qrcodegen::{QrCode, QrCodeEcc};

use self::font::Font;
use super::{Photo, Row, Sheet};

/// A4, in points.
const PAGE: (f32, f32) = (595.0, 842.0);
const MARGIN: f32 = 40.0;
const WIDTH: f32 = PAGE.0 - 2.0 * MARGIN;
/// Size of ordinary letters in points, and how far lines lie apart, before they are set smaller.
const SIZE: f32 = 9.5;
const LEADING: f32 = 1.32;
const GREY: [u8; 3] = [0x55, 0x55, 0x55];
const BLACK: [u8; 3] = [0x1A, 0x1A, 0x1A];

/// How much smaller than ordinary the letters must be for the page to hold everything.
pub fn scale(sheet: &Sheet) -> f32 {
    let fonts = Fonts::new();
    let fits = |scale: &f32| compose(sheet, &fonts, *scale).1 >= MARGIN;
    // What needs still smaller ones, no card with its twenty checks and fields of some hundred letters does.
    (0..=12_u8).map(|step| 1.0 - f32::from(step) * 0.05).find(fits).unwrap_or(0.4)
}

/// The whole file.
pub fn page(sheet: &Sheet) -> Vec<u8> {
    let fonts = Fonts::new();
    let (content, _) = compose(sheet, &fonts, scale(sheet));
    let mut next = 0;
    let mut id = || {
        next += 1;
        Ref::new(next)
    };
    let (catalog, tree, page, stream, photo, info) = (id(), id(), id(), id(), id(), id());
    let font_ids = [[id(), id(), id(), id(), id()], [id(), id(), id(), id(), id()]];
    let mut pdf = Pdf::new();
    pdf.catalog(catalog).pages(tree).lang(TextStr(sheet.language));
    pdf.pages(tree).kids([page]).count(1);
    let mut entry = pdf.page(page);
    entry.media_box(Rect::new(0.0, 0.0, PAGE.0, PAGE.1)).parent(tree).contents(stream);
    let mut resources = entry.resources();
    resources.fonts().pair(Name(b"R"), font_ids[0][0]).pair(Name(b"B"), font_ids[1][0]);
    if sheet.photo.is_some() {
        resources.x_objects().pair(Name(b"P"), photo);
    }
    resources.finish();
    entry.finish();
    pdf.stream(stream, &font::deflated(&content)).filter(Filter::FlateDecode);
    if let Some(face) = &sheet.photo {
        let mut image = pdf.image_xobject(photo, &face.jpeg);
        image.filter(Filter::DctDecode);
        image.width(i32::try_from(face.width).unwrap_or(1)).height(i32::try_from(face.height).unwrap_or(1));
        image.color_space().device_rgb();
        image.bits_per_component(8);
    }
    pdf.document_info(info).title(TextStr(&sheet.title)).producer(TextStr("soat"));
    fonts.regular.embed(&mut pdf, font_ids[0]);
    fonts.bold.embed(&mut pdf, font_ids[1]);
    pdf.finish()
}

struct Fonts {
    regular: Font,
    bold: Font,
}

impl Fonts {
    fn new() -> Self {
        Self { regular: Font::regular(), bold: Font::bold() }
    }
}

/// Draws the page with letters of a scale. Says how far down it came.
fn compose(sheet: &Sheet, fonts: &Fonts, scale: f32) -> (Vec<u8>, f32) {
    let mut pen = Pen { content: Content::new(), fonts, scale, y: PAGE.1 - MARGIN };
    pen.line(&sheet.title, MARGIN, 1.0, false, GREY);
    pen.verdict(sheet);
    sheet.notes.iter().for_each(|note| pen.paragraph(note, MARGIN, WIDTH, 1.0, BLACK));
    pen.identity(sheet);
    pen.heading(&sheet.checks.0);
    pen.checks(&sheet.checks.1);
    pen.heading(&sheet.issuer.0);
    sheet.issuer.1.iter().for_each(|line| pen.paragraph(line, MARGIN, WIDTH, 0.92, BLACK));
    pen.evidence(sheet);
    let y = pen.y;
    (pen.content.finish().into_vec(), y)
}

struct Pen<'a> {
    content: Content,
    fonts: &'a Fonts,
    scale: f32,
    /// Where the next line's top lies.
    y: f32,
}

impl Pen<'_> {
    fn size(&self, relative: f32) -> f32 {
        SIZE * self.scale * relative
    }

    fn colour(&mut self, [red, green, blue]: [u8; 3]) {
        let part = |byte: u8| f32::from(byte) / 255.0;
        self.content.set_fill_rgb(part(red), part(green), part(blue));
    }

    fn text(&mut self, text: &str, x: f32, y: f32, size: f32, bold: bool, colour: [u8; 3]) {
        let (name, font) = if bold { (Name(b"B"), &self.fonts.bold) } else { (Name(b"R"), &self.fonts.regular) };
        let glyphs = font.encode(text);
        self.colour(colour);
        self.content.begin_text().set_font(name, size).next_line(x, y).show(pdf_writer::Str(&glyphs)).end_text();
    }

    fn line(&mut self, text: &str, x: f32, relative: f32, bold: bool, colour: [u8; 3]) {
        let size = self.size(relative);
        self.text(text, x, self.y - size, size, bold, colour);
        self.y -= size * LEADING;
    }

    fn paragraph(&mut self, text: &str, x: f32, width: f32, relative: f32, colour: [u8; 3]) {
        let lines = self.fonts.regular.wrapped(text, self.size(relative), width);
        lines.iter().for_each(|line| self.line(line, x, relative, false, colour));
    }

    fn heading(&mut self, text: &str) {
        self.y -= self.size(0.7);
        self.line(text, MARGIN, 1.1, true, BLACK);
        self.colour([0xBB; 3]);
        self.content.rect(MARGIN, self.y + self.size(0.1), WIDTH, 0.5).fill_nonzero();
        self.y -= self.size(0.25);
    }

    fn verdict(&mut self, sheet: &Sheet) {
        let (light, verdict) = &sheet.verdict;
        let text = format!("{} {verdict}", light.symbol());
        let wanted = self.size(1.9);
        let size = wanted.min(wanted * (WIDTH - 16.0) / self.fonts.bold.width(&text, wanted).max(1.0));
        let height = wanted * 1.7;
        self.y -= self.size(0.2);
        self.colour(light.colour());
        self.content.rect(MARGIN, self.y - height, WIDTH, height).fill_nonzero();
        self.text(&text, MARGIN + 8.0, self.y - height / 2.0 - size * 0.36, size, true, [0xFF; 3]);
        self.y -= height + self.size(0.5);
    }

    fn identity(&mut self, sheet: &Sheet) {
        let (heading, fields) = &sheet.identity;
        let fields = match fields {
            Err(why) => return self.heading(why),
            Ok(fields) => fields,
        };
        self.heading(heading);
        let top = self.y;
        let mut bottom = top;
        let mut left = MARGIN;
        if let Some(photo) = &sheet.photo {
            let width = 86.0 * self.scale;
            bottom = self.photo(photo, width);
            left += width + 12.0;
        }
        let names = fields.iter().map(|(name, _)| self.fonts.regular.width(name, self.size(1.0)));
        let column = left + names.fold(0.0, f32::max).min(WIDTH / 3.0) + 10.0;
        for (name, value) in fields {
            let y = self.y;
            self.line(name, left, 1.0, false, GREY);
            self.y = y;
            self.paragraph(value, column, MARGIN + WIDTH - column, 1.0, BLACK);
        }
        self.y = self.y.min(bottom);
    }

    /// Draws the face at the left and says where it ends.
    fn photo(&mut self, photo: &Photo, width: f32) -> f32 {
        let pixels = |count: u32| f32::from(u16::try_from(count).unwrap_or(u16::MAX)).max(1.0);
        // No face is more than twice as high as wide.
        let height = (width * pixels(photo.height) / pixels(photo.width)).min(2.0 * width);
        let top = self.y;
        self.content.save_state().transform([width, 0.0, 0.0, height, MARGIN, top - height]);
        self.content.x_object(Name(b"P")).restore_state();
        top - height - self.size(0.4)
    }

    fn checks(&mut self, rows: &[Row]) {
        let names = rows.iter().map(|row| self.fonts.regular.width(&row.name, self.size(1.0)));
        let column = MARGIN + 16.0 + names.fold(0.0, f32::max) + 12.0;
        for row in rows {
            let y = self.y;
            let size = self.size(1.0);
            self.colour(row.light.colour());
            self.content.rect(MARGIN, y - size, size, size).fill_nonzero();
            let symbol = row.light.symbol().to_string();
            let middle = MARGIN + (size - self.fonts.bold.width(&symbol, size * 0.85)) / 2.0;
            self.text(&symbol, middle, y - size * 0.82, size * 0.85, true, [0xFF; 3]);
            self.line(&row.name, MARGIN + 16.0, 1.0, false, BLACK);
            self.y = y;
            self.paragraph(&row.outcome, column, MARGIN + WIDTH - column, 1.0, row.light.colour());
            for reason in &row.reasons {
                self.paragraph(reason, column, MARGIN + WIDTH - column, 0.9, GREY);
            }
        }
    }

    fn evidence(&mut self, sheet: &Sheet) {
        let (heading, digest, purpose) = &sheet.evidence;
        self.heading(heading);
        let side = 72.0;
        // The quiet zone towards the rule of the heading; to the other sides there is room enough (ISO 18004 §5.3.8).
        let top = self.y - side / 8.0;
        if let Ok(code) = QrCode::encode_text(digest, QrCodeEcc::Medium) {
            let count = code.size();
            let place = |module: i32| f32::from(u8::try_from(module).unwrap_or(0));
            let module = side / place(count);
            self.colour([0; 3]);
            for (x, y) in (0..count).flat_map(|y| (0..count).map(move |x| (x, y))) {
                if code.get_module(x, y) {
                    self.content.rect(MARGIN + place(x) * module, top - place(y + 1) * module, module, module);
                }
            }
            self.content.fill_nonzero();
        }
        let left = MARGIN + side + 14.0;
        self.paragraph(digest, left, MARGIN + WIDTH - left, 0.92, BLACK);
        self.paragraph(purpose, left, MARGIN + WIDTH - left, 1.0, BLACK);
        self.y = self.y.min(top - side);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Light;
    use super::*;

    /// Names of 400 letters without a space, and every check with a reason.
    #[test]
    fn the_longest_card_stays_on_one_page() {
        let row = |number: usize| Row {
            light: Light::Red,
            name: format!("Chữ ký của đối tượng bảo mật {number}"),
            outcome: "KHÔNG ĐẠT".to_owned(),
            reasons: vec!["Dữ liệu đã bị sửa hoặc giả mạo. ".repeat(3), "→ Không chấp nhận thẻ.".to_owned()],
        };
        let field = |number: usize| (format!("Trường {number}"), "Nguyễn".repeat(if number < 4 { 70 } else { 3 }));
        let sheet = Sheet {
            language: "vi",
            title: "Báo cáo".to_owned(),
            verdict: (Light::Red, "KHÔNG THẬT — TRÌNH DIỄN ".repeat(4)),
            notes: vec!["Kiểm tra ngoại tuyến trên máy này.".to_owned(); 4],
            photo: None,
            identity: ("Danh tính".to_owned(), Ok((0..20).map(field).collect())),
            checks: ("Các phép kiểm tra".to_owned(), (0..24).map(row).collect()),
            issuer: ("Nơi cấp".to_owned(), vec!["C=VN, O=".repeat(40); 2]),
            evidence: ("Bằng chứng".to_owned(), "0F".repeat(32), "Mã".to_owned()),
        };
        let (_, bottom) = compose(&sheet, &Fonts::new(), scale(&sheet));
        assert!(bottom >= MARGIN, "{bottom}");
        assert!(page(&sheet).starts_with(b"%PDF-"));
    }
}

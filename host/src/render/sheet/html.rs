//! The page as HTML: one file that loads nothing and runs nothing.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use qrcodegen::{QrCode, QrCodeEcc};

use super::{Light, Row, Sheet, pdf};

const STYLE: &str = "
@page{size:A4;margin:12mm}
*{box-sizing:border-box}
body{font-family:'Noto Sans','Segoe UI','DejaVu Sans',Roboto,sans-serif;line-height:1.3;color:#1a1a1a;max-width:186mm;margin:0 auto}
h1{font-size:1em;font-weight:normal;color:#555;margin:0}
h2{font-size:1.05em;margin:.9em 0 .3em;border-bottom:.5pt solid #bbb}
.verdict{color:#fff;font-size:1.9em;font-weight:bold;padding:.25em .5em;margin:.2em 0 .35em;overflow-wrap:anywhere}
.green{background:#1b7f3b}.red{background:#c62828}.yellow{background:#b26a00}.grey{background:#757575}
p{margin:.1em 0}
.holder{display:flex;gap:6mm;align-items:flex-start}
.holder img{width:30mm;height:auto;flex:none}
table{border-collapse:collapse;width:100%}
th{width:1%;font-weight:normal;color:#555;text-align:left;white-space:nowrap}
th,td{padding:.06em .8em .06em 0;vertical-align:top;overflow-wrap:anywhere}
.light{display:inline-block;width:1.25em;height:1.25em;line-height:1.25em;border-radius:50%;color:#fff;text-align:center;font-size:.8em}
.checks td:first-child{width:1.6em}.checks td:nth-child(2){white-space:pre}
.said-green{color:#1b7f3b}.said-red{color:#c62828}.said-yellow{color:#b26a00}.said-grey{color:#757575}
.why{color:#444;font-size:.92em}
.evidence{display:flex;gap:5mm;align-items:center}
.evidence svg{width:26mm;height:26mm;flex:none}
code{font-size:.92em;overflow-wrap:anywhere}
@media screen{body{padding:8mm 4mm;box-sizing:content-box}}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
";

/// The whole file.
pub fn page(sheet: &Sheet) -> String {
    let mut html = String::new();
    let size = 8.4 * pdf::scale(sheet);
    // The policy stands in the file too: whatever a browser finds in it, it loads and runs nothing.
    let _ = write!(
        html,
        "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta http-equiv=\"Content-Security-Policy\" \
         content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n<title>{}</title>\n\
         <style>{STYLE}body{{font-size:{size:.2}pt}}</style>\n</head>\n<body>\n<h1>{}</h1>\n",
        sheet.language,
        escaped(&sheet.title),
        escaped(&sheet.title)
    );
    let (light, verdict) = &sheet.verdict;
    let _ = writeln!(html, "<div class=\"verdict {}\">{} {}</div>", class(*light), light.symbol(), escaped(verdict));
    for note in &sheet.notes {
        let _ = writeln!(html, "<p>{}</p>", escaped(note));
    }
    let (heading, fields) = &sheet.identity;
    match fields {
        Ok(fields) => {
            let _ = writeln!(html, "<h2>{}</h2>\n<div class=\"holder\">", escaped(heading));
            if let Some(photo) = &sheet.photo {
                let _ = writeln!(html, "<img alt=\"\" src=\"data:image/jpeg;base64,{}\">", STANDARD.encode(&photo.jpeg));
            }
            html.push_str("<table>\n");
            for (name, value) in fields {
                let _ = writeln!(html, "<tr><th>{}</th><td>{}</td></tr>", escaped(name), escaped(value));
            }
            html.push_str("</table></div>\n");
        }
        Err(why) => {
            let _ = writeln!(html, "<h2>{}</h2>", escaped(why));
        }
    }
    let (heading, rows) = &sheet.checks;
    let _ = writeln!(html, "<h2>{}</h2>\n<table class=\"checks\">", escaped(heading));
    rows.iter().for_each(|row| check(&mut html, row));
    let (heading, lines) = &sheet.issuer;
    let _ = writeln!(html, "</table>\n<h2>{}</h2>", escaped(heading));
    for line in lines {
        let _ = writeln!(html, "<p>{}</p>", escaped(line));
    }
    let (heading, digest, purpose) = &sheet.evidence;
    let _ = writeln!(html, "<h2>{}</h2>\n<div class=\"evidence\">{}<div>", escaped(heading), code(digest));
    let _ = writeln!(html, "<p><code>{}</code></p><p>{}</p></div></div>\n</body>\n</html>", escaped(digest), escaped(purpose));
    html
}

fn check(html: &mut String, row: &Row) {
    let _ = write!(
        html,
        "<tr><td><span class=\"light {}\">{}</span></td><td>{}</td><td><span class=\"said-{}\">{}</span>",
        class(row.light),
        row.light.symbol(),
        escaped(&row.name),
        class(row.light),
        escaped(&row.outcome)
    );
    for reason in &row.reasons {
        let _ = write!(html, "<div class=\"why\">{}</div>", escaped(reason));
    }
    html.push_str("</td></tr>\n");
}

/// A QR code (ISO 18004) as a drawing, with the quiet zone of four modules.
fn code(text: &str) -> String {
    let Ok(code) = QrCode::encode_text(text, QrCodeEcc::Medium) else { return String::new() };
    let size = code.size();
    let mut path = String::new();
    for (x, y) in (0..size).flat_map(|y| (0..size).map(move |x| (x, y))) {
        if code.get_module(x, y) {
            let _ = write!(path, "M{} {}h1v1h-1z", x + 4, y + 4);
        }
    }
    let side = size + 8;
    format!("<svg viewBox=\"0 0 {side} {side}\" shape-rendering=\"crispEdges\"><path d=\"{path}\"/></svg>")
}

fn class(light: Light) -> &'static str {
    match light {
        Light::Green => "green",
        Light::Red => "red",
        Light::Yellow => "yellow",
        Light::Grey => "grey",
    }
}

fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_card_says_is_text_on_the_page() {
        assert_eq!(escaped("<img src=x onerror='a&b'>\""), "&lt;img src=x onerror=&#39;a&amp;b&#39;&gt;&quot;");
    }
}

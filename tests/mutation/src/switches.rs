//! Puts every mutant of a file behind a switch, so that one build has them all.
//!
//! An expression becomes `(if on(7) { the mutant } else { as it was })`, a function begins with `if on(8) { return the value; }`, an arm
//! gets a guard. One switch is thrown at a time: the mutant's branch is the bare source, and only the other has further switches in it.

use std::collections::BTreeMap;
use std::ops::Range;

use proc_macro2::Span as Place;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ReturnType, Signature, Stmt, Type};

use crate::mutant::{Genre, Mutant, Position};

/// A source with switches.
pub struct Switched {
    pub text: String,
    /// Where in the text each mutant was written, and what it surrounds.
    pub written: Vec<(usize, Range<usize>)>,
    pub around: Vec<(usize, Range<usize>)>,
}

/// The source with the mutants that are numbered here.
pub fn switched(source: &str, mutants: &BTreeMap<usize, &Mutant>) -> Switched {
    let file = syn::parse_file(source).unwrap();
    let mut places: BTreeMap<(Genre, Position), Vec<usize>> = BTreeMap::new();
    for (number, mutant) in mutants {
        places.entry((mutant.genre, mutant.span.start)).or_default().push(*number);
    }
    let mut writer = Writer { source, mutants, places, pieces: Vec::new() };
    writer.visit_file(&file);
    writer.text()
}

struct Piece {
    at: usize,
    text: String,
    numbers: Vec<usize>,
    closes: bool,
}

struct Writer<'a> {
    source: &'a str,
    mutants: &'a BTreeMap<usize, &'a Mutant>,
    places: BTreeMap<(Genre, Position), Vec<usize>>,
    pieces: Vec<Piece>,
}

impl Writer<'_> {
    fn at(&self, genre: Genre, place: Place) -> Vec<usize> {
        self.places.get(&(genre, place.start().into())).cloned().unwrap_or_default()
    }

    fn open(&mut self, at: usize, text: String, number: usize) {
        self.pieces.push(Piece { at, text, numbers: vec![number], closes: false });
    }

    /// The expression with the mutants' texts before it; what stands inside is visited by `inside`.
    fn expression(&mut self, range: Range<usize>, texts: Vec<(usize, String)>, inside: impl FnOnce(&mut Self)) {
        if texts.is_empty() {
            inside(self);
            return;
        }
        let numbers: Vec<usize> = texts.iter().map(|(number, _)| *number).collect();
        for (index, (number, text)) in texts.into_iter().enumerate() {
            let head = if index == 0 { "(" } else { " else " };
            self.open(range.start, format!("{head}if crate::mutant::on({number}) {{ {text}\n}}"), number);
        }
        self.pieces.push(Piece { at: range.start, text: " else { ".into(), numbers: numbers.clone(), closes: false });
        inside(self);
        self.pieces.push(Piece { at: range.end, text: " })".into(), numbers, closes: true });
    }

    /// Gives back what is to be written once all inside was.
    fn function(&mut self, signature: &Signature, block: &Block) -> Vec<Piece> {
        let Some(first) = block.stmts.first() else { return Vec::new() };
        let mut closing = Vec::new();
        let numbers = self.at(Genre::FnValue, first.span());
        // `impl Trait` is one type, and another value has another: an iterator can give less than it does, and nothing else.
        if matches!(&signature.output, ReturnType::Type(_, kind) if matches!(**kind, Type::ImplTrait(_))) {
            let Some(Stmt::Expr(last, None)) = block.stmts.last() else { return closing };
            let range = last.span().byte_range();
            for number in numbers.into_iter().filter(|number| self.mutants[number].replacement.ends_with("empty()")) {
                self.open(range.start, "(".into(), number);
                let text = format!(").filter(|_| !crate::mutant::on({number}))");
                closing.push(Piece { at: range.end, text, numbers: vec![number], closes: true });
            }
            return closing;
        }
        for number in numbers {
            let value = self.mutants[&number].replacement.clone();
            let text = format!("if crate::mutant::on({number}) {{ return {value}; }}\n");
            self.open(first.span().byte_range().start, text, number);
        }
        closing
    }

    fn text(mut self) -> Switched {
        // What ends here ends before anything begins; else the order is that of the visit.
        self.pieces.sort_by_key(|piece| (piece.at, !piece.closes));
        let (mut text, mut from) = (String::new(), 0);
        let mut switched = Switched { text: String::new(), written: Vec::new(), around: Vec::new() };
        let mut begun: BTreeMap<usize, usize> = BTreeMap::new();
        for piece in &self.pieces {
            text += &self.source[from..piece.at];
            from = piece.at;
            let start = text.len();
            text += &piece.text;
            for number in &piece.numbers {
                switched.written.push((*number, start..text.len()));
                let begin = *begun.entry(*number).or_insert(start);
                if piece.closes {
                    switched.around.push((*number, begin..text.len()));
                }
            }
        }
        text += &self.source[from..];
        switched.text = text;
        switched
    }
}

impl<'ast> Visit<'ast> for Writer<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        let closing = self.function(&item.sig, &item.block);
        visit::visit_item_fn(self, item);
        self.pieces.extend(closing);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        let closing = self.function(&item.sig, &item.block);
        visit::visit_impl_item_fn(self, item);
        self.pieces.extend(closing);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast syn::TraitItemFn) {
        if let Some(block) = &item.default {
            let closing = self.function(&item.sig, block);
            visit::visit_trait_item_fn(self, item);
            self.pieces.extend(closing);
        }
    }

    fn visit_expr_binary(&mut self, binary: &'ast syn::ExprBinary) {
        let (whole, operator) = (binary.span().byte_range(), binary.op.span().byte_range());
        let (left, right) = (&self.source[whole.start..operator.start], &self.source[operator.end..whole.end]);
        // Beside `let` there is `&&` alone.
        let numbers = if has_let(&binary.left) || has_let(&binary.right) {
            Vec::new()
        } else {
            self.at(Genre::BinaryOperator, binary.op.span())
        };
        let texts = numbers.into_iter().map(|number| (number, format!("{left}{}{right}", self.mutants[&number].replacement)));
        self.expression(whole, texts.collect(), |writer| visit::visit_expr_binary(writer, binary));
    }

    fn visit_expr_unary(&mut self, unary: &'ast syn::ExprUnary) {
        let (whole, operand) = (unary.span().byte_range(), unary.expr.span().byte_range());
        let texts = self.at(Genre::UnaryOperator, unary.op.span()).into_iter();
        let texts = texts.map(|number| (number, self.source[operand.clone()].to_owned())).collect();
        self.expression(whole, texts, |writer| visit::visit_expr_unary(writer, unary));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let (whole, receiver) = (call.span().byte_range(), call.receiver.span().byte_range());
        let texts = self.at(Genre::Ending, call.method.span()).into_iter();
        let texts = texts.map(|number| (number, self.source[receiver.clone()].to_owned())).collect();
        self.expression(whole, texts, |writer| visit::visit_expr_method_call(writer, call));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        for number in self.at(Genre::MatchArm, arm.span()) {
            self.open(arm.pat.span().byte_range().end, format!(" if !crate::mutant::on({number})"), number);
        }
        let Some((_, guard)) = arm.guard.as_ref().filter(|(_, guard)| !has_let(guard)) else {
            visit::visit_arm(self, arm);
            return;
        };
        let numbers = self.at(Genre::MatchArmGuard, guard.span());
        let texts = numbers.into_iter().map(|number| (number, self.mutants[&number].replacement.clone())).collect();
        self.visit_pat(&arm.pat);
        self.expression(guard.span().byte_range(), texts, |writer| writer.visit_expr(guard));
        self.visit_expr(&arm.body);
    }
}

fn has_let(expression: &Expr) -> bool {
    match expression {
        Expr::Let(_) => true,
        Expr::Binary(binary) => has_let(&binary.left) || has_let(&binary.right),
        _ => false,
    }
}

/// Where checks end, in a file of the inspection: the calls that give a row another outcome or weight.
pub fn endings(file: &str, source: &str) -> Vec<Mutant> {
    struct Endings<'a>(&'a str, Vec<Mutant>);
    impl<'ast> Visit<'ast> for Endings<'_> {
        fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
            let method = call.method.to_string();
            let names = ["failed", "undetermined", "not_supported", "ended", "weighing", "not_run", "judged_by"];
            if names.contains(&method.as_str()) {
                let (start, end): (Position, Position) = (call.method.span().start().into(), call.method.span().end().into());
                let name = format!("{}:{}:{}: leave {method} out", self.0, start.line, start.column);
                let span = crate::mutant::Span { start, end };
                let (file, replacement, key) = (self.0.to_owned(), String::new(), String::new());
                self.1.push(Mutant { file, genre: Genre::Ending, replacement, span, name, key });
            }
            visit::visit_expr_method_call(self, call);
        }
    }
    let mut found = Endings(file, Vec::new());
    found.visit_file(&syn::parse_file(source).unwrap());
    found.1.into_iter().map(|mutant| mutant.named(source)).collect()
}

//! As much of CDDL (RFC 8610) as the format of the dossier is written in, read and checked without the toolkit: rules, choices, arrays,
//! maps, tags, member names, `*`, literals, `.size` and `.cbor`.

use std::collections::BTreeMap;

use ciborium::Value;

/// A type.
#[derive(Clone, Debug)]
enum Type {
    Choice(Vec<Type>),
    Name(String),
    Integer(i128),
    Text(String),
    Array(Vec<Member>),
    Map(Vec<(Type, Member)>),
    Tag(u64, Box<Type>),
    Size(Box<Type>, u64),
    Cbor(Box<Type>, Box<Type>),
}

/// A member of an array or a map.
#[derive(Clone, Debug)]
struct Member {
    many: bool,
    kind: Type,
}

/// A whole schema; its first rule is what a document must be.
pub struct Schema {
    first: String,
    rules: BTreeMap<String, Type>,
}

impl Schema {
    /// Reads a schema.
    ///
    /// # Errors
    /// What is not understood. A name that no rule defines is not.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut tokens = Tokens { tokens: tokens(text)?, next: 0 };
        let (mut first, mut rules) = (None, BTreeMap::new());
        while let Some(token) = tokens.take() {
            let name = token.strip_prefix('$').ok_or_else(|| format!("{token} where a rule begins"))?.to_owned();
            tokens.expect("=")?;
            first.get_or_insert_with(|| name.clone());
            let kind = tokens.choice()?;
            if rules.insert(name.clone(), kind).is_some() {
                return Err(format!("{name} is defined twice"));
            }
        }
        let schema = Self { first: first.ok_or("no rule")?, rules };
        schema.rules.values().try_for_each(|kind| schema.check_names(kind))?;
        Ok(schema)
    }

    fn check_names(&self, kind: &Type) -> Result<(), String> {
        match kind {
            Type::Choice(kinds) => kinds.iter().try_for_each(|kind| self.check_names(kind)),
            Type::Name(name) if BUILT_IN.contains(&name.as_str()) || self.rules.contains_key(name) => Ok(()),
            Type::Name(name) => Err(format!("{name} is not defined")),
            Type::Integer(_) | Type::Text(_) => Ok(()),
            Type::Array(members) => members.iter().try_for_each(|member| self.check_names(&member.kind)),
            Type::Map(members) => {
                members.iter().try_for_each(|(key, member)| self.check_names(key).and_then(|()| self.check_names(&member.kind)))
            }
            Type::Tag(_, kind) | Type::Size(kind, _) => self.check_names(kind),
            Type::Cbor(kind, inner) => self.check_names(kind).and_then(|()| self.check_names(inner)),
        }
    }

    /// Whether bytes are one CBOR item that the first rule describes.
    pub fn accepts(&self, bytes: &[u8]) -> bool {
        decode(bytes).is_some_and(|value| self.matches(&Type::Name(self.first.clone()), &value))
    }

    fn matches(&self, kind: &Type, value: &Value) -> bool {
        match (kind, value) {
            (Type::Choice(kinds), _) => kinds.iter().any(|kind| self.matches(kind, value)),
            (Type::Name(name), _) => match (name.as_str(), value) {
                ("bstr", value) => value.is_bytes(),
                ("tstr", value) => value.is_text(),
                ("int", value) => value.is_integer(),
                ("uint", Value::Integer(number)) => i128::from(*number) >= 0,
                ("null", value) => value.is_null(),
                (name, value) => self.rules.get(name).is_some_and(|kind| self.matches(kind, value)),
            },
            (Type::Integer(expected), Value::Integer(number)) => i128::from(*number) == *expected,
            (Type::Text(expected), Value::Text(text)) => text == expected,
            (Type::Array(members), Value::Array(values)) => self.matches_array(members, values),
            (Type::Map(members), Value::Map(pairs)) => self.matches_map(members, pairs),
            (Type::Tag(expected, kind), Value::Tag(tag, inner)) => tag == expected && self.matches(kind, inner),
            (Type::Size(kind, size), Value::Bytes(bytes)) => self.matches(kind, value) && bytes.len() as u64 == *size,
            (Type::Cbor(kind, inner), Value::Bytes(bytes)) => {
                self.matches(kind, value) && decode(bytes).is_some_and(|value| self.matches(inner, &value))
            }
            _ => false,
        }
    }

    fn matches_array(&self, members: &[Member], values: &[Value]) -> bool {
        let mut rest = values.iter().peekable();
        for member in members {
            if member.many {
                while rest.next_if(|value| self.matches(&member.kind, value)).is_some() {}
            } else if !rest.next().is_some_and(|value| self.matches(&member.kind, value)) {
                return false;
            }
        }
        rest.next().is_none()
    }

    fn matches_map(&self, members: &[(Type, Member)], pairs: &[(Value, Value)]) -> bool {
        let fits = |(key, member): &&(Type, Member), pair: &(Value, Value)| {
            self.matches(key, &pair.0) && self.matches(&member.kind, &pair.1)
        };
        let all_known = pairs.iter().all(|pair| members.iter().any(|member| fits(&member, pair)));
        let all_there = members
            .iter()
            .filter(|(_, member)| !member.many)
            .all(|member| pairs.iter().filter(|pair| fits(&member, pair)).count() == 1);
        let distinct = pairs.iter().enumerate().all(|(at, pair)| pairs.iter().skip(at + 1).all(|other| other.0 != pair.0));
        all_known && all_there && distinct
    }
}

/// Names of the standard prelude (RFC 8610 appendix D) that are used.
const BUILT_IN: [&str; 5] = ["bstr", "tstr", "int", "uint", "null"];

fn decode(bytes: &[u8]) -> Option<Value> {
    let mut rest = bytes;
    let value = ciborium::from_reader(&mut rest).ok()?;
    rest.is_empty().then_some(value)
}

/// Tokens as text; a name has `$` before it, a text `"`.
struct Tokens {
    tokens: Vec<String>,
    next: usize,
}

impl Tokens {
    fn peek(&self, ahead: usize) -> Option<&str> {
        self.tokens.get(self.next + ahead).map(String::as_str)
    }

    fn take(&mut self) -> Option<String> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }

    fn take_if(&mut self, token: &str) -> bool {
        let there = self.peek(0) == Some(token);
        self.next += usize::from(there);
        there
    }

    fn expect(&mut self, token: &str) -> Result<(), String> {
        if self.take_if(token) { Ok(()) } else { Err(format!("{:?} where {token} belongs", self.peek(0))) }
    }

    fn choice(&mut self) -> Result<Type, String> {
        let mut kinds = vec![self.controlled()?];
        while self.take_if("/") {
            kinds.push(self.controlled()?);
        }
        Ok(match kinds.pop() {
            Some(only) if kinds.is_empty() => only,
            last => Type::Choice(kinds.into_iter().chain(last).collect()),
        })
    }

    fn controlled(&mut self) -> Result<Type, String> {
        let kind = self.single()?;
        if self.take_if(".size") {
            let size = self.take().and_then(|token| token.parse().ok()).ok_or("a size that is no number")?;
            return Ok(Type::Size(Box::new(kind), size));
        }
        if self.take_if(".cbor") {
            return Ok(Type::Cbor(Box::new(kind), Box::new(self.single()?)));
        }
        Ok(kind)
    }

    fn single(&mut self) -> Result<Type, String> {
        let token = self.take().ok_or("the schema ends too early")?;
        if let Some(name) = token.strip_prefix('$') {
            return Ok(Type::Name(name.to_owned()));
        }
        if let Some(text) = token.strip_prefix('"') {
            return Ok(Type::Text(text.to_owned()));
        }
        if let Some(tag) = token.strip_prefix("#6.") {
            let tag = tag.parse().map_err(|_| format!("{token} is no tag"))?;
            self.expect("(")?;
            let kind = self.choice()?;
            self.expect(")")?;
            return Ok(Type::Tag(tag, Box::new(kind)));
        }
        match token.as_str() {
            "[" => self.array(),
            "{" => self.map(),
            number => number.parse().map(Type::Integer).map_err(|_| format!("{number} where a type belongs")),
        }
    }

    fn array(&mut self) -> Result<Type, String> {
        let mut members = Vec::new();
        while !self.take_if("]") {
            let many = self.take_if("*");
            if self.peek(0).is_some_and(|token| token.starts_with('$')) && self.peek(1) == Some(":") {
                self.next += 2;
            }
            members.push(Member { many, kind: self.choice()? });
            self.take_if(",");
        }
        Ok(Type::Array(members))
    }

    fn map(&mut self) -> Result<Type, String> {
        let mut members = Vec::new();
        while !self.take_if("}") {
            let many = self.take_if("*");
            let key = self.single()?;
            self.expect("=>")?;
            members.push((key, Member { many, kind: self.choice()? }));
            self.take_if(",");
        }
        Ok(Type::Map(members))
    }
}

fn tokens(text: &str) -> Result<Vec<String>, String> {
    let mut tokens = Vec::new();
    for line in text.lines() {
        let mut rest = line.trim_start();
        while !rest.is_empty() && !rest.starts_with(';') {
            let (token, after) = token(rest)?;
            tokens.push(token);
            rest = after.trim_start();
        }
    }
    Ok(tokens)
}

fn token(rest: &str) -> Result<(String, &str), String> {
    let split = |len: usize| rest.split_at(len);
    if let Some(text) = rest.strip_prefix('"') {
        let (text, after) = text.split_once('"').ok_or_else(|| format!("an open text: {rest}"))?;
        return Ok((format!("\"{text}"), after));
    }
    if let Some(symbol) = ["=>", ".size", ".cbor"].into_iter().find(|symbol| rest.starts_with(symbol)) {
        return Ok((symbol.to_owned(), split(symbol.len()).1));
    }
    let while_in = |allowed: fn(char) -> bool, from: usize| {
        rest.char_indices().skip(from).find(|(_, letter)| !allowed(*letter)).map_or(rest.len(), |(at, _)| at)
    };
    match rest.chars().next() {
        Some(first) if first.is_ascii_alphabetic() => {
            let (name, after) = split(while_in(|letter| letter.is_ascii_alphanumeric() || letter == '-', 1));
            Ok((format!("${name}"), after))
        }
        Some(first) if first.is_ascii_digit() || first == '-' => {
            let (number, after) = split(while_in(|letter| letter.is_ascii_digit(), 1));
            Ok((number.to_owned(), after))
        }
        Some('#') => {
            let (tag, after) = split(while_in(|letter| letter.is_ascii_digit() || letter == '.', 1));
            Ok((tag.to_owned(), after))
        }
        Some(symbol) if "=/[]{}(),:*".contains(symbol) => Ok((symbol.to_string(), split(1).1)),
        _ => Err(format!("not understood: {rest}")),
    }
}

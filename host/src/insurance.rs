//! The health-insurance portal (BHYT): is this person insured? Two calls behind one trait, so that another way to the portal, or a
//! stand-in, is another implementation. The portal is believed no further than its answer agrees with who was asked about.

pub mod account;
pub mod answer;
pub mod failure;
pub mod https;
mod key_store;
pub mod person;

use zeroize::Zeroizing;

use self::answer::Answer;
use self::failure::Failure;
use self::person::Person;

/// A way to the portal.
pub trait Portal {
    /// Logs in. Asked again it gives another token and changes nothing.
    ///
    /// # Errors
    /// That the portal cannot be reached, makes no sense or refuses the account.
    fn take_token(&self) -> Result<Token, Failure>;

    /// Asks about a person.
    ///
    /// # Errors
    /// That the portal cannot be reached, makes no sense or takes the token no longer.
    fn look_up(&self, token: &Token, person: &Person) -> Result<Answer, Failure>;
}

/// What stands for the account for some minutes. Secret: has no `Debug`.
pub struct Token {
    /// Goes into the address as `token`.
    pub access: Zeroizing<String>,
    /// Goes into the address as `id_token`.
    pub id: Zeroizing<String>,
}

/// Logs in and asks. A token that the portal takes no longer is taken anew, once: another refusal is about the account.
///
/// # Errors
/// Why there is no answer.
pub fn ask(portal: &impl Portal, person: &Person) -> Result<Answer, Failure> {
    match portal.look_up(&portal.take_token()?, person) {
        Err(Failure::TokenRefused) => match portal.look_up(&portal.take_token()?, person) {
            Err(Failure::TokenRefused) => Err(Failure::AccountRefused),
            second => second,
        },
        first => first,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::{Cell, RefCell};

    use super::*;

    /// A portal that gives one answer after the other.
    struct Scripted {
        tokens: Cell<usize>,
        answers: RefCell<Vec<Result<Answer, Failure>>>,
    }

    impl Scripted {
        fn new(mut answers: Vec<Result<Answer, Failure>>) -> Self {
            answers.reverse();
            Self { tokens: Cell::new(0), answers: RefCell::new(answers) }
        }
    }

    impl Portal for Scripted {
        fn take_token(&self) -> Result<Token, Failure> {
            self.tokens.set(self.tokens.get() + 1);
            let text = |name| Zeroizing::new(format!("{name}{}", self.tokens.get()));
            Ok(Token { access: text("access"), id: text("id") })
        }

        fn look_up(&self, token: &Token, _: &Person) -> Result<Answer, Failure> {
            assert_eq!(token.access.as_str(), format!("access{}", self.tokens.get()), "an old token");
            self.answers.borrow_mut().pop().unwrap()
        }
    }

    fn valid() -> Answer {
        Answer::parse(br#"{"maKetQua":"000"}"#).unwrap()
    }

    fn person() -> Person {
        Person::unverified("001199000001", "Nguyễn Thị Mẫu", "01/01/1999").unwrap()
    }

    #[test]
    fn an_expired_token_is_taken_again_once() {
        let portal = Scripted::new(vec![Err(Failure::TokenRefused), Ok(valid())]);
        assert!(ask(&portal, &person()).is_ok());
        assert_eq!(portal.tokens.get(), 2);

        let portal = Scripted::new(vec![Err(Failure::TokenRefused), Err(Failure::TokenRefused), Ok(valid())]);
        assert!(matches!(ask(&portal, &person()), Err(Failure::AccountRefused)));
        assert_eq!(portal.tokens.get(), 2);
    }

    #[test]
    fn nothing_else_is_asked_again() {
        for failure in [Failure::TimedOut, Failure::Status(500), Failure::Unreadable, Failure::TooLong] {
            let portal = Scripted::new(vec![Err(failure), Ok(valid())]);
            assert!(ask(&portal, &person()).is_err());
            assert_eq!(portal.tokens.get(), 1);
        }
    }
}

//! What the owner reports of itself, and which of it the panel has not yet heard.

/// The reader's own state (RSTATR, SIA OSDP 2.2 §7.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReaderStatus {
    /// It answers.
    #[default]
    Normal,
    /// It does not answer.
    NotConnected,
    /// It was tampered with.
    Tampered,
}

/// What LSTAT, ISTAT, OSTAT and RSTAT ask for; a change is reported on the next POLL.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    /// The case is open.
    pub tamper: bool,
    /// Power fails.
    pub power_failure: bool,
    /// Input 0: the door stands open.
    pub door_open: bool,
    /// Input 1: the exit button is pressed.
    pub exit_button: bool,
    /// Output 0: the lock relay is driven.
    pub relay: bool,
    /// The document reader.
    pub reader: ReaderStatus,
}

/// Inputs that ISTATR reports.
pub(super) const INPUTS: u8 = 2;
/// Outputs that OSTATR reports and OUT drives.
pub(super) const OUTPUTS: u8 = 1;

/// One of the four reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Report {
    Local,
    Reader,
    Inputs,
    Outputs,
}

impl Report {
    /// The most urgent first.
    const ALL: [Self; 4] = [Self::Local, Self::Reader, Self::Inputs, Self::Outputs];

    /// The bytes of this report, of which the first `len` count.
    pub(super) fn of(self, status: &Status) -> ([u8; 2], usize) {
        match self {
            Self::Local => ([status.tamper.into(), status.power_failure.into()], 2),
            Self::Reader => {
                let reader = match status.reader {
                    ReaderStatus::Normal => 0,
                    ReaderStatus::NotConnected => 1,
                    ReaderStatus::Tampered => 2,
                };
                ([reader, 0], 1)
            }
            Self::Inputs => ([status.door_open.into(), status.exit_button.into()], INPUTS.into()),
            Self::Outputs => ([status.relay.into(), 0], OUTPUTS.into()),
        }
    }
}

/// The state now, and as the panel last heard it.
pub(super) struct Reports {
    pub(super) now: Status,
    heard: Status,
}

impl Reports {
    pub(super) fn new() -> Self {
        Self { now: Status::default(), heard: Status::default() }
    }

    /// The first report that differs from what was heard.
    pub(super) fn changed(&self) -> Option<Report> {
        Report::ALL.into_iter().find(|report| report.of(&self.now) != report.of(&self.heard))
    }

    /// The panel hears this report.
    pub(super) fn tell(&mut self, report: Report) -> ([u8; 2], usize) {
        let Status { tamper, power_failure, door_open, exit_button, relay, reader } = self.now;
        self.heard = match report {
            Report::Local => Status { tamper, power_failure, ..self.heard },
            Report::Reader => Status { reader, ..self.heard },
            Report::Inputs => Status { door_open, exit_button, ..self.heard },
            Report::Outputs => Status { relay, ..self.heard },
        };
        report.of(&self.now)
    }

    /// A new panel has heard nothing: whatever is not at rest is a change to it.
    pub(super) fn forget(&mut self) {
        self.heard = Status::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_told_once_each_and_the_urgent_first() {
        let mut reports = Reports::new();
        assert_eq!(reports.changed(), None);
        reports.now =
            Status { tamper: true, exit_button: true, relay: true, reader: ReaderStatus::NotConnected, ..Status::default() };
        let mut told = Vec::new();
        while let Some(report) = reports.changed() {
            told.push((report, reports.tell(report)));
        }
        assert_eq!(
            told,
            [
                (Report::Local, ([1, 0], 2)),
                (Report::Reader, ([1, 0], 1)),
                (Report::Inputs, ([0, 1], 2)),
                (Report::Outputs, ([1, 0], 1))
            ]
        );
        reports.forget();
        assert_eq!(reports.changed(), Some(Report::Local));
    }

    #[test]
    fn every_state_has_its_place() {
        let of = |report: Report, status: Status| {
            let (bytes, len) = report.of(&status);
            bytes.into_iter().take(len).collect::<Vec<_>>()
        };
        assert_eq!(of(Report::Local, Status { power_failure: true, ..Status::default() }), [0, 1]);
        assert_eq!(of(Report::Reader, Status { reader: ReaderStatus::Tampered, ..Status::default() }), [2]);
        assert_eq!(of(Report::Inputs, Status { door_open: true, ..Status::default() }), [1, 0]);
        assert_eq!(of(Report::Outputs, Status { relay: true, ..Status::default() }), [1]);
    }
}

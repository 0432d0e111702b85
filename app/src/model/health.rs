//! How a system is and was: its last check, and those before, counted by the hour.

use serde::{Deserialize, Serialize};

use super::Millis;

/// Whether a system answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    Up { took: u32, at: Millis },
    Down { code: String, at: Millis },
}

/// A system's checks within one hour.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HealthHour {
    /// When the hour began.
    pub hour: Millis,
    pub checks: u32,
    /// Those of them that got no good answer.
    pub failed: u32,
    /// How long the slowest good answer took, in milliseconds.
    pub slowest: u32,
    /// When it last answered.
    pub last_up_at: Option<Millis>,
    /// When it last did not.
    pub last_down_at: Option<Millis>,
    /// Why it did not: a fault's code.
    pub code: Option<String>,
}

impl HealthHour {
    /// An hour, in milliseconds.
    pub const LONG: Millis = 60 * 60 * 1_000;
    /// How long hours are kept.
    pub const KEPT: Millis = 30 * 24 * Self::LONG;

    /// The hour of one check.
    pub fn of(health: &Health) -> Self {
        let (at, slowest, code) = match health {
            Health::Up { took, at } => (*at, *took, None),
            Health::Down { code, at } => (*at, 0, Some(code.clone())),
        };
        let is_down = code.is_some();
        Self {
            hour: at - at.rem_euclid(Self::LONG),
            checks: 1,
            failed: u32::from(is_down),
            slowest,
            last_up_at: (!is_down).then_some(at),
            last_down_at: is_down.then_some(at),
            code,
        }
    }

    /// Adds other checks. The hour stays that of these.
    pub fn add(&mut self, other: Self) {
        self.checks = self.checks.saturating_add(other.checks);
        self.failed = self.failed.saturating_add(other.failed);
        self.slowest = self.slowest.max(other.slowest);
        self.last_up_at = self.last_up_at.max(other.last_up_at);
        if other.last_down_at >= self.last_down_at {
            self.last_down_at = other.last_down_at;
            self.code = other.code;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_of_an_hour_add_up_in_any_order() {
        let up = |took, at| HealthHour::of(&Health::Up { took, at });
        let down = |code: &str, at| {
            HealthHour::of(&Health::Down {
                code: code.into(),
                at,
            })
        };
        let begun = 5 * HealthHour::LONG;
        let all = [
            up(7, begun),
            down("denied", begun + 1),
            up(3, begun + 2),
            down("timeout", begun + HealthHour::LONG - 1),
        ];
        let whole = HealthHour {
            hour: begun,
            checks: 4,
            failed: 2,
            slowest: 7,
            last_up_at: Some(begun + 2),
            last_down_at: Some(begun + HealthHour::LONG - 1),
            code: Some("timeout".into()),
        };
        let added = |all: Vec<HealthHour>| {
            all.into_iter().reduce(|mut sum, one| {
                sum.add(one);
                sum
            })
        };
        assert_eq!(added(all.to_vec()), Some(whole.clone()));
        assert_eq!(added(all.into_iter().rev().collect()), Some(whole));
    }
}

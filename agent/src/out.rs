//! The only place that prints: data to stdout, talk to stderr.

use std::io::{self, Write as _};

use serde_json::{Value as Json, json};

use record::State;

use crate::stop::Stop;
use crate::words::{Value, Words};

/// Where a command's words and data go.
#[derive(Debug)]
pub struct Out {
    words: Words,
    json: bool,
    colour: bool,
}

impl Out {
    /// Prints in the language of `words`; with `json` the data is one JSON document.
    pub fn new(words: Words, json: bool, colour: bool) -> Self {
        Self { words, json, colour }
    }

    /// Returns the words.
    pub fn words(&self) -> &Words {
        &self.words
    }

    /// Returns whether data is printed as JSON.
    pub fn is_json(&self) -> bool {
        self.json
    }

    /// Prints a command's data: with `--json` the document `qoljetim-NAME/1`, else the text.
    pub fn data(&self, name: &str, data: &Json, text: &str) -> Result<(), Stop> {
        let result = if self.json {
            let document =
                json!({ "schema": format!("qoljetim-{name}/1"), "ok": true, "data": data });
            writeln!(io::stdout().lock(), "{document}")
        } else if text.is_empty() {
            Ok(())
        } else {
            writeln!(io::stdout().lock(), "{}", text.trim_end())
        };
        // A reader that has seen enough (`| head`) is no failure.
        match result {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Stop::new(crate::stop::Exit::Failed, "error-output").because(error))
            }
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Says something on stderr.
    pub fn note(&self, key: &str, args: &[(&str, Value<'_>)]) {
        self.talk(&self.words.say(key, args));
    }

    /// Tells why a command ended early.
    pub fn stop(&self, stop: &Stop) {
        if self.json {
            let (message, causes) = (stop.message(&self.words), stop.causes(&self.words));
            let error = json!({ "code": stop.word, "message": message, "causes": causes });
            let document = json!({ "schema": "qoljetim-error/1", "ok": false, "error": error });
            writeln!(io::stdout().lock(), "{document}").ok();
        }
        self.tell(stop);
    }

    /// Tells on stderr alone why something could not be done.
    pub fn tell(&self, stop: &Stop) {
        self.talk(&stop.message(&self.words));
        let causes = stop.causes(&self.words);
        if !causes.is_empty() {
            self.note("error-causes", &[("causes", Value::Text(&causes))]);
        }
    }

    /// Returns the mark of a state: `✓ ✗ ? –`, coloured on a terminal that wants it.
    pub fn mark(&self, state: State) -> String {
        let (mark, colour) = match state {
            State::Ok => ("✓", "34"),
            State::Interference => ("✗", "1"),
            State::Down | State::Server | State::Inconclusive => ("?", "33"),
            State::Void => ("–", "2"),
        };
        if self.colour { format!("\x1b[{colour}m{mark}\x1b[0m") } else { mark.to_owned() }
    }

    fn talk(&self, text: &str) {
        // Nobody is left to be told when stderr is gone.
        writeln!(io::stderr().lock(), "{text}").ok();
    }
}

/// Lays rows out in columns, the first row being the head.
pub fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| visible(cell)).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut text = String::new();
    for row in rows {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.push_str(&" ".repeat(width - visible(cell) + 2));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// Counts the characters that take room: colours do not.
fn visible(cell: &str) -> usize {
    let mut count = 0;
    let mut in_colour = false;
    for letter in cell.chars() {
        match letter {
            '\x1b' => in_colour = true,
            'm' if in_colour => in_colour = false,
            _ if in_colour => {}
            _ => count += 1,
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::Lang;

    #[test]
    fn columns_line_up_whatever_the_letters_and_colours() {
        let coloured = Out::new(Words::new(Lang::Ru), false, true).mark(State::Ok);
        let rows = [["Сайт", "Here"], ["a.test", "x"], [&coloured, "y"]]
            .map(|row| row.map(str::to_owned).to_vec());

        let text = table(&rows);

        assert_eq!(text, format!("Сайт    Here\na.test  x\n{coloured}       y\n"));
    }

    #[test]
    fn without_colour_a_mark_is_one_character() {
        let out = Out::new(Words::new(Lang::En), false, false);

        for state in [State::Ok, State::Interference, State::Inconclusive, State::Void] {
            assert_eq!(out.mark(state).chars().count(), 1);
        }
    }
}

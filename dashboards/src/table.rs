//! Tables that become cards on narrow screens and stay tables for screen readers.

use crate::html::Html;

/// A table with a heading for each column and each row.
pub(crate) struct Table {
    caption: String,
    columns: Vec<String>,
    rows: Vec<Row>,
}

/// One row: the first cell is its heading.
pub(crate) struct Row {
    id: Option<String>,
    cells: Vec<Html>,
}

impl Row {
    /// Makes a row.
    pub(crate) fn new(cells: Vec<Html>) -> Self {
        Self { id: None, cells }
    }

    /// Gives the row a name that links can point at.
    pub(crate) fn named(self, id: String) -> Self {
        Self { id: Some(id), ..self }
    }
}

impl Table {
    /// Makes an empty table.
    pub(crate) fn new(caption: String, columns: Vec<String>) -> Self {
        Self { caption, columns, rows: Vec::new() }
    }

    /// Adds rows.
    pub(crate) fn with(mut self, rows: impl IntoIterator<Item = Row>) -> Self {
        self.rows.extend(rows);
        self
    }

    /// Writes the table.
    pub(crate) fn html(&self) -> Html {
        let mut html = Html::markup("<table role=\"table\"><caption>");
        html.push_text(&self.caption);
        html.push("</caption><thead role=\"rowgroup\"><tr role=\"row\">");
        for column in &self.columns {
            html.push("<th role=\"columnheader\" scope=\"col\">").push_text(column).push("</th>");
        }
        html.push("</tr></thead><tbody role=\"rowgroup\">");
        for row in &self.rows {
            self.row(row, &mut html);
        }
        html.push("</tbody></table>");
        html
    }

    fn row(&self, row: &Row, html: &mut Html) {
        html.push("<tr role=\"row\"");
        if let Some(id) = &row.id {
            html.push(" id=\"").push_text(id).push("\"");
        }
        html.push(">");
        for (at, cell) in row.cells.iter().enumerate() {
            if at == 0 {
                html.push("<th role=\"rowheader\" scope=\"row\">").push_html(cell).push("</th>");
            } else {
                // On narrow screens the column's heading stands before the cell.
                let column = self.columns.get(at).map_or("", String::as_str);
                html.push("<td role=\"cell\" data-label=\"").push_text(column).push("\"><span>");
                html.push_html(cell).push("</span></td>");
            }
        }
        html.push("</tr>");
    }
}

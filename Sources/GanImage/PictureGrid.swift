import GanBase

/// A contact sheet: pictures in rows and columns of equal cells on white, with labels on top and at the left.
package struct PictureGrid: Sendable {
  /// Rows from the top; a row may be shorter than others, and a nil leaves its cell empty.
  package var rows: [[Picture?]]
  /// One per column and one per row, or none. Labels too long for their place end in "..".
  package var columnLabels: [String]
  package var rowLabels: [String]
  /// In the corner above the labels of rows; empty for none.
  package var title: String

  package init(_ rows: [[Picture?]], columnLabels: [String] = [], rowLabels: [String] = [], title: String = "") {
    (self.rows, self.columnLabels, self.rowLabels, self.title) = (rows, columnLabels, rowLabels, title)
  }

  /// The sheet as one RGB picture. A cell is as large as the largest picture; smaller ones are centred in it.
  /// - Throws: `GanError` (input) when there is no picture, or the sheet would exceed `PictureLimits`.
  package func rendered() throws -> Picture {
    let pictures = rows.joined().compactMap { $0 }
    guard let cellWidth = pictures.map(\.width).max(), let cellHeight = pictures.map(\.height).max() else {
      throw GanError.input("a sheet needs at least one picture")
    }
    let layout = Layout(
      cellWidth: cellWidth, cellHeight: cellHeight, columns: max(rows.map(\.count).max() ?? 0, columnLabels.count),
      rows: max(rows.count, rowLabels.count), hasColumnLabels: !columnLabels.isEmpty,
      rowLabels: title.isEmpty ? rowLabels : rowLabels + [title])
    try PictureLimits.check(width: layout.width, height: layout.height, at: "sheet of pictures")
    var sheet = Picture(width: layout.width, height: layout.height, channels: 3, fill: 255)
    for (index, label) in columnLabels.enumerated() {
      let text = shortened(label, to: cellWidth, scale: layout.scale)
      let indent = (cellWidth - BitmapFont.width(of: text) * layout.scale) / 2
      sheet.write(text, x: layout.x(of: index) + indent, y: layout.gap, scale: layout.scale)
    }
    sheet.write(
      shortened(title, to: layout.labelWidth, scale: layout.scale), x: layout.gap, y: layout.gap, scale: layout.scale)
    for (index, label) in rowLabels.enumerated() {
      let text = shortened(label, to: layout.labelWidth, scale: layout.scale)
      let indent = layout.labelWidth - BitmapFont.width(of: text) * layout.scale
      let drop = (cellHeight - (BitmapFont.height - 1) * layout.scale) / 2
      sheet.write(text, x: layout.gap + indent, y: layout.y(of: index) + drop, scale: layout.scale)
    }
    for (row, pictures) in rows.enumerated() {
      for (column, picture) in pictures.enumerated() {
        guard let picture else { continue }
        let x = layout.x(of: column) + (cellWidth - picture.width) / 2
        let y = layout.y(of: row) + (cellHeight - picture.height) / 2
        sheet.outline(x: x - 1, y: y - 1, width: picture.width + 2, height: picture.height + 2)
        sheet.paste(picture.rgb(), x: x, y: y)
      }
    }
    return sheet
  }
}

/// The layout of the sheet, in pixels.
private struct Layout {
  let cellWidth, cellHeight, columns, rows: Int
  let scale, gap, labelWidth, left, top: Int

  init(cellWidth: Int, cellHeight: Int, columns: Int, rows: Int, hasColumnLabels: Bool, rowLabels: [String]) {
    (self.cellWidth, self.cellHeight, self.columns, self.rows) = (cellWidth, cellHeight, columns, rows)
    scale = cellWidth < 128 ? 1 : cellWidth < 448 ? 2 : 3
    gap = max(4, 4 * scale)
    let longest = (rowLabels.map(BitmapFont.width(of:)).max() ?? 0) * scale
    labelWidth = min(longest, max(cellWidth, 24 * BitmapFont.advance * scale))
    left = labelWidth > 0 ? 2 * gap + labelWidth : gap
    top = hasColumnLabels ? 2 * gap + BitmapFont.height * scale : gap
  }

  var width: Int { left + columns * (cellWidth + gap) }
  var height: Int { top + rows * (cellHeight + gap) }
  func x(of column: Int) -> Int { left + column * (cellWidth + gap) }
  func y(of row: Int) -> Int { top + row * (cellHeight + gap) }
}

/// The text, or its beginning and two dots, in at most `width` pixels.
private func shortened(_ text: String, to width: Int, scale: Int) -> String {
  if BitmapFont.width(of: text) * scale <= width { return text }
  let room = (width / scale + 1) / BitmapFont.advance
  return room > 2 ? text.prefix(room - 2) + ".." : String(text.prefix(max(room, 0)))
}

extension Picture {
  /// Copies `picture`, of as many channels, so that its top left pixel is at (x, y). It must lie inside.
  mutating func paste(_ picture: Picture, x: Int, y: Int) {
    for row in 0..<picture.height {
      let target = ((y + row) * width + x) * channels
      let source = row * picture.width * channels
      let count = picture.width * channels
      pixels.replaceSubrange(target..<target + count, with: picture.pixels[source..<source + count])
    }
  }

  /// One line of text, its first character's top left corner at (x, y), every dot `scale` pixels wide.
  mutating func write(_ text: String, x: Int, y: Int, scale: Int, ink: UInt8 = 48) {
    for (index, character) in text.enumerated() {
      for (row, bits) in BitmapFont.rows(of: character).enumerated() {
        for column in 0..<BitmapFont.width where bits >> UInt8(BitmapFont.width - 1 - column) & 1 == 1 {
          fill(
            x: x + (index * BitmapFont.advance + column) * scale, y: y + row * scale, width: scale, height: scale, ink)
        }
      }
    }
  }

  /// A pale frame one pixel wide, so that white pictures stand out from the sheet.
  mutating func outline(x: Int, y: Int, width: Int, height: Int, ink: UInt8 = 205) {
    fill(x: x, y: y, width: width, height: 1, ink)
    fill(x: x, y: y + height - 1, width: width, height: 1, ink)
    fill(x: x, y: y, width: 1, height: height, ink)
    fill(x: x + width - 1, y: y, width: 1, height: height, ink)
  }

  /// Fills the part of a rectangle that lies in the picture with one value in all channels.
  mutating func fill(x: Int, y: Int, width rectangleWidth: Int, height rectangleHeight: Int, _ value: UInt8) {
    let columns = max(x, 0)..<max(min(x + rectangleWidth, width), max(x, 0))
    for row in max(y, 0)..<max(min(y + rectangleHeight, height), max(y, 0)) {
      for index in (row * width + columns.lowerBound) * channels..<(row * width + columns.upperBound) * channels {
        pixels[index] = value
      }
    }
  }
}

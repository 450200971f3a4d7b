/// The number of terminal columns of `text`: two for wide East Asian characters and pictographs, none for combining
/// marks.
func displayWidth(_ text: String) -> Int { text.reduce(0) { $0 + displayWidth($1) } }

private func displayWidth(_ character: Character) -> Int {
  guard let scalar = character.unicodeScalars.first else { return 0 }
  switch scalar.properties.generalCategory {
  case .nonspacingMark, .enclosingMark, .format, .control: return 0
  default: break
  }
  if scalar.properties.isEmojiPresentation { return 2 }
  switch scalar.value {
  case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
    0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x20000...0x3FFFD:
    return 2
  default:
    return 1
  }
}

/// The longest prefix of `text` that fits.
func clipped(_ text: String, columns: Int) -> String {
  var width = 0
  var result = ""
  for character in text {
    width += displayWidth(character)
    if width > columns { break }
    result.append(character)
  }
  return result
}

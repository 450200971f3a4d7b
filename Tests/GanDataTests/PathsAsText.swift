import GanBase
import GanData

// Tests say paths as text.

extension AttributeFile {
  init(path: String, selecting selected: [String]) throws { try self.init(path: FilePath(path), selecting: selected) }
}

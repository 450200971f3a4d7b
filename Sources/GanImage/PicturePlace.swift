import GanBase

/// Which part of a file is a picture.
package enum PicturePart: Sendable {
  case whole
  /// One of two pictures side by side, divided at half the width, rounded down: of an odd width the right one has a column
  /// more, as in the official program of pix2pix.
  case left, right

  package var opposite: PicturePart { self == .left ? .right : self == .right ? .left : .whole }

  /// The columns of this part of a picture that is so wide.
  package func columns(of width: Int) -> Range<Int> {
    switch self {
    case .whole: 0..<width
    case .left: 0..<width / 2
    case .right: width / 2..<width
    }
  }
}

extension Picture {
  package func part(_ part: PicturePart) -> Picture {
    let columns = part.columns(of: width)
    return cropped(x: columns.lowerBound, y: 0, width: columns.count, height: height)
  }
}

/// A picture that is a file, or one half of a file.
package struct PicturePlace: Hashable, Sendable {
  package let path: FilePath
  package let part: PicturePart

  package init(_ path: FilePath, _ part: PicturePart = .whole) { (self.path, self.part) = (path, part) }
}

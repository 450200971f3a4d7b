import GanBase

/// Which part of a file is a picture.
public enum PicturePart: Sendable {
  case whole
  /// Halves of two pictures side by side, equally wide: of an odd width the last column is left out.
  case left, right

  public var opposite: PicturePart { self == .left ? .right : self == .right ? .left : .whole }

  /// The width of this part of a picture.
  public func width(of width: Int) -> Int { self == .whole ? width : width / 2 }
}

extension Picture {
  public func part(_ part: PicturePart) -> Picture {
    let half = width / 2
    switch part {
    case .whole: return self
    case .left: return cropped(x: 0, y: 0, width: half, height: height)
    case .right: return cropped(x: half, y: 0, width: half, height: height)
    }
  }
}

/// A picture that is a file, or one half of a file.
public struct PicturePlace: Hashable, Sendable {
  public let path: FilePath
  public let part: PicturePart

  public init(_ path: FilePath, _ part: PicturePart = .whole) { (self.path, self.part) = (path, part) }
}

import GanTensor

/// A network from pictures to pictures or to maps of scores, `[N,H,W,C]` both.
public protocol Network: AnyObject {
  func callAsFunction(_ x: Tensor, _ pass: Pass) -> Tensor
}

/// What a generator needs of a picture's size.
public struct SizeRule: Equatable, Sendable {
  /// Height and width must be multiples of this.
  public var multiple: Int
  /// The least height and width.
  public var least: Int
  /// The largest; nil where any will do.
  public var most: Int?

  public init(multiple: Int, least: Int, most: Int? = nil) {
    (self.multiple, self.least, self.most) = (multiple, least, most)
  }

  public func allows(_ size: Int) -> Bool { size % multiple == 0 && size >= least && size <= most ?? size }
}

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

  public init(multiple: Int, least: Int) { (self.multiple, self.least) = (multiple, least) }

  public func allows(_ size: Int) -> Bool { size % multiple == 0 && size >= least }
}

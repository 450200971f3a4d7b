import Foundation
import GanBase
import Synchronization

/// The index tables of one geometry, created at first use, under a lock, and cached.
final class ConvPlan: @unchecked Sendable {
  let geometry: ConvGeometry
  private let lock = NSRecursiveLock()

  /// Output pixel -> input pixels under the kernel.
  var forward: TapTable { lock.withLock { lazyForward } }
  private lazy var lazyForward = TapTable(
    rows: geometry.outputHeight, columns: geometry.outputWidth, rowTaps: geometry.kernelHeight,
    columnTaps: geometry.kernelWidth, row: inputRow, column: inputColumn)

  /// The same for one row of the kernel.
  var forwardByKernelRow: [TapTable] { lock.withLock { lazyForwardByKernelRow } }
  private lazy var lazyForwardByKernelRow = (0..<geometry.kernelHeight).map { ky in
    TapTable(
      rows: geometry.outputHeight, columns: geometry.outputWidth, rowTaps: 1, columnTaps: geometry.kernelWidth,
      row: { y, _ in self.inputRow(y, ky) }, column: inputColumn)
  }

  /// The same for each tap, row by row.
  var forwardByTap: [TapTable] { lock.withLock { lazyForwardByTap } }
  private lazy var lazyForwardByTap = (0..<geometry.kernelHeight * geometry.kernelWidth).map { tap in
    let (ky, kx) = tap.quotientAndRemainder(dividingBy: geometry.kernelWidth)
    return TapTable(
      rows: geometry.outputHeight, columns: geometry.outputWidth, rowTaps: 1, columnTaps: 1,
      row: { y, _ in self.inputRow(y, ky) }, column: { x, _ in self.inputColumn(x, kx) })
  }

  /// Columns of the bordered picture under each output row (for few output channels, stride 1).
  var borderedColumns: TapTable { lock.withLock { lazyBorderedColumns } }
  private lazy var lazyBorderedColumns = TapTable(
    rows: geometry.outputHeight, columns: geometry.outputWidth + geometry.kernelWidth - 1,
    rowTaps: geometry.kernelHeight, columnTaps: 1, row: inputRow,
    column: { x, _ in self.geometry.mode.source(x - self.geometry.padding, self.geometry.width) })

  /// Bordered column -> the output pixels of that row that see it (stride 1).
  var outputsOfColumn: TapTable { lock.withLock { lazyOutputsOfColumn } }
  private lazy var lazyOutputsOfColumn = TapTable(
    rows: geometry.outputHeight, columns: geometry.outputWidth + geometry.kernelWidth - 1, rowTaps: 1,
    columnTaps: geometry.kernelWidth, row: { y, _ in y },
    column: { x, kx in (0..<self.geometry.outputWidth).contains(x - kx) ? x - kx : nil })

  /// Input pixel -> output pixels that see it, by the remainder of its position (zero padding only).
  var phases: [Phase] { lock.withLock { lazyPhases } }
  private lazy var lazyPhases = makePhases()

  /// The tiles of minimal filtering, for kernels that it supports.
  func winogradForward(_ size: WinogradTileSize) -> WinogradPlan {
    lock.withLock { Self.found(lazyForwards[size.rawValue], geometry) }
  }
  func winogradDataGradient(_ size: WinogradTileSize) -> WinogradPlan {
    lock.withLock { Self.found(lazyGradients[size.rawValue], geometry) }
  }
  private lazy var lazyForwards = WinogradTileSize.allCases.map { WinogradPlan.forward(geometry, $0) }
  private lazy var lazyGradients = WinogradTileSize.allCases.map { WinogradPlan.dataGradient(geometry, $0) }

  private static func found(_ plan: WinogradPlan?, _ g: ConvGeometry) -> WinogradPlan {
    guard let plan else { preconditionFailure("no minimal filtering of \(g)") }
    return plan
  }

  /// Bordered pixel of one axis -> the pixel it repeats.
  var bordered: TapTable { lock.withLock { lazyBordered } }
  private lazy var lazyBordered = TapTable(
    rows: geometry.height, columns: geometry.width + 2 * geometry.padding, rowTaps: 1, columnTaps: 1,
    row: { y, _ in y }, column: { x, _ in self.geometry.mode.source(x - self.geometry.padding, self.geometry.width) })

  struct Phase {
    /// Position of the first pixel, and of the rest by steps of the stride.
    let y: Int, x: Int
    /// Kernel rows and columns that reach these pixels, in the table's order.
    let kernelRows: [Int], kernelColumns: [Int]
    let table: TapTable
  }

  private init(_ geometry: ConvGeometry) { self.geometry = geometry }

  private static let plans = Mutex<[ConvGeometry: ConvPlan]>([:])

  static func of(_ geometry: ConvGeometry) -> ConvPlan {
    plans.withLock { plans in
      if let plan = plans[geometry] { return plan }
      if plans.count > 512 { plans.removeAll() }
      let plan = ConvPlan(geometry)
      plans[geometry] = plan
      return plan
    }
  }

  private func inputRow(_ y: Int, _ ky: Int) -> Int? {
    geometry.mode.source(y * geometry.stride + ky - geometry.padding, geometry.height)
  }

  private func inputColumn(_ x: Int, _ kx: Int) -> Int? {
    geometry.mode.source(x * geometry.stride + kx - geometry.padding, geometry.width)
  }

  private func makePhases() -> [Phase] {
    let g = geometry
    precondition(g.mode == .zero)
    var phases: [Phase] = []
    for y in 0..<min(g.stride, g.height) {
      for x in 0..<min(g.stride, g.width) {
        // Descending taps meet ascending output pixels.
        let rows = (0..<g.kernelHeight).reversed().filter { ($0 - y - g.padding) % g.stride == 0 }
        let columns = (0..<g.kernelWidth).reversed().filter { ($0 - x - g.padding) % g.stride == 0 }
        func output(_ position: Int, _ tap: Int, _ size: Int) -> Int? {
          let scaled = position + g.padding - tap
          return scaled >= 0 && scaled / g.stride < size ? scaled / g.stride : nil
        }
        let table = TapTable(
          rows: ceilDiv(g.height - y, g.stride), columns: ceilDiv(g.width - x, g.stride),
          rowTaps: rows.count, columnTaps: columns.count,
          row: { output(y + $0 * g.stride, rows[$1], g.outputHeight) },
          column: { output(x + $0 * g.stride, columns[$1], g.outputWidth) })
        phases.append(Phase(y: y, x: x, kernelRows: rows, kernelColumns: columns, table: table))
      }
    }
    return phases
  }
}

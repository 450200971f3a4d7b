import Foundation
import GanBase
import GanModels
import GanNN
import GanTensor
import GanWeights

/// What training takes of memory, known before the first step and before the networks are made.
package struct StepMemory {
  /// What is trained on, and what is kept beside.
  package struct Work {
    /// Pictures of a step, and the height and width of the largest.
    var batch: Int
    var height: Int
    var width: Int
    /// Steps of an epoch.
    var steps = Int.max
    /// Whether pictures are of several sizes, so that blocks of memory that fit one do not fit the next.
    var isVaried = false
    /// Batches that lie ready or are read beside the one in use.
    var batchesAhead = 0
    /// Pixels of the largest picture file.
    var filePixels = 0
    /// Pictures on a sheet of samples.
    var samples = 0
    /// What measuring between steps takes.
    var measuring = (maps: 0, arrays: 0)

    package init(batch: Int, size: Int) { (self.batch, height, width) = (batch, size, size) }

    var pixels: Double { Double(batch) * Double(height) * Double(width) }

    func sized(batch: Int, side: Int) -> Work {
      var work = self
      (work.batch, work.height, work.width) = (batch, side, side)
      return work
    }
  }

  /// What will be taken besides what the process holds already: of memory, and of addresses, which `ulimit` counts, and
  /// of which the threads have theirs.
  private let memory: Int, addresses: Int
  /// What the process held when it was asked.
  private let held = MemoryLimits.resident
  private let work: Work

  /// - Throws: `GanError` (usage) for options that do not fit the model.
  package init(_ configured: ConfiguredModel, _ precision: Precision, _ work: Work) throws {
    self.work = work
    let need = try Precision.with(precision) { try Self.need(configured, work) }
    memory = Self.whole(need + Double(Self.ofProgram + ThreadPool.shared.threads * Self.ofThread))
    addresses = Self.whole(need + Double(Self.ofProgram + Self.ofLoader))
  }

  /// Bytes of the process when it trains.
  package var bytes: Int { held + memory }

  /// - Parameters:
  ///   - batch: the option of the number of pictures; `size`: that of their size.
  /// - Throws: `GanError` (environment) where there is less.
  package func check(batch: String = "data.batch_size", size: String = "data.crop_size") throws {
    let help = "make \(work.batch > 1 ? "\(batch) or " : "")\(size) smaller, or the widths of the model"
    let sizes = "(\(work.batch) \(work.batch == 1 ? "picture" : "pictures") of \(work.width)x\(work.height))"
    if let available = MemoryLimits.availableMemory, memory > available {
      throw GanError.environment(
        "a training step needs about \(gibibytes(bytes)) of memory, \(gibibytes(available + held)) are available "
          + sizes, help: help)
    }
    if let available = MemoryLimits.availableAddresses, addresses > available {
      throw GanError.environment(
        "a training step needs about \(gibibytes(addresses)) more of memory, and the limit (ulimit -v or -d) leaves "
          + "\(gibibytes(available)) \(sizes)", help: "raise the limit; or " + help)
    }
  }

  // MARK: Counting

  /// What the program itself grows by when it trains: lists, tables, what lies free between blocks.
  private static let ofProgram = 8 << 20
  /// What a thread touches of its block of OpenBLAS and of its stack.
  private static let ofThread = 4 << 20
  /// The addresses of the thread that reads pictures, and the room to begin a block with a huge page.
  private static let ofLoader = 8 << 20
  /// Steps of a cycle that are looked at: some models train some of their networks in some of the steps alone.
  private static let mostSteps = 20
  private static let mostPixels = Double(4 << 20)
  private static let sampledSide = 512

  private static func whole(_ bytes: Double) -> Int { Int(min(bytes, 1e18)) }

  /// A step so large that even a trial of it takes long is known from two smaller ones: weights stay as they are, all
  /// else grows with the pixels.
  private static func need(_ configured: ConfiguredModel, _ work: Work) throws -> Double {
    guard work.pixels > mostPixels, let (small, large) = samples(of: work, try ModelSketch(configured).model) else {
      return try trial(configured, work)
    }
    let (least, most) = (try trial(configured, small), try trial(configured, large))
    return most + (most - least) / (large.pixels - small.pixels) * (work.pixels - large.pixels)
  }

  private static func samples(of work: Work, _ model: any ImageTranslator) -> (small: Work, large: Work)? {
    let multiple = model.inputs.sizeRule.multiple
    let least = max(model.inputs.sizeRule.least, model.inputs.leastTrainingSize, sampledSide)
    let side = min(
      max(work.width, work.height), model.inputs.exactTrainingSize ?? nextMultiple(of: multiple, from: least))
    let batch = max(model.inputs.batchRule.least, model.inputs.batchRule.multiple)
    let (small, large) = (work.sized(batch: batch, side: side), work.sized(batch: 2 * batch, side: side))
    return large.pixels < work.pixels ? (small, large) : nil
  }

  /// Makes the networks, draws a sheet and trains, all without numbers.
  private static func trial(_ configured: ConfiguredModel, _ work: Work) throws -> Double {
    let sketch = try ModelSketch(configured)
    let making = sketch.bytesOfMaking
    var columns = 0
    try sketch.dryRun {
      let rows = (0..<work.samples).map { _ in sketch.batch(work, of: 1) }
      func draw() throws {
        guard let row = rows.first else { return }
        let pass = Pass.testTime(of: sketch.model, seed: 0, stream: RunStream.samples)
        columns = try Tape.paused { try sketch.model.samples(row, pass) }.count
      }
      try draw()
      // As a checkpoint writes them.
      for (_, entry) in sketch.builder.tensors { _ = entry.officialValue }
      // The second time other blocks lie free than the first time.
      let cycle = min(sketch.model.cycleOfSteps, mostSteps)
      for step in 0..<2 * cycle {
        var batch = sketch.batch(work, of: work.batch)
        batch.place = BatchPlace(index: step % work.steps, count: work.steps)
        _ = try RevocableStep(sketch.builder) { false }.run(kind: 0) { try sketch.model.trainStep(batch) }
        guard (step + 1) % cycle == 0 else { continue }
        try draw()
        // Some maps at a time, which may lie where those of the step were.
        let maps = (0..<4).map { _ in Tensor.zeros([work.measuring.maps / 16]) }
        withExtendedLifetime(maps) {}
      }
    }
    // Which free block serves a request depends on what was there before, so a little more may lie idle.
    let most = sketch.dryRun.mostBytes
    let varied = work.isVaried ? most / 8 + (64 << 20) : most / 100
    let tensors = max(making, most + sketch.bytesOfFullPools) + varied
    return Double(tensors) + work.bytesOfPictures(sketch.model, columns: columns)
  }
}

extension ModelSketch {
  /// So many pictures, and labels where the model wants them.
  fileprivate func batch(_ work: StepMemory.Work, of count: Int) -> TrainingBatch {
    let shape = [count, work.height, work.width], channels = model.inputs.channels
    let a = Tensor.zeros(Shape(shape + [channels.a]))
    return model.domains.isEmpty
      ? TrainingBatch(a: a, b: .zeros(Shape(shape + [channels.b])))
      : TrainingBatch(a, labels: .zeros([count, model.domains.count]))
  }

  /// What histories of pictures will hold beyond what a step put into them.
  fileprivate var bytesOfFullPools: Int {
    builder.pools.reduce(0) { sum, pool in
      let picture = pool.pool.pictures.first.map { 4 * $0.count } ?? 0
      return sum + (pool.pool.capacity - pool.pool.pictures.count) * picture
    }
  }
}

extension StepMemory.Work {
  /// Batches on their way from the files, and a sheet of samples on its way to one.
  fileprivate func bytesOfPictures(_ model: any ImageTranslator, columns: Int) -> Double {
    let pixels = Double(height) * Double(width), channels = Double(model.inputs.channels.a + model.inputs.channels.b)
    let batches = Double(batchesAhead + 1) * Double(batch) * pixels * channels * 4
    let reading = batchesAhead > 0 ? 3 * (3 * Double(filePixels) + channels * pixels) : 0
    let cells = Double(samples * columns) * pixels * 3
    // The cells, the sheet, and the file.
    return batches + reading + 3 * cells + Double(measuring.arrays)
  }
}

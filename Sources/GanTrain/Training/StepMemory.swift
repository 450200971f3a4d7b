import Foundation
import GanBase
import GanModels
import GanNN
import GanTensor
import GanWeights

/// Memory that training needs, determined before the networks are made.
package struct StepMemory {
  /// The sizes that determine the memory.
  package struct Work {
    /// Pictures per step, and the height and width of the largest.
    var batch: Int
    var height: Int
    var width: Int
    /// Steps per epoch.
    var steps = Int.max
    /// Whether pictures differ in size, so that freed memory blocks do not fit the next step.
    var isVaried = false
    /// Batches that are loaded ahead of the one in use.
    var batchesAhead = 0
    /// The most boxes of a picture.
    var boxes = 2
    /// Pixels of the largest picture file.
    var filePixels = 0
    /// Pictures on a sample sheet.
    var samples = 0
    /// Networks of whose weights averages are kept.
    var averaged: [String] = []
    /// Memory that measuring between steps needs.
    var measuring = (maps: 0, arrays: 0)

    package init(batch: Int, size: Int) { (self.batch, height, width) = (batch, size, size) }

    var pixels: Double { Double(batch) * Double(height) * Double(width) }

    func sized(batch: Int, side: Int) -> Work {
      var work = self
      (work.batch, work.height, work.width) = (batch, side, side)
      return work
    }
  }

  /// Bytes in addition to what the process holds already: of memory, and of address space, which `ulimit` counts.
  /// Threads that are running already have their address space, but not all of its memory.
  private let memory: Int, addresses: Int
  /// Resident memory of the process at the time of the estimate.
  private let held = MemoryLimits.resident
  private let work: Work

  /// - Throws: `GanError` (usage) for options that do not fit the model.
  package init(_ configured: ConfiguredModel, _ precision: Precision, _ work: Work) throws {
    self.work = work
    let need = try Precision.with(precision) { try Self.need(configured, work) }
    memory = Self.whole(need + Double(Self.ofProgram + ThreadPool.shared.threads * Self.ofThread))
    addresses = Self.whole(need + Double(Self.ofProgram + Self.ofLoader))
  }

  /// Bytes of the process during training.
  package var bytes: Int { held + memory }

  /// - Parameters:
  ///   - batch: the option to name for the batch size.
  ///   - size: the option to name for the picture size.
  /// - Throws: `GanError` (environment) if less memory is available.
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
        "a training step needs about \(gibibytes(addresses)) more memory, and the limit (ulimit -v or -d) leaves "
          + "\(gibibytes(available)) \(sizes)", help: "raise the limit; or " + help)
    }
  }

  // MARK: Counting

  /// Growth of the program itself during training: lists, tables, fragmentation.
  private static let ofProgram = 4 << 20
  /// Memory that a thread uses of its OpenBLAS buffer and its stack.
  private static let ofThread = 2 << 20
  /// Address space of the thread that loads pictures, and padding to align blocks to huge pages.
  private static let ofLoader = 8 << 20
  /// Limit for the steps of a cycle that are examined; some models train some networks only in some steps.
  private static let mostSteps = 20
  private static let mostPixels = Double(4 << 20)
  private static let sampledSide = 512

  private static func whole(_ bytes: Double) -> Int { Int(min(bytes, 1e18)) }

  /// For steps so large that even a dry run takes long, extrapolates from two smaller ones: weights are constant,
  /// everything else grows with the pixels.
  private static func need(_ configured: ConfiguredModel, _ work: Work) throws -> Double {
    guard work.pixels > mostPixels, let (small, large) = samples(of: work, try ModelSketch(configured).model) else {
      return try trial(configured, work)
    }
    let (least, most) = (try trial(configured, small), try trial(configured, large))
    return most + (most - least) / (large.pixels - small.pixels) * (work.pixels - large.pixels)
  }

  private static func samples(of work: Work, _ model: any ImageTranslator) -> (small: Work, large: Work)? {
    let rule = model.inputs.pictureRule, multiple = rule.multiple
    let least = max(rule.least, model.inputs.leastTrainingSize, sampledSide)
    let side = min(
      max(work.width, work.height), model.inputs.exactTrainingSize ?? nextMultiple(of: multiple, from: least))
    let batch = max(model.inputs.batchRule.least, model.inputs.batchRule.multiple)
    let (small, large) = (work.sized(batch: batch, side: side), work.sized(batch: 2 * batch, side: side))
    return large.pixels < work.pixels ? (small, large) : nil
  }

  /// Makes the networks, draws a sheet and trains as a dry run, without computing.
  private static func trial(_ configured: ConfiguredModel, _ work: Work) throws -> Double {
    let sketch = try ModelSketch(configured)
    let making = sketch.bytesOfMaking
    var columns = 0
    try sketch.dryRun {
      if !work.averaged.isEmpty { sketch.builder.average(work.averaged, WeightAverages.Rule(.perUpdate(0))) }
      let rows = (0..<work.samples).map { _ in sketch.batch(work, of: 1) }
      func draw() throws {
        guard let row = rows.first else { return }
        let pass = Pass.testTime(of: sketch.model, seed: 0, stream: RunStream.samples)
        columns = try Tape.paused { try sketch.model.samples(row, pass) }.count
      }
      try draw()
      // A checkpoint writes them like this.
      for (_, entry) in sketch.builder.tensors { _ = entry.officialValue }
      // The second cycle finds other free blocks than the first.
      let cycle = min(sketch.model.cycleOfSteps, mostSteps)
      for step in 0..<2 * cycle {
        var batch = sketch.batch(work, of: work.batch)
        batch.place = BatchPlace(index: step % work.steps, count: work.steps)
        _ = try RevocableStep(sketch.builder) { false }.run(kind: 0) { try sketch.model.trainStep(batch) }
        guard (step + 1) % cycle == 0 else { continue }
        try draw()
        // A few activations at a time, which may reuse blocks of the step.
        let maps = (0..<4).map { _ in Tensor.zeros([work.measuring.maps / 16]) }
        withExtendedLifetime(maps) {}
      }
    }
    // The choice of free blocks depends on history, so a little more may stay unused.
    let most = sketch.dryRun.mostBytes
    let varied = work.isVaried ? most / 8 + (64 << 20) : most / 100
    let tensors = max(making, most + sketch.bytesOfFullPools) + varied
    return Double(tensors) + work.bytesOfPictures(sketch.model, columns: columns)
  }
}

extension ModelSketch {
  /// A batch of `count` pictures, with labels if the model needs them.
  fileprivate func batch(_ work: StepMemory.Work, of count: Int) -> TrainingBatch {
    let shape = [count, work.height, work.width], channels = model.inputs.channels, masks = model.inputs.masks
    let factor = model.inputs.enlargement
    let a = Tensor.zeros([count, work.height / factor, work.width / factor, channels.a + masks])
    guard !model.domains.isEmpty else {
      return TrainingBatch(a: a, b: .zeros(Shape(shape + [channels.b + masks])))
        .assumingBoxes(type(of: model).info.boxes, work.boxes)
    }
    let second = model.inputs.secondClasses
    var batch = TrainingBatch(a, labels: .zeros([count, model.domains.count - second]))
    if second > 0 { batch.second = (.zeros(a.shape), .zeros([count, second])) }
    return batch
  }

  /// Bytes that full image pools hold in addition to what a step put into them.
  fileprivate var bytesOfFullPools: Int {
    builder.pools.reduce(0) { sum, pool in
      let picture = pool.pool.pictures.first.map { 4 * $0.count } ?? 0
      return sum + (pool.pool.capacity - pool.pool.pictures.count) * picture
    }
  }
}

extension StepMemory.Work {
  /// Bytes of batches being loaded, and of a sample sheet being written.
  fileprivate func bytesOfPictures(_ model: any ImageTranslator, columns: Int) -> Double {
    let pixels = Double(height) * Double(width), inputs = model.inputs
    let channels = Double(inputs.channels.a + inputs.channels.b + 2 * inputs.masks)
    let batches = Double(batchesAhead + 1) * Double(batch) * pixels * channels * 4
    let reading = batchesAhead > 0 ? 3 * (3 * Double(filePixels) + channels * pixels) : 0
    let cells = Double(samples * columns) * pixels * 3
    // Lists and small blocks beside the arrays of a measurement.
    let measures = measuring.arrays > 0 ? Double(measuring.arrays + (8 << 20)) : 0
    // The cells, the sheet, and the file.
    return batches + reading + 3 * cells + measures
  }
}

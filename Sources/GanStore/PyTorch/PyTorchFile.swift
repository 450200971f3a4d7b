import GanBase

/// The tensors of a file written by `torch.save`: the ZIP archives of PyTorch 1.6 and later, and the streams
/// of pickles before that. The pickle is read as data; nothing in it is ever run.
package struct PyTorchFile: Sendable {
  package let path: FilePath
  /// In the file's order; nested dictionaries give names joined with dots (`state_dict.conv.weight`).
  package let tensors: [StoredTensor]
  /// What else the file holds, for example `epoch (integer)`.
  package let ignored: [String]

  /// - Throws: `GanError` (checkpoint) for anything but a well-formed file of weights; it names whatever the
  ///   file asks for that weights do not need.
  package init(path: FilePath) throws {
    let file = try InputFile(path, .checkpoint)
    let head = ByteView(copying: try file.head(512))
    if ZipArchive.looksLike(head) {
      try self.init(TorchContent(archive: ZipArchive(file), path: path, fileSize: file.size), path: path)
    } else if TorchContent.looksLikeStream(head) {
      try self.init(TorchContent(stream: ByteView(reading: file), path: path), path: path)
    } else {
      let known = ForeignFile.look(at: head)
      throw GanError.checkpoint(known?.kind ?? "not a file written by torch.save", at: path, help: known?.help)
    }
  }

  private init(_ content: TorchContent, path: FilePath) throws {
    self.path = path
    let tree = try TorchTree(content.root, content.memory, path: path)
    var storages = content.storages
    tensors = try tree.tensors.map { try storages.tensor($0.name, $0.tensor, type: $0.type) }
    ignored = tree.ignored
  }

  static func looksLike(_ file: ByteView) -> Bool {
    ZipArchive.looksLike(file) || TorchContent.looksLikeStream(file)
  }
}

/// The pickled object of a file, and the location of its tensors' data.
struct TorchContent {
  let root: PickleValue
  let memory: PickleMemory
  let storages: TorchStorages

  /// `NAME/data.pkl`, `NAME/byteorder`, `NAME/data/KEY`
  init(archive: ZipArchive, path: FilePath, fileSize: Int) throws {
    let pickle = "/data.pkl"
    let folders = archive.names.filter { $0.hasSuffix(pickle) }.map { $0.dropLast(pickle.count) }
    guard folders.count == 1, let folder = folders.first else {
      throw GanError.checkpoint(
        "a zip archive, but not one that torch.save wrote", at: path,
        help: "if the weights are inside it, unpack it and give them")
    }
    if archive.names.contains("\(folder)/constants.pkl") {
      throw GanError.checkpoint(
        "a TorchScript program, not a file of weights", at: path,
        help: "save the weights in PyTorch: torch.save(torch.jit.load(path).state_dict(), other_path)")
    }
    if let order = try archive.content("\(folder)/byteorder")?.utf8, order != "little" {
      throw GanError.checkpoint("expected byte order little, found \(shortened(order))", at: path)
    }
    guard let data = try archive.content(folder + pickle) else {
      throw GanError(.bug, "the pickle has gone", at: path)
    }
    var machine = PickleMachine(ByteCursor(data, part: "data.pkl", path: path))
    root = try machine.run()
    memory = machine.memory
    storages = TorchStorages(path: path, fileSize: fileSize) { try archive.content("\(folder)/data/\($0)") }
  }
}

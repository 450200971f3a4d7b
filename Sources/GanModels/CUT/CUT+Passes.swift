import GanNN
import GanTensor

// A step's passes through the generator. Pictures of A and of B go through it together where that gives the same
// numbers.

extension CUT {
  /// The translations of a step: of A and, with the identity term, of B.
  package struct Translations {
    /// What was translated, not mirrored.
    let sources: [Tensor]
    /// What left the generator: both in one batch, or each by itself.
    fileprivate let passes: [(result: Tensor, maps: [TappedMap])]
    /// Whether mirrored pictures were translated, so that these are mirrored, too.
    package let areMirrored: Bool
    /// The sampled places of each tap, by source.
    let places: [[[Int]]]

    package var count: Int { sources.count }
    fileprivate var areStacked: Bool { passes.count < sources.count }

    /// The batch that holds the translations of a source, and where in it they are.
    fileprivate func place(of source: Int) -> (pass: Int, pictures: Range<Int>) {
      let count = sources[source].shape[0]
      return areStacked ? (0, source * count..<(source + 1) * count) : (source, 0..<count)
    }

    /// The translations of a source.
    package func pictures(_ source: Int) -> Tensor {
      let (pass, pictures) = place(of: source)
      return areStacked ? passes[pass].result.sliced(pictures, axis: 0) : passes[pass].result
    }
  }

  /// Queries and keys of one source, tap by tap, and what they come to.
  package struct Contrast {
    /// The tapped maps of a batch with the translations, and where in it they are.
    package let maps: [TappedMap], pictures: Range<Int>
    /// Unit vectors `[pictures * patches, width]`.
    package let queries: [Tensor], keys: [Tensor]
    /// The cross entropy of each query.
    package let patchLosses: [Tensor]
    /// With its weight.
    package let loss: Tensor
  }

  /// Translates A and, with the identity term, B; draws whether they are mirrored, and the patches to compare.
  package func translateAll(_ a: Tensor, _ b: Tensor, _ pass: Pass) -> Translations {
    let sources = options.hasIdentity == true ? [a, b] : [a]
    // A dry run takes the branch that needs the most memory.
    let areMirrored =
      options.flips == true && (DryRun.isOn || noise.uniform("flip", [], type: a.type).item > 0.5)
    let inputs = areMirrored ? sources.map { $0.flipped() } : sources
    let areStacked = inputs.count == 2 && a.shape == b.shape
    let batches = areStacked ? [Tensor.concatenated(inputs, axis: 0)] : inputs
    let passes = batches.map { g($0, taps: taps, pass) }
    let places = sources.indices.map { source in
      zip(taps, passes[areStacked ? 0 : source].maps).map { tap, map in
        let term = source == 0 ? "NCE" : "NCE_Y"
        return noise.choice("patch_ids.\(term).\(tap)", min(options.patches, map.places), of: map.places)
      }
    }
    return Translations(sources: sources, passes: passes, areMirrored: areMirrored, places: places)
  }

  /// Compares the patches of each source with those of its translation.
  package func contrasts(_ translations: Translations, _ pass: Pass) -> [Contrast] {
    let isSeparate = options.networks.needsSeparatePasses
    // All translations in one pass, if the generator made them in one.
    let stacked = translations.areStacked && !isSeparate ? encode(translations.passes[0].result, pass) : nil
    return translations.sources.indices.map { source in
      let maps = stacked ?? encode(translations.pictures(source), pass)
      let pictures =
        stacked == nil ? 0..<translations.sources[source].shape[0] : translations.place(of: source).pictures
      let places = translations.places[source]
      let vectors = zip(maps, places).map {
        $0.vectors(at: $1, of: pictures, isMirrored: translations.areMirrored)
      }
      let known = Tape.paused { keys(of: source, translations, pass) }
      return contrast(vectors, known, maps, pictures)
    }
  }

  /// The sampled vectors of a source. The generator met them when it translated the picture, unless it was mirrored;
  /// norms over the batch and dropout ask for another pass.
  private func keys(of source: Int, _ translations: Translations, _ pass: Pass) -> [Tensor] {
    let picture = translations.sources[source], places = translations.places[source]
    if translations.areMirrored || options.networks.needsSeparatePasses {
      return zip(encode(picture, pass), places).map { $0.vectors(at: $1, of: 0..<picture.shape[0]) }
    }
    let (number, pictures) = translations.place(of: source)
    return zip(translations.passes[number].maps, places).map { $0.detached.vectors(at: $1, of: pictures) }
  }

  /// The maps of the taps alone.
  private func encode(_ pictures: Tensor, _ pass: Pass) -> [TappedMap] {
    var pass = pass
    pass.trace = nil
    return g(pictures, taps: taps, onlyTaps: true, pass).maps
  }

  private func contrast(
    _ vectors: [Tensor], _ known: [Tensor], _ maps: [TappedMap], _ pictures: Range<Int>
  ) -> Contrast {
    let queries = vectors.enumerated().map { f($1, tap: $0) }
    let keys = Tape.paused { known.enumerated().map { f($1, tap: $0) } }
    let groups = options.sharesNegatives ? 1 : pictures.count
    let losses = zip(queries, keys).map {
      PatchContrast.losses(queries: $0, keys: $1, groups: groups, temperature: options.temperature)
    }
    let means = losses.map { $0.mean() }
    let sum = means.dropFirst().reduce(means[0], +)
    return Contrast(
      maps: maps, pictures: pictures, queries: queries, keys: keys, patchLosses: losses,
      loss: sum * ((options.contrastWeight?.wrappedValue ?? 1) / Double(taps.count)))
  }
}

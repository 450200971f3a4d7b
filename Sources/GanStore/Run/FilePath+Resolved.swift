import Foundation
import GanBase

extension FilePath {
  /// The path with all links followed; nil if it leads nowhere.
  package var resolved: FilePath? {
    withPlatformString { path in
      guard let resolved = realpath(path, nil) else { return nil }
      defer { free(resolved) }
      return FilePath(platformString: resolved)
    }
  }
}

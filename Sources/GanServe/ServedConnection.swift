import Hummingbird
import NIOCore

/// What is known of a request besides its content.
struct ServedConnection: RequestContext {
  var coreContext: CoreRequestContextStorage
  private let channel: any Channel

  init(source: ApplicationRequestContextSource) {
    coreContext = CoreRequestContextStorage(source: source)
    channel = source.channel
  }

  /// A client has so long to read an answer before the connection ends under its own writing.
  private static let grace = TimeAmount.seconds(1)

  /// Ends the connection soon, whatever the client still sends.
  func end() {
    let channel = channel
    channel.eventLoop.scheduleTask(in: Self.grace) { channel.close(promise: nil) }
  }
}

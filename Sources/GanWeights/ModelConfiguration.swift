import GanBase
import GanConfig
import GanModels

/// The section `model` of a configuration: the model's name and options.
package struct ModelConfiguration {
  package let registered: RegisteredModel
  package private(set) var configured: ConfiguredModel

  /// Reads the section; the document's `finish` reports its errors.
  package init?(_ document: inout ConfigDocument) {
    guard let name = document.name("model.name", among: Registry.names), let model = Registry.model(name) else {
      document.ignore(section: "model")
      return nil
    }
    registered = model
    configured = model.configure(&document)
  }

  package init(_ registered: RegisteredModel, _ configured: ConfiguredModel) {
    (self.registered, self.configured) = (registered, configured)
  }

  /// A copy with other domains.
  package func with(_ domains: DomainOptions) -> ModelConfiguration {
    var result = self
    result.configured = configured.with(domains)
    return result
  }

  /// A copy for a stage of training.
  package func at(_ stage: StagePlace?) -> ModelConfiguration {
    var result = self
    result.configured = configured.at(stage)
    return result
  }

  /// Writes the section with every option.
  package func write(to writer: inout ConfigWriter) {
    writer.section("model", help: configured.info.title)
    writer.value("name", configured.info.name, help: "the model")
    configured.write(&writer)
  }
}

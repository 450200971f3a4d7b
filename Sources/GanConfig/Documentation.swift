/// A table of all options of a settings type: key, help, allowed values and default. Each option takes two lines,
/// because of long lists of choices.
package func documentation<Root: Settings>(of type: Root.Type) -> String {
  let width = Root.options.map(\.key.count).max() ?? 0
  return Root.options.map { option in
    let key = option.key + String(repeating: " ", count: width - option.key.count)
    let values = option.allowed.isEmpty ? option.expected : option.allowed
    let allowed = values == "any" ? "" : "\(values); "
    return "  \(key)  \(option.help)\n"
      + "  \(String(repeating: " ", count: width))  (\(allowed)default \(option.defaultText))\n"
  }.joined()
}

/// How many portions of `size` (above 0) hold `count`: the quotient, rounded up.
@inlinable
package func ceilDiv(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

/// The least multiple of `multiple` that is not below `least`.
@inlinable
package func nextMultiple(of multiple: Int, from least: Int) -> Int { ceilDiv(least, multiple) * multiple }

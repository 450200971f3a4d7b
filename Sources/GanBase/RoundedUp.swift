/// `count / size`, rounded up; `size` is positive.
@inlinable
package func ceilDiv(_ count: Int, _ size: Int) -> Int { (count + size - 1) / size }

/// The smallest multiple of `multiple` that is at least `least`.
@inlinable
package func nextMultiple(of multiple: Int, from least: Int) -> Int { ceilDiv(least, multiple) * multiple }

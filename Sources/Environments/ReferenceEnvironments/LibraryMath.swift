import Glibc

/// `x ** 2` of a NumPy scalar, which calls the C library's `pow`. That is not always the rounded `x * x`, into which the
/// optimiser would turn it.
@_optimize(none)
func squared(_ x: Double) -> Double { pow(x, 2) }

/// `x ** 2` of a NumPy `float32` scalar.
@_optimize(none)
func squared(_ x: Float) -> Float { powf(x, 2) }

/// `np.clip` of a number that is one.
func clip<Number: Comparable>(_ x: Number, _ low: Number, _ high: Number) -> Number { min(max(x, low), high) }

/// Python's `%`: the remainder that has the sign of the divisor, which is positive here.
func flooredRemainder(_ x: Double, _ divisor: Double) -> Double {
    let remainder = fmod(x, divisor)
    if remainder == 0 { return 0 }
    return remainder < 0 ? remainder + divisor : remainder
}

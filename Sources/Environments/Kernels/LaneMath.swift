/// Arithmetic of eight lanes. Nothing is fused and nothing reordered, so that every build gives the same bits.

/// Sine and cosine for angles up to 0.5 rad: the Taylor polynomials of degree 7 and 6; absolute errors below 6e-9 and
/// 1e-7 there, below 1e-10 up to 0.21.
@inline(__always)
func shortSineAndCosine(_ angle: Lanes) -> (Lanes, Lanes) {
    let square = angle * angle
    let sine = angle + angle * square * polynomial(square, -1 / 6, 1 / 120, -1 / 5040)
    let cosine = 1 + square * polynomial(square, -1 / 2, 1 / 24, -1 / 720)
    return (sine, cosine)
}

/// `a + b x + c x²`.
@inline(__always)
func polynomial(_ x: Lanes, _ a: Float, _ b: Float, _ c: Float) -> Lanes {
    let inner: Lanes = x * c + b
    return inner * x + a
}

/// Where a magnitude passes a limit; NaN does not.
@inline(__always)
func beyond(_ value: Lanes, _ limit: Float) -> LaneMask {
    let magnitude = Lanes(bitPattern: SIMD8<UInt32>(bitPattern: value) & 0x7fff_ffff)
    return magnitude .> limit
}

extension SIMD8<Float> {
    @inline(__always)
    init(bitPattern: SIMD8<UInt32>) { self = unsafeBitCast(bitPattern, to: Self.self) }
}

extension SIMD8<UInt32> {
    @inline(__always)
    init(bitPattern: SIMD8<Float>) { self = unsafeBitCast(bitPattern, to: Self.self) }
}

/// The low halves of eight 64-bit integers, which need not be aligned to 64 bytes.
@inline(__always)
func lowWords(_ integers: UnsafePointer<Int64>) -> SIMD8<UInt32> {
    UnsafeRawPointer(integers).loadUnaligned(as: SIMD16<UInt32>.self).evenHalf
}

/// Stores four variables of eight rows, row after row.
@inline(__always)
func storeRows(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes, _ rows: UnsafeMutablePointer<Float>) {
    let out = UnsafeMutableRawPointer(rows)
    for pair in 0..<4 {
        let first = pair * 2
        let second = first + 1
        let two = Lanes(a[first], b[first], c[first], d[first], a[second], b[second], c[second], d[second])
        out.storeBytes(of: two, toByteOffset: pair * 32, as: Lanes.self)
    }
}

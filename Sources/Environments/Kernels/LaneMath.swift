/// Arithmetic of eight lanes. Nothing is fused and nothing reordered, so that every build gives the same bits.

/// `a + b x + c x²`.
@inline(__always)
func polynomial(_ x: Lanes, _ a: Float, _ b: Float, _ c: Float) -> Lanes {
    let inner: Lanes = x * c + b
    return inner * x + a
}

/// Sine and cosine for angles up to 0.5 rad: the Taylor polynomials of degree 7 and 6; absolute errors below 6e-9 and
/// 1e-7 there, below 1e-10 up to 0.21.
@inline(__always)
func shortSineAndCosine(_ angle: Lanes) -> (Lanes, Lanes) {
    let square = angle * angle
    let sine = angle + angle * square * polynomial(square, -1 / 6, 1 / 120, -1 / 5040)
    let cosine = 1 + square * polynomial(square, -1 / 2, 1 / 24, -1 / 720)
    return (sine, cosine)
}

/// -1 in lanes where a magnitude passes a limit, else 0.
@inline(__always)
func beyond(_ value: Lanes, _ limit: Float) -> SIMD8<Int32> {
    let magnitude = Lanes(bitPattern: SIMD8<UInt32>(bitPattern: value) & 0x7fff_ffff)
    return unsafeBitCast(magnitude .> limit, to: SIMD8<Int32>.self)
}

extension SIMD8<Float> {
    @inline(__always)
    init(bitPattern: SIMD8<UInt32>) { self = unsafeBitCast(bitPattern, to: Self.self) }

    /// `other` in lanes where a mask is set.
    @inline(__always)
    func replaced(with other: Float, where mask: SIMD8<Int32>) -> Lanes {
        replacing(with: other, where: unsafeBitCast(mask, to: LaneMask.self))
    }
}

extension SIMD8<UInt32> {
    @inline(__always)
    init(bitPattern: SIMD8<Float>) { self = unsafeBitCast(bitPattern, to: Self.self) }
}

/// The low halves of eight 64-bit integers, which need not be aligned to 64 bytes.
@inline(__always)
func lowWords(_ integers: UnsafePointer<Int64>) -> SIMD8<UInt32> {
    let words = UnsafeRawPointer(integers).loadUnaligned(as: SIMD16<UInt32>.self)
    return SIMD8(words[0], words[2], words[4], words[6], words[8], words[10], words[12], words[14])
}

/// Eight bytes, 1 where a mask is set.
@inline(__always)
func flags(_ mask: SIMD8<Int32>) -> SIMD8<UInt8> {
    let bytes = unsafeBitCast(mask, to: SIMD32<UInt8>.self)
    return SIMD8(bytes[0], bytes[4], bytes[8], bytes[12], bytes[16], bytes[20], bytes[24], bytes[28]) & 1
}

/// Whether a bit is set in any lane.
@inline(__always)
func isSet(_ mask: SIMD8<Int32>) -> Bool {
    let words = unsafeBitCast(mask, to: SIMD4<UInt64>.self)
    return (words[0] | words[1] | words[2] | words[3]) != 0
}

/// Stores four variables of eight rows, row after row.
@inline(__always)
func storeRows(_ a: Lanes, _ b: Lanes, _ c: Lanes, _ d: Lanes, _ rows: UnsafeMutablePointer<Float>) {
    let out = UnsafeMutableRawPointer(rows)
    let abLow = pairs(Lanes(a[0], b[0], a[1], b[1], a[4], b[4], a[5], b[5]))
    let abHigh = pairs(Lanes(a[2], b[2], a[3], b[3], a[6], b[6], a[7], b[7]))
    let cdLow = pairs(Lanes(c[0], d[0], c[1], d[1], c[4], d[4], c[5], d[5]))
    let cdHigh = pairs(Lanes(c[2], d[2], c[3], d[3], c[6], d[6], c[7], d[7]))
    let rows01 = SIMD4(abLow[0], cdLow[0], abLow[1], cdLow[1])
    let rows23 = SIMD4(abHigh[0], cdHigh[0], abHigh[1], cdHigh[1])
    let rows45 = SIMD4(abLow[2], cdLow[2], abLow[3], cdLow[3])
    let rows67 = SIMD4(abHigh[2], cdHigh[2], abHigh[3], cdHigh[3])
    out.storeBytes(of: rows01, toByteOffset: 0, as: SIMD4<Double>.self)
    out.storeBytes(of: rows23, toByteOffset: 32, as: SIMD4<Double>.self)
    out.storeBytes(of: rows45, toByteOffset: 64, as: SIMD4<Double>.self)
    out.storeBytes(of: rows67, toByteOffset: 96, as: SIMD4<Double>.self)
}

/// Eight numbers as four pairs, which move together.
@inline(__always)
func pairs(_ lanes: Lanes) -> SIMD4<Double> { unsafeBitCast(lanes, to: SIMD4<Double>.self) }
